"""The shipped methods' maps against the activation-norm map of the block below the randomized ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xaicheck import theory
from xaicheck.experiments.scales.data import MapRow
from xaicheck.experiments.scales.maps import row
from xaicheck.experiments.scales.setting import MODEL, PICTURE
from xaicheck.methods import METHODS
from xaicheck.models.registry import load
from xaicheck.models.samples import load as sample
from xaicheck.types import MethodChoice

CHOSEN = ("gradient", "input_x_gradient", "guided_backprop", "grad_cam", "lrp")


def compute(
    depths: Sequence[int],
    *,
    picture: str = PICTURE,
    methods: Sequence[str] = CHOSEN,
    seeds: int = 10,
    say: Callable[[str], None] = lambda line: None,
) -> tuple[tuple[int, tuple[MapRow, ...]], ...]:
    """(depth, one row a method) for each depth, over random networks drawn He normal and recalibrated."""
    import torch

    from xaicheck.batching.depth_batch import Cascade
    from xaicheck.experiments.scales.network import activations
    from xaicheck.methods.explain import draws_for, explain
    from xaicheck.types import Network

    network, image = load(MODEL), sample(picture)
    x = network.preprocess(image)[None]
    with torch.no_grad():
        target = int(network.module(x.contiguous(memory_format=torch.channels_last))[0].argmax())

    def maps(key: str, of: Network, rows: tuple[int, ...], seed: int) -> np.ndarray:
        draws = draws_for(seed, key, image.sha256, rows)
        batch = x.expand(len(rows), -1, -1, -1)
        return explain(METHODS[key], of, batch, target, draws=draws, params=MethodChoice(key))

    before = {key: maps(key, network, (0,), 0)[0] for key in methods}
    after: dict[str, list[np.ndarray]] = {key: [] for key in methods}
    for seed in range(seeds):
        say(f"methods' maps, random network {seed + 1} of {seeds}")
        cascade = Cascade(network, depths=depths, seed=seed)
        for key in methods:
            after[key].append(maps(key, cascade.at(depths), tuple(depths), seed))
    rows_by_depth = []
    for place, depth in enumerate(depths):
        norm = theory.activation_norm(activations(network, depth, x)[0].numpy())
        rows = tuple(row(key, before[key], np.stack([m[place] for m in after[key]]), norm) for key in methods)
        rows_by_depth.append((depth, rows))
    return tuple(rows_by_depth)
