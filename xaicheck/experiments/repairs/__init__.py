"""The repair bench: does a map made to cheat beat every real method, whatever repairs the check?

setting: the repairs, the real methods, pictures and networks; exploits: maps made to cheat; maps,
score: from a network to scores; bench: the matrix of repairs and exploits; data, store: what is computed
beforehand, by `python -m xaicheck.experiments.repairs`. Only maps and precompute need a network.
"""
