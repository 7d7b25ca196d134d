"""Operations on shared rows, one class each: one row forward, all rows back.

A batch whose rows are all equal is kept as one row [1 ...], expanded with stride 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F

INFINITE = float("inf")


def is_shared(x: Any) -> bool:
    """Whether all rows of a batch are one row in memory."""
    return isinstance(x, torch.Tensor) and x.dim() > 1 and x.shape[0] > 1 and x.stride(0) == 0


def spread(row: torch.Tensor, rows: int) -> torch.Tensor:
    """The row [1 ...] as a batch [rows ...], without a copy."""
    return row.expand(rows, *row.shape[1:])


class Share(torch.autograd.Function):
    """Equal rows as shared rows; every row keeps a gradient of its own."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return spread(x[:1].clone(), x.shape[0])

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> torch.Tensor:
        return signal


class Convolution(torch.autograd.Function):
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
        back = torch.ops.aten.convolution_backward(
            signal, like, weight, None, stride, padding, dilation, False, [0, 0], groups, [True, False, False]
        )
        return back[0], None, None, None


class Linear(torch.autograd.Function):
    """A dense layer of one row, and its transpose for all rows."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        ctx.save_for_backward(weight)
        return spread(F.linear(x[:1], weight, bias), x.shape[0])

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (weight,) = ctx.saved_tensors
        return signal.matmul(weight), None, None


class Scaled(torch.autograd.Function):
    """A function of each value by itself: its derivative at the one row is a factor for all rows."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, row: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(factor)
        return spread(row, x.shape[0])

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (factor,) = ctx.saved_tensors
        return signal * factor, None, None


class NormRectified(torch.autograd.Function):
    """A BatchNorm rectified in place: the result, over `normed`, is all that the way back needs."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, normed: torch.Tensor, scale: torch.Tensor, top: float
    ) -> torch.Tensor:
        output = normed.clamp_(0, None if top == INFINITE else top)
        ctx.save_for_backward(output, scale)
        ctx.top = top
        return output

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        output, scale = ctx.saved_tensors
        return through(signal, output, ctx.top).mul_(scale), None, None, None


class Sum(torch.autograd.Function):
    """The sum of two batches with shared rows."""

    @staticmethod
    def forward(ctx: Any, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return spread(a[:1] + b[:1], a.shape[0])

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return signal, signal


class Padded(torch.autograd.Function):
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


class Pooled(torch.autograd.Function):
    """The largest value of each window: one row says which, all rows' gradients go there."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, settings: tuple[Any, ...]) -> torch.Tensor:
        row, places = torch.ops.aten.max_pool2d_with_indices(x[:1], *settings)
        ctx.shape, ctx.settings = x.shape, settings
        ctx.save_for_backward(places)
        return spread(row, x.shape[0])

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (places,) = ctx.saved_tensors
        like = torch.empty(
            ctx.shape, dtype=signal.dtype, device=signal.device, memory_format=torch.channels_last
        )
        places = spread(places, signal.shape[0]).contiguous(memory_format=torch.channels_last)
        back = torch.ops.aten.max_pool2d_with_indices_backward
        return back(signal, like, *ctx.settings, places), None


class Again(torch.autograd.Function):
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


def through(signal: torch.Tensor, x: torch.Tensor, top: float) -> torch.Tensor:
    """A signal on its way back through a rectifier of which x is the input or the output."""
    signal = signal.expand_as(x)
    back: torch.Tensor
    if top == INFINITE:
        back = torch.ops.aten.threshold_backward(signal, x, 0)
    else:
        back = torch.ops.aten.hardtanh_backward(signal, x, 0, top)
    return back


def _stacked(pieces: Sequence[torch.Tensor]) -> torch.Tensor:
    """Batches one after the other, in the one memory format; torch.cat loses it where rows are shared."""
    first = pieces[0]
    result = torch.empty(
        (sum(len(piece) for piece in pieces), *first.shape[1:]),
        dtype=first.dtype,
        device=first.device,
        memory_format=torch.channels_last if first.dim() == 4 else torch.contiguous_format,
    )
    done = 0
    for piece in pieces:
        result[done : done + len(piece)].copy_(piece)
        done += len(piece)
    return result


class Joined(torch.autograd.Function):
    """Batches, some of them with shared rows, as one batch."""

    @staticmethod
    def forward(ctx: Any, *pieces: torch.Tensor) -> torch.Tensor:
        ctx.lengths = [len(piece) for piece in pieces]
        return _stacked(pieces)

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(signal.split(ctx.lengths))


class Parted(torch.autograd.Function):
    """A batch in runs of so many rows, without a copy; shared rows stay shared."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, lengths: list[int]) -> tuple[torch.Tensor, ...]:
        return tuple(x.split(lengths))

    @staticmethod
    def backward(ctx: Any, *signals: torch.Tensor) -> tuple[torch.Tensor, None]:
        return _stacked(signals), None
