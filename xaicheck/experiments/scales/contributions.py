"""Contributions of the channels below a block to several output units, in one pass forth and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xaicheck.experiments.scales.network import readers
from xaicheck.types import Network

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """What one network, trained or random, makes of the activations below a block."""

    contributions: np.ndarray  # float32 [outputs n]: sum over places of activation x gradient
    places: np.ndarray  # float32 [n h w]: activation x gradient of the first output
    reach: np.ndarray | None  # float32 [n]: see `contribute`; None where the layer is not pointwise
    logit_std: float


def contribute(
    network: Network, activation: torch.Tensor, classes: Sequence[int], depth: int, *, reach: bool
) -> Contributions:
    """The contributions of the channels of an activation [n h w] to these output units.

    `reach` of channel i: the norm over the reading weights W_oi of sum_p x_i(p) delta_o(p), delta the
    gradient behind the reading layer, for the first output. The contribution is sum_o W_oi times that, so for
    random W it is what counts as activation: places that the gradient reaches, added up as it adds them up.
    """
    import torch

    # One row an output unit: one pass of all is twice as fast as one backward pass each.
    rows = activation[None].repeat(len(classes), 1, 1, 1)
    x = rows.contiguous(memory_format=torch.channels_last).requires_grad_()
    layers = readers(network.module, network, depth) if reach else []
    behind: list[torch.Tensor] = []
    hooks = [layer.register_forward_hook(_keeper(behind)) for layer in layers]
    try:
        with torch.enable_grad():
            logits = network.module(x)
            explained = logits[range(len(classes)), list(classes)].sum()
        gradients, *deltas = torch.autograd.grad(explained, [x, *behind])
    finally:
        for hook in hooks:
            hook.remove()
    values = activation.detach()
    places = values * gradients[0]
    contributions = torch.einsum("nhw,knhw->kn", values, gradients)
    scale = _reach(values, layers, [delta[0] for delta in deltas]) if reach else None
    spread = float(logits[0].detach().double().std(correction=0))
    return Contributions(
        contributions.cpu().numpy(),
        places.cpu().numpy(),
        None if scale is None else scale.cpu().numpy(),
        spread,
    )


def _keeper(kept: list[torch.Tensor]) -> Any:
    return lambda _module, _args, output: kept.append(output)


def _reach(
    values: torch.Tensor, layers: Sequence[Any], deltas: Sequence[torch.Tensor]
) -> torch.Tensor | None:
    import torch

    total = torch.zeros(values.shape[0], dtype=torch.float64)
    for layer, delta in zip(layers, deltas, strict=True):
        if delta.dim() != 3 or layer.kernel_size != (1, 1) or layer.groups != 1:
            return None
        variance = float(layer.weight.double().var(correction=0))
        seen = torch.einsum("ohw,ihw->oi", delta, values).double()
        total += variance * seen.square().sum(0).cpu()
    return total.sqrt().float()


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
