"""Why noise wins the check: maps mixed with noise, contests with empty maps, one truth under many scores.

mixing: noise in a real method's map; zeros: zeros that unrelated maps share; truths: one truth under many
scores; contest: real methods against maps that do not explain it; data, store: what is computed
beforehand, by `python -m xaicheck.experiments.noise`. Only precompute needs a network.
"""
