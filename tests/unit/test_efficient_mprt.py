"""The entropy of a map and its rise: known answers, and the loophole."""

import numpy as np
import pytest

from xaicheck.randomization.efficient_mprt import BINS, entropy, entropy_rise
from xaicheck.similarity.validity import CONSTANT, NOT_FINITE, ZERO

SIDE = 224


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng((2024, seed))


def value(score) -> float:
    assert score.value is not None, score.why
    return score.value


@pytest.mark.parametrize(
    ("draw", "expected", "tolerance"),
    [
        (lambda g, s: g.uniform(-1, 1, s), np.log(BINS), 0.01),
        (lambda g, s: g.standard_normal(s), 3.88, 0.06),
        (lambda g, s: g.laplace(size=s), 3.23, 0.08),  # three standard errors of 8 draws, as above
    ],
    ids=["uniform", "normal", "Laplace"],
)
def test_the_entropy_of_noise_is_what_its_law_says(draw, expected, tolerance):
    g = rng(1)
    found = [value(entropy(draw(g, (SIDE, SIDE)))) for _ in range(8)]
    assert np.mean(found) == pytest.approx(expected, abs=tolerance)


def test_two_values_in_equal_numbers_have_one_bit():
    a = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert value(entropy(a)) == pytest.approx(np.log(2), abs=1e-15)


def test_it_is_scipys_entropy_of_numpys_histogram():
    from scipy.stats import entropy as reference

    a = rng(2).standard_t(3, (64, 48))
    assert value(entropy(a)) == pytest.approx(reference(np.histogram(a, 100)[0]), abs=1e-12)


def test_the_rise_is_the_share_of_the_entropy_before():
    a, b = rng(3).laplace(size=(64, 64)), rng(4).uniform(size=(64, 64))
    before, after = value(entropy(a)), value(entropy(b))
    assert value(entropy_rise(a, b)) == pytest.approx(after / before - 1, abs=1e-12)
    assert value(entropy_rise(a, b)) > 0.2 and value(entropy_rise(b, a)) < -0.2
    assert value(entropy_rise(a, a)) == 0


def test_permuting_the_pixels_changes_nothing_which_is_the_loophole():
    a, b = rng(5).standard_normal((SIDE, SIDE)), rng(6).uniform(size=(SIDE, SIDE))
    shuffled = rng(7).permutation(b.ravel()).reshape(b.shape)
    assert abs(value(entropy_rise(a, b)) - value(entropy_rise(a, shuffled))) < 1e-12


def test_fresh_noise_gains_nothing():
    rises = [value(entropy_rise(*rng(10 + i).standard_normal((2, SIDE, SIDE)))) for i in range(8)]
    assert abs(np.mean(rises)) < 0.03


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (np.zeros((9, 9)), ZERO),
        (np.full((9, 9), 0.3), CONSTANT),
        (np.full((9, 9), np.nan), NOT_FINITE),
    ],
)
def test_a_map_without_an_entropy_has_a_reason(bad, why):
    good = rng(8).standard_normal((9, 9))
    assert entropy(bad).value is None and entropy(bad).why == f"the map {why}"
    assert entropy_rise(bad, good).why == f"the original map {why}"
    assert entropy_rise(good, bad).why == f"the randomized map {why}"


@pytest.mark.parametrize("factor", [1e-300, 1e-40, 1e300])
def test_a_factor_changes_nothing_at_either_end_of_the_floats(factor):
    a = rng(9).standard_normal((32, 32))
    assert value(entropy(a * factor)) == pytest.approx(value(entropy(a)), abs=1e-9)
