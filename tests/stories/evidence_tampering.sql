-- Each line alone, on a copy of its own; alike on both databases.
UPDATE evidence_pieces SET bytes = substr(bytes, 2) WHERE evidence_id = (SELECT id FROM evidence WHERE name LIKE '%jpg');
UPDATE evidence SET sha256 = replace(sha256, substr(sha256, 1, 1), 'g');
UPDATE evidence SET size = size + 1;
UPDATE evidence SET name = replace(name, '420202001001', '420202001002');
UPDATE evidence SET subject_id = id;
DELETE FROM evidence WHERE name LIKE '%csv';
DELETE FROM evidence_pieces WHERE evidence_id = (SELECT id FROM evidence WHERE name LIKE '%csv');
UPDATE evidence_pieces SET number = number + 1;
INSERT INTO evidence_pieces (evidence_id, number, bytes) SELECT evidence_id, number + 1, bytes FROM evidence_pieces;
INSERT INTO evidence_pieces (evidence_id, number, bytes) SELECT (SELECT subject_id FROM evidence LIMIT 1), number, bytes FROM evidence_pieces LIMIT 1;
INSERT INTO evidence (id, subject_id, name, sha256, size, kept_at) SELECT subject_id, subject_id, 'c/' || name, sha256, size, kept_at FROM evidence WHERE name LIKE '%csv';
INSERT INTO evidence (id, subject_id, name, sha256, size, kept_at) SELECT subject_id, id, name, sha256, size, kept_at FROM evidence WHERE name LIKE '%csv';
