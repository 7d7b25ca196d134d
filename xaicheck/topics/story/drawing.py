"""The cards as HTML: pictures, bars, dots and the diagonal that need no script and print as they are seen."""

from __future__ import annotations

import math

from markupsafe import Markup

from xaicheck.reading import diagonal_drawing, heatmap
from xaicheck.reading.templates import css, pieces, style
from xaicheck.reading.words import number, short
from xaicheck.topics.story import words
from xaicheck.topics.story.cards import Bar, Bars, Card, Dots, Figure, Picture, Pictures, Scatter
from xaicheck.topics.story.words import TEXT

LINEAR = 3.0  # ratios up to here stand on a straight axis, larger ones on one of powers of ten
_PIECES = "topics/story/drawing.html"


def sheet() -> Markup:
    """The page's style sheet."""
    return style(css("topics/story/style.css"), diagonal_drawing.sheet())


def kicker(text: str) -> Markup:
    """What this page is, and whose results it tells."""
    return pieces(_PIECES).kicker(text)


def card(one: Card, total: int, *, heading: int = 1) -> Markup:
    """The card; `heading` is the level of its title."""
    place = "last" if one.number == total else "more"
    drawn = figure(one.figure) if one.figure is not None else Markup()
    return pieces(_PIECES).card(one, place, words.place(one.number, total), heading, drawn)


def figure(one: Figure) -> Markup:
    """The card's figure and its caption."""
    if isinstance(one, Pictures):
        inside = pieces(_PIECES).pictures([picture(p) for p in one.pictures])
    elif isinstance(one, Bars):
        inside = bars(one.bars)
    elif isinstance(one, Scatter):
        axes = {"across": TEXT.shared.across, "up": TEXT.shared.up, "line": TEXT.shared.line}
        inside = diagonal_drawing.drawing(one.found, alt=one.alt, placebo=True, **axes)
    else:
        inside = dots(one)
    return pieces(_PIECES).figure(inside, one.caption)


def picture(one: Picture) -> Markup:
    """One picture, its name, and its colour scale; its text alone where there is nothing to see."""
    src = ""
    scale: tuple[str, ...] = ()
    if one.rgb is not None:
        src = heatmap.data_url(heatmap.photograph(one.rgb))
    elif one.values is not None:
        src = heatmap.data_url(heatmap.png(one.values, one.limit, signed=one.signed))
        low, high = words.ends(one.limit, signed=one.signed)
        scale = (low, heatmap.data_url(heatmap.colour_bar(signed=one.signed)), high)
    return pieces(_PIECES).picture(src, one.alt, one.name, scale)


def bars(bars: tuple[Bar, ...]) -> Markup:
    """A table of bars; the numbers stand beside them."""
    low = min(0.0, *(bar.value for bar in bars))
    low = 0.0 if low > -0.05 else low  # a hair below zero is drawn as nothing; its number says the rest
    span = 1 - low
    zero = -low / span
    rows = []
    for bar in bars:
        start, end = sorted((zero, (min(max(bar.value, low), 1) - low) / span))
        rows.append((bar.name, number(bar.value), bar.control, _percent(start), _percent(end - start)))
    return pieces(_PIECES).bars((TEXT.way, TEXT.similarity), _percent(zero), rows)


def dots(one: Dots) -> Markup:
    """Positive numbers as dots on one line."""
    places, ticks = _axis(one.values)
    marks = [(short(value), value == 1, _percent(place)) for value, place in ticks]
    return pieces(_PIECES).dots(one.alt, [_percent(place) for place in places], marks)


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"


def _axis(values: tuple[float, ...]) -> tuple[list[float], list[tuple[float, float]]]:
    """(where each value stands, (tick, where it stands)), all between 0 and 1."""
    top = max(values)
    if top <= LINEAR and min(values) >= 0.02:
        end = max(1.25, math.ceil(top * 4) / 4)
        ticks = [t for t in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0) if t <= end]
        return [v / end for v in values], [(t, t / end) for t in ticks]
    low = min(0, math.floor(math.log10(min(values))))
    high = max(0, math.ceil(math.log10(top)))
    span = max(1, high - low)
    step = max(1, span // 5)
    powers = sorted({0, *range(low, high + 1, step)})
    return (
        [(math.log10(v) - low) / span for v in values],
        [(10.0**p, (p - low) / span) for p in powers],
    )
