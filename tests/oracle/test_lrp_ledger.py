"""LRP's ledger closes on every network that LRP is offered on, biases and all, and on no other."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import xaicheck
from tests.oracle import nets
from xaicheck.batching.depth_batch import Cascade
from xaicheck.errors import Refused
from xaicheck.methods import METHODS
from xaicheck.methods.ledger import Ledger, ledger, relevance_and_ledger
from xaicheck.methods.rules_lrp import BySign, ZPlus, convolution_rule, relevance
from xaicheck.models import samples
from xaicheck.models.registry import MODELS, load
from xaicheck.types import Network

OFFERED = [key for key, spec in MODELS.items() if spec.lrp_refusal is None]
REFUSED = [key for key, spec in MODELS.items() if spec.lrp_refusal is not None]
TRAINED = [key for key in OFFERED if MODELS[key].source == "embedded"]  # weights that need no download
CLOSED = 1e-4  # of the start value; measured: 4e-7, on VGG-16 6e-6 (float32, relevance of both signs)


def subject(key: str) -> Network:
    """The model with all its biases: trained where its weights are there, else with random ones."""
    return load(key) if key in TRAINED else nets.untrained(key)


def batch(network: Network, rows: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Equal rows of one picture, and the network's answer to it."""
    x = nets.picture(network).contiguous(memory_format=torch.channels_last)
    return x.expand(rows, -1, -1, -1), network.module(x).argmax(1).expand(rows)


def ledgers(network: Network, mode: str = "cascade") -> list[Ledger]:
    """One a depth, trained first, a few depths at once."""
    depths = range(len(network.blocks) + 1)
    cascade, found = Cascade(network, depths=depths, mode=mode), []
    for part in (depths[i : i + 7] for i in range(0, len(depths), 7)):
        found += ledger(cascade.at(tuple(part)), *batch(network, len(part)))
    return found


@pytest.mark.parametrize("key", OFFERED)
def test_the_ledger_closes_where_lrp_is_offered_at_every_depth(key):
    network = nets.small(subject(key), 112 if key in TRAINED else 64)
    found = ledgers(network)
    assert len(found) == len(network.blocks) + 1
    for one in found:
        assert abs(one.gap) < CLOSED
        assert one.start == one.rows[0].arrives == 1


@pytest.mark.parametrize("mode", ["bottom_up", "independent"])
def test_the_ledger_closes_in_every_mode(mode):
    assert all(abs(one.gap) < CLOSED for one in ledgers(nets.small(load("efficientnet_lite0")), mode))


@pytest.mark.parametrize("key", REFUSED)
def test_no_ledger_closes_where_lrp_is_refused(key):
    network = subject(key)
    try:
        (found,) = ledger(network, *batch(network, 1))
    except (Refused, RuntimeError) as error:
        assert "BatchNorm" in str(error) or "hook" in str(error)  # nothing to do with this test's set-up
    else:
        assert math.isnan(found.gap) or abs(found.gap) > 100 * CLOSED


def answered(network: Network, sample: str) -> tuple[torch.Tensor, torch.Tensor]:
    """A sample as one row, and the network's answer to it."""
    x = network.preprocess(samples.load(sample))[None]
    return x, network.module(x).argmax(1)


# What a network with biases keeps is no constant of the method: it is measured. Another implementation, with
# every BatchNorm really merged, found 0.010 to 0.057 on Lite0; over all samples and Lites 0.0066 to 0.0709.
@pytest.mark.parametrize("key", TRAINED)
def test_trained_lites_lose_93_to_99_percent_in_depthwise_units_and_none_is_convention(key):
    assert "more than nine tenths are lost" in METHODS["lrp"].summary
    network = load(key)
    for sample in samples.SAMPLES:
        (found,) = ledger(network, *answered(network, sample))
        assert 0.93 <= round(found.lost, 2) <= 0.99
        depthwise = sum(row.lost for row in found.rows if row.layer.endswith(".conv_dw"))
        assert depthwise == pytest.approx(found.lost, abs=1e-3)
        assert sum(row.convention for row in found.rows) < 1e-3
        assert abs(found.gap) < CLOSED


