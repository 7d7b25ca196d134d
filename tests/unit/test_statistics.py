"""Intervals, ranks, gaps, flips and bands: exact cases, paired data, and the cases that have no number."""

import random
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import kendalltau, rankdata, t

from xaicheck.statistics import (
    ScoreTable,
    between_interval,
    cautions,
    crossed_interval,
    draw,
    leaders,
    memory,
    pair_signs,
    paired,
    picture_interval,
    power,
    rank_gap,
    ranking,
    ranking_flips,
    ranks,
    replicate_interval,
    tau_b,
    tau_null,
    tau_null_sd,
)
from xaicheck.statistics.gap import ONE_METHOD


def score_table(scores, images, *, low_is_better: bool) -> ScoreTable:
    """A table of `scores[method]`, either [seed][image] or, without seeds, [image]."""
    given = [np.array(rows, dtype=np.float64) for rows in scores.values()]
    seeded = given[0].ndim == 2
    values = np.stack([rows if seeded else rows[None] for rows in given])
    return ScoreTable(tuple(scores), tuple(images), values, low_is_better, seeded)


def table(
    n_methods: int = 8,
    n_seeds: int = 10,
    n_images: int = 50,
    *,
    low_is_better: bool = True,
    spread: float = 1.0,
    noise: float = 0.5,
    seed: int = 0,
) -> ScoreTable:
    """Methods m0, m1, ... of rising mean score; m0 is best where low is better."""
    g = np.random.default_rng(seed)
    level = spread * np.arange(n_methods)[:, None, None]
    values = level + noise * g.standard_normal((n_methods, n_seeds, 1))
    values = values + 0.3 * g.standard_normal((n_methods, n_seeds, n_images))
    names = tuple(f"m{i}" for i in range(n_methods))
    images = [f"i{i}" for i in range(n_images)]
    return score_table(dict(zip(names, values, strict=True)), images, low_is_better=low_is_better)


def seedless(scores: dict[str, list[float]], *, low_is_better: bool = False) -> ScoreTable:
    n_images = len(next(iter(scores.values())))
    return score_table(scores, [f"i{i}" for i in range(n_images)], low_is_better=low_is_better)


# Tables


def test_two_scores_are_compared_on_the_images_that_both_have():
    first = score_table({"a": [[1, 3, 4]]}, ["w", "y", "z"], low_is_better=True)
    second = score_table({"a": [5, 6, 7]}, ["z", "y", "x"], low_is_better=False)
    one, two = paired(first, second)
    assert one.images == two.images == ("y", "z")
    assert (one.values.tolist(), two.values.tolist()) == ([[[3, 4]]], [[[6, 5]]])
    assert set(one.dropped) == set(two.dropped) == {"w", "x"}
    assert one.dropped_note.startswith("2 pictures were")
    assert (one.seeded, two.seeded, two.n_seeds) == (True, False, 0)


def test_goodness_is_high_for_the_better_method_in_both_directions():
    scores = {"a": [0.1, 0.3], "b": [0.8, 0.6]}
    assert seedless(scores, low_is_better=True).goodness.tolist() == pytest.approx([-0.2, -0.7])
    assert seedless(scores).goodness.tolist() == pytest.approx([0.2, 0.7])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: paired(table(2), table(3)), "same methods"),
        (
            lambda: paired(table(1), score_table({"m0": [1]}, ["q"], low_is_better=True)),
            "no picture in common",
        ),
        (lambda: draw(table(2, 1)), "at least two seeds"),
        (lambda: draw(table(2), n_draws=0), "at least one draw"),
        (lambda: crossed_interval([1, 2]), "two axes"),
        (lambda: picture_interval(np.zeros((2, 0))), "at least one entry"),
        (lambda: picture_interval([[1, np.nan]]), "finite"),
        (lambda: crossed_interval([[1, 2]], level=95), "between 0 and 1"),
        (lambda: crossed_interval([[1e308, 1], [2, 3]]), "divide them all by one number"),
        (lambda: picture_interval([[1e308, -1e308, 2, 3]]), "divide them all by one number"),
        (lambda: replicate_interval([1e308, -1e308]), "divide them all by one number"),
        (lambda: replicate_interval([[1, 2]]), "one axis"),
        (lambda: replicate_interval([]), "at least one draw"),
        (lambda: between_interval([[1.0]]), "two or more random networks"),
        (lambda: between_interval([1.0, 2.0]), "two or more random networks"),
        (lambda: between_interval(np.full((3, 3), np.nan)), "finite"),
        (lambda: between_interval(np.eye(3), level=95), "between 0 and 1"),
        (lambda: memory([1.0], [[1.0]]), "two or more random networks"),
        (lambda: leaders(table(2), level=2), "between 0 and 1"),
        (lambda: tau_null([1, 2], [1, 2, 3]), "every method"),
        (lambda: tau_null_sd(1), "two methods"),
        (lambda: pair_signs([1, np.nan]), "finite"),
        (lambda: ranking_flips({}, ("a",)), "at least one setting"),
        (lambda: ranking_flips({"s": [1, 2]}, ("a",)), "setting s has not one score"),
    ],
)
def test_data_that_cannot_be_used_are_refused_in_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        call()
    assert str(caught.value).endswith(".")


