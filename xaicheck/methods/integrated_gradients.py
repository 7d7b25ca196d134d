"""Integrated gradients: gradients averaged on the way from a blank picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.methods.shared_passes import gradient_sum
from xaicheck.types import Method, Network, Param

if TYPE_CHECKING:
    import torch

    from xaicheck.seeds import Draws


def attribute(
    network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: Draws, steps: int = 16
) -> torch.Tensor:
    """Path integral of the gradient from zero (mid-grey or the mean colour) to x, times x, [B 3 H W].

    Source: Sundararajan et al. 2017, eq. 1; Gauss-Legendre quadrature, as captum's.
    """
    from functools import partial
    from operator import mul

    import numpy as np

    nodes, weights = np.polynomial.legendre.leggauss(steps)  # on [-1, 1]; the path runs over [0, 1]
    path = [(w / 2, partial(mul, (1 + n) / 2)) for n, w in zip(nodes.tolist(), weights.tolist(), strict=True)]
    return x * gradient_sum(network, x, target, path)


METHOD = Method(
    key="integrated_gradients",
    label="Integrated gradients",
    summary="Gradients averaged on the way from a blank picture to this one, times the difference.",
    source="Sundararajan et al. 2017, arXiv:1703.01365",
    fn=attribute,
    params=(
        Param(
            "steps", "Path steps", 16, 4, 128, 4, "More steps follow the path more closely and take longer."
        ),
    ),
    passes=lambda steps=16: float(steps),
)