def test_what_lites_lose_is_what_reaches_units_to_which_nothing_contributes_positively():
    lost = []

    class Watched(ZPlus):
        def shares(
            self, relevance: torch.Tensor, plus: torch.Tensor, minus: torch.Tensor
        ) -> dict[int, torch.Tensor]:
            lost.append(relevance[plus == 0].double().sum().item())
            return super().shares(relevance, plus, minus)

    def rule(module: nn.Module) -> BySign:
        return convolution_rule(module) if module.unrectified else Watched()

    network = load("efficientnet_lite0")
    _, (found,) = relevance_and_ledger(network, *answered(network, "chelsea"), rule)
    assert found.lost > 0.9
    assert sum(lost) == pytest.approx(found.lost, abs=1e-4)


@pytest.mark.parametrize("copies", [1, 2])
def test_every_map_of_a_run_carries_the_ledger_of_its_own_pass(copies):
    image, depths = samples.load("chelsea"), [0, 9]
    settings = {"depths": depths, "measures": ["mse"], "copies": copies, "device": "cpu"}
    report = xaicheck.check(image, methods=["lrp", "gradient"], **settings)
    network = load("efficientnet_lite0")
    cascade = Cascade(network, depths=depths, seed=0)
    x = network.preprocess(image)[None].contiguous(memory_format=torch.channels_last)
    target = torch.tensor([report.target.index])
    for depth in depths:
        one = report.attribution("lrp", depth, 0)
        (carried,) = (c for c in one.certificates if c.key == "ledger")
        assert carried.holds and len(carried.layers) == 60
        lost = sum(entry.lost for entry in carried.layers)
        assert one.values.sum(dtype="f8") + lost == pytest.approx(1, abs=1e-5)
        (other,) = (a for a in report.attributions if a.depth == depth and a.method == "gradient")
        assert not any(c.layers for c in other.certificates)
        if copies == 1:
            maps, (found,) = relevance_and_ledger(cascade.at((depth,)), x, target)
            assert carried.layers == found.rows
            plain = METHODS["lrp"].fn(cascade.at((depth,)), x, target, rng=None)
            assert torch.equal(plain, maps)
            assert torch.equal(torch.from_numpy(one.values.copy()), plain.sum(1)[0])


@pytest.mark.parametrize("key", [key for key in OFFERED if key not in TRAINED])
def test_resnets_and_vgg_keep_all_relevance_with_biases(key):
    network = subject(key)
    (found,) = ledger(network, *batch(network, 1))
    assert found.kept == pytest.approx(1, abs=1e-3)


def test_relevance_can_be_made_as_well_as_lost_and_the_ledger_closes_all_the_same():
    def low(module: nn.Module) -> None:
        for part in module.modules():
            if isinstance(part, nn.modules.batchnorm._BatchNorm):
                part.bias.fill_(-1.0)

    network = nets.small(nets.changed(nets.untrained("resnet50"), low), 64)
    (found,) = ledger(network, *batch(network, 1))
    assert found.kept > 1.5  # a branch loses negative relevance
    assert abs(found.gap) < CLOSED


# Relevance starts at 1 whatever the logit: where that is the small difference of large sums, the shares are
# large, and float32 rounds them to a hundredth of the start value. The rules are the same: float64 closes.
def test_where_the_logit_is_next_to_zero_float32_leaves_a_gap_and_float64_does_not():
    network = nets.small(nets.untrained("vgg16"), 64)
    x = nets.picture(network)
    without_bias = network.module(x)[0] - network.module.classifier[6].bias
    target = without_bias.abs().argmin()[None]
    assert without_bias[target].abs() < 1e-3
    assert abs(ledger(network, x, target)[0].gap) > CLOSED
    assert abs(ledger(nets.double(network), x.double(), target)[0].gap) < 1e-6


@pytest.mark.parametrize("depths", [(0,), (0, 1, 9, 18)])
def test_keeping_the_ledger_changes_no_bit_of_the_map(network, depths):
    x, target = batch(network, len(depths))
    branched = Cascade(network, depths=depths).at(depths)
    found, books = relevance_and_ledger(branched, x, target)
    assert torch.equal(found, relevance(branched, x, target))
    assert [one.reaches_input for one in books] == pytest.approx(
        found.double().sum((1, 2, 3)).tolist(), rel=1e-5
    )


