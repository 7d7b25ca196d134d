"""A score's full name and its words: nothing is called alike or unrelated that the number does not show."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.app import fakes
from xaicheck.engine.settings import SETTINGS
from xaicheck.methods import METHODS
from xaicheck.randomization.smooth_mprt import SIGMA
from xaicheck.reading import charts, compared, network_sentences, sentences, tables, verdict, words
from xaicheck.reading.numbers import Reading, part
from xaicheck.reading.seen import Seen
from xaicheck.similarity.comparisons import compare, comparisons, unrelated
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.topics.methods import numbers
from xaicheck.types import Comparison


@pytest.fixture(scope="module")
def raw() -> Reading:
    """A report whose distances are of raw maps, up to a flip."""
    return Reading(fakes.sample_report(seeds=2, normalisation="none", sign="either"))


@pytest.mark.parametrize(
    ("comparison", "name"),
    [
        (Comparison("ssim"), "SSIM of signed maps at unit power"),
        (Comparison("ssim", "minmax", "magnitude"), "SSIM of magnitudes stretched from 0 to 1"),
        (
            Comparison("mse", "none", "either"),
            "Squared distance of maps of either sign without normalisation",
        ),
        (Comparison("spearman", "max"), "Rank correlation of signed maps under any normalisation"),
        (Comparison("spearman_abs", "max", "signed"), "Rank correlation of magnitudes"),
    ],
)
def test_a_score_is_named_with_its_normalisation_and_sign(comparison: Comparison, name: str) -> None:
    assert compared.full_name(comparison).startswith(name)


def test_no_two_comparisons_have_one_name() -> None:
    names = [compared.full_name(one) for one in comparisons()]
    assert len(set(names)) == len(names)


def test_unrelated_maps_score_what_is_said_of_them() -> None:
    g = np.random.default_rng(7)
    known = [one for one in comparisons() if unrelated(one) is not None]
    draws = (
        lambda: g.standard_normal((128, 128)),
        lambda: g.uniform(-1, 1, (128, 128)),
        lambda: g.laplace(size=(128, 128)),
        lambda: 3 + g.standard_normal((128, 128)),  # a common mean
        lambda: g.gamma(0.05, size=(128, 128)),  # one sign, and most windows nearly empty
    )
    for draw in draws:
        means = np.mean([[s.value for s in compare(draw(), known)(draw())] for _ in range(6)], axis=0)
        for one, value in zip(known, means, strict=True):
            assert value == pytest.approx(unrelated(one), abs=0.04), one


def test_measures_that_see_means_or_empty_windows_have_no_value_for_unrelated_maps() -> None:
    g = np.random.default_rng(9)
    a = 1 + 0.3 * g.standard_normal((64, 64))
    b = g.permutation(a.ravel()).reshape(a.shape)  # nothing of a's places is left
    rms = [one / np.sqrt((one**2).mean()) for one in (a, b)]
    due = rms[0].mean() * rms[1].mean()  # the closed form: the product of mean / RMS of both
    assert due > 0.9
    assert SIMILARITIES["cosine"].fn(a, b).value == pytest.approx(due, abs=0.01)
    assert SIMILARITIES["mse"].fn(a, b).value == pytest.approx(2 - 2 * due, abs=0.02)
    sparse = [g.standard_normal((64, 64)) * (g.uniform(size=(64, 64)) < 0.01) for _ in range(2)]
    assert all(float(SIMILARITIES[key].fn(*sparse)) > 0.2 for key in ("ssim", "cs"))
    assert all(unrelated(Comparison(key)) is None for key in ("cosine", "mse", "ssim", "cs"))


def test_hog_has_no_value_of_its_own_for_unrelated_maps() -> None:
    g, score = np.random.default_rng(8), SIMILARITIES["hog"].fn
    assert abs(float(score(*g.standard_normal((2, 224, 224))))) < 0.15
    assert float(score(*g.laplace(size=(2, 224, 224)))) > 0.25  # measured: 0.34 with a spread of 0.01
    assert unrelated(Comparison("hog")) is None


def test_where_unrelated_maps_have_no_value_of_their_own_no_word_is_given() -> None:
    for one in comparisons():
        value = SIMILARITIES[one.measure].best
        if unrelated(one) is None:
            assert math.isnan(words.alike(one, value)) and words.score_word(one, value) == words.DASH
        else:
            assert words.alike(one, value) == 1 and words.score_word(one, value) == "hardly changed"
            assert words.alike(one, unrelated(one)) == 0


def test_every_place_that_names_scores_names_how_maps_were_compared(raw: Reading) -> None:
    measure, how = SIMILARITIES["mse"], "maps of either sign without normalisation"
    method = METHODS["gradient"]
    assert how in verdict.verdict_card(raw, measure, 19, METHODS, [method])
    assert how in charts.curves(raw, measure, 19, METHODS).y.label
    assert how in sentences.curves_alt(raw, measure, 19, METHODS)
    assert how in compared.compared_line(raw, measure)
    assert "depends on" in compared.compared_line(raw, measure)
    rows = tables.scores(raw, measure, METHODS)
    assert {(row["Normalisation"], row["Sign"]) for row in rows} == {("None", "Either sign")}
    shown = {row["Setting"]: row["Value"] for row in tables.settings(raw.report, METHODS)}
    assert shown[SETTINGS["normalisation"].label].startswith(NORMALISATIONS["none"].label)
    assert shown[SETTINGS["sign"].label].startswith(SIGNS["either"].label)
    assert shown[SETTINGS["copies"].label].startswith("none")


def test_a_distance_without_a_scale_is_a_number_and_no_verdict(raw: Reading) -> None:
    measure = SIMILARITIES["mse"]
    finding = sentences.finding(raw, "mse", 19, METHODS)
    assert " scores " in finding
    assert not any(word in finding for word in ("hardly", "partly", "largely", "uncorrelated", "inverted"))
    assert sentences.curves_title(raw, measure, METHODS).startswith(measure.label)
    assert not any(sign.isdigit() for sign in sentences.curves_title(raw, measure, METHODS))
    assert words.TEXT.verdict.none_named in verdict.may(Seen(raw, measure, 19, METHODS))[0]
    assert "xc-track" not in verdict.score_strip(Seen(raw, measure, 19, METHODS), [METHODS["gradient"]])


def test_noisy_copies_are_named_beside_the_scores() -> None:
    reading = Reading(fakes.sample_report(copies=20, mode="bottom_up"))
    line = compared.compared_line(reading, SIMILARITIES["mse"])
    assert " 20 noisy copies" in line and line.endswith("(sMPRT).")
    shown = {row["Setting"]: row["Value"] for row in tables.settings(reading.report, METHODS)}
    assert shown[SETTINGS["copies"].label].startswith("20, ")
    assert f"{SIGMA:g}" in shown[SETTINGS["copies"].label]


def test_results_answer_another_normalisation_only_where_it_changes_no_number() -> None:
    report = fakes.sample_report(measures=("spearman", "mse"))

    def asked(**settings):
        return part(report, fakes.sample_report(**settings).request)

    ranks = asked(measures=("spearman",), normalisation="max")
    assert ranks is not None and ranks.request.normalisation == "max"
    assert asked(measures=("spearman", "mse"), normalisation="max") is None
    assert asked(measures=("mse",), sign="either") is None
    assert asked(measures=("spearman",), copies=4) is None


def test_the_entropies_are_told_with_their_loophole_and_their_absence_with_its_reason() -> None:
    report = fakes.sample_report(seeds=2)
    reading = Reading(report)
    assert "permuting the pixels" in network_sentences.entropy_line(reading)
    rows = tables.entropies(reading, METHODS)
    assert [row["Method"] for row in rows][-1] == "Fresh noise (control)"
    row = reading.entropy("grad_cam")
    assert row.rise.seeds == 2 and row.original.mean is not None and row.randomized.mean is not None
    assert "rises in both random networks for" in network_sentences.entropy_title(reading, METHODS)
    for settings, why in (
        ({"mode": "independent"}, "no step randomizes every block"),
        ({"depths": (0, 5)}, "At most 5 of 19 blocks"),
    ):
        other = Reading(fakes.sample_report(**settings))
        assert why in network_sentences.entropy_line(other)
        assert network_sentences.entropy_title(other, METHODS) == words.TEXT.titles.entropy


def test_a_share_is_written_with_its_sign() -> None:
    assert [words.percent(v) for v in (0.123, -0.05, 0.001, -0.001, None)] == [
        "+12 %",
        "−5 %",
        "+0.1 %",
        "−0.1 %",
        words.DASH,
    ]


def test_a_measure_of_magnitudes_is_not_called_signed_in_a_table() -> None:
    assert compared.normalisation_row(Comparison("spearman_abs"))[1] == "Magnitudes"
    assert compared.normalisation_row(Comparison("spearman"))[1] == "Signed"


def test_no_name_says_a_thing_twice_or_calls_no_normalisation_none() -> None:
    assert compared.full_name(Comparison("spearman", sign="magnitude")).count("magnitudes") == 1
    assert [compared.normalisation_name(key) for key in NORMALISATIONS] == [
        "no normalisation", "largest magnitude", "smallest to largest", "unit power",
    ]  # fmt: skip
    for how in comparisons():
        assert ", none" not in numbers.name(how) and "magnitudes, magnitudes" not in numbers.name(how)
