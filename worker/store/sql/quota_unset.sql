-- Remove a budget.
DELETE FROM budgets WHERE scope = $1 AND period = $2
