"""Shared rows: what is equal in every row of a batch is computed once.

Depths of a cascade differ only from their first randomized layer on. Below it, every row of the batch holds
the same picture and meets the same weights. Such a tensor is kept as one row, expanded over the batch with
stride 0, and an operation on it works on that row alone. Only the way back differs from row to row: each
operation hands all rows' gradients through the one row it saw.

An operation that is not listed here meets the expanded tensor as any other and gives rows of their own: the
sharing ends there, and speed is lost, never correctness.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import TorchFunctionMode

_INFINITE = float("inf")


def is_shared(x: Any) -> bool:
    """Whether all rows of a batch are one row in memory."""
    return isinstance(x, torch.Tensor) and x.dim() > 1 and x.shape[0] > 1 and x.stride(0) == 0


def spread(row: torch.Tensor, rows: int) -> torch.Tensor:
    """The row [1 ...] as a batch [rows ...], without a copy."""
    return row.expand(rows, *row.shape[1:])


class _Share(torch.autograd.Function):
    """Equal rows as shared rows; every row keeps a gradient of its own."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return spread(x[:1].clone(), x.shape[0])

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> torch.Tensor:
        return signal


def shared(x: torch.Tensor) -> torch.Tensor:
    """The batch with shared rows if all its rows are equal; else the batch as it is."""
    if x.dim() < 2 or x.shape[0] < 2 or x.stride(0) == 0 or not torch.equal(x, spread(x[:1], x.shape[0])):
        return x
    return alike(x)


def alike(x: torch.Tensor) -> torch.Tensor:
    """A batch whose rows are known to be equal, with shared rows."""
    if x.shape[0] < 2 or is_shared(x):
        return x
    result: torch.Tensor = _Share.apply(x)
    return result


class _Convolution(torch.autograd.Function):
    """A convolution of one row, and its transpose for all rows."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, settings: tuple[Any, ...]
    ) -> torch.Tensor:
        ctx.save_for_backward(weight)
        ctx.shape, ctx.settings = x.shape, settings
        return spread(F.conv2d(x[:1], weight, bias, *settings), x.shape[0])

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (weight,) = ctx.saved_tensors
        stride, padding, dilation, groups = ctx.settings
        # The way back asks for the input's shape, never for its values.
        like = torch.empty(
            ctx.shape, dtype=signal.dtype, device=signal.device, memory_format=torch.channels_last
        )
        found = torch.ops.aten.convolution_backward(
            signal, like, weight, None, stride, padding, dilation, False, [0, 0], groups, [True, False, False]
        )
        return found[0], None, None, None


class _Linear(torch.autograd.Function):
    """A dense layer of one row, and its transpose for all rows."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        ctx.save_for_backward(weight)
        return spread(F.linear(x[:1], weight, bias), x.shape[0])

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (weight,) = ctx.saved_tensors
        return signal.matmul(weight), None, None


class _Scaled(torch.autograd.Function):
    """A function of each value by itself: its derivative at the one row is a factor for all rows."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, row: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(factor)
        return spread(row, x.shape[0])

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (factor,) = ctx.saved_tensors
        return signal * factor, None, None


class _NormRectified(torch.autograd.Function):
    """A rectified BatchNorm: `normed` is overwritten by the result, which is all that the way back needs."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, normed: torch.Tensor, scale: torch.Tensor, top: float
    ) -> torch.Tensor:
        output = normed.clamp_(0, None if top == _INFINITE else top)
        ctx.save_for_backward(output, scale)
        ctx.top = top
        return output

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        output, scale = ctx.saved_tensors
        return _through(signal, output, ctx.top).mul_(scale), None, None, None


