UPDATE requests SET stage_data = substr(stage_data, 2) WHERE number = 'poisoned';
