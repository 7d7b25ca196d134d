"""The passes that several methods read: one way forward and one way back serve all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

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


def _logits(
    network: Network, x: torch.Tensor, target: torch.Tensor, seen: list[torch.Tensor] | None = None
) -> torch.Tensor:
    """The sum of the rows' target logits: rows are independent, so one backward pass serves all."""
    import torch

    handles = []
    if seen is not None:
        layer = network.module.get_submodule(str(network.spec.cam_layer))

        def watch(_module: nn.Module, _args: object, output: torch.Tensor) -> torch.Tensor:
            # In rows of its own: where the next layer rectifies in place, it is this tensor that changes.
            own = torch.empty_like(output, memory_format=torch.channels_last).copy_(output)
            seen.append(own)
            return own

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
