"""u, the unit of cost: one bare forward and backward pass to the input, per picture."""

from __future__ import annotations

from collections.abc import Callable

import torch

from xaicheck.types import Network

BATCH = 8


def bare(network: Network, x: torch.Tensor, repeat: int = 1) -> Callable[[], None]:
    """A call that takes `repeat * BATCH` u: frozen parameters, channels last, nothing else done."""
    rows = x.expand(BATCH, -1, -1, -1).contiguous(memory_format=torch.channels_last)

    def run() -> None:
        for _ in range(repeat):
            leaf = rows.detach().requires_grad_()
            torch.autograd.grad(network.module(leaf)[:, 0].sum(), leaf)

    return run


def forward(network: Network, x: torch.Tensor, rows: int) -> Callable[[], None]:
    """A call that takes `rows` bare forward passes."""
    batch = x.expand(rows, -1, -1, -1).contiguous(memory_format=torch.channels_last)

    @torch.no_grad()
    def run() -> None:
        network.module(batch)

    return run
