"""The texts: each is true for its number."""

from __future__ import annotations

import dataclasses
import math
import re
from pathlib import Path

import pytest

import xaicheck
from tests.app import fakes
from xaicheck.methods import METHODS
from xaicheck.randomization.laws import LAWS
from xaicheck.reading import network_sentences, sentences, verdict, words
from xaicheck.reading.numbers import Reading, Summary
from xaicheck.reading.seen import Seen
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.story.cards import story
from xaicheck.types import Coverage, Liveness, Report, Score

SPEARMAN = SIMILARITIES["spearman"]


@pytest.fixture(scope="module")
def report() -> Report:
    return fakes.sample_report(seeds=3)


@pytest.fixture(scope="module")
def reading(report: Report) -> Reading:
    return Reading(report)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (1.0, "hardly changed"), (0.9, "hardly changed"), (0.89, "partly changed"), (0.5, "partly changed"),
        (0.49, "largely changed"), (0.2, "largely changed"), (0.19, "nearly uncorrelated"),
        (0.0, "uncorrelated"), (-0.2, "nearly uncorrelated"), (-0.21, "partly inverted"), (-1.0, "inverted"),
        (None, "–"), (math.nan, "–"),
    ],
)  # fmt: skip
def test_a_similarity_has_its_word(value: float | None, word: str) -> None:
    assert words.score_word("spearman", value) == word


def test_what_is_no_correlation_is_not_called_uncorrelated() -> None:
    assert words.score_word("topk", 0.1) == words.score_word("topk", 0.0) == words.DASH
    assert words.score_word("topk", 0.6) == "partly changed"


@pytest.mark.parametrize("key", SIMILARITIES)
def test_every_measure_calls_its_best_value_hardly_changed(key: str) -> None:
    # Others have no word: what unrelated maps score depends on their values.
    known = key in ("spearman", "spearman_abs", "pearson", "topk")
    word = "hardly changed" if known else words.DASH
    assert words.score_word(key, SIMILARITIES[key].best) == word


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (1.0, "about as large as the original"), (0.8, "about as large as the original"),
        (0.5, "2.0× smaller than the original"),
        (1 / 12, "12× smaller than the original"), (3.4, "3.4× larger than the original"),
        (1234.0, "1234× larger than the original"), (1e-7, "1.0·10⁷× smaller than the original"),
        (1 / 12_345, "1.2·10⁴× smaller than the original"),
        (0.0, "zero everywhere"), (math.inf, "not finite"), (None, "no magnitude to compare"),
    ],
)  # fmt: skip
def test_a_magnitude_has_its_words(ratio: float | None, text: str) -> None:
    assert words.magnitude(ratio) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.01234, "0.0123"), (-41.23, "−41.2"), (3.1e-7, "3.1·10⁻⁷"), (2e9, "2.0·10⁹"), (None, "–")],
)
def test_numbers_of_any_size_are_short(value: float | None, text: str) -> None:
    assert words.short(value) == text


def test_a_small_negative_score_is_not_minus_zero() -> None:
    assert (
        words.number(-0.001) == "−0.001" and words.number(-0.0) == "0.00" and words.number(-0.31) == "−0.31"
    )


def test_a_score_line_names_the_spread_or_the_reason() -> None:
    line = words.score_line(Summary(0.4, 0.3, 0.5, 3))
    assert line.startswith("0.30 to 0.50 ") and line.endswith(" 3 seeds")
    assert words.score_line(Summary(0.4, 0.4, 0.4, 1)) == "one seed"
    assert words.score_line(Summary(None, None, None, 0, "is constant")) == "is constant"


def test_the_finding_names_the_extremes_and_the_noise_with_their_numbers(reading: Reading) -> None:
    text = sentences.finding(reading, "spearman", 19, METHODS)
    for key in ("lrp", "fresh_noise"):
        assert words.number(reading.score(key, "spearman", 19).mean) in text
    assert "LRP" in text and "never looks" in text
    assert "Sobel" not in text


def test_at_depth_zero_nothing_is_claimed(reading: Reading) -> None:
    assert "Nothing is randomized" in sentences.finding(reading, "spearman", 0, METHODS)


