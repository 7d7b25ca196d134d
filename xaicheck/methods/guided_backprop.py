"""Guided backprop: the gradient with negative signals cut at every ReLU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.methods.shared_passes import GUIDED, reader
from xaicheck.types import Method, ModelSpec, Passes

if TYPE_CHECKING:
    import torch


def derive(found: Passes) -> torch.Tensor:
    """The gradient with every rectifier's backward pass cut at zero, [B 3 H W].

    Source: Springenberg et al. 2014, section 3.4.
    Differs: acts on ReLU and ReLU6 alike, as modules, functions and in place.
    """
    assert found.guided is not None
    return found.guided


def _refuses(spec: ModelSpec) -> str | None:
    others = sorted(set(spec.activations) - {"ReLU", "ReLU6"})
    if not others:
        return None
    return f"it is defined for ReLU and ReLU6, and this model uses {', '.join(others)}"


METHOD = Method(
    key="guided_backprop",
    label="Guided backprop",
    summary="The gradient, with negative signals cut at every ReLU on the way back.",
    source="Springenberg et al. 2014, arXiv:1412.6806",
    fn=reader(derive, GUIDED),
    derive=derive,
    reads=(GUIDED,),
    refuses=_refuses,
)
