"""Plotly figures of the page Ranking gap: both orders joined by lines, and tau beside chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xaicheck.methods import METHODS
from xaicheck.reading.line_styles import CONTROL, ORIGINAL, RANDOMIZED, styles_of
from xaicheck.reading.plotly_chart import interval_bars, marker, plain
from xaicheck.reading.words import number
from xaicheck.topics.ranking import words
from xaicheck.topics.ranking.numbers import Place, TwoOrders
from xaicheck.topics.ranking.words import TEXT

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

ROW = 40  # pixels a method takes in the bump chart
WRAP = 11  # characters a line of a label may have
FAINT = "rgba(138,143,152,0.22)"
STRONG = ORIGINAL


def bump(orders: TwoOrders) -> Figure:
    """Two columns of ranks joined by lines, rank 1 on top; the winner of the check is drawn thicker."""
    import plotly.graph_objects as go

    styles = styles_of(METHODS[p.key] for p in orders.places)
    traces, names = [], []
    for place in reversed(orders.places):  # the winner last, so that it lies on top
        style = styles[place.key]
        first = place.check_place == 1
        traces.append(
            go.Scatter(
                x=[0, 1],
                y=[place.check_row, place.faith_row],
                name=place.label,
                mode="lines+markers",
                line={"color": style.colour, "dash": style.dash, "width": 4 if first else 2},
                marker=marker(style, 12 if first else 9),
                hovertemplate=words.bump_hover(orders, place) + "<extra></extra>",
                showlegend=False,
                cliponaxis=False,
            )
        )
        names += [_end(place, x, bold=first) for x in (0, 1)]
    for x, title in ((0, TEXT.check), (1, TEXT.faithfulness)):
        side = {"xanchor": "right", "xshift": 26} if x == 0 else {"xanchor": "left", "xshift": -26}
        names.append(
            {"x": x, "y": 0.42, "text": f"<b>{title}</b>", "showarrow": False, "yanchor": "bottom",
             "font": {"size": 13}, **side}
        )  # fmt: skip
    layout = plain(
        height=ROW * orders.n + 60, left=104, right=104, top=34, bottom=8,
        annotations=names,
        xaxis={"range": [0, 1], "visible": False, "fixedrange": True},
        yaxis={"range": [orders.n + 0.6, 0.4], "visible": False, "fixedrange": True},
    )  # fmt: skip
    return go.Figure(traces, layout)


def tau_strip(rows: Sequence[tuple[str, TwoOrders]]) -> Figure:
    """Tau with its interval and the median of its draws over the band of unrelated orders, row by row."""
    import plotly.graph_objects as go

    traces: list[Any] = []
    shapes, names = [], []
    for at, (name, orders) in enumerate(rows):
        gap, y = orders.gap, len(rows) - 1 - at
        half = gap.null.within
        if half is not None:
            shapes.append(
                {"type": "rect", "x0": -half, "x1": half, "y0": y - 0.3, "y1": y + 0.3, "fillcolor": FAINT,
                 "line": {"width": 0}, "layer": "below"}
            )  # fmt: skip
        tau = gap.tau
        if tau.estimate is None:
            names.append({"x": 0, "y": y, "text": TEXT.no_tau, "showarrow": False})
            continue
        names.append(
            {"x": tau.estimate, "y": y + 0.27, "yanchor": "bottom", "text": f"<b>{number(tau.estimate)}</b>",
             "showarrow": False, "font": {"size": 13}}
        )  # fmt: skip
        traces.append(
            go.Scatter(
                x=[tau.estimate],
                y=[y],
                mode="markers",
                marker={"size": 13, "color": STRONG, "symbol": "diamond"},
                error_x=interval_bars(tau, STRONG),
                name="τ" if tau.low is None else TEXT.tau_point,
                showlegend=not traces,
                hovertemplate=words.tau_hover(name, orders) + "<extra></extra>",
            )
        )
        if gap.tau_median is not None:
            traces.append(
                go.Scatter(
                    x=[gap.tau_median],
                    y=[y],
                    mode="markers",
                    marker={
                        "size": 17,
                        "symbol": "line-ns-open",
                        "color": RANDOMIZED,
                        "line": {"width": 3, "color": RANDOMIZED},
                    },
                    name=TEXT.tau_median,
                    showlegend=len(traces) == 1,
                    hovertemplate=f"{TEXT.tau_median}: {number(gap.tau_median)}<extra></extra>",
                )
            )
    square = {"symbol": "square", "size": 13, "color": "rgba(138,143,152,0.45)"}
    traces.append(go.Scatter(x=[None], y=[None], mode="markers", name=TEXT.tau_null, marker=square))
    shapes.append(
        {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper",
         "line": {"color": CONTROL, "width": 1, "dash": "dot"}}
    )  # fmt: skip
    layout = plain(
        height=84 * len(rows) + 130, left=10, right=26, top=10, bottom=40,
        shapes=shapes,
        annotations=names,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0, "font": {"size": 12}},
        xaxis={
            "range": [-1.04, 1.04],
            "tickvals": [-1, -0.5, 0, 0.5, 1],
            "ticktext": ["−1<br>reversed", "−0.5", "0<br>unrelated", "0.5", "1<br>same order"],
            "fixedrange": True,
            "zeroline": False,
            "title": {"text": TEXT.tau_axis, "standoff": 6},
        },
        yaxis={
            "range": [-0.6, len(rows) - 0.4],
            "tickvals": list(range(len(rows))),
            "ticktext": [name for name, _ in rows][::-1],
            "fixedrange": True,
            "zeroline": False,
            "showgrid": False,
            "automargin": True,
        },
    )  # fmt: skip
    return go.Figure(traces, layout)


def _end(place: Place, x: int, *, bold: bool) -> dict[str, Any]:
    """The label at one end of a line: the rank next to the line, then the name."""
    row, at, tied = (
        (place.check_row, place.check_place, place.check_tied)
        if x == 0
        else (place.faith_row, place.faith_place, place.faith_tied)
    )
    name = _wrapped(place.label)
    if place.control:
        name = f"<i>{name}</i>"
    rank = f"<b>{at}{'=' if tied else ''}</b>"
    text = f"{name}  {rank}" if x == 0 else f"{rank}  {name}"
    side = {"xanchor": "right", "align": "right", "xshift": -11}
    if x:
        side = {"xanchor": "left", "align": "left", "xshift": 11}
    return {
        "x": x,
        "y": row,
        "text": f"<b>{text}</b>" if bold else text,
        "showarrow": False,
        "font": {"size": 12},
        **side,
    }


def _wrapped(label: str) -> str:
    """A label in lines of about WRAP characters."""
    lines: list[str] = []
    for word in label.split():
        if lines and len(lines[-1]) + 1 + len(word) <= WRAP:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "<br>".join(lines)
