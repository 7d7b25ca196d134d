"""Two random networks where they are shown: numbers are the report's, and without them all is as before."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pytest

from tests import report_cases as cases
from xaicheck.methods import METHODS
from xaicheck.reading import band_sentences, plane, tables
from xaicheck.reading.bands import Bands
from xaicheck.reading.numbers import Reading
from xaicheck.report import bundle, page
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Report
from xaicheck.viewer.build import scene
from xaicheck.viewer.encode import decode, encode
from xaicheck.viewer.scene import Scene

ONE, MANY, WITHOUT = "two random networks alike", "three seeds", "not compared with each other"


def rows(report: Report, kind: str, method: str, measure: str, depth: int) -> list[float]:
    """The similarities of pairs that the report holds."""
    wanted = (kind, method, measure, depth)
    found = [p.score.value for p in report.pairs if (p.kind, p.method, p.measure, p.depth) == wanted]
    return [value for value in found if value is not None]


def shown(name: str) -> Scene:
    report = cases.CASES[name]()
    return decode(encode(scene(Reading(report), report.request.measures, methods=METHODS)))


def behind(name: str, measure: str, depth: int) -> band_sentences.Behind:
    at = band_sentences.behind(Bands(Reading(cases.CASES[name]())), SIMILARITIES[measure], depth, METHODS)
    assert at is not None
    return at


def test_a_card_has_the_mean_and_the_ends_of_its_pairs_at_each_depth() -> None:
    report = cases.CASES[MANY]()
    for panel in shown(MANY).panels:
        for measure, row in panel.between.items():
            assert row[0] == type(row[0])(None, None, None, "", "")  # at depth 0 there is one network
            for depth, one in zip(report.depths[1:], row[1:], strict=True):
                values = rows(report, "between", panel.key, measure, depth)
                assert len(values) == 3
                assert one.mean == pytest.approx(sum(values) / 3) and (one.low, one.high) == (
                    min(values),
                    max(values),
                )
                assert one.text in one.line and "E = " in one.line and "D = " in one.line


def test_one_seed_has_numbers_at_few_depths_and_a_card_says_whose_it_shows() -> None:
    report, made = cases.CASES[ONE](), shown(ONE)
    known = {p.depth for p in report.pairs}
    assert known < set(report.depths) - {0}
    for panel in made.panels:
        for row in panel.between.values():
            for depth, one in zip(report.depths, row, strict=True):
                assert (one.mean is not None) == (depth in known)
                assert one.low == one.high == one.mean  # no width is invented
                assert one.line.startswith(f"At depth {max(known)}: two ") == (
                    depth not in known and depth > 0
                )


def test_a_method_without_a_number_says_why_on_its_card() -> None:
    panels = {panel.key: panel for panel in shown("one method's maps zero").panels}
    line = panels["lrp"].between["spearman"][-1].line
    assert line == "Two random networks: no number, the random map is zero everywhere"


def test_a_run_that_goes_on_keeps_the_place_and_says_that_the_numbers_come() -> None:
    made = shown("unfinished")
    for panel in made.panels:
        for row in panel.between.values():
            assert {one.mean for one in row} == {None}
            assert [one.line for one in row] == ["", *[band_sentences.SAYS.waits] * (len(row) - 1)]


@pytest.mark.parametrize("measure", ["spearman", "mse"])
def test_the_table_has_r_b_t_d_and_e_in_the_order_of_the_run(measure: str) -> None:
    report = cases.CASES[MANY]()
    heads = band_sentences.SAYS.columns
    found = tables.bands(behind(MANY, measure, 9))
    assert [row["Method"] for row in found] == [METHODS[c.key].label for c in report.request.methods]
    best, sign = (0.0, -1) if measure == "mse" else (1.0, 1)
    for choice, row in zip(report.request.methods, found, strict=True):
        if METHODS[choice.key].stochastic:
            continue
        between = rows(report, "between", choice.key, measure, 9)
        scores = [
            s.score.value for s in report.scores if (s.method, s.measure, s.depth) == (choice.key, measure, 9)
        ]
        r, b = sum(map(float, scores)) / 3, sum(between) / 3
        assert (row[heads.r], row[heads.b], row[heads.t]) == pytest.approx((r, b, best), abs=1e-6)
        assert (row[heads.gate], row[heads.memory]) == pytest.approx(
            (sign * (best - b), sign * (r - b)), abs=1e-6
        )
        assert row[heads.p_value] is None and row["In words"] == ""  # three networks: numbers, no verdict


def test_a_verdict_stands_in_the_table_from_eight_networks_on() -> None:
    heads = band_sentences.SAYS.columns
    row = tables.bands(behind("eight networks", "spearman", 9))[0]
    assert row[heads.memory_low] < row[heads.memory] < row[heads.memory_high] and row[heads.p_value] < 0.05


def test_the_figure_has_a_point_a_method_with_a_number_and_bars_where_there_are_pairs() -> None:
    report = cases.CASES[MANY]()
    drawn = plane.of_bands(behind(MANY, "spearman", 9))
    assert [spot.label for spot in drawn.spots] == [METHODS[c.key].label for c in report.request.methods]
    spot = drawn.spots[0]
    values = rows(report, "between", "gradient", "spearman", 9)
    assert spot.x == pytest.approx(sum(values) / 3) and spot.across == (min(values), max(values))
    found = behind(MANY, "spearman", 9)
    where = [
        (
            sum(rows(report, "between", "gradient", "spearman", d)) / 3,
            found.reading.score("gradient", "spearman", d).mean,
        )
        for d in found.bands.depths
    ]
    np.testing.assert_allclose(spot.through, where)
    assert (spot.x, spot.y) in spot.through
    assert band_sentences.SAYS.through in drawn.line
    single = plane.of_bands(behind(ONE, "spearman", 19))
    assert all(spot.across is spot.up is None for spot in single.spots)
    zero = plane.of_bands(behind("one method's maps zero", "spearman", 19))
    assert METHODS["lrp"].label not in {spot.label for spot in zero.spots}


def test_a_report_has_the_figure_and_its_table_in_the_page_and_the_zip() -> None:
    report = cases.CASES[ONE]()
    assert page.build(report).count('class="xr-plot xr-plane"') == 1
    names = bundle.members(report, view=None, base="http://localhost/", file="r.zip")
    figures = {
        f"figures/two-random-networks-{key}.{kind}" for key in ("spearman", "mse") for kind in ("png", "svg")
    }
    assert figures <= set(names)


def header(payload: bytes) -> Mapping[str, object]:
    told: Mapping[str, object] = json.loads(payload[8 : 8 + int.from_bytes(payload[4:8], "little")])
    return told


def test_a_report_without_pairs_is_as_before() -> None:
    report = cases.CASES[WITHOUT]()
    reading = Reading(report)
    assert band_sentences.behind(Bands(reading), SIMILARITIES["spearman"], 9, METHODS) is None
    made = scene(reading, report.request.measures, methods=METHODS)
    told = header(encode(made))
    assert all("between" not in panel for panel in told["panels"])  # type: ignore[attr-defined]
    assert band_sentences.SAYS.caption.student not in made.captions
    assert "xr-plane" not in page.build(report).partition("</style>")[2]
    assert not any(
        "two-random" in n for n in bundle.members(report, view=None, base="http://l/", file="r.zip")
    )
