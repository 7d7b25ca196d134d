"""The figures of a report as files, PNG and SVG: curves, activation scales and the panel of maps.

Drawn by Matplotlib's objects and never by pyplot, whose figures the whole process shares. Equal reports give
equal bytes: no dates, and names inside an SVG come from a fixed salt.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from xaicheck.reading import heatmap, words
from xaicheck.reading.charts import Chart, Series
from xaicheck.reading.line_styles import CONTROL, LineStyle
from xaicheck.reading.numbers import Reading
from xaicheck.reading.plane import Plane
from xaicheck.report.words import TEXT
from xaicheck.types import Method

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DASHES: Mapping[str, Any] = {
    "solid": "-",
    "dash": (0, (4, 2.5)),
    "dot": (0, (1, 2)),
    "dashdot": (0, (5, 2, 1, 2)),
    "longdash": (0, (7, 3)),
    "longdashdot": (0, (7, 3, 1, 3)),
}
MARKERS = {
    "circle": "o",
    "square": "s",
    "diamond": "D",
    "triangle-up": "^",
    "x": "X",
    "triangle-down": "v",
    "star": "*",
    "hexagon": "H",
    "pentagon": "p",
    "cross": "P",
}
_SALT: Any = {"svg.hashsalt": "xaicheck", "svg.fonttype": "none", "font.size": 9.0, "axes.titlesize": 10.0}
DPI = 150
_drawing = threading.Lock()  # its settings belong to the whole process


def chart(what: Chart) -> Figure:
    """A chart on white, 8 by 5 inches."""
    fig = _blank(8, 5)
    axes = fig.add_subplot()
    places = np.array(what.x.along)
    for i, series in enumerate(what.series):
        _draw(axes, places, series, (i - (len(what.series) - 1) / 2) * 0.22)
    if what.level is not None:
        y, name = what.level.value, what.level.name
        axes.axhline(y, color=CONTROL, lw=1, ls="--")
        axes.annotate(name, (places[0], y), xytext=(0, 3), textcoords="offset points", fontsize=8)
    if what.mark is not None:
        x, name = places[what.mark.place], what.mark.name
        axes.axvline(x, color=CONTROL, lw=1.2, ls=":")
        place = axes.get_xaxis_transform()  # x as the data, y as a share of the height
        axes.annotate(name, (x, 1), (4, -9), xycoords=place, textcoords="offset points", fontsize=8)
    if what.y.kind == "log":
        axes.set_yscale("log")
    axes.set_ylim(*what.span)
    axes.set_yticks(what.ticks, [what.text(v) for v in what.ticks])
    axes.set_yticks([], minor=True)
    axes.set_xticks(places, what.x.names, rotation=50, ha="right", rotation_mode="anchor", fontsize=8)
    axes.set_xlabel(what.x.label)
    axes.set_ylabel(_wrapped(what.y.full, 52))
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(_wrapped(what.title), loc="left", fontweight="bold")
    if len(what.series) > 1:
        fig.legend(loc="outside lower left", ncols=4, frameon=False, fontsize=8)
    return fig


def plane(what: Plane) -> Figure:
    """A plane on white, 6 by 6 inches."""
    fig = _blank(6, 6)
    axes = fig.add_subplot()
    axes.plot(what.span, what.span, color=CONTROL, lw=1, ls="--")
    for spot in what.spots:
        path = np.array(spot.through or np.empty((0, 2)))
        axes.plot(path[:, 0], path[:, 1], color=spot.style.colour, lw=1, alpha=0.4)
        for ends, along in ((spot.across, "x"), (spot.up, "y")):
            if ends is not None:
                x, y = (ends, (spot.y, spot.y)) if along == "x" else ((spot.x, spot.x), ends)
                axes.plot(x, y, color=spot.style.colour, lw=1.4)
        axes.plot([spot.x], [spot.y], ls="none", **_look(spot.label, spot.style) | {"markersize": 7})
    axes.set(xlim=what.span, ylim=what.span, aspect="equal")
    axes.set_xticks(what.ticks, [words.short(v) for v in what.ticks])
    axes.set_yticks(what.ticks, [words.short(v) for v in what.ticks])
    axes.set_xlabel(_wrapped(f"{what.x} ({what.line})", 70))
    axes.set_ylabel(_wrapped(what.y, 60))
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(_wrapped(what.title, 66), loc="left", fontweight="bold")
    fig.legend(loc="outside lower left", ncols=3, frameon=False, fontsize=8)
    return fig


def maps(reading: Reading, depth: int, methods: Mapping[str, Method], place: str) -> Figure:
    """Original above randomized for every method, each on its own range, with colour bars in numbers."""
    from matplotlib.colors import ListedColormap

    keys = reading.methods
    width = 1.55 * len(keys) + 0.3
    fig = _blank(width, 4.6, layout=None)  # every place is known, and laying it out takes a second
    fig.suptitle(_wrapped(TEXT.figures.maps.format(place=place)), x=0.15 / width, ha="left")
    edges = {"left": 0.15 / width, "right": 1 - 0.15 / width, "bottom": 0.08, "top": 0.82}
    grid = fig.subplots(2, len(keys), squeeze=False, gridspec_kw={**edges, "wspace": 0.12, "hspace": 0.3})
    for column, key in enumerate(keys):
        signed = methods[key].signed
        table = heatmap.diverging() if signed else heatmap.sequential()
        colours = ListedColormap(table[: heatmap.LAST + 1] / 255)
        for row, at in enumerate((0, depth)):
            axes, attribution = grid[row][column], reading.map(key, at)
            axes.set_xticks([])
            axes.set_yticks([])
            if row == 0:
                axes.set_title(_wrapped(methods[key].label, 16), fontsize=8)
            values = None if attribution is None else attribution.values
            limit = heatmap.map_range(values)
            why = heatmap.why_not_drawn(values, "" if attribution is None else attribution.why)
            if values is None or limit is None or why:
                axes.text(0.5, 0.5, _wrapped(why or "", 18), ha="center", va="center", fontsize=7)
                axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
                continue
            low = -limit if signed else 0.0
            axes.imshow(values, cmap=colours, vmin=low, vmax=limit, interpolation="nearest")
            bar = axes.inset_axes((0, -0.09, 1, 0.05))
            bar.imshow(np.linspace(0, 1, heatmap.LAST + 1)[None], cmap=colours, aspect="auto")
            bar.set_axis_off()
            for x, side, value in ((0, "left", low), (1, "right", limit)):
                axes.text(
                    x, -0.12, words.colour_end(value), transform=axes.transAxes, ha=side, va="top", fontsize=6
                )
    return fig


def files(make: Callable[[], Figure], name: str) -> list[tuple[str, bytes]]:
    """(file name, bytes) of the figure that is made, as PNG and as SVG."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    with _drawing, mpl.rc_context(_SALT):
        figure = make()
        if figure.get_layout_engine() is not None:
            figure.draw_without_rendering()
            figure.set_layout_engine("none")  # laid out once, not once a file
        # Not savefig: it draws everything twice.
        png, svg = io.BytesIO(), io.BytesIO()
        FigureCanvasAgg(figure).print_png(png, metadata={"Software": None})
        FigureCanvasSVG(figure).print_svg(svg, metadata={"Date": None, "Creator": "xaicheck"})
    return [(f"{name}.png", png.getvalue()), (f"{name}.svg", svg.getvalue())]


