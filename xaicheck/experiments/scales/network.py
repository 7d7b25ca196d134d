"""The part of a network from one block up, fed with the activations that the blocks below give it.

Everything below the lowest randomized layer stays as it is, so it need not be computed again for every
random network: the part takes its output for its input, for the explained picture and for the pictures that
BatchNorm is recalibrated with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xaicheck.types import ImageInput, ModelSpec, Network

if TYPE_CHECKING:
    import torch
    from PIL import Image


@dataclass(frozen=True, slots=True, eq=False)
class _Below:
    """A picture -> the activation below a block, float [n h w]; computed once."""

    whole: Network
    depth: int
    known: dict[str, torch.Tensor] = field(default_factory=dict)  # by the picture's digest

    def __call__(self, picture: Image.Image | ImageInput, spec: ModelSpec) -> torch.Tensor:
        assert isinstance(picture, ImageInput)
        if picture.sha256 not in self.known:
            x = self.whole.preprocess(picture)[None].to(self.whole.device)
            self.known[picture.sha256] = activations(self.whole, self.depth, x)[0]
        return self.known[picture.sha256]


def part(network: Network, depth: int, *, blocks: int | None = None, residual: bool = True) -> Network:
    """The uppermost `depth` blocks, or of these only the lowest ones; the others pass on what they get.

    Assumes: the blocks follow one after another, each reading only the one before (EfficientNet-Lite).
    """
    from torch import nn

    from xaicheck.models.graph import private_copy

    module = private_copy(network.module)
    lowest = range(depth - (depth if blocks is None else blocks), depth)
    for index, block in enumerate(network.spec.blocks):
        if index in lowest:
            continue
        for prefix in block.prefixes:
            owner, _, leaf = prefix.rpartition(".")
            setattr(module.get_submodule(owner), leaf, nn.Identity())
    if not residual:
        for unit in module.modules():
            if getattr(unit, "has_skip", False):
                unit.has_skip = False
    below = _Below(network, depth)
    return Network(network.spec, module, network.blocks, network.device, prepare=below)


def activations(network: Network, depth: int, x: torch.Tensor) -> torch.Tensor:
    """The output [B n h w] of the block below the uppermost `depth` ones, for a batch [B 3 H W]."""
    import torch

    from xaicheck.models.graph import private_copy

    seen: list[torch.Tensor] = []
    module = private_copy(network.module)
    layer = module.get_submodule(network.blocks[depth].output)
    layer.register_forward_hook(lambda _module, _args, output: seen.append(output))
    with torch.no_grad():
        module(x.contiguous(memory_format=torch.channels_last))
    return seen[0].detach().clone()


def reading(network: Network, depth: int) -> str:
    """How the lowest randomized layer reads its channels: a name for the first layer of the block."""
    from torch import nn

    layer = network.module.get_submodule(network.blocks[depth - 1].modules[0])
    if isinstance(layer, nn.Linear):
        return "dense"
    assert isinstance(layer, nn.Conv2d)
    if layer.groups > 1:
        return "depthwise"
    return "pointwise" if layer.kernel_size == (1, 1) else "spatial"
