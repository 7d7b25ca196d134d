"""A chart as a plotly figure for the pages; text and grid colours come from the page's theme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from xaicheck.reading.charts import Chart, Series, Values, runs
from xaicheck.reading.line_styles import CONTROL, LineStyle
from xaicheck.statistics import Interval

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

FAINT = 0.13  # of a band
THIN, THICK = 1.2, 5  # pixels of a bar and of the shorter one inside it
BELOW: Mapping[str, Any] = {"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "x": 0}
"""A legend at the lower edge; placed in shares of the axes it lies on their title at some widths."""
ROOM = 1.14  # of the largest value: above a line stands its name


def figure(chart: Chart, *, height: int) -> Figure:
    """The chart, as wide as its place on the page; its title is for the page to write."""
    import plotly.graph_objects as go

    traces = []
    for series in chart.series:
        traces += [*_bands(chart, series), *(_lines if series.joined else _bars)(chart, series)]
    fig = go.Figure([go.Scatter(trace) for trace in traces])
    if chart.level is not None:
        fig.add_hline(
            y=chart.level.value,
            line={"color": CONTROL, "width": 1, "dash": "dash"},
            annotation_text=chart.level.name,
            annotation_position="top left",
        )
    if chart.mark is not None:
        x = _places(chart)[chart.mark.place]
        fig.add_vline(x=x, line={"color": CONTROL, "width": 1.5, "dash": "dot"})
    fig.update_layout(
        height=height,
        margin={"l": 56, "r": 12, "t": 28, "b": 40},
        xaxis={
            "title": {"text": chart.x.label, "standoff": 8},
            "automargin": True,
            "zeroline": False,
            "showgrid": False,
        },
        yaxis={
            "title": {"text": chart.y.label, "standoff": 14},
            "automargin": True,
            "zeroline": True,
            "exponentformat": "power",  # else 10⁻⁷ is 0.1 μ
            **_scale(chart),
        },
        legend={**BELOW, "title": {"text": ""}},
        hovermode="closest",
        uirevision="stay",
    )
    return fig


def _scale(chart: Chart) -> dict[str, Any]:
    match chart.y.kind:
        case "log":
            ticks = chart.ticks  # plotly's own write 0.5 between 0.1 and 1 as 5
            return {"type": "log", "tickvals": list(ticks), "ticktext": [chart.text(v) for v in ticks]}
        case "share":
            return {"range": [-0.02, 1.02], "tickformat": ".0%"}
        case "amount":
            return {"range": [0, ROOM * max(chart.values, default=1.0)]}
        case _:
            return {}


def _places(chart: Chart) -> list[Any]:
    return list(chart.x.numbers or chart.x.names)


def _look(chart: Chart, series: Series) -> dict[str, Any]:
    alone = len(chart.series) == 1
    return {
        "x": _places(chart),
        "y": list(series.y),
        "name": series.label,
        "showlegend": not alone,
        "marker": {
            "symbol": series.style.marker,
            "size": 6 if alone else 8,  # a line alone needs no marker to be told apart
            "color": series.style.colour,
        },
    }


def _hover(chart: Chart, series: Series, value: str) -> str:
    name = series.label if len(chart.series) > 1 else ""
    return f"{chart.x.unit} %{{x}}: {value}<extra>{name}</extra>".lstrip()


def _lines(chart: Chart, series: Series) -> Iterator[dict[str, Any]]:
    yield {
        **_look(chart, series),
        "mode": "lines+markers",
        "line": {"color": series.style.colour, "dash": series.style.dash, "width": 2},
        "hovertemplate": _hover(chart, series, "%{y:.4~g}"),
    }


def _bands(chart: Chart, series: Series) -> Iterator[dict[str, Any]]:
    """From low to high, around every unbroken piece of the line."""
    red, green, blue = (int(series.style.colour[i : i + 2], 16) for i in (1, 3, 5))
    x = _places(chart)
    for run in runs(series.low) if series.joined else ():
        back = run[::-1]
        yield {
            "x": [x[i] for i in run + back],
            "y": [series.high[i] for i in run] + [series.low[i] for i in back],
            "mode": "lines",
            "fill": "toself",
            "fillcolor": f"rgba({red},{green},{blue},{FAINT})",
            "line": {"width": 0},
            "hoverinfo": "skip",
            "showlegend": False,
        }


def _bars(chart: Chart, series: Series) -> Iterator[dict[str, Any]]:
    """Points with two bars each: low to high thin, the inner one thick."""
    look = _look(chart, series)
    low, middle, high = chart.y.ends
    text = f"{low} %{{customdata[0]:.4~g}}, {middle} %{{y:.4~g}}, {high} %{{customdata[4]:.4~g}}"
    for ends, width in (((series.low, series.high), THIN), (series.inner, THICK)):
        yield {
            **look,
            "mode": "markers",
            "error_y": error_bars(ends[0], series.y, ends[1], series.style.colour, thickness=width, width=0),
            "showlegend": width == THICK,
            "legendgroup": series.label,
            "customdata": list(
                zip(series.low, series.inner[0], series.y, series.inner[1], series.high, strict=True)
            ),
            "hovertemplate": _hover(chart, series, text),
        }


def error_bars(
    low: Values, middle: Values, high: Values, colour: str, *, thickness: float, width: float
) -> dict[str, Any]:
    """Error bars from low to high around points, with caps `width` wide; none where a number is not known."""
    return {
        "type": "data",
        "symmetric": False,
        "array": _apart(high, middle),
        "arrayminus": _apart(middle, low),
        "color": colour,
        "thickness": thickness,
        "width": width,
    }


def interval_bars(interval: Interval, colour: str) -> dict[str, Any] | None:
    """Error bars of an interval; None where it has none."""
    if interval.low is None or interval.high is None:
        return None
    ends = (interval.low,), (interval.estimate,), (interval.high,)
    return error_bars(*ends, colour, thickness=1.2, width=3)


def marker(style: LineStyle, size: int) -> dict[str, Any]:
    """A method's marker; the line gives the open ones of the controls some weight."""
    colour = style.colour
    return {"symbol": style.marker, "size": size, "color": colour, "line": {"width": 1.6, "color": colour}}


def plain(*, height: int, left: int, right: int, top: int, bottom: int, **layout: Any) -> dict[str, Any]:
    """A layout: size, margins, a background that is the page's own, and whatever else a chart has.

    Given to the figure at once, because changing a figure's layout later costs more than drawing it.
    """
    return {
        "height": height,
        "margin": {"l": left, "r": right, "t": top, "b": bottom},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "uirevision": "stay",
        "dragmode": False,
        **layout,
    }


def _apart(high: Values, low: Values) -> list[float | None]:
    return [None if a is None or b is None else a - b for a, b in zip(high, low, strict=True)]
