"""Every measure under every normalisation and sign, against SciPy, scikit-image and windows done by hand."""

import itertools

import numpy as np
import pytest
import scipy.stats
from scipy.ndimage import gaussian_filter
from skimage.feature import hog as reference_hog
from skimage.metrics import structural_similarity

from xaicheck.similarity.comparisons import against, compare
from xaicheck.similarity.hog import hog
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.similarity.pair import ssim_at
from xaicheck.types import Comparison

SIDE = 224


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng((1148, seed))


def pairs() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    g = rng(0)
    a, b = g.standard_normal((2, 96, 80))
    soft, other = gaussian_filter(a, 4), gaussian_filter(b, 3)
    rectified = np.maximum(soft, np.quantile(soft, 0.6))
    return {
        "independent": (a, b),
        "correlated float32": (a.astype(np.float32), (a + b).astype(np.float32)),
        "smooth": (soft, 0.4 * soft + other),
        "offset": (a + 5, b * 3 - 2),
        "heavy tails": (g.standard_t(2, (96, 80)), g.standard_t(2, (96, 80))),
        "rectified": (rectified - rectified.min(), np.maximum(other, 0)),
        "flipped": (soft, -soft + 0.1 * other),
        "a thousand times weaker": (a, 1e-3 * (a + b)),
    }


PAIRS = pairs()
DONE = {
    "none": lambda m: m,
    "max": lambda m: m / np.abs(m).max(),
    "minmax": lambda m: (m - m.min()) / (m.max() - m.min()),
    "second_moment": lambda m: m / np.sqrt(np.mean(m**2)),
}


def structure(a: np.ndarray, b: np.ndarray, data_range: float) -> float:
    """The contrast-structure term, window by window."""
    c2 = (0.03 * data_range) ** 2
    wa, wb = (np.lib.stride_tricks.sliding_window_view(m, (7, 7)).reshape(-1, 49) for m in (a, b))
    da, db = wa - wa.mean(1, keepdims=True), wb - wb.mean(1, keepdims=True)
    return float(np.mean((2 * (da * db).sum(1) / 48 + c2) / (((da**2).sum(1) + (db**2).sum(1)) / 48 + c2)))


def edges(m: np.ndarray) -> np.ndarray:
    return reference_hog((m - m.min()) / (m.max() - m.min()), 9, (16, 16), (3, 3))


def strongest(m: np.ndarray) -> np.ndarray:
    return m > np.sort(m, axis=None)[-round(0.1 * m.size) - 1]


def joint(a: np.ndarray, b: np.ndarray) -> float:
    return max(a.max(), b.max()) - min(a.min(), b.min())


def plain(measure: str, a: np.ndarray, b: np.ndarray, data_range: float) -> float:
    """A measure of two maps that are normalised already, by other means than the program's."""
    by_hand = {
        "spearman": lambda: scipy.stats.spearmanr(a, b, axis=None)[0],
        "pearson": lambda: scipy.stats.pearsonr(a.ravel(), b.ravel())[0],
        "cosine": lambda: 1 - scipy.spatial.distance.cosine(a.ravel(), b.ravel()),
        "mse": lambda: np.mean((a - b) ** 2),
        "ssim": lambda: structural_similarity(a, b, win_size=7, data_range=data_range),
        "cs": lambda: structure(a, b, data_range),
        "hog": lambda: scipy.stats.spearmanr(edges(a), edges(b))[0],
        "topk": lambda: (strongest(a) & strongest(b)).sum() / max(strongest(a).sum(), strongest(b).sum()),
    }
    return float(by_hand[measure]())


def reference(comparison: Comparison, a: np.ndarray, b: np.ndarray) -> float:
    """What the comparison is by definition: first the sign, then the normalisation, then the measure."""
    measure, sign = comparison.measure, comparison.sign
    if measure == "spearman_abs":
        measure, sign = "spearman", "magnitude"
    done = DONE[comparison.normalisation]
    a, b = a.astype(np.float64), b.astype(np.float64)
    others = {"signed": [b], "magnitude": [np.abs(b)], "either": [b, -b]}[sign]
    first = done(np.abs(a) if sign == "magnitude" else a)
    found = []
    for other in map(done, others):
        data_range = joint(first, other) if comparison.normalisation == "none" else 1.0
        found.append(plain(measure, first, other, data_range))
    return min(found) if measure == "mse" else max(found)


EVERY = [Comparison(*parts) for parts in itertools.product(SIMILARITIES, NORMALISATIONS, SIGNS)]


