"""The cards as HTML: pictures, bars and dots that need no script and print as they are seen."""

from __future__ import annotations

import math
from html import escape

from xaicheck.reading import heatmap
from xaicheck.reading.words import number, short
from xaicheck.topics.story import words
from xaicheck.topics.story.cards import Bar, Bars, Card, Dots, Figure, Picture, Pictures

LINEAR = 3.0  # ratios up to here stand on a straight axis, larger ones on one of powers of ten


def card(one: Card, total: int, *, heading: int = 1) -> str:
    """HTML: the card; `heading` is the level of its title."""
    said = "".join(f"<p>{escape(text)}</p>" for text in one.said)
    lists = "".join(
        f"<div><h{heading + 1}>{escape(name)}</h{heading + 1}>"
        f"<ul>{''.join(f'<li>{escape(point)}</li>' for point in points)}</ul></div>"
        for name, points in one.lists
    )
    below = f'<div class="xs-lists">{lists}</div>' if lists else ""
    drawn = figure(one.figure) if one.figure is not None else ""
    title = f"<h{heading} id='card-{one.number}'>{escape(one.title)}</h{heading}>"
    place = "last" if one.number == total else "more"
    return (
        f'<section class="xs-card xs-{place}" aria-labelledby="card-{one.number}">'
        f'<p class="xs-count">{words.place(one.number, total)}</p>{title}'
        f'<div class="xs-body"><div class="xs-said">{said}</div>{drawn}</div>{below}</section>'
    )


def figure(one: Figure) -> str:
    """HTML: the card's figure and its caption."""
    if isinstance(one, Pictures):
        inside = f'<div class="xs-pictures">{"".join(picture(p) for p in one.pictures)}</div>'
    elif isinstance(one, Bars):
        inside = bars(one.bars)
    else:
        inside = dots(one)
    caption = f"<figcaption>{escape(one.caption)}</figcaption>"
    return f'<figure class="xs-figure">{inside}{caption}</figure>'


def picture(one: Picture) -> str:
    """HTML: one picture, its name, and its colour scale."""
    alt, scale = escape(one.alt), ""
    if one.rgb is not None:
        source = heatmap.data_url(heatmap.photograph(one.rgb))
    elif one.values is not None:
        source = heatmap.data_url(heatmap.png(one.values, one.limit, signed=one.signed))
        low, high = words.ends(one.limit, signed=one.signed)
        bar = heatmap.data_url(heatmap.colour_bar(signed=one.signed))
        scale = f'<span class="xs-scale"><i>{low}</i><img src="{bar}" alt=""><i>{high}</i></span>'
    else:
        return f'<div class="xs-picture"><p>{alt}</p></div>'
    return f'<div class="xs-picture"><img src="{source}" alt="{alt}"><b>{escape(one.name)}</b>{scale}</div>'


def bars(rows: tuple[Bar, ...]) -> str:
    """HTML: a table of bars; the numbers stand beside them."""
    low = min(0.0, *(row.value for row in rows))
    low = 0.0 if low > -0.05 else low  # a hair below zero is drawn as nothing; its number says the rest
    span = 1 - low
    zero = -low / span
    out = []
    for row in rows:
        start, end = sorted((zero, (min(max(row.value, low), 1) - low) / span))
        kind = ' class="xs-control"' if row.control else ""
        fill = f"left:{100 * start:.2f}%;width:{100 * (end - start):.2f}%"
        out.append(
            f'<tr{kind}><th scope="row">{escape(row.name)}</th>'
            f'<td class="xs-track" aria-hidden="true"><span><i style="{fill}"></i>'
            f'<u style="left:{100 * zero:.2f}%"></u></span></td><td>{number(row.value)}</td></tr>'
        )
    head = (
        f'<thead><tr><th scope="col">{words.WAY}</th><td aria-hidden="true"></td>'
        f'<th scope="col">{words.SIMILARITY}</th></tr></thead>'
    )
    return f"<table>{head}<tbody>{''.join(out)}</tbody></table>"


def dots(one: Dots) -> str:
    """HTML: positive numbers as dots on one line."""
    places, ticks = _axis(one.values)
    marks = "".join(f'<i style="left:{100 * place:.2f}%"></i>' for place in places)
    lines = ""
    for value, place in ticks:
        kind = ' class="xs-one"' if value == 1 else ""
        lines += f'<u{kind} style="left:{100 * place:.2f}%"><span>{short(value)}×</span></u>'
    return f'<div class="xs-dots" role="img" aria-label="{escape(one.alt)}">{lines}{marks}</div>'


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
