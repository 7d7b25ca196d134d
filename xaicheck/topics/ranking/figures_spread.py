"""Plotly figures of how firm the two orders are: winners over all settings, flip rates, pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xaicheck.methods import METHODS
from xaicheck.reading.line_styles import CONTROL
from xaicheck.reading.plotly_chart import plain
from xaicheck.topics.ranking import words
from xaicheck.topics.ranking.figures import FAINT, STRONG
from xaicheck.topics.ranking.words import TEXT

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from xaicheck.experiments.ranking.rank import FlipView
    from xaicheck.statistics import Flips, Ranking

# Paler than lines and marks: half of the table is at the ends of this scale.
BEATS_SCALE = (
    (0.0, "rgba(217,123,15,0.72)"),
    (0.5, "rgba(138,143,152,0.08)"),
    (1.0, "rgba(47,130,196,0.72)"),
)


def wins(flips: Flips) -> Figure:
    """The share of settings in which each method comes first, most often on top."""
    import plotly.graph_objects as go

    order = sorted(range(len(flips.methods)), key=lambda i: (flips.wins[i], -i))
    order = [i for i in order if flips.wins[i] > 0]
    labels = [words.method_label(flips.methods[i]) for i in order]
    control = [_control(flips.methods[i]) for i in order]
    shares = [float(flips.wins[i]) for i in order]
    bars = go.Bar(
        x=shares,
        y=list(range(len(order))),
        orientation="h",
        marker={
            "color": [CONTROL if c else STRONG for c in control],
            "pattern": {"shape": ["/" if c else "" for c in control]},
        },
        text=[words.percent(share) for share in shares],
        textposition="outside",
        cliponaxis=False,
        customdata=labels,
        hovertemplate="%{customdata}: %{x:.4~p} of the settings<extra></extra>",
    )
    layout = plain(
        height=34 * len(order) + 60, left=10, right=46, top=6, bottom=40,
        xaxis=_share_axis(TEXT.wins_axis, max(shares, default=1.0)),
        yaxis=_rows(labels, control),
    )  # fmt: skip
    return go.Figure(bars, layout)


def switches(view: FlipView) -> Figure:
    """The flip rate of every switch beside the rate of unrelated orders."""
    import plotly.graph_objects as go

    rates = [(name, f.rate) for name, f in reversed(view.by_switch) if f.rate is not None]
    bars = go.Bar(
        x=[rate for _, rate in rates],
        y=list(range(len(rates))),
        orientation="h",
        marker={"color": STRONG},
        text=[words.percent(rate) for _, rate in rates],
        textposition="outside",
        cliponaxis=False,
        customdata=[name for name, _ in rates],
        hovertemplate="%{customdata}: %{x:.4~p} of the pairs of methods<extra></extra>",
    )
    layout = plain(
        height=34 * len(rates) + 76, left=10, right=14, top=22, bottom=40,
        shapes=[
            {"type": "line", "x0": 0.5, "x1": 0.5, "y0": 0, "y1": 1, "yref": "paper",
             "line": {"color": CONTROL, "width": 1.5, "dash": "dash"}}
        ],
        annotations=[
            {"x": 0.5, "y": 1, "yref": "paper", "yanchor": "bottom", "text": TEXT.unrelated,
             "showarrow": False, "font": {"size": 12}, "xanchor": "right", "xshift": 4}
        ],
        xaxis=_share_axis(TEXT.flips_axis, 0.56),
        yaxis=_rows([name for name, _ in rates], [False] * len(rates)),
    )  # fmt: skip
    return go.Figure(bars, layout)


def beats(ranking: Ranking) -> Figure | None:
    """The share of draws in which the row is better than the column, ties half; None: nothing was drawn."""
    import plotly.graph_objects as go

    if ranking.beats is None:
        return None
    order = np.argsort([float(r.estimate or 0) for r in ranking.ranks], kind="stable")
    better = ranking.beats[np.ix_(order, order)].astype(float)
    values = (1 + better - better.T) / 2  # draws in which both tie count half
    np.fill_diagonal(values, np.nan)
    labels = [words.method_label(ranking.methods[i]) for i in order]
    n = len(labels)
    cells = go.Heatmap(
        z=values,
        x=list(range(n)),
        y=list(range(n)),
        zmin=0,
        zmax=1,
        colorscale=[list(stop) for stop in BEATS_SCALE],
        xgap=1,
        ygap=1,
        customdata=[[(a, b) for b in labels] for a in labels],
        hovertemplate="%{customdata[0]} is better than %{customdata[1]} in %{z:.4~p} of the draws"
        "<extra></extra>",
        colorbar={
            "orientation": "h",
            "y": 1.01,
            "yanchor": "bottom",
            "thickness": 9,
            "len": 0.9,
            "tickvals": [0.08, 0.5, 0.92],
            "ticktext": ["worse", "open", "better"],
            "tickfont": {"size": 11},
            "ticklen": 0,
        },
    )
    ranks = [float(ranking.ranks[i].estimate or 0) for i in order]
    numbers = [f"{1 + sum(b < a for b in ranks)}{'=' * (ranks.count(a) > 1)}" for a in ranks]
    layout = plain(
        height=26 * n + 110, left=10, right=10, top=4, bottom=10,
        xaxis={
            "tickvals": list(range(n)),
            "ticktext": numbers,
            "showgrid": False,
            "fixedrange": True,
            "title": {"text": TEXT.beats_axis, "standoff": 4},
        },
        yaxis={
            "tickvals": list(range(n)),
            "ticktext": [f"{label} {at}" for label, at in zip(labels, numbers, strict=True)],
            "autorange": "reversed",
            "showgrid": False,
            "fixedrange": True,
            "automargin": True,
            "tickfont": {"size": 12},
        },
    )  # fmt: skip
    return go.Figure(cells, layout)


def _rows(labels: Sequence[str], controls: Sequence[bool]) -> dict[str, Any]:
    """An axis that names its rows, controls in italics."""
    names = [f"<i>{name}</i>" if control else name for name, control in zip(labels, controls, strict=True)]
    return {
        "tickvals": list(range(len(names))),
        "ticktext": names,
        "range": [-0.7, len(names) - 0.3],
        "fixedrange": True,
        "zeroline": False,
        "showgrid": True,
        "gridcolor": FAINT,
        "automargin": True,
        "tickfont": {"size": 12},
    }


def _share_axis(title: str, most: float) -> dict[str, Any]:
    """An axis of shares from 0."""
    return {
        "range": [0, most],
        "tickformat": ".0%",
        "title": {"text": title, "standoff": 6},
        "fixedrange": True,
        "nticks": 6,
    }


def _control(key: str) -> bool:
    return METHODS[key].control if key in METHODS else False
