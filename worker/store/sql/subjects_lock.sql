-- One writer at a time for the keys of a batch, taken in order; released by the end of the transaction.
-- Row locks alone cannot be ordered: rows that are not there yet and rows found by another key come in between.
SELECT count(pg_advisory_xact_lock(1701737315, stripe)) FROM (SELECT unnest($1::integer[]) AS stripe) AS ordered