# Means


def test_the_checks_interval_is_that_of_the_two_way_analysis_of_variance():
    values = np.random.default_rng(1).standard_normal((7, 60)) + np.arange(7)[:, None]
    found = crossed_interval(values, level=0.9)
    # The mean squares by another way: sums of squares of effects, all from the definition.
    grand = values.mean()
    ms_s = 60 * ((values.mean(1) - grand) ** 2).sum() / 6
    ms_i = 7 * ((values.mean(0) - grand) ** 2).sum() / 59
    total = ((values - grand) ** 2).sum()
    ms_e = (total - 6 * ms_s - 59 * ms_i) / (6 * 59)
    error = (ms_s + ms_i - ms_e) / (7 * 60)
    dof = (ms_s + ms_i - ms_e) ** 2 / (ms_s**2 / 6 + ms_i**2 / 59 + ms_e**2 / (6 * 59))
    half = t.ppf(0.95, dof) * np.sqrt(error)
    assert (found.low, found.estimate, found.high) == pytest.approx((grand - half, grand, grand + half))
    assert (found.level, found.n_seeds, found.n_images, found.warning) == (0.9, 7, 60, "")


def test_where_the_seed_changes_nothing_the_checks_interval_is_that_of_the_images():
    images = np.random.default_rng(3).standard_normal(30)
    found = crossed_interval(np.tile(images, (10, 1)))
    half = t.ppf(0.975, 29) * images.std(ddof=1) / np.sqrt(30)
    assert found.high - found.estimate == pytest.approx(half)


def test_more_images_do_not_make_up_for_few_seeds():
    g = np.random.default_rng(2)
    by_seed = g.standard_normal((5, 1))
    few, many = (crossed_interval(by_seed + 0.1 * g.standard_normal((5, n))) for n in (50, 5000))
    assert many.high - many.low > 0.9 * (few.high - few.low)


def test_seeds_within_an_image_are_averaged_before_the_images_are_drawn():
    g = np.random.default_rng(9)
    images = g.exponential(size=24)
    seeds = images + 0.01 * (noise := g.standard_normal((3, 24))) - 0.01 * noise.mean(0)
    many, one = picture_interval(seeds), picture_interval(images[None])
    assert (many.low, many.estimate, many.high) == pytest.approx((one.low, one.estimate, one.high))
    assert many.high - many.estimate > 1.2 * (many.estimate - many.low)  # skewed to the right, and it shows
    assert picture_interval(images[None]) == one  # the same draws every time


def test_one_image_has_no_interval_for_other_images():
    found = picture_interval([[1.0], [2.0]])
    assert (found.estimate, found.low, found.high) == (1.5, None, None)
    assert "one picture" in found.warning


def test_one_seed_has_a_mean_and_a_reason_instead_of_an_interval():
    found = crossed_interval([[1.0, 3.0]])
    assert (found.estimate, found.low, found.high) == (2, None, None)
    assert "one seed" in found.warning


def test_one_image_has_an_interval_for_itself_alone():
    values = np.array([[1.0], [2.0], [4.0]])
    found = crossed_interval(values)
    assert found.high - found.estimate == pytest.approx(t.ppf(0.975, 2) * values.std(ddof=1) / np.sqrt(3))
    assert "1 picture: " in found.warning


def test_equal_scores_have_an_interval_without_width_that_says_so():
    found = crossed_interval(np.ones((6, 50)))
    assert found.low == found.estimate == found.high == 1
    assert "no width" in found.warning


