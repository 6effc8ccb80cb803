DELETE FROM evidence WHERE id = (SELECT id FROM evidence ORDER BY id LIMIT 1)
