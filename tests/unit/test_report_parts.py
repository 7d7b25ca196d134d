"""No part of report.json can be taken out or moved without `verify` saying so."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)
from xaicheck.cli import verify_text
from xaicheck.engine import run as engine
from xaicheck.engine.request import request_for
from xaicheck.errors import BadRequest
from xaicheck.models import samples
from xaicheck.report import files, opening, verify
from xaicheck.report.record import Record
from xaicheck.types import Attribution, Certificate, LedgerEntry, Report, Score

Part = tuple[Any, ...]  # the way to a value, key by key
LAYERS = (LedgerEntry("head", 1.0, 0.5, 0.25, "unpaid"), LedgerEntry("stem", 0.5, 0.2, 0.1, "unpaid"))


@pytest.fixture(scope="module")
def report() -> Report:
    """A real run, with certificates, a ledger, a score without a number and a map that failed."""
    request = request_for(
        samples.load("chelsea"), methods=("gradient", "sobel"), depths=(0, 1), measures="ssim"
    )
    real = engine.run(request, samples.load("chelsea"), device="cpu")

    def with_all(a: Attribution) -> Attribution:
        if a.method == "sobel" and a.depth:
            return dataclasses.replace(a, values=None, why="made to fail")
        one = Certificate("toy", 0.06, 0.05, found=1.06, due=1.0, layers=LAYERS)
        return dataclasses.replace(a, certificates=(one, Certificate("none", None, 0.1, "no room for it")))

    scores = [
        dataclasses.replace(row, score=Score(None, "constant")) if row.method == "sobel" else row
        for row in real.scores
    ]
    there = tuple(map(with_all, real.attributions))
    notes = ("colours converted",)
    return dataclasses.replace(real, attributions=there, scores=tuple(scores), image_notes=notes)


@pytest.fixture
def file(report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Record:
    """The folder of that run as it is read; the run gives what it gave."""
    monkeypatch.setattr(engine, "run", lambda asked, *_, **__: dataclasses.replace(report, request=asked))
    original = samples.load("chelsea")
    noted = dataclasses.replace(original, notes=report.image_notes)
    monkeypatch.setattr(samples, "load", lambda key: noted if key == "chelsea" else original)
    files.write(report, tmp_path)
    return opening.read(tmp_path)


def answer(file: Record, numbers: dict[str, Any]) -> tuple[bool, str]:
    """Whether the numbers in this folder hold, and all that `verify` says."""
    png = files.heatmap.photograph(file.view)
    changed = tuple(opening._other_files(numbers, file.maps, png))
    read = dataclasses.replace(file, facts={**file.facts, "report": numbers}, changed=changed)
    try:
        outcome = verify.check(read, device="cpu")
    except BadRequest as error:
        return False, str(error)
    said = "\n".join(verify_text.lines(outcome, "a folder")).rpartition(" (computed")[0]
    return outcome.holds, f"{said}, asked for {outcome.request.changed(image='')}"


def parts(value: Any, way: Part = ()) -> Iterator[Part]:
    """Every key and every member, to the leaves; of the digests of the maps one."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*way, key)
        yield from parts(one, (*way, key))


def without(numbers: dict[str, Any], way: Part) -> dict[str, Any]:
    holder = changed = copy.deepcopy(numbers)
    for key in way[:-1]:
        holder = holder[key]
    del holder[way[-1]]
    return changed


def moved(numbers: dict[str, Any], way: Part) -> dict[str, Any] | None:
    """The numbers with this leaf a little other; None where it is no leaf."""
    holder = changed = copy.deepcopy(numbers)
    for key in way[:-1]:
        holder = holder[key]
    value = holder[way[-1]]
    match value:
        case bool():
            holder[way[-1]] = not value
        case int():
            holder[way[-1]] = value + 1
        case float():
            holder[way[-1]] = value * 1.01 if value else 0.01
        case str():
            holder[way[-1]] = f"{value}x"
        case None:
            holder[way[-1]] = 0.5
        case _:
            return None
    return changed


def spelled(way: Part) -> str:
    """The way with a star for each place in a list."""
    return ".".join("*" if isinstance(key, int) else str(key) for key in way)


def changes(numbers: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each part taken out, and each leaf moved; of parts of one kind the first and the last."""
    ways: dict[str, list[Part]] = {}
    for way in parts(numbers):
        ways.setdefault(spelled(way), []).append(way)
    for name, those in ways.items():
        for way in dict.fromkeys((those[0], those[-1])):
            yield f"without {name}", without(numbers, way)
            other = moved(numbers, way)
            if other is not None:
                yield f"other {name}", other


def test_whatever_is_taken_out_or_moved_is_said(file: Record) -> None:
    numbers = json.loads(json.dumps(file.facts["report"]))
    usual = answer(file, numbers)
    assert usual[0] and "\nsame numbers" in usual[1]
    told = [(name, answer(file, other)) for name, other in changes(numbers)]
    assert len(told) > 200
    assert {name for name, found in told if found == usual} == set()
    assert {name for name, found in told if found[0]} == set()


NO_CLAIM = {
    "other seconds": "no run takes as long as another",
    "other request.image": "whose digest it is can only be known with the file: `--picture` compares it",
    "other sha256.report.json": "it is the seal itself, which the test makes anew",
}
"""What somebody who makes the seal anew can change without a word of `verify`, and why."""


def test_whatever_is_moved_by_somebody_who_makes_the_seal_anew_is_said(file: Record) -> None:
    """Changed settings ask the run for other numbers, which it does not give here: they are a word too."""
    numbers = json.loads(json.dumps(file.facts["report"]))
    usual = answer(file, numbers)
    unseen = set()
    for name, other in changes(numbers):
        sealable = isinstance(other.get("sha256"), dict) and name != "without sha256.report.json"
        if answer(file, files.sealed(other) if sealable else other) == usual:
            unseen.add(name)
    assert unseen == set(NO_CLAIM)


def test_a_report_from_before_the_seal_holds_and_says_what_it_lacks(file: Record) -> None:
    numbers = json.loads(json.dumps(file.facts["report"]))
    del numbers["sha256"]["report.json"], numbers["picture_as_read"], numbers["request"]["certify"]
    numbers["versions"]["xaicheck"] = "0.1.0"
    holds, said = answer(file, numbers)
    assert holds and "not named in the report: certify, picture_as_read, the SHA-256 of report.json" in said


def test_a_ledger_that_is_taken_out_is_missed(file: Record) -> None:
    numbers = json.loads(json.dumps(file.facts["report"]))
    del numbers["ledger"]
    holds, said = answer(file, files.sealed(numbers))
    assert not holds and "ledger: 0 of " in said and "one is missing" in said
