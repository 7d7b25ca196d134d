"""The repair bench: does a map that explains nothing beat every real method, whatever repairs the check?

setting: the repairs, the real methods, pictures and networks; exploits: maps that explain nothing; maps,
score: from a network to scores; bench: the matrix of repairs and exploits; data, store: what is computed
beforehand, by `python -m xaicheck.experiments.repairs`. Only maps and precompute need a network.
"""
