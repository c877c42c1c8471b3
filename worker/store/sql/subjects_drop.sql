DELETE FROM subjects WHERE id = $1
