"""Which operation on shared rows stands for which of torch's functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F

from xaicheck.batching.shared_autograd import (
    INFINITE,
    Again,
    Convolution,
    Linear,
    NormRectified,
    Padded,
    Pooled,
    Scaled,
    Share,
    Sum,
    is_shared,
    through,
)

# A rule takes the function and its arguments, of which the first is shared, and gives the result;
# NotImplemented where these arguments are not for it.
Rule = Callable[..., Any]


def _convolution(
    func: Any,
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None = None,
    stride: Any = (1, 1),
    padding: Any = (0, 0),
    dilation: Any = (1, 1),
    groups: int = 1,
) -> Any:
    if weight.requires_grad or isinstance(padding, str) or x.dim() != 4:
        return NotImplemented
    stride, padding, dilation = map(_pair, (stride, padding, dilation))
    return Convolution.apply(x, weight, bias, (stride, padding, dilation, groups))


def _linear(func: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> Any:
    return NotImplemented if weight.requires_grad else Linear.apply(x, weight, bias)


def _norm(
    func: Any,
    x: torch.Tensor,
    mean: torch.Tensor | None,
    var: torch.Tensor | None,
    weight: torch.Tensor | None = None,
    bias: torch.Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """BatchNorm by stored statistics: one multiplication and one addition a value, and back one of them.

    torch's own way back also prepares what frozen parameters do not need.
    """
    if training or mean is None or var is None or weight is None or bias is None or weight.requires_grad:
        return NotImplemented
    scale, shift = affine(mean, var, weight, bias, eps)
    shape = (1, -1, *(1,) * (x.dim() - 2))
    return scaled(x, scale.view(shape), shift.view(shape))


def scaled(x: torch.Tensor, scale: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
    """shift + scale · x, remembering where it came from: a rectifier right behind it goes back with it."""
    result: torch.Tensor
    if is_shared(x) and len(scale) == 1:
        result = Scaled.apply(x, torch.addcmul(shift, x.detach()[:1], scale), scale)
        result.scaled_from = x, scale, None
    else:
        result = torch.addcmul(shift, x, scale)
        result.scaled_from = x, scale, result.detach()
    return result


def affine(
    mean: torch.Tensor, var: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, eps: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scale and shift of a BatchNorm, each [... C].

    With `addcmul(shift, x, scale)` these give what F.batch_norm gives, bit for bit; that matters because a
    rounding difference can flip a ReLU at its kink, and a flipped ReLU is a visible change of gradient.
    """
    scale = weight * torch.rsqrt(var + eps)
    return scale, torch.addcmul(bias, mean, scale, value=-1)


