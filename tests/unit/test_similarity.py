"""What the similarity measures must say on maps whose answer is known."""

import pickle

import numpy as np
import pytest

from xaicheck.similarity.comparisons import against
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.validity import CONSTANT, NOT_FINITE, ZERO

KEYS = ("spearman", "spearman_abs", "pearson", "cosine", "mse", "ssim", "cs")
spearman, spearman_abs, pearson, cosine, mse, ssim, cs = (SIMILARITIES[key].fn for key in KEYS)
SIDE = 224


def rng(*parts: int) -> np.random.Generator:
    return np.random.default_rng((2211, *parts))


def gaussian(seed: int, side: int = SIDE) -> np.ndarray:
    return rng(seed).standard_normal((side, side))


def smooth(seed: int) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(gaussian(seed, 64), 6)


def value(score) -> float:
    assert score.value is not None, score.why
    return score.value


def one_hot() -> np.ndarray:
    peak = np.zeros((32, 32))
    peak[7, 9] = 3.0
    return peak


ORDINARY = {
    "gaussian float64": gaussian(1, 64),
    "gaussian float32": gaussian(2, SIDE).astype(np.float32),
    "gaussian float16": gaussian(2, 32).astype(np.float16),
    "smooth": smooth(3),
    "one peak": one_hot(),
    "mostly ties": (rng(4).random((40, 50)) > 0.9).astype(np.float32),
    "integers": rng(5).integers(-9, 9, (30, 31)),
    "oblong": rng(6).standard_normal((7, 300)),
    "offset": 1e6 + gaussian(7, 32),
    "huge": gaussian(8, 32) * 1e300,
    "nearly the largest float64": np.where(gaussian(9, 32) > 0, 1.7e308, -1.7e308) * rng(9).random((32, 32)),
    "largest float32": np.where(gaussian(10, 32) > 0, np.finfo(np.float32).max, -1).astype(np.float32),
    "float32 subnormal": (gaussian(11, 32) * 1e-40).astype(np.float32),
    "float64 subnormal": gaussian(12, 32) * 1e-310,
    "both ends at once": np.where(gaussian(13, 32) > 0, 1e300, 1e-300) * gaussian(14, 32),
}


def test_the_rank_correlation_is_the_default_and_only_the_squared_distance_is_a_distance():
    assert next(iter(SIMILARITIES)) == "spearman" and {*KEYS, "hog", "topk"} <= set(SIMILARITIES)
    assert [key for key, measure in SIMILARITIES.items() if measure.distance] == ["mse"]


@pytest.mark.parametrize("key", SIMILARITIES)
def test_each_measure_documents_formula_source_departures_and_gaps(key):
    text = SIMILARITIES[key].fn.__doc__
    assert all(f"{heading}:" in text for heading in ("Formula", "Source", "Differs", "Undefined when"))


@pytest.mark.parametrize("name", ORDINARY)
@pytest.mark.parametrize("key", KEYS)
def test_a_map_against_a_copy_of_itself_has_exactly_the_best_value(key, name):
    measure, a = SIMILARITIES[key], ORDINARY[name]
    score = measure.fn(a, a.copy(order="F"))  # same content, other memory layout
    assert score.value == measure.best and score.why == ""


@pytest.mark.parametrize("name", ORDINARY)
@pytest.mark.parametrize("key", KEYS)
def test_every_value_is_finite_and_in_the_declared_range(key, name):
    measure, a = SIMILARITIES[key], ORDINARY[name]
    other = rng(99).standard_normal(a.shape)
    for b in (other, -np.asarray(a, dtype=np.float64), other * 1e-200, other * 1e200):
        for score in (measure.fn(a, b), measure.fn(b, a)):
            assert measure.low <= value(score) <= measure.high


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("factor", [1e-40, 1e-300, 3.0, 1e38, 1e300])
def test_a_positive_factor_changes_nothing(key, factor):
    a, b = gaussian(20, 48), gaussian(20, 48) + gaussian(21, 48)
    plain, measure = value(SIMILARITIES[key].fn(a, b)), SIMILARITIES[key].fn
    # A factor that is not a power of two rounds each value once (1e-16); 1e-300 keeps that precision.
    assert value(measure(a, b * factor)) == pytest.approx(plain, abs=1e-13)
    assert value(measure(a * factor, b)) == pytest.approx(plain, abs=1e-13)


