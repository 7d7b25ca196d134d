"""LRP: without biases relevance is conserved where it is offered; the rules are those of merged layers."""

from __future__ import annotations

import copy
import functools
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from zennit.canonizers import Canonizer, SequentialMergeBatchNorm
from zennit.composites import EpsilonPlus, LayerMapComposite
from zennit.layer import Sum
from zennit.rules import Epsilon, Norm, Pass, ZPlus
from zennit.torchvision import ResNetBasicBlockCanonizer, ResNetBottleneckCanonizer
from zennit.types import Activation, AvgPool, Convolution, Linear

from tests.oracle import nets
from xaicheck.batching.depth_batch import Cascade
from xaicheck.errors import Refused
from xaicheck.methods import METHODS
from xaicheck.methods.rules_lrp import ResidualSum, SharedNorm, merged, relevance
from xaicheck.models import samples
from xaicheck.models.registry import MODELS, load
from xaicheck.types import Network

OFFERED = [key for key, spec in MODELS.items() if spec.lrp_refusal is None]
REFUSED = [key for key, spec in MODELS.items() if spec.lrp_refusal is not None]
PRECISE = ("efficientnet_lite0", "resnet18", "densenet121")  # in float64; the others are too slow there


def subject(key: str) -> Network:
    """The model without biases and shifts, in float64 where it is small enough."""
    embedded = MODELS[key].source == "embedded"
    network = nets.without_shifts(load(key) if embedded else nets.untrained(key))
    return nets.precise(network) if key in PRECISE else network


def lrp_sum(network: Network) -> float:
    """The sum of all relevance; the start value is 1."""
    return relevance(network, nets.picture(network), torch.tensor([nets.TARGET])).double().sum().item()


def by_zennit(module: nn.Module, x: torch.Tensor, *canonizers: Canonizer) -> torch.Tensor:
    """Relevance by zennit alone on a network in which no BatchNorm is left."""
    module = copy.deepcopy(module)
    for part in module.modules():
        assert not isinstance(part, nn.modules.batchnorm._BatchNorm)
        if hasattr(part, "inplace"):
            part.inplace = False
    rules = [
        (Activation, Pass()),
        (Sum, Norm()),
        (AvgPool, Norm()),
        (Convolution, ZPlus(zero_params=["bias"])),
        (Linear, Epsilon(zero_params=["bias"])),
    ]
    x = x.detach().requires_grad_()
    with LayerMapComposite(rules, canonizers=list(canonizers)).context(module) as hooked, torch.enable_grad():
        logits = hooked(x)
        return torch.autograd.grad(logits, x, F.one_hot(torch.tensor([nets.TARGET]), 1000).to(logits))[0]


def fused(network: Network) -> nn.Module:
    """A copy with every BatchNorm really merged into the layer before it."""
    module = copy.deepcopy(network.module)
    for layer_name, norm_name in network.merges:
        norm = module.get_submodule(norm_name)
        for name, new in (
            (layer_name, fuse_conv_bn_eval(module.get_submodule(layer_name), norm)),
            # timm's BatchNorm carries its activation with it.
            (norm_name, nn.Sequential(*(getattr(norm, n) for n in ("drop", "act") if hasattr(norm, n)))),
        ):
            owner, _, leaf = name.rpartition(".")
            setattr(module.get_submodule(owner), leaf, new)
    return module


RESIDUAL: dict[str, tuple[Any, ...]] = {
    "efficientnet_lite0": (ResidualSum,),
    "resnet18": (ResNetBottleneckCanonizer, ResNetBasicBlockCanonizer),
}


@pytest.fixture(scope="module")
def pair(network: Network) -> Network:
    """Lite0 and ResNet-18 in float64."""
    return nets.precise(network)


@pytest.mark.parametrize("key", OFFERED)
def test_without_biases_relevance_is_conserved_where_lrp_is_offered(key):
    assert lrp_sum(subject(key)) == pytest.approx(1.0, abs=0.01)


# Plain z-plus cannot pay through a unit of a linear bottleneck to which nothing contributes positively:
# it lost up to 4 % of relevance on Lite0 and up to half on Lite1, depending on the picture.
@pytest.mark.parametrize("key", [key for key in OFFERED if MODELS[key].source == "embedded"])
@pytest.mark.parametrize("sample", ["coffee", "astronaut", "clock"])
def test_linear_bottlenecks_lose_no_relevance_on_any_picture(key, sample):
    network = nets.without_shifts(load(key))
    x = network.preprocess(samples.load(sample))[None]
    target = network.module(x).argmax(1)  # a logit well away from 0, where the epsilon rule is not at work
    assert relevance(network, x, target).double().sum().item() == pytest.approx(1.0, abs=0.002)


