-- What a job has cost since its first pickup, what may have been billed included.
SELECT coalesce(sum(provider_call_exposure(charge, charged_micros, max_micros)), 0)::bigint AS micros
FROM provider_calls
WHERE workspace_id = $1 AND job_id = $2 AND intent_at >= $3