@pytest.mark.parametrize("value", [0.45, 0.1, 1e-7, -3e5])
def test_what_only_rounding_tells_apart_has_no_spread(value):
    for n in (3, 9, 20):
        remembered = memory(np.full(n, value), np.full((n, n), value))
        assert (remembered.p_value, remembered.interval.low, remembered.interval.high) == (None, None, None)
        assert remembered.interval.estimate == 0 and "equally alike" in remembered.interval.warning
        rounded = np.nextafter(value, np.where(np.arange(n * n).reshape(n, n) % 2, 9e9, value))
        for found in (between_interval(rounded), crossed_interval(rounded), replicate_interval(rounded[0])):
            assert found.low == found.estimate == found.high, found
            assert "no width" in found.warning
    wide = value * (1 + 1e-9 * np.random.default_rng(0).standard_normal((9, 9)))
    assert memory(wide[0], wide + wide.T).p_value is not None
    for found in (between_interval(wide), crossed_interval(wide)):
        assert found.low < found.estimate < found.high and "no width" not in found.warning


def test_few_seeds_images_and_methods_are_warned_of():
    assert cautions(n_seeds=5, n_images=20, n_methods=7) == ()
    found = cautions(n_seeds=4, n_images=19, n_methods=6)
    assert [sentence.split(":")[0] for sentence in found] == ["6 methods", "4 seeds", "19 pictures"]
    assert cautions(n_seeds=1)[0].startswith("1 seed:")
    assert cautions(n_images=1)[0].startswith("1 picture:")
    assert all(sentence.endswith(".") for sentence in found)


# Orders


def test_ranks_and_tau_equal_scipys_with_and_without_ties():
    g = np.random.default_rng(3)
    for _ in range(20):
        a, b = g.integers(0, 6, (2, 9)).astype(float)
        np.testing.assert_allclose(ranks(a), rankdata(-a))
        assert tau_b(pair_signs(a), pair_signs(b)) == pytest.approx(kendalltau(a, b)[0], abs=1e-12)
    batch = g.standard_normal((5, 4, 9))
    np.testing.assert_allclose(ranks(batch), rankdata(-batch, axis=-1))


def test_a_difference_in_the_last_bits_is_a_tie():
    assert pair_signs([0.1 + 0.2, 0.3, 1.0]).tolist() == [0, -1, -1]
    assert pair_signs([1e-30, 2e-30]).tolist() == [-1]


def test_the_null_spread_of_tau_is_the_known_one():
    assert [tau_null_sd(m) for m in (5, 8, 12)] == pytest.approx([0.408, 0.289, 0.221], abs=5e-4)


def test_the_null_test_is_exact_with_and_without_ties():
    assert tau_null([1, 2, 3, 4], [1, 2, 3, 4]).p_value == pytest.approx(2 / 24)  # this order and its reverse
    assert tau_null([1, 2, 3], [2, 1, 3]).p_value == pytest.approx(1)  # every order has |tau| of 1/3 or more
    # Two pairs of tied methods: 6 different orders, of which 2 agree as far or more.
    tied = tau_null([1, 1, 2, 2], [1, 1, 2, 2])
    assert tied.p_value == pytest.approx(2 / 6) and tied.how == "exact"
    # One tied method in each of 12: C(12, 1) places for each of both, all the same to tau.
    split = [0.0] * 11 + [1.0]
    assert tau_null(split, split).p_value == pytest.approx(1 / 12)  # the two ones meet; else |tau| is 1/11
    g = np.random.default_rng(4)
    for n in (9, 12, 20):
        a, b = g.standard_normal((2, n))
        assert tau_null(a, b).p_value == pytest.approx(kendalltau(a, b, method="exact").pvalue, rel=1e-9)
        assert tau_null(a, b).sd == pytest.approx(tau_null_sd(n), rel=1e-9)


@pytest.mark.parametrize("kinds", [2, 3, 5, 9])
def test_the_null_test_counts_every_order_of_tied_methods(kinds: int) -> None:
    g = np.random.default_rng(kinds)
    orders = np.array(list(permutations(range(7))))
    i, j = np.triu_indices(7, 1)
    for _ in range(4):
        a, b = g.integers(0, kinds, (2, 7)).astype(float)
        a[:2] = b[:2] = 0, 1  # not all of them tie
        sums = np.abs(np.sign(b[orders][:, i] - b[orders][:, j]) @ np.sign(a[i] - a[j]))
        found, most = tau_null(a, b), np.sqrt(np.prod([np.abs(pair_signs(v)).sum() for v in (a, b)]))
        assert found.p_value == pytest.approx((sums >= sums[0]).mean(), rel=1e-12)  # the first: as it is
        assert found.sd == pytest.approx(np.sqrt((sums**2).mean()) / most, rel=1e-12)
        inside = (np.unique(sums), [(sums <= one).mean() for one in np.unique(sums)])
        assert found.within == pytest.approx(min(s for s, p in zip(*inside, strict=True) if p >= 0.95) / most)