def test_a_finding_without_scores_says_so(report: Report) -> None:
    empty = Reading(dataclasses.replace(report, scores=()))
    assert words.TEXT.finding.unknown not in sentences.finding(empty, "spearman", 5, METHODS)
    waiting = Reading(dataclasses.replace(report, scores=(), complete=False))
    assert words.TEXT.finding.unknown in sentences.finding(waiting, "spearman", 5, METHODS)


@pytest.mark.parametrize(
    ("mode", "depth", "text"),
    [
        ("cascade", 19, "all 19 blocks randomized"),
        ("cascade", 4, "the last 4 of 19 blocks randomized"),
        ("cascade", 1, "only the classifier randomized"),
        ("bottom_up", 4, "the first 4 of 19 blocks randomized"),
        ("bottom_up", 1, "only the stem randomized"),
        ("independent", 2, "only block 2 of 19 randomized (head)"),
    ],
)
def test_the_place_is_said_as_the_mode_means_it(report: Report, mode: str, depth: int, text: str) -> None:
    request = report.request.changed(mode=mode)
    assert sentences.where(Reading(dataclasses.replace(report, request=request)), depth) == text


def test_the_verdict_shows_the_noise_beside_and_the_ratio_of_scales(reading: Reading) -> None:
    entries = verdict.may_not(Seen(reading, SPEARMAN, 6, METHODS))
    text = " ".join(f"{claim} {why}" for claim, why in entries)
    assert words.number(reading.score("fresh_noise", "spearman", 6).mean) in text
    assert words.TEXT.verdict.no_ranking in text
    assert "the 13 blocks" in text and "(ratio 1.00)" in text
    assert words.TEXT.verdict.no_faith in text


def test_without_noise_the_verdict_asks_for_it() -> None:
    bare = Reading(fakes.sample_report(methods=["gradient", "lrp"]))
    text = " ".join(why for _, why in verdict.may_not(Seen(bare, SPEARMAN, 6, METHODS)))
    assert words.TEXT.verdict.noise_missing in text


def test_the_verdict_at_full_depth_takes_its_scales_from_half_way(reading: Reading) -> None:
    text = " ".join(why for _, why in verdict.may_not(Seen(reading, SPEARMAN, 19, METHODS)))
    assert "last 9 of" in text


def test_methods_that_hardly_change_are_named_and_controls_are_not() -> None:
    stable = Reading(fakes.sample_report(methods=["gradient", "sobel"]))
    shown = " ".join(verdict.may(Seen(stable, SPEARMAN, 19, METHODS)))
    assert words.TEXT.verdict.not_stable.format(method="gradient") in shown
    assert verdict.may(Seen(stable, SPEARMAN, 0, METHODS)) == (words.TEXT.verdict.nothing,)


@pytest.mark.parametrize(
    ("spread", "entropy", "word"),
    [
        (1.2, 5.0, "alive"), (0.0, words.UNIFORM_ENTROPY, "dead"), (1e-3, 6.905, "nearly silent"),
        (90.0, 0.001, "saturated"), (math.nan, 5.0, "broken"), (math.inf, 0.0, "broken"),
    ],
)  # fmt: skip
def test_a_network_has_the_word_of_its_numbers(spread: float, entropy: float, word: str) -> None:
    assert network_sentences.alive_word(Liveness(3, 0, spread, entropy, ())) == word


def test_the_audit_counts_what_was_left(report: Report, reading: Reading) -> None:
    assert "100 % of" in network_sentences.audit_line(reading)
    left = Coverage(0.753, ("a.weight", "b", "c", "d"), ())
    text = network_sentences.audit_line(Reading(dataclasses.replace(report, coverage=left)))
    nearly = Coverage(0.9999996, ("a",), ())
    assert "99.99 %" in network_sentences.audit_line(Reading(dataclasses.replace(report, coverage=nearly)))
    assert "75.3 %" in text and " 4 tensors" in text and "a.weight, b, c," in text


