"""Charts inside the page to take away and as files: every style can be drawn, gaps stay gaps."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from tests.app import fakes
from xaicheck.methods import METHODS
from xaicheck.reading import charts
from xaicheck.reading.charts import Axis, Chart, Places, Series
from xaicheck.reading.line_styles import LineStyle, styles_of
from xaicheck.reading.numbers import Reading
from xaicheck.report import figure_files, svg
from xaicheck.similarity.measures import SIMILARITIES


def test_every_style_of_the_methods_can_be_drawn_in_both_ways() -> None:
    for style in styles_of(METHODS.values()).values():
        assert style.shape in svg.MARKERS and style.shape in figure_files.MARKERS
        assert style.dash in svg.DASHES and style.dash in figure_files.DASHES


def test_a_gap_in_a_curve_parts_its_line() -> None:
    series = Series("a", LineStyle("#123456"), (0.1, None, 0.3, 0.4))
    drawn = svg.figure(Chart("k", "title", "alt", Places("x", ("p", "q", "r", "s")), Axis("y"), (series,)))
    (path,) = re.findall(r'<path d="(M[^"]*)" fill="none"', drawn)
    assert path.count("M") == 2
    assert drawn.count("<title>") == 3


def test_every_chart_of_a_report_is_well_formed_with_a_title_at_every_point() -> None:
    report = fakes.sample_report(
        seeds=2, methods=("gradient", "occlusion", "fresh_noise"), depths=(0, 2, 19), measures=("mse",)
    )
    drawn = charts.every(Reading(report), 2, [SIMILARITIES["mse"]], METHODS)
    assert {chart.key.partition("-")[0] for chart in drawn} == {"curves", "activations", "liveness"}
    for chart in drawn:
        tree = ElementTree.fromstring(svg.figure(chart))
        titles = [e.text for e in tree.iter("title")]
        assert len(titles) == sum(v is not None for s in chart.series for v in s.y), chart.key
        assert len(tree.findall("./ul/li")) == (len(chart.series) if len(chart.series) > 1 else 0)


def test_a_hostile_name_stays_text() -> None:
    evil = "<script>alert(\"'&"
    style = LineStyle("#123456")
    lines = tuple(Series(f"{evil}{i}", style, (0.1, 0.2)) for i in range(2))
    drawn = svg.figure(Chart("k", "title", evil, Places(evil, ("p", evil)), Axis(evil), lines))
    assert "<script" not in drawn
    tree = ElementTree.fromstring(drawn)
    assert tree.find(".//svg").get("aria-label") == evil  # type: ignore[union-attr]
