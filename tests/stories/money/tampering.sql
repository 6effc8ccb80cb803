UPDATE postings SET reverses = NULL WHERE purpose = 'reversal'
UPDATE postings SET purpose = 'appropriation' WHERE purpose = 'reversal'
UPDATE postings SET purpose = 'lapse' WHERE id = (SELECT reverses FROM postings WHERE purpose = 'reversal')
UPDATE postings SET event_seq = event_seq + 90 WHERE purpose = 'reward'
UPDATE postings SET at = at + interval '1 day' WHERE purpose = 'commitment'
DELETE FROM rewards
UPDATE rewards SET amount_fen = amount_fen + 1
INSERT INTO rewards SELECT id, (SELECT id FROM organisations WHERE code = '420202001003'), 1, id FROM requests
UPDATE special_funds SET first_year = 2027
UPDATE accounts SET year = 2027 WHERE kind = 'special_fund'
UPDATE assignments SET paid_fen = paid_fen + 1 WHERE code = '420202001001'
UPDATE requests SET assessed = replace(assessed, '"price":"9602.06"', '"price":"9602.07"')
