"""HTML of the panel: one card a method, original beside randomized beside their difference.

Colours come from the surrounding text (`currentColor`), so one style serves light and dark. Everything that
a visitor or a model could have written is escaped here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from xaicheck.draw import heatmap, sentences, verdict, words
from xaicheck.draw.compared import full_name
from xaicheck.draw.numbers import Reading
from xaicheck.types import Comparison, Measure, Method, Target

Address = Callable[[bytes], str]  # a PNG -> what goes into src=


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One picture of a card: an array with its colour range, or the reason why there is none."""

    title: str
    values: np.ndarray | None
    limit: float | None
    signed: bool
    alt: str
    why: str = ""
    waiting: bool = False


def method_card(
    reading: Reading,
    method: Method,
    measure: Measure,
    depth: int,
    *,
    shared: bool,
    address: Address = heatmap.data_url,
) -> str:
    """The card of one method at one depth."""
    cells, caption = _cells(reading, method, depth, shared=shared)
    summary = reading.score(method.key, measure.key, depth)
    how = reading.comparison(measure.key)
    word = words.score_word(how, summary.mean)
    word = "" if word == words.DASH else word  # the number alone
    spread = words.score_line(summary)
    shown = words.number(summary.mean)
    tag = '<span class="xc-tag">control</span>' if method.control else ""
    ratio = reading.magnitude(method.key, depth)
    badge = ""
    if depth and ratio is not None:
        badge = f'<span class="xc-badge">Randomized map: {escape(words.magnitude(ratio))}</span>'
    figures = "".join(_figure(cell, address) for cell in cells)
    label = (
        f"{method.label}: {shown}{', ' if word else ''}{word}"
        if summary.mean is not None
        else f"{method.label}: {summary.why}"
    )
    return (
        f'<article class="xc-card" aria-label="{escape(label)}">'
        f'<div class="xc-head"><h2>{escape(method.label)}</h2>{tag}'
        f'<span class="xc-score"><b>{escape(shown)}</b>{escape(word)}</span></div>'
        f"{_track(how, summary.mean)}"
        f'<div class="xc-maps">{figures}<div class="xc-text">{badge}'
        f'<p class="xc-note">{escape(full_name(how))}: {escape(spread)}. {escape(caption)}</p>'
        "</div></div></article>"
    )


def picture_card(reading: Reading, depth: int, *, address: Address = heatmap.data_url) -> str:
    """The picture as the network sees it, and the five likeliest classes before and after."""
    report = reading.report
    target = report.target
    alt = f"The picture as the network sees it: {report.view.shape[1]} by {report.view.shape[0]} pixels"
    before, after = reading.alive(0), reading.alive(depth)
    src = address(heatmap.photograph(report.view))
    parts = [f'<div class="xc-frame"><img src="{src}" alt="{escape(alt)}"></div>']
    if before is not None:
        parts.append(_top5("Trained network says", before.top5, target.index))
    if depth and after is not None:
        parts.append(_top5("Randomized network says", after.top5, target.index))
    notes = []
    if target.index >= 0:
        share = f"{100 * target.probability:.1f} %"
        notes.append(
            f"Explained class, at every depth: <b>{escape(target.label)}</b> (trained network: {share})."
        )
    if depth and after is not None:
        notes.append(escape(sentences.alive_title(after)))
    parts.append("<div>" + "".join(f'<p class="xc-note">{note}</p>' for note in notes) + "</div>")
    body = f'<div class="xc-hero">{"".join(parts)}</div>'
    return f'<article class="xc-card" aria-label="{escape(words.PICTURE_TITLE)}">{body}</article>'


def score_strip(reading: Reading, measure: Measure, depth: int, methods: Sequence[Method]) -> str:
    """All scores at one depth beside each other, in the order of the panel: controls in italics."""
    rows = []
    for method in methods:
        mean = reading.score(method.key, measure.key, depth).mean
        kind = ' class="xc-control"' if method.control else ""
        note = " (control)" if method.control else ""
        rows.append(
            f"<tr{kind}><th scope='row'>{escape(method.label)}{note}</th>"
            f"<td>{_track(reading.comparison(measure.key), mean)}</td>"
            f"<td>{escape(words.number(mean))}</td></tr>"
        )
    return f'<table class="xc-strip"><tbody>{"".join(rows)}</tbody></table>'


