"""Control: the same noise for every map of a seed, made without the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.types import Method, Network

if TYPE_CHECKING:
    import torch

    from xaicheck.seeds import Draws


def attribute(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: Draws) -> torch.Tensor:
    """The same standard normal values at every depth of a seed, [B 1 H W].

    Source: the counterpart of fresh noise; similarity 1 by design.
    """
    import torch

    return (
        torch.randn(1, *x.shape[2:], generator=rng.shared(), dtype=torch.float32)
        .to(x)
        .expand(x.shape[0], 1, -1, -1)
    )


METHOD = Method(
    key="fixed_noise",
    label="Fixed noise",
    summary="Control: random values made without the network, the same at all depths of a seed.",
    source="counterpart of fresh noise (control)",
    fn=attribute,
    stochastic=True,
    control=True,
    passes=lambda: 0.01,
)
