"""LRP by zennit's rules, with what zennit leaves to its user: merged BatchNorm and explicit sums.

Merging without merging: a BatchNorm after a layer multiplies each output channel by γ/σ and adds a
constant. The rules used here ignore constants (biases take no relevance) and are unchanged when a channel
is multiplied by a positive number. So only the sign of γ matters: it is moved into the layer's weights,
the BatchNorm keeps |γ| and passes relevance through. That equals real merging (tested against it), and
it lets every depth keep BatchNorm statistics of its own over one shared convolution.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from zennit.canonizers import AttributeCanonizer
from zennit.composites import LayerMapComposite
from zennit.layer import Sum
from zennit.rules import Epsilon, Norm, Pass, ZPlus
from zennit.torchvision import ResNetBasicBlockCanonizer, ResNetBottleneckCanonizer
from zennit.types import Activation, AvgPool, BatchNorm, Convolution, Linear

from xaicheck.cascade import Fork, RecalibratedNorm
from xaicheck.errors import Refused
from xaicheck.types import Network
from xaicheck.wiring import private_copy


class ResidualSum(AttributeCanonizer):
    """Makes the shortcut of timm's mobile units an explicit sum: a bare `+` would double relevance."""

    def __init__(self) -> None:
        super().__init__(self._map)

    @staticmethod
    def _map(name: str, module: nn.Module) -> dict[str, Any] | None:
        if not getattr(module, "has_skip", False):
            return None
        unit = type(module).forward

        def forward(x: torch.Tensor) -> torch.Tensor:
            module.has_skip = False
            try:
                branch = unit(module, x)
            finally:
                module.has_skip = True
            return module.shortcut_sum(torch.stack([module.drop_path(branch), x], dim=-1))

        return {"forward": forward, "shortcut_sum": Sum()}


def _composite() -> LayerMapComposite:
    return LayerMapComposite(
        [
            (Activation, Pass()),
            (BatchNorm, Pass()),
            (RecalibratedNorm, Pass()),
            (Sum, Norm()),
            (AvgPool, Norm()),
            (Convolution, ZPlus(zero_params=["bias"])),
            (Linear, Epsilon(zero_params=["bias"])),
        ],
        canonizers=[ResidualSum(), ResNetBottleneckCanonizer(), ResNetBasicBlockCanonizer()],
    )


def _pairs(layer: nn.Module, norm: nn.Module) -> list[tuple[nn.Module, nn.Module]]:
    """(layer, norm) as they stand, or the trained pair and the random pair of two forks."""
    if isinstance(layer, Fork) and isinstance(norm, Fork):
        return [(layer.trained, norm.trained), (layer.random, norm.random)]
    return [(layer, norm)]


def _move_sign(layer: Any, norm: Any) -> None:
    """Move the sign of γ into the layer, in new tensors: the old ones are shared."""
    sign = torch.where(norm.weight < 0, -1.0, 1.0).to(norm.weight.dtype)

    def parameter(values: torch.Tensor) -> nn.Parameter:
        return nn.Parameter(values, requires_grad=False)

    layer.weight = parameter(layer.weight * sign.view(-1, *(1,) * (layer.weight.dim() - 1)))
    if layer.bias is not None:
        layer.bias = parameter(layer.bias * sign)
    norm.weight = parameter(norm.weight * sign)
    mean = "mean" if isinstance(norm, RecalibratedNorm) else "running_mean"
    setattr(norm, mean, getattr(norm, mean) * sign)


def merged(network: Network) -> nn.Module:
    """A private copy that computes the same and in which every BatchNorm may be passed through."""
    module = private_copy(network.module)
    done: set[int] = set()
    for layer_name, norm_name in network.merges:
        for layer, norm in _pairs(module.get_submodule(layer_name), module.get_submodule(norm_name)):
            _move_sign(layer, norm)
            done.add(id(norm))
    for part in module.modules():
        if isinstance(part, (_BatchNorm, RecalibratedNorm)) and id(part) not in done:
            raise Refused("LRP needs every BatchNorm right behind a layer it can be merged into.")
        if hasattr(part, "inplace"):
            part.inplace = False
    return module


def relevance(network: Network, x: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The relevance of the inputs, [B 3 H W]; its sum is 1 where no relevance is lost."""
    x = x.detach().requires_grad_()
    with _composite().context(merged(network)) as module, torch.enable_grad():
        logits: torch.Tensor = module(x)
        start = torch.zeros_like(logits).scatter_(1, target[:, None], 1.0)
        return torch.autograd.grad(logits, x, start)[0]
