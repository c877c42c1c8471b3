"""Values and pure functions: jobs, fields, claims, records, verdicts. No I/O and no imports from above."""
