"""Methods: every way to compare, and the catalogue of everything."""
