"""Input × gradient: the gradient weighted by the input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.methods import gradient
from xaicheck.methods.shared_passes import GRADIENT, reader
from xaicheck.types import Method, Passes

if TYPE_CHECKING:
    import torch


def derive(found: Passes) -> torch.Tensor:
    """x · d(target logit)/dx with x as the network sees it (normalised), [B 3 H W].

    Source: Shrikumar et al. 2016. Equals LRP-0 on a ReLU network without biases.
    """
    return found.x * gradient.derive(found)


METHOD = Method(
    key="input_x_gradient",
    label="Input × gradient",
    summary="The gradient times the picture: the picture’s own structure shows through.",
    source="Shrikumar et al. 2016, arXiv:1605.01713",
    fn=reader(derive, GRADIENT),
    derive=derive,
    reads=(GRADIENT,),
)
