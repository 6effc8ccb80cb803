UPDATE meetings SET agenda = replace(agenda, '"for":1', '"for":3')