def verdict_card(
    reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method], panel: Sequence[Method]
) -> str:
    """What the test may and may not conclude, with the numbers of the report beside it."""
    may = "".join(f"<li>{escape(t)}</li>" for t in verdict.may(reading, measure, depth, methods))
    may_not = "".join(
        f"<dt>{escape(claim)}</dt><dd>{escape(why)}</dd>"
        for claim, why in verdict.may_not(reading, measure, depth, methods)
    )
    place, name = sentences.where(reading, depth), full_name(reading.comparison(measure.key))
    return (
        f'<section class="xc-card" aria-label="{escape(words.VERDICT_TITLE)}"><div class="xc-verdict">'
        f"<div><h3>It shows</h3><ul>{may}</ul><h3>{escape(name)}, {escape(place)}</h3>"
        f"{score_strip(reading, measure, depth, panel)}</div>"
        f"<div><h3>It does not show</h3><dl>{may_not}</dl></div></div></section>"
    )


def _cells(reading: Reading, method: Method, depth: int, *, shared: bool) -> tuple[list[Cell], str]:
    """The three cells of a card and the sentence about their colours."""
    before, after = reading.map(method.key, 0), reading.map(method.key, depth)
    original = before.values if before else None
    randomized = after.values if after else None
    limits = [heatmap.map_range(original), heatmap.map_range(randomized)]
    if shared:
        limits = [heatmap.shared_range([original, randomized])] * 2
    place = sentences.where(reading, depth)
    complete = reading.report.complete
    cells = [
        _cell("Original", method, original, limits[0], "original", before, complete),
        _cell("Randomized", method, randomized, limits[1], place, after, complete),
    ]
    both = before is not None and after is not None
    change = heatmap.difference(original, randomized)
    limit = heatmap.map_range(change.values)
    why = change.why or heatmap.why_not_drawn(change.values) or ""
    if change.values is not None and not np.any(change.values):
        why = "No difference."
    alt = words.map_alt(method.label, "difference", limit, place)
    cells.append(
        Cell(
            "Difference",
            None if why else change.values,
            limit,
            True,
            alt,
            why,
            waiting=not both and not complete,
        )
    )
    return cells, words.scale_caption(*limits, shared=shared)


def _cell(
    title: str,
    method: Method,
    values: np.ndarray | None,
    limit: float | None,
    place: str,
    found: object,
    complete: bool,
) -> Cell:
    why = heatmap.why_not_drawn(values, getattr(found, "why", ""))
    alt = words.map_alt(method.label, title.lower(), limit, place)
    if why:
        return Cell(title, None, limit, method.signed, alt, why, waiting=found is None and not complete)
    return Cell(title, values, limit, method.signed, alt)


def _track(how: Comparison, value: float | None) -> str:
    """A bar from an unrelated map to the same one; none where unrelated maps have no value of their own."""
    share = 0.0 if value is None else words.alike(how, value)
    if math.isnan(share):
        return ""
    share = min(max(share, 0.0), 1.0)
    return f'<div class="xc-track" aria-hidden="true"><i style="width:{100 * share:.0f}%"></i></div>'


def _figure(cell: Cell, address: Address) -> str:
    title = escape(cell.title)
    if cell.values is None or cell.limit is None or not math.isfinite(cell.limit):
        text = "Computing …" if cell.waiting else cell.why
        kind = "xc-frame xc-why xc-wait" if cell.waiting else "xc-frame xc-why"
        return f'<figure><div class="{kind}">{escape(text)}</div><figcaption>{title}</figcaption></figure>'
    src = address(heatmap.png(cell.values, cell.limit, signed=cell.signed))
    bar = address(heatmap.colour_bar(signed=cell.signed))
    high = words.short(cell.limit)
    low = f"−{high}" if cell.signed else "0"
    return (
        f'<figure><div class="xc-frame"><img src="{src}" alt="{escape(cell.alt)}"></div>'
        f"<figcaption>{title}</figcaption>"
        f'<div class="xc-bar"><span>{low}</span><img src="{bar}" alt=""><span>{high}</span></div></figure>'
    )


def _top5(title: str, classes: tuple[Target, ...], explained: int) -> str:
    rows = []
    for entry in classes[:5]:
        name = f"<b>{escape(entry.label)}</b>" if entry.index == explained else escape(entry.label)
        rows.append(f"<tr><td>{name}</td><td>{100 * entry.probability:.1f} %</td></tr>")
    return f'<table class="xc-top"><caption>{escape(title)}</caption><tbody>{"".join(rows)}</tbody></table>'