def test_beyond_the_exact_law_the_null_test_shuffles_with_a_fixed_seed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a, b = np.random.default_rng(5).integers(0, 5, (2, 12)).astype(float)
    exact = tau_null(a, b)
    monkeypatch.setitem(tau_null.__globals__, "STATES", 0)
    found = tau_null(a, b)
    assert (exact.how, found.how) == ("exact", "20 000 shuffled orders")
    assert found == tau_null(a, b)
    assert 0 < abs(found.p_value - exact.p_value) < 4 * np.sqrt(0.25 / 20_000)  # four standard errors


def test_orders_that_do_not_exist_have_no_null_test_but_a_reason():
    assert tau_null([1], [2]).how == ONE_METHOD
    all_tied = tau_null([1, 1, 1], [1, 2, 3])
    assert all_tied.p_value is None and "same score" in all_tied.how


# Draws


def test_drawn_means_are_the_means_of_the_drawn_seeds_and_images():
    data = table(3, 4, 5)
    drawn = draw(data, n_draws=20)
    assert (drawn.seeds.sum(1) == 4).all() and (drawn.images.sum(1) == 5).all()
    for seeds, images, means in zip(drawn.seeds, drawn.images, drawn.means(data), strict=True):
        rows, columns = np.repeat(range(4), seeds.astype(int)), np.repeat(range(5), images.astype(int))
        np.testing.assert_allclose(means, data.values[:, rows][:, :, columns].mean((1, 2)))


def test_all_methods_see_the_same_draws_so_that_identical_ones_always_tie():
    g = np.random.default_rng(5)
    scores = g.standard_normal((7, 10, 50))
    rows = [*scores, scores[2]]
    data = score_table({f"m{i}": row for i, row in enumerate(rows)}, range(50), low_is_better=True)
    found = ranking(data)
    assert found.beats[2, 7] == found.beats[7, 2] == 0
    assert (found.ranks[2].low, found.ranks[2].high) == (found.ranks[7].low, found.ranks[7].high)
    # Methods whose difference never changes are never confused, however noisy both are.
    shifted = score_table({"a": scores[0], "b": scores[0] + 1e-6}, range(50), low_is_better=True)
    assert ranking(shifted).beats.tolist() == [[0, 1], [0, 0]]


def test_a_table_without_seeds_draws_its_images_alone():
    data = table(2, 3, 9).over_seeds
    drawn = draw(data, n_draws=20)
    for images, means in zip(drawn.images, drawn.means(data), strict=True):
        columns = np.repeat(range(9), images.astype(int))
        np.testing.assert_allclose(means, data.values[:, 0, columns].mean(1))


def test_a_seed_decides_the_draws_and_the_global_generators_are_left_alone():
    data, other = table(noise=3), table(noise=0, spread=0.05, seed=1, low_is_better=False)
    before = np.random.get_state()[1].copy(), random.getstate()  # noqa: NPY002  the global state is the subject
    one, two, three = (rank_gap(data, other, seed=s) for s in (0, 0, 1))
    assert (np.random.get_state()[1] == before[0]).all() and random.getstate() == before[1]  # noqa: NPY002
    assert (one.tau, one.first.ranks) == (two.tau, two.first.ranks)
    assert (one.first.beats == two.first.beats).all()
    assert (one.first.beats != three.first.beats).any() and (one.second.beats != three.second.beats).any()


# Rankings and gaps


def test_clear_differences_give_a_firm_ranking_and_small_ones_do_not():
    firm, loose = ranking(table(spread=5)), ranking(table(spread=0.05))
    assert [r.estimate for r in firm.ranks] == list(range(1, 9))  # low is better, m0 is lowest
    assert all(r.low == r.estimate == r.high for r in firm.ranks)
    assert firm.beats[0, 7] == 1 and firm.beats[7, 0] == 0
    assert max(r.high - r.low for r in loose.ranks) > 2
    assert all(r.low <= r.estimate <= r.high for r in loose.ranks)


