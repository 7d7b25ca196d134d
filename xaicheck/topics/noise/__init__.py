"""Noise wins: maps that look at nothing, in the contest."""
