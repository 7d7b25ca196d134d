"""Blocks: the unit of depth, from a model's literal, in execution order, covering every parameter once."""

from __future__ import annotations

from torch import nn

from xaicheck.types import Block, ModelSpec
from xaicheck.wiring import layers


def _within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def blocks_of(module: nn.Module, spec: ModelSpec, order: tuple[str, ...]) -> tuple[Block, ...]:
    """The blocks from output to input; a ValueError if they are not a partition of all parameters."""
    rank = {name: i for i, name in enumerate(order)}
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
