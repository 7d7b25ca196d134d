"""Nothing is said of one thing in the plural or of several in the singular, whatever the counts are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import xaicheck
from tests import report_cases as cases
from tests.premises import Shown
from tests.unit import (
    test_methods_sentences,
    test_noise_sentences,
    test_ranking_sentences,
    test_said_of_a_check,
    test_said_of_a_story,
)
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.reading import certificates, sentences
from xaicheck.reading.numbers import Reading
from xaicheck.reading.words import share_of

THINGS = (
    "block|answer|break|channel|control|copy|depth|draw|layer|map|method|network|order|pair|picture|score|seed|"
    "setting|step|tensor|way"
)
COUNT = r"(?<![\w.,–−·/×-])(?<!× )"
WRONG = re.compile(
    rf"{COUNT}1 (?:[a-z]+ )??(?:{THINGS})s\b"
    rf"|{COUNT}(?:0|[2-9]|\d\d+) (?:[a-z]+ )??(?:{THINGS})\b(?![-’])"
    rf"|{COUNT}1 of \d+ (?:[a-z]+ )*?(?:are|have|change|become|keep|come|contribute)\b"
    r"|\b1 are\b|\b[Aa]ll 1\b|\b[Tt]he 1\b|\b[Oo]f 1 (?:[a-z]+s)\b"
)
"""A count with the form of a noun or a verb that does not go with it."""

SEVERAL = {
    "every network has several blocks": (
        "reading rises.methods, reading rises.open, reading rises.one, reading rises.one_some, "
        "reading rises.one_falls, reading rises.falls, lesson guess.random, lesson guess.task.student, "
        "lesson guess.task.researcher, "
        "lesson check.expect, lesson check.task.student, lesson check.task.researcher, "
        "lesson check.reveal.student, lesson check.reveal.researcher, lesson scales.below, "
        "lesson scales.because_same, lesson scales.because_changed, lesson scales.task.student, "
        "lesson scales.task.researcher, lesson conclude.claims.insensitive.claim, methods where, "
        "scales said.same, "
        "scales said.not_same, ranking diagonal.say.whole, ranking diagonal.say.whole_apart"
    ),
    "the premise asks for several": (
        "reading alive_mixed, reading scales.kept, lesson conclude.winners, lesson conclude.elsewhere, "
        "ranking say.all_tie, ranking say.winners, ranking say.two_settings, ranking verdict.changes, "
        "ranking verdict.least, ranking verdict.best_shared, ranking verdict.fails_not, "
        "ranking verdict.own_settings, scales overview.methods, story broken.steadiest, story broken.one_of, "
        "story by.mean_of, story ways.title, story noise.contest, methods say.decides, "
        "ranking power.say.suffice, ranking power.say.about, ranking power.say.more, "
        "ranking diagonal.say.no_verdict, ranking diagonal.say.halves, lesson twice.caption.researcher, "
        "lesson twice.caption.student, lesson twice.order.student, story shared.caption, "
        "story shared.in_place, story shared.title, story shared.whole"
    ),
    "what the program holds or was computed beforehand has several": (
        "lesson flip.task.student, lesson flip.task.researcher, lesson flip.reveal.student, "
        "lesson flip.reveal.researcher, lesson scales.measured, lesson scales.order_kept.student, "
        "lesson twice.whole.student, lesson twice.whole.researcher, "
        "lesson scales.order_kept.researcher, methods without_maps, methods refused, "
        "methods firsts.student, methods say.orders, methods say.firsts, noise done, noise truth_note, "
        "noise repairs.alt, "
        "noise no_form.student, noise faith_form.researcher, "
        "scales overview.washed, scales overview.perhaps, "
        "scales overview.cosines, scales overview.average, scales verdict.taus"
    ),
    "at least 30": "scales overview.depths_line, scales said.largest",
    "a request for too many; a path of four steps": "ranking own.too_many, reading certificates.steps",
    "a name, no count": (
        "reading finding.score, noise say.moved, methods say.swapped, ranking say.crossed, "
        "reading classes.alike"
    ),
}
"""The texts in which something in braces stands before a plural, by the reason why it is never one thing."""


def texts() -> Iterator[tuple[str, str]]:
    """(room and path, text) of every text of the program."""

    def inside(value: Any, path: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            for key, one in value.items():
                yield from inside(one, f"{path}.{key}")

    for file in sorted(Path(xaicheck.__file__).parent.rglob("texts.toml")):
        for path, text in inside(tomllib.loads(file.read_text("utf-8")), ""):
            yield f"{file.parent.name} {path[1:]}", text


def test_every_text_with_a_plural_behind_a_count_has_a_reason_why_it_is_several() -> None:
    plural = re.compile(rf"\{{\w+\}}(?: of (?:the )?\{{\w+\}})? (?:[a-z]+ )??(?:{THINGS})s\b")
    found = {path for path, text in texts() if plural.search(text)}
    assert found == {path for paths in SEVERAL.values() for path in paths.split(", ")}
    assert all(len(spec.blocks) > 1 for spec in MODELS.values())


@pytest.mark.parametrize(
    "wrong",
    ["Of 1 map with a certificate 1 are beyond", "1 of 8 maps are beyond", "1 of 36 pairs of methods change",
     "2 method", "1 of 3 blocks keep", "the 1 ways", "All 1 maps", "1 random networks", "0 score"],
)  # fmt: skip
def test_what_is_wrong_is_found(wrong: str) -> None:
    assert WRONG.search(wrong)


@pytest.mark.parametrize(
    "right",
    ["1 of 8 maps is beyond", "1 method", "11 methods", "0.1 methods", "1 of 5 methods below 0.5",
     "21 blocks", "2 of 3 maps are beyond", "0 of 1 map"],
)  # fmt: skip
def test_what_is_right_is_let_through(right: str) -> None:
    assert not WRONG.search(right)


def marks(n: int, of: int) -> str:
    """What is said of a report with so many certified maps, so many of them marked."""
    methods = ("gradient", "lrp", "guided_backprop")[:of]
    found = cases.report(methods=methods, depths=(0,), certified=True, marked=[(m, 0) for m in methods[:n]])
    return certificates.summary(Reading(found), METHODS)


def test_marked_maps_are_counted_in_good_grammar() -> None:
    assert marks(0, 1) == marks(0, 3) == "No map with a certificate is beyond its bound."
    assert marks(1, 1) == "⚠ The one map with a certificate is beyond a bound: by gradient."
    assert marks(1, 3) == "⚠ 1 of 3 maps with a certificate is beyond a bound: by gradient."
    assert marks(2, 3).startswith("⚠ 2 of 3 maps with a certificate are beyond a bound: by gradient and ")
    assert marks(3, 3).startswith("⚠ All 3 maps with a certificate are beyond a bound: by gradient, ")
    assert share_of(0, 1, "map") == "0 of 1 map"


@pytest.mark.parametrize(
    "controls", [("sobel",), ("sobel", "fixed_noise"), ("sobel", "fixed_noise", "sign_flip")]
)
def test_controls_alone_are_counted_in_good_grammar(controls: tuple[str, ...]) -> None:
    found = Reading(cases.report(methods=controls, depths=(0, 3)))
    said = sentences.finding(found, "spearman", 3, METHODS)
    assert ("the control scores" in said) == (len(controls) == 1) != ("the controls score" in said)


def _check() -> Iterator[Shown[Any]]:
    """The check's texts for one, two and all methods, controls, seeds, depths and marked maps."""
    for methods in (("lrp",), ("lrp", "gradient"), cases.METHODS, ("sobel",), ("sobel", "fixed_noise")):
        for seeds in (1, 2):
            for depths in ((0, 1), (0, 1, 18), (0, 19)):
                for mode in ("cascade", "independent"):
                    for n in range(len(methods) + 1):
                        report = cases.report(
                            methods=methods, seeds=seeds, depths=depths, mode=mode, certified=True, alike=0.4,
                            measures=("spearman",), marked=[(m, depths[-1]) for m in methods[:n]],
                        )  # fmt: skip
                        yield from test_said_of_a_check.pieces(report)


def _story() -> Iterator[Shown[Any]]:
    for name in (*cases.CASES, *range(10)):
        yield from test_said_of_a_story.pieces(test_said_of_a_story.made(name), lends=True)


def _page(test: Any) -> Callable[[], Iterator[Shown[Any]]]:
    return lambda: (piece for name in test.datas() for piece in test.rendered(name))


ROOMS = {
    "check": _check,
    "story": _story,
    "methods": _page(test_methods_sentences),
    "noise": _page(test_noise_sentences),
    "ranking": _page(test_ranking_sentences),
}


@pytest.mark.slow
@pytest.mark.parametrize("room", ROOMS)
def test_no_count_has_a_wrong_form(room: str) -> None:
    pieces = list(ROOMS[room]())
    assert len(pieces) > 20
    wrong = {match.group() for piece in pieces if (match := WRONG.search(piece.text))}
    assert not wrong
