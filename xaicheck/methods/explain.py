"""The one door through which every map passes: shapes checked, channels pooled, nothing normalised."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from xaicheck.errors import Refused
from xaicheck.methods import POOLINGS
from xaicheck.methods.certificates import Evidence
from xaicheck.methods.shared_passes import passes
from xaicheck.seeds import Draws
from xaicheck.types import LedgerEntry, Method, MethodChoice, Network


def explain(
    method: Method,
    network: Network,
    x: torch.Tensor,
    target: int | Sequence[int],
    *,
    draws: Draws,
    params: MethodChoice,
    pooling: str = "sum",
) -> np.ndarray:
    """Raw maps float32 [B H W] on the CPU for a batch [B 3 H W] of one picture at several depths.

    `target`: the class to explain, or one for each row.
    Errors: Refused where the method would be silently wrong; ValueError if it returns another shape.
    """
    maps = explain_alone(method, network, x, target, draws=draws, params=params, pooling=pooling)
    found: np.ndarray = maps.float().cpu().numpy()
    return found


def explain_alone(
    method: Method,
    network: Network,
    x: torch.Tensor,
    target: int | Sequence[int],
    *,
    draws: Draws,
    params: MethodChoice,
    pooling: str = "sum",
    evidence: Evidence | None = None,
) -> torch.Tensor:
    """What `explain` gives, still on x's device and in its precision; `evidence` takes what it measures."""
    x, targets = _batch(x, target)
    _refuse(method, network)
    layers: Sequence[tuple[LedgerEntry, ...]] = ()
    if evidence is not None and method.with_layers is not None:
        maps, layers = method.with_layers(network, x, targets, rng=draws, **dict(params.params))
    else:
        maps = method.fn(network, x, targets, rng=draws, **dict(params.params))
    pooled = _pooled(method, maps, x, pooling)
    if evidence is not None:
        evidence.take(method, params, network, x, targets, maps, layers)
    return pooled


def explain_together(
    methods: Sequence[Method],
    network: Network,
    x: torch.Tensor,
    target: int | Sequence[int],
    *,
    pooling: str = "sum",
    evidence: Evidence | None = None,
) -> torch.Tensor:
    """Raw maps float32 [M B H W] on x's device, of methods that derive theirs from shared passes.

    Each is what `explain` gives, from one backward pass instead of one a method. Errors: as `explain`.
    """
    x, targets = _batch(x, target)
    for method in methods:
        _refuse(method, network)
    found = passes(network, x, targets, [read for method in methods for read in method.reads])
    maps = []
    for method in methods:
        assert method.derive is not None, f"{method.key} does not derive its maps"
        raw = method.derive(found)
        maps.append(_pooled(method, raw, x, pooling))
        if evidence is not None:
            evidence.take(method, MethodChoice(method.key), network, x, targets, raw)
    return torch.stack(maps)


def _batch(x: torch.Tensor, target: int | Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """The batch in the one memory format, equal rows kept as one row in memory, and a target for each."""
    rows = len(x)
    x = x[:1] if x.stride(0) == 0 else x
    x = x.contiguous(memory_format=torch.channels_last).expand(rows, -1, -1, -1)
    targets = list(target) if isinstance(target, Sequence) else [target] * rows
    return x, torch.tensor(targets, dtype=torch.int64, device=x.device)


def _refuse(method: Method, network: Network) -> None:
    reason = method.refuses(network.spec)
    if reason is not None:
        raise Refused(f"{method.label} is refused on {network.spec.label}: {reason}.")


def _pooled(method: Method, maps: torch.Tensor, x: torch.Tensor, pooling: str) -> torch.Tensor:
    if maps.dim() != 4 or maps.shape[0] != x.shape[0] or maps.shape[2:] != x.shape[2:]:
        raise ValueError(f"{method.key} returned {tuple(maps.shape)} for a batch of {tuple(x.shape)}")
    return POOLINGS[pooling](maps.detach()).to(x.dtype)


def draws_for(seed: int, method: str, image: str, depths: Sequence[int]) -> Draws:
    """The random numbers of a stochastic method: by seed, method and picture."""
    return Draws((seed, method, image), tuple(depths))
