"""What the oracle tests share: networks with known weights, a picture, maps, relative errors."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from xaicheck.methods import METHODS
from xaicheck.methods.explain import draws_for, explain
from xaicheck.models.graph import trace
from xaicheck.models.registry import MODELS, assemble
from xaicheck.models.samples import load as sample
from xaicheck.seeds import generator
from xaicheck.types import MethodChoice, Network

TARGET = 285  # Egyptian cat
# Few steps: the comparisons are exact whatever their number.
FEW: dict[str, dict[str, int]] = {
    "integrated_gradients": {"steps": 4},
    "smoothgrad": {"samples": 4},
    "occlusion": {"window": 64, "stride": 64},
}


def picture(network: Network, key: str = "chelsea") -> torch.Tensor:
    """A sample picture as the network sees it, [1 3 S S] in the network's number format."""
    return network.preprocess(sample(key))[None].to(next(network.module.parameters()).dtype)


def maps(
    key: str, network: Network, x: torch.Tensor, depths: Sequence[int], *, seed: int = 0, **params: float
) -> np.ndarray:
    """A method's maps [B H W] in few steps, one row a depth."""
    if key == "occlusion" and x.shape[-1] < 100:
        params = {"window": 16, "stride": 16} | params
    return explain(
        METHODS[key],
        network,
        x.expand(len(depths), -1, -1, -1),
        TARGET,
        draws=draws_for(seed, key, "picture", depths),
        params=MethodChoice(key, tuple((FEW.get(key, {}) | params).items())),
    )


def relative(a: np.ndarray | torch.Tensor, b: np.ndarray | torch.Tensor) -> float:
    """||a - b|| / ||b|| in float64; b must not be zero."""
    a, b = (np.asarray(v.detach() if isinstance(v, torch.Tensor) else v, dtype=np.float64) for v in (a, b))
    size = np.linalg.norm(b)
    assert size > 0, "a comparison with a map of zeros says nothing"
    return float(np.linalg.norm(a - b) / size)


def random_like(tensor: torch.Tensor, *parts: object) -> torch.Tensor:
    """Standard normal values of the tensor's shape, the same in every run."""
    return torch.randn(tensor.shape, generator=generator("oracle", *parts), dtype=tensor.dtype)


@torch.no_grad()
def untrained(key: str) -> Network:
    """A registered model without trained weights, but with nothing left at 0 or 1.

    Initialised networks have shifts of 0, scales of 1, and (ViT) a head of zeros: mistakes would not show.
    BatchNorm gets the statistics of two pictures, a scale around 1 of which some are negative, and a shift.
    """
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(generator("oracle", key).get_state())
        network = assemble(MODELS[key], None)
    norms = [m for m in network.module.modules() if isinstance(m, _BatchNorm)]
    for name, value in network.module.named_parameters():
        noise = random_like(value, key, name)
        if "layer_scale" in name:
            value.copy_(0.5 + 0.1 * noise)
        elif value.dim() == 1 or not value.any():
            value.add_(0.1 * noise)
    for i, norm in enumerate(norms):
        norm.weight.mul_(torch.where(random_like(norm.weight, key, "sign", i) < -1.3, -1.0, 1.0))
        norm.momentum = None
        norm.reset_running_stats()
        norm.train()
    if norms:
        network.module(torch.cat([picture(network), picture(network, "coffee")]))
    for norm in norms:
        norm.momentum = 0.1
        norm.eval()
    return network


def changed(network: Network, change: Callable[[nn.Module], None]) -> Network:
    """The network with a copy of its module, changed."""
    module = copy.deepcopy(network.module)
    with torch.no_grad():
        change(module)
    return dataclasses.replace(network, module=module)


def double(network: Network) -> Network:
    """The network in float64."""
    return changed(network, lambda module: module.double())


def small(network: Network, size: int = 112) -> Network:
    """The same module on smaller pictures, gallery included."""
    spec = dataclasses.replace(network.spec, size=size, resize=size * 256 // 224)
    return dataclasses.replace(network, spec=spec)


def precise(network: Network) -> Network:
    """The network in float64 and, to pay for that, on pictures of 64 pixels.

    In float32 convolutions round differently in batches of different sizes, and one ReLU that flips at its
    kink changes a map by up to 1 %: a comparison would need a bound that hides mistakes.
    """
    return small(double(network), 64)


def without_shifts(network: Network) -> Network:
    """The network with every bias, every BatchNorm shift and every BatchNorm mean at zero."""

    def zero(module: nn.Module) -> None:
        for name, value in module.named_parameters():
            if name.endswith("bias"):
                value.zero_()
        for part in module.modules():
            if isinstance(part, _BatchNorm):
                part.running_mean.zero_()

    return changed(network, zero)


def tiny(module: nn.Module, *, size: int, cam_layer: str | None = None) -> Network:
    """A network of one's own, seeded, in evaluation mode, float64."""
    module = module.double().eval().requires_grad_(False)
    for name, value in module.named_parameters():
        fan_in = value[0].numel() if value.dim() > 1 else 10
        value.copy_(random_like(value, "tiny", name) * (2 / fan_in) ** 0.5)
    spec = dataclasses.replace(
        MODELS["resnet18"], key="tiny", label="tiny", size=size, cam_layer=cam_layer, blocks=()
    )
    return Network(spec, module, (), "cpu", trace(module, size).merges)


def tiny_picture(size: int, rows: int = 1) -> torch.Tensor:
    """A signed picture [rows 3 size size], float64."""
    return random_like(torch.empty(rows, 3, size, size, dtype=torch.float64), "picture", size)
