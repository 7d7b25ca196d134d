"""Random weights: which blocks, drawn by which law, and the tests built on them."""
