"""How a module is put together: its layers in execution order, its blocks, and copies that share its tensors.

A block is the unit of depth; the blocks of a network cover every parameter exactly once.
"""

from __future__ import annotations

import copy
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from xaicheck.types import Block, ModelSpec


@dataclass(frozen=True, slots=True)
class Wiring:
    """What one forward pass shows of a module."""

    order: tuple[str, ...]  # layers in the order in which they first ran
    merges: tuple[tuple[str, str], ...]  # (layer, the BatchNorm that reads its output and nothing else)
    units: frozenset[str]  # modules that run once and turn one batch into one batch
    maps: frozenset[str]  # modules that run once and give maps, [B C h w]
    row_bytes: int  # of all that the modules without children give for one picture
    row_work: int  # multiplications of the convolutions and dense layers for one picture


def layers(module: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The smallest modules that own parameters, with their names.

    Attention is one layer: it reads its output projection's weight without calling that child.
    """
    own = next(module.parameters(recurse=False), None) is not None
    below = [child for child in module.children() if next(child.parameters(), None) is not None]
    if isinstance(module, nn.MultiheadAttention) or (own and not below):
        yield prefix, module
        return
    for name, child in module.named_children():
        yield from layers(child, f"{prefix}.{name}" if prefix else name)


def loose_parameters(module: nn.Module) -> Iterator[tuple[str, nn.Module, str]]:
    """Parameters that no layer owns (class token, layer scale): full name, owner, name there."""
    owned = {id(p) for _, layer in layers(module) for p in layer.parameters()}
    for prefix, owner in module.named_modules():
        for name, parameter in owner.named_parameters(recurse=False):
            if id(parameter) not in owned:
                yield f"{prefix}.{name}" if prefix else name, owner, name


def private_copy(module: nn.Module) -> nn.Module:
    """A module of the same structure over the same tensors.

    Hooks and replaced layers stay in the copy, so that jobs cannot mix; changing a tensor in place
    would reach the original, so nobody does.
    """
    shared: dict[int, Any] = {id(t): t for t in (*module.parameters(), *module.buffers())}
    return copy.deepcopy(module, shared)


def state_of(module: nn.Module) -> tuple[object, ...]:
    """All that a forward pass depends on, small: equal for a module that nobody has changed.

    Values count by their checksum: a tensor's own counter does not see what is written through `.data`.
    """
    parts = [(name, type(part), *_settings(part)) for name, part in module.named_modules()]
    tensors = [
        (name, id(tensor), tensor.requires_grad, zlib.crc32(_memory(tensor)))
        for named in (module.named_parameters(), module.named_buffers())
        for name, tensor in named
    ]
    return *parts, *tensors


def _settings(part: nn.Module) -> Iterator[tuple[str, object]]:
    """What a module is set to; of its hooks how many there are, of objects which one it is."""
    for name, value in vars(part).items():
        plain = isinstance(value, (int, float, str, tuple))
        yield name, value if plain else len(value) if isinstance(value, dict) else id(value)


def _memory(tensor: torch.Tensor) -> memoryview:
    """The bytes of the tensor's values, in the order of memory."""
    whole = torch.empty(0, dtype=torch.uint8).set_(tensor.detach().cpu().untyped_storage())
    return memoryview(whole.numpy())


@torch.no_grad()
def trace(module: nn.Module, size: int) -> Wiring:
    """The order of the layers and what they read, recorded with hooks on a blank picture."""
    order: list[str] = []
    calls: dict[str, list[tuple[bool, bool]]] = {}
    row_bytes = row_work = 0
    outputs: dict[int, tuple[str, torch.Tensor]] = {}
    readers: dict[str, list[str]] = {}
    probe = private_copy(module)
    named = dict(layers(probe))

    def watch(name: str) -> Any:
        def hook(layer: nn.Module, args: tuple[Any, ...], output: Any) -> None:
            if name not in order:
                order.append(name)
            source = outputs.get(id(args[0])) if args else None
            if source is not None:
                readers.setdefault(source[0], []).append(name)
            if isinstance(output, torch.Tensor):
                outputs[id(output)] = (name, output)  # held, so that the id stays its own

        return hook

    def note(name: str) -> Any:
        def hook(_module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
            batches = [*args, *kwargs.values(), output]
            plain = len(batches) == 2 and all(isinstance(b, torch.Tensor) for b in batches)
            calls.setdefault(name, []).append((plain, isinstance(output, torch.Tensor) and output.dim() == 4))

        return hook

    def weigh(module: nn.Module, _args: tuple[Any, ...], output: Any) -> None:
        nonlocal row_bytes, row_work
        if isinstance(output, torch.Tensor):
            row_bytes += output.nbytes
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                row_work += output.numel() * module.weight[0].numel()

    for name, layer in named.items():
        layer.register_forward_hook(watch(name))
    for name, part in probe.named_modules():
        part.register_forward_hook(note(name), with_kwargs=True)
        if next(part.children(), None) is None:
            part.register_forward_hook(weigh)
    weight = next(module.parameters())
    probe(torch.zeros(1, 3, size, size, dtype=weight.dtype, device=weight.device))
    merges = tuple(
        (source, names[0])
        for source, names in readers.items()
        if len(names) == 1
        and isinstance(named[names[0]], _BatchNorm)
        and isinstance(named[source], (nn.Conv2d, nn.Linear))
    )
    once = {name: seen[0] for name, seen in calls.items() if len(seen) == 1}
    units, maps = (frozenset(name for name, seen in once.items() if seen[i]) for i in (0, 1))
    return Wiring(tuple(order), merges, units, maps, row_bytes, row_work)


def _within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def blocks_of(module: nn.Module, spec: ModelSpec, wiring: Wiring) -> tuple[Block, ...]:
    """The blocks from output to input.

    Errors: ValueError if they are not a partition of all parameters, or another declaration is not true.
    """
    if spec.cam_layer is not None and spec.cam_layer not in wiring.maps:
        raise ValueError(f"{spec.key}: {spec.cam_layer!r} gives no map for Grad-CAM")
    rank = {name: i for i, name in enumerate(wiring.order)}
    names = [name for name, _ in module.named_parameters()]
    modules = [name for name, _ in layers(module)]
    blocks = []
    for block in spec.blocks:
        parameters = tuple(n for n in names if any(_within(n, p) for p in block.prefixes))
        inside = [n for n in modules if any(_within(n, p) for p in block.prefixes)]
        if not parameters:
            raise ValueError(f"{spec.key}: block {block.name!r} owns no parameter")
        inside.sort(key=lambda n: rank[n])
        blocks.append(Block(block.name, tuple(inside), parameters, block.output or block.prefixes[-1]))
    covered = [name for block in blocks for name in block.parameters]
    if sorted(covered) != sorted(names):
        twice = sorted({n for n in covered if covered.count(n) > 1})
        raise ValueError(
            f"{spec.key}: not a partition; twice {twice}, missing {sorted(set(names) - set(covered))}"
        )
    starts = [rank[block.modules[0]] for block in blocks if block.modules]
    if starts != sorted(starts, reverse=True):
        raise ValueError(f"{spec.key}: the blocks are not in execution order")
    return tuple(blocks)
