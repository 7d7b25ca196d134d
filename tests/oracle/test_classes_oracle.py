"""Classes: one for each row of a batch, each network's own first, and two of one picture side by side."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import xaicheck

import torch  # isort: skip

from tests.oracle import nets
from xaicheck.batching.depth_batch import Cascade
from xaicheck.methods import METHODS
from xaicheck.methods.explain import draws_for, explain
from xaicheck.models import samples
from xaicheck.models.registry import load
from xaicheck.randomization.weights import randomized
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import MethodChoice, Network, Report

pytestmark = pytest.mark.slow

CAT = samples.load("chelsea")
TIGER_CAT, TABBY, ORGAN = 282, 281, 687
DEPTHS = (0, 2, 9)
IGNORE_THE_CLASS = ("sobel", "fresh_noise", "fixed_noise")


@pytest.fixture(scope="module")
def network() -> Network:
    return load("efficientnet_lite0", "cpu")


@pytest.fixture(scope="module")
def report() -> Report:
    """Every control and two methods, each randomized network explaining its own class, tabby beside it."""
    return xaicheck.check(
        CAT,
        methods=("gradient", "grad_cam", *IGNORE_THE_CLASS, "sign_flip"),
        depths=DEPTHS,
        target_policy="randomized",
        against=TABBY,
        measures=tuple(SIMILARITIES),
        device="cpu",
    )


def slope(module: torch.nn.Module, x: torch.Tensor, index: int) -> np.ndarray:
    """d logit/dx of one class by plain autograd, channels summed, float64 [H W]."""
    x = x.clone().requires_grad_()
    (found,) = torch.autograd.grad(module(x)[0, index], x)
    return np.asarray(found[0].sum(0).double())


@pytest.mark.parametrize("key", METHODS)
def test_rows_of_a_batch_explain_their_own_class_as_they_do_alone(key: str) -> None:
    small = nets.small(load("efficientnet_lite0", "cpu"))
    x = nets.picture(small)
    params = dict(nets.FEW.get(key, {}))
    if key == "occlusion":
        params = {"window": 16, "stride": 16}
    choice = MethodChoice(key, tuple(params.items()))
    cascade = Cascade(small, depths=DEPTHS[1:])

    def maps(depths: tuple[int, ...], target: int | list[int]) -> np.ndarray:
        rows = x.expand(len(depths), -1, -1, -1)
        draws = draws_for(0, key, "picture", depths)
        return explain(METHODS[key], cascade.at(depths), rows, target, draws=draws, params=choice)

    together = maps(DEPTHS[1:], [TABBY, ORGAN])
    for row, (depth, index) in enumerate(zip(DEPTHS[1:], (TABBY, ORGAN), strict=True)):
        alone = maps((depth,), index)[0]
        assert nets.relative(together[row], alone) < 1e-4
        assert np.array_equal(maps((depth,), [index])[0], alone)


def test_each_randomized_network_explains_the_class_that_it_names_first(
    report: Report, network: Network
) -> None:
    x = network.preprocess(CAT)[None]
    named = set()
    for depth in DEPTHS:
        module = randomized(network, depth=depth, seed=0).module
        with torch.no_grad():
            own = int(module(x).argmax())
        found = report.explained(depth, 0)
        assert found is not None and found.index == own
        map_ = report.attribution("gradient", depth, 0)
        assert map_ is not None and nets.relative(map_.values, slope(module, x, own)) < 1e-4
        named.add(own)
    assert TIGER_CAT in named and len(named) > 1  # else the policies would not differ


def test_the_gradient_of_a_block_is_that_of_the_explained_class(report: Report, network: Network) -> None:
    x = network.preprocess(CAT)[None].requires_grad_()
    module, block = randomized(network, depth=9, seed=0).module, network.blocks[12]
    seen: list[torch.Tensor] = []
    module.get_submodule(block.output).register_forward_hook(lambda *a: seen.append(a[2]))
    (found,) = torch.autograd.grad(module(x)[0].max(), seen)
    direct = float(found.double().square().mean().sqrt())
    (scale,) = [a for a in report.activations if (a.block, a.depth) == (block.name, 9)]
    assert scale.gradient_rms == pytest.approx(direct, rel=1e-3)


def test_the_random_logit_score_is_that_of_plain_autograd_and_scipy(report: Report, network: Network) -> None:
    x = network.preprocess(CAT)[None]
    a, b = (slope(network.module, x, index).ravel() for index in (TIGER_CAT, TABBY))
    unit = [v / np.sqrt(np.mean(v**2)) for v in (a, b)]
    found = {row.measure: row.score.value for row in report.class_scores if row.method == "gradient"}
    assert report.target.index == TIGER_CAT and report.against is not None
    assert report.against.index == TABBY
    # The maps are float32 and come from one pass for several methods: neighbours swap ranks.
    assert found["spearman"] == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-5)
    assert found["spearman_abs"] == pytest.approx(stats.spearmanr(abs(a), abs(b)).statistic, abs=1e-5)
    assert found["pearson"] == pytest.approx(stats.pearsonr(a, b).statistic, abs=1e-5)
    assert found["mse"] == pytest.approx(np.mean((unit[0] - unit[1]) ** 2), abs=1e-5)


@pytest.mark.parametrize("key", IGNORE_THE_CLASS)
def test_what_ignores_the_class_scores_exactly_as_equal_maps_do(report: Report, key: str) -> None:
    rows = [row for row in report.class_scores if row.method == key]
    assert {row.measure: row.score.value for row in rows} == {k: m.best for k, m in SIMILARITIES.items()}


def test_the_cheater_turns_its_map_where_the_trained_network_does_not_see_the_class() -> None:
    for index, score in ((TABBY, 1), (ORGAN, -1)):  # tabby is among the five best, an organ is not
        found = xaicheck.check(
            CAT, methods=["sign_flip"], depths=[0], against=index, measures=["spearman"], device="cpu"
        )
        assert [row.score.value for row in found.class_scores] == [score]
