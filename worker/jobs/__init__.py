"""What a job may ask for: one file per kind, each defining ``KIND``. A new kind is one new file here."""

from worker.jobs.registry import kinds_in, load_kinds

__all__ = ["kinds_in", "load_kinds"]
