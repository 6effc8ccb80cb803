UPDATE events SET changes = '{}'; DELETE FROM events WHERE subject_id IN (SELECT subject_id FROM chains); DELETE FROM chains