@pytest.mark.parametrize("key", REFUSED)
def test_relevance_would_not_be_conserved_where_lrp_is_refused(key):
    network = subject(key)
    try:
        total = lrp_sum(network)
    except (Refused, RuntimeError) as error:
        assert "BatchNorm" in str(error) or "hook" in str(error)  # nothing to do with this test's set-up
    else:
        assert not abs(total - 1) < 0.01


@pytest.mark.parametrize("key", REFUSED)
def test_lrp_is_refused_with_the_reason_the_spec_gives(key):
    network = Network(MODELS[key], nn.Identity(), (), "cpu")
    with pytest.raises(Refused) as caught:
        nets.maps("lrp", network, torch.zeros(1, 3, 8, 8), (0,))
    assert MODELS[key].lrp_refusal in str(caught.value)


@pytest.mark.parametrize("depth", [1, 9, 18])
def test_without_biases_relevance_is_conserved_in_randomized_networks_too(depth, pair):
    # Recalibration sets BatchNorm means, which shift: a reset network has none.
    without = nets.without_shifts(pair)
    cascade = Cascade(without, depths=(depth,), law="permutation", batchnorm="reset")
    assert lrp_sum(cascade.at((depth,))) == pytest.approx(1.0, abs=0.01)


def test_the_merged_copy_computes_the_same_and_leaves_no_negative_scale(pair):
    x = nets.picture(pair)
    scales = [pair.module.get_submodule(norm).weight for _, norm in pair.merges]
    assert any((scale < 0).any() for scale in scales)
    copied = merged(pair)
    assert nets.relative(copied(x), pair.module(x)) < 1e-5
    assert all((copied.get_submodule(norm).weight >= 0).all() for _, norm in pair.merges)


def test_relevance_is_that_of_really_merged_layers(pair, monkeypatch):
    # zennit's stabilizers add 1e-6 to a unit's value before or after the BatchNorm's factor: 5e-5 on Lite0.
    # Smaller ones leave only the question whether the rules are the same.
    for rule in ("ZPlus", "Norm"):
        monkeypatch.setitem(globals(), rule, functools.partial(globals()[rule], stabilizer=1e-13))
    stable = functools.partial(SharedNorm, stabilizer=1e-13)
    monkeypatch.setattr("xaicheck.methods.rules_lrp.SharedNorm", stable)
    x = nets.picture(pair)
    module = fused(pair)
    assert nets.relative(module(x), pair.module(x)) < 1e-10
    canonizers = [canonizer() for canonizer in RESIDUAL[pair.spec.key]]
    found = relevance(pair, x, torch.tensor([nets.TARGET]))
    assert nets.relative(found, by_zennit(module, x, *canonizers)) < 1e-5


class Emptied(SequentialMergeBatchNorm):
    """zennit's merging; the emptied BatchNorm loses its eps, too, so that it really does nothing."""

    def register(self, linears: list[nn.Module], batch_norm: nn.Module) -> None:
        super().register(linears, batch_norm)
        batch_norm.eps = 0.0


def by_composite(module: nn.Module, x: torch.Tensor, merging: Canonizer) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and relevance by zennit's EpsilonPlus, biases left out, with that way to merge BatchNorm."""
    module = copy.deepcopy(module)
    x = x.detach().requires_grad_()
    canonizers = [merging, ResNetBottleneckCanonizer(), ResNetBasicBlockCanonizer()]
    composite = EpsilonPlus(zero_params=["bias"], canonizers=canonizers)
    with composite.context(module) as hooked, torch.enable_grad():
        logits = hooked(x)
        start = F.one_hot(torch.tensor([nets.TARGET]), 1000).to(logits)
        return logits.detach(), torch.autograd.grad(logits, x, start)[0]


# zennit's canonizer sets an emptied BatchNorm's variance to 1 and leaves its eps: it divides by sqrt(1 + eps)
# and explains another network, each BatchNorm's output smaller by 5e-6. Where the logit is a small difference
# of large sums that is much: here 0.3 % of the map, in float64.
def test_zennits_composite_explains_a_slightly_smaller_network(precise):
    x, target = nets.picture(precise), torch.tensor([nets.TARGET])
    logits = precise.module(x)
    found = relevance(precise, x, target)
    theirs, by_theirs = by_composite(precise.module, x, SequentialMergeBatchNorm())
    emptied, by_emptied = by_composite(precise.module, x, Emptied())
    assert nets.relative(emptied, logits) < 1e-12 < 1e-6 < nets.relative(theirs, logits)
    assert nets.relative(found, by_emptied) < 1e-5  # stabilizers: 1e-6 there, 1e-12 in our z-plus

    def shrink(module: nn.Module) -> None:
        for part in module.modules():
            if isinstance(part, nn.modules.batchnorm._BatchNorm):
                part.weight.div_((1 + part.eps) ** 0.5)
                part.bias.div_((1 + part.eps) ** 0.5)

    smaller = nets.changed(precise, shrink)
    assert nets.relative(smaller.module(x), theirs) < 1e-12
    assert nets.relative(found, by_theirs) > 1e-4
    assert nets.relative(relevance(smaller, x, target), by_theirs) < 1e-5


