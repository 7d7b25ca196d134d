"""Scores under every normalisation and sign: which are the same, their ranges, and where there is none."""

from collections import Counter

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from xaicheck.errors import BadRequest
from xaicheck.similarity.arrays import NUMPY
from xaicheck.similarity.comparisons import against, canonical, compare, comparisons, span
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import DEFAULT, NORMALISATIONS, SIGNS, normalise
from xaicheck.similarity.pair import Pair, ssim_at
from xaicheck.similarity.validity import CONSTANT, NOT_FINITE, ONE_MAGNITUDE, ZERO
from xaicheck.types import Comparison

ALL = comparisons()


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng((777, seed))


def gaussian(seed: int, side: int = 64) -> np.ndarray:
    return rng(seed).standard_normal((side, side))


def soft(seed: int, side: int = 64) -> np.ndarray:
    return gaussian_filter(gaussian(seed, side), 5)


def value(score) -> float:
    assert score.value is not None, score.why
    return score.value


MAPS = {
    "gaussian": gaussian(1),
    "float32": gaussian(2).astype(np.float32),
    "smooth": soft(3),
    "far from zero": 1e6 + gaussian(4),
    "huge": gaussian(5) * 1e120,
    "tiny float32": (gaussian(6) * 1e-38).astype(np.float32),
    "integers": rng(7).integers(-99, 99, (64, 64)).astype(np.int8),
}


def test_the_choices_are_those_that_were_agreed_and_the_defaults_are_among_them():
    assert tuple(NORMALISATIONS) == ("none", "max", "minmax", "second_moment")
    assert tuple(SIGNS) == ("signed", "magnitude", "either")
    assert (Comparison("mse").normalisation, Comparison("mse").sign) == (DEFAULT, next(iter(SIGNS)))


EVERY = [Comparison(m, n, s) for m in SIMILARITIES for n in NORMALISATIONS for s in SIGNS]


def test_the_comparisons_are_what_the_measures_declare_and_each_stands_for_itself():
    declared = {
        Comparison(key, n, s) for key, m in SIMILARITIES.items() for n in m.normalisations for s in m.signs
    }
    assert len(ALL) == len(declared) and set(ALL) == declared
    assert all(canonical(one) == one for one in ALL)
    assert all(Comparison(key) in ALL for key in SIMILARITIES)
    assert {canonical(one) for one in EVERY} == declared


def test_no_two_comparisons_give_one_number_and_those_left_out_give_that_of_the_one_that_stands_for_them():
    a = 0.3 + soft(80) + 0.05 * gaussian(81)
    b = 0.1 + 0.3 * soft(82) - 0.6 * a + 0.05 * gaussian(83)  # more alike with its sign flipped
    scores = [value(score) for score in compare(a, ALL)(b)]
    assert len({round(score, 9) for score in scores}) == len(ALL)
    # Read as asked for, without `canonical`: the algebra itself is what is tested.
    pair = Pair.of(a, b)
    for one in EVERY:
        measure = SIMILARITIES[one.measure]
        number = measure.number(measure.seen(pair, one.sign), one.normalisation, one.sign)
        known = scores[ALL.index(canonical(one))]
        assert number == pytest.approx(known, abs=1e-12), one


@pytest.mark.parametrize("name", MAPS)
def test_a_map_against_a_copy_of_itself_has_the_best_value_in_every_comparison(name):
    a = MAPS[name]
    for one, score in zip(ALL, compare(a, ALL)(a.copy(order="F")), strict=True):
        assert score.value == SIMILARITIES[one.measure].best, one


def test_either_sign_finds_the_flipped_map_and_signed_does_not():
    a = soft(8, 96)
    for one, score in zip(ALL, compare(a, ALL)(-a), strict=True):
        best = SIMILARITIES[one.measure].best
        if one.sign != "signed" or one.measure in ("spearman_abs", "hog"):
            assert value(score) == pytest.approx(best, abs=1e-12), one
        else:
            assert value(score) != pytest.approx(best, abs=0.01), one


@pytest.mark.parametrize("name", MAPS)
def test_every_value_lies_in_its_span(name):
    a = MAPS[name].astype(np.float64)
    for b in (gaussian(9), -a, soft(10) ** 3, np.abs(a) + 1e-3 * gaussian(11)):
        for one, score in zip(ALL, compare(a, ALL)(b), strict=True):
            low, high = span(one)
            assert low <= value(score) <= high * (1 + 1e-12), one


