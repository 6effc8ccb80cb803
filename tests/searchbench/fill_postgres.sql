-- As many requests as the number says, their titles put together from a few hundred words.
INSERT INTO requests (id, district_id, department_id, filed_by, number, title, item, class, function, price_fen, starts_on,
    ends_on, stage, stage_data, application, targets, assessed, version, dossier, event_count, event_head, filed_at, wake_on)
SELECT (lpad(to_hex(1700000000000 + i * 1000), 12, '0') || '7' || lpad(to_hex(i), 19, '0'))::uuid, d.district_id, d.id, p.id,
    '准〔' || (2020 + i % 7) || '〕' || i || '号',
    (SELECT word FROM words WHERE kind = 'where' AND place = i * 7 % 61) ||
    (SELECT word FROM words WHERE kind = 'what' AND place = i * 13 % 47) ||
    (SELECT word FROM words WHERE kind = 'how' AND place = i * 17 % 29) || '第' || (i % 12 + 1) || '批',
    NULL, NULL, i % 7 + 1, 100000, '2026-05-01', '2026-06-30', 'review', '{}', '{}', '[]', NULL, 1, '{}', 0, '', '2026-03-01 00:00:00+00', '2099-01-01'
FROM generate_series(1, COUNT_OF_TITLES) i JOIN organisations d ON d.code = 'D' || (i % 40)
CROSS JOIN (SELECT id FROM people LIMIT 1) p;