@pytest.mark.parametrize("key", KEYS)
def test_the_measures_are_symmetric(key):
    a, b = gaussian(22, 48), smooth(22)[:48, :48]
    assert value(SIMILARITIES[key].fn(a, b)) == pytest.approx(value(SIMILARITIES[key].fn(b, a)), abs=1e-14)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (np.zeros((16, 16)), ZERO),
        (np.full((16, 16), -0.0), ZERO),
        (np.full((16, 16), 0.3), CONSTANT),
        (np.full((16, 16), 1e300), CONSTANT),
        (np.full((16, 16), 1e-40, dtype=np.float32), CONSTANT),
        (np.full((16, 16), 7), CONSTANT),
        (np.where(np.eye(16) > 0, np.nan, 1.0), NOT_FINITE),
        (np.where(np.eye(16) > 0, np.inf, 1.0), NOT_FINITE),
        (np.where(np.eye(16) > 0, -np.inf, 1.0), NOT_FINITE),
        (np.full((16, 16), np.nan), NOT_FINITE),
    ],
)
def test_a_map_that_says_nothing_has_no_number_but_a_reason(key, bad, why, side):
    good = gaussian(23, 16)
    score = SIMILARITIES[key].fn(bad, good) if side == 0 else SIMILARITIES[key].fn(good, bad)
    assert score.value is None
    assert score.why == f"the {('original', 'randomized')[side]} map {why}"
    assert np.isnan(float(score))


@pytest.mark.parametrize("key", KEYS)
def test_two_equal_constant_maps_are_undefined_and_not_alike(key):
    assert SIMILARITIES[key].fn(np.ones((9, 9)), np.ones((9, 9))).value is None


def test_a_constant_map_that_was_interpolated_is_still_constant():
    jitter = np.nextafter(np.float32(0.3), np.float32(1))
    a = np.where(gaussian(24, 16) > 0, np.float32(0.3), jitter)
    assert spearman(a, gaussian(25, 16)).why == f"the original map {CONSTANT}"
    # ... while in float64 the same step is ten million roundings wide, and counts.
    assert spearman(a.astype(np.float64), gaussian(25, 16)).value is not None


def test_constant_magnitudes_have_no_rank_correlation_of_magnitudes():
    signs = np.where(gaussian(26, 16) > 0, 1.0, -1.0)
    assert spearman_abs(signs, gaussian(27, 16)).value is None
    assert spearman(signs, signs).value == 1.0


@pytest.mark.parametrize("key", KEYS)
def test_maps_of_different_shapes_raise_even_where_there_is_no_number(key):
    with pytest.raises(ValueError, match=r"different shapes: \(8, 9\) and \(9, 8\)"):
        SIMILARITIES[key].fn(np.zeros((8, 9)), np.ones((9, 8)))


@pytest.mark.parametrize("key", KEYS)
def test_an_empty_map_has_no_number(key):
    assert SIMILARITIES[key].fn(np.zeros((0, 0)), np.zeros((0, 0))).value is None


@pytest.mark.parametrize("key", ["ssim", "cs"])
def test_a_map_smaller_than_the_window_has_no_number(key):
    a = gaussian(28, 16)
    score = SIMILARITIES[key].fn(a[:6], a[:6])
    assert score.value is None and "7 × 7" in score.why
    assert SIMILARITIES[key].fn(a[:7], a[:7]).value == 1.0


@pytest.mark.parametrize("key", ["ssim", "cs"])
def test_windows_need_two_dimensions(key):
    with pytest.raises(ValueError, match="two dimensions"):
        SIMILARITIES[key].fn(np.arange(100.0), np.arange(100.0))


@pytest.mark.parametrize("key", KEYS)
def test_the_maps_are_left_as_they_were(key):
    a, b = gaussian(29, 16), gaussian(30, 16)
    before = a.copy(), b.copy()
    a.setflags(write=False)
    SIMILARITIES[key].fn(a, b)
    assert np.array_equal(a, before[0]) and np.array_equal(b, before[1])


@pytest.mark.parametrize("key", KEYS)
def test_a_prepared_original_gives_the_same_scores(key):
    a = gaussian(31, 32)
    prepared = against(key, a)
    for b in (a, gaussian(32, 32), np.zeros((32, 32)), -a):
        assert prepared(b) == SIMILARITIES[key].fn(a, b)


def test_ranks_do_not_see_a_monotone_change_that_crosses_the_whole_range_of_floats():
    a = gaussian(33, 64)
    # 1e-260 to 1e260 and more: scaled to a maximum of 1, half of the values would tie at 0.
    tiny_and_huge = np.sign(a) * np.exp(np.clip((np.abs(a) - 2) * 300, -650, 650))
    assert np.unique(tiny_and_huge).size > 0.99 * a.size
    assert value(spearman(a, tiny_and_huge)) > 0.999999  # the few clipped ones tie
    assert value(spearman(a, -tiny_and_huge)) < -0.999999
    assert value(spearman_abs(a, -tiny_and_huge)) > 0.999999


