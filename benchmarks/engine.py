"""Ours: all depths of one seed by the branched network, a few rows at a time, as a check does it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from benchmarks.networks import PICTURE, TARGET
from xaicheck import plan
from xaicheck.cascade import Cascade
from xaicheck.memory import rows_that_fit
from xaicheck.methods import METHODS
from xaicheck.methods.explain import draws_for, explain
from xaicheck.types import MethodChoice, Network


def choice(key: str, **params: float) -> MethodChoice:
    """A method with its declared settings, some of them changed."""
    return plan.choice_of(METHODS[key], params)


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
    """The maps [D H W] of each method at these depths."""
    return {chosen.key: _sweep(cascade, x, chosen, depths) for chosen in methods}


def _sweep(cascade: Cascade, x: torch.Tensor, chosen: MethodChoice, depths: Sequence[int]) -> np.ndarray:
    parts = plan.Pace(rows_that_fit(cascade.network)).parts(depths)
    return np.concatenate([one(cascade.at(part), x, chosen, part) for part in parts])
