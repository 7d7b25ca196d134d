"""The charts of a report: the numbers they are made of, and that each way to draw shows them."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from tests.app import fakes
from tests.premises import number_of
from xaicheck.methods import METHODS
from xaicheck.reading import charts, plotly_chart
from xaicheck.reading.charts import Axis, Chart, Kind, Level, Mark, Places, Series, Values
from xaicheck.reading.line_styles import LineStyle, styles_of
from xaicheck.reading.numbers import Reading
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Report

SPEARMAN = SIMILARITIES["spearman"]


@pytest.fixture(scope="module")
def report() -> Report:
    return fakes.sample_report(seeds=2)


def one_line(y: Values, kind: Kind = "linear", **more: Values) -> Chart:
    names = tuple("pqrstuvw"[: len(y)])
    series = Series("a", LineStyle("#123456"), y, **more)
    return Chart("key", "title", "alt", Places("x", names), Axis("y", kind), (series,))


@pytest.mark.parametrize("values", [(0.3, 0.6), (0.21, 0.27), (2.8, 3.2), (0.03, 4), (1e-7, 30)])
def test_a_logarithmic_axis_names_its_ticks_by_their_values(values: tuple[float, float]) -> None:
    axis = plotly_chart.figure(one_line(values, "log"), height=300).layout.yaxis
    assert axis.type == "log" and len(axis.tickvals) > 1
    for value, text in zip(axis.tickvals, axis.ticktext, strict=True):
        assert math.isclose(number_of(text), value, rel_tol=0.005), text  # three digits


def test_the_curves_show_every_method_with_a_style_of_its_own(report: Report) -> None:
    chart = charts.curves(Reading(report), SPEARMAN, 7, METHODS)
    assert [s.label for s in chart.series] == [METHODS[m.key].label for m in report.request.methods]
    styles = {s.style for s in chart.series}  # they differ without colour, too
    assert (
        len(styles) == len({(s.dash, s.marker) for s in styles}) == len(chart.series)
    )  # without colour, too
    assert chart.x.numbers == report.depths
    assert chart.mark == Mark(report.depths.index(7), "depth 7")


def test_the_band_reaches_from_the_lowest_to_the_highest_seed(report: Report) -> None:
    chart = charts.curves(Reading(report), SPEARMAN, 7, METHODS)
    band = next(s for s in chart.series if s.label == METHODS["lrp"].label)
    at = report.depths.index(3)
    values = [
        s.score.value for s in report.scores if (s.method, s.measure, s.depth) == ("lrp", "spearman", 3)
    ]
    assert [band.low[at], band.high[at]] == pytest.approx(sorted(values))  # type: ignore[type-var]


def test_one_seed_has_no_band() -> None:
    chart = charts.curves(Reading(fakes.sample_report(seeds=1)), SPEARMAN, 7, METHODS)
    assert not any(s.low or s.high for s in chart.series)


def test_every_method_and_control_has_a_style_that_differs() -> None:
    assert len(set(styles_of(METHODS.values()).values())) == len(METHODS)


def test_a_method_has_one_colour_whatever_is_shown_beside_it() -> None:
    together = styles_of(METHODS.values())
    for method in METHODS.values():
        assert styles_of([method]) == {method.key: together[method.key]}
    real = [style.colour for key, style in together.items() if not METHODS[key].control]
    assert len(set(real)) == len(real)


@pytest.mark.parametrize("what", charts.SCALES)
def test_the_activation_chart_has_both_networks_block_by_block(report: Report, what: str) -> None:
    chart = charts.scales(Reading(report), 6, what)
    assert [s.label for s in chart.series] == ["Original", "Randomized"]
    assert chart.x.names == tuple(reversed(report.blocks))
    fig = plotly_chart.figure(chart, height=300)
    assert {t.name for t in fig.data} == {"Original", "Randomized"}
    assert list(fig.data[0].x) == list(chart.x.names)
    assert (fig.layout.yaxis.type == "log") is (what in ("rms", "gradient"))


def test_a_logarithmic_axis_gets_no_zero(report: Report) -> None:
    zero = tuple(dataclasses.replace(a, rms=0.0) for a in report.activations)
    chart = charts.scales(Reading(dataclasses.replace(report, activations=zero)), 6, "rms")
    assert set(chart.series[0].y) == {None}


def test_the_bars_of_the_quantiles_are_the_report_s(report: Report) -> None:
    fig = plotly_chart.figure(charts.scales(Reading(report), 6, "quantiles"), height=300)
    row = Reading(report).scales(6)[2]
    for after, quantiles in ((False, row.original.quantiles), (True, row.quantiles)):
        for trace, (low, high) in zip(fig.data[2 * after :], ((0, 4), (1, 3)), strict=False):
            ends = trace.y[2] - trace.error_y.arrayminus[2], trace.y[2] + trace.error_y.array[2]
            assert ends == pytest.approx((quantiles[low], quantiles[high]))


@pytest.mark.parametrize("what", charts.LIVENESS)
def test_the_liveness_charts_reach_over_all_depths(report: Report, what: str) -> None:
    chart = charts.liveness(Reading(report), 6, what)
    fig = plotly_chart.figure(chart, height=300)
    assert list(fig.data[-1].x) == list(report.depths)
    assert fig.layout.shapes[-1].x0 == 6
    assert (chart.level is not None) is (what == "entropy")
    assert fig.layout.yaxis.range[1] > max(chart.values)


def test_a_gap_in_a_curve_parts_its_band() -> None:
    values = (0.1, None, 0.3, 0.4)
    fig = plotly_chart.figure(one_line(values, low=values, high=values), height=300)
    assert [len(t.x) for t in fig.data if t.fill == "toself"] == [2, 4]
    assert list(charts.runs(values)) == [[0], [2, 3]]
    assert list(charts.runs([None, None])) == []


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-0.3, 1.0), (0.0, 6.9), (0.0, 1e-7), (0.0, 2345.0)])
def test_an_axis_has_a_few_round_ticks_inside_its_span(low: float, high: float) -> None:
    chart = one_line((low, high))
    assert 3 <= len(chart.ticks) <= 8
    assert all(0 <= chart.share(tick) <= 1 for tick in chart.ticks)
    steps = np.diff(chart.ticks)
    assert np.allclose(steps, steps[0])


def test_a_logarithmic_axis_has_room_for_one_value() -> None:
    chart = one_line((0.02,), "log")
    assert 0 < chart.share(0.02) < 1 and 0.02 in chart.ticks


def test_a_named_level_lies_inside_the_span() -> None:
    chart = dataclasses.replace(one_line((1.0, 2.0), "amount"), level=Level(6.9, "name"))
    assert 0 < chart.share(6.9) < 1