def test_the_direction_of_a_score_turns_its_ranking_round():
    low, high = ranking(table(spread=5)), ranking(table(spread=5, low_is_better=False))
    assert [r.estimate for r in high.ranks] == [r.estimate for r in low.ranks][::-1]


def test_the_same_order_has_tau_one_and_the_reverse_minus_one():
    check = table(spread=5)
    agreeing = seedless({f"m{i}": [-i, -i + 0.1, -i - 0.1] * 16 + [-i, -i] for i in range(8)})
    opposed = seedless({f"m{i}": [i, i + 0.1] * 25 for i in range(8)})
    for other, tau in ((agreeing, 1), (opposed, -1)):
        found = rank_gap(check, other)
        assert (found.tau.low, found.tau.estimate, found.tau.high, found.tau_median) == (tau, tau, tau, tau)
        assert found.null.p_value == pytest.approx(2 / 40320)
        assert found.null.sd == pytest.approx(0.289, abs=5e-4)
    assert found.warnings == ()


def test_resampling_noise_pulls_the_median_tau_towards_zero_within_its_interval():
    found = rank_gap(table(spread=0.3), table(spread=0.3, seed=1))
    assert found.tau.low < found.tau_median < found.tau.estimate
    assert found.tau.low <= found.tau.estimate <= found.tau.high


def test_one_seed_has_a_tau_and_a_reason_instead_of_an_interval():
    found = rank_gap(table(n_seeds=1, spread=5), table(seed=1, low_is_better=False, spread=5))
    assert (found.tau.estimate, found.tau.low, found.tau.high, found.tau_median) == (-1, None, None, None)
    assert "one seed" in found.tau.warning and "one seed" in found.first.warning
    assert found.first.beats is None
    assert found.second.beats is not None and found.second.ranks[0].low == 8  # the images carry it
    assert any(sentence.startswith("1 seed:") for sentence in found.warnings)


def test_the_second_scores_seeds_are_averaged_within_an_image():
    noisy = table(4, 5, 30, noise=0.0, low_is_better=False, spread=0.1)
    one = rank_gap(table(4, n_images=30), noisy).second
    other = rank_gap(table(4, n_images=30), noisy.over_seeds).second
    assert (one.beats == other.beats).all() and one.ranks == other.ranks
    assert all(r.n_seeds == 0 and "over pictures" in r.method for r in one.ranks)


def test_a_checks_score_never_has_an_interval_from_images_alone():
    one_seed = table(3, 1, 200)
    for found in (
        *ranking(one_seed).ranks,
        rank_gap(one_seed, one_seed).tau,
        crossed_interval(one_seed.values[0]),
    ):
        assert found.low is None and found.high is None and found.warning
    with pytest.raises(ValueError, match="pictures alone"):
        draw(one_seed)
    assert leaders(one_seed).p_values is None


def test_one_image_says_that_it_speaks_for_itself_alone():
    found = rank_gap(table(n_images=1), table(n_images=1, seed=1))
    assert any(sentence.startswith("1 picture:") for sentence in found.warnings)


def test_two_methods_have_a_tau_and_a_warning_and_one_method_has_none():
    two = rank_gap(table(2, spread=5), table(2, spread=5, seed=1))
    assert two.tau.estimate == 1 and two.null.p_value == 1
    assert any("tau means little" in sentence for sentence in two.warnings)
    one = rank_gap(table(1), table(1, seed=1))
    assert one.tau.estimate is None and one.tau.warning == ONE_METHOD
    assert one.null.how == ONE_METHOD
    assert one.first.ranks[0].estimate == 1


def test_scores_that_are_the_same_for_all_methods_have_no_tau_but_a_reason():
    same = score_table({f"m{i}": np.full((10, 50), 0.1) for i in range(8)}, [f"i{i}" for i in range(50)],
                       low_is_better=True)  # fmt: skip
    found = rank_gap(same, table(seed=1))
    assert found.tau.estimate is None and "same score" in found.tau.warning
    assert {r.estimate for r in found.first.ranks} == {4.5}
    assert not found.first.beats.any()


def test_draws_in_which_all_methods_tie_are_counted_out_loud():
    values = np.zeros((2, 2, 4))
    values[1, 0] = 1  # the methods differ in one of the two seeds
    data = score_table({"a": values[0], "b": values[1]}, ["i0", "i1", "i2", "i3"], low_is_better=True)
    found = rank_gap(data, seedless({"a": [1.0] * 4, "b": [0.0] * 4}))
    assert found.tau.estimate == found.tau.low == 1
    lost = int(found.tau.warning.split("In ")[1].split(" of 2000")[0])
    assert 400 < lost < 600  # a quarter


