"""What the ranking says and draws follows from its numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.app.ranking_fakes import plausible
from tests.ranking_data import synthetic
from xaicheck.experiments.ranking import store
from xaicheck.experiments.ranking.association import associated
from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.ranking.rank import default_choice, flips, rank
from xaicheck.methods import METHODS
from xaicheck.reading import diagonal_figure
from xaicheck.reading.captions import Caption
from xaicheck.similarity.comparisons import canonical
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.topics.ranking import (
    controls,
    figures,
    figures_diagonal,
    figures_scatter,
    figures_spread,
    sentences,
    tables,
    words,
    words_diagonal,
    words_spread,
)
from xaicheck.topics.ranking.numbers import TwoOrders
from xaicheck.topics.ranking.page_views import Views
from xaicheck.topics.ranking.verdict import verdict
from xaicheck.topics.ranking.words import TEXT
from xaicheck.types import Comparison


def ordered(data: RankingData, **settings: object) -> TwoOrders:
    choice = replace(default_choice(data), **settings)  # type: ignore[arg-type]
    return TwoOrders(data, choice, rank(data, choice), METHODS)


@cache
def usual() -> TwoOrders:
    return ordered(plausible())


@pytest.mark.parametrize(
    ("agreement", "said"), [(1.0, "are the same"), (-1.0, "run against each other"), (0.0, "no better than")]
)
def test_the_finding_names_the_direction_of_tau(agreement: float, said: str) -> None:
    # Without noise the synthetic orders are exactly the same or exactly reversed.
    orders = ordered(synthetic(agreement=agreement, noise=1e-4 if agreement else 0.05, seed=1))
    assert said in sentences.finding(orders)
    if agreement:
        assert orders.gap.tau.estimate == pytest.approx(agreement)
        assert f"τ = {'−' if agreement < 0 else ''}1.00" in sentences.finding(orders)


def test_a_tau_whose_interval_holds_zero_is_only_said_to_seem() -> None:
    orders = ordered(synthetic(agreement=1.0, noise=1e-4))
    for low, said in ((-0.1, "seem to agree in part"), (0.2, "are the same")):
        tau = replace(orders.gap.tau, low=low)
        orders.gap = replace(orders.gap, tau=tau)
        assert said in sentences.agreement(orders)


def test_how_far_two_orders_agree_is_said_as_far_as_it_holds_for_both_weightings() -> None:
    orders = ordered(synthetic(agreement=1.0, noise=1e-4))
    assert orders.view.other is not None
    whole = orders.gap
    seems = replace(whole, tau=replace(whole.tau, low=-0.1))
    alone = replace(whole, tau=replace(whole.tau, estimate=-1.0, low=-1.0, high=-0.5))
    for other, said in (
        (whole, "are the same"),
        (seems, "seem to agree"),
        (alone, "depends on how pictures"),
    ):
        orders.view = replace(orders.view, other=replace(orders.view.other, gap=other))
        assert said in sentences.agreement(orders)
    assert "over p₀ τ = −1.00" in sentences.agreement(orders)


def test_an_order_that_is_a_tie_throughout_has_no_tau_and_says_so() -> None:
    data = plausible()
    flat = tuple(replace(v, similarity=np.full_like(v.similarity, 0.5)) for v in data.variants)
    orders = ordered(replace(data, variants=flat))
    assert orders.gap.tau.estimate is None
    assert sentences.finding(orders) == TEXT.say.all_tie.format(n=12)
    assert words.tau_line("All", orders).endswith(orders.gap.tau.warning)
    assert any("no τ" in text for text in verdict(orders, None).may)


def test_methods_that_tie_share_a_place_and_stand_in_rows_of_their_own() -> None:
    orders = usual()  # edges and fixed noise never change
    sobel, noise = orders.of("sobel"), orders.of("fixed_noise")
    assert sobel is not None and noise is not None
    assert sobel.check_place == noise.check_place == 11 and sobel.check_tied
    assert {sobel.check_row, noise.check_row} == {11, 12}
    assert sorted(p.check_row for p in orders.places) == list(range(1, 13))


def test_the_bump_chart_joins_the_rows_of_both_orders() -> None:
    orders = usual()
    fig = figures.bump(orders)
    rows = {t.name: tuple(t.y) for t in fig.data}
    assert rows == {p.label: (p.check_row, p.faith_row) for p in orders.places}
    winner = next(t for t in fig.data if t.name == orders.places[0].label)
    assert winner.line.width > max(t.line.width for t in fig.data if t is not winner)
    assert len(fig.layout.annotations) == 2 * orders.n + 2  # a label at both ends, and two heads


def test_the_title_counts_the_crossing_lines_of_the_bump_chart() -> None:
    orders = usual()
    lines = [t.y for t in figures.bump(orders).data]
    crossing = sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for i, a in enumerate(lines) for b in lines[:i])
    # Tied methods never cross: their rows follow the other order.
    assert sentences.crossings(orders) == crossing
    assert sentences.bump_title(orders).startswith(f"{crossing} of 66 ")


@pytest.mark.parametrize(("measure", "reversed_"), [("ssim", True), ("mse", False)])
def test_right_is_better_in_the_scatter_for_similarities_and_distances(measure: str, reversed_: bool) -> None:
    orders = ordered(plausible(), comparison=Comparison(measure, "second_moment", "magnitude"))
    low, high = figures_scatter.scatter(orders).layout.xaxis.range
    assert (low > high) is reversed_
    assert "better in" in words.check_axis(orders)


def test_up_is_more_faithful_also_where_low_numbers_are() -> None:
    orders = ordered(plausible(), measure="auc_morf")
    low, high = figures_scatter.scatter(orders).layout.yaxis.range
    assert low > high


def test_every_drawn_score_lies_on_its_axis() -> None:
    for orders in (usual(), ordered(plausible(), test="entropy"), ordered(plausible(), measure="auc_morf")):
        fig = figures_scatter.scatter(orders)
        x, y = sorted(fig.layout.xaxis.range), sorted(fig.layout.yaxis.range)
        for place in orders.places:
            assert x[0] <= place.check.estimate <= x[1] and y[0] <= place.faith.estimate <= y[1]


def test_the_tau_strip_draws_the_null_of_its_own_number_of_methods() -> None:
    names = {True: TEXT.with_controls, False: TEXT.without_controls}
    rows = [(names[w], ordered(plausible(), controls=w)) for w in (True, False)]
    bands = [s.x1 for s in figures.tau_strip(rows).layout.shapes if s.type == "rect"]
    for (_, orders), band in zip(rows, bands, strict=True):
        scores = [np.array([getattr(p, test).estimate for p in orders.places]) for test in ("check", "faith")]
        i, j = np.triu_indices(orders.n, 1)
        turned = np.random.default_rng(0).permuted(np.tile(scores[1], (20_000, 1)), axis=1)
        sums = np.abs(np.sign(turned[:, i] - turned[:, j]) @ np.sign(scores[0][i] - scores[0][j]))
        taus = sums / np.sqrt(np.prod([(s[i] != s[j]).sum() for s in scores]))
        assert (taus <= band + 1e-9).mean() > 0.945 and (taus < band - 1e-9).mean() < 0.955
    assert bands[0] < bands[1]  # fewer methods: a wider null


def test_the_title_of_the_taus_says_how_often_chance_gives_them() -> None:
    same = ordered(synthetic(agreement=1.0, noise=1e-4))
    chance = ordered(synthetic(agreement=0.0, seed=1))
    assert same.gap.null.p_value < 0.05 < chance.gap.null.p_value
    title = sentences.tau_title([("A", same), ("B", chance)])
    for orders in (same, chance):
        assert words.percent(orders.gap.null.p_value) in title


def test_winners_and_switches_are_drawn_with_their_shares() -> None:
    view = flips(plausible(), controls=True)
    assert sum(figures_spread.wins(view.all).data[0].x) == pytest.approx(1)
    drawn = figures_spread.switches(view).data[0]
    rates = {name: f.rate for name, f in view.by_switch if f.rate is not None}
    assert dict(zip(drawn.customdata, drawn.x, strict=True)) == rates
    assert max(rates, key=lambda k: rates[k]).lower() in words_spread.switches_title(view).lower()


def test_rows_of_the_heat_map_of_pairs_are_in_the_order_of_the_ranking() -> None:
    orders = usual()
    fig = figures_spread.beats(orders.gap.first)
    assert [t.rsplit(" ", 1)[0] for t in fig.layout.yaxis.ticktext] == [p.label for p in orders.places]
    z = np.array(fig.data[0].z, dtype=float)
    assert np.nanmin(z + z.T) == pytest.approx(1) == np.nanmax(z + z.T)
    assert z[0, -1] == 1
    assert z[10, 11] == 0.5  # edges and fixed noise tie in every draw: neither is worse


def test_one_seed_leaves_intervals_and_pairs_out_and_says_why() -> None:
    orders = ordered(synthetic(seeds=(0,)))
    assert orders.places[0].check.low is None
    assert figures_spread.beats(orders.gap.first) is None and tables.beats(orders.gap.first) == []
    assert all(row["Why no interval"] for row in tables.places(orders))
    assert any("one seed" in text for text in words.cautions(orders))
    assert words_spread.beats_title(orders) == TEXT.without_order.one_seed


def test_the_verdict_names_the_winner_its_place_and_what_the_numbers_are_about() -> None:
    orders = usual()
    said = verdict(orders, flips(plausible(), controls=True))
    first = orders.places[0]
    assert all(
        part in said.may[0]
        for part in (f"{len(orders.places)} methods", "8 pictures", "3 seeds", "EfficientNet-Lite0")
    )
    claims = dict(said.may_not)
    best = next(why for claim, why in claims.items() if claim.startswith(f"“{first.label} is the best"))
    assert f"{words.ordinal(first.faith_place)} of {len(orders.places)}" in best
    noise = claims[TEXT.verdict.good_score]
    noise_place = orders.of("fresh_noise")
    assert noise_place is not None
    rows = [p.check_row for p in orders.places if not p.control]
    beaten = sum(row > noise_place.check_row for row in rows)
    assert f"precedes {beaten} of {len(rows)}" in noise
    assert any("by resampling seeds and pictures" in why and "3 seeds" in why for why in claims.values())


def test_only_a_cascade_is_excused_by_what_randomizing_from_the_top_keeps() -> None:
    for variant, said in (("cascade-he_normal", True), ("bottom_up-he_normal", False)):
        claims = verdict(ordered(plausible(), variant=variant), None).may_not
        assert any(TEXT.verdict.from_the_top in why for _, why in claims) is said


def test_without_the_noise_the_verdict_does_not_speak_of_it() -> None:
    said = verdict(ordered(plausible(), controls=False), None)
    assert not any("noise" in claim + why for claim, why in said.may_not)


@pytest.mark.parametrize("measure", SIMILARITIES)
def test_what_a_switch_cannot_change_is_said_for_every_combination_that_maps_to_another(
    measure: str,
) -> None:
    for normalisation in NORMALISATIONS:
        for sign in SIGNS:
            wanted = Comparison(measure, normalisation, sign)
            said = controls.sameness(wanted)
            if canonical(wanted) != wanted:
                assert said, wanted
            elif not any(controls.independent(measure)):
                assert not said, wanted


def test_ordinals_and_shares_read_as_english() -> None:
    assert [words.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd",
    ]  # fmt: skip
    assert (words.percent(0.5), words.percent(0.0012), words.percent(0)) == ("50 %", "0.1 %", "0 %")


def test_every_caption_says_the_same_at_two_levels_in_two_sentences_at_most() -> None:
    captions = [value for value in TEXT.values() if isinstance(value, Caption)]
    assert captions
    for caption in captions:
        assert caption.student != caption.researcher
        for text in (caption.student, caption.researcher):
            assert text.endswith(".") and 1 <= len(re.findall(r"[.!?](?: |$)", text)) <= 2, text


@pytest.mark.parametrize("test", ["similarity", "entropy"])
def test_no_name_in_the_scatter_lies_on_a_marker(test: str) -> None:
    """On the gallery's numbers, in a plot of 560 by 330 pixels; seven pixels a letter, 14 high."""
    shipped = store.load()
    assert shipped is not None
    orders = Views(shipped).orders(replace(default_choice(shipped), test=test))
    assert orders is not None
    fig = figures_scatter.scatter(orders)
    (left, right), (bottom, top) = fig.layout.xaxis.range, fig.layout.yaxis.range

    def pixels(x: float, y: float) -> tuple[float, float]:
        return 560 * (x - left) / (right - left), 330 * (top - y) / (top - bottom)

    for name in fig.layout.annotations:
        x, y = pixels(name.x, name.y)
        half = 3.5 * len(re.sub("<.*?>", "", name.text))
        for trace in fig.data:
            at = pixels(trace.x[0], trace.y[0])
            assert abs(at[0] - x - name.ax) > half + 5 or abs(at[1] - y - name.ay) > 12, (
                name.text,
                trace.name,
            )


