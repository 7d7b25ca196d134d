"""How often the intervals hold the truth, on scores made with a known one.

Seeds crossed with images: score = truth + seed effect + image effect + rest. The seed effect is largest, as
random weights shared by all images make it. 300 repeats of 10 seeds by 50 images at a nominal 95 %.
"""

import numpy as np
import pytest

from xaicheck.statistics import ScoreTable, draw, mean_interval, pair_signs, rank_gap, tau_b, tau_null_sd

REPEATS, SEEDS, IMAGES = 300, 10, 50
TRUTH = 1.3
SEED_SD, IMAGE_SD, REST_SD = 0.5, 0.2, 0.3


@pytest.fixture(scope="module")
def repeats() -> np.ndarray:
    """Independent repeats of the design, [repeat seed image]."""
    g = np.random.default_rng(20)
    return (
        TRUTH
        + SEED_SD * g.standard_normal((REPEATS, SEEDS, 1))
        + IMAGE_SD * g.standard_normal((REPEATS, 1, IMAGES))
        + REST_SD * g.standard_normal((REPEATS, SEEDS, IMAGES))
    )


def test_the_t_interval_over_seeds_covers_as_often_as_it_says(repeats: np.ndarray) -> None:
    found = [mean_interval(scores) for scores in repeats]
    covered = np.mean([i.low <= TRUTH <= i.high for i in found])
    assert 0.91 <= covered <= 0.98, covered


def test_nested_percentiles_cover_somewhat_less_often(repeats: np.ndarray) -> None:
    # The repeats stand where the methods stand: they share the draws, but no data.
    names = tuple(str(i) for i in range(REPEATS))
    table = ScoreTable(names, tuple(str(i) for i in range(IMAGES)), repeats, low_is_better=True)
    low, high = np.quantile(draw(table).means(table), [0.025, 0.975], axis=0)
    covered = np.mean((low <= TRUTH) & (high >= TRUTH))
    assert 0.84 <= covered <= 0.94, covered


def test_intervals_from_images_alone_fail_to_cover(repeats: np.ndarray) -> None:
    # What is not on offer, made here by hand: the images' means taken for independent replicates.
    by_image = repeats.mean(1)
    half = 1.96 * by_image.std(axis=1, ddof=1) / np.sqrt(IMAGES)
    covered = np.mean(np.abs(by_image.mean(1) - TRUTH) <= half)
    assert covered < 0.5, covered


def test_tau_of_unrelated_orders_spreads_as_the_formula_says() -> None:
    g = np.random.default_rng(21)
    a, b = g.standard_normal((2, 20_000, 8))
    assert tau_b(pair_signs(a), pair_signs(b)).std() == pytest.approx(0.289, abs=0.01)
    assert tau_null_sd(8) == pytest.approx(0.289, abs=0.01)


def test_the_interval_of_tau_holds_the_tau_of_the_true_means() -> None:
    # 8 methods whose true orders differ by two neighbours: 2 of 28 pairs, tau 6/7. Percentiles of a statistic
    # with an upper bound and steps: it must hold the truth in most repeats, that is asserted, not 95 %.
    g = np.random.default_rng(22)
    names, images = tuple("abcdefgh"), tuple(str(i) for i in range(IMAGES))
    level = np.arange(8.0)
    other = level[[1, 0, 2, 3, 5, 4, 6, 7]]
    held = 0
    for _ in range(40):
        noise = 0.8 * g.standard_normal((8, SEEDS, 1)) + 0.5 * g.standard_normal((8, SEEDS, IMAGES))
        first = ScoreTable(names, images, level[:, None, None] + noise, low_is_better=True)
        faithful = -other[:, None, None] + 0.5 * g.standard_normal((8, 1, IMAGES))
        second = ScoreTable(names, images, faithful, low_is_better=False, seeded=False)
        tau = rank_gap(first, second, n_draws=500).tau
        held += tau.low - 1e-9 <= 6 / 7 <= tau.high + 1e-9
    assert held >= 34, held