def test_each_row_of_a_batch_has_the_ledger_that_it_has_alone(precise):
    depths = (0, 3, 9, 18)
    cascade = Cascade(precise, depths=depths)
    together = ledger(cascade.at(depths), *batch(precise, len(depths)))
    for depth, found in zip(depths, together, strict=True):
        (alone,) = ledger(cascade.at((depth,)), *batch(precise, 1))
        assert {row.layer for row in found.rows} == {row.layer for row in alone.rows}
        for row in alone.rows:
            (same,) = [other for other in found.rows if other.layer == row.layer]
            assert same.arrives == pytest.approx(row.arrives, abs=1e-9)
            assert same.lost == pytest.approx(row.lost, abs=1e-9)


class Biased(nn.Module):
    """A convolution with biases that drive units alone, a dense layer; `factor` has no rule."""

    def __init__(self, factor: float = 1.0) -> None:
        super().__init__()
        self.first, self.last = nn.Conv2d(3, 6, 3, padding=1), nn.Linear(6, 5)
        self.act, self.pool, self.factor = nn.ReLU(), nn.AdaptiveAvgPool2d(1), factor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.act(self.first(x))
        return self.last(self.pool(inner).flatten(1) * self.factor)


def biased(factor: float = 1.0) -> tuple[Network, torch.Tensor]:
    """The network on a picture of which some places are negative throughout: there only the bias drives."""
    network = nets.tiny(Biased(factor), size=8)
    network.module.first.weight.abs_()
    network.module.first.bias.fill_(5.0)
    x = nets.tiny_picture(8).abs()
    x[..., :4] *= -1
    return network, x


def test_a_unit_that_only_a_bias_drives_loses_what_reaches_it():
    network, x = biased()
    net, target = network.module, 2
    inner = net.act(net.first(x))
    parts = inner.mean((2, 3)) * net.last.weight[target]
    dense = parts / parts.sum()
    above = dense[..., None, None] * inner / inner.sum((2, 3), keepdim=True)
    plus = F.conv2d(x.clamp(min=0), net.first.weight, padding=1)  # no weight is negative
    lost = above[plus == 0].sum().item()
    (found,) = ledger(network, x, torch.tensor([target]))
    dense_row, pool_row, first = found.rows
    assert [row.layer for row in found.rows] == ["last", "pool", "first"]
    assert 0.1 < abs(lost) < 0.9
    assert first.lost == pytest.approx(lost, abs=1e-4)  # zennit's stabilizers
    assert first.arrives == pytest.approx(1, abs=1e-4)
    assert found.kept == pytest.approx(1 - lost, abs=1e-4)
    assert dense_row.lost == pytest.approx(0, abs=1e-4)
    assert pool_row.lost == pytest.approx(0, abs=1e-4)
    assert abs(found.gap) < 1e-12


def test_what_something_without_a_rule_makes_of_relevance_is_a_gap():
    network, x = biased(factor=0.25)
    (found,) = ledger(network, x, torch.tensor([2]))
    # The factor lies between the dense layer, which hands on 1, and the pooling, at which a quarter arrives.
    assert found.gap == pytest.approx(0.75, abs=1e-4)


def test_units_that_pay_by_negative_contributions_do_so_by_convention():
    class Bottleneck(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.last = nn.Conv2d(3, 2, 1, bias=False), nn.Conv2d(2, 1, 1, bias=False)
            self.pool = nn.AdaptiveAvgPool2d(1)
            self.first.unrectified = self.last.unrectified = True

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.pool(self.last(self.first(x))).flatten(1)

    network = nets.tiny(Bottleneck(), size=4)
    net = network.module
    net.first.weight.copy_(torch.tensor([[1.0, 1.0, 1.0], [-1.0, -2.0, -1.0]]).view(2, 3, 1, 1))
    net.last.weight.copy_(torch.tensor([3.0, -1.0]).view(1, 2, 1, 1))
    x = torch.ones(1, 3, 4, 4, dtype=torch.float64)
    # Units: 3 and -4; contributions above: 9 and 4, both positive. The second has negative ones alone.
    (found,) = ledger(network, x, torch.tensor([0]))
    first = found.rows[-1]
    assert first.layer == "first"
    assert first.arrives == pytest.approx(1, abs=1e-5)
    assert first.passed_on == pytest.approx(9 / 13, abs=1e-5)
    assert first.convention == pytest.approx(4 / 13, abs=1e-5)
    assert found.kept == pytest.approx(1, abs=1e-5)
