"""Activation scales: how large each block's activations and gradients are, and whether the net is alive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xaicheck.models.labels import LABELS
from xaicheck.similarity.ranks import order_statistics
from xaicheck.types import ActivationScale, BlockSpec, Liveness, Network, Target

if TYPE_CHECKING:
    import torch
    from torch import nn

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def top(logits: torch.Tensor, count: int = 5) -> tuple[Target, ...]:
    """The most probable classes of one row of logits [1000], best first."""
    best = logits.double().softmax(0).topk(count)
    return tuple(
        Target(int(i), LABELS[int(i)], float(p)) for p, i in zip(best.values, best.indices, strict=True)
    )


def _rectifiers(
    module: nn.Module, blocks: Sequence[BlockSpec], rows: int
) -> Iterator[tuple[nn.Module, str, list[int]]]:
    """Each rectifier, the block it belongs to, and which rows of a batch of so many pass through it."""
    from torch import nn

    from xaicheck.batching.forks import travellers

    for name, part in module.named_modules():
        if not isinstance(part, (nn.ReLU, nn.ReLU6)):
            continue
        place, mine = travellers(module, name, rows)
        for block in blocks:
            if any(place == p or place.startswith(p + ".") for p in block.prefixes):
                yield part, block.name, mine


def _rows(x: torch.Tensor) -> torch.Tensor:
    """The batch as [B N] in the order of memory, detached; one row [1 N] where all share it."""
    x = x.detach()
    if x.stride(0) == 0:
        x = x[:1]
    if x.dim() == 4 and not x.is_contiguous():
        x = x.permute(0, 2, 3, 1)  # channels last: without this, a copy
    return x.flatten(1)


def _rms(rows: torch.Tensor) -> torch.Tensor:
    """The root mean square of each row, each summed on its own: its last bit must not depend on the batch."""
    import torch

    power = [torch.linalg.vector_norm(row, dtype=torch.float64) for row in rows]
    return torch.stack(power) / rows.shape[1] ** 0.5


def _zeros(rows: torch.Tensor) -> torch.Tensor:
    """How many values of each row are exactly zero."""
    import torch

    if rows.device.type != "cpu":
        return (rows == 0).sum(1).double()
    # numpy counts ten times faster than torch.
    counts = [int(np.count_nonzero(row == 0)) for row in rows.numpy()]
    return torch.tensor(counts, dtype=torch.float64)


def _quantiles(rows: torch.Tensor) -> torch.Tensor:
    """[rows 5]: of n values the one at the place round(level * (n - 1)), for each of the QUANTILES."""
    import torch

    levels = torch.tensor(QUANTILES, dtype=torch.float64)
    places = (levels * (rows.shape[1] - 1)).round().long().tolist()
    if rows.device.type != "cpu":
        return rows.sort(1).values[:, places].double()
    return torch.tensor(np.stack([order_statistics(row, places) for row in rows.numpy()])).double()


def measure(
    network: Network, x: torch.Tensor, target: int | None, *, depths: Sequence[int], seed: int
) -> tuple[list[ActivationScale], list[Liveness]]:
    """Scales of every block and liveness for each row of a batch [B 3 H W] whose rows are these depths.

    `target`: the class whose logit the gradients are of; None is each row's own first class.
    """
    import torch

    outputs: dict[str, torch.Tensor] = {}
    zeros: dict[str, torch.Tensor] = {}  # [2 rows]: rectified values that are zero, and all of them
    handles = []

    def keep(block: str) -> Any:
        return lambda _module, _args, output: outputs.__setitem__(block, output)

    def count(block: str, mine: list[int]) -> Any:
        index = torch.tensor(mine, device=x.device)
        total = zeros.setdefault(block, torch.zeros(2, len(depths), dtype=torch.float64, device=x.device))

        def hook(_module: nn.Module, _args: Any, output: torch.Tensor) -> None:
            rows = _rows(output)
            total[0, index] += _zeros(rows)
            total[1, index] += rows.shape[1]

        return hook

    try:
        for block in network.blocks:
            layer = network.module.get_submodule(block.output)
            handles.append(layer.register_forward_hook(keep(block.name)))
        for part, owner, mine in _rectifiers(network.module, network.spec.blocks, len(depths)):
            handles.append(part.register_forward_hook(count(owner, mine)))
        with torch.enable_grad():
            rows = len(x)
            x = x[:1] if x.stride(0) == 0 else x  # equal rows stay one row in memory
            x = x.contiguous(memory_format=torch.channels_last).expand(rows, -1, -1, -1)
            x = x.detach().requires_grad_()
            logits = network.module(x)
            answers = [top(row) for row in logits.detach().cpu()]
            targets = [best[0].index if target is None else target for best in answers]
            names = [b.name for b in network.blocks]
            gradients = torch.autograd.grad(
                logits[range(len(targets)), targets].sum(), [outputs[n] for n in names], allow_unused=True
            )
    finally:
        for handle in handles:
            handle.remove()
    per_block = []
    for name, gradient in zip(names, gradients, strict=True):
        values = _rows(outputs[name])
        # A block without rectifiers is asked for zeros in its output.
        dead = zeros[name][0] / zeros[name][1] if name in zeros else _zeros(values) / values.shape[1]
        slope = values.new_zeros(1).double() if gradient is None else _rms(_rows(gradient))
        columns = (_rms(values)[:, None], _quantiles(values), dead[:, None], slope[:, None])
        per_block.append(torch.cat([column.expand(len(depths), -1) for column in columns], 1))
    numbers = torch.stack(per_block).cpu().tolist()  # one transfer: [blocks rows 8]
    scales = [
        ActivationScale(name, depth, seed, rms, tuple(quantiles), dead, slope)
        for name, block in zip(names, numbers, strict=True)
        for depth, (rms, *quantiles, dead, slope) in zip(depths, block, strict=True)
    ]
    alive = []
    for z, best, depth in zip(logits.detach().double().cpu(), answers, depths, strict=True):
        entropy = float(torch.special.entr(z.softmax(0)).sum())
        alive.append(Liveness(depth, seed, float(z.std(correction=0)), entropy, best))
    return scales, alive