@pytest.mark.parametrize("name", PAIRS)
def test_every_comparison_is_its_definition_and_so_is_the_one_that_stands_for_it(name):
    a, b = PAIRS[name]
    found = compare(a, EVERY)(b)
    off = {}
    for comparison, score in zip(EVERY, found, strict=True):
        if comparison.measure == "topk" and score.value is None:
            continue  # more than a tenth of the rectified map's negative ties
        assert score.value is not None, (comparison, score.why)
        difference = abs(score.value - reference(comparison, a, b))
        # One HOG bin in a thousand may change its rank in the last bit.
        if difference > (1e-5 if comparison.measure == "hog" else 1e-9):
            off[comparison] = difference
    assert not off


def test_one_at_a_time_and_all_at_once_agree():
    a, b = PAIRS["smooth"]
    found = compare(a, EVERY)(b)
    for one, score in zip(EVERY, found, strict=True):
        alone = against(one.measure, a, normalisation=one.normalisation, sign=one.sign)(b)
        assert alone.value == pytest.approx(score.value, abs=1e-9), one


@pytest.mark.parametrize("shape", [(96, 80), (224, 224), (50, 61), (48, 48)])
@pytest.mark.parametrize("soft", [0, 3])
def test_hog_vectors_equal_scikit_images(shape, soft):
    a = rng(1).standard_normal(shape)
    a = gaussian_filter(a, soft) if soft else a
    assert np.abs(hog(a) - edges(a)).max() < 1e-6  # scikit-image keeps its histograms in float32
    assert np.abs(hog(-a) - hog(a)).max() < 1e-12


def laplace(g: np.random.Generator) -> np.ndarray:
    return g.laplace(size=(SIDE, SIDE))


def sparse(g: np.random.Generator) -> np.ndarray:
    return g.standard_normal((SIDE, SIDE)) * (g.random((SIDE, SIDE)) < 0.01)


# Unrelated maps, so the change is total in every row. Mean of 4 pairs: squared distance at unit power and by
# the largest magnitude; SSIM at unit power with the joint range, from 0 to 1 with L = 1 and L = 2, and of
# magnitudes by the largest.
ROWS = {
    "uniform": (lambda g: g.uniform(-1, 1, (SIDE, SIDE)), (1.999, 0.666, 0.001, 0.006, 0.022, 0.006)),
    "normal": (lambda g: g.standard_normal((SIDE, SIDE)), (1.995, 0.106, 0.011, 0.033, 0.116, 0.025)),
    "Laplace": (laplace, (1.996, 0.035, 0.049, 0.093, 0.284, 0.054)),
    "Student t, 3": (
        lambda g: g.standard_t(3, (SIDE, SIDE)),
        (2.000, 0.001, 0.717, 0.588, 0.769, 0.581),
    ),
    "1 % sparse": (sparse, (2.003, 0.002, 0.746, 0.758, 0.887, 0.595)),
}
# The largest of 50 176 values sets the scale; under heavy tails it varies from draw to draw. Three standard
# errors of the difference of two means of 4 pairs, measured over 40 pairs (Student t: 0.07 a mean).
SLACK = {"Student t, 3": 0.3, "1 % sparse": 0.04, "Laplace": 0.05}
TABLE = (
    lambda a, b: against("mse", a)(b).value,
    lambda a, b: against("mse", a, normalisation="max")(b).value,
    lambda a, b: ssim_at(a, b, normalisation="second_moment", data_range=None),
    lambda a, b: against("ssim", a, normalisation="minmax")(b).value,
    lambda a, b: ssim_at(a, b, normalisation="minmax", data_range=2),
    lambda a, b: against("ssim", a, normalisation="max", sign="magnitude")(b).value,
)


@pytest.fixture(scope="module")
def table() -> dict[str, np.ndarray]:
    found = {}
    for number, (name, (draw, _)) in enumerate(ROWS.items()):
        g = rng(100 + number)
        drawn = [(draw(g), draw(g)) for _ in range(4)]
        found[name] = np.mean([[column(a, b) for column in TABLE] for a, b in drawn], axis=0)
    return found


@pytest.mark.parametrize("name", ROWS)
def test_one_total_change_has_six_scores(name, table):
    assert table[name] == pytest.approx(ROWS[name][1], abs=SLACK.get(name, 0.02))


def test_only_the_distance_at_unit_power_gives_every_marginal_the_same_score(table):
    spread = np.ptp(np.array(list(table.values())), axis=0)
    assert spread[0] < 0.05
    assert np.all(spread[1:] > 0.5)


@pytest.mark.parametrize("data_range", [0.5, 2.0])
def test_ssim_at_any_data_range_equals_scikit_images(data_range):
    a, b = PAIRS["smooth"]
    for key in ("max", "minmax", "second_moment"):
        expected = structural_similarity(DONE[key](a), DONE[key](b), win_size=7, data_range=data_range)
        assert ssim_at(a, b, normalisation=key, data_range=data_range) == pytest.approx(expected, abs=1e-9)
