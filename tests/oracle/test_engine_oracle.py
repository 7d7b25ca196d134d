"""The engine on whole architectures: sharing holds to the logits, and shared passes give what own ones give.

Exact comparisons are in float64, where a rounding difference flips no ReLU; the bounds on float32 say
what rounding does on pictures of full size.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from captum.attr import LayerAttribution, LayerGradCam

from tests.oracle import nets
from xaicheck.batching.depth_batch import Cascade
from xaicheck.batching.forks import RecalibratedNorm
from xaicheck.batching.shared_autograd import is_shared
from xaicheck.batching.shared_rows import share_rows
from xaicheck.errors import Cancelled
from xaicheck.methods import METHODS, refusal
from xaicheck.methods.explain import explain_together
from xaicheck.models.graph import private_copy
from xaicheck.models.registry import MODELS, load
from xaicheck.types import Network

Make = Callable[..., Network]
Branch = Callable[..., Cascade]
CLOSE = 1e-6  # in float64; the maps themselves are handed out in float32

# One architecture of each kind; deeper ones of a kind are made of the same operations.
SHARING = ("efficientnet_lite0", "vgg16", "resnet50", "densenet121", "mobilenet_v3_large", "convnext_tiny")
BLOCKS = ("resnet50", "densenet121")  # bottlenecks; joined channels and a norm before each convolution
ALL = [(blocks, key) for blocks in BLOCKS for key in METHODS if not refusal(METHODS[key], MODELS[blocks])]


@pytest.fixture(scope="module")
def architecture() -> Iterator[Callable[[str], Network]]:
    """Networks by key: Lite0 trained, the others not."""
    made: dict[str, Network] = {}

    def get(key: str) -> Network:
        if key not in made:
            made[key] = load(key) if key.startswith("efficientnet") else nets.untrained(key)
        return made[key]

    yield get
    made.clear()


def slopes(module: torch.nn.Module, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The logits, and the gradient of another class in every row."""
    x = x.detach().requires_grad_()
    logits = module(x)
    targets = torch.arange(len(x)) * 140 + 5
    return logits, torch.autograd.grad(logits.gather(1, targets[:, None]).sum(), x)[0]


def sharing(network: Network) -> torch.nn.Module:
    module = private_copy(network.module)
    share_rows(module)
    return module


# VGG-16's operations are among those of the others, and it has 138 million parameters.
@pytest.mark.parametrize("key", [key for key in SHARING if key != "vgg16"])
def test_equal_rows_are_one_row_from_the_picture_to_the_logits(key, architecture):
    network = nets.precise(architecture(key))
    x = nets.picture(network).expand(3, -1, -1, -1)
    logits, found = slopes(sharing(network), x)
    plain_logits, plain = slopes(network.module, x.contiguous(memory_format=torch.channels_last))
    # One operation on rows of their own, anywhere on the way, and the logits were rows of their own.
    assert is_shared(logits) and not is_shared(plain_logits)
    assert nets.relative(logits, plain_logits) < 1e-10
    assert all(nets.relative(row, other) < 1e-10 for row, other in zip(found, plain, strict=True))
    assert nets.relative(found[0], found[1]) > 0.1  # rows are told apart on the way back


@pytest.mark.parametrize("key", ["efficientnet_lite0", "resnet50", "vgg16", "densenet121"])
def test_in_float32_a_shared_gradient_is_the_plain_one_but_for_rounding(key, architecture):
    network = architecture(key)
    x = nets.picture(network).expand(2, -1, -1, -1)
    logits, found = slopes(sharing(network), x)
    assert is_shared(logits)
    # 2e-6 at most: convolutions of one row and of several round differently.
    assert (
        nets.relative(found, slopes(network.module, x.contiguous(memory_format=torch.channels_last))[1])
        < 1e-4
    )


def test_vit_shares_its_patches_and_gives_the_plain_gradient():
    network = nets.untrained("vit_b_16")
    module, seen = sharing(network), {}
    for name in ("conv_proj", "encoder"):
        module.get_submodule(name).register_forward_hook(
            lambda _module, args, output, name=name: seen.__setitem__(name, is_shared(output))
        )
    x = nets.picture(network).expand(2, -1, -1, -1)
    _, found = slopes(module, x)
    assert seen == {"conv_proj": True, "encoder": False}
    # It has no ReLU that could flip; 0 where the batch is the same.
    assert nets.relative(found, slopes(network.module, x)[1]) < 1e-5


# --- every method, all depths in one batch


@pytest.mark.parametrize(("blocks", "key"), ALL)
def test_bottlenecks_and_joined_channels_give_the_maps_of_one_network_a_depth(
    blocks, key, architecture, slow, branched, precise_of
):
    network = precise_of(blocks)
    depths = (1, 11)  # at the first, everything below the last layer is shared
    x, few = nets.picture(network), {"window": 32, "stride": 32} if key == "occlusion" else {}
    fast = nets.maps(key, branched(network, depths=depths).at(depths), x, depths, **few)
    for row, depth in zip(fast, depths, strict=True):
        reference = nets.maps(key, slow(network, depth=depth), x, (depth,), **few)[0]
        assert nets.relative(row, reference) < CLOSE


@pytest.fixture(scope="module")
def precise_of(architecture) -> Callable[[str], Network]:
    """An architecture in float64, made once, so that its random networks are too."""
    made: dict[str, Network] = {}

    def get(key: str) -> Network:
        if key not in made:
            made[key] = nets.precise(architecture(key))
        return made[key]

    return get


# --- methods that share their passes

READERS = tuple(key for key, method in METHODS.items() if method.derive is not None)
TOGETHER = (*itertools.combinations(READERS, 2), READERS)  # every two kinds of passes, and all


