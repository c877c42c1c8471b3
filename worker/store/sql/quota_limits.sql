-- Every budget that is set.
SELECT scope, period, limit_micros FROM budgets
