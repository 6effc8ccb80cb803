ALTER TABLE evidence ADD COLUMN bytes BLOB;
UPDATE evidence SET bytes = (SELECT bytes FROM evidence_pieces WHERE evidence_id = evidence.id AND number = 0);
UPDATE evidence SET bytes = CAST(bytes || (SELECT bytes FROM evidence_pieces WHERE evidence_id = evidence.id AND number = 1) AS BLOB) WHERE size > 262144;
DROP TABLE evidence_pieces;
DELETE FROM seaql_migrations WHERE version = 'm0021_evidence_pieces';
