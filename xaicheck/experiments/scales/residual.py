"""What randomizing a residual block does to its input: the usual way next to nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xaicheck import theory
from xaicheck.experiments.scales.data import ResidualRow
from xaicheck.experiments.scales.order import measured
from xaicheck.experiments.scales.setting import MODEL
from xaicheck.models.registry import load
from xaicheck.models.samples import SAMPLES, load as sample
from xaicheck.types import Network

if TYPE_CHECKING:
    import torch

WAYS: Mapping[str, tuple[str, str]] = {
    "usual": ("own_init", "reset"),
    "alive": ("he_normal", "recalibrate"),
}
"""(law, BatchNorm policy) by key."""


def compute(*, seeds: int = 10) -> tuple[ResidualRow, ...]:
    """Both ways for each block with a shortcut, input to output."""
    network = load(MODEL)
    deepest = len(network.blocks) - 1
    depths = [d for d in range(deepest, 0, -1) if _has_shortcut(network, d)]
    return tuple(row(network, depth, way, seeds=seeds) for depth in depths for way in WAYS)


def row(
    network: Network, depth: int, way: str, *, seeds: int, pictures: Sequence[str] = tuple(SAMPLES)
) -> ResidualRow:
    """The cosine of what the `depth`-th block gives and what it got, alone randomized.

    It reads the trained activations below it; mean over the pictures, interval over seeds.
    """
    from xaicheck.experiments.scales.network import part
    from xaicheck.randomization.weights import randomized

    law, policy = WAYS[way]
    output = network.blocks[depth - 1].output
    alone = part(network, depth, blocks=1)
    inputs = [alone.preprocess(sample(key)) for key in pictures]
    cosines, shares = [], []
    for seed in range(seeds):
        twin = randomized(alone, depth=depth, mode="independent", law=law, batchnorm=policy, seed=seed)
        turns = [_turn(twin.module.get_submodule(output), x) for x in inputs]
        cosines.append(np.mean([cosine for cosine, _ in turns]))
        shares.append([share for _, share in turns])
    return ResidualRow(
        network.blocks[depth - 1].name,
        way,
        measured(np.array(cosines)),
        float(np.mean(shares)),
        float(np.mean(theory.residual_cosine(shares))),
    )


def _has_shortcut(network: Network, depth: int) -> bool:
    return bool(getattr(network.module.get_submodule(network.blocks[depth - 1].output), "has_skip", False))


def _turn(block: torch.nn.Module, x: torch.Tensor) -> tuple[float, float]:
    """(cosine of output and input, energy of the branch / energy of the input) for one input [n h w]."""
    import torch

    with torch.no_grad():
        batch = x[None].contiguous(memory_format=torch.channels_last)
        y = block(batch)[0].double().flatten()
    x = x.double().flatten()
    branch = y - x
    return float(x @ y / (x.norm() * y.norm())), float(branch @ branch / (x @ x))
