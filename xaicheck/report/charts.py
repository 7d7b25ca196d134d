"""The curves of a report as plain values, ready to be drawn as SVG on the page or as a picture in the zip."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xaicheck.reading import figures, sentences, words
from xaicheck.reading.compared import full_name
from xaicheck.reading.numbers import Reading, ScaleRow
from xaicheck.report import words as report_words
from xaicheck.types import Measure, Method


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value for each place of the x axis, None where there is none."""

    label: str
    colour: str
    dash: str  # as figures.styles_of names it
    marker: str  # the same
    y: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()  # () = no band
    high: tuple[float | None, ...] = ()
    joined: bool = True  # False: the band is a bar at each place, and no line joins them


@dataclass(frozen=True, slots=True)
class Chart:
    """A titled figure whose x axis has evenly spaced, named places."""

    key: str  # names its file
    title: str  # the finding
    alt: str
    x_label: str
    y_label: str
    places: tuple[str, ...]
    series: tuple[Series, ...]
    marked: int | None = None  # the place of the depth that the report was saved at
    mark: str = ""  # its name
    level: tuple[float, str] | None = None  # a horizontal line and its name
    logarithmic: bool = False
    percent: bool = False

    @property
    def span(self) -> tuple[float, float]:
        """The lowest and the highest value of the y axis, with a little room."""
        values = [v for s in self.series for part in (s.y, s.low, s.high) for v in part if v is not None]
        values += [self.level[0]] if self.level else []
        if self.percent:
            return 0.0, 1.0
        if self.logarithmic:
            low, high = min(values, default=0.1), max(values, default=1.0)
            return low / 1.25, high * 1.25
        low, high = min([0.0, *values]), max(values, default=1.0)
        room = 0.05 * ((high - low) or 1.0)
        return (low - room if low < 0 else low), high + room

    @property
    def ticks(self) -> tuple[float, ...]:
        """Round numbers inside the span: 1, 2 and 5 of each power of ten, or even steps."""
        low, high = self.span
        return _log_ticks(low, high) if self.logarithmic else _even_ticks(low, high)

    def share(self, value: float) -> float:
        """Where a value lies on the y axis, 0 at the bottom and 1 at the top."""
        low, high = self.span
        if self.logarithmic:
            return (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
        return (value - low) / (high - low)

    def text(self, value: float) -> str:
        """A value as its axis writes it."""
        return f"{100 * value:.0f} %" if self.percent else words.short(round(value, 12))


def curves(reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method]) -> Chart:
    """Similarity against depth for every method, mean with lowest to highest over the seeds."""
    depths = reading.report.depths
    styles = figures.styles_of([methods[key] for key in reading.methods])
    end = "0 = alike" if measure.distance else "1 = same map"
    series = []
    for key in reading.methods:
        found = [reading.score(key, measure.key, d) for d in depths]
        many = any(s.seeds > 1 for s in found)
        series.append(
            Series(
                methods[key].label,
                styles[key]["colour"],
                styles[key]["dash"],
                styles[key]["marker"],
                tuple(_finite(s.mean) for s in found),
                tuple(_finite(s.low) for s in found) if many else (),
                tuple(_finite(s.high) for s in found) if many else (),
            )
        )
    return Chart(
        f"curves-{measure.key}",
        sentences.curves_title(reading, measure, methods),
        sentences.curves_alt(reading, measure, depth, methods),
        figures.ORDER[reading.report.request.mode],
        f"{full_name(reading.comparison(measure.key))} ({end})",
        tuple(_tick(reading, d) for d in depths),
        tuple(series),
        *_mark(depths, depth),
    )


