SELECT *, payload::text AS payload_text, result::text AS result_text, log::text AS log_text
FROM enrichment_jobs
WHERE id = $1 AND ($2::text IS NULL OR workspace_id = $2)
ORDER BY workspace_id
