"""How alike two attribution maps are."""
