"""LRP by zennit's rules, with what zennit leaves to its user: merged BatchNorm and explicit sums.

Merging without merging: a BatchNorm after a layer multiplies each output channel by γ/σ and adds a
constant. The rules used here ignore constants (biases take no relevance) and are unchanged when a channel
is multiplied by a positive number. So only the sign of γ matters: it is moved into the layer's weights,
the BatchNorm keeps |γ| and passes relevance through. That equals real merging (tested against it), and
it lets every depth keep BatchNorm statistics of its own over one shared convolution.

zennit's own canonizer leaves eps in the BatchNorm that it has emptied, so that it still divides by
sqrt(1 + eps): a slightly smaller network is explained, whose maps are 0.1 to 1 % away on ResNet-18.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from zennit.canonizers import AttributeCanonizer
from zennit.composites import LayerMapComposite
from zennit.core import BasicHook
from zennit.layer import Sum
from zennit.rules import ClampMod, Epsilon, Norm, Pass
from zennit.torchvision import ResNetBasicBlockCanonizer, ResNetBottleneckCanonizer
from zennit.types import Activation, AvgPool, BatchNorm, Convolution, Linear

from xaicheck.batching.forks import RecalibratedNorm, twins
from xaicheck.batching.shared_autograd import is_shared
from xaicheck.batching.shared_rows import SharedRows
from xaicheck.errors import Refused
from xaicheck.models.graph import private_copy
from xaicheck.types import Network


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


Note = Callable[[str, str, torch.Tensor, torch.Tensor, "torch.Tensor | None"], None]
"""Called on the way back for each layer with a rule: its name, why the rule loses relevance where it does
(`UNPAID` or `STABILISER`), the relevance at its output and at its inputs, and how much of each row [rows] is
handed on by convention (None: nothing can be)."""

UNPAID, STABILISER = "unpaid", "stabiliser"


class Noted(BasicHook):
    """A rule that tells what it does, where somebody asks."""

    cause = UNPAID
    note: Callable[[torch.Tensor, torch.Tensor, torch.Tensor | None], None] | None = None
    convention: torch.Tensor | None = None  # [rows] of the last way back, where somebody asks

    def copy(self) -> Noted:
        """A hook of its own for another layer, as zennit asks for."""
        hook: Noted = super().copy()
        hook.note = self.note
        return hook

    def backward(self, module: nn.Module, grad_input: Any, grad_output: Any) -> Any:
        """The relevance of the module's inputs."""
        handed = super().backward(module, grad_input, grad_output)
        if self.note is not None:
            self.note(grad_output[0], handed[0], self.convention)
        return handed


class _OnSharedRows(BasicHook):
    """zennit's rules, whose own forward passes share the rows that the network's passes shared."""

    def backward(self, module: nn.Module, grad_input: Any, grad_output: Any) -> Any:
        """The relevance of the module's inputs."""
        with SharedRows():
            return super().backward(module, grad_input, grad_output)


class SharedNorm(Noted, _OnSharedRows, Norm):
    """zennit's rule for sums and mean pooling."""

    cause = STABILISER


class NotedEpsilon(Noted, Epsilon):
    """zennit's rule for dense layers: every contribution takes its share, whatever its sign."""

    cause = STABILISER


class BySign(BasicHook):
    """A rule that tells contributions by their sign: input and weight are each split into two.

    Passes that cannot contribute are not made: behind a rectifier nothing is negative.
    """

    signs: tuple[tuple[int, int], ...] = ((1, 1), (-1, -1))  # of input and weight

    def __init__(self) -> None:
        super().__init__()

    def copy(self) -> BySign:
        """A hook of its own for another layer, as zennit asks for."""
        return type(self)()

    def shares(
        self, relevance: torch.Tensor, plus: torch.Tensor, minus: torch.Tensor
    ) -> dict[int, torch.Tensor]:
        """What one unit of a positive (1) and of a negative (-1) contribution is paid."""
        raise NotImplementedError

    def backward(self, module: nn.Module, grad_input: Any, grad_output: Any) -> Any:
        """The relevance of the module's inputs."""
        x = self.stored_tensors["input"][0].detach()
        rectified = bool((x[:1] if is_shared(x) else x).min() >= 0)
        parts = [(i, w) for i, w in self.signs if i > 0 or not rectified]
        inputs, outputs = [], []
        with SharedRows(), torch.enable_grad():
            for of_input, of_weight in parts:
                part = (x if rectified else _clamped(x, of_input)).detach().requires_grad_()
                with _WEIGHTS[of_weight](module) as modified:
                    outputs.append(modified.requires_grad_(False).forward(part))
                inputs.append(part)
        plus, minus = (
            sum(
                o.detach()[:1] if is_shared(o) else o.detach()
                for o, (i, w) in zip(outputs, parts, strict=True)
                if i * w == sign
            )
            for sign in (1, -1)
        )
        paid = self.shares(grad_output[0], plus, minus)
        gradients = torch.autograd.grad(outputs, inputs, [paid[i * w] for i, w in parts])
        return (sum(i * g for i, g in zip(inputs, gradients, strict=True)).detach(),)


