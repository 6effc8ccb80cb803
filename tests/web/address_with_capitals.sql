UPDATE people SET email = 'Li.Wei@Example.org' WHERE email = 'health@example.org'
