"""What must not change, bit for bit or within rounding, whatever the trained weights are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.oracle import nets
from xaicheck.batching.depth_batch import Cascade
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import randomized_blocks
from xaicheck.randomization.weights import randomized
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Network

LOGIT_METHODS = (
    "gradient",
    "input_x_gradient",
    "integrated_gradients",
    "smoothgrad",
    "guided_backprop",
    "grad_cam",
    "lrp",
)
SIGNED_SLOPES = ("gradient", "input_x_gradient", "integrated_gradients", "smoothgrad")
LAST = {"efficientnet_lite0": "classifier", "resnet18": "fc"}


def last_layer(network: Network, module: nn.Module) -> Any:
    return module.get_submodule(LAST[network.spec.key])


def normalised(maps: np.ndarray) -> np.ndarray:
    """Maps [B H W] divided by their root mean square."""
    maps = maps.astype(np.float64)
    return maps / np.sqrt((maps**2).mean((1, 2), keepdims=True))


# Controls


@pytest.mark.parametrize("measure", ["spearman", "spearman_abs", "pearson", "cosine", "ssim"])
@pytest.mark.parametrize("key", ["sobel", "fixed_noise"])
def test_controls_that_ignore_the_network_score_1_at_every_depth(key, measure, small, branched):
    depths = (0, 1, 4, 11, 18)
    maps = nets.maps(key, branched(small, depths=depths).at(depths), nets.picture(small), depths)
    for later in maps[1:]:
        assert SIMILARITIES[measure].fn(maps[0], later).value == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("measure", ["spearman", "pearson", "cosine", "ssim"])
def test_fresh_noise_scores_0_at_every_depth(measure, network, branched):
    depths = (1, 4, 11, 18)
    x = nets.picture(network)
    original = nets.maps("fresh_noise", network, x, (0,))[0]
    for later in nets.maps("fresh_noise", branched(network, depths=depths).at(depths), x, depths):
        # Five standard errors of a correlation over 224 x 224 independent pixels.
        assert SIMILARITIES[measure].fn(original, later).value == pytest.approx(0.0, abs=5 / 224)


def test_two_seeds_give_other_fixed_noise(small):
    x = nets.picture(small)
    a, b = (nets.maps("fixed_noise", small, x, (0,), seed=seed)[0] for seed in (0, 1))
    assert abs(SIMILARITIES["pearson"].fn(a, b).value) < 5 / 112


# The last layer


@pytest.mark.parametrize("key", LOGIT_METHODS)
def test_a_new_bias_of_the_last_layer_changes_no_map(key, small):
    def redraw(module: nn.Module) -> None:
        bias = last_layer(small, module).bias
        bias.copy_(3 * nets.random_like(bias, "bias"))

    x, other = nets.picture(small), nets.changed(small, redraw)
    assert nets.relative(other.module(x), small.module(x)) > 0.1
    assert nets.relative(nets.maps(key, other, x, (0,)), nets.maps(key, small, x, (0,))) < 1e-6


@pytest.mark.parametrize("key", LOGIT_METHODS)
def test_new_weights_of_other_classes_change_no_map(key, small):
    def redraw(module: nn.Module, *, own: bool) -> None:
        weight = last_layer(small, module).weight
        row = weight[nets.TARGET].clone()
        weight.copy_(0.1 * nets.random_like(weight, "rows"))
        if not own:
            weight[nets.TARGET] = row

    x = nets.picture(small)
    before = nets.maps(key, small, x, (0,))
    others = nets.changed(small, lambda m: redraw(m, own=False))
    assert nets.relative(others.module(x), small.module(x)) > 0.1
    assert nets.relative(nets.maps(key, others, x, (0,)), before) < 1e-6
    everything = nets.changed(small, lambda m: redraw(m, own=True))
    assert nets.relative(nets.maps(key, everything, x, (0,)), before) > 0.01


def scaled(network: Network, factor: float) -> Network:
    return nets.changed(network, lambda module: last_layer(network, module).weight.mul_(factor))


@pytest.mark.parametrize("key", LOGIT_METHODS)
@pytest.mark.parametrize("factor", [0.01, 3.0])
def test_a_positive_factor_on_the_last_layer_changes_no_normalised_map(factor, key, small):
    x = nets.picture(small)
    before, after = (nets.maps(key, net, x, (0,)) for net in (small, scaled(small, factor)))
    assert nets.relative(normalised(after), normalised(before)) < 1e-5
    if key != "lrp":  # relevance starts at 1, whatever the logit is
        ratio = np.linalg.norm(after) / np.linalg.norm(before)
        assert ratio == pytest.approx(factor, rel=1e-4)


@pytest.mark.parametrize("key", SIGNED_SLOPES)
def test_a_negative_factor_on_the_last_layer_flips_signed_maps_exactly(key, small):
    x = nets.picture(small)
    # A power of two, so that scaling rounds nothing.
    before, after = (nets.maps(key, net, x, (0,)) for net in (small, scaled(small, -2.0)))
    assert np.array_equal(after, -2 * before)
    assert SIMILARITIES["mse"].fn(before[0], after[0]).value == pytest.approx(4.0, abs=1e-9)
    assert SIMILARITIES["spearman_abs"].fn(before[0], after[0]).value == pytest.approx(1.0, abs=1e-12)
    assert SIMILARITIES["spearman"].fn(before[0], after[0]).value == pytest.approx(-1.0, abs=1e-12)


@pytest.mark.parametrize("key", ["guided_backprop", "grad_cam"])
def test_a_negative_factor_does_not_just_flip_maps_that_cut_signals(key, small):
    x = nets.picture(small)
    before, after = (nets.maps(key, net, x, (0,)) for net in (small, scaled(small, -2.0)))
    assert nets.relative(after, -2 * before) > 0.1


# Below the randomized blocks


def activations(network: Network, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """Each block's output."""
    found: dict[str, torch.Tensor] = {}
    handles = [
        network.module.get_submodule(block.output).register_forward_hook(
            lambda module, args, output, name=block.name: found.__setitem__(name, output.clone())
        )
        for block in network.blocks
    ]
    network.module(x)
    for handle in handles:
        handle.remove()
    return found


