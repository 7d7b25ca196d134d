"""The page Methods: one picture's maps under every way to compare them, and the catalogue of everything."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from xaicheck.address import Parameter, Text, named
from xaicheck.experiments.first_visit import examples
from xaicheck.experiments.first_visit.examples import Examples
from xaicheck.methods import METHODS
from xaicheck.reading import words
from xaicheck.similarity.measures import SIMILARITIES, canonical
from xaicheck.similarity.normalise import DEFAULT, DEFAULT_SIGN, NORMALISATIONS, SIGNS
from xaicheck.topics.methods import cards, numbers, page_closer as methods_closer, words as texts
from xaicheck.topics.methods.catalog import SECTIONS, search
from xaicheck.topics.methods.entries import Entry, Fact
from xaicheck.topics.methods.style import STYLE
from xaicheck.types import Comparison
from xaicheck.web import link, widgets

ASKED = (
    Parameter("methods_measure", named(SIMILARITIES), next(iter(SIMILARITIES))),
    Parameter("methods_normalisation", named(NORMALISATIONS), DEFAULT),
    Parameter("methods_sign", named(SIGNS), DEFAULT_SIGN),
)
SECTION = Parameter("methods_section", named(SECTIONS), next(iter(SECTIONS)))
MOST = 80  # characters of a search
SEARCH = Parameter("methods_search", Text(MOST), "")


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """What is computed once a process."""

    examples: Examples
    scores: numbers.Scores | None
    worked: numbers.Worked | None


@st.cache_resource(show_spinner=False)
def computed() -> Computed | None:
    """The stored maps and all that follows from them; None without them."""
    found = examples.load()
    if found is None:
        return None
    signed = {key: method.signed for key, method in METHODS.items()}
    return Computed(found, numbers.scores(found), numbers.worked(found, signed))


@st.cache_resource(show_spinner=False)
def thumbnails() -> dict[str, str]:
    """Every method's two maps as small pictures, HTML by method."""
    known = computed()
    return {} if known is None else {k: cards.small(METHODS[k], p) for k, p in known.examples.pairs.items()}


@st.cache_resource(show_spinner=False)
def pictures() -> dict[str, str]:
    """Every method's two maps as HTML, by the anchor of its card."""
    known = computed()
    if known is None:
        return {}
    drawn = {}
    for key, pair in known.examples.pairs.items():
        section = "controls" if METHODS[key].control else "methods"
        drawn[_anchor(section, key)] = cards.picture(METHODS[key], pair)
    return drawn


def draw() -> None:
    """The widgets."""
    level = widgets.level()
    st.html(f"<style>{STYLE}</style>")
    known = computed()
    found = known.scores if known else None
    widgets.heading(texts.KICKER, texts.opening(found), texts.LOOK.at(level))
    chosen = _maps(known, level) if known and known.scores else None
    if chosen is None:
        st.info(texts.NO_EXAMPLES)
    _catalogue(known, chosen, level)
    moved = numbers.most_moved(found) if found else None
    widgets.conclusion(texts.verdict(found, moved, known.worked if known else None))


def _maps(known: Computed, level: str) -> Comparison:
    """The chosen comparison; draws the maps in its order."""
    found = known.scores
    assert found is not None
    head = st.container()
    asked = _asked()
    chosen = canonical(asked)
    default = canonical(Comparison(next(iter(SIMILARITIES))))
    with head:
        widgets.section(texts.order_line(found, chosen, default), texts.where(known.examples))
    widgets.lines(texts.same_line(asked, chosen), texts.missing_line(found))
    st.html(cards.tiles(found, chosen, thumbnails()))
    st.caption(texts.STORED)
    methods_closer.draw(known.examples, found, chosen)
    widgets.section(texts.firsts_title(found), texts.firsts_caption(found).at(level))
    st.html(cards.firsts(found))
    rows = [
        {"Comparison": numbers.name(one)}
        | {METHODS[key].label: float(value) for key, value in zip(found.methods, row, strict=True)}
        for one, row in zip(found.comparisons, found.values, strict=True)
    ]
    widgets.table(rows, "comparisons")
    return chosen


