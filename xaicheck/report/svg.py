"""Charts as SVG inside a page: as wide as the page, letters of one size, colours of the text around them.

Everything is placed in percent, so that nothing is scaled but the lines; no style attributes, no scripts.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from xaicheck.reading.charts import Chart, Series, runs
from xaicheck.reading.line_styles import LineStyle
from xaicheck.reading.plane import Ends, Plane, Spot
from xaicheck.reading.templates import pieces
from xaicheck.reading.words import short

HEIGHT = 260  # pixels of the plot, without what is written around it
DASHES = {
    "solid": "",
    "dash": "8 5",
    "dot": "2 4",
    "dashdot": "9 4 2 4",
    "longdash": "14 6",
    "longdashdot": "14 5 2 5",
}
_STAR = "M0-5.5 1.5-1.7 5.3-1.7 2.3.9 3.4 4.6 0 2.4-3.4 4.6-2.3.9-5.3-1.7-1.5-1.7z"
MARKERS = {
    "circle": "M-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0-7.2 0z",
    "square": "M-3.3-3.3h6.6v6.6h-6.6z",
    "diamond": "M0-4.6 4.6 0 0 4.6-4.6 0z",
    "triangle-up": "M0-4.4 4.3 3.4-4.3 3.4z",
    "triangle-down": "M0 4.4 4.3-3.4-4.3-3.4z",
    "x": "M-4-2 -2-4 0-2 2-4 4-2 2 0 4 2 2 4 0 2-2 4-4 2-2 0z",
    "star": _STAR,
    "hexagon": "M-4 0-2-3.5 2-3.5 4 0 2 3.5-2 3.5z",
    "pentagon": "M0-4.4 4.2-1.4 2.6 3.6-2.6 3.6-4.2-1.4z",
    "cross": "M-1.4-4h2.8v2.6h2.6v2.8h-2.6v2.6h-2.8v-2.6h-2.6v-2.8h2.6z",
}
_PIECES = "report/svg.html"


def figure(chart: Chart, *, names: bool = True) -> Markup:
    """The chart as a figure element; its title is for the page to write. `names`: with its legend."""
    return pieces(_PIECES).figure(
        chart,
        height=HEIGHT,
        label="" if chart.y.full == chart.title else chart.y.full,
        ticks=[(_up(chart, v), chart.text(v), v == 0) for v in chart.ticks],
        level=_up(chart, chart.level.value) if chart.level else "",
        mark=_percent(_x(chart, chart.mark.place)) if chart.mark else "",
        side="end" if chart.mark and _x(chart, chart.mark.place) > 0.5 else "start",
        names=[(_percent(_x(chart, i)), name) for i, name in enumerate(chart.x.names)],
        lines=[_drawn(chart, series) for series in chart.series],
        legend=legend(chart) if names else "",
    )


def legend(chart: Chart) -> Markup:
    """The names of the lines with their colour, dash and marker; empty for a single line."""
    many = len(chart.series) > 1
    looks = [_look(series.label, series.style, series.joined) for series in chart.series]
    return pieces(_PIECES).legend(looks) if many else Markup()


def plane(what: Plane) -> Markup:
    """The plane as a figure element; its title is for the page to write."""
    return pieces(_PIECES).plane(
        what,
        height=HEIGHT,
        ticks=[(_percent(what.share(v)), _percent(1 - what.share(v)), short(v)) for v in what.ticks],
        spots=[_spotted(what, spot) for spot in what.spots],
        legend=pieces(_PIECES).legend([_look(spot.label, spot.style, joined=False) for spot in what.spots]),
    )


def _spotted(what: Plane, spot: Spot) -> dict[str, Any]:
    """One point ready to be written: its look, its place and its bars."""

    def along(ends: Ends) -> list[float]:
        return [] if ends is None else [what.share(end) for end in ends]

    x, y = _at(what, (spot.x, spot.y))
    return _look(spot.label, spot.style, joined=False) | {
        "x": x,
        "y": y,
        "across": [_percent(share) for share in along(spot.across)],
        "up": [_percent(1 - share) for share in along(spot.up)],
        "text": spot.text,
        "path": [[*_at(what, start), *_at(what, end)] for start, end in pairwise(spot.through)],
    }


def _at(what: Plane, place: tuple[float, float]) -> tuple[str, str]:
    """Where a place lies, from the left and from above."""
    x, y = place
    return _percent(what.share(x)), _percent(1 - what.share(y))


def _look(label: str, style: LineStyle, joined: bool) -> dict[str, Any]:
    return {
        "label": label,
        "joined": joined,
        "colour": style.colour,
        "dash": DASHES[style.dash],
        "marker": MARKERS[style.shape],
        "hollow": style.hollow,
    }


def _drawn(chart: Chart, series: Series) -> dict[str, Any]:
    """One line ready to be written: its look, its paths or bars, and its points."""
    aside = 0.0 if series.joined else _aside(chart, series)
    along = [_percent(_x(chart, i) + aside) for i in range(len(chart.x.names))]
    drawn = _look(series.label, series.style, series.joined) | {
        "band": "",
        "path": "",
        "bars": [],
        "points": [
            (x, _up(chart, v), f"{series.label}, {name}: {chart.text(v)}")
            for x, name, v in zip(along, chart.x.names, series.y, strict=True)
            if v is not None
        ],
    }
    if series.joined:
        drawn["band"] = "".join(_round(chart, series, run) for run in runs(series.low))
        drawn["path"] = "".join(_path(_spot(chart, i, series.y[i]) for i in run) for run in runs(series.y))
    else:
        drawn["bars"] = [
            (x, _up(chart, low), _up(chart, high))
            for x, low, high in zip(along, series.low, series.high, strict=True)
            if low is not None and high is not None
        ]
    return drawn


def _round(chart: Chart, series: Series, run: list[int]) -> str:
    """The outline of a band: along its upper edge and back along the lower one."""
    above = [_spot(chart, i, series.high[i]) for i in run]
    below = [_spot(chart, i, series.low[i]) for i in reversed(run)]
    return f"{_path(above + below)}z"


def _path(spots: Iterable[str]) -> str:
    return "M" + "L".join(spots)


def _aside(chart: Chart, series: Series) -> float:
    """Bars of two series stand beside each other."""
    return (chart.series.index(series) - (len(chart.series) - 1) / 2) * 0.22 / len(chart.x.names)


def _x(chart: Chart, i: int) -> float:
    return chart.x.shares[i]


def _up(chart: Chart, value: float) -> str:
    return _percent(1 - chart.share(value))


def _spot(chart: Chart, i: int, value: float | None) -> str:
    assert value is not None
    return f"{1000 * _x(chart, i):.1f} {1000 * (1 - chart.share(value)):.1f}"


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