def test_the_default_span_is_the_measures_own():
    assert all(span(Comparison(m.key)) == (m.low, m.high) for m in SIMILARITIES.values())


def test_raw_distances_are_in_the_maps_own_units():
    a, b = gaussian(12), gaussian(13)
    near = value(against("mse", a, normalisation="none")(b))
    assert near == pytest.approx(np.mean((a - b) ** 2), rel=1e-12)
    assert value(against("mse", 10 * a, normalisation="none")(10 * b)) == pytest.approx(100 * near, rel=1e-12)
    score = against("mse", 1e200 * a, normalisation="none")(1e200 * b)
    assert score.value is None and "too large" in score.why
    assert against("mse", 1e-200 * a, normalisation="none")(1e-200 * b).value is None


def test_raw_ssim_does_not_depend_on_the_unit_but_on_which_map_is_weaker():
    a, b = soft(14), soft(15)
    plain = value(against("ssim", a, normalisation="none")(a + 0.5 * b))
    assert value(against("ssim", 1e9 * a, normalisation="none")(1e9 * (a + 0.5 * b))) == pytest.approx(plain)
    weaker = value(against("ssim", a, normalisation="none")(0.05 * a))
    assert weaker < 0.5 and value(against("ssim", a)(0.05 * a)) == pytest.approx(1)


@pytest.mark.parametrize("magnitude", [False, True])
def test_a_map_whose_magnitudes_are_all_the_same_has_no_magnitudes_to_compare(magnitude):
    a, b = np.where(gaussian(16) > 0, 3.0, -3.0), gaussian(17)
    score = against("pearson", a, sign="magnitude" if magnitude else "signed")(b)
    if magnitude:
        assert score.why == f"the original map {ONE_MAGNITUDE}"
    else:
        value(score)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (np.zeros((64, 64)), ZERO),
        (np.full((64, 64), 0.3), CONSTANT),
        (np.full((64, 64), np.nan), NOT_FINITE),
    ],
)
def test_a_map_that_says_nothing_has_no_number_but_a_reason_in_every_comparison(bad, why):
    good = gaussian(18)
    for one, first, second in zip(ALL, compare(bad, ALL)(good), compare(good, ALL)(bad), strict=True):
        assert first.value is None and first.why == f"the original map {why}", one
        assert second.value is None and second.why == f"the randomized map {why}", one


def test_maps_of_different_shapes_are_an_error():
    with pytest.raises(ValueError, match="different shapes"):
        compare(gaussian(19), ALL)(gaussian(19, 65))


def test_small_maps_lose_only_the_measures_that_need_room():
    a, b = gaussian(20, 20), gaussian(21, 20)
    without = {one.measure for one, s in zip(ALL, compare(a, ALL)(b), strict=True) if s.value is None}
    assert without == {"hog"}
    assert "48 × 48" in SIMILARITIES["hog"].fn(a, b).why
    tiny = {one.measure for one, s in zip(ALL, compare(a[:6], ALL)(b[:6]), strict=True) if s.value is None}
    assert tiny == {"hog", "ssim", "cs"}


def test_the_strongest_tenth_of_unrelated_maps_meets_by_chance_in_a_tenth():
    found = [value(SIMILARITIES["topk"].fn(gaussian(30 + i, 100), gaussian(60 + i, 100))) for i in range(20)]
    assert np.mean(found) == pytest.approx(0.1, abs=0.005)  # standard error 0.002


def test_ties_at_the_border_make_no_two_maps_alike():
    a, b = np.zeros((2, 100, 100))
    a[:5], b[-5:] = 1 + rng(22).random((2, 5, 100))  # a twentieth each, the rest tied
    assert value(SIMILARITIES["topk"].fn(a, b)) == 0
    assert value(SIMILARITIES["topk"].fn(a, a)) == 1
    flat = np.ones((100, 100))
    flat[:50] = rng(23).random((50, 100))
    why = SIMILARITIES["topk"].fn(flat, a).why
    assert "original" in why and "10%" in why


