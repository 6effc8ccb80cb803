DELETE FROM evidence_pieces WHERE number = 1 AND evidence_id = (SELECT id FROM evidence ORDER BY id LIMIT 1);
INSERT INTO evidence_pieces (evidence_id, number, bytes) SELECT (SELECT subject_id FROM evidence ORDER BY id LIMIT 1), number, bytes FROM evidence_pieces WHERE number = 1 LIMIT 1;