def _blank(width: float, height: float, layout: Literal["constrained"] | None = "constrained") -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=DPI, layout=layout, facecolor="white")


def _draw(axes: Any, places: np.ndarray, series: Series, aside: float) -> None:
    style, look = series.style, _look(series.label, series.style)
    y = _numbers(series.y)
    if not series.joined:
        low, high = y - _numbers(series.low), _numbers(series.high) - y
        axes.errorbar(places + aside, y, (low, high), ls="none", lw=1.6, **look)
        return
    if series.low:
        low, high = _numbers(series.low), _numbers(series.high)
        axes.fill_between(places, low, high, color=style.colour, alpha=0.14, lw=0)
    axes.plot(places, y, lw=1.6, ls=DASHES[style.dash], **look)


def _look(label: str, style: LineStyle) -> dict[str, Any]:
    return {
        "color": style.colour,
        "marker": MARKERS[style.shape],
        "markersize": 4.5,
        "label": label,
        "markerfacecolor": "white" if style.hollow else style.colour,
    }


def _numbers(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if v is None else v for v in values], dtype=float)


def _wrapped(text: str, width: int = 92) -> str:
    import textwrap

    # A dollar sign would begin a formula.
    return "\n".join(textwrap.wrap(text, width)).replace("$", r"\$")
