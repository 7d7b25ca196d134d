"""The parts that every page of the argument has: the finding on top, captions, the conclusion below."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from xaicheck.reading.captions import Verdict
from xaicheck.reading.templates import pieces
from xaicheck.reading.words import TEXT

_PIECES = "reading/article.html"


def heading(kicker: str, finding: str, look: str) -> Markup:
    """What this is about, the finding as a sentence, and what to look at."""
    return pieces(_PIECES).heading(kicker, finding, look)


def section(title: str, caption: str = "") -> Markup:
    """A section's title, which says its finding, and its caption."""
    return pieces(_PIECES).section(title, caption)


def lines(texts: Sequence[str]) -> Markup:
    """What the numbers say, a paragraph each; empty ones are left out."""
    return pieces(_PIECES).lines(texts)


def points(texts: Sequence[str]) -> Markup:
    """Remarks as a list, smaller than the lines; empty ones are left out."""
    return pieces(_PIECES).points(texts)


def chart_title(finding: str) -> Markup:
    """The title of one chart, which says its finding."""
    return pieces(_PIECES).chart_title(finding)


def conclusion(verdict: Verdict, *, title: str = TEXT.conclusion, beside: str = "") -> Markup:
    """What may and may not be concluded; `beside`: Markup that stands below what may be."""
    return pieces(_PIECES).conclusion(verdict, title, beside, TEXT.may, TEXT.may_not)
