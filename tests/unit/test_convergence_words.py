"""The sentences, the chart and the table of cosine similarity convergence: each claim has its numbers."""

from __future__ import annotations

import dataclasses

import pytest

from tests.convergence_data import BASELINE, line, no_relevance, report
from xaicheck.engine.convergence import RULES
from xaicheck.methods import METHODS
from xaicheck.topics.check import convergence_figures as figures, convergence_words as words
from xaicheck.topics.check.convergence_words import CSC, FORGOTTEN

REPORT = report(
    gradient=(line(0.05), line(0.2), line(0.48)),
    guided_backprop=(line(0.6), line(0.97), line(1.0)),
    lrp=(line(0.3), line(0.96, sign=0), line(0.99, sign=0)),
)
FIRST, SECOND, LAST = REPORT.request.blocks


def test_the_finding_names_who_forgets_where_and_who_does_not() -> None:
    forget, keep = words.finding(REPORT).split("; ")
    assert METHODS["guided_backprop"].label in forget and "LRP" in forget and SECOND in forget
    assert "gradient" in keep and LAST in keep


@pytest.mark.parametrize(
    ("values", "block"),
    [
        ((0.2, 0.3, FORGOTTEN), LAST),
        ((0.99, 0.99, 0.99), FIRST),
        ((0.99, 0.3, 0.99), LAST),  # what was told apart once more was not forgotten before
        ((0.99, 0.99, 0.94), None),
    ],
)
def test_a_start_is_forgotten_only_where_it_stays_so(values: tuple[float, ...], block: str | None) -> None:
    one = report(lrp=tuple(map(line, values)))
    assert words.forgotten_at(one, one.profiles[0]) == block


def test_a_block_without_relevance_decides_nothing() -> None:
    one = report(lrp=(line(0.99), no_relevance(), line(0.99)))
    assert words.forgotten_at(one, one.profiles[0]) == FIRST
    none = report(lrp=(no_relevance(),) * 3)
    assert words.finding(none) == CSC.nothing and words.verdict(none).may == ()
    assert "no relevance arrives" in words.numbers_line(none)


def test_lines_of_one_channel_are_no_finding() -> None:
    lines = tuple(dataclasses.replace(line(1.0), channels=1, baseline=1.0) for _ in range(3))
    one = report(lrp=lines)
    assert words.forgotten_at(one, one.profiles[0]) is None
    assert words.finding(one) == CSC.few_channels and words.verdict(one).may == ()


def test_the_numbers_line_tells_one_direction_from_either_sign() -> None:
    told = words.numbers_line(REPORT)
    assert "gradient 0.48," in told and "backprop 1.00 (one" in told
    assert "0.99 (of either" in told and f"{BASELINE:.2f}" in told
    assert "(opposite ones)" in words.numbers_line(report(lrp=(line(0.99, sign=-1),)))


def test_the_conclusion_claims_no_more_than_the_smallest_number_below() -> None:
    may = words.verdict(REPORT).may
    assert len(may) == len(REPORT.profiles)
    by_rule = {text.split(":")[0]: text for text in may}
    assert "still differ" in by_rule["Gradient"] and "0.48" in by_rule["Gradient"]
    assert "0.97 or more" in by_rule["Guided backprop"] and "only its size" in by_rule["Guided backprop"]
    assert (
        "0.96 or more" in by_rule[METHODS["lrp"].label] and "sign and size" in by_rule[METHODS["lrp"].label]
    )
    below = words.verdict(report(lrp=(line(0.9499),))).may[0]
    assert "0.9499;" in below  # not rounded up to the bound that it misses
    claims = dict(words.verdict(REPORT).may_not)
    assert {CSC.may_not.wrong, CSC.may_not.right, CSC.may_not.same} <= set(claims)


def test_every_method_that_is_not_asked_is_named_with_its_reason() -> None:
    told = " ".join(words.rest(REPORT.request))
    for key, method in METHODS.items():
        assert key in RULES or method.label in told
    assert METHODS["lrp"].label not in told
    assert f"rule of {METHODS['gradient'].label}" in told
    assert "not chosen" in " ".join(words.rest(report(lrp=(line(1.0),)).request))


@pytest.mark.parametrize("signed", [False, True])
def test_the_chart_has_a_line_and_a_band_for_each_rule_from_output_to_input(signed: bool) -> None:
    chart = figures.chart(REPORT, signed=signed)
    assert chart.x.names == (FIRST, SECOND, LAST)
    lines = {series.label: series for series in chart.series}
    lrp = lines[METHODS["lrp"].label]
    assert lrp.y == ((0.3, -0.96, -0.99) if signed else (0.3, 0.96, 0.99))
    assert (lrp.low[1], lrp.high[1]) == ((-0.96, 0.96) if signed else (0.96, 0.96))
    unrelated = [CSC.unrelated] * (not signed)
    assert list(lines) == [*(METHODS[p.method].label for p in REPORT.profiles), *unrelated]
    assert signed or lines[CSC.unrelated].y == (BASELINE,) * 3


def test_a_block_without_a_number_is_a_gap_in_the_chart_and_a_reason_in_the_table() -> None:
    one = report(lrp=(line(0.5), no_relevance(), line(0.9)))
    lrp = figures.chart(one, signed=False).series[0]
    assert lrp.y == lrp.low == lrp.high == (0.5, None, 0.9)
    row = figures.rows(one)[1]
    assert row["median |cosine|"] is None and row["why"] and row["left out"] == 1


def test_the_table_has_every_number_of_the_chart() -> None:
    rows = figures.rows(REPORT)
    assert len(rows) == sum(len(profile.blocks) for profile in REPORT.profiles)
    assert rows[5] == rows[5] | {
        "method": "Guided backprop", "block": LAST, "median |cosine|": 1.0, "median cosine": 1.0,
        "quarter below": 1.0, "quarter above": 1.0, "unrelated |cosine|": BASELINE, "channels": 32,
    }  # fmt: skip


def test_the_alternative_text_has_the_ends_of_each_line() -> None:
    told = words.alt(REPORT, signed=False)
    assert all(METHODS[p.method].label in told for p in REPORT.profiles)
    assert f"0.05 at {FIRST}, 0.48 at {LAST}" in told
    assert f"−0.99 at {LAST}" in words.alt(REPORT, signed=True)
