field edited: UPDATE events SET reason = 'x' WHERE seq = 3 AND action <> 'draft'
event deleted in the middle: DELETE FROM events WHERE action = 'quote'
last event deleted: DELETE FROM events WHERE action = 'confirm'
event inserted: INSERT INTO events SELECT subject_id, seq + 100, district_id, at, person_id, role, action, before, after, reason, detail, hash, changes FROM events WHERE action = 'confirm'
events swapped: UPDATE events SET seq = 1000 WHERE action = 'submit'; UPDATE events SET seq = 2 WHERE action = 'accept_filing'; UPDATE events SET seq = 3 WHERE action = 'submit'
suffix hashed anew without the key: UPDATE events SET reason = 'x', hash = 'ab' || seq WHERE seq >= 5 AND subject_id IN (SELECT id FROM requests); UPDATE requests SET event_head = 'ab' || event_count
amount of a posting: UPDATE postings SET amount_fen = amount_fen + 1 WHERE purpose = 'commitment'
request and its event together: UPDATE requests SET title = 'x', application = replace(application, '门牌', '路牌'); UPDATE events SET changes = replace(changes, '门牌', '路牌') WHERE action = 'draft'
request deleted with its history: DELETE FROM assessments; DELETE FROM hour_entries; DELETE FROM postings WHERE subject_id IN (SELECT id FROM requests); DELETE FROM events WHERE subject_id IN (SELECT id FROM requests); DELETE FROM assignments; DELETE FROM request_targets; DELETE FROM requests
changes of an event emptied: UPDATE events SET changes = '{}' WHERE action = 'approve'
event moved to another history: UPDATE events SET subject_id = district_id WHERE action = 'confirm'
time set back: UPDATE events SET at = '2026-03-01T00:00:00+00:00' WHERE action = 'approve'
role given to a person: INSERT INTO person_roles SELECT id, 'admin' FROM people WHERE email = 'c1@example.org'
seal changed: UPDATE seals SET chains = chains + 1 WHERE number = 1
