"""Plotly figures over all depths, over kinds of maps, and over residual blocks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING

from xaicheck.experiments.scales.data import BlockResult, MapRow, ResidualRow
from xaicheck.experiments.scales.setting import DEFAULT, Setting
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.reading.line_styles import COLOURS, CONTROL, ORIGINAL, RANDOMIZED
from xaicheck.topics.scales.figures import finish, interval_bars
from xaicheck.topics.scales.words import TEXT, map_label

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

# How the variants are told apart, in their order: symbol, colour, place beside the depth.
LOOKS = (
    ("diamond", RANDOMIZED, 0.0),
    ("triangle-up-open", COLOURS[3], 0.16),
    ("triangle-down-open", COLOURS[4], 0.3),
    ("square-open", COLOURS[5], -0.16),
    ("star-open", COLOURS[6], -0.3),
)


def variant(setting: Setting) -> str:
    """In what a setting departs from the default, as a key of a law or a policy, or `residual`."""
    if not setting.residual:
        return "residual"
    return setting.batchnorm if setting.law == DEFAULT.law else setting.law


def variant_label(key: str) -> str:
    """The name of a variant in the legend."""
    labels = {k: policy.label for k, policy in BATCHNORM.items()} | {k: law.label for k, law in LAWS.items()}
    return str(TEXT.variants.get(key, labels.get(key, key)))


def depths(results: Sequence[BlockResult], outputs: int, *, height: int = 420) -> Figure:
    """Kendall's tau of activations and contributions by depth: expected, and measured under each variant."""
    import plotly.graph_objects as go

    there = sorted({r.setting.depth for r in results})
    place = {depth: i for i, depth in enumerate(there)}
    fig = go.Figure()
    variants: dict[str, list[BlockResult]] = {}
    for result in results:
        variants.setdefault(variant(result.setting), []).append(result)
    plain = variants.get(DEFAULT.batchnorm, [])
    taus = [r.order(outputs).kendall for r in plain]
    for name, expected, dash in (
        ("Expected (law)", [tau.predicted for tau in taus], "solid"),
        ("Expected (law, measured coherence)", [tau.coherent for tau in taus], "dash"),
    ):
        fig.add_trace(
            go.Scatter(
                x=[place[r.setting.depth] for r in plain], y=expected, name=name, mode="lines",
                line={"color": ORIGINAL, "width": 2, "dash": dash},
                hovertemplate="%{y:.4~g}<extra>" + name + "</extra>",
            )
        )  # fmt: skip
    for (key, rows), (symbol, colour, aside) in zip(variants.items(), cycle(LOOKS), strict=False):
        name = variant_label(key)
        values = [r.order(outputs).kendall.measured for r in rows]
        fig.add_trace(
            go.Scatter(
                x=[place[r.setting.depth] + aside for r in rows],
                y=[v.mean for v in values], error_y=interval_bars(values, colour),
                name=name, mode="markers",
                marker={"symbol": symbol, "size": 10, "color": colour, "line": {"width": 2, "color": colour}},
                hovertemplate="%{y:.4~g}<extra>" + name + "</extra>",
            )
        )  # fmt: skip
    fig.add_hline(
        y=0, line={"color": CONTROL, "width": 1, "dash": "dot"},
        annotation_text="chance", annotation_position="bottom right",
    )  # fmt: skip
    finish(
        fig,
        height=height,
        x="Blocks randomized, the lowest named",
        y=f"Kendall’s τ, K = {outputs}",
    )
    names = {r.setting.depth: r.block for r in results}
    fig.update_xaxes(
        tickvals=list(place.values()), ticktext=[f"{d}<br>{names[d]}" for d in there],
        range=[-0.5, len(there) - 0.5],
    )  # fmt: skip
    return fig


def maps(rows: Sequence[MapRow], *, height: int | None = None) -> Figure:
    """For each kind of map: how alike original and randomized are, through the norm map, and without it."""
    import plotly.graph_objects as go

    names = [map_label(row.key) for row in rows]
    fig = go.Figure()
    through = [
        None if r.norm_before is None or r.norm_after.mean is None else r.norm_before * r.norm_after.mean
        for r in rows
    ]
    fig.add_trace(
        go.Bar(
            x=through, y=names, orientation="h", name="Through the activation-norm map",
            marker={"color": "rgba(47,130,196,0.35)"},
            hovertemplate="%{x:.4~g}<extra>through the norm</extra>",
        )
    )  # fmt: skip
    for name, values, symbol, colour in (
        ("Original and randomized", [r.alike for r in rows], "diamond", RANDOMIZED),
        ("Left without the norm map", [r.left for r in rows], "circle-open", COLOURS[2]),
        ("Left without what random networks draw", [r.left_common for r in rows], "square", COLOURS[3]),
    ):
        fig.add_trace(
            go.Scatter(
                x=[v.mean for v in values], y=names, error_x=interval_bars(values, colour),
                name=name, mode="markers",
                marker={"symbol": symbol, "size": 11, "color": colour, "line": {"width": 2, "color": colour}},
                hovertemplate="%{x:.4~g}<extra>" + name + "</extra>", cliponaxis=False,
            )
        )  # fmt: skip
    finish(
        fig,
        height=height or 130 + 46 * len(rows),
        x="Spearman of the magnitudes",
        y="",
    )
    fig.update_xaxes(range=[-0.25, 1.03], zeroline=True)
    fig.update_yaxes(autorange="reversed")
    return fig


def residual(rows: Sequence[ResidualRow], *, height: int = 330) -> Figure:
    """The cosine of each residual block's output and input, under both ways to randomize."""
    import plotly.graph_objects as go

    fig = go.Figure()
    for way, symbol, colour in (("usual", "square", COLOURS[4]), ("alive", "diamond", RANDOMIZED)):
        name = TEXT.ways[way].legend
        mine = [r for r in rows if r.way == way]
        fig.add_trace(
            go.Scatter(
                x=[r.block for r in mine], y=[r.predicted for r in mine], mode="lines",
                line={"color": colour, "width": 1.5, "dash": "dot"}, showlegend=False, hoverinfo="skip",
            )
        )  # fmt: skip
        fig.add_trace(
            go.Scatter(
                x=[r.block for r in mine], y=[r.cosine.mean for r in mine], name=name, mode="markers",
                error_y=interval_bars([r.cosine for r in mine], colour),
                marker={"symbol": symbol, "size": 10, "color": colour},
                customdata=[[100 * r.branch, r.predicted] for r in mine],
                hovertemplate="%{x}: %{y:.4~g}, expected %{customdata[1]:.4~g}, branch "
                "%{customdata[0]:.4~g} % of the energy<extra>" + name + "</extra>",
            )
        )  # fmt: skip
    finish(fig, height=height, x="Residual block, input to output", y="Cosine of output and input")
    low = min((r.cosine.low or r.cosine.mean or 0 for r in rows), default=0)
    fig.update_yaxes(range=[min(low - 0.01, 0.95), 1.003], tickformat=".2f")
    return fig
