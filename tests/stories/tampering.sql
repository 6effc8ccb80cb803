UPDATE events SET reason = 'x' WHERE seq = 2; -- 5
UPDATE events SET at = at + interval '1 second' WHERE seq = 3; -- 5
UPDATE events SET person_id = NULL WHERE action = 'approve'; -- 5
DELETE FROM events WHERE action = 'quote'; -- 5
DELETE FROM events e USING requests r WHERE r.id = e.subject_id AND e.seq = r.event_count; -- 5
UPDATE requests SET event_head = repeat('0', 64); -- 5
UPDATE requests SET stage_data = replace(stage_data, 'settled', 'withdrawn'); -- 5
UPDATE postings SET amount_fen = amount_fen + 1 WHERE purpose = 'commitment'; -- 2
DELETE FROM postings WHERE purpose = 'final_instalment'; -- 2
UPDATE accounts SET balance_fen = balance_fen + 1 WHERE kind = 'community'; -- 2
UPDATE bookings SET centihours = centihours + 1; -- 3
UPDATE quotas SET booked_centihours = 0; -- 3
UPDATE hour_entries SET centihours = centihours + 1; -- 3
UPDATE hour_entries SET at = at + interval '1 day'; -- 3
DELETE FROM hour_entries; -- 3
UPDATE bookings SET forced_centihours = centihours; -- 3
UPDATE assessments SET assessment = replace(assessment, 'purchase', 'admit'); -- 6
UPDATE rule_sets SET files = replace(files, 'LEAD_DAYS = 30', 'LEAD_DAYS = 3'); -- 6
