"""The figure of both scores on the page Ranking gap, and where its names stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from xaicheck.methods import METHODS
from xaicheck.reading.line_styles import styles_of
from xaicheck.reading.plotly_chart import BELOW, interval_bars, marker, plain
from xaicheck.statistics import Interval
from xaicheck.topics.ranking import words
from xaicheck.topics.ranking.numbers import Place, TwoOrders, known

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PLOT = (560, 330)  # pixels of the chart inside its axes on a wide page, about
Point = tuple[float, float]


def scatter(orders: TwoOrders) -> Figure:
    """Faithfulness against the randomization score, each with its interval; both axes improve outwards."""
    import plotly.graph_objects as go

    styles = styles_of(METHODS[p.key] for p in orders.places)
    named = {orders.places[0].key, orders.by_faith[0].key}
    across = _range([p.check for p in orders.places], low_is_better=orders.low_is_better)
    up = _range([p.faith for p in orders.places], low_is_better=orders.faith_low_is_better)
    points = {
        p.key: _pixels(p, across, up)
        for p in orders.places
        if across and up and known(p.check.estimate) and known(p.faith.estimate)
    }
    traces, names, taken = [], [], list[Point]()
    for place in orders.places:
        x, y, style = place.check.estimate, place.faith.estimate, styles[place.key]
        if not known(x) or not known(y):
            continue
        traces.append(
            go.Scatter(
                x=[x],
                y=[y],
                name=place.label,
                mode="markers",
                marker=marker(style, 11),
                error_x=interval_bars(place.check, style.colour),
                error_y=interval_bars(place.faith, style.colour),
                hovertemplate=words.scatter_hover(orders, place) + "<extra></extra>",
            )
        )
        if place.key in named:
            aside = _aside(place, points, taken)
            taken.append((points[place.key][0] + aside[0], points[place.key][1] + aside[1]))
            names.append(
                {"x": x, "y": y, "text": f"<b>{place.label}</b>", "font": {"size": 12},
                 "ax": aside[0], "ay": aside[1],
                 "arrowwidth": 1, "arrowcolor": style.colour}
            )  # fmt: skip
    layout = plain(
        height=480, left=10, right=14, top=14, bottom=40,
        annotations=names,
        hovermode="closest",
        legend={**BELOW, "font": {"size": 11}},
        xaxis={
            "title": {"text": words.check_axis(orders), "standoff": 8},
            "range": across,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis={
            "title": {"text": words.faith_axis(orders), "standoff": 10},
            "range": up,
            "automargin": True,
            "fixedrange": True,
            "nticks": 6,
        },
    )  # fmt: skip
    return go.Figure(traces, layout)


def _aside(place: Place, points: Mapping[str, Point], taken: Sequence[Point]) -> Point:
    """Where a point's name stands, in pixels from it: inside the frame, on as few markers as may be.

    `points`: the markers by method, in pixels from the upper left; `taken`: where names stand already.
    """
    x, y = points[place.key]
    half = 4 * len(place.label)  # of the name's width, about

    def covers(at: Point) -> tuple[bool, int, float]:
        left, top = x + at[0], y + at[1]
        on = sum(abs(left - px) < half + 8 and abs(top - py) < 16 for px, py in (*points.values(), *taken))
        outside = not (half <= left <= PLOT[0] - half and 10 <= top <= PLOT[1] - 10)
        return outside, on, abs(left - PLOT[0] / 2)

    return min(product((48, -48, half + 20, -half - 20), (-18, 40, -40)), key=covers)


def _pixels(place: Place, across: Sequence[float], up: Sequence[float]) -> Point:
    """A marker on a chart of the usual size, from its axes' ends."""
    x, y = place.check.estimate or 0.0, place.faith.estimate or 0.0
    return (
        PLOT[0] * (x - across[0]) / (across[1] - across[0]),
        PLOT[1] * (up[1] - y) / (up[1] - up[0]),
    )


def _range(scores: Sequence[Interval], *, low_is_better: bool) -> list[float] | None:
    """The ends of an axis: the estimates with some room, because an interval of three seeds may be far wider.

    The axis of a score whose low end is the good one runs backwards: right and up are good on every chart.
    """
    values = [s.estimate for s in scores if s.estimate is not None and known(s.estimate)]
    if not values:
        return None
    low, high = min(values), max(values)
    room = 0.35 * (high - low or 1.0)
    ends = [end for s in scores for end in (s.low, s.high) if end is not None]
    first = max(min([*ends, low]), low - room) - 0.1 * room
    last = min(max([*ends, high]), high + room) + 0.1 * room
    return [last, first] if low_is_better else [first, last]
