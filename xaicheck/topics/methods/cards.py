"""HTML of the page Methods: tiles of maps, cards of the catalogue, the matrix of refusals; all escaped."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from xaicheck.experiments.first_visit.examples import Pair
from xaicheck.methods import METHODS, refusal
from xaicheck.models.registry import MODELS
from xaicheck.reading import heatmap, words
from xaicheck.topics.methods import words as methods_words
from xaicheck.topics.methods.entries import Entry, Fact
from xaicheck.topics.methods.numbers import CASES, Scores, Worked
from xaicheck.types import Comparison, Method

LIBRARIES = {"captum", "timm", "torchvision", "zennit"}  # they keep their small letter


def tiles(found: Scores, chosen: Comparison, pictures: Mapping[str, str]) -> str:
    """A tile for each method, most changed first: its picture (see `small`) and its score."""
    places = found.ranks(chosen)
    order = [*found.order(chosen), *found.missing]
    body = "".join(
        _tile(METHODS[key], pictures[key], places.get(key), words.number(found.score(chosen, key).value))
        for key in order
    )
    return f'<ol class="xm-tiles" aria-label="{escape(methods_words.MAPS)}">{body}</ol>'


def _tile(method: Method, picture: str, place: float | None, score: str) -> str:
    kind = ' class="xm-control"' if method.control else ""
    note = "control" if method.control else ""
    name = f"{_rank(place)} {method.label}".strip()
    return (
        f'<li{kind}>{picture}<b class="xm-name" title="{escape(name)}">{escape(name)}</b>'
        f'<div class="xm-row"><b>{escape(score)}</b><span>{note}</span></div></li>'
    )


def small(method: Method, pair: Pair) -> str:
    """A method's two maps for its tile."""
    thin = Pair(_thinned(pair.original), _thinned(pair.randomized))
    return f'<div class="xm-pair">{"".join(_frame(method, v, which) for which, v in _sides(thin))}</div>'


def _rank(place: float | None) -> str:
    """A place as a number; two that tie share theirs, as in 12–13."""
    if place is None:
        return ""
    low, high = math.floor(place), math.ceil(place)
    return f"{low}." if low == high else f"{low}–{high}."


def _thinned(values: np.ndarray | None) -> np.ndarray | None:
    """Every second pixel: a mean over pixels would take away the noise that there is."""
    return None if values is None else np.ascontiguousarray(values[::2, ::2])


def _sides(pair: Pair) -> tuple[tuple[str, np.ndarray | None], ...]:
    return ("trained network", pair.original), ("random network", pair.randomized)


def _frame(method: Method, values: np.ndarray | None, which: str) -> str:
    why = heatmap.why_not_drawn(values)
    limit = heatmap.map_range(values)
    if values is None or limit is None or why:
        return f'<div class="xc-frame xc-why">{escape(why or "no map")}</div>'
    src = heatmap.data_url(heatmap.png(values, limit, signed=method.signed))
    alt = words.map_alt(method.label, which, limit, "every block of it" if "random" in which else "original")
    return f'<div class="xc-frame"><img src="{src}" alt="{escape(alt)}"></div>'


def firsts(found: Scores) -> str:
    """How often each method comes first, as bars."""
    total = len(found.comparisons)
    rows = []
    for key, times in found.firsts():
        method = METHODS[key]
        kind = ' class="xc-control"' if method.control else ""
        note = " (control)" if method.control else ""
        bar = (
            f'<div class="xc-track" aria-hidden="true"><i style="width:{100 * times / total:.0f}%"></i></div>'
        )
        rows.append(
            f"<tr{kind}><th scope='row'>{escape(method.label)}{note}</th><td>{bar}</td>"
            f"<td>{times:.3g} of {total}</td></tr>"
        )
    return f'<table class="xc-strip xm-firsts"><tbody>{"".join(rows)}</tbody></table>'


def cases(three: Worked) -> str:
    """The three maps that every measure is shown on."""
    limit = heatmap.map_range(three.maps["same"])
    figures = []
    for case, label in CASES.items():
        src = heatmap.data_url(heatmap.png(three.maps[case], limit or 0.0, signed=True))
        alt = f"{METHODS[three.method].label} map, {label.lower()}: colours up to {words.short(limit)}"
        figures.append(
            f'<figure><div class="xc-frame"><img src="{src}" alt="{escape(alt)}"></div>'
            f"<figcaption>{escape(label)}</figcaption></figure>"
        )
    return f'<div class="xm-cases">{"".join(figures)}</div>'


