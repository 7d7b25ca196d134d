"""METHODS: one file a method, and `explain`, the one door through which every map passes."""

from __future__ import annotations

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
