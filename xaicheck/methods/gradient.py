"""Gradient: how the logit answers to a small change of each pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.methods.shared_passes import GRADIENT, reader
from xaicheck.types import Method, Passes

if TYPE_CHECKING:
    import torch


def derive(found: Passes) -> torch.Tensor:
    """The signed gradient of the target logit, [B 3 H W].

    Source: Simonyan et al. 2013, section 3.
    Differs: signed, summed over channels; the paper takes the largest absolute value over channels.
    """
    assert found.gradient is not None
    return found.gradient


METHOD = Method(
    key="gradient",
    label="Gradient",
    summary="How much the class score changes when a pixel changes a little.",
    source="Simonyan et al. 2013, arXiv:1312.6034",
    fn=reader(derive, GRADIENT),
    derive=derive,
    reads=(GRADIENT,),
)
