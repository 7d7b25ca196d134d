"""Blocks are the unit of depth: each parameter in one of them, in the order in which the network runs."""

from __future__ import annotations

import dataclasses

import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

import torch  # isort: skip
from torch import nn

from xaicheck.models.graph import blocks_of, private_copy, trace
from xaicheck.models.registry import MODELS, assemble
from xaicheck.types import BlockSpec, Network


@pytest.fixture(scope="module", params=MODELS)
def network(request: pytest.FixtureRequest) -> Network:
    """A registered model without trained weights."""
    return assemble(MODELS[request.param], None)


def first_runs(network: Network) -> tuple[list[str], dict[str, list[int]]]:
    """Blocks by the moment their output is ready, and for each block the moments its layers first start.

    A layer is found here by its parameters alone, so that the blocks' own lists are not believed.
    """
    module = private_copy(network.module)
    owner = {name: block.name for block in network.blocks for name in block.parameters}
    ready: list[str] = []
    started: dict[str, list[int]] = {block.name: [] for block in network.blocks}
    clock = iter(range(10**6))
    for block in network.blocks:
        module.get_submodule(block.output).register_forward_hook(
            lambda *_, block=block.name: ready.append(block)
        )
    for name, layer in module.named_modules():
        own = [f"{name}.{p}" for p, _ in layer.named_parameters(recurse=False)]
        below = any(f"{name}.{p}" not in own for p, _ in layer.named_parameters())
        if not own or (below and not isinstance(layer, nn.MultiheadAttention)):
            continue  # no layer: at most a part of the network that also owns a loose tensor
        seen: list[int] = []

        def start(*_: object, seen: list[int] = seen, block: str = owner[own[0]]) -> None:
            if not seen:
                seen.append(next(clock))
                started[block] += seen

        layer.register_forward_pre_hook(start)
    with torch.no_grad():
        module(torch.zeros(1, 3, network.spec.size, network.spec.size))
    return ready, started


@pytest.mark.slow
def test_the_blocks_are_a_partition_of_all_parameters(network: Network) -> None:
    owned = [name for block in network.blocks for name in block.parameters]
    assert len(owned) == len(set(owned))
    assert set(owned) == {name for name, _ in network.module.named_parameters()}


def test_there_are_16_to_20_blocks_with_names_of_their_own(network: Network) -> None:
    assert 16 <= len(network.blocks) <= 20
    assert len({block.name for block in network.blocks}) == len(network.blocks)


def test_the_blocks_run_from_input_to_output_one_after_the_other(network: Network) -> None:
    ready, started = first_runs(network)
    from_input = [block.name for block in reversed(network.blocks)]
    assert list(dict.fromkeys(ready)) == from_input
    spans = [started[name] for name in from_input if started[name]]
    for before, after in zip(spans, spans[1:], strict=False):
        assert max(before) < min(after)
    # Only ViT's class token and positions are no layer's: every other block has one that runs.
    assert {name for name in from_input if not started[name]} <= {"tokens"}


def test_a_blocks_modules_are_in_execution_order_and_hold_its_parameters(network: Network) -> None:
    order = trace(network.module, network.spec.size).order
    for block in network.blocks:
        ranks = [order.index(name) for name in block.modules]
        assert ranks == sorted(ranks)
        held = {
            f"{name}.{path}"
            for name in block.modules
            for path, _ in network.module.get_submodule(name).named_parameters()
        }
        loose = set(block.parameters) - held
        assert held <= set(block.parameters)
        assert all(name.endswith(("class_token", "pos_embedding", "layer_scale")) for name in loose)


def test_every_block_ends_in_a_module_that_exists(network: Network) -> None:
    names = {name for name, _ in network.module.named_modules()}
    assert {block.output for block in network.blocks} <= names


def test_a_block_left_out_or_named_twice_is_an_error() -> None:
    spec = MODELS["resnet18"]
    module = spec.build().eval()
    wiring = trace(module, 64)
    without = dataclasses.replace(spec, blocks=spec.blocks[1:])
    with pytest.raises(ValueError, match="not a partition.*fc.bias"):
        blocks_of(module, without, wiring)
    twice = dataclasses.replace(spec, blocks=(BlockSpec("again", ("fc",)), *spec.blocks))
    with pytest.raises(ValueError, match="not a partition.*twice.*fc.bias"):
        blocks_of(module, twice, wiring)
    swapped = dataclasses.replace(spec, blocks=(spec.blocks[1], spec.blocks[0], *spec.blocks[2:]))
    with pytest.raises(ValueError, match="execution order"):
        blocks_of(module, swapped, wiring)
    empty = dataclasses.replace(spec, blocks=(*spec.blocks, BlockSpec("nothing", ("maxpool",))))
    with pytest.raises(ValueError, match="owns no parameter"):
        blocks_of(module, empty, wiring)


@pytest.mark.parametrize("layer", ["fc", "avgpol", "layer4.0.relu", ""])
def test_a_grad_cam_layer_that_gives_no_map_or_more_than_one_is_an_error(layer: str) -> None:
    spec = MODELS["resnet18"]
    with pytest.raises(ValueError, match="gives no map for Grad-CAM"):
        assemble(dataclasses.replace(spec, cam_layer=layer), None)
