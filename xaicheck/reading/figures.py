"""Plotly figures of a report: lines that differ in colour, dash and marker, never in colour alone.

The colours read on white and on near-black; text and grid colours come from the page's theme.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from xaicheck.methods import METHODS
from xaicheck.reading import words
from xaicheck.reading.compared import maps_compared
from xaicheck.reading.numbers import Reading, ScaleRow
from xaicheck.types import Comparison, Measure, Method

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

# Hues after Okabe and Ito, brought to a middle lightness.
COLOURS = (
    "#2f82c4", "#d97b0f", "#12976f", "#c95fa0", "#c8452b", "#7a6fd0", "#1f9fb5", "#8c8400", "#a0694c",
)  # fmt: skip
DASHES = ("solid", "dash", "dashdot", "longdash", "solid", "dash", "dashdot", "longdashdot", "longdash")
MARKERS = (
    "circle", "square", "diamond", "triangle-up", "x", "triangle-down", "hexagon", "star", "pentagon",
)  # fmt: skip
CONTROL = "#8a8f98"
CONTROL_MARKERS = ("circle-open", "square-open", "diamond-open", "cross-open")
ORIGINAL, RANDOMIZED = "#2f82c4", "#d97b0f"
SCALES: Mapping[str, str] = {
    "rms": "RMS of the activations",
    "quantiles": "Quantiles of the activations",
    "dead": "Dead share of the rectified values",
    "gradient": "RMS of the gradient",
}
LIVENESS: Mapping[str, str] = {"logit_std": "Spread of the logits", "entropy": "Softmax entropy in nats"}
ORDER: Mapping[str, str] = {
    "cascade": "Blocks randomized, output to input",
    "bottom_up": "Blocks randomized, input to output",
    "independent": "The one block that is randomized",
}


def curves(
    reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method], *, height: int = 500
) -> Figure:
    """Similarity against depth for every method: mean line, lowest to highest over the seeds as a band."""
    import plotly.graph_objects as go

    fig = go.Figure()
    how = reading.comparison(measure.key)
    styles = styles_of([methods[key] for key in reading.methods if key in methods])
    for key in reading.methods:
        points = [(d, s) for d, s in reading.curve(key, measure.key) if s.mean is not None]
        if key not in methods or not points:
            continue
        label, style = methods[key].label, styles[key]
        depths = [d for d, _ in points]
        if any(s.seeds > 1 for _, s in points):
            fig.add_trace(
                go.Scatter(
                    x=depths + depths[::-1],
                    y=[s.high for _, s in points] + [s.low for _, s in points][::-1],
                    fill="toself",
                    fillcolor=_faint(style["colour"]),
                    line={"width": 0},
                    mode="lines",
                    hoverinfo="skip",
                    showlegend=False,
                    legendgroup=key,
                    name=label,
                )
            )
        fig.add_trace(
            go.Scatter(
                x=depths,
                y=[s.mean for _, s in points],
                name=label,
                legendgroup=key,
                mode="lines+markers",
                line={"color": style["colour"], "dash": style["dash"], "width": 2},
                marker={"symbol": style["marker"], "size": 7, "color": style["colour"]},
                customdata=[[words.score_word(how, s.mean), words.score_line(s)] for _, s in points],
                hovertemplate="%{y:.2f} %{customdata[0]} (%{customdata[1]})<extra>" + label + "</extra>",
            )
        )
    ticks = [0, *(d for d in reading.report.depths if d)]
    fig.add_vline(x=depth, line={"color": CONTROL, "width": 1.5, "dash": "dot"})
    fig.add_annotation(
        x=depth,
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        text=f"depth {depth}",
        font={"size": 12},
    )
    _finish(
        fig,
        x=ORDER[reading.report.request.mode],
        y=_axis(measure, how),
        height=height,
        ticks=ticks,
        names=[_tick(reading, d) for d in ticks],
    )
    return fig


def scales(reading: Reading, depth: int, what: str, *, height: int = 380) -> Figure:
    """A number per block from input to output, original against randomized: `what` is a key of SCALES."""
    import plotly.graph_objects as go

    rows = reading.scales(depth)
    fig = go.Figure()
    sides = (("Original", ORIGINAL, "circle", "solid", 0), ("Randomized", RANDOMIZED, "diamond", "dash", 1))
    for name, colour, marker, dash, side in sides:
        common: dict[str, Any] = {
            "x": [row.block for row in rows],
            "name": name,
            "marker": {"symbol": marker, "size": 8, "color": colour},
        }
        if what == "quantiles":
            fig.add_traces(_quantile_traces(go, rows, side, common))
            continue
        y = [_value(row, what, side) for row in rows]
        fig.add_trace(
            go.Scatter(
                **common,
                y=y,
                mode="lines+markers",
                line={"color": colour, "dash": dash, "width": 2},
                hovertemplate="%{x}: %{y:.3g}<extra>" + name + "</extra>",
            )
        )
    _finish(fig, x="Block, input to output", y=SCALES[what], height=height)
    if what in ("rms", "gradient"):
        fig.update_yaxes(type="log", dtick="D2")  # ticks at 1, 2 and 5
    if what == "dead":
        fig.update_yaxes(range=[-0.02, 1.02], tickformat=".0%")
    return fig


def liveness(reading: Reading, what: str, depth: int, *, height: int = 300) -> Figure:
    """The spread of the logits (`logit_std`) or the entropy of the softmax (`entropy`) against depth."""
    import plotly.graph_objects as go

    points = [(d, [getattr(a, what) for a in reading.liveness(d)]) for d in reading.report.depths]
    points = [(d, values) for d, values in points if values]
    depths = [d for d, _ in points]
    fig = go.Figure()
    if any(len(values) > 1 for _, values in points):
        fig.add_trace(
            go.Scatter(
                x=depths + depths[::-1],
                y=[max(v) for _, v in points] + [min(v) for _, v in points][::-1],
                fill="toself",
                fillcolor=_faint(RANDOMIZED),
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
            )
        )
    fig.add_trace(
        go.Scatter(
            x=depths,
            y=[sum(v) / len(v) for _, v in points],
            mode="lines+markers",
            showlegend=False,
            line={"color": RANDOMIZED, "width": 2},
            marker={"size": 6},
            hovertemplate="depth %{x}: %{y:.3g}<extra></extra>",
        )
    )
    if what == "entropy":
        fig.add_hline(
            y=words.UNIFORM_ENTROPY,
            line={"color": CONTROL, "width": 1, "dash": "dash"},
            annotation_text="says nothing: log 1000",
            annotation_position="top left",
        )
    fig.add_vline(x=depth, line={"color": CONTROL, "width": 1.5, "dash": "dot"})
    _finish(fig, x=ORDER[reading.report.request.mode], y=LIVENESS[what], height=height)
    top = max([v for _, values in points for v in values if math.isfinite(v)], default=1.0)
    if what == "entropy":
        top = max(top, words.UNIFORM_ENTROPY)
    fig.update_yaxes(range=[0, 1.14 * top])  # room above the line for its name
    return fig


def styles_of(methods: Iterable[Method]) -> dict[str, dict[str, str]]:
    """Colour, dash and marker by method key; they belong to the method's place in METHODS.

    So a method looks the same on every page, whatever stands beside it. Controls are grey and dotted, and
    differ in the marker.
    """
    places = _places()
    out: dict[str, dict[str, str]] = {}
    for method in methods:
        place = places.get(method.key, 0)
        if method.control:
            marker = CONTROL_MARKERS[place % len(CONTROL_MARKERS)]
            out[method.key] = {"colour": CONTROL, "dash": "dot", "marker": marker}
            continue
        count = len(COLOURS)
        out[method.key] = {
            "colour": COLOURS[place % count],
            "dash": DASHES[place % count],
            "marker": MARKERS[(place + place // count) % count],
        }
    return out


@cache
def _places() -> dict[str, int]:
    """A method's place among those of its kind, by key."""
    kinds = (
        [key for key, m in METHODS.items() if not m.control],
        [key for key, m in METHODS.items() if m.control],
    )
    return {key: place for kind in kinds for place, key in enumerate(kind)}


