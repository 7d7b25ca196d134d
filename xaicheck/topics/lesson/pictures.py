"""The lesson's pictures as HTML: maps in frames, the row of blocks, tables with bars. All text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import numpy as np

from xaicheck.methods import METHODS
from xaicheck.reading import heatmap
from xaicheck.reading.numbers import Reading
from xaicheck.reading.words import inside, short
from xaicheck.topics.lesson import words


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table with bars."""

    label: str
    value: str  # as it is written
    share: float  # of the bar, 0 to 1
    note: str = ""
    strong: bool = False
    control: bool = False


def frame(src: str, alt: str, caption: str, bar: str = "") -> str:
    """A picture with its caption."""
    return (
        f'<figure class="xl-fig"><div class="xc-frame"><img src="{src}" alt="{escape(alt)}"></div>'
        f"<figcaption>{escape(caption)}</figcaption>{bar}</figure>"
    )


def waiting(caption: str) -> str:
    """The place of a picture that is still being computed."""
    return (
        f'<figure class="xl-fig"><div class="xc-frame xc-why">{escape(words.COMPUTING)}</div>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def photograph(reading: Reading | None) -> str:
    """The picture as the network sees it."""
    if reading is None:
        return waiting(words.PHOTO)
    return frame(heatmap.data_url(heatmap.photograph(reading.report.view)), words.PHOTO_ALT, words.PHOTO)


def colour_bar(method: str, limit: float | None) -> str:
    """The colours with their ends; without a limit the ends are words, so that no number gives a map away."""
    signed = METHODS[method].signed
    high = words.STRONG if limit is None else short(limit)
    low = (words.NEGATIVE if limit is None else f"−{high}") if signed else "0"
    src = heatmap.data_url(heatmap.colour_bar(signed=signed))
    return f'<div class="xc-bar"><span>{escape(low)}</span><img src="{src}" alt=""><span>{high}</span></div>'


@lru_cache(maxsize=128)  # a class looks at the same few maps
def picture(
    reading: Reading | None, method: str, depth: int, *, caption: str, alt: str, numbers: bool = True
) -> str:
    """A method's map at a depth, in colours of its own range."""
    found = None if reading is None else reading.map(method, depth)
    if found is None:
        return waiting(caption)
    limit = heatmap.map_range(found.values)
    why = heatmap.why_not_drawn(found.values, found.why)
    if why or found.values is None or limit is None or not np.isfinite(limit):
        return (
            f'<figure class="xl-fig"><div class="xc-frame xc-why">{escape(why or "")}</div>'
            f"<figcaption>{escape(caption)}</figcaption></figure>"
        )
    signed = METHODS[method].signed
    src = heatmap.data_url(heatmap.png(found.values, limit, signed=signed))
    return frame(src, alt, caption, colour_bar(method, limit if numbers else None))


def row(*figures: str) -> str:
    """Figures beside each other, as many as fit."""
    return f'<div class="xl-row">{"".join(figures)}</div>'


def blocks(total: int, random: int) -> str:
    """The network as a row of blocks from input to output; the last ones have random weights."""
    kept = total - random
    cells = "".join(f'<i class="{"xl-random" if i >= kept else "xl-kept"}"></i>' for i in range(total))
    alt = words.blocks_alt(total, random)
    return (
        f'<div class="xl-blocks"><span class="xl-end">{words.INPUT}</span>'
        f'<span class="xl-cells" role="img" aria-label="{escape(alt)}">{cells}</span>'
        f'<span class="xl-end">{words.OUTPUT}</span></div>'
        f'<p class="xl-key"><span><i class="xl-kept"></i>{escape(words.kept_blocks(kept))}</span>'
        f'<span><i class="xl-random"></i>{escape(words.random_blocks(random))}</span></p>'
    )


def bars(title: str, rows: Sequence[Row], *, head: Sequence[str] = ()) -> str:
    """A table: place, name, bar with its number, note; the caption says what the bar is."""
    lines = []
    for place, one in enumerate(rows, 1):
        kind = " ".join(name for name, on in (("xl-strong", one.strong), ("xl-control", one.control)) if on)
        note = f'<td class="xl-note">{escape(one.note)}</td>' if head else ""
        tag = f' <span class="xc-tag">{words.CONTROL}</span>' if one.control else ""
        lines.append(
            f'<tr class="{kind}"><td class="xl-place">{place}</td>'
            f'<th scope="row">{escape(one.label)}{tag}</th>'
            f'<td class="xl-bar"><span aria-hidden="true"><i style="width:{100 * one.share:.0f}%"></i></span>'
            f"<b>{escape(one.value)}</b></td>{note}</tr>"
        )
    top = ""
    if head:
        cells = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
        top = f'<thead><tr><th scope="col">{words.PLACE}</th>{cells}</tr></thead>'
    caption = f"<caption>{escape(title)}</caption>"
    return f'<table class="xl-table">{caption}{top}<tbody>{"".join(lines)}</tbody></table>'


def chips(title: str, names: Sequence[tuple[str, bool]]) -> str:
    """A list of names; controls say that they are one."""
    items = "".join(
        f"<li>{escape(name)}" + (f' <span class="xc-tag">{words.CONTROL}</span>' if control else "") + "</li>"
        for name, control in names
    )
    return f'<div class="xl-chips"><p>{escape(title)}</p><ul>{items}</ul></div>'


def method_word(key: str) -> str:
    """A method's name inside a sentence."""
    return inside(METHODS[key].label)