def test_images_that_one_of_two_scores_lacks_are_dropped_and_named():
    first = table(3, 4, 6)
    rows = {m: [0.1 * i, 0.2, 0.4, 0.5, 0.6 * i] for i, m in enumerate(first.methods)}
    second = score_table(rows, ["i0", "i1", "i3", "i4", "i5"], low_is_better=False)
    found = rank_gap(first, second)
    assert found.dropped == ("i2",)
    assert found.tau.n_images == 5
    assert any(sentence.startswith("1 picture was") for sentence in found.warnings)


# Leaders and power


def test_the_leader_stands_alone_only_where_the_data_separate_it():
    g = np.random.default_rng(11)
    base = g.exponential(size=24)
    scores = {
        "a": list(base + 0.02 * g.standard_normal(24)),
        "b": list(base - 0.01 + 0.05 * g.standard_normal(24)),
        "c": list(base - 0.5 + 0.05 * g.standard_normal(24)),
        "twin": list(base + 0.02 * g.standard_normal(24)),
    }
    scores["twin"] = list(scores["a"])
    found = leaders(seedless(scores))
    assert set(found.together) == {"a", "twin", "b"} and found.methods[-1] == "c"
    assert found.p_values[1] == 1 and found.p_values[-1] < 0.01
    clear = leaders(seedless({"a": list(base), "b": list(base - 0.5)}))
    assert clear.together == ("a",) and clear.p_values.tolist() == [1, 2.0**-23]


def test_equal_differences_separate_only_where_there_are_enough_of_them():
    # They have no spread, so no t: whether all n of a sign are chance says the sign test, 2 / 2^n.
    for seeds, images in ((2, 1), (2, 9), (9, 2), (5, 5), (5, 1), (1, 5)):
        base = 1e3 * np.random.default_rng(seeds).random((seeds, images))
        scores = {"a": base if seeds > 1 else base[0], "b": base + 0.1 if seeds > 1 else base[0] + 0.1}
        names = [str(i) for i in range(images)]
        found = leaders(score_table(scores, names, low_is_better=True))
        fewer = min(n for n in (seeds, images) if n > 1)
        assert found.p_values.tolist() == [1, 2 / 2**fewer] and len(found.together) == 2, (seeds, images)
    scores = {"a": np.zeros((6, 8)), "b": np.ones((6, 8))}
    assert leaders(score_table(scores, "abcdefgh", low_is_better=True)).together == ("a",)


@pytest.mark.parametrize("size", [1e-200, 1e-30, 1e200, 1e280])
def test_scores_of_any_size_have_the_same_verdict(size):
    one = table(3, 5, 24, spread=0.1)
    other = ScoreTable(one.methods, one.images, size * one.values, True)
    assert leaders(other).p_values.tolist() == pytest.approx(leaders(one).p_values.tolist(), rel=1e-9)
    faith = [leaders(t.over_seeds).p_values.tolist() for t in (one, other)]
    assert faith[0] == faith[1]
    pairs = [power(t, t.over_seeds) for t in (one, other)]
    assert pairs[0].check.needed == pairs[1].check.needed and pairs[0].faith.needed == pairs[1].faith.needed
    for interval in (crossed_interval, picture_interval):
        small, large = interval(one.values[0]), interval(other.values[0])
        assert small.low < small.estimate < small.high and small.warning == large.warning
        for end in ("low", "estimate", "high"):
            assert getattr(large, end) == pytest.approx(size * getattr(small, end), rel=1e-9, abs=0)


def test_an_interval_of_pictures_that_tie_does_not_end_at_its_estimate():
    for row in ([0, 0, 0, 1.0], [0.0] * 19 + [1.0], [0.1] * 23 + [0.2]):
        found = picture_interval([row])
        assert (found.low, found.high) == (None, None) and "same score" in found.warning
    for seed in range(3):
        row = np.random.default_rng(seed).permutation([0.0, 1.0] * 10)
        found = picture_interval([row], seed=seed)
        assert found.low < 0.4 and found.high > 0.6 and found.warning == ""
    one = leaders(seedless({"a": [0.0] * 9 + [1.0], "b": [0.0] * 10}))
    assert one.together == ("a", "b")


