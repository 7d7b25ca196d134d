"""The branched network against the slow path: a separate copy of the network for every depth.

Both must give the same map at every depth, for every method, mode, law and BatchNorm policy. On
pictures of full size in float32 the bound on the relative error is 1e-4; without rounding they are equal.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients, Occlusion
from torch.nn.modules.batchnorm import _BatchNorm

from tests.oracle import nets
from xaicheck.batching.depth_batch import Cascade
from xaicheck.batching.forks import RecalibratedNorm
from xaicheck.methods import METHODS
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.randomization.weights import randomized
from xaicheck.types import Network

Make = Callable[..., Network]
Branch = Callable[..., Cascade]
DEPTHS = (1, 4, 11, 18)  # the last logits, the last residual unit, the middle, all but Lite0's stem
CLOSE = 1e-6  # in float64; the maps themselves are handed out in float32


def errors(
    key: str,
    network: Network,
    depths: tuple[int, ...],
    slow: Make,
    branched: Branch,
    **settings: str,
) -> dict[int, float]:
    """Relative errors of a method's maps by depth: all depths in one batch against one network a depth."""
    x = nets.picture(network)
    fast = nets.maps(key, branched(network, depths=depths, **settings).at(depths), x, depths)
    found = {}
    for row, depth in zip(fast, depths, strict=True):
        reference = nets.maps(key, slow(network, depth=depth, **settings), x, (depth,))[0]
        if reference.any():
            found[depth] = nets.relative(row, reference)
        else:  # Grad-CAM's final ReLU can cut everything
            assert not row.any()
    assert len(found) >= len(depths) // 2, "hardly anything was compared"
    return found


@pytest.mark.parametrize("key", METHODS)
def test_all_depths_in_one_batch_give_the_maps_of_one_network_a_depth(key, network, slow, branched):
    # 2e-6 at most; occlusion 1e-5, since it subtracts two nearly equal logits. In float32 a ReLU can flip at
    # its kink (see nets.precise), on another processor at another depth: one depth of four may show that.
    *most, worst = sorted(errors(key, network, DEPTHS, slow, branched).values())
    assert max(most) < 1e-4
    assert worst < 1e-2


@pytest.mark.parametrize("key", METHODS)
def test_without_rounding_the_maps_of_both_paths_are_equal(key, precise, slow, branched):
    assert max(errors(key, precise, DEPTHS, slow, branched).values()) < CLOSE


@pytest.mark.parametrize("mode", ["independent", "bottom_up"])
def test_without_rounding_lite0s_gradients_on_both_paths_are_equal_in_other_modes(mode, lite0):
    network, depths = nets.precise(lite0), (4, 11)
    x = nets.picture(network)
    fast = nets.maps("gradient", Cascade(network, depths=depths, mode=mode).at(depths), x, depths)
    for row, depth in zip(fast, depths, strict=True):
        reference = nets.maps("gradient", randomized(network, depth=depth, mode=mode), x, (depth,))[0]
        assert nets.relative(row, reference) < CLOSE


@pytest.mark.parametrize("key", ["gradient", "grad_cam", "lrp"])
@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "cascade"])
def test_every_mode_gives_the_maps_of_the_slow_path(mode, key, precise, slow, branched):
    assert max(errors(key, precise, (1, 9, 17), slow, branched, mode=mode).values()) < CLOSE


@pytest.mark.parametrize("law", [law for law in LAWS if law != "he_normal"])
def test_every_law_gives_the_maps_of_the_slow_path(law, precise, slow, branched):
    assert max(errors("gradient", precise, (2, 18), slow, branched, law=law).values()) < CLOSE


@pytest.mark.parametrize("key", ["gradient", "lrp"])
@pytest.mark.parametrize("law", ["he_normal", "permutation"])
@pytest.mark.parametrize("batchnorm", ["reset", "keep"])
def test_other_batchnorm_policies_give_the_maps_of_the_slow_path(
    batchnorm, law, key, precise, slow, branched
):
    # "keep" would need float64 on pictures of any size: with stale statistics activations grow by orders of
    # magnitude, and rounding with them.
    settings = {"batchnorm": batchnorm, "law": law}
    assert max(errors(key, precise, (3, 18), slow, branched, **settings).values()) < CLOSE


@pytest.mark.parametrize("mode", ["cascade", "bottom_up"])
@pytest.mark.parametrize("key", ["vit_b_16", "convnext_tiny", "densenet121", "mobilenet_v3_large"])
def test_tokens_attention_layer_scale_and_gates_give_the_gradients_of_the_slow_path(key, mode):
    network = nets.untrained(key)
    # ViT's positions are those of 224 pixels; it has no ReLU that could flip.
    network, bound = (network, 1e-4) if key == "vit_b_16" else (nets.precise(network), CLOSE)
    x = nets.picture(network)
    # ViT from the input: patches, then the class token and the positions, then attention.
    depths = (2, len(network.blocks) - 2) if mode == "cascade" else (2, 5)
    fast = nets.maps("gradient", Cascade(network, depths=depths, mode=mode).at(depths), x, depths)
    for row, depth in zip(fast, depths, strict=True):
        reference = nets.maps("gradient", randomized(network, depth=depth, mode=mode), x, (depth,))[0]
        assert nets.relative(row, reference) < bound


