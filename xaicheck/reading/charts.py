"""Charts as plain values, and those of a report: what is drawn, in words and numbers, whoever draws it.

`plotly_chart` draws them on the pages, `report.svg` inside the page to take away, `report.figure_files` as
files in the zip.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from xaicheck.reading import network_sentences, sentences, words
from xaicheck.reading.compared import full_name
from xaicheck.reading.line_styles import ORIGINAL, RANDOMIZED, LineStyle, styles_of
from xaicheck.reading.numbers import Reading, ScaleRow
from xaicheck.similarity.measures import Measure
from xaicheck.types import Method

Values = tuple[float | None, ...]
Kind = Literal["linear", "amount", "log", "share"]  # amount: from zero, with room on top; share: 0 to 100 %

LABELS = words.TEXT.charts
SCALES: Mapping[str, str] = LABELS.scales
LIVENESS: Mapping[str, str] = LABELS.liveness
_KINDS: Mapping[str, Kind] = {"rms": "log", "quantiles": "linear", "dead": "share", "gradient": "log"}


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value for each place of the x axis, None where there is none."""

    label: str
    style: LineStyle
    y: Values
    low: Values = ()  # () = no band
    high: Values = ()
    inner: tuple[Values, Values] = ((), ())  # the ends of a shorter, thicker bar inside low to high
    joined: bool = True  # False: the band is a bar at each place, and no line joins them


@dataclass(frozen=True, slots=True)
class Places:
    """The x axis: named places in an order."""

    label: str
    names: tuple[str, ...]
    numbers: tuple[int, ...] = ()  # what the places are counted by; () = they have names only
    unit: str = ""  # of the numbers, such as "depth"

    @property
    def along(self) -> tuple[float, ...]:
        """What the places stand at: their numbers, or 0, 1, 2, ... where they have names only."""
        return tuple(map(float, self.numbers or range(len(self.names))))

    @property
    def shares(self) -> tuple[float, ...]:
        """Where the places lie on the axis, from 0 on the left to 1, with half a step free at both ends."""
        first, last = self.along[0], self.along[-1]
        return tuple((at - first + 0.5) / (last - first + 1) for at in self.along)


@dataclass(frozen=True, slots=True)
class Axis:
    """The y axis."""

    label: str
    kind: Kind = "linear"
    note: str = ""  # what a point and its bar are
    ends: tuple[str, str, str] = ("", "", "")  # the names of a bar's low end, point and high end

    @property
    def full(self) -> str:
        """The label with its note."""
        return f"{self.label} ({self.note})" if self.note else self.label


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line at one place of the x axis."""

    place: int  # counts from 0
    name: str


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line at a value of the y axis."""

    value: float
    name: str


@dataclass(frozen=True)
class Chart:
    """A titled figure of one or more lines."""

    key: str  # names its file
    title: str  # the finding
    alt: str
    x: Places
    y: Axis
    series: tuple[Series, ...]
    mark: Mark | None = None
    level: Level | None = None

    @property
    def values(self) -> list[float]:
        """Every value that is drawn."""
        drawn = [v for s in self.series for part in (s.y, s.low, s.high) for v in part if v is not None]
        return drawn + ([self.level.value] if self.level else [])

    @cached_property
    def span(self) -> tuple[float, float]:
        """The lowest and the highest value of the y axis, with a little room."""
        if self.y.kind == "share":
            return 0.0, 1.0
        if self.y.kind == "log":
            low, high = min(self.values, default=0.1), max(self.values, default=1.0)
            return low / 1.25, high * 1.25
        low, high = min([0.0, *self.values]), max(self.values, default=1.0)
        room = 0.05 * ((high - low) or 1.0)
        return (low - room if low < 0 else low), high + room

    @property
    def ticks(self) -> tuple[float, ...]:
        """Round numbers inside the span, at least two: 1, 2 and 5 of each power of ten, or even steps."""
        low, high = self.span
        return _log_ticks(low, high) if self.y.kind == "log" else even_ticks(low, high)

    def share(self, value: float) -> float:
        """Where a value lies on the y axis, 0 at the bottom and 1 at the top."""
        low, high = self.span
        if self.y.kind == "log":
            return (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
        return (value - low) / (high - low)

    def text(self, value: float) -> str:
        """A value as its axis writes it."""
        return words.share(value) if self.y.kind == "share" else words.short(value)


def curves(reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method]) -> Chart:
    """Similarity against depth for every method, mean with lowest to highest over the seeds."""
    styles = styles_of([methods[key] for key in reading.methods])
    series = []
    for key in reading.methods:
        scores = [reading.score(key, measure.key, d) for d in reading.report.depths]
        many = any(s.seeds > 1 for s in scores)
        series.append(
            Series(
                methods[key].label,
                styles[key],
                tuple(_finite(s.mean) for s in scores),
                tuple(_finite(s.low) for s in scores) if many else (),
                tuple(_finite(s.high) for s in scores) if many else (),
            )
        )
    return Chart(
        f"curves-{measure.key}",
        sentences.curves_title(reading, measure, methods),
        sentences.curves_alt(reading, measure, depth, methods),
        _depths(reading),
        Axis(f"{full_name(reading.comparison(measure.key))} ({best(measure)})"),
        tuple(series),
        _mark(reading, depth),
    )