def test_the_paired_test_of_seeds_and_images_is_the_crossed_one():
    data = table(2, 6, 12, spread=0.1)
    differences = data.values[1] - data.values[0]
    found, interval = leaders(data), crossed_interval(differences)
    # The interval at the level of the p-value ends at 0.
    at = crossed_interval(differences, level=1 - found.p_values[1])
    assert min(abs(at.low), abs(at.high)) < 1e-9 * abs(interval.estimate)


def test_holms_p_values_are_the_known_ones():
    from xaicheck.statistics.leaders import holm

    assert holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.9, 0.8])).tolist() == [1, 1]


def test_methods_that_are_level_are_separated_as_seldom_as_the_level_says():
    g = np.random.default_rng(12)
    names = tuple("abcde")
    alone = 0
    for _ in range(150):
        values = g.standard_normal((5, 1, 24)) + g.standard_normal((1, 1, 24))
        found = leaders(ScoreTable(names, tuple(map(str, range(24))), values, False, False))
        alone += len(found.together) == 1
    assert alone <= 4  # the first of five: in none of the repeats are all four others worse


def paired_power(shift: float, n: int) -> float:
    """The exact power of a two-sided t test at 5 %, by the noncentral t."""
    from scipy.stats import nct

    return float(1 - nct.cdf(t.ppf(0.975, n - 1), n - 1, shift * np.sqrt(n)))


@pytest.mark.parametrize(("apart", "seed"), [(0.2, 13), (0.6, 13), (1.2, 1)])
def test_the_power_card_is_what_a_paired_t_test_shows(apart: float, seed: int):
    g = np.random.default_rng(seed)
    data = seedless({"a": list(g.standard_normal(30)), "b": list(g.standard_normal(30) - apart)})
    found = power(table(2), data).faith
    sd = np.std(data.values[0, 0] - data.values[1, 0], ddof=1)
    assert found.methods == ("a", "b") and found.observed == pytest.approx(
        data.goodness[0] - data.goodness[1]
    )
    assert paired_power(found.difference / sd, 30) == pytest.approx(0.8, abs=0.01)
    # (t + t) error is a shade below the noncentral t's where the images are few.
    assert paired_power(found.observed / sd, found.needed) > 0.77
    assert paired_power(found.observed / sd, max(found.needed - 1, 2)) < 0.82


def test_the_power_of_the_check_is_simulated_from_its_own_spread():
    g = np.random.default_rng(3)

    def pair(shift: float) -> ScoreTable:
        values = 0.3 * (g.standard_normal((2, 6, 1)) + g.standard_normal((2, 1, 12)))
        values = values + np.array([0, shift])[:, None, None] + 0.1 * g.standard_normal((2, 6, 12))
        return ScoreTable(("a", "b"), tuple(map(str, range(12))), values, low_is_better=True)

    faith = seedless({"a": list(range(12)), "b": [0.0] * 12})
    seen = np.median([power(pair(5.0), faith).check.difference for _ in range(50)])
    hits = np.mean([leaders(pair(seen)).together == ("a",) for _ in range(300)])
    assert 0.72 <= hits <= 0.88  # 80 %, and a standard error of 2.3 %
    clear, near = power(pair(5.0), faith).check, power(pair(0.2), faith).check
    assert clear.needed == 1 and (near.needed is None or near.needed > 1)


def test_what_it_takes_has_bounds_beyond_which_there_is_no_number():
    g = np.random.default_rng(4)
    a = g.standard_normal(30)
    nothing = a + np.tile([1.0, -1.0], 15) + 1e-4
    assert power(table(2), seedless({"a": list(a), "b": list(nothing)})).faith.needed is None
    assert (
        power(table(2, spread=1e-6, noise=1), seedless({"a": list(a), "b": list(a)})).faith is None
    )  # a tie
    assert power(table(2, n_seeds=1), seedless({"a": list(a[:3]), "b": list(-a[:3])})).check is None


def test_two_or_three_images_name_no_leader_and_have_no_interval():
    # Two images have no draw but themselves: a bootstrap-t would be sure of everything.
    g = np.random.default_rng(5)
    for n in (1, 2, 3):
        values = g.standard_normal((1, n))
        assert picture_interval(values).low is None and "no interval" in picture_interval(values).warning
        scores = seedless({"a": list(values[0] + 5), "b": list(values[0] * 0.9)})
        found = leaders(scores)
        assert found.p_values is None and found.together == ("a", "b")
        check = table(2, 5, n)
        gap = rank_gap(check, ScoreTable(check.methods, check.images, scores.values, False, False))
        assert gap.tau.low is None and gap.second.beats is None and gap.tau.warning
        assert power(check, scores).faith is None
    assert picture_interval(g.standard_normal((1, 4))).low is not None


