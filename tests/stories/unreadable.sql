UPDATE requests SET stage_data = '{}' WHERE id = 'REQUEST'