def test_the_curves_title_counts_methods_and_leaves_controls_out(reading: Reading) -> None:
    title = sentences.curves_title(reading, SPEARMAN, METHODS)
    real = [m.key for m in reading.report.request.methods if not METHODS[m.key].control]
    low = sum(reading.score(key, "spearman", 19).mean < 0.5 for key in real)  # type: ignore[operator]
    assert f"; {low} of {len(real)} methods below 0.5 with all 19" in title


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.2, "about 1 s left"), (42.4, "about 42 s left"), (170.0, "about 3 min left")],
)
def test_the_time_left_is_rounded(seconds: float | None, text: str) -> None:
    assert words.time_left(seconds) == text


def test_names_inside_a_sentence_keep_their_capitals() -> None:
    expected = {
        "gradient": "gradient",
        "grad_cam": "Grad-CAM",
        "smoothgrad": "SmoothGrad",
        "sobel": "Sobel edges",
        "sign_flip": "sign-flip cheater",
        "lrp": "LRP (ε, z⁺)",
        "guided_grad_cam": "guided Grad-CAM",
    }
    assert {key: words.method_name(METHODS, key) for key in expected} == expected
    assert [words.inside(LAWS[key].label) for key in ("he_normal", "own_init")] == [
        "He normal",
        "layer’s own init",
    ]


def test_no_label_is_put_inside_a_sentence_in_another_way() -> None:
    """`lower()` would write "he normal" and "grad-cam"."""
    sources = {path: path.read_text("utf-8") for path in Path(xaicheck.__file__).parent.rglob("*.py")}
    assert [path.name for path, code in sources.items() if ".label.lower()" in code] == []


def test_every_name_inside_a_sentence_of_the_story_is_written_alike() -> None:
    report = fakes.sample_report(methods=(*METHODS,), depths=(0, 9))
    cards = story(Reading(report), METHODS, None)
    assert cards is not None
    said = "\n".join(text for card in cards for text in (card.title, *card.said))
    for method in METHODS.values():
        small = words.inside(method.label)
        if small != method.label:
            assert not re.search(rf"[a-z,] {re.escape(method.label)}\b", said), method.label


def test_no_text_claims_what_was_not_verified(reading: Reading) -> None:
    claims = [why for _, why in verdict.may_not(Seen(reading, SPEARMAN, 6, METHODS))]
    text = " ".join([*claims, *verdict.may(Seen(reading, SPEARMAN, 6, METHODS))]).lower()
    for phrase in ("the paper reports", "proved", "useless", "imagenet validation", "resnet-50"):
        assert phrase not in text


def test_distances_near_zero_keep_their_digits() -> None:
    near = Reading(fakes.sample_report(measures=("mse",), normalisation="none"))
    small = dataclasses.replace(
        near.report,
        scores=tuple(
            row if row.score.value is None else dataclasses.replace(row, score=Score(0.00312))
            for row in near.report.scores
        ),
    )
    said = sentences.finding(Reading(small), "mse", 19, METHODS)
    assert "0.00312" in said and "0.00 " not in said and "(0.00)" not in said


@pytest.mark.parametrize("value", [0.00119, 0.0025, 0.001, 0.0, 0.9999, 1.00001, 7.3e-5, -0.0119])
def test_a_bound_is_rounded_so_that_it_holds(value: float) -> None:
    for digits in (1, 2, 3):
        most, least = (
            float(bound(value, digits).replace("−", "-")) for bound in (words.at_most, words.at_least)
        )
        assert value - 10**-digits < least <= value + 1e-9 and value - 1e-9 <= most < value + 10**-digits


def test_a_bound_that_is_met_is_not_moved() -> None:
    assert words.at_most(0.3, 1) == words.at_least(0.3, 1) == "0.3"
    assert (words.at_most(0.00119, 3), words.at_least(0.9719, 3)) == ("0.002", "0.971")


def test_ranks_are_whole_numbers_and_halves_and_scores_are_not_taken_for_ranks() -> None:
    written = words.column([1.0, 3.5, 12.0, None])
    assert [written(v) for v in (1.0, 3.5, 12.0, None)] == ["1", "3.5", "12", "–"]
    assert words.column([0.5, 1.0])(0.5) == "0.500"
