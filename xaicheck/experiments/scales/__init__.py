"""What top-down randomization cannot change: the activations below it, and with them much of the order above.

setting: what an experiment depends on; order: the order of channels, measured against the closed forms; laws:
how weights are drawn; layer: the last layer alone, numpy only; block, contributions, maps, residual,
first_norm: the real network; data, store: results and their file. `python -m xaicheck.experiments.scales`
computes what comes with the program.
"""
