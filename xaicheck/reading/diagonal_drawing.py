"""The diagonal as HTML that needs no script: for a card, a sheet of paper, whoever has no chart."""

from __future__ import annotations

import math

from markupsafe import Markup

from xaicheck.experiments.ranking.diagonal import Diagonal, Point
from xaicheck.methods import METHODS
from xaicheck.reading.templates import css, pieces
from xaicheck.reading.words import short

ROOM = 0.1  # axes end at multiples of it
SQUARES = (240, 300, 368)  # sides that the square may have, in pixels
DOT, SMALL, GAP, HIGH = 7, 3, 11, 18  # radii of the dots, from one to its name, a name's height
LETTER, LINE_LETTER = 7.6, 6.2  # widths, a letter, of names and of the line's words
WORSE = 4  # to lie on a dot than to leave the square
LINE_WORDS = (50, 60, 40, 70, 30, 80, 20)  # where the line's words may stand, in percent of it
Box = tuple[float, float, float, float]  # left, bottom, right, top
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

    small = [at(r, b) for r, b in pale]
    large = [at(p.r, p.b.estimate or 0.0) for p in points]
    sides = []
    for side in SQUARES:
        taken = [_box(dot, side, radius) for own, radius in ((large, DOT), (small, SMALL)) for dot in own]
        sides.append((side, taken))
    names = {}
    for one in _named(points):
        label = METHODS[one.method].label
        names[one.method] = label, _place(at(one.r, one.b.estimate or 0.0), LETTER * len(label), sides)
    where = min(
        LINE_WORDS, key=lambda share: sum(_hits(b, t) for s, t in sides for b in _on_line(share, s, line))
    )
    dots = [(*place, *names.get(p.method, ("", ""))) for p, place in zip(points, large, strict=True)]
    ends = (short(low), short(high))
    return Markup(pieces(_PIECES).diagonal(alt, across, up, line, where, dots, small, ends))


def figure(drawn: Markup, caption: str) -> Markup:
    """The drawing with its caption."""
    return Markup(pieces(_PIECES).figure(drawn, caption))


def _named(points: list[Point]) -> list[Point]:
    if not points:
        return []
    return [min(points, key=lambda p: p.r), max(points, key=lambda p: p.r)]


def _box(dot: tuple[str, str], side: float, radius: float) -> Box:
    x, y = (float(share) * side / 100 for share in dot)
    return x - radius, y - radius, x + radius, y + radius


def _hits(box: Box, taken: list[Box]) -> int:
    """How many of the boxes that are taken it lies on."""
    return sum(
        box[0] < right and left < box[2] and box[1] < top and bottom < box[3]
        for left, bottom, right, top in taken
    )


def _place(dot: tuple[str, str], wide: float, sides: list[tuple[int, list[Box]]]) -> str:
    """The classes of a name: where it lies on no dot and no other name, in the square; its place is taken."""

    def boxes(side: float) -> dict[str, Box]:
        x, y, _, _ = _box(dot, side, 0)
        after, before = (x + GAP, x + GAP + wide), (x - GAP - wide, x - GAP)
        along, back = (x - DOT, x - DOT + wide), (x + DOT - wide, x + DOT)
        level, under = (y - HIGH / 2, y + HIGH / 2), (y - GAP - HIGH, y - GAP)
        over = (y + GAP, y + GAP + HIGH)
        named = {
            "": (after, level), "xd-before": (before, level), "xd-under": (along, under),
            "xd-under xd-before": (back, under), "xd-over": (along, over), "xd-over xd-before": (back, over),
        }  # fmt: skip
        return {key: (a, bottom, b, top) for key, ((a, b), (bottom, top)) in named.items()}

    def cost(key: str) -> int:
        total = 0
        for side, taken in sides:
            box = boxes(side)[key]
            outside = box[0] < 0 or box[1] < -GAP or box[2] > side or box[3] > side + GAP
            total += WORSE * _hits(box, taken) + outside
        return total

    found = min(boxes(SQUARES[0]), key=cost)
    for side, taken in sides:
        taken.append(boxes(side)[found])
    return found


def _on_line(share: float, side: float, words: str) -> list[Box]:
    """Small boxes along the words above the line."""
    middle, half = share * side / 100, LINE_LETTER * len(words) / 2 / math.sqrt(2)
    places = [middle + half * part / 4 for part in range(-4, 5)]
    return [(x - 16, x + 2, x - 2, x + 16) for x in places]


def _ends(places: list[tuple[float, float]]) -> tuple[float, float]:
    """From 0, or below the least value, to above the greatest."""
    values = [v for place in places for v in place if math.isfinite(v)]
    low = math.floor(min([0.0, *values]) / ROOM) * ROOM
    high = math.ceil(max([ROOM, *values]) / ROOM) * ROOM
    return round(low, 6), round(high, 6)
