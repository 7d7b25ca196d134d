"""Grad-CAM: the last convolutional maps, weighted by their mean gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.types import Method, ModelSpec, Network

if TYPE_CHECKING:
    import torch

    from xaicheck.seeds import Draws


def attribute(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: Draws) -> torch.Tensor:
    """ReLU(Σ_c mean-gradient_c · A_c) of the model's last convolutional map, bilinear to [B 1 H W].

    Source: Selvaraju et al. 2017, eq. 1 and 2, by captum with the ReLU on.
    """
    import torch.nn.functional as F
    from captum.attr import LayerGradCam

    layer = network.module.get_submodule(str(network.spec.cam_layer))
    # The gradient must reach the layer even where everything below it is frozen.
    cam = LayerGradCam(network.module, layer).attribute(
        x.detach().requires_grad_(), target=target, relu_attributions=True
    )
    return F.interpolate(cam.detach(), size=x.shape[2:], mode="bilinear", align_corners=False)


def _refuses(spec: ModelSpec) -> str | None:
    return "it needs a convolutional map, and this model has none" if spec.cam_layer is None else None


METHOD = Method(
    key="grad_cam",
    label="Grad-CAM",
    summary="A coarse map: which of the last layer's feature maps speak for the class, and where.",
    source="Selvaraju et al. 2017, arXiv:1610.02391",
    fn=attribute,
    signed=False,
    refuses=_refuses,
    passes=lambda: 0.5,
)
