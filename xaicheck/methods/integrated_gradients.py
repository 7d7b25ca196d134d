"""Integrated gradients: gradients averaged on the way from a blank picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.memory import APART_ROWS
from xaicheck.types import Method, Network, Param

if TYPE_CHECKING:
    import torch

    from xaicheck.seeds import Draws


def attribute(
    network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: Draws, steps: int = 16
) -> torch.Tensor:
    """Path integral of the gradient from zero (mid-grey or the mean colour) to x, times x, [B 3 H W].

    Source: Sundararajan et al. 2017, eq. 1; Gauss-Legendre quadrature, by captum.
    """
    from captum.attr import IntegratedGradients

    # One path step at a time: all rows of a batch are then the same picture, and share what they can. A
    # single row has nobody to share with.
    at_once = x.shape[0] if x.shape[0] > 1 else APART_ROWS
    return IntegratedGradients(network.module).attribute(
        x, baselines=0.0, target=target, n_steps=steps, internal_batch_size=at_once
    )


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
