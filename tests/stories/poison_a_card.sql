UPDATE cards SET stage_data = '{' || stage_data WHERE colour = 'yellow';