@pytest.mark.parametrize("batchnorm", ["recalibrate", "reset", "keep"])
@pytest.mark.parametrize("depth", [1, 8, 17])
def test_activations_below_the_randomized_blocks_are_the_trained_ones_bit_for_bit(depth, batchnorm, small):
    x = nets.picture(small)
    trained = activations(small, x)
    random = activations(randomized(small, depth=depth, batchnorm=batchnorm), x)
    for block in small.blocks[depth:]:
        assert torch.equal(random[block.name], trained[block.name])
    for block in small.blocks[:depth]:
        assert not torch.equal(random[block.name], trained[block.name])


@pytest.mark.parametrize("depth", [1, 8, 17])
def test_activations_below_the_randomized_blocks_stay_in_the_branched_network(depth, small):
    x = nets.picture(small)
    trained = activations(small, x)
    random = activations(Cascade(small, depths=(3, depth)).at((depth,)), x)
    for i, block in enumerate(small.blocks):
        assert torch.equal(random[block.name], trained[block.name]) == (i >= depth)


@pytest.mark.parametrize("mode", ["independent", "bottom_up", "cascade"])
@pytest.mark.parametrize("depth", [0, 2, 10])
def test_tensors_outside_the_randomized_blocks_are_the_trained_ones_bit_for_bit(depth, mode, small):
    count = len(small.blocks)
    span = randomized_blocks(mode, depth, count)
    inside = {name for i in span for name in (*small.blocks[i].parameters, *small.blocks[i].modules)}
    trained, random = (
        small.module.state_dict(),
        randomized(small, depth=depth, mode=mode).module.state_dict(),
    )
    assert list(random) == list(trained)
    for name, value in trained.items():
        if name not in inside and name.rpartition(".")[0] not in inside:
            assert torch.equal(random[name], value)
    changed = {name for name in trained if not torch.equal(random[name], trained[name])}
    assert {name for i in span for name in small.blocks[i].parameters} <= changed


@pytest.mark.parametrize("law", LAWS)
def test_a_seed_gives_the_same_weights_again_and_another_seed_others(law, small):
    a, b, c = (
        randomized(small, depth=len(small.blocks), law=law, batchnorm="reset", seed=seed).module.state_dict()
        for seed in (5, 5, 6)
    )
    matrices = [name for name, value in a.items() if value.dim() > 1]
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert not any(torch.equal(a[name], c[name]) for name in matrices)
