"""The one door through which every map passes: shapes checked, channels pooled, nothing normalised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import torch

from xaicheck.errors import Refused
from xaicheck.seeds import Draws
from xaicheck.types import Method, MethodChoice, Network

POOLINGS: Mapping[str, Callable[[torch.Tensor], torch.Tensor]] = MappingProxyType(
    {
        "sum": lambda maps: maps.sum(1),
        "abs_sum": lambda maps: maps.abs().sum(1),
        "max_abs": lambda maps: maps.abs().amax(1),
    }
)


def explain(
    method: Method,
    network: Network,
    x: torch.Tensor,
    target: int,
    *,
    draws: Draws,
    params: MethodChoice,
    pooling: str = "sum",
) -> np.ndarray:
    """Raw maps float32 [B H W] on the CPU for a batch [B 3 H W] of one picture at several depths.

    Errors: Refused where the method would be silently wrong; ValueError if it returns another shape.
    """
    reason = method.refuses(network.spec)
    if reason is not None:
        raise Refused(f"{method.label} is refused on {network.spec.label}: {reason}.")
    x = x.contiguous(memory_format=torch.channels_last)
    targets = torch.full((x.shape[0],), target, device=x.device)
    maps = method.fn(network, x, targets, rng=draws, **dict(params.params))
    if maps.dim() != 4 or maps.shape[0] != x.shape[0] or maps.shape[2:] != x.shape[2:]:
        raise ValueError(f"{method.key} returned {tuple(maps.shape)} for a batch of {tuple(x.shape)}")
    return POOLINGS[pooling](maps.detach()).float().cpu().numpy()


def draws_for(seed: int, method: str, image: str, depths: Sequence[int]) -> Draws:
    """The random numbers of a stochastic method: by seed, method and picture."""
    return Draws((seed, method, image), tuple(depths))
