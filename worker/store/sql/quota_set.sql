-- Set a budget.
INSERT INTO budgets (scope, period, limit_micros) VALUES ($1, $2, $3)
ON CONFLICT (scope, period) DO UPDATE SET limit_micros = excluded.limit_micros
