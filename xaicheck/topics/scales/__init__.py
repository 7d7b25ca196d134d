"""Activation scales: what top-down randomization cannot change."""
