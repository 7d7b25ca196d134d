"""The catalogue on the page: one of its sections, or what a search finds in all of them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from markupsafe import Markup

from xaicheck.address import Parameter, Text, named
from xaicheck.experiments.first_visit.examples import Pair
from xaicheck.methods import METHODS
from xaicheck.reading.words import number
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.methods import cards, numbers, words
from xaicheck.topics.methods.catalog import SECTIONS, anchor_of, search
from xaicheck.topics.methods.entries import Entry, Fact, anchor
from xaicheck.topics.methods.numbers import Computed
from xaicheck.topics.methods.words import TEXT
from xaicheck.types import Comparison
from xaicheck.web import link, widgets

SECTION = Parameter("methods_section", named(SECTIONS), next(iter(SECTIONS)))
MOST = 80  # characters of a search
SEARCH = Parameter("methods_search", Text(MOST), "")


def draw(computed: Computed | None, chosen: Comparison | None, level: str) -> None:
    """Draws the chosen section, or what a search finds in all of them; scores are those of a comparison."""
    widgets.section(TEXT.catalogue)
    link.begins(SECTION)
    link.begins(SEARCH)
    section = st.pills(
        TEXT.section,
        list(SECTIONS),
        required=True,
        key=SECTION.key,
        format_func=lambda key: SECTIONS[key].label,
        label_visibility="collapsed",
    )
    wanted = st.text_input(
        TEXT.search,
        placeholder=TEXT.placeholder,
        key=SEARCH.key,
        icon=":material/search:",
        max_chars=MOST,
    )
    link.kept(SECTION, str(section))
    link.kept(SEARCH, wanted)
    more = _facts(computed, chosen)
    pictures = _pictures(tuple(METHODS), computed.examples.pairs) if computed else {}

    def grid(entries: tuple[Entry, ...]) -> None:
        st.html(cards.grid(entries, level, pictures=pictures, more=more))

    if wanted.strip():
        hits = search(wanted)
        labels = {key: SECTIONS[key].label for key in hits}
        st.text(words.hits_line({key: len(entries) for key, entries in hits.items()}, labels))
        for key, entries in hits.items():
            widgets.section(labels[key])
            grid(entries)
        return
    shown = SECTIONS[str(section)]
    groups = shown.groups
    st.html(cards.index([entry for group in groups for entry in group.entries]))
    if shown.key == "similarity" and computed and computed.worked:
        st.html(cards.cases(computed.worked, TEXT.worked.at(level)))
    if shown.key == "networks":
        widgets.section(words.refused_line() + ".", TEXT.matrix.at(level))
        st.html(cards.matrix())
    for group in groups:
        if group.title or group.caption:
            widgets.section(group.title or shown.label, group.caption)
        grid(group.entries)


def _facts(computed: Computed | None, chosen: Comparison | None) -> dict[str, Fact]:
    """What is computed of an entry, by the anchor of its card."""
    facts = {}
    if computed and computed.worked:
        for key, measure in SIMILARITIES.items():
            line = words.worked_line(measure, computed.worked)
            facts[anchor("similarity", key)] = Fact("Computed here", line)
    if computed and computed.scores and chosen:
        for key, method in METHODS.items():
            score = computed.scores.score(chosen, key)
            text = number(score.value) if score.value is not None else score.why
            facts[anchor_of(method)] = Fact("Score", f"{text} ({numbers.name(chosen)})")
    return facts


@st.cache_resource(show_spinner=False)
def _pictures(methods: tuple[str, ...], _pairs: Mapping[str, Pair]) -> dict[str, Markup]:
    """Every method's two maps, by the anchor of its card, drawn once a process."""
    return {anchor_of(METHODS[key]): cards.picture(METHODS[key], pair) for key, pair in _pairs.items()}
