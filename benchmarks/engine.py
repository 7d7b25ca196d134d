"""Ours: all depths of one seed by the branched network, a few rows at a time, as a check does it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from benchmarks.networks import PICTURE, TARGET
from xaicheck.batching.depth_batch import Cascade
from xaicheck.batching.memory import rows_that_fit
from xaicheck.engine.pace import Pace
from xaicheck.engine.request import choice_of
from xaicheck.engine.steps import Group, groups
from xaicheck.methods import METHODS
from xaicheck.methods.explain import draws_for, explain, explain_together
from xaicheck.types import MethodChoice, Network


def choice(key: str, **params: float) -> MethodChoice:
    """A method with its declared settings, some of them changed."""
    return choice_of(METHODS[key], params)


def passes(chosen: MethodChoice) -> float:
    """Forward and backward passes a map."""
    return METHODS[chosen.key].passes(**dict(chosen.params))


def one(network: Network, x: torch.Tensor, chosen: MethodChoice, depths: Sequence[int]) -> np.ndarray:
    """The maps [B H W] of rows that are these depths of the network."""
    return explain(
        METHODS[chosen.key],
        network,
        x.expand(len(depths), -1, -1, -1),
        TARGET,
        draws=draws_for(0, chosen.key, PICTURE, depths),
        params=chosen,
    )


def sweep(
    cascade: Cascade, x: torch.Tensor, methods: Sequence[MethodChoice], depths: Sequence[int]
) -> dict[str, np.ndarray]:
    """The maps [D H W] of each method at these depths; methods that read the same passes share them."""
    parts = Pace(rows_that_fit(cascade.network)).parts(depths)
    found: dict[str, np.ndarray] = {}
    for group in groups(methods):
        maps = np.concatenate([_together(cascade.at(part), x, group, part) for part in parts], axis=1)
        found |= {chosen.key: maps[i] for i, chosen in enumerate(group)}
    return found


def _together(network: Network, x: torch.Tensor, group: Group, depths: Sequence[int]) -> np.ndarray:
    if len(group) == 1:
        return one(network, x, group[0], depths)[None]
    methods, rows = [METHODS[chosen.key] for chosen in group], x.expand(len(depths), -1, -1, -1)
    maps: np.ndarray = explain_together(methods, network, rows, TARGET).cpu().numpy()
    return maps
