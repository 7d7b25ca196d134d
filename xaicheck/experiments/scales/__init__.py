"""What top-down randomization cannot change: the activations below it, and with them much of the order above.

setting: what an experiment depends on; order: the order of channels, measured against the closed forms; laws:
how weights are drawn; layer: the last layer alone, numpy only; block, passes, maps, residual: the real
network; data, store: results and their file; build: the command `python -m xaicheck.experiments.scales`.
"""
