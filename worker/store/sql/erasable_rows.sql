SELECT table_name, column_name, places FROM erasable_rows($1, $2, $3::bytea[])
