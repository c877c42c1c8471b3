SELECT table_name, removed FROM erase_rows($1, $2, $3::bytea[])