def test_an_interval_names_what_was_drawn():
    values = np.random.default_rng(6).standard_normal((5, 6))
    assert crossed_interval(values).method == "t, seeds crossed with pictures"
    assert crossed_interval(values[:, :1]).method == "t over seeds, one picture"
    one = replicate_interval(values[0])
    assert (one.method, one.warning, one.n_seeds) == ("t over draws", "", 6)
    assert "one draw" in replicate_interval([1.0]).warning
    gap = rank_gap(table(3, 5, 6), table(3, 5, 6))
    assert "pigeonhole" in gap.tau.method and "pigeonhole" in gap.first.ranks[0].method
    assert gap.second.ranks[0].method == "bootstrap over pictures, percentiles"
    assert "one picture" in rank_gap(table(3, 5, 1), table(3, 5, 1)).first.ranks[0].method


def test_the_interval_of_tau_holds_its_estimate():
    # Draws with replacement are nearer to unrelated than the data: their percentiles may miss it.
    missed = 0
    for seed in range(30):
        first = table(6, 3, 5, spread=0.1, seed=seed)
        gap = rank_gap(first, table(6, 3, 5, spread=0.1, seed=100 + seed), n_draws=60)
        assert gap.tau.low <= gap.tau.estimate <= gap.tau.high
        missed += gap.tau.estimate in (gap.tau.low, gap.tau.high)
    assert missed


def test_few_methods_show_no_tau_and_more_show_smaller_ones():
    from xaicheck.statistics.power import methods_for, tau_seen

    assert [tau_seen(n) for n in (2, 3, 4)] == [None, None, None]
    seen = [tau_seen(n) for n in (8, 12, 16, 20)]
    assert seen == sorted(seen, reverse=True)
    # 80 % power for tau 0.5 takes about 16 methods; a normal approximation (Noether 1987) says 14.
    assert 13 <= methods_for(0.5) <= 18


# Flips


def test_flips_count_the_pairs_whose_order_differs():
    found = ranking_flips({"s": [3, 2, 1], "t": [3, 1, 2], "u": [1, 2, 3]}, ("a", "b", "c"))
    expected = np.array([[0, 1, 3], [1, 0, 2], [3, 2, 0]]) / 3
    np.testing.assert_allclose(found.between, expected, atol=1e-15)
    assert found.rate == pytest.approx(2 / 3)
    np.testing.assert_allclose(found.wins, [2 / 3, 0, 1 / 3])


def test_a_tie_in_one_setting_is_half_a_flip_and_shares_the_win():
    found = ranking_flips({"s": [2, 2, 1], "t": [3, 2, 1], "u": [2, 2, 1]}, ("a", "b", "c"))
    np.testing.assert_allclose(found.between[0], [0, 0.5 / 3, 0], atol=1e-15)
    np.testing.assert_allclose(found.wins, [2 / 3, 1 / 3, 0])


def test_flips_of_unrelated_orders_are_half_of_the_pairs():
    g = np.random.default_rng(6)
    found = ranking_flips({str(i): g.standard_normal(12) for i in range(60)}, tuple("abcdefghijkl"))
    # Pairs of 60 independent orders are uncorrelated; a share of reversed pairs is (1 - tau) / 2.
    assert found.rate == pytest.approx(0.5, abs=4 * tau_null_sd(12) / 2 / np.sqrt(60 * 59 / 2))


def test_a_settings_own_scale_decides_what_is_rounding():
    found = ranking_flips({"large": [1e20, 2e20], "small": [2e-9, 1e-9]}, ("a", "b"))
    assert found.rate == 1 and found.wins.tolist() == [0.5, 0.5]


def test_one_setting_or_one_method_has_no_flip_rate_but_a_reason():
    one = ranking_flips({"s": [1, 2]}, ("a", "b"))
    assert one.rate is None and one.warning.startswith("One setting")
    assert one.wins.tolist() == [0, 1]
    assert ranking_flips({"s": [1], "t": [2]}, ("a",)).warning == ONE_METHOD


def test_without_methods_there_is_no_order_and_the_largest_numbers_have_one() -> None:
    assert tau_null([], []).how == "There is no method, so there is no order."
    assert tau_null([1], [1]).how == ONE_METHOD
    assert pair_signs([1e308, -1e308]).tolist() == [1.0]  # a warning would be an error here
