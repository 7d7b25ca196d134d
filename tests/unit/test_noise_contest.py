"""The contest's rules, the stored file, and the sentences of the page on noise."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from xaicheck.experiments.noise import store, truths, zeros
from xaicheck.experiments.noise.contest import standings
from xaicheck.experiments.noise.data import Contest, NoiseData, NoMap
from xaicheck.experiments.noise.mixing import EXACT, SHARES, predicted
from xaicheck.faithfulness import FILLS as ALL_FILLS
from xaicheck.reading.captions import Caption
from xaicheck.topics.noise import figures, panels, sentences, sentences_contest, tables, words
from xaicheck.topics.noise.numbers import Mix, mix_of, stored_curve, tally
from xaicheck.topics.noise.verdict import verdict
from xaicheck.topics.noise.words import TEXT
from xaicheck.types import Target

METHODS = ("lrp", "guided_backprop")
CONTESTANTS = ("lrp", "sobel", "fresh_noise", "fixed_noise", "sign_flip")
MEASURES = ("cosine", "mse", "spearman_abs", "ssim")
FILLS = ("mean", "blur")
DEPTHS = (1, 2)
DRAWS = 5


def contest() -> Contest:
    """Scores by hand: [measure method]; the same at both depths, a little spread over the two seeds."""
    scores = {
        "mse": (0.2, 0.0, 2.0, 0.0, 4.0),
        "spearman": (0.7, 1.0, 0.0, 1.0, -1.0),
        "spearman_abs": (0.8, 1.0, 0.0, 1.0, 1.0),
        "ssim": (0.04, 1.0, 0.0, 1.0, 0.97),
        "cs": (0.5, 1.0, 0.0, 1.0, -1.0),
    }
    base = np.array(list(scores.values()))[:, :, None, None]
    spread = np.array([-0.01, 0.01])[None, None, None, :] * (base % 1 > 0)
    faith = np.full((len(FILLS), len(CONTESTANTS), DRAWS), np.nan)
    faith[:, :, 0] = [0.3, 0.1, -0.02, 0.02, 0.1]
    faith[:, 2, :] = faith[:, 3, :] = [-0.02, 0.01, 0.02, -0.01, 0.0]
    return Contest(
        "chelsea", CONTESTANTS, tuple(scores), DEPTHS, (0, 1),
        np.repeat(base + spread, len(DEPTHS), axis=2).astype(np.float32), faith.astype(np.float32),
        (1, 1, DRAWS, DRAWS, 1),
    )  # fmt: skip


def data(*, hole: bool = False) -> NoiseData:
    """Two pictures: LRP loses its faithfulness to the noise, guided backprop has less than none."""
    shape = (2, len(MEASURES), len(METHODS), len(DEPTHS), len(SHARES), 3)
    alike = np.zeros(shape)
    for q, measure in enumerate(MEASURES):
        for m, pure in enumerate((0.9, 0.6)):
            start = 2 - 2 * pure if measure == "mse" else pure
            line = predicted(measure if measure in EXACT else "cosine", start, SHARES)
            alike[:, q, m] = line[:, None] + 0.001 * np.array([-1, 0, 1])
    if hole:
        alike[0, :, 0, 1] = np.nan
    faith = np.zeros((2, len(FILLS), len(METHODS), len(SHARES), DRAWS))
    for m, pure in enumerate((0.3, -0.2)):
        faith[:, :, m] = (pure * (1 - np.array(SHARES) ** 2))[:, None]
        faith[:, :, m, 1:] += 0.01 * np.array([-2, -1, 0, 1, 2])
    return NoiseData(
        "efficientnet_lite0", ("chelsea", "camera"), (Target(282, "tiger cat", 0.4),) * 2, METHODS, MEASURES,
        SHARES, DEPTHS, FILLS, alike.astype(np.float32), faith.astype(np.float32),
        (NoMap("chelsea", "lrp", 2, 0, "a map is zero everywhere"),) if hole else (), 14, 16,
        (("xaicheck", "0"),), 1.0, contest(),
    )  # fmt: skip


def view(method: str = "lrp", share: float = 0.9, measure: str = "cosine", **rest: bool) -> Mix:
    numbers = data(**rest)
    curve = stored_curve(numbers, "chelsea", method, 2, measure)
    return mix_of(numbers, "chelsea", method, 2, share, "mean", curve)


# The contest


def test_the_check_prefers_the_largest_distance_and_the_smallest_similarity() -> None:
    ranked = standings(contest(), FILLS, 1)
    assert ranked.winners == {
        "mse": ("sign_flip",),
        "spearman": ("sign_flip",),
        "spearman_abs": ("fresh_noise",),
        "ssim": ("fresh_noise",),
        "cs": ("sign_flip",),
    }


def test_a_mean_close_to_the_winners_is_level_with_it() -> None:
    ranked = standings(contest(), FILLS, 1)
    assert set(ranked.level["ssim"]) == {"lrp", "fresh_noise"}
    assert set(ranked.level["mse"]) == {"sign_flip"}


def test_what_draws_nothing_has_no_interval_and_noise_has_one() -> None:
    ranked = standings(contest(), FILLS, 2)
    assert ranked.entry("lrp").faithfulness["mean"].low is None
    noise = ranked.entry("fresh_noise").faithfulness["mean"]
    assert noise.low is not None and noise.high is not None
    assert noise.low < 0 < noise.high and noise.n_seeds == DRAWS
    assert ranked.faithful == {"mean": ("lrp",), "blur": ("lrp",)}


def test_a_method_without_a_score_is_shown_without_one_and_wins_nothing() -> None:
    scores = contest().scores.copy()
    scores[:, CONTESTANTS.index("fresh_noise")] = np.nan
    ranked = standings(dataclasses.replace(contest(), scores=scores), FILLS, 1)
    assert ranked.entry("fresh_noise").scores["ssim"].mean is None
    assert ranked.winners["ssim"] == ("lrp",)
    assert "no number" in panels.contest_table(ranked)


def test_a_depth_that_was_not_computed_is_refused() -> None:
    with pytest.raises(ValueError):
        standings(contest(), FILLS, 7)


# The file


@pytest.mark.parametrize("hole", [False, True])
def test_what_is_stored_comes_back(tmp_path: Path, hole: bool) -> None:
    before = data(hole=hole)
    size = store.save(before, tmp_path / "noise.zip")
    after = store.load(tmp_path / "noise.zip")
    assert after is not None and size == (tmp_path / "noise.zip").stat().st_size
    for field in dataclasses.fields(NoiseData):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if isinstance(old, np.ndarray):
            assert np.allclose(old, new, rtol=0, atol=0.51 * store.STEP, equal_nan=True), field.name
        elif field.name != "contest":
            assert old == new, field.name
    assert after.contest.methods == CONTESTANTS and after.contest.draws == before.contest.draws
    assert np.array_equal(after.contest.faithfulness, before.contest.faithfulness, equal_nan=True)
    assert np.allclose(after.contest.scores, before.contest.scores, rtol=0, atol=0.51 * store.STEP)


# Sentences


def test_the_finding_says_better_in_the_check_and_less_faithful() -> None:
    text = sentences.finding(view())
    assert "does better in" in text and "faithfulness falls" in text
    assert "0.90 to 0.01" in text and "0.300 to" in text


def test_noise_that_pulls_a_map_up_to_random_is_called_growth_and_never_loss() -> None:
    mix = view("guided_backprop", 1.0)
    assert mix.faith_moved == 1 and "faithfulness grows" in sentences.finding(mix)


def test_without_noise_nothing_is_better_or_worse() -> None:
    mix = view(share=0.0)
    assert (mix.check_moved, mix.faith_moved) == (0, 0)
    assert sentences.finding(mix).startswith("Without noise")


def test_a_distance_that_grows_is_better_in_the_check() -> None:
    assert view(measure="mse").check_moved == 1


def test_a_map_that_cannot_be_compared_says_why_in_place_of_its_number() -> None:
    mix = view(hole=True)
    assert "zero everywhere" in sentences.finding(mix)
    assert "zero everywhere" in panels.big_figures(mix)
    assert tables.mix(mix)[0]["Cosine"].endswith("zero everywhere")
    assert mix.check_moved == 0 and sentences.chart_title(mix) and words.chart_alt(mix)
    gone = tally(data(hole=True), 2, 0.9, "cosine", "mean")
    assert (gone.maps, gone.no_score, gone.better_in_check) == (4, 1, 3)


def test_the_tally_counts_gains_and_losses_over_pictures_and_methods() -> None:
    counted = tally(data(), 1, 0.9, "cosine", "mean")
    assert (counted.maps, counted.better_in_check, counted.less_faithful, counted.more_faithful) == (
        4,
        4,
        2,
        2,
    )
    assert [(g.picture, g.method) for g in counted.gaining] == [
        ("chelsea", "guided_backprop"),
        ("camera", "guided_backprop"),
    ]
    assert all(g.before < g.now for g in counted.gaining)
    assert counted.at_rest is None  # what independent maps give by this measure depends on their means


def test_each_fill_has_a_line_and_columns_of_its_own_however_many_there_are() -> None:
    lots = dataclasses.replace(view(), faithfulness={key: view().faithfulness["mean"] for key in ALL_FILLS})
    drawn = [trace for trace in figures.mix(lots).data if (trace.name or "").startswith("Faithfulness")]
    looks = {(trace.line.color, trace.line.dash, trace.marker.symbol) for trace in drawn}
    assert len(drawn) == len(looks) == len(ALL_FILLS)
    labels = {f"ABPC / SRG, {fill.label.lower()}" for fill in ALL_FILLS.values()}
    assert labels <= set(tables.mix(lots)[0])


def test_a_fill_that_is_added_has_its_columns_its_line_and_its_number() -> None:
    with ALL_FILLS.with_entry(dataclasses.replace(ALL_FILLS["mean"], key="brand_new", label="Brand <new>")):
        fills = ("mean", "brand_new")
        numbers = dataclasses.replace(data(), fills=fills)
        mix = mix_of(numbers, "chelsea", "lrp", 2, 0.9, "brand_new", view().curve)
        ranked = standings(contest(), fills, 2)
        assert "brand &lt;new&gt;" in panels.contest_table(
            ranked
        ) and "brand &lt;new&gt;" in panels.big_figures(mix)
        assert "Faithfulness, brand <new>" in [trace.name for trace in figures.mix(mix).data]
        assert (
            any(column.endswith("brand <new>") for column in tables.mix(mix)[0]) and tables.contest(ranked)[0]
        )
        assert "brand <new>" in words.contest_line(ranked) and words.chart_alt(mix)


def test_every_caption_is_short_at_both_levels() -> None:
    mix, numbers = view(), data()
    captions = (
        TEXT.look, TEXT.contest_look, words.form_caption(mix),
        words.form_caption(view(measure="ssim")), words.faith_caption(numbers),
        TEXT.truth_look, TEXT.zeros_look,
    )  # fmt: skip
    for caption in captions:
        assert isinstance(caption, Caption) and caption.student != caption.researcher
        for text in (caption.student, caption.researcher):
            assert text.count(". ") <= 1, text


def test_the_conclusion_carries_the_numbers_that_are_shown() -> None:
    numbers, mix = data(), view()
    ranked = standings(contest(), FILLS, 2)
    table, shared = truths.table(0, pairs=1, side=48), zeros.measured(0.5, side=96)
    whole = verdict(numbers, mix, tally(numbers, 2, 0.9, "cosine", "mean"), ranked, table, shared)
    text = " ".join((*whole.may, *(part for claim in whole.may_not for part in claim)))
    assert "0.90 to 0.00" in text and "4.00" in text and "structure term is −1.00" in text
    assert "that holds 0" in text
    assert "LRP" in text and TEXT.claims.useless in dict(whole.may_not)
    bare = verdict(numbers, view(share=0.0), tally(numbers, 2, 0.0, "cosine", "mean"), None, table, shared)
    assert bare.may and bare.may_not
    assert "0 % noise" not in " ".join(bare.may)


def test_a_large_distance_is_not_called_a_low_similarity() -> None:
    numbers, mix = data(), view(measure="mse")
    table, shared = truths.table(0, pairs=1, side=48), zeros.measured(0.5, side=96)
    said = verdict(numbers, mix, tally(numbers, 2, 0.9, "mse", "mean"), None, table, shared)
    assert TEXT.claims.high_is_sensitive in dict(said.may_not)
    assert TEXT.claims.low_is_sensitive not in dict(said.may_not)


def test_all_that_tie_are_named_as_the_most_faithful() -> None:
    tied = contest()
    tied.faithfulness[0, 0, 0] = 0.05
    ranked = standings(tied, FILLS, 1)
    assert ranked.faithful == {"mean": ("sobel", "sign_flip"), "blur": ("lrp",)}
    line = words.contest_line(ranked).casefold()
    assert "edges" in line and "sign" in line.split("highest")[-1]
    assert panels.contest_table(ranked).count("xn-best") == 3


def test_all_that_tie_win_a_similarity_column() -> None:
    tied = contest()
    tied.scores[2, 0] = tied.scores[2, 2]  # rank correlation of magnitudes: LRP as little as fresh noise
    tied.scores[3, 3] = tied.scores[3, 2]  # SSIM: fixed noise as little as fresh noise
    ranked = standings(tied, FILLS, 1)
    assert ranked.winners["spearman_abs"] == ("lrp", "fresh_noise")
    assert ranked.winners["ssim"] == ("fresh_noise", "fixed_noise")
    title = sentences_contest.contest_title(ranked)
    assert "win 5 of 5" in title
    assert "fresh noise (2, 2 shared)" in title and "fixed noise (1, 1 shared)" in title
    assert "sign-flip cheater (3)" in title.casefold()
    assert panels.contest_table(ranked).count("xn-win") == 7


def test_a_column_won_by_the_mean_alone_says_in_how_many_random_networks_it_is_won() -> None:
    split = contest()
    assert standings(split, FILLS, 1).held == dict.fromkeys(standings(split, FILLS, 1).winners, 2)
    assert "every random network" not in sentences_contest.contest_title(standings(split, FILLS, 1))
    split.scores[2, 0, 0] = [-0.1, 0.9]  # in the first network LRP changes more than fresh noise
    ranked = standings(split, FILLS, 1)
    assert ranked.winners["spearman_abs"] == ("fresh_noise",)
    assert ranked.held == {"mse": 2, "spearman": 2, "spearman_abs": 1, "ssim": 2, "cs": 2}
    assert sentences_contest.contest_title(ranked).endswith("; 4 of these in every random network")
    assert "most in 1 of 2 random networks" in sentences_contest.MOST_CHANGED((ranked, "mean"))


def test_a_map_counts_as_at_rest_only_where_the_noise_moves_it_no_further() -> None:
    numbers = dataclasses.replace(data(), measures=("spearman", *MEASURES[1:]))
    numbers.similarity[..., 0, :] = 0.05  # without noise below what is little, moved by more than is clear
    numbers.similarity[..., 1:, :] = 0.0
    numbers.similarity[:, :, 1] = 0.01
    counted = tally(numbers, 1, 0.9, "spearman", "mean")
    assert (counted.better_in_check, counted.at_rest) == (2, 2)


def test_a_background_of_nothing_has_a_title_of_its_own_and_no_rounding_makes_a_rank_correlation_1() -> None:
    none = zeros.measured(0.0, side=96)
    assert words.zeros_title(none) == TEXT.zeros_none.format(magnitude=words.rank_number(none.magnitude))
    assert (words.rank_number(0.996), words.rank_number(1.0)) == ("0.996", "1.00")


def test_the_notes_on_the_contest_name_the_honest_winner_and_the_cheater() -> None:
    notes = dict(sentences_contest.contest_notes(standings(contest(), FILLS, 1)))
    assert list(notes) == [TEXT.honest, TEXT.cheater, TEXT.unchanging]
    assert "2.00" in notes[TEXT.honest] and "0.97" in notes[TEXT.cheater]


def test_an_interval_is_named_and_extremes_are_not() -> None:
    ranked = standings(contest(), FILLS, 1)
    said = words.spread(ranked.entry("fresh_noise").faithfulness["mean"])
    assert said == "95 % interval −0.020 to 0.020, 5 draws of the noise"  # 0 ± 2.776 · sd / √5, from t tables
    row = str(panels.contest_table(ranked)).split("Fresh noise")[-1].split("</tr>")[0]
    assert row.count("95 % interval −0.020 to 0.020") == len(FILLS)  # below faithfulness alone
    assert "95 %" not in row.split("95 % interval")[0]


def test_a_badge_says_unchanged_only_where_nothing_was_mixed_in() -> None:
    same, still = TEXT.same, view(share=0.0)
    assert str(panels.big_figures(still)).count(same) == 2
    flat = dataclasses.replace(
        view(), faithfulness={k: np.zeros_like(v) for k, v in view().faithfulness.items()}
    )
    drawn = str(panels.big_figures(flat))
    assert flat.faith_moved == 0 and same not in drawn and TEXT.not_told in drawn
    level = dataclasses.replace(view().curve, values=np.full_like(view().curve.values, 0.9))
    assert TEXT.level.format(clear=0.02) in str(panels.big_figures(dataclasses.replace(view(), curve=level)))
    assert TEXT.no_number in str(panels.big_figures(view(hole=True)))


def test_what_noise_beats_it_beats_in_every_random_network() -> None:
    split = contest()
    mse = tuple(split.scores[0, 0, 0])
    assert "than 1 of 1 " in sentences_contest.NOISE_SCORES((standings(split, FILLS, 1), "mean"))
    split.scores[0, 0, 0] = [-0.5, 2.1]  # by its mean less changed than noise, not in the second network
    assert mse[0] < 2 and not sentences_contest.NOISE_SCORES((standings(split, FILLS, 1), "mean"))


def test_a_rise_between_the_ends_stands_in_the_title() -> None:
    mix = view()
    assert "its highest" not in sentences.chart_title(mix)
    risen = {key: values.copy() for key, values in mix.faithfulness.items()}
    risen["mean"][mix.faithful_shares.index(0.8)] = 0.777
    risen["mean"][mix.faithful_shares.index(0.9)] = -0.777
    title = sentences.chart_title(dataclasses.replace(mix, fill="mean", faithfulness=risen))
    assert title.endswith("; its highest is 0.777, at 80 % noise; its lowest is −0.777, at 90 % noise")


def test_a_stored_score_has_no_more_digits_than_its_storage_left_it() -> None:
    assert [words.contest_number(v) for v in (0.0, 6.7e-5, 1.0, 0.99995, 0.0002, -0.00003, 0.31, 4.0)] == [
        "0.0000", "0.0001", "1.0000", "1.0000", "0.0002", "0.0000", "0.31", "4.00",
    ]  # fmt: skip
    none = dataclasses.replace(view().curve, values=np.zeros_like(view().curve.values))
    assert words.alike_number(dataclasses.replace(view(), curve=none), 0.5) == "0.0000"
    exact = dataclasses.replace(none, step=0.0)  # computed while the page is looked at
    assert words.alike_number(dataclasses.replace(view(), curve=exact), 0.5) == "0.00"
