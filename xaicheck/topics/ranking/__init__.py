"""Ranking gap: two orders of the same methods."""
