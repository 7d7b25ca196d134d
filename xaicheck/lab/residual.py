"""What randomizing a residual block does to its input: the usual way next to nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xaicheck import theory
from xaicheck.gallery import SAMPLES
from xaicheck.gallery import load as sample
from xaicheck.lab.data import ResidualRow
from xaicheck.lab.order import measured
from xaicheck.lab.setting import MODEL

if TYPE_CHECKING:
    import torch

WAYS: Mapping[str, tuple[str, str]] = {
    "usual": ("own_init", "reset"),
    "alive": ("he_normal", "recalibrate"),
}
"""(law, BatchNorm policy) by key."""


def compute(
    *, model: str = MODEL, seeds: int = 10, pictures: Sequence[str] = tuple(SAMPLES)
) -> tuple[ResidualRow, ...]:
    """For each block with a shortcut, input to output: the cosine of what it gives and what it got.

    Each block alone is randomized and reads the trained activations below it; mean over the pictures.
    """
    from xaicheck.lab.network import part
    from xaicheck.models import load
    from xaicheck.randomize import randomized

    network = load(model)
    rows = []
    for depth in range(len(network.blocks) - 1, 0, -1):
        output = network.blocks[depth - 1].output
        if not getattr(network.module.get_submodule(output), "has_skip", False):
            continue
        alone = part(network, depth, blocks=1)
        inputs = [alone.preprocess(sample(key)) for key in pictures]
        for way, (law, policy) in WAYS.items():
            cosines, shares = [], []
            for seed in range(seeds):
                twin = randomized(
                    alone, depth=depth, mode="independent", law=law, batchnorm=policy, seed=seed
                )
                found = [_turn(twin.module.get_submodule(output), x) for x in inputs]
                cosines.append(np.mean([cosine for cosine, _ in found]))
                shares.append(np.mean([share for _, share in found]))
            branch = float(np.mean(shares))
            predicted = float(np.mean(theory.residual_cosine(shares)))
            name = network.blocks[depth - 1].name
            rows.append(ResidualRow(name, way, measured(np.array(cosines)), branch, predicted))
    return tuple(rows)


def _turn(block: torch.nn.Module, x: torch.Tensor) -> tuple[float, float]:
    """(cosine of output and input, energy of the branch / energy of the input) for one input [n h w]."""
    import torch

    with torch.no_grad():
        batch = x[None].contiguous(memory_format=torch.channels_last)
        y = block(batch)[0].double().flatten()
    x = x.double().flatten()
    branch = y - x
    return float(x @ y / (x.norm() * y.norm())), float(branch @ branch / (x @ x))
