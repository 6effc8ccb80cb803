UPDATE requests SET number = 'poisoned', stage_data = '{' || stage_data WHERE number = (SELECT max(number) FROM requests);