def _asked() -> Comparison:
    """What the visitor has chosen; draws the widgets."""
    for known in ASKED:
        link.begins(known)
    left, middle, right = st.columns(3, gap="medium")
    measure = left.selectbox(
        texts.CONTROLS["measure"],
        list(SIMILARITIES),
        key="methods_measure",
        format_func=lambda key: SIMILARITIES[key].label,
        help="\n".join(f"- **{m.label}**: {m.summary}" for m in SIMILARITIES.values()),
    )
    normalisation = middle.selectbox(
        texts.CONTROLS["normalisation"],
        list(NORMALISATIONS),
        key="methods_normalisation",
        format_func=lambda key: NORMALISATIONS[key].label,
        help="\n".join(f"- **{n.label}**: {n.summary}" for n in NORMALISATIONS.values()),
    )
    sign = right.selectbox(
        texts.CONTROLS["sign"],
        list(SIGNS),
        key="methods_sign",
        format_func=lambda key: SIGNS[key].label,
        help="\n".join(f"- **{s.label}**: {s.summary}" for s in SIGNS.values()),
    )
    chosen = [str(one) for one in (measure, normalisation, sign)]
    for known, one in zip(ASKED, chosen, strict=True):
        link.kept(known, one)
    return Comparison(*chosen)


def _catalogue(known: Computed | None, chosen: Comparison | None, level: str) -> None:
    """Nothing; draws the chosen section, or what a search finds in all of them."""
    widgets.section(texts.CATALOGUE)
    link.begins(SECTION)
    link.begins(SEARCH)
    section = st.pills(
        texts.CONTROLS["section"],
        list(SECTIONS),
        required=True,
        key="methods_section",
        format_func=lambda key: SECTIONS[key].label,
        label_visibility="collapsed",
    )
    wanted = st.text_input(
        texts.CONTROLS["search"],
        key="methods_search",
        placeholder=texts.CONTROLS["placeholder"],
        icon=":material/search:",
        max_chars=MOST,
    )
    link.kept(SECTION, str(section))
    link.kept(SEARCH, wanted)
    more = _facts(known, chosen)
    if wanted.strip():
        _found(wanted, level, more)
        return
    key = str(section)
    st.html(cards.index(SECTIONS[key].entries))
    if key == "similarity" and known is not None and known.worked is not None:
        st.html(f'<p class="xc-line">{texts.WORKED.at(level)}</p>{cards.cases(known.worked)}')
    if key == "networks":
        widgets.section(texts.refused_line() + ".", texts.MATRIX.at(level))
        st.html(cards.matrix())
    for group in SECTIONS[key].make():
        if group.title or group.caption:
            widgets.section(group.title or SECTIONS[key].label, group.caption)
        st.html(cards.grid(group.entries, level, pictures=pictures(), more=more))


def _found(wanted: str, level: str, more: dict[str, Fact]) -> None:
    hits = search(wanted)
    labels = {key: section.label for key, section in SECTIONS.items()}
    st.text(texts.found_line({key: len(entries) for key, entries in hits.items()}, labels))
    for key, entries in hits.items():
        widgets.section(labels[key])
        st.html(cards.grid(entries, level, pictures=pictures(), more=more))


def _facts(known: Computed | None, chosen: Comparison | None) -> dict[str, Fact]:
    """What is computed of an entry, by the anchor of its card."""
    facts = {}
    if known is not None and known.worked is not None:
        for key, measure in SIMILARITIES.items():
            facts[_anchor("similarity", key)] = Fact(
                "Computed here", texts.worked_line(measure, known.worked)
            )
    if known is not None and known.scores is not None and chosen is not None:
        for key, method in METHODS.items():
            section = "controls" if method.control else "methods"
            score = known.scores.score(chosen, key)
            shown = words.number(score.value) if score.value is not None else score.why
            facts[_anchor(section, key)] = Fact("Score", f"{shown} ({numbers.name(chosen)})")
    return facts


def _anchor(section: str, key: str) -> str:
    return Entry(section, key, "", "", (), ()).anchor