def test_few_seeds_are_said_to_be_few_once() -> None:
    three = [line for line in words.cautions(usual()) if "3 seeds" in line]
    assert three == ["3 seeds: with fewer than 5, the interval itself is very uncertain."]


def test_an_interval_is_called_one() -> None:
    place = usual().places[0]
    assert "(95 % interval " in words.interval_text(place.check)
    assert "(95 % interval " in words.tau_text(usual().gap.tau)


def test_distances_in_units_of_their_own_make_no_method_the_least_sensitive() -> None:
    shipped = store.load()
    assert shipped is not None
    for controls_too in (True, False):
        raw = ordered(shipped, comparison=Comparison("mse", "none", "signed"), controls=controls_too)
        said = verdict(raw, None)
        assert not any("least" in line or "fails" in line for line in (*said.may, *dict(said.may_not)))
        assert "unit" in said.may[-1] and "without normalisation" in words.setting_line(raw)


@pytest.mark.parametrize("measure", SIMILARITIES)
def test_no_note_on_the_switches_says_that_a_thing_is_itself(measure: str) -> None:
    for sign in SIGNS:
        for sentence in controls.sameness(Comparison(measure, "none", sign)).rstrip(".").split(". "):
            left, _, right = sentence.partition(" is ")
            assert ", none" not in sentence and (not left or left.casefold() != right.casefold())