def test_the_methods_that_share_passes_are_those_of_one_gradient():
    assert set(READERS) == {"gradient", "input_x_gradient", "grad_cam", "guided_backprop", "guided_grad_cam"}


def test_maps_made_together_are_those_made_alone(precise, branched):
    depths = (1, 11)
    network = branched(precise, depths=(1, 4, 11, 18)).at(depths)
    x = nets.picture(precise)
    alone = {key: nets.maps(key, network, x, depths) for key in READERS}
    rows = x.expand(len(depths), -1, -1, -1)
    for group in TOGETHER:
        found = explain_together([METHODS[key] for key in group], network, rows, nets.TARGET)
        for key, maps in zip(group, found, strict=True):
            assert np.array_equal(maps.float().numpy(), alone[key]), (key, group)


def counted(network: Network) -> tuple[Network, list[int]]:
    """The network in a copy of its own, and the number of rows of each forward pass."""
    module, seen = private_copy(network.module), []
    module.register_forward_pre_hook(lambda _module, args: seen.append(len(args[0])))
    return dataclasses.replace(network, module=module), seen


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (("gradient",), 1),
        (("gradient", "input_x_gradient", "grad_cam"), 1),
        (("grad_cam",), 1),
        (("guided_backprop",), 1),
        (("gradient", "guided_backprop"), 2),
        (READERS, 2),
    ],
)
def test_one_forward_pass_serves_all_and_guided_backprop_takes_one_of_its_own(group, expected, precise):
    network, seen = counted(precise)
    rows = nets.picture(precise).expand(3, -1, -1, -1)
    explain_together([METHODS[key] for key in group], network, rows, nets.TARGET)
    assert seen == [3] * expected


@pytest.mark.parametrize("depth", [0, 1, 4, 11])
def test_grad_cam_is_captums(depth, network, branched):
    subject = nets.precise(network) if depth == 0 else branched(network, depths=(1, 4, 11)).at((depth,))
    x = nets.picture(subject)
    layer = subject.module.get_submodule(subject.spec.cam_layer)
    found = LayerGradCam(subject.module, layer).attribute(x, nets.TARGET, relu_attributions=True)
    reference = LayerAttribution.interpolate(found, tuple(x.shape[2:]), interpolate_mode="bilinear")
    assert nets.relative(nets.maps("grad_cam", subject, x, (depth,))[0], reference[0, 0]) < 1e-6


# --- statistics are measured when they are asked for

DEPTHS = (1, 4, 11, 18)


def statistics(cascade: Cascade) -> dict[tuple[str, int], tuple[torch.Tensor, torch.Tensor]]:
    """Mean and variance of each norm at each depth."""
    return {
        (name, depth): (norm.mean[place].clone(), norm.var[place].clone())
        for name, norm in cascade.module.named_modules()
        if isinstance(norm, RecalibratedNorm)
        for depth, place in norm.place.items()
    }


def assert_same_statistics(one: Cascade, other: Cascade) -> None:
    first, second = statistics(one), statistics(other)
    assert first.keys() == second.keys() and len(first) > len(DEPTHS)
    for cell, (mean, var) in first.items():
        assert mean.any(), f"{cell} was never measured"
        assert torch.equal(mean, second[cell][0]) and torch.equal(var, second[cell][1]), cell


@pytest.fixture(scope="module")
def at_once(precise) -> Cascade:
    cascade = Cascade(precise, depths=DEPTHS)
    cascade.at(DEPTHS)
    return cascade


@pytest.mark.parametrize("parts", [[(18,), (11,), (4,), (1,)], [(4, 1), (18, 11)], [(11,), (18, 4, 1)]])
def test_statistics_do_not_depend_on_the_order_or_grouping_of_the_depths(parts, precise, at_once):
    cascade = Cascade(precise, depths=DEPTHS)
    for part in parts:
        cascade.at(part)
    assert_same_statistics(at_once, cascade)


def test_a_depth_is_calibrated_once_and_only_when_it_is_asked_for(precise):
    passes = []
    cascade = Cascade(precise, depths=DEPTHS, check=lambda: passes.append(1))
    assert not passes
    counts = []
    for part in ((4, 11), (11,), (4, 11), (1, 11), DEPTHS, DEPTHS):
        cascade.at(part)
        counts.append(len(passes))
    assert counts == [2, 2, 2, 3, 4, 4]


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_cancelled_calibration_is_made_up_for_later(at, precise, at_once):
    passes, cancels = [], [True]

    def check() -> None:
        passes.append(1)
        if cancels[0] and len(passes) == at:
            raise Cancelled("nobody listens")

    cascade = Cascade(precise, depths=DEPTHS, check=check)
    with pytest.raises(Cancelled):
        cascade.at(DEPTHS)
    cancels[0] = False
    cascade.at(DEPTHS)
    assert len(passes) == len(DEPTHS) + 1  # what was measured stays
    assert_same_statistics(at_once, cascade)


@pytest.mark.parametrize("error", [Cancelled, KeyboardInterrupt])
def test_a_check_that_ends_a_pass_leaves_no_mode_and_no_calibration_behind(error, precise, at_once):
    calls = []

    def check() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise error("nobody listens")

    cascade = Cascade(precise, depths=DEPTHS, check=check)
    with pytest.raises(error):
        cascade.at(DEPTHS)
    assert torch.overrides._get_current_function_mode_stack() == []
    x = nets.picture(precise)
    later = nets.maps("gradient", cascade.at((4,)), x, (4,))
    assert np.array_equal(later, nets.maps("gradient", at_once.at((4,)), x, (4,)))
