"""The page Methods in HTML: tiles of maps, cards of the catalogue, the matrix of refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup

from xaicheck.experiments.first_visit.examples import Pair
from xaicheck.methods import METHODS, refusal
from xaicheck.models.registry import MODELS
from xaicheck.reading import heatmap
from xaicheck.reading.templates import css, pieces, style
from xaicheck.reading.words import colour_end, map_alt, number
from xaicheck.topics.methods.entries import Entry, Fact
from xaicheck.topics.methods.numbers import CASES, Scores, Worked
from xaicheck.topics.methods.words import TEXT
from xaicheck.types import Comparison, Method

LIBRARIES = {"captum", "timm", "torchvision", "zennit"}  # they keep their small letter
_PIECES = "topics/methods/cards.html"


def sheet() -> Markup:
    """The page's style sheet."""
    return style(css("topics/methods/style.css"))


def tiles(scores: Scores, chosen: Comparison, pictures: Mapping[str, Markup]) -> Markup:
    """A tile for each method, most changed first: its picture (see `small`) and its score."""
    places = scores.ranks(chosen)
    items = []
    for key in (*scores.order(chosen), *scores.missing):
        method = METHODS[key]
        name = f"{_rank(places.get(key), list(places.values()))} {method.label}".strip()
        items.append((method.control, pictures[key], name, number(scores.score(chosen, key).value)))
    return pieces(_PIECES).tiles(TEXT.maps, items)


def small(method: Method, pair: Pair) -> Markup:
    """A method's two maps for its tile."""
    return pieces(_PIECES).small([_frame(method, values, which, thin=True) for which, values in _sides(pair)])


def _rank(place: float | None, among: Sequence[float]) -> str:
    """A place as a number; those that tie share theirs, as in 11–13: a mean of 12 is no place of any."""
    if place is None:
        return ""
    first = 1 + sum(other < place for other in among)
    last = first + sum(other == place for other in among) - 1
    return f"{first}." if first == last else f"{first}–{last}."


def _sides(pair: Pair) -> tuple[tuple[str, np.ndarray | None], ...]:
    return ("trained network", pair.original), ("random network", pair.randomized)


def _frame(method: Method, values: np.ndarray | None, which: str, *, thin: bool = False) -> Markup:
    """A map as a picture, or why there is none; `thin`: every second pixel, colours of the whole."""
    why = heatmap.why_not_drawn(values)
    limit = heatmap.map_range(values)
    if values is None or limit is None or why:
        return pieces(_PIECES).frame("", "", why or "no map")
    # A mean over pixels would take away the noise that there is.
    drawn = np.ascontiguousarray(values[::2, ::2]) if thin else values
    src = heatmap.data_url(heatmap.png(drawn, limit, signed=method.signed))
    alt = map_alt(method.label, which, limit, "every block of it" if "random" in which else "original")
    return pieces(_PIECES).frame(src, alt, "")


def firsts(scores: Scores) -> Markup:
    """How often each method comes first, as bars."""
    total = scores.ways
    rows = [(METHODS[key], f"{100 * times / total:.0f}", f"{times:.3g}") for key, times in scores.firsts()]
    return pieces(_PIECES).firsts(rows, total)


def cases(worked: Worked, caption: str) -> Markup:
    """The three maps that every measure is shown on."""
    limit = heatmap.map_range(worked.maps["same"])
    pictures = []
    for case, label in CASES.items():
        src = heatmap.data_url(heatmap.png(worked.maps[case], limit or 0.0, signed=True))
        alt = f"{METHODS[worked.method].label} map, {label.lower()}: colours up to {colour_end(limit)}"
        pictures.append((label, pieces(_PIECES).frame(src, alt, "")))
    return pieces(_PIECES).cases(caption, pictures)


def index(entries: Sequence[Entry]) -> Markup:
    """Links to the entries below."""
    return pieces(_PIECES).index(TEXT.catalogue, entries)


def grid(
    entries: Sequence[Entry],
    level: str,
    *,
    pictures: Mapping[str, Markup] | None = None,
    more: Mapping[str, Fact] | None = None,
) -> Markup:
    """The entries as cards; `pictures` and `more` are what they have beside their facts, by anchor."""
    cards = []
    for entry in entries:
        first = (more or {}).get(entry.anchor)
        facts = [
            (fact.label, _begun(fact), fact.formula)
            for fact in (*((first,) if first else ()), *entry.at(level))
        ]
        cards.append(pieces(_PIECES).card(entry, facts, (pictures or {}).get(entry.anchor)))
    return pieces(_PIECES).grid(cards)


def _begun(fact: Fact) -> str:
    """The text with a capital at its beginning, where that is a word and no formula."""
    begins = re.match(r"([a-z-]+)[ ,.:;]+[a-z]", fact.text)  # two words: no formula begins like that
    plain = not fact.formula and begins is not None and begins.group(1) not in LIBRARIES
    return fact.text[0].upper() + fact.text[1:] if plain else fact.text


def picture(method: Method, pair: Pair) -> Markup:
    """A method's two maps for its card, each with its scale."""
    figures = []
    for which, values in _sides(pair):
        limit = heatmap.map_range(values)
        scale = "" if limit is None else f", colours up to {colour_end(limit)}"
        why = pair.why if values is None else ""
        figures.append((_frame(method, values, which), which.capitalize() + scale, why))
    return pieces(_PIECES).picture(figures)


def matrix() -> Markup:
    """Methods by networks: a tick, or the number of the reason below why it is refused."""
    reasons: dict[str, int] = {}
    rows = []
    for method in METHODS.values():
        refused = [refusal(method, spec) for spec in MODELS.values()]
        cells = [
            None if reason is None else (reason, reasons.setdefault(reason, len(reasons) + 1))
            for reason in refused
        ]
        rows.append((method.label, cells))
    sentences = [reason[0].upper() + reason[1:] for reason in reasons]
    return pieces(_PIECES).matrix([spec.label for spec in MODELS.values()], rows, sentences)
