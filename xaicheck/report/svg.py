"""Charts as SVG inside a page: as wide as the page, letters of one size, colours of the text around them.

Everything is placed in percent, so that nothing is scaled but the lines; no style attributes, no scripts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from xaicheck.report.charts import Chart, Series

HEIGHT = 260  # pixels of the plot, without what is written around it
DASHES = {
    "solid": "",
    "dash": "8 5",
    "dot": "2 4",
    "dashdot": "9 4 2 4",
    "longdash": "14 6",
    "longdashdot": "14 5 2 5",
}
_STAR = "M0-5.5 1.5-1.7 5.3-1.7 2.3.9 3.4 4.6 0 2.4-3.4 4.6-2.3.9-5.3-1.7-1.5-1.7z"
MARKERS = {
    "circle": "M-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0-7.2 0z",
    "square": "M-3.3-3.3h6.6v6.6h-6.6z",
    "diamond": "M0-4.6 4.6 0 0 4.6-4.6 0z",
    "triangle-up": "M0-4.4 4.3 3.4-4.3 3.4z",
    "triangle-down": "M0 4.4 4.3-3.4-4.3-3.4z",
    "x": "M-4-2 -2-4 0-2 2-4 4-2 2 0 4 2 2 4 0 2-2 4-4 2-2 0z",
    "star": _STAR,
    "hexagon": "M-4 0-2-3.5 2-3.5 4 0 2 3.5-2 3.5z",
    "pentagon": "M0-4.4 4.2-1.4 2.6 3.6-2.6 3.6-4.2-1.4z",
    "cross": "M-1.4-4h2.8v2.6h2.6v2.8h-2.6v2.6h-2.8v-2.6h-2.6v-2.8h2.6z",
}


def figure(chart: Chart, *, names: bool = True) -> str:
    """The chart as a figure element; its title is for the page to write. `names`: with its legend."""
    inner = "".join(
        [
            *_grid(chart),
            *_names(chart),
            *(_band(chart, series) for series in chart.series),
            *(_line(chart, series) for series in chart.series),
            *(part for series in chart.series for part in _points(chart, series)),
        ]
    )
    said = "" if chart.y_label == chart.title else f'<p class="xr-axis">{escape(chart.y_label)}</p>'
    size = f'width="100%" height="{HEIGHT}"'
    return (
        f'<figure class="xr-chart">{said}<div class="xr-plot">'
        f'<svg {size} role="img" aria-label="{escape(chart.alt)}">{inner}</svg></div>'
        f'<p class="xr-axis xr-below">{escape(chart.x_label)}</p>{legend(chart) if names else ""}</figure>'
    )


def _grid(chart: Chart) -> Iterator[str]:
    for value in chart.ticks:
        y = _percent(1 - chart.share(value))
        zero = ' class="xr-zero"' if value == 0 else ' class="xr-grid"'
        yield f'<line x1="0" x2="100%" y1="{y}" y2="{y}"{zero}/>'
        yield f'<text x="-8" y="{y}" dy=".32em" text-anchor="end">{escape(chart.text(value))}</text>'
    if chart.level is not None:
        value, name = chart.level
        y = _percent(1 - chart.share(value))
        yield f'<line x1="0" x2="100%" y1="{y}" y2="{y}" class="xr-level"/>'
        yield f'<text x="4" y="{y}" dy="-.4em">{escape(name)}</text>'
    if chart.marked is not None:
        x = _percent(_x(chart, chart.marked))
        side = "end" if chart.marked > len(chart.places) / 2 else "start"
        yield f'<line x1="{x}" x2="{x}" y1="0" y2="100%" class="xr-mark"/>'
        yield f'<text x="{x}" y="0" dy="-.5em" text-anchor="{side}">{escape(chart.mark)}</text>'


def _names(chart: Chart) -> Iterator[str]:
    for i, name in enumerate(chart.places):
        # An inner svg carries the place in percent, so that the turn is about the name's own end.
        yield (
            f'<svg x="{_percent(_x(chart, i))}" y="100%" overflow="visible">'
            f'<text transform="translate(4 12) rotate(-62)" text-anchor="end">{escape(name)}</text></svg>'
        )


def _band(chart: Chart, series: Series) -> str:
    if not series.low or not series.joined:
        return ""
    parts = []
    for run in _runs(
        [low if high is not None else None for low, high in zip(series.low, series.high, strict=True)]
    ):
        above = [_spot(chart, i, series.high[i]) for i in run]
        below = [_spot(chart, i, series.low[i]) for i in reversed(run)]
        parts.append(f"M{'L'.join(above + below)}z")
    return _stretched(f'<path d="{"".join(parts)}" fill="{series.colour}" fill-opacity=".14"/>')


def _line(chart: Chart, series: Series) -> str:
    if not series.joined:
        return "".join(_bars(chart, series))
    path = "".join("M" + "L".join(_spot(chart, i, series.y[i]) for i in run) for run in _runs(series.y))
    dash = f' stroke-dasharray="{DASHES[series.dash]}"' if DASHES[series.dash] else ""
    return _stretched(
        f'<path d="{path}" fill="none" stroke="{series.colour}" stroke-width="2"{dash} '
        'vector-effect="non-scaling-stroke"/>'
    )


def _bars(chart: Chart, series: Series) -> Iterator[str]:
    for i, (low, high) in enumerate(zip(series.low, series.high, strict=True)):
        if low is not None and high is not None:
            x = _percent(_x(chart, i) + _aside(chart, series))
            y1, y2 = (_percent(1 - chart.share(value)) for value in (low, high))
            look = f'stroke="{series.colour}" stroke-width="2"'
            yield f'<line x1="{x}" x2="{x}" y1="{y1}" y2="{y2}" {look}/>'


def _points(chart: Chart, series: Series) -> Iterator[str]:
    for i, value in enumerate(series.y):
        if value is not None:
            x, y = _x(chart, i) + _aside(chart, series), 1 - chart.share(value)
            yield (
                f'<svg x="{_percent(x)}" y="{_percent(y)}" overflow="visible">{_marker(series)}'
                f"<title>{escape(f'{series.label}, {chart.places[i]}: {chart.text(value)}')}</title></svg>"
            )


def _marker(series: Series) -> str:
    name, _, _ = series.marker.partition("-open")
    kind = (
        f'class="xr-open" stroke="{series.colour}"' if "-open" in series.marker else f'fill="{series.colour}"'
    )
    return f'<path d="{MARKERS[name]}" {kind}/>'


def legend(chart: Chart) -> str:
    """The names of the lines with their colour, dash and marker; nothing for a single line."""
    if len(chart.series) < 2:
        return ""
    entries = []
    for series in chart.series:
        dash = f' stroke-dasharray="{DASHES[series.dash]}"' if DASHES[series.dash] else ""
        line = f'<path d="M0 8H40" stroke="{series.colour}" stroke-width="2"{dash}/>' if series.joined else ""
        entries.append(
            f'<li><svg width="40" height="16" aria-hidden="true">{line}'
            f'<svg x="20" y="8" overflow="visible">{_marker(series)}</svg></svg>{escape(series.label)}</li>'
        )
    return f'<ul class="xr-legend">{"".join(entries)}</ul>'


def _stretched(path: str) -> str:
    return f'<svg width="100%" height="100%" viewBox="0 0 1000 1000" preserveAspectRatio="none">{path}</svg>'


def _runs(values: Sequence[float | None]) -> list[list[int]]:
    """Neighbouring places that have a value."""
    runs: list[list[int]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(i)
    return [run for run in runs if run]


def _x(chart: Chart, i: int) -> float:
    count = len(chart.places)
    return (i + 0.5) / count if count else 0.5


def _aside(chart: Chart, series: Series) -> float:
    """Bars of two series stand beside each other."""
    if series.joined:
        return 0.0
    return (chart.series.index(series) - (len(chart.series) - 1) / 2) * 0.22 / max(len(chart.places), 1)


def _spot(chart: Chart, i: int, value: float | None) -> str:
    assert value is not None
    return f"{1000 * _x(chart, i):.1f} {1000 * (1 - chart.share(value)):.1f}"


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