@pytest.mark.parametrize("test", ["similarity", "entropy"])
def test_ranks_in_the_table_are_whole_or_half_and_hold_their_interval(test: str) -> None:
    shipped = store.load()
    assert shipped is not None
    orders = ordered(shipped, test=test)
    for row, place in zip(tables.places(orders), orders.places, strict=True):
        name = "Rank in the check, ties at their mean"
        low, high = row[f"{name}, low"], row[f"{name}, high"]
        assert all(2 * value == int(2 * value) for value in (row[name], low, high))
        assert place.check_rank.low is not None and place.check_rank.high is not None
        assert low <= place.check_rank.low + 1e-6 and place.check_rank.high - 1e-6 <= high
        assert place.check_rank.low - low < 0.5 and high - place.check_rank.high < 0.5


def test_a_block_that_is_random_alone_is_named_by_its_number_and_not_counted() -> None:
    assert words.depth_label(9, "cascade") == "9 blocks randomized"
    assert words.depth_label(9, "independent") == "block 9 alone randomized"


def seen_of(data: RankingData, **changes: object) -> words_diagonal.Seen:
    choice = replace(default_choice(data), **changes)  # type: ignore[arg-type]
    own = associated(data, choice, rank(data, choice))
    assert own is not None
    return words_diagonal.Seen(own)


