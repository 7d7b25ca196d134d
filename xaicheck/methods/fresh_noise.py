"""Control: new noise for every map, made without the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.types import Method, Network

if TYPE_CHECKING:
    import torch

    from xaicheck.seeds import Draws


def attribute(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: Draws) -> torch.Tensor:
    """Independent standard normal values for every depth and seed, [B 1 H W]; zero covariance by design.

    Source: a control of our own, one way to make the uninformative maps with zero pixel-wise covariance of
        which the abstract of Binder et al. 2023 speaks; how theirs were drawn is not followed.
    """
    import torch

    rows = [
        torch.randn(1, *x.shape[2:], generator=rng.row(i), dtype=torch.float32) for i in range(x.shape[0])
    ]
    return torch.stack(rows).to(x)


METHOD = Method(
    key="fresh_noise",
    label="Fresh noise",
    summary="Control: new random values each time, made without the network and independent of those before.",
    source="after Binder et al. 2023, CVPR (uninformative control)",
    fn=attribute,
    stochastic=True,
    control=True,
    passes=lambda: 0.01,
)
