-- What stands in the rows of a batch: read only when some of its verdicts were refused.
SELECT j.workspace_id, j.id, j.run, j.status
FROM enrichment_jobs j JOIN unnest($1::text[], $2::text[]) AS u (workspace_id, id) USING (workspace_id, id)
