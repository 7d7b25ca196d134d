"""The diagonal as HTML that needs no script: for a card, a sheet of paper, whoever has no chart."""

from __future__ import annotations

import math

from markupsafe import Markup

from xaicheck.experiments.ranking.diagonal import Diagonal, Point
from xaicheck.methods import METHODS
from xaicheck.reading.templates import css, pieces
from xaicheck.reading.words import short

ROOM = 0.1  # axes end at multiples of it
_PIECES = "reading/diagonal.html"


def sheet() -> str:
    """Its style sheet as text."""
    return css("reading/diagonal.css")


def drawing(
    found: Diagonal, *, across: str, up: str, line: str, alt: str = "", placebo: bool = False
) -> Markup:
    """A dot a method that looks at the network, b to the right and r upwards; the diagonal carries `line`.

    `across`, `up`: what the axes say; `placebo`: small dots with random networks in the trained one's place.
    The first and the last method by r are named; `alt` says the others too.
    """
    points = [p for p in found.real if p.b.estimate is not None]
    pale = [place for p in points for place in p.placebo] if placebo else []
    low, high = _ends([(p.r, p.b.estimate or 0.0) for p in points] + pale)

    def at(r: float, b: float) -> tuple[str, str]:
        return tuple(f"{100 * (v - low) / (high - low):.2f}" for v in (b, r))  # type: ignore[return-value]

    named = {one.method: METHODS[one.method].label for one in _named(points)}
    dots = [
        (*at(p.r, p.b.estimate or 0.0), named.get(p.method, ""), (p.b.estimate or 0.0) > (low + high) / 2)
        for p in points
    ]
    small = [at(r, b) for r, b in pale]
    return Markup(pieces(_PIECES).diagonal(alt, across, up, line, dots, small, (short(low), short(high))))


def figure(drawn: Markup, caption: str) -> Markup:
    """The drawing with its caption."""
    return Markup(pieces(_PIECES).figure(drawn, caption))


def _named(points: list[Point]) -> list[Point]:
    if not points:
        return []
    return [min(points, key=lambda p: p.r), max(points, key=lambda p: p.r)]


def _ends(places: list[tuple[float, float]]) -> tuple[float, float]:
    """From 0, or below the least value, to above the greatest."""
    values = [v for place in places for v in place if math.isfinite(v)]
    low = math.floor(min([0.0, *values]) / ROOM) * ROOM
    high = math.ceil(max([ROOM, *values]) / ROOM) * ROOM
    return round(low, 6), round(high, 6)
