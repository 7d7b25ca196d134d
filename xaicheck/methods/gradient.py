"""Gradient: how the logit answers to a small change of each pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.types import Method, Network

if TYPE_CHECKING:
    import torch

    from xaicheck.seeds import Draws


def input_gradient(network: Network, x: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """d(target logit)/dx, [B 3 H W]; rows are independent, so one backward pass serves all."""
    import torch

    x = x.detach().requires_grad_()
    with torch.enable_grad():
        logits = network.module(x).gather(1, target[:, None]).sum()
    return torch.autograd.grad(logits, x)[0]


def attribute(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: Draws) -> torch.Tensor:
    """The signed gradient of the target logit, [B 3 H W].

    Source: Simonyan et al. 2013, section 3.
    Differs: signed, summed over channels; the paper takes the largest absolute value over channels.
    """
    return input_gradient(network, x, target)


METHOD = Method(
    key="gradient",
    label="Gradient",
    summary="How much the class score changes when a pixel changes a little.",
    source="Simonyan et al. 2013, arXiv:1312.6034",
    fn=attribute,
)
