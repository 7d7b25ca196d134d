"""The candidate for LRP's rule does what it says; the verdict follows the criteria."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from benchmarks.lrp_rules import HERE, NETWORKS, TODAY, lower_bound, verdict
from benchmarks.same_place import RULES, positive_alone
from tests.oracle import nets
from xaicheck.batching.depth_batch import Cascade
from xaicheck.methods.ledger import relevance_and_ledger
from xaicheck.methods.rules_lrp import relevance
from xaicheck.models.registry import load

SAME_PLACE = RULES["same_place"]


class Places(nn.Module):
    """Three units a place: one without contributions, which its bias drives, one of each sign."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Conv2d(3, 3, 1), nn.Linear(3, 2, bias=False)
        self.act, self.pool = nn.ReLU(), nn.AdaptiveAvgPool2d(1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.pool(self.act(self.first(x))).flatten(1))


def places() -> tuple[nn.Module, torch.Tensor]:
    """The network and a picture of ones; above: units of 3, 5 and 2 with equal weights."""
    network = nets.tiny(Places(), size=4)
    net = network.module
    net.first.weight.copy_(torch.diag(torch.tensor([1.0, 0.0, -1.0])).view(3, 3, 1, 1))
    net.first.bias.copy_(torch.tensor([2.0, 5.0, 3.0]))
    net.last.weight.fill_(1.0)
    return network, torch.ones(1, 3, 4, 4, dtype=torch.float64)


def test_what_nothing_contributes_to_hands_on_to_the_others_of_its_place():
    network, x = places()
    found, (ledger,) = relevance_and_ledger(network, x, torch.tensor([0]), SAME_PLACE)
    # 3, 5 and 2 tenths arrive; the 5 go to the others as 3 to 2.
    assert found.sum((2, 3)).tolist()[0] == pytest.approx([0.6, 0.0, 0.4], abs=1e-5)
    assert ledger.rows[-1].passed_on == pytest.approx(0.3, abs=1e-5)
    assert ledger.rows[-1].convention == pytest.approx(0.7, abs=1e-5)
    assert ledger.kept == pytest.approx(1, abs=1e-5)


def test_positive_contributions_alone_pay_the_rest_is_lost():
    network, x = places()
    found, (ledger,) = relevance_and_ledger(network, x, torch.tensor([0]), positive_alone)
    assert found.sum((2, 3)).tolist()[0] == pytest.approx([0.3, 0.0, 0.0], abs=1e-5)
    assert ledger.rows[-1].convention == 0


def test_relevance_of_a_place_where_nothing_contributes_at_all_is_lost():
    network, x = places()
    x[..., :2] = 0
    _, (ledger,) = relevance_and_ledger(network, x, torch.tensor([0]), SAME_PLACE)
    assert ledger.rows[-1].lost == pytest.approx(0.5, abs=1e-5)
    assert abs(ledger.gap) < 1e-12


@pytest.mark.slow
def test_the_candidate_conserves_on_a_trained_lite_with_biases_where_todays_loses_nearly_all():
    network, depths = nets.small(load("efficientnet_lite0")), (0, 9)
    branched = Cascade(network, depths=depths).at(depths)
    x = nets.picture(network).contiguous(memory_format=torch.channels_last).expand(2, -1, -1, -1)
    target = network.module(x[:1]).argmax(1).expand(2)
    _, found = relevance_and_ledger(branched, x, target, SAME_PLACE)
    assert [one.kept for one in found] == pytest.approx([1, 1], abs=1e-3)
    assert max(abs(one.gap) for one in found) < 1e-4
    _, today = relevance_and_ledger(branched, x, target)
    assert today[0].kept < 0.1


@pytest.mark.slow
@pytest.mark.parametrize("key", ["resnet18", "resnet50"])
def test_the_candidate_leaves_resnets_as_they_are_to_the_bit(key):
    network = nets.small(nets.untrained(key), 64)
    x, target = nets.picture(network), torch.tensor([nets.TARGET])
    assert torch.equal(relevance(network, x, target), relevance(network, x, target, convolutions=SAME_PLACE))


def test_the_lower_bound_of_normal_numbers_is_students():
    values = np.random.default_rng(0).normal(0.3, 2.0, 400)
    expected = stats.t.interval(0.95, 399, values.mean(), stats.sem(values))[0]
    # 10,000 draws know a 2.5 % quantile of t to 0.03; the bound moves by that times 0.1.
    assert lower_bound(values) == pytest.approx(expected, abs=0.02)


def rows(snr: float, srg: float) -> list[dict[str, object]]:
    """Pictures on which the candidate has that ratio of SNR and that difference of SRG, but for noise."""
    rng = np.random.default_rng(1)
    return [
        {
            "sha256": str(picture),
            "network": network,
            "p0": 0.8,
            "snr": {TODAY: 4.0, "same_place": 4.0 * snr * np.exp(rng.normal(0, 0.02))},
            "srg": {TODAY: 0.2, "same_place": 0.2 + srg + rng.normal(0, 0.002)},
        }
        for picture in range(30)
        for network in NETWORKS
    ]


@pytest.mark.parametrize(
    ("snr", "srg", "holds"), [(1.0, 0.0, True), (0.7, 0.1, False), (1.2, -0.03, False), (0.85, -0.01, True)]
)
def test_a_candidate_holds_only_if_neither_number_is_worse_by_the_margin(snr, srg, holds):
    assert verdict(rows(snr, srg))["same_place"]["holds"] is holds


def test_one_network_beyond_the_margin_is_enough_to_fail():
    some = rows(1.0, 0.05)
    for row in some:
        if row["network"] == NETWORKS[1]:
            row["srg"]["same_place"] = 0.17
    assert verdict(some)["same_place"]["srg"]["lower"] > -0.02
    assert not verdict(some)["same_place"]["srg"]["holds"]


def test_the_committed_verdict_follows_from_the_committed_numbers():
    stored = json.loads((HERE / "lrp_rules.json").read_text(encoding="utf-8"))
    assert stored["verdict"] == verdict(stored["rows"])
    assert len({row["sha256"] for row in stored["rows"]}) >= 30
    assert len(stored["rows"]) == len(NETWORKS) * len({row["sha256"] for row in stored["rows"]})