def _quantile_traces(go: Any, rows: Sequence[ScaleRow], side: int, common: dict[str, Any]) -> list[Any]:
    """The median with two bars: 25 to 75 % thick, 5 to 95 % thin."""
    table = [row.quantiles if side else row.original.quantiles for row in rows]
    middle = [q[2] for q in table]
    colour = common["marker"]["color"]
    traces = []
    for low, high, width in ((0, 4, 1.2), (1, 3, 5)):
        bars = {
            "type": "data",
            "symmetric": False,
            "width": 0,
            "thickness": width,
            "color": colour,
            "array": [q[high] - q[2] for q in table],
            "arrayminus": [q[2] - q[low] for q in table],
        }
        traces.append(
            go.Scatter(
                **common,
                y=middle,
                mode="markers",
                error_y=bars,
                showlegend=width > 2,
                legendgroup=common["name"],
                customdata=table,
                hovertemplate="%{x}: 5 % %{customdata[0]:.3g}, median %{y:.3g}, 95 % %{customdata[4]:.3g}"
                "<extra>" + common["name"] + "</extra>",
            )
        )
    return traces


def _value(row: ScaleRow, what: str, side: int) -> float | None:
    before = {"rms": row.original.rms, "dead": row.original.dead, "gradient": row.original.gradient_rms}
    after = {"rms": row.rms, "dead": row.dead, "gradient": row.gradient_rms}
    value = (after if side else before)[what]
    return None if what != "dead" and not value > 0 else value  # a logarithm has no zero


def _axis(measure: Measure, how: Comparison) -> str:
    end = "0 = alike" if measure.distance else "1 = same map"
    return f"{measure.label} ({end})<br><span style='font-size:12px'>{maps_compared(how)}</span>"


def _tick(reading: Reading, depth: int) -> str:
    if depth == 0:
        return "original"
    touched = reading.touched(depth)
    return touched[0] if reading.report.request.mode == "bottom_up" else touched[-1]


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.13)"


def _finish(
    fig: Figure, *, x: str, y: str, height: int, ticks: Sequence[int] = (), names: Sequence[str] = ()
) -> None:
    fig.update_layout(
        height=height,
        margin={"l": 56, "r": 12, "t": 28, "b": 40},
        xaxis={"title": {"text": x, "standoff": 8}, "automargin": True, "zeroline": False, "showgrid": False},
        yaxis={"title": {"text": y, "standoff": 14}, "automargin": True, "zeroline": True},
        legend={"orientation": "h", "yanchor": "top", "y": -0.34, "x": 0, "title": {"text": ""}},
        hovermode="closest",
        uirevision="stay",
    )
    if ticks:
        fig.update_xaxes(
            tickmode="array", tickvals=list(ticks), ticktext=list(names), autotickangles=[0, -50, -90]
        )
