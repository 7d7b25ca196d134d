"""Activation scales: how large each block's activations and gradients are, and whether the net is alive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xaicheck.labels import LABELS
from xaicheck.types import ActivationScale, Block, Liveness, Network, Target

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
    module: nn.Module, blocks: Sequence[Block], prefixes: dict[str, tuple[str, ...]]
) -> dict[str, str]:
    """Modules whose output is rectified, each with the block it belongs to."""
    from torch import nn

    from xaicheck.cascade import Fork

    forks = {name for name, part in module.named_modules() if isinstance(part, Fork)}
    found = {}
    for name, part in module.named_modules():
        if any(name.startswith(fork + ".") for fork in forks):
            continue  # seen as a whole, with all rows, at the fork
        tail = getattr(part.trained, "act", None) if isinstance(part, Fork) else part
        if not isinstance(tail, (nn.ReLU, nn.ReLU6)):
            continue
        for block in blocks:
            if any(name == p or name.startswith(p + ".") for p in prefixes[block.name]):
                found[name] = block.name
    return found


def _rms(row: torch.Tensor) -> float:
    """The root mean square of a row, summed on its own: its last bit must not depend on the batch."""
    return float(row.double().square().mean().sqrt())


def measure(
    network: Network, x: torch.Tensor, target: int, *, depths: Sequence[int], seed: int
) -> tuple[list[ActivationScale], list[Liveness]]:
    """Scales of every block and liveness for each row of a batch [B 3 H W] whose rows are these depths."""
    import torch

    outputs: dict[str, torch.Tensor] = {}
    zeros: dict[str, list[torch.Tensor]] = {}
    prefixes = {b.name: b.prefixes for b in network.spec.blocks}
    handles = []

    def keep(block: str) -> Any:
        return lambda _module, _args, output: outputs.__setitem__(block, output)

    def count(block: str) -> Any:
        def hook(_module: nn.Module, _args: Any, output: torch.Tensor) -> None:
            dead = (output == 0).flatten(1).sum(1)
            zeros.setdefault(block, []).append(torch.stack((dead, torch.full_like(dead, output[0].numel()))))

        return hook

    try:
        for block in network.blocks:
            layer = network.module.get_submodule(block.output)
            handles.append(layer.register_forward_hook(keep(block.name)))
        for name, owner in _rectifiers(network.module, network.blocks, prefixes).items():
            handles.append(network.module.get_submodule(name).register_forward_hook(count(owner)))
        with torch.enable_grad():
            x = x.contiguous(memory_format=torch.channels_last).requires_grad_()
            logits = network.module(x)
            names = [b.name for b in network.blocks]
            gradients = torch.autograd.grad(
                logits[:, target].sum(), [outputs[n] for n in names], allow_unused=True
            )
    finally:
        for handle in handles:
            handle.remove()
    levels = torch.tensor(QUANTILES, dtype=torch.float64)
    scales = []
    for name, gradient in zip(names, gradients, strict=True):
        values = outputs[name].detach().flatten(1)
        slopes = torch.zeros_like(values) if gradient is None else gradient.flatten(1)
        counted = sum(zeros[name]) if name in zeros else None
        # Sorting rather than torch.quantile: that one refuses more than 16 million values.
        places = (levels * (values.shape[1] - 1)).round().long().to(values.device)
        quantiles = values.sort(1).values[:, places].tolist()
        silent = (values == 0).double().mean(1) if counted is None else counted[0] / counted[1]
        for row, depth in enumerate(depths):
            scales.append(
                ActivationScale(
                    block=name,
                    depth=depth,
                    seed=seed,
                    rms=_rms(values[row]),
                    quantiles=tuple(quantiles[row]),
                    dead=float(silent[row]),
                    gradient_rms=_rms(slopes[row]),
                )
            )
    alive = []
    for row, depth in enumerate(depths):
        z = logits[row].detach().double().cpu()
        entropy = float(torch.special.entr(z.softmax(0)).sum())
        alive.append(Liveness(depth, seed, float(z.std(correction=0)), entropy, top(z)))
    return scales, alive