def test_passing_through_batchnorm_without_moving_its_sign_would_give_another_map(precise, monkeypatch):
    x, target = nets.picture(precise), torch.tensor([nets.TARGET])
    right = relevance(precise, x, target)
    monkeypatch.setattr("xaicheck.methods.rules_lrp._move_sign", lambda layer, norm: None)
    assert nets.relative(relevance(precise, x, target), right) > 1e-3


@pytest.mark.parametrize("key", RESIDUAL)
def test_without_explicit_sums_every_shortcut_doubles_relevance(key):
    network = subject(key)
    x = nets.picture(network)
    module = fused(network)
    assert by_zennit(module, x, *(c() for c in RESIDUAL[key])).sum().item() == pytest.approx(1, abs=0.01)
    assert by_zennit(module, x).sum().item() > 1.5


def test_relevance_of_dense_layers_without_biases_is_input_x_gradient():
    network = nets.tiny(
        nn.Sequential(
            nn.Flatten(),
            nn.Linear(3 * 64, 40, bias=False),
            nn.ReLU(),
            nn.Linear(40, 30, bias=False),
            nn.ReLU(),
            nn.Linear(30, 5, bias=False),
        ),
        size=8,
    )
    x, target = nets.tiny_picture(8), torch.tensor([2])
    product = METHODS["input_x_gradient"].fn(network, x, target, rng=None)
    logit = network.module(x)[0, 2]
    assert product.sum().item() == pytest.approx(logit.item(), rel=1e-10)  # no biases
    # Relevance starts at 1, not at the logit. zennit's epsilon is 1e-6, added to each unit's value.
    assert nets.relative(METHODS["lrp"].fn(network, x, target, rng=None), product / logit) < 1e-5


def z_plus(layer: nn.Conv2d, x: torch.Tensor, above: torch.Tensor) -> torch.Tensor:
    """The rule in words: a unit pays its inputs by their positive contributions."""
    weight, step = layer.weight, {"padding": layer.padding}
    parts = [(x.clamp(min=0), weight.clamp(min=0)), (x.clamp(max=0), weight.clamp(max=0))]
    share = above / sum(F.conv2d(a, w, **step) for a, w in parts)
    return sum(a * F.conv_transpose2d(share, w, **step) for a, w in parts)


def test_relevance_is_the_z_plus_rule_worked_by_hand_with_batchnorm_merged():
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.norm = nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6)
            self.second, self.last = nn.Conv2d(6, 8, 3, padding=1), nn.Linear(8, 5)
            self.act, self.pool = nn.ReLU(), nn.AdaptiveAvgPool2d(1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            inner = self.act(self.norm(self.first(x)))
            return self.last(self.pool(self.act(self.second(inner))).flatten(1))

    network = nets.tiny(Net(), size=8)
    net, x, target = network.module, nets.tiny_picture(8), 3
    net.norm.running_mean.add_(0.3)
    net.norm.running_var.mul_(1.7)
    assert (net.norm.weight < 0).any()
    assert network.merges == (("first", "norm"),)

    first = fuse_conv_bn_eval(net.first, net.norm)
    inner = F.relu(first(x))
    outer = F.relu(net.second(inner))
    pooled = outer.mean((2, 3))
    parts = pooled[0] * net.last.weight[target]
    dense = parts / parts.sum()
    spread = dense[:, None, None] * outer / outer.sum((2, 3), keepdim=True)
    expected = z_plus(first, x, z_plus(net.second, inner, spread))
    assert expected.sum().item() == pytest.approx(1, rel=1e-6)
    found = METHODS["lrp"].fn(network, x, torch.tensor([target]), rng=None)
    assert nets.relative(found, expected) < 1e-4  # zennit's stabilizers


def test_a_batchnorm_that_cannot_be_merged_is_an_error_not_a_wrong_map():
    network = nets.tiny(
        nn.Sequential(
            nn.BatchNorm2d(3),
            nn.Conv2d(3, 4, 3),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(4, 5),
        ),
        size=8,
    )
    with pytest.raises(Refused, match="BatchNorm"):
        relevance(network, nets.tiny_picture(8), torch.tensor([0]))
