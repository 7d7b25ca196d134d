"""The parts that every page of the argument has: the finding on top, captions, the conclusion below."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from xaicheck.reading import words
from xaicheck.reading.captions import Verdict


def heading(kicker: str, finding: str, look: str) -> str:
    """HTML: what this is about, the finding as a sentence, and what to look at."""
    return (
        f'<p class="xc-kicker">{escape(kicker)}</p><h1 class="xc-finding">{escape(finding)}</h1>'
        f'<p class="xc-look">{escape(look)}</p>'
    )


def section(title: str, caption: str = "") -> str:
    """HTML: a section's title, which says its finding, and its caption."""
    below = f'<p class="xc-line">{escape(caption)}</p>' if caption else ""
    return f'<h2 class="xc-h2">{escape(title)}</h2>{below}'


def lines(texts: Sequence[str]) -> str:
    """HTML: what the numbers say, a paragraph each; empty ones are left out."""
    return "".join(f'<p class="xc-line">{escape(text)}</p>' for text in texts if text)


def points(texts: Sequence[str]) -> str:
    """HTML: remarks as a list, smaller than the lines; empty ones are left out."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts if text)
    return f'<ul class="xc-points">{items}</ul>' if items else ""


def conclusion(verdict: Verdict) -> str:
    """HTML: what may and may not be concluded."""
    may = "".join(f"<li>{escape(text)}</li>" for text in verdict.may)
    may_not = "".join(f"<dt>{escape(claim)}</dt><dd>{escape(why)}</dd>" for claim, why in verdict.may_not)
    return (
        f'<section class="xc-card" aria-label="{escape(words.CONCLUSION_TITLE)}"><div class="xc-verdict">'
        f"<div><h3>{words.MAY}</h3><ul>{may}</ul></div>"
        f"<div><h3>{words.MAY_NOT}</h3><dl>{may_not}</dl></div></div></section>"
    )
