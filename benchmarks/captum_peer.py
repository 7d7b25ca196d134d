"""What one writes with captum today: a network of its own for every depth, one picture a pass."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import torch
import torch.nn.functional as F
from captum import attr

from benchmarks.networks import TARGET
from xaicheck.types import MethodChoice, Network


def _smoothgrad(net: Network, x: torch.Tensor, samples: int = 16, sigma: float = 0.15) -> torch.Tensor:
    seen = x.detach()
    spread = float(sigma * (seen.max() - seen.min()))
    tunnel = attr.NoiseTunnel(attr.Saliency(net.module))
    return tunnel.attribute(
        x, target=TARGET, nt_type="smoothgrad", nt_samples=samples, stdevs=spread, abs=False
    )


def _grad_cam(net: Network, x: torch.Tensor) -> torch.Tensor:
    cam = attr.LayerGradCam(net.module, net.module.get_submodule(str(net.spec.cam_layer)))
    coarse = cam.attribute(x, target=TARGET, relu_attributions=True)
    return F.interpolate(coarse, size=x.shape[2:], mode="bilinear", align_corners=False)


def _guided_grad_cam(net: Network, x: torch.Tensor) -> torch.Tensor:
    layer = net.module.get_submodule(str(net.spec.cam_layer))
    return attr.GuidedGradCam(net.module, layer).attribute(x, target=TARGET, interpolate_mode="bilinear")


def _occlusion(net: Network, x: torch.Tensor, window: int, stride: int) -> torch.Tensor:
    maps = attr.Occlusion(net.module).attribute(
        x, sliding_window_shapes=(3, window, window), strides=(3, stride, stride), target=TARGET
    )
    return maps[:, :1]


CAPTUM: Mapping[str, Callable[..., torch.Tensor]] = MappingProxyType(
    {
        "gradient": lambda net, x: attr.Saliency(net.module).attribute(x, target=TARGET, abs=False),
        "input_x_gradient": lambda net, x: attr.InputXGradient(net.module).attribute(x, target=TARGET),
        "integrated_gradients": lambda net, x, steps: attr.IntegratedGradients(net.module).attribute(
            x, target=TARGET, n_steps=steps
        ),
        "smoothgrad": _smoothgrad,
        "guided_backprop": lambda net, x: attr.GuidedBackprop(net.module).attribute(x, target=TARGET),
        "grad_cam": _grad_cam,
        "guided_grad_cam": _guided_grad_cam,
        "occlusion": _occlusion,
    }
)
"""Captum's function for each of our methods that it has: fn(network, x [1 3 H W], **params)."""

DIFFERENT = MappingProxyType(
    {
        "smoothgrad": "captum draws other noise",
        "guided_backprop": "captum's rule leaves ReLU6 alone",
        "guided_grad_cam": "captum's rule leaves ReLU6 alone",
    }
)
"""Why maps may differ where they do."""


def explain(networks: list[Network], x: torch.Tensor, chosen: MethodChoice) -> np.ndarray:
    """The maps [D H W] of these networks, one after the other, channels summed."""
    fn, params = CAPTUM[chosen.key], dict(chosen.params)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of the hooks that it sets
        maps = [fn(net, x.detach().clone().requires_grad_(), **params).detach().sum(1) for net in networks]
    return torch.cat(maps).cpu().numpy()