def test_the_diagonal_draws_b_against_r_and_its_table_orders_nobody() -> None:
    seen = seen_of(synthetic(seeds=tuple(range(10)), n_images=2, depths=(1, 9)))
    found = seen.found
    drawn = diagonal_figure.figure(found).data
    points = {trace.name: (trace.x[0], trace.y[0]) for trace in drawn if len(trace.x or ()) == 1}
    assert points == {METHODS[p.method].label: (p.b.estimate, p.r) for p in found.points}
    assert all(trace.error_x.array and trace.error_y.array for trace in drawn if len(trace.x or ()) == 1)
    (line,) = (trace for trace in drawn if trace.name == diagonal_figure.LABELS.line)
    assert list(line.x) == list(line.y)
    through = [trace for trace in drawn if trace.mode == "lines" and trace is not line]
    assert [tuple(zip(trace.y, trace.x, strict=True)) for trace in through] == [p.curve for p in found.points]
    low, high = line.x
    assert all(
        low <= v <= high for trace in through for v in (*trace.x, *trace.y)
    )  # no line leaves the frame
    rows = words_diagonal.rows(seen)
    keys = [METHODS[key].label for key in found_methods(seen)]
    assert [row[TEXT.diagonal.columns.method] for row in rows][: len(keys)] == keys
    alt = diagonal_figure.alt(found, words_diagonal.title(seen))
    assert all(f"{METHODS[p.method].label}: " in alt for p in found.points)


