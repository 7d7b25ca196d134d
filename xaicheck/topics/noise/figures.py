"""Plotly figures of the page on noise: the two panels of the slider, and the curve of shared zeros."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from xaicheck.experiments.noise.mixing import EXACT, predicted
from xaicheck.experiments.noise.zeros import SharedZeros
from xaicheck.reading.line_styles import COLOURS, CONTROL, DASHES, MARKERS
from xaicheck.reading.plotly_chart import BELOW
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import Interval
from xaicheck.theory import shared_zeros_spearman
from xaicheck.topics.noise.numbers import Mix, estimate
from xaicheck.topics.noise.words import TEXT, fill_name

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SIMILAR = COLOURS[0]


def mix(view: Mix, *, height: int = 520) -> Figure:
    """The similarity (above) and the faithfulness (below) against one axis, the share of noise."""
    from plotly.subplots import make_subplots

    measure = SIMILARITIES[view.measure]
    lower = "higher" if measure.distance else "lower"
    fig = make_subplots(
        rows=2,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.12,
        subplot_titles=(
            f"<b>In the check</b> · {measure.label}, {lower} counts as better",
            "<b>Faithfulness</b> · ABPC / SRG, higher is better",
        ),
    )
    _check(fig, view)
    _faithfulness(fig, view)
    fig.add_vline(x=view.share, line={"color": CONTROL, "width": 1.5, "dash": "dot"})
    fig.update_layout(
        height=height,
        margin={"l": 56, "r": 14, "t": 34, "b": 40},
        legend={**BELOW, "title": {"text": ""}},
        hovermode="closest",
        uirevision="stay",
    )
    fig.update_annotations(x=0, xanchor="left", font={"size": 14})
    fig.update_xaxes(
        range=[-0.03, 1.03], zeroline=False, showgrid=False, showticklabels=True,
        tickmode="array", tickvals=[0, 0.25, 0.5, 0.75, 1], tickangle=0,
        ticktext=["0 %", "25 %", "50 %", "75 %", "100 %"],
    )  # fmt: skip
    fig.update_xaxes(showticklabels=False, row=1, col=1)
    fig.update_xaxes(title={"text": "Share of noise in the map", "standoff": 8}, row=2, col=1)
    fig.update_yaxes(automargin=True, zeroline=True, nticks=6)
    return fig


def _check(fig: Figure, view: Mix) -> None:
    import plotly.graph_objects as go

    if view.curve.why:
        fig.add_annotation(text=view.curve.why, showarrow=False, x=0.5, y=0.5, row=1, col=1)
        return
    if view.measure in EXACT:
        shares = np.linspace(0, 1, 201)
        pure = view.similarity[0].estimate
        fig.add_trace(
            go.Scatter(
                x=shares,
                y=predicted(view.measure, float(pure if pure is not None else np.nan), tuple(shares)),
                mode="lines",
                name="Closed form",
                line={"color": SIMILAR, "dash": "dash", "width": 2},
                hovertemplate="%{x:.4~p}: %{y:.4~g}<extra>closed form</extra>",
            ),
            row=1,
            col=1,
        )
    points = _points("Similarity, measured", view.curve.shares, view.similarity, SIMILAR, MARKERS[0])
    points["mode"] = "markers" if view.measure in EXACT else "lines+markers"
    fig.add_trace(go.Scatter(**points), row=1, col=1)
    _ring(fig, view.share, estimate(view.alike_at(view.share)), SIMILAR, row=1, col=1)


def _faithfulness(fig: Figure, view: Mix) -> None:
    import plotly.graph_objects as go

    fig.add_hline(y=0, line={"color": CONTROL, "width": 1, "dash": "dot"}, row=2, col=1)
    looks = zip(cycle(COLOURS[1:]), cycle(MARKERS[1:]), cycle(DASHES), strict=False)
    for fill, (colour, marker, dash) in zip(view.faithfulness, looks, strict=False):
        name = f"Faithfulness, {fill_name(fill)}"
        points = _points(name, view.faithful_shares, view.faithful(fill), colour, marker)
        points |= {"mode": "lines+markers", "line": {"color": colour, "width": 2, "dash": dash}}
        fig.add_trace(go.Scatter(**points), row=2, col=1)
        if fill == view.fill:
            _ring(fig, view.share, estimate(view.faithful_at(view.share)), colour, row=2, col=1)


def _points(
    name: str, shares: Sequence[float], means: Sequence[Interval], colour: str, marker: str
) -> dict[str, Any]:
    """Means with their intervals as bars."""

    def reach(one: Interval) -> float:
        if one.high is None or one.estimate is None:
            return 0.0
        return one.high - one.estimate

    return {
        "x": list(shares),
        "y": [one.estimate for one in means],
        "name": name,
        "marker": {"symbol": marker, "size": 8, "color": colour},
        "error_y": {"array": [reach(one) for one in means], "color": colour, "thickness": 1.2, "width": 4},
        "hovertemplate": "%{x:.4~p} noise: %{y:.4~g} ± %{error_y.array:.4~g}<extra>" + name + "</extra>",
    }


def zeros(chosen: SharedZeros, curve: Sequence[SharedZeros], *, height: int = 340) -> Figure:
    """The rank correlations of unrelated maps against the share of their common zeros."""
    import plotly.graph_objects as go

    shares = np.linspace(0, 0.95, 191)
    fig = go.Figure()
    fig.add_trace(
        go.Scatter(
            x=shares,
            y=shared_zeros_spearman(shares),
            mode="lines",
            name="Formula, magnitudes",
            line={"color": COLOURS[1], "dash": "dash", "width": 2},
            hovertemplate="%{x:.4~p}: %{y:.4~g}<extra>formula</extra>",
        )
    )
    for name, values, colour, marker in (
        ("Measured, magnitudes", [one.magnitude for one in curve], COLOURS[1], MARKERS[1]),
        ("Measured, signed", [one.signed for one in curve], COLOURS[0], MARKERS[0]),
    ):
        fig.add_trace(
            go.Scatter(
                x=[one.share for one in curve],
                y=values,
                mode="markers",
                name=name,
                marker={"symbol": marker, "size": 8, "color": colour},
                hovertemplate="%{x:.4~p} zeros: %{y:.4~g}<extra>" + name + "</extra>",
            )
        )
    _ring(fig, chosen.share, chosen.magnitude, COLOURS[1])
    _ring(fig, chosen.share, chosen.signed, COLOURS[0])
    fig.add_vline(x=chosen.share, line={"color": CONTROL, "width": 1.5, "dash": "dot"})
    fig.update_layout(
        height=height,
        margin={"l": 56, "r": 12, "t": 12, "b": 40},
        xaxis={"title": {"text": TEXT.zeros_axis, "standoff": 8}, "tickformat": ".0%", "zeroline": False},
        yaxis={"title": {"text": "Rank correlation", "standoff": 14}, "automargin": True, "zeroline": True},
        legend={**BELOW, "title": {"text": ""}},
        hovermode="closest",
        uirevision="stay",
    )
    fig.update_xaxes(range=[-0.03, 0.98], showgrid=False)
    fig.update_yaxes(range=[-0.1, 1.08])
    return fig


def _ring(fig: Figure, x: float, y: float | None, colour: str, **panel: int) -> None:
    """Draws a ring around the point where the slider stands; none where there is no number."""
    import plotly.graph_objects as go

    if y is None:
        return
    ring = {"symbol": "circle-open", "size": 19, "color": colour, "line": {"width": 3}}
    fig.add_trace(
        go.Scatter(x=[x], y=[y], mode="markers", marker=ring, showlegend=False, hoverinfo="skip"), **panel
    )