def scales(reading: Reading, depth: int, what: str) -> Chart:
    """A number per block from input to output, original against randomized; `what`: a key of SCALES."""
    rows = reading.scales(depth)
    sides = (
        (LABELS.original, LineStyle(ORIGINAL, "solid", "circle"), False),
        (LABELS.randomized, LineStyle(RANDOMIZED, "dash", "diamond"), True),
    )
    name, axis = SCALES[what], Axis(SCALES[what], _KINDS[what])
    if what == "quantiles":
        axis = Axis(name, _KINDS[what], LABELS.bars, LABELS.ends)
    return Chart(
        f"activations-{what}",
        name,
        network_sentences.scales_alt(reading, depth, name),
        Places(LABELS.blocks, tuple(row.block for row in rows)),
        axis,
        tuple(_side(rows, what, label, style, after=after) for label, style, after in sides),
    )


def liveness(reading: Reading, depth: int, what: str) -> Chart:
    """The spread of the logits or the entropy of the softmax against depth; `what`: a key of LIVENESS."""
    values = [
        [v for a in reading.liveness(d) if (v := _finite(getattr(a, what))) is not None]
        for d in reading.report.depths
    ]
    many = any(len(v) > 1 for v in values)
    line = Series(
        LABELS.mean,
        LineStyle(RANDOMIZED),
        tuple(sum(v) / len(v) if v else None for v in values),
        tuple(min(v, default=None) for v in values) if many else (),
        tuple(max(v, default=None) for v in values) if many else (),
    )
    networks = reading.liveness(depth)
    said = network_sentences.alive_line(networks, reading.liveness(0)) if networks else ""
    return Chart(
        f"liveness-{what}",
        LIVENESS[what],
        f"{LIVENESS[what]} against depth. {said}".strip(),
        _depths(reading),
        Axis(LIVENESS[what], "amount"),
        (line,),
        _mark(reading, depth),
        Level(words.UNIFORM_ENTROPY, LABELS.uniform) if what == "entropy" else None,
    )


def every(
    reading: Reading, depth: int, measures: Sequence[Measure], methods: Mapping[str, Method]
) -> tuple[Chart, ...]:
    """All charts of a report, in the order of the page to take away."""
    return (
        *(curves(reading, measure, depth, methods) for measure in measures),
        *(scales(reading, depth, what) for what in SCALES if reading.scales(depth)),
        *(liveness(reading, depth, what) for what in LIVENESS if reading.report.liveness),
    )


def best(measure: Measure) -> str:
    """What the end of a measure's scale says where a map stayed the same."""
    return str(LABELS.distance if measure.distance else LABELS.similarity)


def tick(reading: Reading, depth: int) -> str:
    """The name of a depth on an axis: the block that is randomized last."""
    return reading.touched(depth)[-1] if depth else str(LABELS.start)


def runs(values: Sequence[float | None]) -> Iterator[list[int]]:
    """Neighbouring places that have a value: between two runs a line is broken."""
    run: list[int] = []
    for i, value in enumerate([*values, None]):
        if value is not None:
            run.append(i)
        elif run:
            yield run
            run = []


def _depths(reading: Reading) -> Places:
    depths = reading.report.depths
    axis = reading.mode.axis
    return Places(axis, tuple(tick(reading, d) for d in depths), depths, LABELS.unit)


def _mark(reading: Reading, depth: int) -> Mark | None:
    depths = reading.report.depths
    return Mark(depths.index(depth), LABELS.mark.format(depth=depth)) if depth in depths else None


def _side(rows: Sequence[ScaleRow], what: str, label: str, style: LineStyle, *, after: bool) -> Series:
    if what != "quantiles":
        return Series(label, style, tuple(_value(row, what, after=after) for row in rows))
    table = [row.quantiles if after else row.original.quantiles for row in rows]
    low, first, middle, last, high = (tuple(_finite(q[i]) for q in table) for i in range(5))
    return Series(label, style, middle, low, high, inner=(first, last), joined=False)


def _value(row: ScaleRow, what: str, *, after: bool) -> float | None:
    before = {"rms": row.original.rms, "dead": row.original.dead, "gradient": row.original.gradient_rms}
    now = {"rms": row.rms, "dead": row.dead, "gradient": row.gradient_rms}
    value = _finite((now if after else before)[what])
    return value if what == "dead" or (value is not None and value > 0) else None  # a logarithm has no zero


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def even_ticks(low: float, high: float) -> tuple[float, ...]:
    """Round numbers from low to high in about five steps."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
    first = math.ceil(low / step - 1e-9)
    return tuple(float(f"{i * step:.12g}") for i in range(first, math.floor(high / step + 1e-9) + 1))


def _log_ticks(low: float, high: float) -> tuple[float, ...]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if len(powers) <= 4 else (1,)
    ticks = tuple(m * 10.0**p for p in powers for m in steps if low <= m * 10.0**p <= high)
    return ticks if len(ticks) > 1 else even_ticks(low, high)  # 1, 2 and 5 may all lie outside