def scales(reading: Reading, depth: int, what: str) -> Chart:
    """A number per block from input to output, original against randomized; `what`: a key of SCALES."""
    rows = reading.scales(depth)
    sides = (
        ("Original", figures.ORIGINAL, "solid", "circle", 0),
        ("Randomized", figures.RANDOMIZED, "dash", "diamond", 1),
    )
    series = []
    for label, colour, dash, marker, side in sides:
        if what == "quantiles":
            table = [row.quantiles if side else row.original.quantiles for row in rows]
            low, middle, high = (tuple(_finite(q[i]) for q in table) for i in (0, 2, 4))
            series.append(Series(label, colour, dash, marker, middle, low, high, joined=False))
        else:
            series.append(Series(label, colour, dash, marker, tuple(_value(r, what, side) for r in rows)))
    name = figures.SCALES[what]
    return Chart(
        f"activations-{what}",
        name,
        sentences.scales_alt(reading, depth, name),
        "Block, input to output",
        f"{name} (median; bars: 5 to 95 %)" if what == "quantiles" else name,
        tuple(row.block for row in rows),
        tuple(series),
        logarithmic=what in ("rms", "gradient"),
        percent=what == "dead",
    )


def liveness(reading: Reading, what: str, depth: int) -> Chart:
    """The spread of the logits or the entropy of the softmax against depth; `what`: a key of LIVENESS."""
    depths = reading.report.depths
    values = [
        [v for a in reading.liveness(d) if (v := _finite(getattr(a, what))) is not None] for d in depths
    ]
    many = any(len(v) > 1 for v in values)
    line = Series(
        "Mean over the seeds",
        figures.RANDOMIZED,
        "solid",
        "circle",
        tuple(sum(v) / len(v) if v else None for v in values),
        tuple(min(v, default=None) for v in values) if many else (),
        tuple(max(v, default=None) for v in values) if many else (),
    )
    alive = reading.alive(depth)
    said = sentences.alive_line(alive, reading.alive(0)) if alive is not None else ""
    return Chart(
        f"liveness-{what}",
        figures.LIVENESS[what],
        f"{figures.LIVENESS[what]} against depth. {said}".strip(),
        figures.ORDER[reading.report.request.mode],
        figures.LIVENESS[what],
        tuple(_tick(reading, d) for d in depths),
        (line,),
        *_mark(depths, depth),
        level=(words.UNIFORM_ENTROPY, "says nothing: log 1000") if what == "entropy" else None,
    )


def every(
    reading: Reading, depth: int, measures: Sequence[Measure], methods: Mapping[str, Method]
) -> tuple[Chart, ...]:
    """All figures of a report that are curves, in the order of the page."""
    return (
        *(curves(reading, measure, depth, methods) for measure in measures),
        *(scales(reading, depth, what) for what in figures.SCALES if reading.scales(depth)),
        *(liveness(reading, what, depth) for what in figures.LIVENESS if reading.report.liveness),
    )


def _tick(reading: Reading, depth: int) -> str:
    if depth == 0:
        return "original"
    touched = reading.touched(depth)
    return touched[0] if reading.report.request.mode == "bottom_up" else touched[-1]


def _mark(depths: Sequence[int], depth: int) -> tuple[int | None, str]:
    return (depths.index(depth), report_words.MARK.format(depth=depth)) if depth in depths else (None, "")


def _value(row: ScaleRow, what: str, side: int) -> float | None:
    before = {"rms": row.original.rms, "dead": row.original.dead, "gradient": row.original.gradient_rms}
    after = {"rms": row.rms, "dead": row.dead, "gradient": row.gradient_rms}
    value = _finite((after if side else before)[what])
    return value if what == "dead" or (value is not None and value > 0) else None  # a logarithm has no zero


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _even_ticks(low: float, high: float) -> tuple[float, ...]:
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
    first = math.ceil(low / step - 1e-9)
    return tuple(round(i * step, 12) for i in range(first, math.floor(high / step + 1e-9) + 1))


def _log_ticks(low: float, high: float) -> tuple[float, ...]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if len(powers) <= 4 else (1,)
    return tuple(m * 10.0**p for p in powers for m in steps if low <= m * 10.0**p <= high)