def rectifier_top(func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> float | None:
    """Where the called rectifier saturates (infinity: nowhere); None if it is no rectifier."""
    if func not in RECTIFIERS:
        return None
    if func is F.relu6:
        return 6.0
    if func is F.hardtanh:  # nn.ReLU6 calls this one
        bounds = dict(zip(("input", "min_val", "max_val"), args, strict=False)) | dict(kwargs)
        return float(bounds.get("max_val", 1.0)) if bounds.get("min_val", -1.0) == 0.0 else None
    return INFINITE


def _rectifier(func: Any, x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
    top = rectifier_top(func, (x, *args), kwargs)
    if top is None:
        return NotImplemented
    source, scale, output = getattr(x, "scaled_from", (x, None, None))
    if not is_shared(x):
        in_place = func in _IN_PLACE or kwargs.get("inplace") or any(a is True for a in args)
        if scale is None or output is None or x._version or not in_place:
            return NotImplemented
        return NormRectified.apply(source, output, scale, top)
    row = x.detach()[:1]
    output = row.clamp(0, None if top == INFINITE else top)
    factor = through(torch.ones((), dtype=x.dtype, device=x.device) if scale is None else scale, row, top)
    return Scaled.apply(source, output, factor)


def _sum(func: Any, a: torch.Tensor, b: Any, **kwargs: Any) -> Any:
    if is_shared(a) and is_shared(b) and a.shape == b.shape and not kwargs:
        return Sum.apply(a, b)
    # Shared rows cannot be written into; whoever asks for that goes on with the result.
    return torch.add(a, b, **kwargs) if is_shared(a) else NotImplemented


def _again(func: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    """Any function of one batch that treats its rows alike."""
    others = (*args, *kwargs.values())
    if any(isinstance(a, torch.Tensor) and (a.requires_grad or is_shared(a)) for a in others):
        return NotImplemented
    return Again.apply(lambda one: func(one, *args, **kwargs), x)


def _activation(func: Any, x: torch.Tensor, inplace: bool = False) -> Any:
    """Never in place: whoever asks for that goes on with the result."""
    return Again.apply(func, x)


def _pad(func: Any, x: torch.Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Any:
    if mode != "constant" or len(pad) != 4 or min(pad) < 0 or x.dim() != 4:
        return NotImplemented
    return Padded.apply(x, tuple(pad), value)


def _max_pool(
    func: Any,
    x: torch.Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    if return_indices or x.dim() != 4:
        return NotImplemented
    size, stride, padding, dilation = map(
        _pair, (kernel_size, kernel_size if stride is None else stride, padding, dilation)
    )
    return Pooled.apply(x, (size, stride, padding, dilation, ceil_mode))


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


def _join(func: Any, parts: Any, dim: int = 0, **kwargs: Any) -> Any:
    if kwargs or dim == 0 or not all(is_shared(p) for p in parts):
        return NotImplemented
    return Again.apply(lambda *rows: func(rows, dim), *parts)


def _total(func: Any, x: torch.Tensor, dim: Any = 0, **kwargs: Any) -> Any:
    return NotImplemented if dim == 0 or not isinstance(dim, int) else _again(func, x, dim, **kwargs)


def _clone(func: Any, x: torch.Tensor, **kwargs: Any) -> Any:
    return Share.apply(x)


def _product(func: Any, a: Any, b: Any, **kwargs: Any) -> Any:
    if is_shared(a) and is_shared(b):  # a gate
        return Again.apply(torch.mul, a, b)
    batch, factor = (a, b) if is_shared(a) else (b, a)
    if not is_shared(batch):
        return NotImplemented
    parameter = isinstance(factor, torch.Tensor) and not factor.requires_grad and factor.dim() < batch.dim()
    if kwargs or not parameter:  # a parameter has no batch axis
        return torch.mul(a, b, **kwargs)
    return Scaled.apply(batch, batch.detach()[:1] * factor, factor)


RECTIFIERS = frozenset(
    (F.relu, F.relu_, torch.relu, torch.relu_, torch.Tensor.relu, torch.Tensor.relu_, F.relu6, F.hardtanh)
)
"""Every function that may be a ReLU or a ReLU6, as modules, functions and in place."""

_IN_PLACE = frozenset((F.relu_, torch.relu_, torch.Tensor.relu_))

_AGAIN = (
    F.avg_pool2d,
    F.adaptive_avg_pool2d,
    F.layer_norm,
    F.gelu,
    torch.sigmoid,
    torch.permute,
    torch.Tensor.permute,
    torch.Tensor.contiguous,
    torch.clamp,
    torch.Tensor.clamp,
)

RULES: Mapping[Any, Rule] = (
    {F.conv2d: _convolution, F.linear: _linear, F.batch_norm: _norm, F.pad: _pad, F.max_pool2d: _max_pool}
    | dict.fromkeys(RECTIFIERS, _rectifier)
    | dict.fromkeys((torch.add, torch.Tensor.add, torch.Tensor.add_), _sum)  # + and += are these
    | dict.fromkeys((torch.mul, torch.Tensor.mul, torch.Tensor.mul_), _product)
    | dict.fromkeys((F.silu, F.hardswish, F.hardsigmoid), _activation)
    | {torch.cat: _join, torch.stack: _join, torch.sum: _total, torch.Tensor.clone: _clone}
    | dict.fromkeys(_AGAIN, _again)
)

MIXED = frozenset((_norm, _rectifier, _sum, _product, _join))
"""The rules that see for themselves which of their arguments are shared."""
