"""The table of a ledger: the layers that lose most, all others together, the whole, and what it says."""

from __future__ import annotations

import dataclasses

import pytest

from tests import report_cases as cases
from xaicheck.methods import METHODS
from xaicheck.methods.lrp import LEDGER
from xaicheck.reading import certificates, ledger
from xaicheck.reading.numbers import Reading
from xaicheck.report import page
from xaicheck.types import Certificate, LedgerEntry, Report

LOST = (0.01, 0.2, 0.03, 0.04, 0.05, -0.06, 0.07, 0.08)


def shown(*entries: LedgerEntry, value: float = 0.0, gap: float = 0.0) -> ledger.Shown:
    """The ledger of these layers, whose map has what they leave."""
    found = 1.0 - gap
    return ledger.Shown(
        METHODS["lrp"], LEDGER, Certificate("ledger", value, 1e-4, "", found, 1.0, entries), ""
    )


def chain(*causes: str) -> ledger.Shown:
    """Layers one after the other that lose LOST; a tenth of what the first gets is convention."""
    entries, left = [], 1.0
    for i, lost in enumerate(LOST):
        convention = 0.1 if i == 0 else 0.0
        cause = causes[i % len(causes)]
        entries.append(LedgerEntry(f"layer{i}", left, left - lost - convention, convention, cause))
        left -= lost
    return shown(*entries)


def test_six_layers_that_lose_most_stand_in_their_order_and_the_rows_sum_to_the_whole() -> None:
    rows = ledger.rows(chain("unpaid"))
    assert [row[0] for row in rows[:6]] == [f"layer{i}" for i in (1, 3, 4, 5, 6, 7)]
    assert rows[6] == ("the other 2 layers", "–", "–", "0.100", "0.040")
    assert rows[-1][1:] == ("1.000", "0.580", "0.100", "0.420")
    assert rows[3][4] == "−0.060"
    assert sum(float(row[4].replace("−", "-")) for row in rows[:-1]) == pytest.approx(0.42)


def test_few_layers_leave_no_others() -> None:
    rows = ledger.rows(shown(LedgerEntry("only", 1.0, 0.75, 0.0, "unpaid")))
    assert [row[0] for row in rows] == ["only", "from the score to the picture"]


def test_each_cause_is_said_where_its_layers_lose_what_three_digits_show_and_nowhere_else() -> None:
    both = " ".join(ledger.lines(chain("unpaid", "stabiliser")))
    assert "0.160 is lost in units to which nothing contributes positively" in both
    assert "0.260 is lost to the stabiliser" in both
    for there, gone in (("unpaid", "stabiliser"), ("stabiliser", "unpaid")):
        words = dict(LEDGER.causes)
        said = ledger.lines(chain(there))
        assert words[there].format(share="0.420") in said
        assert not any(words[gone].split("{share}")[1] in line for line in said)
    small = shown(LedgerEntry("a", 1.0, 0.9996, 0.0, "unpaid"))
    assert len(ledger.lines(small)) == 1


def test_nothing_is_said_of_a_ledger_that_does_not_close() -> None:
    open_ = shown(LedgerEntry("a", 1.0, 0.5, 0.0, "unpaid"), value=0.2, gap=0.2)
    assert ledger.lines(open_) == [] and ledger.rows(open_)


def test_beside_its_map_a_ledger_says_by_how_much_it_does_not_close() -> None:
    report: Report = cases.CASES["a ledger"]()
    for found, text in ((1.0, "0"), (1.00000006, "6.0·10⁻⁸"), (0.9999, "1.0·10⁻⁴")):
        one = Certificate("ledger", abs(found - 1), 1e-4, "", found, 1.0)
        maps = tuple(dataclasses.replace(a, certificates=(one,)) for a in report.attributions)
        said = certificates.line(Reading(dataclasses.replace(report, attributions=maps)), METHODS["lrp"], 0)
        assert said.rstrip(f" {certificates.MARK}.").endswith(f"miss the start by {text}")


def test_a_report_has_the_table_at_the_depth_that_it_shows_and_only_where_a_map_has_one() -> None:
    report: Report = cases.CASES["a ledger"]()
    reading = Reading(report)
    assert [one.place for one in ledger.shown(reading, METHODS, 0)] == ["nothing randomized"]
    text = page.build(report)
    assert f"{LEDGER.layered}: LRP" in text and ">head</th><td>1.000</td><td>0.500</td>" in text
    bare = tuple(dataclasses.replace(a, certificates=()) for a in report.attributions)
    assert LEDGER.layered not in page.build(dataclasses.replace(report, attributions=bare))
