"""The ranking from computed scores: known orders come out, missing scores are paired and counted."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from tests.app.ranking_fakes import plausible
from tests.ranking_data import COMPARISONS, synthetic, with_road, without
from xaicheck.errors import BadRequest
from xaicheck.experiments.ranking.diagonal import diagonal
from xaicheck.experiments.ranking.rank import Choice, default_choice, flips, rank
from xaicheck.experiments.ranking.setting import CONTROLS, METHODS, VARIANTS
from xaicheck.statistics import crossed_interval, picture_interval
from xaicheck.types import Comparison


def choice(data, **changes) -> Choice:
    return replace(default_choice(data), **changes)


@pytest.mark.parametrize(("agreement", "tau"), [(1.0, 1.0), (-1.0, -1.0)])
def test_orders_that_agree_or_are_reversed_have_the_tau_they_were_made_with(agreement, tau):
    view = rank(data := synthetic(agreement=agreement, noise=0.001), default_choice(data))
    assert view.gap.tau.estimate == pytest.approx(tau)
    assert view.gap.first.means == pytest.approx(view.check.values.mean((1, 2)))
    assert view.check.methods == METHODS
    assert view.check_intervals[3] == crossed_interval(view.check.values[3])
    assert view.faith_intervals[3] == picture_interval(view.faith.values[3])


def test_low_similarity_is_good_and_so_is_a_high_distance_and_a_high_entropy_rise():
    data = synthetic(noise=0.001)
    orders = [
        rank(data, choice(data, comparison=Comparison("ssim"))),
        rank(data, choice(data, comparison=Comparison("mse"))),
        rank(data, choice(data, test="entropy")),
    ]
    for view in orders:
        assert [interval.estimate for interval in view.gap.first.ranks] == list(range(1, 13))
    assert [view.check.low_is_better for view in orders] == [True, False, False]


def test_a_measure_that_is_better_when_low_is_turned_round():
    data = synthetic(noise=0.001, agreement=1.0)
    assert rank(data, choice(data, measure="auc_morf")).gap.tau.estimate == pytest.approx(1)
    assert rank(data, choice(data, measure="auc_morf")).faith.low_is_better


def test_without_controls_only_methods_that_look_at_the_network_are_ordered():
    data = synthetic()
    assert rank(data, choice(data, controls=False)).check.methods == tuple(
        m for m in METHODS if m not in CONTROLS
    )
    assert not set(flips(data, controls=False).all.methods) & set(CONTROLS)


def test_a_chosen_depth_is_taken_alone_and_none_is_the_mean_over_all():
    data = synthetic(depths=(1, 2, 3))
    scores = data.variants[0].similarity[data.comparisons.index(default_choice(data).comparison)]
    one = rank(data, choice(data, depth=2)).check.values
    assert np.array_equal(one, scores[..., 1].astype(float))
    assert rank(data, default_choice(data)).check.values == pytest.approx(scores.mean(-1), abs=1e-6)


def test_a_depth_without_a_score_is_left_out_for_every_method_of_that_picture_and_seed():
    data = synthetic(depths=(1, 2, 3))
    holed = without(data, "grad_cam", image=4, seed=1, depth=2)
    view = rank(holed, default_choice(holed))
    scores = data.variants[0].similarity[data.comparisons.index(default_choice(data).comparison)]
    expected = scores.mean(-1, dtype=float)
    expected[:, 1, 4] = scores[:, 1, 4, [0, 2]].mean(-1, dtype=float)
    assert view.check.values == pytest.approx(expected, abs=1e-6)
    note = next(n for n in view.notes if "left out for all" in n)
    assert note.startswith("1 of 72 ")
    assert "Grad-CAM: " in note and "zero everywhere (once)" in note


def test_a_picture_without_any_depth_in_common_is_dropped_from_both_orders_and_named():
    data = synthetic(depths=(1, 2, 3))
    holed = without(data, "lrp", image=2, seed=0)
    view = rank(holed, default_choice(holed))
    assert view.check.images == view.faith.images
    assert view.check.dropped == view.gap.dropped == ("picture 2",)
    assert any(note.startswith("1 picture ") for note in view.notes)


def test_a_method_without_any_score_is_left_out_by_name_and_the_others_are_ordered():
    data = synthetic(noise=0.001)
    for image in range(8):
        for seed in data.seeds:
            data = without(data, "smoothgrad", image=image, seed=seed)
    view = rank(data, default_choice(data))
    assert "smoothgrad" not in view.check.methods
    assert len(view.check.methods) == len(data.methods) - 1
    assert view.gap.tau.estimate == pytest.approx(-1)
    assert any(note.startswith("Left out") and "SmoothGrad" in note for note in view.notes)
    assert any("SmoothGrad" in note for note in flips(data, controls=True).notes)


def test_nothing_but_missing_numbers_gives_a_sentence():
    data = synthetic(n_images=2)
    blank = replace(data.variants[0], similarity=np.full_like(data.variants[0].similarity, np.nan))
    data = replace(data, variants=(blank,))
    view = rank(data, default_choice(data))
    assert view.gap is None
    assert "nothing to order" in view.notes[-1]
    assert flips(data, controls=True).all.rate is None


def test_identical_scores_of_all_methods_have_no_tau_and_say_so():
    data = synthetic()
    same = replace(data.variants[0], similarity=np.ones_like(data.variants[0].similarity))
    data = replace(data, variants=(same, *data.variants[1:]))
    view = rank(data, default_choice(data))
    assert view.gap.tau.estimate is None
    assert any("the same score" in note for note in view.notes)
    assert any(note.startswith("Tied by check: ") and " Gradient = " in note for note in view.notes)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"methods": ("gradient", "sobel")}, "2 methods: Kendall’s tau means little"),
        ({"n_images": 1}, "1 picture"),
        ({"seeds": (0,)}, "1 seed"),
    ],
)
def test_two_methods_one_picture_or_one_seed_give_a_view_and_a_caution(made, said):
    data = synthetic(**made)
    view = rank(data, default_choice(data))
    assert view.gap is not None
    assert any(said in note for note in view.notes)
    assert flips(data, controls=True).all.rate is not None


def test_one_seed_gives_no_interval():
    view = rank(data := synthetic(seeds=(0,)), default_choice(data))
    assert view.gap.tau.low is None
    assert all(interval.low is None for interval in view.check_intervals)


def test_the_diagonal_is_what_plain_means_give():
    data = synthetic(seeds=tuple(range(8)), depths=(1, 9))
    own = data.networks[0]
    comparison = Comparison("ssim", sign="magnitude")
    found = diagonal(data, comparison)
    at = own.comparisons.index(comparison)
    assert found.networks == 8 and found.images == 8
    for row, point in enumerate(found.points):
        trained, between = own.trained[at, row].astype(float), own.between[at, row].astype(float)
        late = [p for p, (a, b) in enumerate(combinations(range(8), 2)) if a >= 4 and b >= 4]
        assert point.r == pytest.approx(trained[:4].mean(), abs=1e-6)
        assert point.b.estimate == pytest.approx(between[late].mean(), abs=1e-6)
        e = trained.mean() - between.mean()
        assert point.memory.interval.estimate == pytest.approx(e, abs=1e-6)
        assert point.gate.estimate == pytest.approx(0.95 - between.mean(), abs=1e-6)
        mine = [p for p, pair in enumerate(combinations(range(8), 2)) if 3 in pair]
        others = [p for p in range(28) if p not in mine]
        assert point.placebo[3] == pytest.approx((between[mine].mean(), between[others].mean()), abs=1e-6)
        assert point.curve[1] == pytest.approx((trained[..., 1].mean(), between[..., 1].mean()), abs=1e-6)
    one = diagonal(data, comparison, depth=9)
    assert one.points[2].r == pytest.approx(own.trained[at, 2, :4, :, 1].mean(), abs=1e-6)


def test_the_diagonal_asks_for_what_was_compared():
    data = synthetic()
    assert diagonal(data, Comparison("ssim", "max")) is None
    assert diagonal(data, Comparison("ssim", sign="magnitude"), depth=4) is None  # not among the depths
    assert diagonal(synthetic(seeds=(0,)), Comparison("spearman")) is None


def test_maps_without_a_number_fail_the_gate_and_do_not_drop_out():
    data = synthetic(seeds=tuple(range(8)), depths=(1, 9))
    own = data.networks[0]
    between = own.between.copy()
    lrp = data.methods.index("lrp")
    comparison = Comparison("spearman")
    whole = {p.method: p for p in diagonal(data, comparison).points}["lrp"]
    between[:, lrp, :, :4] = np.nan  # zero maps of half of the pictures
    holed = replace(data, networks=(replace(own, between=between),))
    half = {p.method: p for p in diagonal(holed, comparison).points}["lrp"]
    assert half.gate.estimate == pytest.approx(whole.gate.estimate / 2, abs=0.02)
    assert half.lost == pytest.approx(28 * 4 * 2 / (28 * 8 * 2 + 8 * 8 * 2))
    assert half.memory.b == pytest.approx(own.between[1, lrp, :, 4:].mean(), abs=0.05)


def test_a_control_that_is_one_map_for_all_networks_is_shut_out():
    data = plausible(3)
    found = {p.method: p for p in diagonal(data, Comparison("spearman")).points}
    assert not found["sobel"].tells_apart and found["sobel"].gate.estimate <= 0
    assert found["sobel"].memory.p_value is None  # no spread among networks: no test


@pytest.mark.parametrize(
    "changes",
    [
        {"variant": "cascade-magic"},
        {"comparison": Comparison("magic")},
        {"measure": "magic"},
        {"fill": "magic"},
        {"output": "magic"},
        {"ranking": "magic"},
        {"depth": 99},
        {"test": "magic"},
        {"weighting": "magic"},
    ],
)
def test_a_choice_that_was_not_computed_is_refused_in_one_sentence(changes):
    data = synthetic(depths=(1, 2))
    with pytest.raises(BadRequest, match="choose one of"):
        rank(data, choice(data, **changes))


def test_settings_that_give_one_order_never_flip_and_one_reversed_variant_flips_every_pair():
    data = synthetic(noise=0.0005)
    view = flips(data, controls=True)
    rates = dict(view.by_switch)
    assert view.all.rate == 0
    assert view.all.wins[0] == 1
    ranks = [c for c in COMPARISONS if (c.measure, c.normalisation) == ("spearman", "max")]  # see no factor
    assert len(view.all.settings) == len(data.variants) * (len(COMPARISONS) - len(ranks) + 1)
    assert rates["Order"].rate == rates["New weights"].rate == 0
    first = data.variants[0]
    turned = replace(first, similarity=-first.similarity, entropy_rise=-first.entropy_rise)
    moved = dict(flips(replace(data, variants=(turned, *data.variants[1:])), controls=True).by_switch)
    assert moved["Order"].rate == pytest.approx(2 / 3)  # of the three orders one is turned round
    assert moved["Order"].between[0].tolist() == [0, 1, 1]
    assert moved["New weights"].rate == 1  # the other law was not turned round
    assert moved["Sign"].rate == moved["Seed"].rate == 0


def test_settings_that_order_alike_by_algebra_count_once():
    cosine, mse = Comparison("cosine"), Comparison("mse")
    data = synthetic(comparisons=(cosine, mse, Comparison("mse", "max")))
    one = replace(data.variants[0], similarity=data.variants[0].similarity.copy())
    one.similarity[1] = 2 - 2 * one.similarity[0]
    data = replace(data, variants=(one,))
    view = flips(data, controls=True)
    assert len(view.all.settings) == 3  # two comparisons and the entropy
    assert view.notes[-1].startswith("9 of 36 settings")  # and the deletion area, at 8 of 32
    orders = [rank(data, choice(data, comparison=c)).gap.first.ranks for c in (cosine, mse)]
    assert [r.estimate for r in orders[0]] == [r.estimate for r in orders[1]]


def test_a_comparison_is_found_under_the_one_that_has_its_number():
    data = synthetic(comparisons=(Comparison("spearman_abs"), Comparison("pearson")))
    one = rank(data, choice(data, comparison=Comparison("spearman", "max", "magnitude")))
    two = rank(data, choice(data, comparison=Comparison("spearman_abs")))
    assert np.array_equal(one.check.values, two.check.values)


def test_the_rank_correlation_of_magnitudes_is_a_position_of_the_sign_switch():
    data = synthetic(comparisons=(Comparison("spearman"), Comparison("spearman_abs")))
    rates = dict(flips(data, controls=True).by_switch)
    assert rates["Sign"].settings == ("signed", "magnitude")
    assert rates["Similarity measure"].rate is None


def test_a_switch_with_one_position_says_that_there_is_nothing_to_compare():
    data = synthetic(comparisons=(Comparison("ssim"),))
    sign = dict(flips(data, controls=True).by_switch)["Sign"]
    assert sign.rate is None
    assert "one position" in sign.warning


def test_a_measure_with_a_fill_of_its_own_counts_once_and_moves_no_switch_of_fill_or_output():
    plain = synthetic()
    data = with_road(plain)
    before, after = (flips(one, controls=True) for one in (plain, data))
    assert len(before.faithfulness.settings) == 3 * 2 * 2 * 2  # AOPC orders as the deletion area does
    assert len(after.faithfulness.settings) - len(before.faithfulness.settings) == 2 * 2  # by both rankings
    assert dict(after.by_switch)["Fill"].rate == dict(before.by_switch)["Fill"].rate
    assert dict(after.by_switch)["Output"].rate == dict(before.by_switch)["Output"].rate
    choice = replace(default_choice(data), measure="road_accuracy")
    views = [rank(data, replace(choice, fill=fill)) for fill in ("mean", "inpaint", "noisy_inpaint")]
    assert all(np.array_equal(view.faith.values, views[0].faith.values) for view in views)
    assert views[0].faith.low_is_better


def test_noise_in_place_of_scores_flips_half_of_the_pairs():
    g = np.random.default_rng(0)
    data = synthetic()
    noise = [replace(v, similarity=g.standard_normal(v.similarity.shape)) for v in data.variants]
    # 73 orders of 66 pairs: the share of flipped pairs has an sd of about 0.01 around one half.
    assert flips(replace(data, variants=tuple(noise)), controls=True).all.rate == pytest.approx(0.5, abs=0.05)


def test_ranking_again_after_a_switch_draws_nothing_anew(monkeypatch):
    # 40 pictures, ten seeds, 19 depths: drawing took 0.7 of 0.8 s of processor time, both orders twice.
    data = synthetic(n_images=40, seeds=tuple(range(10)), depths=tuple(range(1, 20)), variants=VARIANTS[:1])
    start = default_choice(data)
    for controls in (True, False):
        rank(data, replace(start, controls=controls))
    made = []
    known = np.random.default_rng
    monkeypatch.setattr(np.random, "default_rng", lambda *a: (made.append(a), known(*a))[1])
    for change in ({"fill": "inpaint"}, {"depth": 5}, {"weighting": "relative"}, {"test": "entropy"}):
        for controls in (True, False):
            assert rank(data, replace(start, controls=controls, **change)).gap is not None
    assert diagonal(data, start.comparison) is not None
    assert not made


def test_ties_that_must_be_are_said_to_be_by_construction_and_others_are_not():
    data = plausible()  # edges and fixed noise never change
    rows = {m: data.methods.index(m) for m in ("sobel", "sign_flip", "grad_cam", "lrp")}
    faith = data.faithfulness.copy()
    faith[..., rows["sign_flip"], :, :] = faith[..., rows["sobel"], :, :]
    faith[..., rows["lrp"], :, :] = faith[..., rows["grad_cam"], :, :]
    same = replace(data, faithfulness=faith)
    (check,), (faithful,) = (
        [note for note in rank(same, default_choice(same)).notes if note.startswith(f"Tied by {what}: ")]
        for what in ("check", "faithfulness")
    )
    why = "(by construction: random weights change no more than the sign of these maps)"
    assert check == f"Tied by check: Sobel edges = Fixed noise {why}."
    edges = "Sobel edges = Sign-flip cheater (by construction: the cheater’s original map is the edges less"
    assert edges in faithful and "Grad-CAM = LRP (ε, z⁺)" in faithful
    assert faithful.count("by construction") == 1
