-- Each line alone, on a copy of its own; alike on both databases.
UPDATE evidence SET bytes = substr(bytes, 2) WHERE name LIKE '%jpg';
UPDATE evidence SET sha256 = replace(sha256, substr(sha256, 1, 1), 'g');
UPDATE evidence SET size = size + 1;
UPDATE evidence SET name = replace(name, '420202001001', '420202001002');
UPDATE evidence SET subject_id = id;
DELETE FROM evidence WHERE name LIKE '%csv';
INSERT INTO evidence (id, subject_id, name, sha256, size, bytes, kept_at) SELECT subject_id, subject_id, 'c/' || name, sha256, size, bytes, kept_at FROM evidence WHERE name LIKE '%csv';
INSERT INTO evidence (id, subject_id, name, sha256, size, bytes, kept_at) SELECT subject_id, id, name, sha256, size, bytes, kept_at FROM evidence WHERE name LIKE '%csv';
