"""Guided Grad-CAM: guided backprop, kept where Grad-CAM points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.methods import grad_cam, guided_backprop
from xaicheck.types import Method, ModelSpec, Network

if TYPE_CHECKING:
    import torch

    from xaicheck.seeds import Draws


def attribute(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: Draws) -> torch.Tensor:
    """Guided backprop times the bilinear Grad-CAM map, [B 3 H W].

    Source: Selvaraju et al. 2017, section 3.2.
    """
    coarse = grad_cam.attribute(network, x, target, rng=rng)
    return guided_backprop.attribute(network, x, target, rng=rng) * coarse


def _refuses(spec: ModelSpec) -> str | None:
    return guided_backprop.METHOD.refuses(spec) or grad_cam.METHOD.refuses(spec)


METHOD = Method(
    key="guided_grad_cam",
    label="Guided Grad-CAM",
    summary="Guided backprop, kept only where Grad-CAM points.",
    source="Selvaraju et al. 2017, arXiv:1610.02391",
    fn=attribute,
    refuses=_refuses,
    passes=lambda: 1.5,
)
