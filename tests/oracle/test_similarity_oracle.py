"""The similarity measures against SciPy and scikit-image."""

import numpy as np
import pytest
import scipy.stats
from scipy.ndimage import gaussian_filter
from skimage.metrics import structural_similarity

from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.ranks import average_ranks

spearman, spearman_abs, pearson, cosine, mse, ssim, cs = (
    SIMILARITIES[key].fn for key in ("spearman", "spearman_abs", "pearson", "cosine", "mse", "ssim", "cs")
)


def pairs() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    g = np.random.default_rng(1148)
    a, b = g.standard_normal((2, 96, 80))
    sparse = np.where(g.random((96, 80)) < 0.02, a, 0)
    return {
        "independent": (a, b),
        "correlated": (a, a + b),
        "float32": (a.astype(np.float32), (a - b).astype(np.float32)),
        "smooth": (gaussian_filter(a, 4), gaussian_filter(a + b, 4)),
        "offset": (a + 5, b * 3 - 2),
        "heavy tails": (g.standard_t(2, (96, 80)), g.standard_t(2, (96, 80))),
        "many ties": (np.round(a), np.round(a + b)),
        "sparse": (sparse, sparse + 0.1 * np.where(sparse != 0, b, 0)),
        "sign flipped": (a, -a + 0.1 * b),
        "window-sized": (a[:7, :7], b[:7, :7]),
    }


PAIRS = pairs()


def normalised(a: np.ndarray) -> np.ndarray:
    a = a.astype(np.float64)
    return a / np.sqrt(np.mean(a**2))


@pytest.mark.parametrize("name", PAIRS)
def test_rank_correlations_equal_scipys(name):
    a, b = PAIRS[name]
    assert spearman(a, b).value == pytest.approx(scipy.stats.spearmanr(a, b, axis=None)[0], abs=1e-12)
    expected = scipy.stats.spearmanr(np.abs(a), np.abs(b), axis=None)[0]
    assert spearman_abs(a, b).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64])
def test_average_ranks_are_exactly_scipys_at_every_corner_of_a_number_type(dtype):
    g = np.random.default_rng(7)
    values = (g.standard_normal((60, 50)) * 100).astype(dtype)
    values[g.random(values.shape) < 0.3] = 0
    if values.dtype.kind == "f":
        ends = np.finfo(dtype)
        corners = [-0.0, 0.0, ends.max, -ends.max, ends.tiny, -ends.tiny, ends.smallest_subnormal]
        values.flat[: 3 * len(corners)] = np.tile(np.array([*corners], dtype), 3)
    given = values[::2]  # not in one piece
    expected = scipy.stats.rankdata(given, axis=None) - (given.size + 1) / 2
    assert np.array_equal(average_ranks(given).ravel(), expected)


@pytest.mark.parametrize("name", PAIRS)
def test_correlation_and_cosine_equal_scipys(name):
    a, b = (m.astype(np.float64) for m in PAIRS[name])
    assert pearson(a, b).value == pytest.approx(scipy.stats.pearsonr(a.ravel(), b.ravel())[0], abs=1e-12)
    expected = 1 - scipy.spatial.distance.cosine(a.ravel(), b.ravel())
    assert cosine(a, b).value == pytest.approx(expected, abs=1e-12)
    assert mse(a, b).value == pytest.approx(np.mean((normalised(a) - normalised(b)) ** 2), abs=1e-12)


@pytest.mark.parametrize("name", PAIRS)
def test_ssim_equals_scikit_images_on_normalised_maps(name):
    a, b = PAIRS[name]
    expected = structural_similarity(normalised(a), normalised(b), win_size=7, data_range=1.0)
    assert ssim(a, b).value == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", PAIRS)
def test_the_structure_term_equals_windows_taken_one_by_one(name):
    a, b = (normalised(m) for m in PAIRS[name])
    shape = (7, 7)
    wa = np.lib.stride_tricks.sliding_window_view(a, shape).reshape(-1, 49)
    wb = np.lib.stride_tricks.sliding_window_view(b, shape).reshape(-1, 49)
    da, db = wa - wa.mean(1, keepdims=True), wb - wb.mean(1, keepdims=True)
    terms = (2 * (da * db).sum(1) / 48 + 9e-4) / (((da**2).sum(1) + (db**2).sum(1)) / 48 + 9e-4)
    assert cs(*PAIRS[name]).value == pytest.approx(terms.mean(), abs=1e-9)
