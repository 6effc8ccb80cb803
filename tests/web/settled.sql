UPDATE requests SET stage = 'settled'