class _Sum(torch.autograd.Function):
    """The sum of two batches with shared rows."""

    @staticmethod
    def forward(ctx: Any, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return spread(a[:1] + b[:1], a.shape[0])

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return signal, signal


class _Padded(torch.autograd.Function):
    """A picture with a frame around it."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, pad: tuple[int, ...], value: float | None) -> torch.Tensor:
        ctx.pad = pad
        return spread(F.pad(x[:1], pad, value=value), x.shape[0])

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        left, right, top, bottom = ctx.pad
        inside = signal[:, :, top : signal.shape[2] - bottom, left : signal.shape[3] - right]
        return inside.contiguous(memory_format=torch.channels_last), None, None


class _Again(torch.autograd.Function):
    """A cheap operation on one row; on the way back it is done again, on all rows."""

    @staticmethod
    def forward(ctx: Any, call: Callable[..., torch.Tensor], *inputs: torch.Tensor) -> torch.Tensor:
        ctx.call, ctx.rows = call, inputs[0].shape[0]
        rows = [x[:1] for x in inputs]
        ctx.save_for_backward(*rows)
        return spread(call(*rows), ctx.rows)

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        inputs = [spread(x, ctx.rows).detach().requires_grad_() for x in ctx.saved_tensors]
        with torch.enable_grad():
            output = ctx.call(*inputs)
        return None, *torch.autograd.grad(output, inputs, signal)


# A rule takes the function and its arguments, of which the first is shared, and gives the result;
# NotImplemented where these arguments are not for it.
_Rule = Callable[..., Any]


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
    stride, padding, dilation = (
        (v, v) if isinstance(v, int) else tuple(v) for v in (stride, padding, dilation)
    )
    return _Convolution.apply(x, weight, bias, (stride, padding, dilation, groups))


def _linear(func: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> Any:
    return NotImplemented if weight.requires_grad else _Linear.apply(x, weight, bias)


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
        result = _Scaled.apply(x, torch.addcmul(shift, x.detach()[:1], scale), scale)
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
    return _INFINITE


def _rectifier(func: Any, x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
    top = rectifier_top(func, (x, *args), kwargs)
    if top is None:
        return NotImplemented
    source, scale, output = getattr(x, "scaled_from", (x, None, None))
    if not is_shared(x):
        if scale is None or output is None or x._version:
            return NotImplemented
        return _NormRectified.apply(source, output, scale, top)
    row = x.detach()[:1]
    output = row.clamp(0, None if top == _INFINITE else top)
    factor = _through(torch.ones((), dtype=x.dtype, device=x.device) if scale is None else scale, row, top)
    return _Scaled.apply(source, output, factor)


def _through(signal: torch.Tensor, x: torch.Tensor, top: float) -> torch.Tensor:
    """A signal on its way back through a rectifier of which x is the input or the output."""
    signal = signal.expand_as(x)
    found: torch.Tensor
    if top == _INFINITE:
        found = torch.ops.aten.threshold_backward(signal, x, 0)
    else:
        found = torch.ops.aten.hardtanh_backward(signal, x, 0, top)
    return found


def _sum(func: Any, a: torch.Tensor, b: Any, **kwargs: Any) -> Any:
    both = is_shared(a) and is_shared(b) and a.shape == b.shape
    return _Sum.apply(a, b) if both and not kwargs else NotImplemented


def _again(func: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    """Any function of one batch that treats its rows alike."""
    others = (*args, *kwargs.values())
    if any(isinstance(a, torch.Tensor) and (a.requires_grad or is_shared(a)) for a in others):
        return NotImplemented
    return _Again.apply(lambda one: func(one, *args, **kwargs), x)


def _activation(func: Any, x: torch.Tensor, inplace: bool = False) -> Any:
    """Never in place: whoever asks for that goes on with the result."""
    return _Again.apply(func, x)


def _pad(func: Any, x: torch.Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Any:
    if mode != "constant" or len(pad) != 4 or min(pad) < 0 or x.dim() != 4:
        return NotImplemented
    return _Padded.apply(x, tuple(pad), value)


def _join(func: Any, parts: Any, dim: int = 0, **kwargs: Any) -> Any:
    if kwargs or dim == 0 or not all(is_shared(p) for p in parts):
        return NotImplemented
    return _Again.apply(lambda *rows: func(rows, dim), *parts)


def _total(func: Any, x: torch.Tensor, dim: Any = 0, **kwargs: Any) -> Any:
    return NotImplemented if dim == 0 or not isinstance(dim, int) else _again(func, x, dim, **kwargs)


def _clone(func: Any, x: torch.Tensor, **kwargs: Any) -> Any:
    return _Share.apply(x)


def _product(func: Any, a: Any, b: Any, **kwargs: Any) -> Any:
    if is_shared(a) and is_shared(b):  # a gate
        return _Again.apply(torch.mul, a, b)
    batch, factor = (a, b) if is_shared(a) else (b, a)
    if not is_shared(batch) or kwargs or not isinstance(factor, torch.Tensor):
        return NotImplemented
    if factor.requires_grad or factor.dim() >= batch.dim():  # a parameter has no batch axis
        return NotImplemented
    return _Scaled.apply(batch, batch.detach()[:1] * factor, factor)


RECTIFIERS = frozenset(
    (F.relu, F.relu_, torch.relu, torch.relu_, torch.Tensor.relu, torch.Tensor.relu_, F.relu6, F.hardtanh)
)
"""Every function that may be a ReLU or a ReLU6, as modules, functions and in place."""

_AGAIN = (
    F.avg_pool2d,
    F.adaptive_avg_pool2d,
    F.max_pool2d,
    F.layer_norm,
    F.gelu,
    torch.sigmoid,
    torch.permute,
    torch.Tensor.permute,
    torch.Tensor.contiguous,
    torch.clamp,
    torch.Tensor.clamp,
)

_RULES: Mapping[Any, _Rule] = (
    {F.conv2d: _convolution, F.linear: _linear, F.batch_norm: _norm, F.pad: _pad}
    | dict.fromkeys(RECTIFIERS, _rectifier)
    | dict.fromkeys((torch.add, torch.Tensor.add, torch.Tensor.add_), _sum)  # + and += are these
    | dict.fromkeys((torch.mul, torch.Tensor.mul), _product)
    | dict.fromkeys((F.silu, F.hardswish, F.hardsigmoid), _activation)
    | {torch.cat: _join, torch.stack: _join, torch.sum: _total, torch.Tensor.clone: _clone}
    | dict.fromkeys(_AGAIN, _again)
)

_MIXED = frozenset(
    (_norm, _rectifier, _sum, _product, _join)
)  # rules that look at all their arguments themselves

_others: ContextVar[frozenset[Any]] = ContextVar("functions of another mode", default=frozenset())


@contextmanager
def left_alone(functions: frozenset[Any]) -> Iterator[None]:
    """Within it, calls of these functions pass on as they are: another mode has its own rule for them."""
    token = _others.set(functions)
    try:
        yield
    finally:
        _others.reset(token)


class SharedRows(TorchFunctionMode):
    """Within it, operations on shared rows are done on one row."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        rule = _RULES.get(func)
        if rule is None or not args or func in _others.get():
            return func(*args, **kwargs)
        if rule in _MIXED or is_shared(args[0]):
            result = rule(func, *args, **kwargs)
            if result is not NotImplemented:
                return result
        return func(*args, **kwargs)


_entered = threading.local()


def share_rows(module: nn.Module) -> None:
    """Nothing; from now on each call of the module shares what is equal in all rows of its batch."""
    module.register_forward_pre_hook(_enter)
    module.register_forward_hook(_leave, always_call=True)  # also where a layer raised


def _enter(module: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
    mode = SharedRows()
    _modes().append(mode)
    mode.__enter__()
    return (shared(args[0]), *args[1:])


def _leave(module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
    if _modes():  # none where an earlier hook has ended the call
        _modes().pop().__exit__(None, None, None)


def _modes() -> list[SharedRows]:
    """The modes that this thread has entered."""
    if not hasattr(_entered, "modes"):
        _entered.modes = []
    found: list[SharedRows] = _entered.modes
    return found