def test_every_depth_keeps_batchnorm_statistics_of_its_own(precise, slow, branched):
    cascade = branched(precise, depths=DEPTHS)
    found = {n: m for n, m in cascade.module.named_modules() if isinstance(m, RecalibratedNorm)}
    assert found
    cascade.at(DEPTHS)  # statistics are made when a depth is first asked for
    for depth in DEPTHS:
        reference = slow(precise, depth=depth).module
        inside = {name for block in precise.blocks[:depth] for name in block.modules}
        for name, norm in found.items():
            layer = name.replace(".random", "")  # the fork may be around a whole unit
            if layer not in inside:
                assert depth not in norm.place
                continue
            statistics = reference.get_submodule(layer)
            assert isinstance(statistics, _BatchNorm)
            place = norm.place[depth]
            assert nets.relative(norm.mean[place], statistics.running_mean) < CLOSE
            assert nets.relative(norm.var[place], statistics.running_var) < CLOSE
    # The layers of the head are random at every one of these depths, on other inputs each time.
    shared = [norm for norm in found.values() if len(norm.place) > 1]
    assert all(nets.relative(norm.mean[0], norm.mean[1]) > 1e-2 for norm in shared)


@pytest.mark.parametrize("key", METHODS)
def test_the_row_of_depth_0_is_the_trained_networks_map(key, precise, branched):
    x = nets.picture(precise)
    trained = nets.maps(key, precise, x, (0,))[0]
    cascade = branched(precise, depths=(0, 6, 12))
    assert np.array_equal(nets.maps(key, cascade.at((0,)), x, (0,))[0], trained)
    mixed = nets.maps(key, cascade.at((6, 0, 12)), x, (6, 0, 12))
    assert nets.relative(mixed[1], trained) < CLOSE
    if not METHODS[key].control:
        assert nets.relative(mixed[0], trained) > 1e-2


@pytest.mark.parametrize("key", ["gradient", "integrated_gradients", "smoothgrad", "lrp"])
def test_a_map_does_not_depend_on_the_depths_computed_beside_it(key, precise, branched):
    x = nets.picture(precise)
    cascade = branched(precise, depths=(1, 2, 3, 9, 17))
    alone = nets.maps(key, cascade.at((2,)), x, (2,))[0]
    for depths in ((1, 2, 3), (17, 2, 9, 1), (2, 2), (9, 2)):
        together = nets.maps(key, cascade.at(depths), x, depths)
        assert nets.relative(together[depths.index(2)], alone) < CLOSE


def test_scattered_depths_give_the_maps_of_sorted_ones(precise, branched):
    x = nets.picture(precise)
    cascade = branched(precise, depths=(1, 2, 3, 9, 17))
    scattered, ordered = (9, 1, 17, 2, 3), (1, 2, 3, 9, 17)
    a = nets.maps("gradient", cascade.at(scattered), x, scattered)
    b = nets.maps("gradient", cascade.at(ordered), x, ordered)
    for depth in ordered:
        assert nets.relative(a[scattered.index(depth)], b[ordered.index(depth)]) < CLOSE


def test_control_noise_does_not_depend_on_the_depths_computed_beside_it(precise):
    x = nets.picture(precise)
    for key in ("fresh_noise", "fixed_noise", "sobel"):
        together = nets.maps(key, precise, x, (1, 2, 3))
        assert np.array_equal(together[1], nets.maps(key, precise, x, (2,))[0])


@pytest.mark.parametrize("steps_at_once", [1, 2, 4])
def test_path_steps_in_one_batch_keep_their_depths(steps_at_once, precise, slow, branched):
    x, depths = nets.picture(precise), (4, 11)
    rows = x.expand(2, -1, -1, -1).contiguous(memory_format=torch.channels_last)
    fast = IntegratedGradients(branched(precise, depths=DEPTHS).at(depths).module).attribute(
        rows, target=nets.TARGET, n_steps=4, internal_batch_size=2 * steps_at_once
    )
    for row, depth in zip(fast, depths, strict=True):
        reference = nets.maps("integrated_gradients", slow(precise, depth=depth), x, (depth,))[0]
        assert nets.relative(row.sum(0), reference) < CLOSE


@pytest.mark.parametrize("windows_at_once", [2, 3])
def test_windows_in_one_batch_keep_their_depths(windows_at_once, precise, slow, branched):
    x, depths = nets.picture(precise), (4, 11)
    cascade = branched(precise, depths=DEPTHS)
    with torch.no_grad():
        fast = Occlusion(cascade.at(depths).module).attribute(
            x.expand(2, -1, -1, -1).contiguous(memory_format=torch.channels_last),
            sliding_window_shapes=(3, 16, 16),
            strides=(3, 16, 16),
            target=nets.TARGET,
            perturbations_per_eval=windows_at_once,
        )
    for row, depth in zip(fast[:, 0], depths, strict=True):
        assert nets.relative(row, nets.maps("occlusion", slow(precise, depth=depth), x, (depth,))[0]) < CLOSE
