-- Who asked not to be processed: salted hashes of their keys, and nothing else.
CREATE TABLE suppression_salt (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    salt bytea NOT NULL DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')
);
INSERT INTO suppression_salt DEFAULT VALUES;

CREATE TABLE suppressions (
    workspace_id text NOT NULL,
    digest bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, digest)
);
CREATE INDEX suppressions_created_at ON suppressions (created_at);

-- One row per erasure: what was removed, which entries were still queued, and when the last of them had passed.
CREATE TABLE erasures (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    lanes jsonb NOT NULL DEFAULT '{}',
    removed jsonb NOT NULL DEFAULT '{}',
    closed_at timestamptz
);

-- Every column that can hold text: what an erasure looks through. New tables are in it by themselves.
CREATE VIEW erasable_columns AS
    SELECT c.table_name::text AS table_name, c.column_name::text AS column_name, c.data_type::text AS data_type,
           EXISTS (SELECT 1 FROM information_schema.columns w
                   WHERE w.table_schema = c.table_schema AND w.table_name = c.table_name
                     AND w.column_name = 'workspace_id') AS by_workspace,
           EXISTS (SELECT 1 FROM information_schema.columns s
                   WHERE s.table_schema = c.table_schema AND s.table_name = c.table_name
                     AND s.column_name = 'subject_id') AS by_subject
    FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
      AND c.data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')
      AND c.table_name NOT IN ('suppressions', 'suppression_salt', 'erasures', 'workspaces', 'workspace_keys',
                               'schema_migrations');

-- Rows of a workspace in which the pattern stands, or in bytes one of the texts beyond ASCII.
CREATE FUNCTION erasable_rows(workspace text, pattern text, exact bytea[])
RETURNS TABLE (table_name text, column_name text, places bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
    place erasable_columns%ROWTYPE;
BEGIN
    FOR place IN SELECT * FROM erasable_columns LOOP
        EXECUTE format('SELECT %L::text, %L::text, count(*) FROM %I AS r WHERE %s AND %s',
            place.table_name, place.column_name, place.table_name, erasable_scope(place),
            CASE WHEN place.data_type = 'bytea'
                THEN format('(encode(r.%I, ''escape'') ~* $2 OR '
                            'EXISTS (SELECT 1 FROM unnest($3) AS e (text) WHERE position(e.text IN r.%I) > 0))',
                            place.column_name, place.column_name)
                ELSE format('r.%I::text ~* $2', place.column_name) END)
        INTO table_name, column_name, places USING workspace, pattern, exact;
        IF places > 0 THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION erasable_scope(place erasable_columns) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN place.by_workspace THEN 'r.workspace_id = $1'
        WHEN place.by_subject THEN 'r.subject_id IN (SELECT id FROM subjects WHERE workspace_id = $1)'
        ELSE 'true' END
$$;

-- Takes the texts out of every row of a workspace. Rows whose meaning was the text itself go as a whole: claims,
-- answers, and whatever has it in a key.
CREATE FUNCTION erase_rows(workspace text, pattern text, exact bytea[])
RETURNS TABLE (table_name text, removed bigint) LANGUAGE plpgsql AS $$
DECLARE
    place erasable_columns%ROWTYPE;
    keyed boolean;
BEGIN
    -- A job about the subject keeps its row for the books, but nothing of what it was about; an open one ends.
    UPDATE enrichment_jobs AS r SET
        url = NULL, payload = '{}', result = NULL, tags = NULL, error_message = NULL, error_stack = NULL, log = NULL,
        status = CASE WHEN status IN ('scheduled', 'waiting', 'pending', 'processing') THEN 'cancelled' ELSE status END,
        completed_at = coalesce(completed_at, now()), next_run_at = NULL
    WHERE r.workspace_id = $1 AND (r.id ~* $2 OR r.url ~* $2 OR r.payload::text ~* $2);
    table_name := 'enrichment_jobs';
    GET DIAGNOSTICS removed = ROW_COUNT;
    IF removed > 0 THEN
        RETURN NEXT;
    END IF;
    FOR place IN SELECT * FROM erasable_columns ORDER BY 1, 2 LOOP
        table_name := place.table_name;
        SELECT EXISTS (
            SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
            WHERE i.indrelid = format('%I', place.table_name)::regclass AND i.indisunique
              AND a.attname = place.column_name) INTO keyed;
        IF place.data_type = 'bytea' THEN
            EXECUTE format('DELETE FROM %I AS r WHERE %s AND (encode(r.%I, ''escape'') ~* $2 OR EXISTS '
                '(SELECT 1 FROM unnest($3) AS e (text) WHERE position(e.text IN r.%I) > 0))',
                place.table_name, erasable_scope(place), place.column_name, place.column_name)
                USING workspace, pattern, exact;
        ELSIF place.table_name = 'enrichment_jobs' AND place.column_name = 'id' THEN
            EXECUTE format('UPDATE enrichment_jobs AS r SET id = %L || gen_random_uuid()::text '
                'WHERE r.workspace_id = $1 AND r.id ~* $2', 'erased-') USING workspace, pattern;
        ELSIF keyed OR place.table_name IN ('claims', 'provider_answers') THEN
            EXECUTE format('DELETE FROM %I AS r WHERE %s AND r.%I::text ~* $2',
                place.table_name, erasable_scope(place), place.column_name) USING workspace, pattern;
        ELSE
            EXECUTE format('UPDATE %I AS r SET %I = regexp_replace(r.%I::text, $2, %L, %L)::%s '
                'WHERE %s AND r.%I::text ~* $2',
                place.table_name, place.column_name, place.column_name, '[erased]', 'gi',
                CASE place.data_type WHEN 'ARRAY' THEN 'text[]' ELSE place.data_type END,
                erasable_scope(place), place.column_name) USING workspace, pattern;
        END IF;
        GET DIAGNOSTICS removed = ROW_COUNT;
        IF removed > 0 THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;
