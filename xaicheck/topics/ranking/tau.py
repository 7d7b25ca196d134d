"""A plotly figure of Kendall's tau of two orders beside what unrelated orders give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xaicheck.reading.line_styles import CONTROL, RANDOMIZED
from xaicheck.reading.words import number
from xaicheck.topics.ranking import captions, words as texts
from xaicheck.topics.ranking.figures import FAINT, STRONG, error_bars, plain
from xaicheck.topics.ranking.numbers import Reading

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

NULL = 1.96  # standard deviations either side that hold 95 % of unrelated orders


def tau_strip(rows: Sequence[tuple[str, Reading]]) -> Figure:
    """Tau with its interval and the median of its draws over the band of unrelated orders, row by row."""
    import plotly.graph_objects as go

    traces: list[Any] = []
    shapes, names = [], []
    for at, (name, reading) in enumerate(rows):
        gap, y = reading.gap, len(rows) - 1 - at
        if gap.null.sd is not None:
            half = min(1.0, NULL * gap.null.sd)
            shapes.append(
                {"type": "rect", "x0": -half, "x1": half, "y0": y - 0.3, "y1": y + 0.3, "fillcolor": FAINT,
                 "line": {"width": 0}, "layer": "below"}
            )  # fmt: skip
        tau = gap.tau
        if tau.estimate is None:
            names.append({"x": 0, "y": y, "text": captions.NO_TAU, "showarrow": False})
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
                error_x=error_bars(tau, STRONG),
                name=captions.TAU_POINT,
                showlegend=not traces,
                hovertemplate=texts.tau_hover(name, reading) + "<extra></extra>",
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
                    name=captions.TAU_MEDIAN,
                    showlegend=len(traces) == 1,
                    hovertemplate=f"{captions.TAU_MEDIAN}: {number(gap.tau_median)}<extra></extra>",
                )
            )
    square = {"symbol": "square", "size": 13, "color": "rgba(138,143,152,0.45)"}
    traces.append(go.Scatter(x=[None], y=[None], mode="markers", name=captions.TAU_NULL, marker=square))
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
            "title": {"text": captions.TAU_AXIS, "standoff": 6},
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
