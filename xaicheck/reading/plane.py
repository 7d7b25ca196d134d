"""A plane as plain values: a point a method on two axes of one scale, with the diagonal, whoever draws it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from xaicheck.reading import band_sentences, words
from xaicheck.reading.band_sentences import Behind
from xaicheck.reading.bands import Band
from xaicheck.reading.charts import even_ticks
from xaicheck.reading.line_styles import LineStyle, styles_of
from xaicheck.reading.numbers import Summary

SAYS = band_sentences.SAYS
Ends = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Spot:
    """A point with the ends of its two bars."""

    label: str
    style: LineStyle
    x: float
    y: float
    across: Ends = None  # of the bar along x; None: no bar
    up: Ends = None
    through: tuple[tuple[float, float], ...] = ()  # (x, y) depth by depth, which a line joins

    @property
    def text(self) -> str:
        """The point in words."""
        return f"{self.label}: {words.number(self.x)}, {words.number(self.y)}"


@dataclass(frozen=True)
class Plane:
    """A titled figure of points; both axes have one span, so that the diagonal is where x and y are equal."""

    key: str  # names its file
    title: str
    alt: str
    x: str
    y: str
    line: str  # what the diagonal is
    spots: tuple[Spot, ...]

    @cached_property
    def span(self) -> tuple[float, float]:
        """The lowest and the highest value of both axes, with a little room."""
        ends = [end for s in self.spots for part in (s.across, s.up) if part for end in part]
        places = [place for s in self.spots for place in ((s.x, s.y), *s.through)]
        values = [*ends, *(v for place in places for v in place)]
        low, high = min(values, default=0.0), max(values, default=1.0)
        room = 0.06 * ((high - low) or 1.0)
        return low - room, high + room

    @property
    def ticks(self) -> tuple[float, ...]:
        """Round numbers inside the span."""
        return even_ticks(*self.span)

    def share(self, value: float) -> float:
        """Where a value lies on either axis, from 0 to 1."""
        low, high = self.span
        return (value - low) / (high - low)


def of_bands(at: Behind) -> Plane:
    """b against r: how alike two random networks' maps are, beside those of the trained and a random one.

    A point is of the depth that is looked at, its line of all that have bands.
    """
    styles = styles_of(at.methods[key] for key in at.found)
    through = {key: _places(at.bands.curve(key, at.measure.key)) for key in at.found}
    return Plane(
        f"two-random-networks-{at.measure.key}",
        band_sentences.title(at),
        band_sentences.alt(at),
        SAYS.b,
        SAYS.r,
        "; ".join([SAYS.line, *([SAYS.through] if any(through.values()) else [])]),
        tuple(
            Spot(at.methods[key].label, styles[key], b.mean, r.mean, _ends(b), _ends(r), through[key])
            for key, b, r in ((key, band.b, band.r) for key, band in at.found.items())
            if b.mean is not None and r.mean is not None
        ),
    )


def _places(curve: list[tuple[int, Band]]) -> tuple[tuple[float, float], ...]:
    """(b, r) of each depth that has both; none for a single depth, which the point shows."""
    known = ((band.b.mean, band.r.mean) for _, band in curve)
    found = tuple((b, r) for b, r in known if b is not None and r is not None)
    return found if len(found) > 1 else ()


def _ends(summary: Summary) -> Ends:
    low, high = summary.low, summary.high
    return None if low is None or high is None or low == high else (low, high)
