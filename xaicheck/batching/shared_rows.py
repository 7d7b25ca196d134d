"""Shared rows: what is equal in every row of a batch is computed once.

Depths of a cascade differ only from their first randomized layer on. Below it, every row of the batch holds
the same picture and meets the same weights. Such a tensor is kept as one row, expanded over the batch with
stride 0, and an operation on it works on that row alone. Only the way back differs from row to row: each
operation hands all rows' gradients through the one row it saw.

An operation without a rule meets the expanded tensor as any other and gives rows of their own: the
sharing ends there, and speed is lost, never correctness.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from xaicheck.batching.shared_autograd import Share, is_shared, spread
from xaicheck.batching.shared_rules import MIXED, RULES


def shared(x: torch.Tensor) -> torch.Tensor:
    """The batch with shared rows if all its rows are equal; else the batch as it is."""
    if x.dim() < 2 or x.shape[0] < 2 or x.stride(0) == 0 or not torch.equal(x, spread(x[:1], x.shape[0])):
        return x
    return alike(x)


def alike(x: torch.Tensor) -> torch.Tensor:
    """A batch whose rows are known to be equal, with shared rows."""
    if x.shape[0] < 2 or is_shared(x):
        return x
    result: torch.Tensor = Share.apply(x)
    return result


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
        rule = RULES.get(func)
        if rule is None or not args or func in _others.get():
            return func(*args, **kwargs)
        if rule in MIXED or is_shared(args[0]):
            result = rule(func, *args, **kwargs)
            if result is not NotImplemented:
                return result
        return func(*args, **kwargs)


def share_rows(module: nn.Module) -> None:
    """Changes the module's class: each call from now on shares what is equal in all rows of its batch."""
    module.__class__ = _sharing(type(module))


def _sharing(kind: type[nn.Module]) -> type[nn.Module]:
    """The class whose modules compute what this one's do, on shared rows.

    A class, not hooks: whatever ends a call, also an interrupt from the keyboard, leaves the mode.
    """

    def forward(self: nn.Module, x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        with SharedRows():
            return kind.forward(self, shared(x), *args, **kwargs)

    return type(kind.__name__, (kind,), {"forward": forward})
