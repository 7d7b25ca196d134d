"""One folder a page: what it reads from the numbers, its words, its figures, its controls."""
