"""The figure of the diagonal: two random networks beside the trained one and a random one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xaicheck.experiments.ranking.diagonal import Diagonal, Point
from xaicheck.methods import METHODS
from xaicheck.reading.line_styles import CONTROL, LineStyle, styles_of
from xaicheck.reading.plotly_chart import BELOW
from xaicheck.reading.words import number
from xaicheck.topics.ranking import words_diagonal as words
from xaicheck.topics.ranking.figures import interval_bars, marker, plain
from xaicheck.topics.ranking.words import TEXT

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PALE = 0.45  # opacity of lines through depths and of placebo points


def diagonal(found: Diagonal, *, height: int = 460) -> Figure:
    """A point a method, its line through depths, and the diagonal; the legend turns the placebo on."""
    import plotly.graph_objects as go

    points = [p for p in found.points if p.method in METHODS]
    styles = styles_of(METHODS[p.method] for p in points)
    low, high = _ends(points)
    traces: list[Any] = [
        go.Scatter(
            x=[low, high],
            y=[low, high],
            mode="lines",
            line={"color": CONTROL, "width": 1.5, "dash": "dash"},
            name=TEXT.diagonal.line,
            hoverinfo="skip",
        )
    ]
    traces += [_through(go, p, found, styles[p.method]) for p in points if found.depth is None]
    traces += [_point(go, p, found, styles[p.method]) for p in points]
    places = [place for p in points for place in p.placebo]
    if places:
        traces.append(
            go.Scatter(
                x=[b for _, b in places],
                y=[r for r, _ in places],
                mode="markers",
                marker={"size": 5, "color": CONTROL, "opacity": PALE},
                name=TEXT.diagonal.placebo,
                visible="legendonly",
                hoverinfo="skip",
            )
        )
    layout = plain(
        height=height, left=10, right=14, top=10, bottom=40,
        hovermode="closest",
        legend={**BELOW, "font": {"size": 11}},
        xaxis=_axis(TEXT.diagonal.between, low, high),
        yaxis=_axis(TEXT.diagonal.trained, low, high) | {"automargin": True},
    )  # fmt: skip
    return go.Figure(traces, layout)


def _through(go: Any, point: Point, found: Diagonal, style: LineStyle) -> Any:
    """The line of a method through its depths."""
    return go.Scatter(
        x=[b for _, b in point.curve],
        y=[r for r, _ in point.curve],
        mode="lines",
        line={"color": style.colour, "width": 1.2, "dash": style.dash},
        opacity=PALE,
        showlegend=False,
        customdata=[
            (depth, number(r), number(b)) for depth, (r, b) in zip(found.depths, point.curve, strict=True)
        ],
        hovertemplate=words.label(point)
        + ", depth %{customdata[0]}: r = %{customdata[1]}, b = %{customdata[2]}<extra></extra>",
    )


def _point(go: Any, point: Point, found: Diagonal, style: LineStyle) -> Any:
    e = point.memory.interval
    # r is b and what is remembered: its bars are as wide as the memory's.
    bars = None
    if e.low is not None and e.high is not None:
        half = (e.high - e.low) / 2
        bars = interval_bars(
            replace(e, estimate=point.r, low=point.r - half, high=point.r + half), style.colour
        )
    return go.Scatter(
        x=[point.b.estimate],
        y=[point.r],
        mode="markers",
        marker=marker(style, 11),
        error_x=interval_bars(point.b, style.colour),
        error_y=bars,
        name=words.label(point),
        hovertemplate=words.hover(point, found) + "<extra></extra>",
    )


def _ends(points: Sequence[Point]) -> tuple[float, float]:
    """The least and the greatest value drawn, with room."""
    values = [v for p in points for v in (p.r, p.b.estimate) if v is not None and math.isfinite(v)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = 0.06 * (high - low or 1.0)
    return low - room, high + room


def _axis(title: str, low: float, high: float) -> dict[str, Any]:
    return {
        "title": {"text": title, "standoff": 8},
        "range": [low, high],
        "zeroline": False,
        "fixedrange": True,
        "nticks": 7,
    }
