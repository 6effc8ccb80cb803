-- Each line alone, on a copy of its own.
UPDATE complaints SET stage = 'dismissed', stage_data = replace(replace(stage_data, 'upheld', 'dismissed'), 'order', 'reason');
UPDATE complaints SET imposed = replace(imposed, '2026-02-01', '2026-03-01');
UPDATE complaints SET stage_data = replace(stage_data, '立即停止', '继续');
UPDATE complaints SET department_id = community_id;
UPDATE complaints SET hearer = 'leading_group';
UPDATE complaints SET escalated_on = '2026-03-20';
UPDATE complaints SET stage_data = 'x';
DELETE FROM complaints;
UPDATE evidence_pieces SET bytes = '\x00';
UPDATE evidence SET size = 1, sha256 = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d';
DELETE FROM evidence;
UPDATE inspection_plans SET content = replace(content, '2026-10-09', '2026-10-12');
UPDATE inspection_plans SET built_by = (SELECT person_id FROM events WHERE action = 'publish_plan');
UPDATE inspection_plans SET stage = 'draft', stage_data = '{"stage":"draft"}';
DELETE FROM inspection_plans;
UPDATE ratings SET answer = replace(answer, '5', '1');
UPDATE ratings SET community_id = department_id;
DELETE FROM ratings;
