"""What becomes of a randomized BatchNorm layer: BATCHNORM, and the statistics of the sample pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xaicheck.types import Network, Registry

if TYPE_CHECKING:
    import torch
    from torch import nn


@dataclass(frozen=True, slots=True)
class Policy:
    """What a randomized BatchNorm layer does: its own scale and shift, and its statistics."""

    key: str
    label: str
    summary: str  # one sentence
    drawn: bool  # scale and shift come from the law; False: scale 1, shift 0
    statistics: str  # "trained", "none" (mean 0, variance 1) or "samples" (of the randomized network)


BATCHNORM = Registry(
    "BatchNorm policy",
    (
        Policy(
            "keep", "Keep statistics",
            "The trained statistics stay, scale and shift are drawn: trained channel means leak through.",
            drawn=True, statistics="trained",
        ),
        Policy(
            "reset", "Reset", "Mean 0, variance 1, scale 1, shift 0: the layer does nothing.",
            drawn=False, statistics="none",
        ),
        Policy(
            "recalibrate", "Recalibrate",
            "Reset, then the statistics of the sample pictures in the randomized network: it stays alive.",
            drawn=False, statistics="samples",
        ),
    ),
)  # fmt: skip
"""The policies by key."""


def calibration_batch(network: Network) -> torch.Tensor:
    """The sample pictures as the network sees them, float [N 3 S S] on its device."""
    import torch

    from xaicheck.models.samples import SAMPLES, load

    pictures = [network.preprocess(load(key)) for key in SAMPLES]
    weight = next(network.module.parameters())
    return torch.stack(pictures).to(network.device, weight.dtype)


def recalibrate(module: nn.Module, norms: Sequence[nn.Module], pictures: torch.Tensor) -> None:
    """Gives BatchNorm layers the statistics of one pass in training mode, as PyTorch keeps them.

    Each normalises by its batch on the way and keeps the unbiased variance.
    """
    import torch

    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = None  # cumulative average: one pass sets the statistics
        norm.train()
    with torch.no_grad():
        module(pictures)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        norm.eval()
