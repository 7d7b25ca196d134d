"""The check: one picture, one network, its randomized twins."""
