"""Randomization as a value with a name: modes, laws, BatchNorm policies, and the slow reference.

Every tensor draws from a generator of its own, seeded by (seed, tensor name), on the CPU: equal-shaped
tensors differ, depth d is nested in depth d + 1, and device, order and batch size cannot matter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from xaicheck.errors import BadRequest
from xaicheck.seeds import generator
from xaicheck.types import Block, Coverage, Network

if TYPE_CHECKING:
    import torch
    from torch import nn


@dataclass(frozen=True, slots=True)
class Choice:
    """An allowed value of a setting."""

    key: str
    label: str
    summary: str


def _choices(*entries: Choice) -> Mapping[str, Choice]:
    return MappingProxyType({entry.key: entry for entry in entries})


MODES = _choices(
    Choice("cascade", "Cascade (top-down)", "From the output down: depth d randomizes the last d blocks."),
    Choice(
        "independent",
        "Independent",
        "One block at a time: depth d randomizes only the d-th block from the output.",
    ),
    Choice("bottom_up", "Bottom-up", "From the input up: depth d randomizes the first d blocks."),
)
BATCHNORM = _choices(
    Choice(
        "keep",
        "Keep statistics",
        "The trained statistics stay, scale and shift are drawn: trained channel means leak through.",
    ),
    Choice("reset", "Reset", "Mean 0, variance 1, scale 1, shift 0: the layer does nothing."),
    Choice(
        "recalibrate",
        "Recalibrate",
        "Reset, then the statistics of the sample pictures in the randomized network: it stays alive.",
    ),
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A tensor to be drawn: its trained values and its place in a layer."""

    name: str
    trained: torch.Tensor  # on the CPU
    role: str  # weight, bias, scale, shift, token, gain
    fan_in: int


Law = Callable[["Slot", "torch.Generator"], "torch.Tensor"]


def _own_init(slot: Slot, rng: torch.Generator) -> torch.Tensor:
    import torch

    bound = 1 / math.sqrt(slot.fan_in)
    values = torch.empty_like(slot.trained)
    fill: Mapping[str, Callable[[], torch.Tensor]] = {
        "weight": lambda: values.uniform_(-bound, bound, generator=rng),
        "bias": lambda: values.uniform_(-bound, bound, generator=rng),
        "scale": lambda: values.fill_(1.0),
        "shift": lambda: values.fill_(0.0),
        "token": lambda: values.normal_(0.0, 0.02, generator=rng),
        "gain": lambda: values.fill_(1e-6),
    }
    return fill[slot.role]()


def _he_normal(slot: Slot, rng: torch.Generator) -> torch.Tensor:
    import torch

    if slot.role == "weight":
        return torch.empty_like(slot.trained).normal_(0.0, math.sqrt(2 / slot.fan_in), generator=rng)
    if slot.role == "gain":
        return torch.ones_like(slot.trained)
    return _own_init(slot, rng)


def _normal_moments(slot: Slot, rng: torch.Generator) -> torch.Tensor:
    import torch

    spread = slot.trained.double().std(correction=0).item()
    if spread == 0.0:  # a constant tensor has no spread to imitate
        return _own_init(slot, rng)
    mean = slot.trained.double().mean().item()
    return torch.empty_like(slot.trained).normal_(mean, spread, generator=rng)


def _permutation(slot: Slot, rng: torch.Generator) -> torch.Tensor:
    import torch

    order = torch.randperm(slot.trained.numel(), generator=rng)
    return slot.trained.flatten()[order].view_as(slot.trained)


def _sign_flip(slot: Slot, rng: torch.Generator) -> torch.Tensor:
    import torch

    signs = torch.randint(0, 2, slot.trained.shape, generator=rng) * 2 - 1
    return slot.trained * signs


LAWS = _choices(
    Choice(
        "own_init",
        "Layer's own init",
        "PyTorch's default for the layer: uniform, ±1/√fan-in; it shrinks signals.",
    ),
    Choice(
        "he_normal", "He normal", "Normal with variance 2/fan-in: keeps the scale of signals behind a ReLU."
    ),
    Choice(
        "normal_moments",
        "Normal, trained moments",
        "Normal with the trained tensor's mean and standard deviation.",
    ),
    Choice("permutation", "Permutation", "The trained values in random places: the same histogram."),
    Choice(
        "sign_flip",
        "Random signs",
        "The trained values with random signs: every magnitude stays in its place.",
    ),
)
_LAW_FUNCTIONS: Mapping[str, Law] = MappingProxyType(
    {
        "own_init": _own_init,
        "he_normal": _he_normal,
        "normal_moments": _normal_moments,
        "permutation": _permutation,
        "sign_flip": _sign_flip,
    }
)


def allowed(value: str, choices: Mapping[str, Choice], what: str) -> str:
    """The value itself; a BadRequest that names the allowed ones if it is none of them."""
    if value not in choices:
        raise BadRequest(f"{value!r} is no {what}; choose one of {', '.join(choices)}.")
    return value


def randomized_blocks(mode: str, depth: int, count: int) -> range:
    """Indices (0 = output) of the blocks that are randomized at a depth of 0 to count."""
    if not 0 <= depth <= count:
        raise BadRequest(f"There is no depth {depth}; choose 0 (the original) to {count} (all blocks).")
    spans = {
        "cascade": range(depth),
        "independent": range(max(depth - 1, 0), depth),
        "bottom_up": range(count - depth, count),
    }
    return spans[allowed(mode, MODES, "mode")]


def _slots(module: nn.Module) -> dict[str, Slot]:
    """Every parameter with its role, by full name."""
    from torch import nn

    from xaicheck.models.graph import layers, loose_parameters

    slots: dict[str, Slot] = {}

    def add(name: str, tensor: torch.Tensor, role: str, fan_in: int) -> None:
        slots[name] = Slot(name, tensor.detach().cpu(), role, fan_in)

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
    chosen = _LAW_FUNCTIONS[allowed(law, LAWS, "law")]
    allowed(batchnorm, BATCHNORM, "BatchNorm policy")
    norms = {
        f"{prefix}.{name}"
        for prefix, layer in network.module.named_modules()
        if isinstance(layer, _BatchNorm)
        for name in ("weight", "bias")
    }
    values = {}
    for block in blocks:
        for name in block.parameters:
            fn = _own_init if name in norms and batchnorm != "keep" else chosen
            values[name] = fn(slots[name], generator("weights", seed, name))
    return values


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

    Errors: BadRequest names the allowed values of mode, law, BatchNorm policy or depth.
    """
    import copy

    import torch
    from torch.nn.modules.batchnorm import _BatchNorm

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
    if norms and batchnorm != "keep":
        for norm in norms:
            norm.reset_running_stats()
        if batchnorm == "recalibrate":
            _recalibrate(module, norms, calibration_batch(network))
    return replace(network, module=module)


def calibration_batch(network: Network) -> torch.Tensor:
    """The gallery as the network sees it, float [N 3 S S] on its device."""
    import torch

    from xaicheck.models.samples import SAMPLES, load

    pictures = [network.preprocess(load(key)) for key in SAMPLES]
    weight = next(network.module.parameters())
    return torch.stack(pictures).to(network.device, weight.dtype)


def _recalibrate(module: nn.Module, norms: list[nn.Module], pictures: torch.Tensor) -> None:
    """Give BatchNorm layers the statistics of one pass in training mode, as PyTorch keeps them.

    Each normalises by its batch on the way and keeps the unbiased variance.
    """
    import torch

    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = None  # cumulative average: one pass sets the statistics
        norm.train()
    with torch.no_grad():
        module(pictures)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        norm.eval()


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
