"""Plotly figures of one experiment: the law beside the points, the channels sorted, the top places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaicheck.experiments.scales.data import ENOUGH, Measured
from xaicheck.reading.line_styles import COLOURS, CONTROL, ORIGINAL, RANDOMIZED
from xaicheck.reading.plotly_chart import error_bars
from xaicheck.topics.scales.numbers import Shown
from xaicheck.topics.scales.words import coherence

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

ACTIVATION = COLOURS[2]
BAND = "rgba(217,123,15,0.18)"
MOST = 200  # channels drawn; the others contribute next to nothing


def kept(shown: Shown, *, height: int = 310) -> Figure:
    """P(order kept) against the activation ratio: the law twice, measured points, the trained network."""
    import plotly.graph_objects as go

    fig = go.Figure()
    bins = [b for b in shown.order.bins if b.pairs >= ENOUGH and b.ratio is not None]
    if shown.curve is not None:
        fig.add_trace(_line(shown.curve[0], shown.curve[1], shown.theory))
    elif bins:
        fig.add_trace(_line([b.ratio for b in bins], [b.predicted for b in bins], shown.theory))
    if shown.coherence is not None:
        name = f"Expected (law, coherence {coherence(shown.coherence)})"
        fig.add_trace(_line([b.ratio for b in bins], [b.coherent for b in bins], name, dash="dash"))
    fig.add_trace(
        go.Scatter(
            x=[b.ratio for b in bins],
            y=[b.trained for b in bins],
            name="Trained network",
            mode="markers",
            marker={"symbol": "x-thin", "size": 9, "line": {"width": 2, "color": CONTROL}},
            hovertemplate="%{y:.4~p}<extra>trained network</extra>",
        )
    )
    fig.add_trace(
        go.Scatter(
            x=[b.ratio for b in bins],
            y=[b.kept.mean for b in bins],
            name="Measured",
            mode="markers",
            error_y=interval_bars([b.kept for b in bins], RANDOMIZED),
            marker={"symbol": "diamond", "size": 11, "color": RANDOMIZED},
            customdata=[[b.pairs] for b in bins],
            hovertemplate="ratio %{x:.4~g}: %{y:.4~p}, %{customdata[0]:,} pairs<extra>measured</extra>",
        )
    )
    fig.add_hline(
        y=0.5, line={"color": CONTROL, "width": 1, "dash": "dot"},
        annotation_text="chance", annotation_position="bottom right",
    )  # fmt: skip
    finish(fig, height=height, x="How many times as active as the other", y="Pairs whose order is kept")
    top = max((b.ratio or 1 for b in bins), default=4)
    ticks = [1, 1.5, 2, 3, 5, 10, 20, 50, 100]
    fig.update_xaxes(
        type="log",
        range=[-0.01, np.log10(1.15 * max(top, 2.5))],
        tickvals=ticks,
        ticktext=[f"{t}×" for t in ticks],
    )
    fig.update_yaxes(range=[0.36, 1.03], tickformat=".0%")
    return fig


def channels(shown: Shown, *, height: int = 310) -> Figure:
    """Channels by activation: their activation, and contributions before and after."""
    import plotly.graph_objects as go

    order = np.argsort(-shown.activation, kind="stable")
    order = order[shown.activation[order] > 0][:MOST]
    rank = np.arange(1, order.size + 1)

    def scaled(values: np.ndarray, by: np.ndarray | None = None) -> np.ndarray:
        mean = float(np.mean((values if by is None else by)[order]))
        return values[order] / (mean or 1.0)

    low, middle, high = shown.spread
    fig = go.Figure(
        go.Scatter(
            x=np.concatenate([rank, rank[::-1]]),
            y=np.concatenate([scaled(high, middle), scaled(low, middle)[::-1]]),
            fill="toself", fillcolor=BAND, line={"width": 0}, hoverinfo="skip",
            name="5 to 95 % of the random networks",
        )
    )  # fmt: skip
    for name, values, colour, symbol in (
        ("Contribution, trained", shown.before, ORIGINAL, "circle-open"),
        ("Contribution, one random network", shown.after, RANDOMIZED, "diamond"),
    ):
        fig.add_trace(
            go.Scatter(
                x=rank, y=scaled(values), name=name, mode="markers",
                marker={"symbol": symbol, "size": 6, "color": colour},
                customdata=order, hovertemplate="channel %{customdata}: %{y:.4~g}<extra>" + name + "</extra>",
            )
        )  # fmt: skip
    fig.add_trace(
        go.Scatter(
            x=rank, y=scaled(shown.activation), name="Activation, before and after", mode="lines",
            line={"color": ACTIVATION, "width": 3}, customdata=order,
            hovertemplate="channel %{customdata}: %{y:.4~g}<extra>activation</extra>",
        )
    )  # fmt: skip
    more = np.count_nonzero(shown.activation) - order.size
    axis = "Channels, most active first" + (f" ({more} less active ones not drawn)" if more else "")
    finish(fig, height=height, x=axis, y="Magnitude / mean of its series")
    top = float(max(scaled(shown.activation).max(), scaled(high, middle).max(), scaled(shown.before).max()))
    fig.update_yaxes(
        type="log",
        range=[-2.3, np.log10(1.5 * top)],
        tickvals=[0.01, 0.1, 1, 10],
        ticktext=["0.01", "0.1", "1", "10"],
    )
    return fig


def top(shown: Shown, *, height: int = 260) -> Figure:
    """The share of the top 1, 5 and 10 that stays: measured, expected, trained, chance."""
    import plotly.graph_objects as go

    tops = shown.order.tops
    names = [f"Top {t.k}" for t in tops]
    fig = go.Figure()
    for name, values, symbol, colour, size in (
        ("Chance", [t.chance for t in tops], "line-ns-open", CONTROL, 16),
        ("Trained network", [t.trained for t in tops], "x-thin-open", CONTROL, 9),
        ("Expected", [t.predicted for t in tops], "circle-open", ORIGINAL, 15),
    ):
        fig.add_trace(
            go.Scatter(
                x=values, y=names, name=name, mode="markers",
                marker={
                    "symbol": symbol, "size": size, "color": colour, "line": {"width": 2, "color": colour}
                },
                hovertemplate="%{x:.4~p}<extra>" + name + "</extra>", cliponaxis=False,
            )
        )  # fmt: skip
    fig.add_trace(
        go.Scatter(
            x=[t.measured.mean for t in tops], y=names, name="Measured", mode="markers",
            error_x=interval_bars([t.measured for t in tops], RANDOMIZED), cliponaxis=False,
            marker={"symbol": "diamond", "size": 10, "color": RANDOMIZED},
            hovertemplate="%{x:.4~p}<extra>measured</extra>",
        )
    )  # fmt: skip
    finish(fig, height=height, x="Share that stays on top", y="")
    fig.update_xaxes(range=[-0.02, 1.03], tickformat=".0%")
    fig.update_yaxes(autorange="reversed")
    return fig


def _line(x: Any, y: Any, name: str, *, dash: str = "solid") -> Any:
    import plotly.graph_objects as go

    return go.Scatter(
        x=x, y=y, name=name, mode="lines", line={"color": ORIGINAL, "width": 3, "dash": dash},
        hovertemplate="ratio %{x:.4~g}: %{y:.4~p}<extra>expected</extra>",
    )  # fmt: skip


def interval_bars(values: list[Measured], colour: str) -> dict[str, Any]:
    """Error bars from intervals; none where there is no interval."""
    low, mean, high = (tuple(getattr(value, end) for value in values) for end in ("low", "mean", "high"))
    return error_bars(low, mean, high, colour, thickness=1.6, width=4)


def finish(fig: Figure, *, height: int, x: str, y: str) -> None:
    """Gives the figure the margins, axes and legend of this page."""
    fig.update_layout(
        height=height,
        margin={"l": 50, "r": 12, "t": 10, "b": 40},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "font": {"size": 12}},
        hovermode="closest",
        uirevision="stay",
    )
    fig.update_xaxes(title={"text": x, "standoff": 6}, automargin=True, zeroline=False, fixedrange=True)
    fig.update_yaxes(title={"text": y, "standoff": 8}, automargin=True, zeroline=False, fixedrange=True)
