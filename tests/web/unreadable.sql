UPDATE requests SET stage_data = '{}' WHERE title = 'NAMED'
UPDATE complaints SET stage_data = '{}' WHERE number = 'NAMED'
UPDATE meetings SET stage_data = '{}' WHERE number = 'NAMED'