def _clamped(x: torch.Tensor, sign: int) -> torch.Tensor:
    return x.clamp(min=0.0) if sign > 0 else x.clamp(max=0.0)


_WEIGHTS = {
    1: ClampMod(min=0.0, zero_params=["bias"]),
    -1: ClampMod(max=0.0, zero_params=["bias"]),
}


class ZPlus(Noted, BySign):
    """The z⁺ rule: every unit pays the positive contributions to it by their share.

    Some trained channels are 1e-13 small: zennit's own stabilizer (1e-6) would swallow relevance.
    """

    def shares(
        self, relevance: torch.Tensor, plus: torch.Tensor, minus: torch.Tensor
    ) -> dict[int, torch.Tensor]:
        """Relevance per unit of positive contribution."""
        return {1: relevance / (plus + _TINY)}


_TINY = 1e-12


class ZPlusOrMinus(Noted, BySign):
    """The z⁺ rule; z⁻ for units to which nothing contributes positively.

    A linear bottleneck's output may be negative through and through. Plain z⁺ then divides by (next to)
    nothing and relevance is lost: up to 4 % on EfficientNet-Lite0, half of it on Lite1, without any bias.
    """

    signs = ((1, 1), (-1, -1), (1, -1), (-1, 1))

    def shares(
        self, relevance: torch.Tensor, plus: torch.Tensor, minus: torch.Tensor
    ) -> dict[int, torch.Tensor]:
        """Relevance per unit of positive contribution, or of negative where there is none."""
        some = plus > 1e-3 * minus.abs()  # less is the rounding of weights that training has let go of
        if self.note is not None:
            self.convention = per_row(torch.where(some | (minus == 0), 0.0, relevance))
        up = torch.where(some, relevance / torch.where(some, plus, 1.0), 0.0)
        down = torch.where(some | (minus == 0), 0.0, relevance / torch.where(minus == 0, 1.0, minus))
        return {1: up, -1: down}


def per_row(relevance: torch.Tensor) -> torch.Tensor:
    """The sum of each row, [rows], in float64; of channels, of which there are few, in their own format."""
    if relevance.dim() > 2:
        relevance = relevance.sum(1)
    return relevance.flatten(1).sum(1, dtype=torch.float64)


def _rules() -> list[tuple[Any, Any]]:
    return [
        (Activation, Pass()),
        (BatchNorm, Pass()),
        (RecalibratedNorm, Pass()),
        (Sum, SharedNorm()),
        (AvgPool, SharedNorm()),
        (Linear, NotedEpsilon(zero_params=["bias"])),
    ]


Convolutions = Callable[[nn.Module], BySign]
"""Which rule a convolution has; `unrectified` is true of one that no rectifier follows."""


def convolution_rule(module: nn.Module) -> BySign:
    """The rule that LRP has here."""
    return ZPlusOrMinus() if getattr(module, "unrectified", False) else ZPlus()


class _Composite(LayerMapComposite):
    """zennit's rules by layer type, and one by layer for convolutions."""

    def __init__(self, note: Note | None = None, convolutions: Convolutions = convolution_rule) -> None:
        self._note, self._convolutions = note, convolutions
        super().__init__(
            _rules(), canonizers=[ResidualSum(), ResNetBottleneckCanonizer(), ResNetBasicBlockCanonizer()]
        )

    def mapping(self, ctx: Any, name: str, module: nn.Module) -> Any:
        """The rule of a module; None: its gradient is passed through as it is."""
        of_convolution = isinstance(module, Convolution)
        rule = self._convolutions(module) if of_convolution else super().mapping(ctx, name, module)
        if self._note is not None and isinstance(rule, Noted):
            rule = rule.copy()
            rule.note = partial(self._note, name, rule.cause)
        return rule


def composite() -> LayerMapComposite:
    """The rules of `relevance`, for `composite().context(merged(network))`."""
    return _Composite()


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
        pairs = zip(twins(module, layer_name), twins(module, norm_name), strict=True)
        for layer, norm in pairs:
            _move_sign(layer, norm)
            done.add(id(norm))
            layer.unrectified = _is_linear(norm)
    for part in module.modules():
        if isinstance(part, (_BatchNorm, RecalibratedNorm)) and id(part) not in done:
            raise Refused("LRP needs every BatchNorm right behind a layer it can be merged into.")
        if hasattr(part, "inplace"):
            part.inplace = False
    return module


def relevance(
    network: Network,
    x: torch.Tensor,
    target: torch.Tensor,
    note: Note | None = None,
    convolutions: Convolutions = convolution_rule,
) -> torch.Tensor:
    """The relevance of the inputs, [B 3 H W]; its sum is 1 where no relevance is lost.

    `note` changes nothing in it; `convolutions` gives each convolution its rule.
    """
    x = x.detach().requires_grad_()
    with _Composite(note, convolutions).context(merged(network)) as module, torch.enable_grad():
        logits: torch.Tensor = module(x)
        start = torch.zeros_like(logits).scatter_(1, target[:, None], 1.0)
        return torch.autograd.grad(logits, x, start)[0]
