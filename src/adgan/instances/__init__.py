"""A soft mask becomes nuclei: rims, cuts, joins, and what is no nucleus. Numpy only, any rank."""
