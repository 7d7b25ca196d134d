"""The figure of the diagonal: two random networks beside the trained one and a random one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xaicheck.experiments.ranking.diagonal import Diagonal, Point
from xaicheck.methods import METHODS
from xaicheck.reading import words
from xaicheck.reading.line_styles import CONTROL, LineStyle, styles_of
from xaicheck.reading.plotly_chart import BELOW, interval_bars, marker, plain
from xaicheck.reading.words import number

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

LABELS = words.TEXT.diagonal
PALE = 0.45  # opacity of lines through depths
OUTLINE = "#fff"  # of small points on large ones of the same colour
SIGNS = ("circle-open-dot", "x-thin-open")  # of changed maps, in their order


def figure(
    found: Diagonal,
    *,
    placebo: bool = False,
    changed: Sequence[tuple[str, Diagonal]] = (),
    controls: bool = True,
    height: int = 460,
) -> Figure:
    """A point a method, its line through depths, and the diagonal.

    `placebo`: the points that each random network gives in the trained one's place too; `changed`: those of
    maps that were changed; `controls`: those of controls.
    """
    import plotly.graph_objects as go

    points = [p for p in found.points if p.method in METHODS and (controls or p.real)]
    styles = styles_of(METHODS[p.method] for p in points)
    places = [(p, place) for p in points for place in p.placebo] if placebo else []
    beside = [(name, p) for name, own in changed for p in own.points if p.method in styles]
    traces: list[Any] = []
    traces += [_through(go, p, found, styles[p.method]) for p in points if found.depth is None]
    for at, name in enumerate(dict.fromkeys(name for name, _ in beside)):
        own = [(p, (p.r, p.b.estimate or 0.0)) for other, p in beside if other == name]
        traces.append(_few(go, own, styles, LABELS.changed[name], size=8, sign=SIGNS[at % len(SIGNS)]))
    traces += [_point(go, p, styles[p.method]) for p in points]
    if places:  # above the methods' own, which would hide them
        traces.append(_few(go, places, styles, LABELS.placebo, size=8))
    low, high = _ends([r_b for p in points for r_b in _drawn(p, found)] + [r_b for _, r_b in places]
                      + [(p.r, p.b.estimate or 0.0) for _, p in beside])  # fmt: skip
    line = go.Scatter(
        x=[low, high],
        y=[low, high],
        mode="lines",
        line={"color": CONTROL, "width": 1.5, "dash": "dash"},
        name=LABELS.line,
        hoverinfo="skip",
    )
    layout = plain(
        height=height, left=10, right=14, top=10, bottom=40,
        hovermode="closest",
        legend={**BELOW, "font": {"size": 11}, "maxheight": 1},
        xaxis=_axis(LABELS.between, low, high),
        yaxis=_axis(LABELS.trained, low, high) | {"automargin": True},
    )  # fmt: skip
    return go.Figure([line, *traces], layout)


def hover(point: Point) -> str:
    """The numbers of a point."""
    return (
        f"<b>{METHODS[point.method].label}</b><br>{LABELS.trained}: {number(point.r)}<br>"
        f"{LABELS.between}: {number(point.b.estimate)}<br>"
        f"E = {number(point.memory.interval.estimate)}, D = {number(point.gate.estimate)}"
    )


def alt(found: Diagonal, title: str, *, controls: bool = True) -> str:
    """The points in words: b, then r."""
    points = [p for p in found.points if p.method in METHODS and (controls or p.real)]
    return f"{title}. " + "; ".join(
        f"{METHODS[p.method].label}: {number(p.b.estimate)}, {number(p.r)}" for p in points
    )


def _few(
    go: Any,
    points: Sequence[tuple[Point, tuple[float, float]]],
    styles: dict[str, LineStyle],
    name: str,
    *,
    size: int,
    sign: str = "",
) -> Any:
    """Small points in the colours of their methods, without an interval: (r, b) each."""
    own = [styles[p.method] for p, _ in points]
    return go.Scatter(
        x=[b for _, (_, b) in points],
        y=[r for _, (r, _) in points],
        mode="markers",
        marker={
            "size": size,
            "color": [style.colour for style in own],
            "symbol": sign or [style.marker for style in own],
        }
        | ({} if sign else {"line": {"width": 1, "color": OUTLINE}}),
        name=name,
        customdata=[METHODS[p.method].label for p, _ in points],
        hovertemplate=f"%{{customdata}}, {name}<extra></extra>",
    )


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
        hovertemplate=METHODS[point.method].label
        + ", depth %{customdata[0]}: r = %{customdata[1]}, b = %{customdata[2]}<extra></extra>",
    )


def _point(go: Any, point: Point, style: LineStyle) -> Any:
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
        name=METHODS[point.method].label,
        hovertemplate=hover(point) + "<extra></extra>",
    )


def _drawn(point: Point, found: Diagonal) -> list[tuple[float, float]]:
    """(r, b) of a point and, where it is drawn, of its line."""
    return [(point.r, point.b.estimate or 0.0), *(point.curve if found.depth is None else ())]


def _ends(places: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The least and the greatest value drawn, with room."""
    values = [v for place in places for v in place if math.isfinite(v)]
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
