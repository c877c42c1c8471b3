"""PostgreSQL: the truth about jobs, claims and money. One query per file under ``sql/``, schema in ``migrations/``."""
