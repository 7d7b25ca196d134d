"""Contributions of the channels below a block to several output units, in one pass forth and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xaicheck import theory
from xaicheck.types import Network

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """What one network, trained or random, makes of the activations below a block."""

    contributions: np.ndarray  # float32 [outputs n]: sum over places of activation x gradient
    places: np.ndarray  # float32 [n h w]: activation x gradient of the first output
    coherence: float  # of the gradient across places, mean over outputs; not-a-number where it is zero
    logit_std: float


def contribute(network: Network, activation: torch.Tensor, classes: Sequence[int]) -> Contributions:
    """The contributions of the channels of an activation [n h w] to these output units."""
    import torch

    # One row an output unit: one pass of all is twice as fast as one backward pass each.
    rows = activation[None].repeat(len(classes), 1, 1, 1)
    x = rows.contiguous(memory_format=torch.channels_last).requires_grad_()
    with torch.enable_grad():
        logits = network.module(x)
        explained = logits[range(len(classes)), list(classes)].sum()
    (gradients,) = torch.autograd.grad(explained, x)
    values = activation.detach()
    places = values * gradients[0]
    contributions = torch.einsum("nhw,knhw->kn", values, gradients)
    alike = [theory.coherence(g.flatten(1).cpu().numpy()) for g in gradients]
    spread = float(logits[0].detach().double().std(correction=0))
    return Contributions(contributions.cpu().numpy(), places.cpu().numpy(), float(np.mean(alike)), spread)


def magnitude(activation: torch.Tensor, how: str) -> np.ndarray:
    """One number a channel [n] for an activation [n h w]: what a random layer that reads it sees.

    Behind global pooling a channel is read as its mean. A convolution reads each place for itself: where the
    gradients of the places are independent and alike, the contribution's standard deviation goes with the
    root mean square over places.
    """
    values = activation.double()
    pooled = values.mean((1, 2)).abs() if how == "dense" else values.square().mean((1, 2)).sqrt()
    out: np.ndarray = pooled.float().cpu().numpy()
    return out


def as_read(activation: torch.Tensor, coherence: float) -> np.ndarray:
    """One number a channel [n] for an activation [n h w]: what a pointwise random layer sees, float64.

    As `magnitude`, where the gradients of two places agree so much.
    """
    values = activation.double().flatten(1).cpu().numpy()
    rms = np.sqrt(np.square(values).mean(1))
    return theory.coherent_magnitude(values.mean(1), rms, coherence, values.shape[1])
