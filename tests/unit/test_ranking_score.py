"""From maps to a ranking's numbers: each is what its own function gives, and shared work changes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

import torch  # isort: skip
from torch import nn

from xaicheck.errors import Cancelled
from xaicheck.experiments.ranking.faith import Recipe, faith
from xaicheck.experiments.ranking.networks import changed, networks
from xaicheck.experiments.ranking.score import NO_MAP, score
from xaicheck.experiments.ranking.snr import snr
from xaicheck.faithfulness import faithfulness, road
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.randomization.efficient_mprt import entropy_rise
from xaicheck.seeds import generator
from xaicheck.similarity.comparisons import against
from xaicheck.types import Comparison, Method, MethodChoice, Network

ASKED = (Comparison("ssim"), Comparison("mse", "max", "either"), Comparison("hog", sign="magnitude"))
RECIPE = Recipe(
    ("abpc", "auc_morf"), ("mean", "uniform", "inpaint"), ("softmax", "logit"), ("signed", "magnitude"), 5, 4
)
SIZE = 18  # pixels; regions of 4 pixels are cut off at the edge


def made(*shape: int, name: str) -> np.ndarray:
    return torch.randn(shape, generator=generator("test gap", name)).numpy()


def stacks(**changes: np.ndarray) -> dict[str, np.ndarray]:
    return {name: made(4, 48, 48, name=name) for name in ("a", "b")} | changes


def asked(comparison: Comparison, original: np.ndarray, randomized: np.ndarray) -> float:
    one = against(comparison.measure, original, normalisation=comparison.normalisation, sign=comparison.sign)
    return float(one(randomized))


# Similarity


def test_every_score_is_the_comparison_of_the_randomized_map_with_the_original():
    maps = stacks()
    scores = score(maps, (0, 1, 5, 9), ASKED)
    assert scores.depths == (1, 5, 9)
    for i, comparison in enumerate(ASKED):
        for row, stack in enumerate(maps.values()):
            expected = [asked(comparison, stack[0], stack[d]) for d in (1, 2, 3)]
            assert scores.similarity[i, row] == pytest.approx(expected, rel=1e-6, abs=1e-7)
    rises = [float(entropy_rise(stack[0], stack[-1])) for stack in maps.values()]
    assert scores.entropy_rise == pytest.approx(rises)
    assert scores.gone == ()


def test_a_map_that_does_not_change_with_depth_is_compared_once_and_scored_everywhere():
    still = np.repeat(made(1, 48, 48, name="still"), 4, 0)
    count = 0

    def check() -> None:
        nonlocal count
        count += 1

    scores = score({"still": still}, (0, 1, 2, 3), ASKED, check=check)
    assert scores.similarity[0].tolist() == [[1, 1, 1]]
    assert count == 3


def test_a_missing_map_is_not_a_number_with_its_reason_and_a_missing_original_takes_every_depth():
    maps = stacks()
    maps["a"][2] = np.nan
    maps["b"][0] = np.nan
    scores = score(maps, (0, 1, 5, 9), ASKED, whys={("a", 5): "it broke"})
    assert np.isnan(scores.similarity[:, 0, 1]).all()
    assert np.isfinite(scores.similarity[:, 0, [0, 2]]).all()
    assert np.isnan(scores.similarity[:, 1]).all()
    assert [(g.method, g.depth, g.why) for g in scores.gone] == [("a", 5, "it broke"), ("b", None, NO_MAP)]


def test_a_map_of_zeros_has_no_score_and_the_measure_s_own_reason():
    maps = stacks()
    maps["a"][3] = 0
    scores = score(maps, (0, 1, 5, 9), ASKED)
    assert np.isnan(scores.similarity[:, 0, 2]).all()
    assert [(g.method, g.depth) for g in scores.gone] == [("a", 9)]
    assert "zero" in scores.gone[0].why


def test_the_original_must_come_first_and_check_may_end_the_work():
    def stop() -> None:
        raise Cancelled("nobody listens")

    with pytest.raises(ValueError, match="must come first"):
        score(stacks(), (1, 2, 3, 4), ASKED)
    with pytest.raises(Cancelled):
        score(stacks(), (0, 1, 2, 3), ASKED, check=stop)


def test_all_networks_are_compared_with_each_other_and_the_trained_one_with_random_numbers_of_its_own():
    maps = [{m: made(3, 48, 48, name=f"{m}{s}") for m in ("a", "b")} for s in range(3)]
    found = networks(maps, ASKED)
    assert found.trained.shape == (3, 2, 3, 2) and found.between.shape == (3, 2, 3, 2)
    for i, comparison in enumerate(ASKED):
        for row, method in enumerate(("a", "b")):
            stacks = [own[method] for own in maps]
            pairs = [(0, 1), (0, 2), (1, 2)]
            again = [asked(comparison, stacks[a][0], stacks[b][0]) for a, b in pairs]
            assert found.again[i, row] == pytest.approx(again, rel=1e-5, abs=1e-6)
            for d in (1, 2):
                between = [asked(comparison, stacks[a][d], stacks[b][d]) for a, b in pairs]
                assert found.between[i, row, :, d - 1] == pytest.approx(between, rel=1e-5, abs=1e-6)
                trained = [asked(comparison, stacks[(s + 1) % 3][0], stacks[s][d]) for s in range(3)]
                assert found.trained[i, row, :, d - 1] == pytest.approx(trained, rel=1e-5, abs=1e-6)


def test_the_controls_made_of_maps_are_their_blurred_magnitudes_and_their_pixels_in_one_order():
    maps = [{m: made(2, 48, 48, name=f"{m}{s}") for m in ("a", "b")} for s in range(2)]
    first, second = changed(maps, ["a"])
    assert list(first) == ["blurred:a", "shuffled:a"]
    assert (first["blurred:a"] > 0).all()
    for own, made_of in zip(maps, (first, second), strict=True):
        assert np.array_equal(np.sort(own["a"], axis=None), np.sort(made_of["shuffled:a"], axis=None))
        assert not np.array_equal(own["a"], made_of["shuffled:a"])
    # One order for all maps: what two maps have in common pixel by pixel they keep.
    cosine = Comparison("cosine")
    before = asked(cosine, maps[0]["a"][0], maps[1]["a"][1])
    assert asked(cosine, first["shuffled:a"][0], second["shuffled:a"][1]) == pytest.approx(before, rel=1e-5)


# Faithfulness


class Linear(nn.Module):
    """Logits sum_p w_p x_p for every class; counts the pictures that it sees."""

    def __init__(self) -> None:
        super().__init__()
        shape = (3, 3, SIZE, SIZE)
        self.weights = torch.randn(shape, generator=generator("test gap", "weights"), dtype=torch.float64) / 9
        self.seen = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen += len(x)
        return torch.einsum("bchw,kchw->bk", x, self.weights)


def network() -> Network:
    return Network(MODELS["efficientnet_lite0"], Linear(), (), "cpu")


X = torch.randn((3, SIZE, SIZE), generator=generator("test gap", "x"), dtype=torch.float64)


def direct(values: np.ndarray, seed: int, ranking: str) -> np.ndarray:
    """What `faithfulness` itself gives, [measure fill output]."""
    results = faithfulness(
        network(), X, {"map": values}, 1, fills=RECIPE.fills, outputs=RECIPE.outputs, ranking=ranking,
        region=RECIPE.region, steps=RECIPE.steps, seed=seed, image="picture",
    )  # fmt: skip
    scores = [[float(result.score(measure)) for result in results] for measure in RECIPE.measures]
    return np.array(scores).reshape(2, 3, 2)


def test_curves_that_are_shared_are_those_that_each_map_has_of_its_own():
    signed, ties = made(SIZE, SIZE, name="signed"), np.maximum(made(SIZE, SIZE, name="ties") - 2.6, 0)
    noisy = [made(SIZE, SIZE, name="n0"), made(SIZE, SIZE, name="n1")]
    maps = {"signed": [signed, signed], "ties": [ties, ties], "noisy": noisy}
    shared = faith(network(), X, maps, 1, RECIPE, seeds=(3, 7), image="picture")
    for row, own in enumerate(maps.values()):
        for column, seed in enumerate((3, 7)):
            for at, ranking in enumerate(RECIPE.rankings):
                values = shared.scores[:, :, :, at, row, column]
                assert values == pytest.approx(direct(own[column], seed, ranking), rel=1e-6, abs=1e-7)
    # Fills without random numbers: the seeds differ where ties or maps do, and nowhere else.
    fixed = shared.scores[:, [0, 2]]
    assert np.array_equal(fixed[..., 0, 0], fixed[..., 0, 1])
    assert not np.array_equal(fixed[..., 1, 0], fixed[..., 1, 1])
    assert not np.array_equal(shared.scores[:, 1, :, :, 0, 0], shared.scores[:, 1, :, :, 0, 1])


def test_road_has_one_number_whatever_fill_and_output_the_other_measures_have():
    """It is that of `road`; a recipe without it has the same other numbers."""
    recipe = replace(RECIPE, measures=("road_probability", "abpc", "road_accuracy"))
    maps = {"a": [made(SIZE, SIZE, name="a")] * 2, "b": [made(SIZE, SIZE, name=f"b{i}") for i in (0, 1)]}
    given = faith(network(), X, maps, 1, recipe, seeds=(3, 7), image="picture").scores
    alone = faith(network(), X, maps, 1, replace(recipe, measures=("abpc",)), seeds=(3, 7), image="picture")
    assert np.array_equal(given[1], alone.scores[0])
    for row, own in enumerate(maps.values()):
        for column, seed in enumerate((3, 7)):
            for at, ranking in enumerate(recipe.rankings):
                (direct,) = road(
                    network(), X, {"map": own[column]}, 1, ranking=ranking, seed=seed, image="picture"
                )
                for m, key in ((0, "road_probability"), (2, "road_accuracy")):
                    numbers = given[m, :, :, at, row, column]
                    assert numbers == pytest.approx(np.full((3, 2), float(direct.score(key))), abs=1e-6)


def test_one_order_of_removal_costs_its_passes_once():
    positive = np.abs(made(SIZE, SIZE, name="positive")) + 0.1
    recipe = Recipe(("abpc",), ("mean",), ("softmax",), ("signed", "magnitude"), 5, 6)
    one, many = network(), network()
    faith(one, X, {"a": [positive]}, 1, recipe, seeds=(0,), image="picture")
    faith(
        many,
        X,
        {"a": [positive] * 3, "twice": [2 * positive] * 3},
        1,
        recipe,
        seeds=(0, 1, 2),
        image="picture",
    )
    assert (
        one.module.seen == many.module.seen == 2 + 2 * 4
    )  # nothing and all removed; two orders of four steps


def test_a_map_that_is_missing_or_not_finite_has_no_faithfulness_and_a_reason():
    broken = made(SIZE, SIZE, name="broken")
    broken[0, 0] = np.inf
    maps = {"none": [None, made(SIZE, SIZE, name="there")], "broken": [broken, broken]}
    result = faith(network(), X, maps, 1, RECIPE, seeds=(0, 1), image="picture")
    assert np.isnan(result.scores[..., 0, 0]).all()
    assert np.isfinite(result.scores[..., 0, 1]).all()
    assert np.isnan(result.scores[..., 1, :]).all()
    assert [(method, seed) for method, seed, _ in result.gone] == [("none", 0), ("broken", 0), ("broken", 1)]
    assert result.gone[0][2] == NO_MAP
    assert "not finite" in result.gone[1][2]


def test_check_is_called_before_every_pass_and_ends_the_work():
    def stop() -> None:
        raise Cancelled("nobody listens")

    own = network()
    with pytest.raises(Cancelled):
        faith(own, X, {"a": [made(SIZE, SIZE, name="a")]}, 1, RECIPE, seeds=(0,), image="picture", check=stop)
    assert own.module.seen == 0


# Noise of the maps

BOARD = (torch.arange(224) // 16 % 2).float().expand(3, 224, 224)  # stripes: their edges outshine the noise


def test_fixed_noise_has_no_noise_of_its_own_and_fresh_noise_has_nothing_else():
    choices = [MethodChoice(key) for key in ("fixed_noise", "fresh_noise", "sobel")]
    fixed, fresh, edges = snr(network(), BOARD, 1, choices, seed=0, image="picture")
    assert fixed == np.inf
    assert fresh < 0.01  # the correlation of independent maps of 224 x 224 has an sd of 1/224
    assert 1 < edges < np.inf


def test_the_ratio_is_that_of_one_noisy_map(monkeypatch):
    """A method that adds noise of a tenth of the signal's power to a fixed map has a ratio of 10."""
    signal = torch.randn((1, 224, 224), generator=generator("test gap", "signal"))

    def noisy(network, x, target, *, rng):
        noise = [torch.randn(1, 224, 224, generator=rng.row(i)) for i in range(len(x))]
        return signal + torch.stack(noise) / 10**0.5

    method = Method("noisy", "Noisy", "", "", noisy, stochastic=True)
    monkeypatch.setattr("xaicheck.experiments.ranking.snr.METHODS", {"noisy": method})
    ratios = snr(network(), BOARD, 1, [MethodChoice("noisy")], seed=0, image="picture")
    # r = 40/41 over 50 176 pixels: its sd is (1 - r^2) / 224 = 2e-4; the ratio's is 420 times that, 0.09.
    assert ratios[0] == pytest.approx(10, abs=0.4)


def test_a_method_that_fails_has_no_ratio_and_the_others_have_theirs(monkeypatch):
    def broken(network, x, target, *, rng):
        raise RuntimeError("no such layer")

    method = Method("broken", "Broken", "", "", broken)
    monkeypatch.setattr("xaicheck.experiments.ranking.snr.METHODS", {**METHODS, "broken": method})
    choices = [MethodChoice("broken"), MethodChoice("fixed_noise")]
    ratios = snr(network(), BOARD, 1, choices, seed=0, image="picture")
    assert np.isnan(ratios[0])
    assert ratios[1] == np.inf
