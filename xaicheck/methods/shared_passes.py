"""The passes that several methods read: one way forward and one way back serve all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING

from xaicheck.batching.memory import APART_ROWS
from xaicheck.types import Method, Network, Passes

if TYPE_CHECKING:
    import torch
    from torch import nn

    from xaicheck.seeds import Draws

GRADIENT, CAM, GUIDED = "gradient", "cam", "guided"
"""What a method may read: the gradient at the input, Grad-CAM's layer, guided backprop at the input."""


def passes(network: Network, x: torch.Tensor, target: torch.Tensor, reads: Iterable[str]) -> Passes:
    """What the methods that read these want, in as few passes as there can be."""
    import torch

    reads = frozenset(reads)
    x = x.detach().requires_grad_()
    gradient = guided = activation = slopes = None
    if reads & {GRADIENT, CAM}:
        seen: list[torch.Tensor] = []
        logits = _logits(network, x, target, seen if CAM in reads else None)
        wanted = [x] * (GRADIENT in reads) + seen
        found = list(torch.autograd.grad(logits, wanted))
        gradient = found.pop(0) if GRADIENT in reads else None
        if seen:
            activation, slopes = seen[0].detach(), found.pop()
    if GUIDED in reads:
        from xaicheck.methods.rules_guided import GuidedRectifiers

        with GuidedRectifiers():
            guided = torch.autograd.grad(_logits(network, x, target), x)[0]
    return Passes(x.detach(), gradient, guided, activation, slopes)


def gradient_sum(
    network: Network,
    x: torch.Tensor,
    target: torch.Tensor,
    changes: Iterable[tuple[float, Callable[[torch.Tensor], torch.Tensor]]],
) -> torch.Tensor:
    """Σ weight · d(target logit)/dx at `change(x)`, [B 3 H W], over the pairs of weight and change.

    One change at a time: rows that were equal stay equal, and share what they can. A single row has nobody to
    share with: several of its changes make one batch.
    """
    import torch

    from xaicheck.batching.shared_autograd import is_shared

    rows = len(x)
    given = x[:1] if is_shared(x) else x
    stream, total = iter(changes), torch.zeros_like(x, memory_format=torch.channels_last)
    while part := list(islice(stream, 1 if rows > 1 else APART_ROWS)):
        batch = torch.cat([change(given) for _, change in part])
        batch = batch.expand(max(rows, len(batch)), -1, -1, -1)
        gradient = passes(network, batch, target.expand(len(batch)), (GRADIENT,)).gradient
        assert gradient is not None
        if rows > 1:
            total += part[0][0] * gradient
        else:
            weights = torch.tensor([weight for weight, _ in part], dtype=x.dtype, device=x.device)
            total += (weights.view(-1, 1, 1, 1) * gradient).sum(0, keepdim=True)
    return total


def _logits(
    network: Network, x: torch.Tensor, target: torch.Tensor, seen: list[torch.Tensor] | None = None
) -> torch.Tensor:
    """The sum of the rows' target logits: rows are independent, so one backward pass serves all."""
    import torch

    handles = []
    if seen is not None:
        layer = network.module.get_submodule(str(network.spec.cam_layer))

        def watch(_module: nn.Module, _args: object, output: torch.Tensor) -> torch.Tensor:
            # In rows of its own. The next layer gets a copy: where it rectifies in place, as behind
            # DenseNet's last BatchNorm, it would change what is read here.
            own = torch.empty_like(output, memory_format=torch.channels_last).copy_(output)
            seen.append(own)
            return own.clone()

        handles.append(layer.register_forward_hook(watch))
    try:
        with torch.enable_grad():
            logits: torch.Tensor = network.module(x)
            return logits.gather(1, target[:, None]).sum()
    finally:
        for handle in handles:
            handle.remove()


def reader(derive: Callable[[Passes], torch.Tensor], *reads: str) -> Callable[..., torch.Tensor]:
    """A method's function that makes its own passes and derives the maps from them."""

    def fn(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: Draws) -> torch.Tensor:
        return derive(passes(network, x, target, reads))

    fn.__doc__ = derive.__doc__
    return fn


def cost(methods: Iterable[Method]) -> float:
    """Forward and backward passes that these methods make together, reading from the same ones."""
    reads = {read for method in methods for read in method.reads}
    plain = 1.0 if GRADIENT in reads else 0.5 if CAM in reads else 0.0  # Grad-CAM's way back is short
    return plain + (GUIDED in reads)
