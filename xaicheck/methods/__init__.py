"""METHODS: one file a method, and `explain`, the one door through which every map passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from xaicheck.methods import (
    fixed_noise,
    fresh_noise,
    grad_cam,
    gradient,
    guided_backprop,
    guided_grad_cam,
    input_x_gradient,
    integrated_gradients,
    lrp,
    occlusion,
    sign_flip,
    smoothgrad,
    sobel,
)
from xaicheck.types import Method, ModelSpec, Registry

if TYPE_CHECKING:
    import torch

METHODS = Registry(
    "method",
    (
        module.METHOD
        for module in (
            gradient,
            input_x_gradient,
            integrated_gradients,
            smoothgrad,
            guided_backprop,
            grad_cam,
            guided_grad_cam,
            lrp,
            occlusion,
            sobel,
            fresh_noise,
            fixed_noise,
            sign_flip,
        )
    ),
)

POOLINGS: Mapping[str, Callable[[torch.Tensor], torch.Tensor]] = MappingProxyType(
    {
        "sum": lambda maps: maps.sum(1),
        "abs_sum": lambda maps: maps.abs().sum(1),
        "max_abs": lambda maps: maps.abs().amax(1),
    }
)
"""How the channels [B C H W] of a method's map become one [B H W], by key; the first one is the default."""

DEFAULT_PANEL = (
    "gradient",
    "input_x_gradient",
    "integrated_gradients",
    "smoothgrad",
    "guided_backprop",
    "grad_cam",
    "lrp",
    "fresh_noise",
)


def refusal(method: Method, spec: ModelSpec) -> str | None:
    """Why the method would be wrong on the model, as a sentence; None where it is right."""
    return method.refuses(spec)
