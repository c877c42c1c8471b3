SELECT field, action, value::text AS value, actor, changed_at
FROM record_changes WHERE subject_id = $1 ORDER BY changed_at DESC, id DESC LIMIT $2
