-- A block of ledger ids for one process.
SELECT nextval(pg_get_serial_sequence('provider_calls', 'id')) AS id FROM generate_series(1, $1::integer)
