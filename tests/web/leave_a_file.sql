UPDATE evidence SET subject_id = id WHERE id = (SELECT id FROM evidence ORDER BY id LIMIT 1)
