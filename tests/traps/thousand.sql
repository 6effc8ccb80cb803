CREATE TEMPORARY TABLE copies AS
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < COPIES) SELECT requests.* FROM requests, n;
UPDATE copies SET id = RANDOM, event_count = 0, event_head = '';
UPDATE copies SET number = TEXT;
INSERT INTO requests SELECT * FROM copies;