def test_hog_needs_edges_inside():
    board = np.indices((64, 64)).sum(0) % 2.0  # central differences of a checkerboard are zero
    score = SIMILARITIES["hog"].fn(board, gaussian(24))
    assert "original" in score.why and "no edges" in score.why


def test_hog_keeps_the_directions_and_loses_the_rest():
    a = soft(25, 160)
    assert value(SIMILARITIES["hog"].fn(a, -3 * a + 7)) == pytest.approx(1, abs=1e-6)
    assert value(SIMILARITIES["hog"].fn(a, soft(26, 160))) < 0.5


@pytest.mark.parametrize("key", NORMALISATIONS)
def test_a_normalised_map_is_as_its_formula_says(key):
    a = soft(27)
    expected = {
        "none": a,
        "max": a / np.abs(a).max(),
        "minmax": (a - a.min()) / np.ptp(a),
        "second_moment": a / np.sqrt(np.mean(a * a)),
    }
    assert normalise(a, key) == pytest.approx(expected[key], abs=1e-12)
    # N(-a) is what the normalisation says it is: the flipped map is not normalised again.
    assert normalise(-a, key) == pytest.approx(NORMALISATIONS[key].flip - normalise(a, key), abs=1e-12)


@pytest.mark.parametrize("wrong", [{"normalisation": "zscore"}, {"sign": "abs"}, {"key": "nothing"}])
def test_an_unknown_setting_is_answered_with_the_known_ones(wrong):
    with pytest.raises(BadRequest, match="choose one of"):
        against(**{"key": "mse", "original": gaussian(28), **wrong})


def test_ssim_sees_a_flipped_sign_only_through_its_structure_term_or_after_stretching():
    for a, stretched in ((gaussian(29, 224), -0.9), (soft(29, 224), -0.3)):
        assert value(against("ssim", a)(-a)) > 0.8
        assert value(against("cs", a)(-a)) < -0.95
        assert value(against("ssim", a, normalisation="minmax")(-a)) < stretched


def test_ssim_of_unrelated_noise_depends_on_range_and_normalisation():
    drawn = [rng(200 + i).standard_normal((2, 224, 224)) for i in range(4)]
    unit = np.mean([value(against("ssim", a)(b)) for a, b in drawn])
    one = np.mean([value(against("ssim", a, normalisation="minmax")(b)) for a, b in drawn])
    two = np.mean([ssim_at(a, b, normalisation="minmax", data_range=2) for a, b in drawn])
    assert abs(unit) < 0.01 and 0.02 < one < 0.05 and 0.08 < two < 0.15


def test_magnitudes_make_a_distance_depend_on_how_sparse_the_maps_are():
    g = rng(300)
    # 2 - 2 (E|b|)^2 / E b^2 of each law; a sparse map looks more changed though none is related to the other.
    for draw, expected, slack in (
        (lambda: g.uniform(-1, 1, (224, 224)), 0.5, 0.01),
        (lambda: g.standard_normal((224, 224)), 2 - 4 / np.pi, 0.01),
        (lambda: g.laplace(size=(224, 224)), 1.0, 0.02),
        (lambda: g.standard_normal((224, 224)) * (g.random((224, 224)) < 0.01), 1.987, 0.02),
    ):
        found = np.mean([value(against("mse", draw(), sign="magnitude")(draw())) for _ in range(4)])
        assert found == pytest.approx(expected, abs=slack)


def test_what_costs_time_is_worked_out_once_a_map_and_once_for_its_magnitudes(monkeypatch):
    calls = Counter()

    def counted(name):
        plain = getattr(NUMPY, name)

        def call(*args):
            calls[name] += 1
            return plain(*args)

        monkeypatch.setattr(NUMPY, name, call)

    for name in ("ranks", "window_mean", "edges", "borders"):
        counted(name)
    scores = compare(gaussian(31), ALL)
    scores(soft(32))
    # Two maps, each with and without its sign. Windows: mean and mean square of each, and of products.
    assert calls == {"ranks": 4, "edges": 4, "borders": 4, "window_mean": 4 * 2 + 2}
    calls.clear()
    scores(soft(33))
    assert calls == {"ranks": 2, "edges": 2, "borders": 2, "window_mean": 2 * 2 + 2}