def index(entries: Sequence[Entry]) -> str:
    """Links to the entries below."""
    links = "".join(f'<a href="#{entry.anchor}">{escape(entry.title)}</a>' for entry in entries)
    return f'<nav class="xm-index" aria-label="{escape(methods_words.CATALOGUE)}">{links}</nav>'


def grid(
    entries: Sequence[Entry],
    level: str,
    *,
    pictures: Mapping[str, str] | None = None,
    more: Mapping[str, Fact] | None = None,
) -> str:
    """The entries as cards; `pictures` and `more` are HTML and a fact by anchor."""
    body = "".join(
        _card(entry, level, (pictures or {}).get(entry.anchor, ""), (more or {}).get(entry.anchor))
        for entry in entries
    )
    return f'<div class="xm-grid">{body}</div>'


def _card(entry: Entry, level: str, picture: str, first: Fact | None) -> str:
    tags = "".join(f'<span class="xc-tag">{escape(tag)}</span>' for tag in entry.tags)
    facts = ((first,) if first else ()) + entry.at(level)
    rows = "".join(
        f"<dt>{escape(fact.label)}</dt><dd{_formula(fact)}>{escape(_begun(fact))}</dd>" for fact in facts
    )
    listed = f'<dl class="xm-facts">{rows}</dl>' if rows else ""
    has = " xm-has" if picture else ""
    kind = " xm-control" if entry.section == "controls" else ""
    side = f'<div class="xm-maps">{picture}</div>' if picture else ""
    return (
        f'<article class="xm-card{kind}" id="{entry.anchor}">'
        f'<div class="xm-head"><h3>{escape(entry.title)}</h3>'
        f'<span class="xm-key">{escape(entry.key)}</span>{tags}</div>'
        f'<div class="xm-body{has}">{side}<p>{escape(entry.summary)}</p>'
        f"{listed}</div></article>"
    )


def _begun(fact: Fact) -> str:
    """The text with a capital at its beginning, where that is a word and no formula."""
    found = re.match(r"([a-z-]+)[ ,.:;]+[a-z]", fact.text)  # two words: no formula begins like that
    plain = not fact.formula and found is not None and found.group(1) not in LIBRARIES
    return fact.text[0].upper() + fact.text[1:] if plain else fact.text


def _formula(fact: Fact) -> str:
    return ' class="xm-formula"' if fact.formula else ""


def picture(method: Method, pair: Pair) -> str:
    """A method's two maps for its card, each with its scale."""
    parts = []
    for which, values in _sides(pair):
        limit = heatmap.map_range(values)
        scale = "" if limit is None else f", colours up to {words.short(limit)}"
        why = escape(pair.why) if values is None and pair.why else ""
        parts.append(
            f"<figure>{_frame(method, values, which)}"
            f"<figcaption>{escape(which.capitalize() + scale)} {why}</figcaption></figure>"
        )
    return "".join(parts)


def matrix() -> str:
    """Methods by networks: a tick, or the number of the reason below why it is refused."""
    reasons: dict[str, int] = {}
    rows = []
    for method in METHODS.values():
        cells = []
        for spec in MODELS.values():
            reason = refusal(method, spec)
            if reason is None:
                cells.append('<td class="xm-yes" aria-label="offered">✓</td>')
                continue
            number = reasons.setdefault(reason, len(reasons) + 1)
            cells.append(f'<td class="xm-no" title="{escape(reason)}">{number}</td>')
        rows.append(f'<tr><th scope="row">{escape(method.label)}</th>{"".join(cells)}</tr>')
    heads = "".join(f'<th scope="col"><span>{escape(spec.label)}</span></th>' for spec in MODELS.values())
    listed = "".join(f"<li>{escape(reason[0].upper() + reason[1:])}.</li>" for reason in reasons)
    return (
        f'<div class="xm-scroll"><table class="xm-matrix"><thead><tr><td></td>{heads}</tr></thead>'
        f'<tbody>{"".join(rows)}</tbody></table></div><ol class="xm-reasons">{listed}</ol>'
    )
