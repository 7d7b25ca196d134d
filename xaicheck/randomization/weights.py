"""Random weights: what every tensor of some blocks is drawn as, and the randomized network as a copy.

Every tensor draws from a generator of its own, seeded by (seed, tensor name), on the CPU: equal-shaped
tensors differ, depth d is nested in depth d + 1, and device, order, memory format and batch size cannot
matter. `randomized` is the slow and plain way that xaicheck.batching is compared with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from xaicheck.arguments import Argument, OneEntry, WholeNumber, of_kind
from xaicheck.models.device import undisturbed
from xaicheck.randomization.batchnorm import BATCHNORM, calibration_batch, recalibrate
from xaicheck.randomization.laws import LAWS, Slot, own_init
from xaicheck.randomization.modes import MODES, randomized_blocks
from xaicheck.seeds import MOST_SEED, generator
from xaicheck.types import Block, Coverage, Network

if TYPE_CHECKING:
    import torch
    from torch import nn

SEED = Argument("seed", "Seed", WholeNumber(0, MOST_SEED), 0)


def _slots(module: nn.Module) -> dict[str, Slot]:
    """Every parameter with its role, by full name."""
    import torch
    from torch import nn

    from xaicheck.models.graph import layers, loose_parameters

    slots: dict[str, Slot] = {}

    def add(name: str, tensor: torch.Tensor, role: str, fan_in: int) -> None:
        # Laws fill tensors like the trained one in the order of its memory: that must not be the caller's.
        form = torch.channels_last if tensor.dim() == 4 else torch.contiguous_format
        slots[name] = Slot(name, tensor.detach().cpu().contiguous(memory_format=form), role, fan_in)

    for prefix, layer in layers(module):
        parameters = dict(layer.named_parameters())
        norm = all(p.dim() == 1 for p in parameters.values())
        # The fan-in of a bias is that of the weight in front of it.
        fan_in = 1
        for name, tensor in parameters.items():
            if tensor.dim() > 1:
                fan_in = tensor[0].numel()
            if norm:
                add(f"{prefix}.{name}", tensor, "scale" if name.endswith("weight") else "shift", 1)
            elif isinstance(layer, nn.MultiheadAttention) and name == "in_proj_bias":
                add(f"{prefix}.{name}", tensor, "bias", layer.embed_dim)
            else:
                add(f"{prefix}.{name}", tensor, "weight" if tensor.dim() > 1 else "bias", fan_in)
    for full, _, name in loose_parameters(module):
        tensor = module.get_parameter(full)
        add(full, tensor, "gain" if "scale" in name else "token", tensor.shape[-1])
    return slots


def draw(
    network: Network, blocks: Iterable[Block], *, law: str, batchnorm: str, seed: int
) -> dict[str, torch.Tensor]:
    """New values on the CPU for every parameter of the given blocks, by name."""
    from torch.nn.modules.batchnorm import _BatchNorm

    slots = _slots(network.module)
    drawn, policy = LAWS.chosen(law).fn, BATCHNORM.chosen(batchnorm)
    norms = {
        f"{prefix}.{name}"
        for prefix, layer in network.module.named_modules()
        if isinstance(layer, _BatchNorm)
        for name in ("weight", "bias")
    }
    values = {}
    for block in blocks:
        for name in block.parameters:
            fn = own_init if name in norms and not policy.drawn else drawn
            values[name] = fn(slots[name], generator("weights", seed, name))
    return values


@undisturbed()
def randomized(
    network: Network,
    *,
    depth: int,
    mode: str = "cascade",
    law: str = "he_normal",
    batchnorm: str = "recalibrate",
    seed: int = 0,
) -> Network:
    """A network of its own with the blocks of this depth drawn anew; depth 0 is the trained one, bit for bit.

    `network`: the trained one; it is not changed. `depth`: how many steps of the mode are taken, 0 to the
    number of blocks. `mode`: a key of MODES, which blocks those are. `law`: a key of LAWS, how new weights
    are drawn. `batchnorm`: a key of BATCHNORM, where BatchNorm's scale, shift and statistics come from.
    `seed`: a whole number from 0 to 2147483647; each tensor draws by (seed, its name), so that depths are
    nested and nothing else matters.
    Errors: BadRequest names the allowed values of mode, law, BatchNorm policy, depth or seed.
    """
    import copy

    import torch
    from torch.nn.modules.batchnorm import _BatchNorm

    network = of_kind("network", network, Network, "a network that xaicheck.load_model gives")
    mode = Argument("mode", "Mode", OneEntry(MODES), "cascade").converted(mode)
    law = Argument("law", "Law", OneEntry(LAWS), "he_normal").converted(law)
    batchnorm = Argument("batchnorm", "BatchNorm", OneEntry(BATCHNORM), "recalibrate").converted(batchnorm)
    depth = Argument("depth", "Depth", WholeNumber(0, len(network.blocks)), 0).converted(depth)
    seed = SEED.converted(seed)
    span = randomized_blocks(mode, depth, len(network.blocks))
    blocks = [network.blocks[i] for i in span]
    values = draw(network, blocks, law=law, batchnorm=batchnorm, seed=seed)
    module = copy.deepcopy(network.module)
    with torch.no_grad():
        for name, tensor in values.items():
            module.get_parameter(name).copy_(tensor)
    norms = [
        layer
        for block in blocks
        for layer in map(module.get_submodule, block.modules)
        if isinstance(layer, _BatchNorm)
    ]
    statistics = BATCHNORM[batchnorm].statistics
    if norms and statistics != "trained":
        for norm in norms:
            norm.reset_running_stats()
        if statistics == "samples":
            recalibrate(module, norms, calibration_batch(network))
    return replace(network, module=module)


def coverage(
    network: Network, values: Mapping[str, torch.Tensor], *, mode: str, depths: Iterable[int]
) -> Coverage:
    """What randomizing every block changes (`values`: the draw for all blocks), and what each depth does."""
    import torch

    trained = dict(network.module.named_parameters())
    differs = {name: not torch.equal(new, trained[name].detach().cpu()) for name, new in values.items()}
    total = sum(p.numel() for p in trained.values())

    def share(blocks: Iterable[Block]) -> float:
        return sum(trained[n].numel() for b in blocks for n in b.parameters if differs.get(n)) / total

    count = len(network.blocks)
    return Coverage(
        share(network.blocks),
        tuple(name for name in trained if not differs.get(name)),
        tuple((d, share(network.blocks[i] for i in randomized_blocks(mode, d, count))) for d in depths),
    )
