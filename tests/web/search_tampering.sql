DELETE FROM search_grams WHERE gram = '消防'
UPDATE search_texts SET folded = '别的' WHERE kind = 0
DELETE FROM search_texts WHERE kind = 1
DELETE FROM search_grams WHERE kind = 1
