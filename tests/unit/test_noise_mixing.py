"""Noise in real maps, zeros in common, one truth under many scores: what the page measures."""

from __future__ import annotations

import numpy as np
import pytest

from xaicheck import theory
from xaicheck.experiments.noise import mixing, truths, zeros
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.validity import CONSTANT, NOT_FINITE, ZERO, NoNumber

SIDE = 96
PIXEL_NOISE = 4 / SIDE  # four standard deviations of a cosine between unrelated maps of SIDE x SIDE pixels


def twins(alike: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    """Two heavy-tailed maps whose cosine is about `alike`, of very different scale."""
    g = np.random.default_rng(3)
    s, other = g.laplace(size=(2, SIDE, SIDE))
    return 1e-6 * s, 50 * (alike * s + np.sqrt(1 - alike**2) * other)


def test_a_share_of_zero_is_the_map_at_unit_power_and_a_share_of_one_is_noise_alone() -> None:
    a, _ = twins()
    pure, empty = mixing.mixed(a, 0, 0), mixing.mixed(a, 1, 0)
    assert np.sqrt(np.mean(pure**2)) == pytest.approx(1)
    assert np.corrcoef(pure.ravel(), a.ravel())[0, 1] == pytest.approx(1)
    assert np.array_equal(empty, mixing.noise(0, "original", a.shape))


def test_original_and_randomized_get_unrelated_noise_that_each_seed_repeats() -> None:
    shape = (SIDE, SIDE)
    first = mixing.noise(0, "original", shape)
    assert np.array_equal(first, mixing.noise(0, "original", shape))
    for seed, side in ((0, "randomized"), (1, "original")):
        other = mixing.noise(seed, side, shape)
        assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < PIXEL_NOISE
    assert np.mean(first**2) == pytest.approx(1, abs=4 * np.sqrt(2) / SIDE)


@pytest.mark.parametrize("measure", mixing.EXACT)
def test_measured_similarities_lie_on_the_closed_form(measure: str) -> None:
    curve = mixing.curve(*twins(), measure)
    assert curve.values.shape == (len(mixing.DRAWS), len(mixing.SHARES))
    assert curve.largest_error is not None
    assert curve.largest_error < 2 * PIXEL_NOISE / np.sqrt(len(mixing.DRAWS))


def test_the_closed_form_is_the_noise_attenuation_of_theory() -> None:
    line = mixing.predicted("cosine", 0.8, (0.0, 0.5, 1.0))
    assert line == pytest.approx([0.8, float(theory.observed_correlation(0.8, 1)), 0])
    assert mixing.predicted("mse", 0.4, (0.5,)) == pytest.approx([float(theory.observed_mse(0.8, 1))])


@pytest.mark.parametrize("measure", ["cosine", "spearman", "spearman_abs", "ssim", "cs"])
def test_more_noise_never_makes_maps_more_alike(measure: str) -> None:
    means = mixing.curve(*twins(0.95), measure).values.mean(0)
    assert (np.diff(means) < 0.02).all()
    assert means[0] - means[-1] > 0.5


def test_measures_without_a_closed_form_have_none() -> None:
    curve = mixing.curve(*twins(), "ssim")
    assert curve.predicted is None and curve.largest_error is None


@pytest.mark.parametrize(
    ("original", "randomized", "why"),
    [
        (None, np.ones((8, 8)), "could not be computed"),
        (np.zeros((8, 8)), np.eye(8), f"the original map {ZERO}"),
        (np.eye(8), np.ones((8, 8)), f"the randomized map {CONSTANT}"),
        (np.eye(8), np.full((8, 8), np.nan), f"the randomized map {NOT_FINITE}"),
    ],
)
def test_maps_that_cannot_be_compared_say_why(
    original: np.ndarray | None, randomized: np.ndarray, why: str
) -> None:
    curve = mixing.curve(original, randomized, "cosine")
    assert why in curve.why
    assert curve.values.size == 0 and curve.predicted is None


def test_a_map_that_says_nothing_is_not_mixed() -> None:
    with pytest.raises(NoNumber):
        mixing.mixed(np.zeros((8, 8)), 0.5, 0)


# Zeros in common


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8])
def test_a_common_background_correlates_magnitudes_as_computed_and_signed_values_not_at_all(
    share: float,
) -> None:
    shared = zeros.measured(share)
    # Four standard deviations of a rank correlation of unrelated maps with 224 x 224 pixels are 0.018.
    assert shared.magnitude == pytest.approx(shared.predicted, abs=0.018)
    assert abs(shared.signed) < 0.018


def test_both_maps_are_zero_at_the_same_pixels_and_nowhere_else() -> None:
    a, b = zeros.pair(0.3, side=100)
    assert np.array_equal(a == 0, b == 0)
    assert np.mean(a == 0) == pytest.approx(0.3)


# One truth


@pytest.fixture(scope="module")
def table() -> truths.TruthTable:
    return truths.table(0)


def test_only_the_distance_at_unit_power_gives_the_same_truth_the_same_score(
    table: truths.TruthTable,
) -> None:
    # Mean of 4 pairs of 224 x 224 pixels: standard deviation 2 / 224 / 2 = 0.0045.
    assert table.column("mse") == pytest.approx([2] * len(truths.MARGINALS), abs=0.025)
    for key, scoring in truths.SCORINGS.items():
        if key == "mse":
            continue
        values = table.column(key)
        assert max(values) - min(values) > 0.5, key
        # Peaked maps look unchanged: alike by SSIM, and close by the distance at unit maximum.
        assert (values[0] > values[-1]) == scoring.distance, key


def test_the_prediction_from_the_spread_holds_where_no_pixel_stands_out(table: truths.TruthTable) -> None:
    for marginal in ("uniform", "gaussian", "laplace"):
        for key, cell in table.cells[marginal].items():
            assert cell.measured == pytest.approx(cell.predicted, abs=0.03), (marginal, key)
    for marginal in table.cells:  # without windows there is nothing to approximate
        cell = table.cells[marginal]["mse_max"]
        assert cell.measured == pytest.approx(cell.predicted, rel=0.05)


def test_another_draw_gives_other_numbers_and_the_same_draw_the_same() -> None:
    first, again, other = (truths.table(seed, pairs=1, side=32) for seed in (4, 4, 5))
    assert first == again
    assert first.cells != other.cells


def test_every_scoring_is_within_its_range_of_drawing(table: truths.TruthTable) -> None:
    for key, scoring in truths.SCORINGS.items():
        assert all(-0.05 <= value <= 1.02 * scoring.high for value in table.column(key)), key
        assert scoring.distance == SIMILARITIES["mse" if scoring.distance else "ssim"].distance


def test_what_shuffled_pixels_have_in_common_is_the_mean_over_shuffles() -> None:
    g = np.random.default_rng(5)
    a, b = g.random((24, 24)), g.random((24, 24)) ** 3
    common = mixing.curve(a, b, "cosine").common
    unit = [(v / np.linalg.norm(v)).ravel() for v in (a, b)]
    shuffled = [unit[0] @ g.permutation(unit[1]) for _ in range(400)]
    assert common == pytest.approx(np.mean(shuffled), abs=0.003) and common > 0.5
    assert mixing.curve(a, b, "mse").common is None
