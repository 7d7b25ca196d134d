"""Control: the edges of the picture, whatever the network does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.types import Method, Network

if TYPE_CHECKING:
    import torch

    from xaicheck.seeds import Draws


def attribute(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: Draws) -> torch.Tensor:
    """Sobel gradient magnitude of the channel mean, [B 1 H W]; the network is not asked.

    Source: the edge-detector control of Adebayo et al. 2018.
    """
    import numpy as np
    import torch
    from scipy.ndimage import sobel

    grey = x[0].mean(0).double().cpu().numpy()
    edges = np.hypot(sobel(grey, axis=0), sobel(grey, axis=1))
    return torch.from_numpy(edges).to(x).expand(x.shape[0], 1, -1, -1)


METHOD = Method(
    key="sobel",
    label="Sobel edges",
    summary="Control: the picture’s edges, made without the network, so the same at all depths.",
    source="Adebayo et al. 2018, arXiv:1810.03292 (control)",
    fn=attribute,
    signed=False,
    control=True,
    passes=lambda: 0.01,
)
