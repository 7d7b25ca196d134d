"""The backward rule of guided backprop, applied wherever a rectifier is called."""

from __future__ import annotations

from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from xaicheck.batching.shared_autograd import is_shared
from xaicheck.batching.shared_rows import left_alone
from xaicheck.batching.shared_rules import RECTIFIERS, rectifier_top


class _Guided(torch.autograd.Function):
    """A rectifier min(max(x, 0), top) whose backward pass also cuts negative signals."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, top: float) -> torch.Tensor:
        row = x[:1] if is_shared(x) else x
        ctx.save_for_backward((row > 0) & (row < top))
        return row.clamp(0.0, top).expand_as(x)

    @staticmethod
    def backward(ctx: Any, signal: torch.Tensor) -> tuple[torch.Tensor, None]:
        (open_,) = ctx.saved_tensors
        return signal.clamp(min=0) * open_, None


class GuidedRectifiers(TorchFunctionMode):
    """Within it, every ReLU and ReLU6 called by this thread is guided; the module is not touched.

    Replacing functions rather than modules reaches functional and reused rectifiers too.
    """

    def __enter__(self) -> GuidedRectifiers:
        """Itself; shared rows leave the rectifiers to it."""
        self._outside = left_alone(RECTIFIERS)
        self._outside.__enter__()
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        """Makes the rectifiers what they were."""
        super().__exit__(*error)
        self._outside.__exit__(*error)

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        top = rectifier_top(func, args, kwargs)
        if top is None:
            return func(*args, **kwargs)
        return _Guided.apply(args[0] if args else kwargs["input"], top)
