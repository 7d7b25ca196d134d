"""Grad-CAM: the last convolutional maps, weighted by their mean gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.methods.shared_passes import CAM, reader
from xaicheck.types import Method, ModelSpec, Passes

if TYPE_CHECKING:
    import torch


def derive(found: Passes) -> torch.Tensor:
    """ReLU(Σ_c mean-gradient_c · A_c) of the model's last convolutional map, bilinear to [B 1 H W].

    Source: Selvaraju et al. 2017, eq. 1 and 2.
    """
    import torch.nn.functional as F

    assert found.activation is not None and found.slopes is not None
    weights = found.slopes.mean((2, 3), keepdim=True)
    cam = (weights * found.activation).sum(1, keepdim=True).relu()
    return F.interpolate(cam, size=found.x.shape[2:], mode="bilinear", align_corners=False)


def _refuses(spec: ModelSpec) -> str | None:
    return "it needs a convolutional map, and this model has none" if spec.cam_layer is None else None


METHOD = Method(
    key="grad_cam",
    label="Grad-CAM",
    summary="A coarse map: which of the last layer’s feature maps speak for the class, and where.",
    source="Selvaraju et al. 2017, arXiv:1610.02391",
    fn=reader(derive, CAM),
    derive=derive,
    reads=(CAM,),
    signed=False,
    refuses=_refuses,
    passes=lambda: 0.5,
)