def test_a_large_offset_does_not_cost_the_correlation_its_digits():
    a, b = gaussian(34, 64), gaussian(35, 64)
    offset = np.ldexp(1.0, 20)  # the sum is rounded to 2**-33, so six digits of the correlation stay
    assert value(pearson(a + offset, b)) == pytest.approx(value(pearson(a, b)), abs=1e-9)
    assert value(pearson(a, a + offset)) == pytest.approx(1, abs=1e-12)
    # Here the mean itself is rounded by up to 0.03, which a single centring would leave in.
    steps = np.where(a > 0.4, 1.0, 0.0)
    assert value(pearson(steps, steps + np.ldexp(1.0, 48))) == pytest.approx(1, abs=1e-12)


# Known answers.


@pytest.mark.parametrize("seed", range(5))
def test_second_moment_mse_is_two_minus_two_cosines(seed):
    a = gaussian(seed, 64)
    for b in (gaussian(seed + 50, 64), a + gaussian(seed + 60, 64), np.abs(a), a**3):
        assert value(mse(a, b)) == pytest.approx(2 - 2 * value(cosine(a, b)), abs=1e-10)


def test_opposite_maps_are_four_apart():
    a = gaussian(40)
    assert value(mse(a, -a)) == pytest.approx(4, abs=1e-12)
    assert value(cosine(a, -a)) == value(pearson(a, -a)) == value(spearman(a, -a)) == -1
    assert value(spearman_abs(a, -a)) == 1


def test_ssim_is_blind_to_a_flipped_sign_and_its_structure_term_is_not():
    noise, soft = gaussian(41), smooth(41)
    assert value(cs(noise, -noise)) < -0.99
    assert value(ssim(noise, -noise)) > 0.8
    assert value(cs(soft, -soft)) < -0.9
    assert value(ssim(soft, -soft)) > 0.8


@pytest.mark.parametrize(
    ("draw", "expected", "tolerance"),
    [
        (lambda g, s: g.standard_normal(s), 2.0, 0.008),
        (lambda g, s: np.abs(g.standard_normal(s)), 2 - 4 / np.pi, 0.01),
        (lambda g, s: np.abs(g.uniform(-1, 1, s)), 0.5, 0.01),
        (lambda g, s: np.abs(g.laplace(size=s)), 1.0, 0.02),
    ],
    ids=["signed normal", "abs normal", "abs uniform", "abs Laplace"],
)
def test_independent_maps_are_as_far_apart_as_their_marginal_says(draw, expected, tolerance):
    g = rng(42)
    pairs = [(draw(g, (SIDE, SIDE)), draw(g, (SIDE, SIDE))) for _ in range(20)]
    assert np.mean([value(mse(a, b)) for a, b in pairs]) == pytest.approx(expected, abs=tolerance)


def test_independent_maps_have_no_structural_similarity():
    g = rng(43)
    scores = [value(ssim(*g.standard_normal((2, SIDE, SIDE)))) for _ in range(10)]
    assert abs(np.mean(scores)) < 0.01


@pytest.mark.parametrize("p", [0.2, 0.5, 0.8])
def test_a_shared_background_alone_gives_a_high_rank_correlation_of_magnitudes(p):
    g = rng(44)
    a, b = g.standard_normal((2, 100, 200))
    background = g.permutation(a.size).reshape(a.shape) < p * a.size
    a[background] = b[background] = 0
    assert value(spearman_abs(a, b)) == pytest.approx(3 * p / (3 * p + (1 - p) ** 2), abs=0.01)
    assert abs(value(spearman(a, b))) < 0.03


@pytest.mark.parametrize(("snr", "correlation"), [(0.1, 0.0727), (1, 0.4), (100, 0.792)])
def test_noise_in_the_maps_attenuates_the_correlation(snr, correlation):
    g = rng(45)
    signal, other, *noise = g.standard_normal((4, SIDE, SIDE))
    second = 0.8 * signal + 0.6 * other  # correlated 0.8 with the first
    a, b = signal + noise[0] / np.sqrt(snr), second + noise[1] / np.sqrt(snr)
    assert value(pearson(a, b)) == pytest.approx(correlation, abs=0.02)
    assert value(mse(a, b)) == pytest.approx(2 - 2 * correlation, abs=0.03)


@pytest.mark.parametrize("key", SIMILARITIES)
def test_a_measure_can_be_sent_to_another_process(key: str) -> None:
    maps = np.random.default_rng(3).standard_normal((2, 60, 60))
    there = pickle.loads(pickle.dumps(SIMILARITIES[key].fn))
    assert there(*maps) == SIMILARITIES[key].fn(*maps)
    assert pickle.loads(pickle.dumps(SIMILARITIES[key])).key == key
