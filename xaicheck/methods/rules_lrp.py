"""LRP by zennit's rules, with what zennit leaves to its user: merged BatchNorm and explicit sums.

Merging without merging: a BatchNorm after a layer multiplies each output channel by γ/σ and adds a
constant. The rules used here ignore constants (biases take no relevance) and are unchanged when a channel
is multiplied by a positive number. So only the sign of γ matters: it is moved into the layer's weights,
the BatchNorm keeps |γ| and passes relevance through. That equals real merging (tested against it), and
it lets every depth keep BatchNorm statistics of its own over one shared convolution.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from zennit.canonizers import AttributeCanonizer
from zennit.composites import LayerMapComposite
from zennit.core import BasicHook
from zennit.layer import Sum
from zennit.rules import ClampMod, Epsilon, Norm, Pass, ZPlus
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


class ZPlusOrMinus(BasicHook):
    """The z⁺ rule; z⁻ for units to which nothing contributes positively.

    A linear bottleneck's output may be negative through and through. Plain z⁺ then divides by (next to)
    nothing and relevance is lost: up to 4 % on EfficientNet-Lite0, half of it on Lite1, without any bias.
    """

    def __init__(self) -> None:
        positive, negative = {"min": 0.0}, {"max": 0.0}
        signs = [(positive, positive), (negative, negative), (positive, negative), (negative, positive)]
        super().__init__(
            input_modifiers=[partial(torch.clamp, **of_input) for of_input, _ in signs],
            param_modifiers=[ClampMod(**of_weight, zero_params=["bias"]) for _, of_weight in signs],
            output_modifiers=[lambda output: output] * 4,
            gradient_mapper=self._shares,
            reducer=lambda inputs, gradients: sum(i * g for i, g in zip(inputs, gradients, strict=True)),
        )

    @staticmethod
    def _shares(relevance: torch.Tensor, outputs: list[torch.Tensor]) -> list[torch.Tensor]:
        plus, minus = outputs[0] + outputs[1], outputs[2] + outputs[3]
        some = plus > 1e-3 * minus.abs()  # less is the rounding of weights that training has let go of
        nothing = torch.zeros_like(plus)
        up = torch.where(some, relevance / torch.where(some, plus, 1.0), nothing)
        down = torch.where(some | (minus == 0), nothing, relevance / torch.where(minus == 0, 1.0, minus))
        return [up, up, down, down]

    def copy(self) -> ZPlusOrMinus:
        """A hook of its own for another layer, as zennit asks for."""
        return ZPlusOrMinus()


def _rules() -> list[tuple[Any, Any]]:
    return [
        (Activation, Pass()),
        (BatchNorm, Pass()),
        (RecalibratedNorm, Pass()),
        (Sum, Norm()),
        (AvgPool, Norm()),
        # Some trained channels are 1e-13 small: zennit's own stabilizer (1e-6) would swallow relevance.
        (Convolution, ZPlus(stabilizer=1e-12, zero_params=["bias"])),
        (Linear, Epsilon(zero_params=["bias"])),
    ]


class _Composite(LayerMapComposite):
    """zennit's rules by layer type, and the one above for convolutions that no rectifier follows."""

    def __init__(self) -> None:
        super().__init__(
            _rules(), canonizers=[ResidualSum(), ResNetBottleneckCanonizer(), ResNetBasicBlockCanonizer()]
        )

    def mapping(self, ctx: Any, name: str, module: nn.Module) -> Any:
        """The rule of a module; None: its gradient is passed through as it is."""
        return ZPlusOrMinus() if getattr(module, "unrectified", False) else super().mapping(ctx, name, module)


def composite() -> LayerMapComposite:
    """The rules of `relevance`, for `composite().context(merged(network))`."""
    return _Composite()


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


def _is_linear(norm: nn.Module) -> bool:
    """Whether the norm carries an activation, as timm's do, and that one does nothing."""
    tail = norm.tail if isinstance(norm, RecalibratedNorm) else getattr(norm, "act", nn.Sequential())
    parts = [part for part in tail.modules() if not isinstance(part, nn.Sequential)]
    return bool(parts) and all(isinstance(part, nn.Identity) for part in parts)


def merged(network: Network) -> nn.Module:
    """A private copy that computes the same and in which every BatchNorm may be passed through."""
    module = private_copy(network.module)
    done: set[int] = set()
    for layer_name, norm_name in network.merges:
        for layer, norm in _pairs(module.get_submodule(layer_name), module.get_submodule(norm_name)):
            _move_sign(layer, norm)
            done.add(id(norm))
            layer.unrectified = _is_linear(norm)
    for part in module.modules():
        if isinstance(part, (_BatchNorm, RecalibratedNorm)) and id(part) not in done:
            raise Refused("LRP needs every BatchNorm right behind a layer it can be merged into.")
        if hasattr(part, "inplace"):
            part.inplace = False
    return module


def relevance(network: Network, x: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The relevance of the inputs, [B 3 H W]; its sum is 1 where no relevance is lost."""
    x = x.detach().requires_grad_()
    with _Composite().context(merged(network)) as module, torch.enable_grad():
        logits: torch.Tensor = module(x)
        start = torch.zeros_like(logits).scatter_(1, target[:, None], 1.0)
        return torch.autograd.grad(logits, x, start)[0]
