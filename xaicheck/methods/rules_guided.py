"""The backward rule of guided backprop, applied wherever a rectifier is called."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode


class _Guided(torch.autograd.Function):
    """A rectifier min(max(x, 0), top) whose backward pass also cuts negative signals."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, top: float) -> torch.Tensor:
        ctx.save_for_backward((x > 0) & (x < top))
        return x.clamp(0.0, top)

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor, None]:
        (open_,) = ctx.saved_tensors
        return signal.clamp(min=0) * open_, None


_INFINITE = float("inf")
_RECTIFIERS = {F.relu, F.relu_, torch.relu, torch.relu_, torch.Tensor.relu, torch.Tensor.relu_}


def _top(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> float | None:
    """Where the called rectifier saturates (infinity: nowhere); None if it is no rectifier."""
    if func in _RECTIFIERS:
        return _INFINITE
    if func is F.relu6:
        return 6.0
    if func is F.hardtanh:  # nn.ReLU6 calls this one
        bounds = dict(zip(("input", "min_val", "max_val"), args, strict=False)) | kwargs
        return float(bounds.get("max_val", 1.0)) if bounds.get("min_val", -1.0) == 0.0 else None
    return None


class GuidedRectifiers(TorchFunctionMode):
    """Within it, every ReLU and ReLU6 called by this thread is guided; the module is not touched.

    Replacing functions rather than modules reaches functional and reused rectifiers too.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        top = _top(func, args, kwargs)
        if top is None:
            return func(*args, **kwargs)
        return _Guided.apply(args[0] if args else kwargs["input"], top)
