"""Charts inside the page to take away and as files: every style can be drawn, gaps stay gaps."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.app import fakes
from xaicheck.methods import METHODS
from xaicheck.reading import charts, plotly_chart
from xaicheck.reading.charts import Axis, Chart, Places, Series
from xaicheck.reading.line_styles import LineStyle, styles_of
from xaicheck.reading.numbers import Reading
from xaicheck.reading.plane import Plane, Spot
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


def test_depths_lie_as_far_apart_as_they_are_in_every_drawing() -> None:
    depths = (0, 1, 9, 18, 19)
    report = fakes.sample_report(methods=("gradient",), depths=depths, measures=("spearman",))
    chart = charts.curves(Reading(report), SIMILARITIES["spearman"], 18, METHODS)
    drawn = str(svg.figure(chart))
    points = [float(x) for x in re.findall(r'<svg x="([\d.]+)%" y="(?!100%)[\d.]+%" overflow', drawn)]
    names = [float(x) for x in re.findall(r'<svg x="([\d.]+)%" y="100%" overflow', drawn)]
    assert len(points) == len(names) == 5
    for xs in (points, names):
        assert np.allclose(np.diff(xs), np.diff(depths) * (xs[1] - xs[0]), atol=0.02)  # two decimals
        assert xs[0] > 0 and xs[-1] < 100
    assert f'x1="{names[3]:.2f}%"' in drawn  # the line of the depth that is marked
    axes = figure_files.chart(chart).axes[0]
    assert list(axes.get_xticks()) == list(depths) == list(axes.lines[0].get_xdata())
    lines = [t for t in plotly_chart.figure(chart, height=300).data if t.name == chart.series[0].label]
    assert [list(line.x) for line in lines] == [list(depths)]
    named = Places("x", ("p", "q", "r", "s"))  # without numbers: evenly
    assert np.allclose(named.shares, (0.125, 0.375, 0.625, 0.875))


PLANE = Plane(
    "k",
    "title",
    "alt",
    "b",
    "r",
    "line",
    (
        Spot("<one>", LineStyle("#123456"), 0.25, 0.5, (0.2, 0.4), (0.4, 0.7), ((0.0, 1.1), (0.25, 0.5))),
        Spot("two", LineStyle("#654321", marker="circle-open"), -0.1, 0.9),
    ),
)


def test_a_point_lies_on_the_plane_where_its_numbers_say_and_the_diagonal_where_they_are_equal() -> None:
    low, high = PLANE.span
    assert low < -0.1 and high > 1.1 and all(low <= tick <= high for tick in PLANE.ticks)
    tree = ElementTree.fromstring(svg.plane(PLANE))

    def values(element: ElementTree.Element, names: str) -> list[float]:
        found = [float(element.attrib[name].removesuffix("%")) / 100 for name in names.split()]
        ends = [share if "x" in name else 1 - share for name, share in zip(names.split(), found, strict=True)]
        return [low + share * (high - low) for share in ends]

    spots = {e.find("title").text: e for e in tree.iter("svg") if e.find("title") is not None}  # type: ignore[union-attr]
    assert list(spots) == ["<one>: 0.25, 0.50", "two: −0.10, 0.90"]
    for spot, element in zip(PLANE.spots, spots.values(), strict=True):
        assert values(element, "x y") == pytest.approx([spot.x, spot.y], abs=1e-3)
    (diagonal,) = tree.iterfind(".//line[@class='xr-level']")
    assert values(diagonal, "x1 y1 x2 y2") == pytest.approx([low, low, high, high])
    (path,) = tree.iterfind(".//line[@class='xr-through']")
    assert values(path, "x1 y1 x2 y2") == pytest.approx([0.0, 1.1, 0.25, 0.5], abs=1e-3)
    bars = [values(e, "x1 y1 x2 y2") for e in tree.iter("line") if "stroke-width" in e.attrib]
    assert bars[0] == pytest.approx([0.2, 0.5, 0.4, 0.5], abs=1e-3)
    assert bars[1] == pytest.approx([0.25, 0.4, 0.25, 0.7], abs=1e-3) and len(bars) == 2


def test_the_plane_in_a_file_has_the_same_points_and_axes() -> None:
    axes = figure_files.plane(PLANE).axes[0]
    points = [line for line in axes.lines if line.get_linestyle() == "None"]
    assert [(p.get_xdata()[0], p.get_ydata()[0]) for p in points] == [(s.x, s.y) for s in PLANE.spots]
    assert axes.get_xlim() == axes.get_ylim() == PLANE.span and axes.get_aspect() == 1
    assert any(line.get_xydata().tolist() == [[0.0, 1.1], [0.25, 0.5]] for line in axes.lines)
    assert list(axes.lines[0].get_xdata()) == list(axes.lines[0].get_ydata()) == list(PLANE.span)