def found_methods(seen: words_diagonal.Seen) -> list[str]:
    return [p.method for p in seen.found.points]


def test_the_placebo_and_the_changed_maps_are_drawn_when_they_are_switched_on() -> None:
    seen = seen_of(synthetic(seeds=tuple(range(10)), n_images=2, depths=(1, 9)))
    found, names = seen.found, diagonal_figure.LABELS
    assert names.placebo not in {trace.name for trace in diagonal_figure.figure(found).data}
    drawn = diagonal_figure.figure(found, placebo=True, changed=seen.own.changed).data
    (placebo,) = (trace for trace in drawn if trace.name == names.placebo)
    wanted = [place for p in found.points for place in p.placebo]
    assert list(zip(placebo.y, placebo.x, strict=True)) == wanted and len(wanted) == 10 * len(found.points)
    for change, own in seen.own.changed:
        (points,) = (trace for trace in drawn if trace.name == names.changed[change])
        assert list(points.y) == [p.r for p in own.points]
    few = diagonal_figure.figure(found, controls=False).data
    assert {trace.name for trace in few if len(trace.x) == 1} == {METHODS[p.method].label for p in found.real}


def test_the_memory_is_a_line_a_method_that_tells_networks_apart_depth_by_depth() -> None:
    seen = seen_of(synthetic(seeds=tuple(range(10)), n_images=2, depths=(1, 9)))
    chart = figures_diagonal.memory(seen)
    assert chart is not None and chart.level is not None and chart.level.value == 0
    apart = [p for p in seen.found.real if p.tells_apart]
    assert apart and [one.label for one in chart.series] == [METHODS[p.method].label for p in apart]
    for one, point in zip(chart.series, apart, strict=True):
        assert one.y == pytest.approx([r - b for r, b in point.curve], abs=1e-6)
    rows = words_diagonal.depth_rows(seen)
    assert len(rows) == 2 * len(seen.found.real)


def test_a_comparison_of_which_not_all_networks_have_numbers_gives_its_measure_or_says_which_do() -> None:
    data = synthetic(seeds=tuple(range(4)), n_images=2, depths=(1, 9))
    other = seen_of(data, comparison=Comparison("ssim", "max", "magnitude"))
    assert other.found.comparison == Comparison("ssim", "second_moment", "magnitude")
    assert "SSIM" in words_diagonal.by_which(other)
    distance = replace(default_choice(data), comparison=Comparison("mse", "max"))
    assert associated(data, distance, rank(data, distance)) is None
    said = words_diagonal.not_compared(data)
    assert "SSIM" in said and "rank correlation" in said
