"""Occlusion: how far the score falls when a window is greyed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.types import Method, Network, Param

if TYPE_CHECKING:
    import torch

    from xaicheck.seeds import Draws


def attribute(
    network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: Draws, window: int = 16, stride: int = 8
) -> torch.Tensor:
    """Mean fall of the logit over the windows that cover a pixel, filled with zero, [B 1 H W].

    Source: Zeiler & Fergus 2014, section 4.1, by captum.
    Differs: the logit, not the probability; windows overlap by window − stride pixels.
    """
    import torch
    from captum.attr import Occlusion

    with torch.no_grad():
        falls = Occlusion(network.module).attribute(
            x,
            sliding_window_shapes=(x.shape[1], window, window),
            strides=(x.shape[1], min(stride, window), min(stride, window)),
            baselines=0.0,
            target=target,
        )
    return falls[:, :1]  # the window covers all channels: each holds the same number


def _passes(window: int = 16, stride: int = 8) -> float:
    return 0.35 * (1 + (224 - window) / min(stride, window)) ** 2


METHOD = Method(
    key="occlusion",
    label="Occlusion",
    summary="How far the class score falls when a window is greyed out. Slow: hundreds of passes.",
    source="Zeiler & Fergus 2014, arXiv:1311.2901",
    fn=attribute,
    params=(
        Param("window", "Window", 16, 8, 64, 8, "Side of the greyed square, in pixels."),
        Param("stride", "Step", 8, 4, 64, 4, "How far the square moves, in pixels; smaller is slower."),
    ),
    passes=_passes,
)
