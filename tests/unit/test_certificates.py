"""Certificates: what marks a map, and which numbers a sentence may lean on."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch

import xaicheck
from tests import toys
from xaicheck.engine.request import request_for
from xaicheck.experiments.noise import store as noise_store
from xaicheck.experiments.ranking import store as ranking_store
from xaicheck.experiments.ranking.data import Held
from xaicheck.experiments.ranking.rank import default_choice, rank
from xaicheck.methods import METHODS
from xaicheck.methods.certificates import certificate, distances
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.reading import certificates, sentences, tables, verdict, words
from xaicheck.reading.numbers import Reading, part
from xaicheck.reading.seen import Seen
from xaicheck.reading.words import TEXT
from xaicheck.report import page
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.steps import STEPS
from xaicheck.topics.noise import words as noise_words
from xaicheck.topics.ranking import (
    sentences as ranking_sentences,
    tables as ranking_tables,
    words as ranking_words,
    words_spread,
)
from xaicheck.topics.ranking.numbers import TwoOrders
from xaicheck.types import Attribution, Certificate, CertificateKind, Method, Report
from xaicheck.viewer import encode
from xaicheck.viewer.build import scene

CAT = samples.load("chelsea")
GOOD, BAD = Certificate("toy", 0.05, 0.05), Certificate("toy", 0.06, 0.05)


@pytest.mark.parametrize(
    ("certificate", "holds"),
    [
        (GOOD, True),  # at the bound
        (BAD, False),
        (Certificate("toy", 9.0), None),  # a number without a bound
        (Certificate("toy", None, 0.05, "nothing is due"), None),
        (Certificate("toy", math.inf, 0.05), False),
    ],
)
def test_a_map_is_marked_by_what_is_beyond_its_bound_and_by_nothing_else(
    certificate: Certificate, holds: bool | None
) -> None:
    assert certificate.holds is holds
    assert Attribution("m", 0, 0, None, certificates=(GOOD, certificate)).marked is (holds is False)
    assert not Attribution("m", 0, 0, np.zeros((2, 2), np.float32)).marked


def marked(report: Report, method: str, depth: int, certificate: Certificate = BAD) -> Report:
    """The report with that certificate at one of its maps."""
    there = {(method, depth)}
    changed = tuple(
        dataclasses.replace(a, certificates=(certificate,)) if (a.method, a.depth) in there else a
        for a in report.attributions
    )
    return dataclasses.replace(report, attributions=changed)


def test_a_mark_at_depth_0_spoils_every_depth_and_another_only_its_own(broken: Report) -> None:
    bare = marked(marked(broken, "slope", 0, GOOD), "slope", 2, GOOD)

    def usable(report: Report) -> list[tuple[str, int]]:
        reading = Reading(report)
        return [(key, d) for key in ("slope", "gradient") for d in report.depths if reading.usable(key, d)]

    everything = [("slope", 0), ("slope", 2), ("gradient", 0), ("gradient", 2)]
    assert usable(bare) == everything
    assert usable(broken) == usable(marked(bare, "slope", 0)) == everything[2:]
    assert usable(marked(bare, "slope", 2)) == [everything[0], *everything[2:]]
    assert Reading(marked(bare, "slope", 2)).marked(2) == ("slope",)


# --- a method whose maps do not hold what they should ------------------------------------------------

BROKEN = CertificateKind(
    "sum", "Sum", "The sum of the map beside one half more.", "power {power}: sum {found} for {due}",
    bound=0.25, why_bound="this test says so",
    measure=lambda network, x, target, maps, power: torch.tensor([[1.0, 1.5]]).expand(len(x), -1),
)  # fmt: skip


def raising(*_: object, **__: object) -> torch.Tensor:
    raise ZeroDivisionError("nothing to divide by")


def run(*kinds: CertificateKind, depths: tuple[int, ...] = (2,)) -> Report:
    """A run of the toy method with these certificates, beside the gradient and noise."""
    method = dataclasses.replace(toys.METHOD_ENTRY, certificates=kinds)
    with MODELS.with_entry(toys.MODEL_ENTRY), METHODS.with_entry(method):
        methods = [method.key, "gradient", "fresh_noise"]
        return xaicheck.check(CAT, model=toys.MODEL_ENTRY.key, methods=methods, depths=depths, device="cpu")


@pytest.fixture(scope="module")
def broken() -> Report:
    return run(BROKEN)


@pytest.fixture
def entered() -> Iterator[dict[str, Method]]:
    method = dataclasses.replace(toys.METHOD_ENTRY, certificates=(BROKEN,))
    with MODELS.with_entry(toys.MODEL_ENTRY), METHODS.with_entry(method):
        yield dict(METHODS)


def test_a_broken_certificate_is_said_beside_the_map_and_marks_it(
    broken: Report, entered: dict[str, Method]
) -> None:
    reading, method = Reading(broken), entered["slope"]
    beside = "power 1: sum 1 for 1.5 ⚠"
    assert certificates.line(reading, method, 0) == f"{beside[0].upper()}{beside[1:]}."
    assert certificates.line(reading, method, 2) == f"Original: {beside}. Randomized: {beside}."
    assert certificates.line(reading, entered["gradient"], 2) == ""
    assert {key for key in reading.methods if certificates.mark(reading, key, 2)} == {"slope"}
    assert "leans on slope:" in certificates.left_out(reading, 2, entered)
    assert "All 2 maps" in certificates.summary(reading, entered)
    told = " ".join(certificates.why(reading, entered))
    assert BROKEN.summary in told and "0.25: this test says so" in told and "float64: not measured" in told
    assert [row["Off by"] for row in certificates.rows(reading, entered)] == [1 / 3, 1 / 3]


def test_every_place_that_shows_the_map_or_its_score_shows_the_mark(
    broken: Report, entered: dict[str, Method]
) -> None:
    reading, mark = Reading(broken), TEXT.certificates.mark
    measure = SIMILARITIES[broken.request.measures[0]]
    shown = [scene(reading, broken.request.measures, methods=entered)]
    shown.append(encode.decode(encode.encode(shown[0])))
    for one in shown:
        marks = {panel.key: [check.mark for check in panel.checks] for panel in one.panels}
        assert marks == {"slope": [mark, mark], "gradient": ["", ""], "fresh_noise": ["", ""]}
        assert "sum 1 for 1.5" in one.panels[0].checks[0].line and "0.25" in one.panels[0].checks[0].why
    words = {row["Method"]: row["In words"] for row in tables.scores(reading, measure, entered)}
    assert [label for label, said in words.items() if mark in said] == ["Slope"]
    strip = verdict.score_strip(
        Seen(reading, measure, 2, entered), list(entered.values())[:1] + [entered["slope"]]
    )
    assert strip.count(mark) == 1
    text = page.build(broken)
    sections = text[text.index("<h2>") :]
    assert sections.count(mark) >= 2 and "sum 1" not in sections  # the numbers stand in the table's columns
    assert "0.333" in sections


def test_no_sentence_leans_on_the_marked_map(broken: Report, entered: dict[str, Method]) -> None:
    reading, measure = Reading(broken), SIMILARITIES[broken.request.measures[0]]
    without = Reading(
        dataclasses.replace(
            broken,
            attributions=tuple(dataclasses.replace(a, certificates=()) for a in broken.attributions),
        )
    )

    def said(reading: Reading) -> str:
        found = sentences.finding(reading, measure.key, 2, entered)
        told = " ".join(verdict.may(Seen(reading, measure, 2, entered)))
        return f"{found} {told} {sentences.curves_title(reading, measure, entered)}"

    score = words.number(reading.score("slope", measure.key, 2).mean)
    assert "slope" in said(without) or score in said(without)
    assert "slope map" not in said(reading) and "Here: slope" not in said(reading)


def test_a_certificate_that_cannot_be_measured_costs_no_map_and_says_why() -> None:
    report = run(dataclasses.replace(BROKEN, measure=raising))
    for a in report.attributions:
        assert a.values is not None and not a.marked
    (one,) = report.attributions[0].certificates
    assert one.value is None and one.why == "ZeroDivisionError: nothing to divide by"


@pytest.mark.parametrize(
    ("found", "due", "value", "why"),
    [
        (8.56, 7.38, 1.18 / 7.38, ""),
        (-1.0, 2.0, 1.5, ""),
        (1.0, 0.0, None, BROKEN.nothing_due),
        (1.0, math.nan, None, BROKEN.nothing_due),
        (math.inf, 1.0, None, "no finite number"),
    ],
)
def test_a_certificate_is_the_gap_as_a_share_of_what_is_due(
    found: float, due: float, value: float | None, why: str
) -> None:
    one = certificate(BROKEN, found, due)
    assert one.value == (None if value is None else pytest.approx(value)) and why in one.why


def test_the_distance_of_maps_of_zeros_is_zero_and_that_to_zeros_has_no_number() -> None:
    zeros, ones = torch.zeros(1, 2, 2), torch.ones(1, 2, 2)
    (same,), (lost,), (half,) = (
        distances(zeros, zeros.double()),
        distances(ones, zeros.double()),
        distances(ones, 2 * ones.double()),
    )
    assert (same.value, lost.value, half.value) == (0.0, None, 0.5) and lost.why and half.holds is False


def test_a_report_with_everything_certified_answers_who_asks_for_less(broken: Report) -> None:
    request = broken.request
    certified = dataclasses.replace(broken, request=request.changed(certify="on"))
    assert part(certified, request) is not None
    assert part(broken, request.changed(certify="on")) is None


def test_stored_numbers_say_that_their_maps_were_held_against_nothing_until_they_are() -> None:
    gallery, mixed = ranking_store.load(), noise_store.load()
    assert gallery is not None and mixed is not None
    said = "No map behind these numbers was held against a certificate."
    steps = "Integrated gradients take 16 steps in them, which may be too few."
    for certified in (False, True):
        data = dataclasses.replace(gallery, held=(Held("lrp", "ledger", 0.0, 0.0, 1),) * certified)
        lesson = Material("chelsea", scores=data)
        shown = [
            words_spread.done_line(data, own=False),
            words_spread.done_line(data, own=True),
            noise_words.done_line(dataclasses.replace(mixed, certified=certified)),
            *(str(STEPS[key].revealed(lesson)) for key in ("noise", "flip")),
        ]
        assert all((said in text, steps in text) == (not certified, not certified) for text in shown)
    without = dataclasses.replace(mixed, methods=tuple("lrp" for _ in mixed.methods))
    assert said in noise_words.done_line(without) and steps not in noise_words.done_line(without)


def test_marked_maps_behind_stored_numbers_are_named_once_and_their_methods_carry_the_mark() -> None:
    gallery = ranking_store.load()
    assert gallery is not None
    held = (
        Held("integrated_gradients", "completeness", 0.06, 0.98, 200),
        Held("lrp", "relevance_kept", 0.95, 0.0, 200),
        Held("lrp", "ledger", 0.0, 0.25, 200),
    )
    said = (
        "⚠ Maps beyond their bound count here too: those of integrated gradients with 16 steps (98 %) "
        "and LRP (ε, z⁺) (25 %)."
    )
    data = dataclasses.replace(gallery, held=held)
    choice = dataclasses.replace(default_choice(data), controls=False)
    orders = TwoOrders(data, choice, rank(data, choice), METHODS)
    assert ranking_words.cautions(orders).count(said) == 1
    assert "⚠" not in words_spread.done_line(data, own=False)
    assert {place.key for place in orders.places if place.marked} == {"integrated_gradients"}
    marked, plain = (orders.of(key) for key in ("integrated_gradients", "lrp"))
    assert marked is not None and plain is not None
    assert (
        ranking_sentences.named(marked) == "integrated gradients ⚠" != ranking_sentences.named(plain) + " ⚠"
    )
    shares = {row["Method"]: row["Maps beyond a bound"] for row in ranking_tables.places(orders)}
    assert (shares[marked.label], shares[plain.label], shares["Gradient"]) == (0.98, 0.25, None)
    for key in ("noise", "flip"):
        assert str(STEPS[key].revealed(Material("chelsea", scores=data))).count(said) == 1
    whole = dataclasses.replace(data, held=held[1:2])
    assert certificates.marked_too(whole) == ""
    assert "integrated gradients with 16 steps (98 %)" in certificates.marked_too(gallery)
    unheld = TwoOrders(dataclasses.replace(data, held=()), choice, orders.view, METHODS)
    assert "Maps beyond a bound" not in ranking_tables.places(unheld)[0]


def test_the_steps_that_are_said_are_those_that_a_map_is_made_with() -> None:
    (choice,) = request_for(CAT, methods=("integrated_gradients",)).methods
    assert dict(choice.params) == certificates.NOT_HELD[1].numbers(noise_store.load())
