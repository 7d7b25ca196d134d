"""Guided Grad-CAM: guided backprop, kept where Grad-CAM points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.methods import grad_cam, guided_backprop
from xaicheck.methods.shared_passes import CAM, GUIDED, reader
from xaicheck.types import Method, ModelSpec, Passes

if TYPE_CHECKING:
    import torch


def derive(found: Passes) -> torch.Tensor:
    """Guided backprop times the bilinear Grad-CAM map, [B 3 H W].

    Source: Selvaraju et al. 2017, section 3.2.
    """
    return guided_backprop.derive(found) * grad_cam.derive(found)


def _refuses(spec: ModelSpec) -> str | None:
    return guided_backprop.METHOD.refuses(spec) or grad_cam.METHOD.refuses(spec)


METHOD = Method(
    key="guided_grad_cam",
    label="Guided Grad-CAM",
    summary="Guided backprop, kept only where Grad-CAM points.",
    source="Selvaraju et al. 2017, arXiv:1610.02391",
    fn=reader(derive, GUIDED, CAM),
    derive=derive,
    reads=(GUIDED, CAM),
    refuses=_refuses,
    passes=lambda: 1.5,
)
