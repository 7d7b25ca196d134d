"""The page Methods: one picture's maps under every way to compare them, and the catalogue of everything."""

from __future__ import annotations

import streamlit as st

from xaicheck.experiments.first_visit import examples
from xaicheck.methods import METHODS
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.methods import cards, numbers, page_catalogue, page_maps, sentences
from xaicheck.topics.methods.words import TEXT
from xaicheck.web import widgets


def draw() -> None:
    """Draws the page; without the stored maps it is the catalogue alone."""
    level = widgets.level()
    st.html(cards.sheet())
    computed = _computed(tuple(METHODS), tuple(SIMILARITIES))
    scores = computed.scores if computed else None
    widgets.heading(TEXT.kicker, sentences.opening(scores), TEXT.look.at(level))
    if computed and scores:
        chosen = page_maps.draw(computed.examples, scores, level)
    else:
        chosen = None
        st.info(TEXT.no_examples)
    page_catalogue.draw(computed, chosen, level)
    moved = numbers.most_moved(scores) if scores else None
    widgets.conclusion(sentences.verdict(scores, moved, computed.worked if computed else None))


@st.cache_resource(show_spinner=False)
def _computed(methods: tuple[str, ...], measures: tuple[str, ...]) -> numbers.Computed | None:
    """What is computed once a process, for these methods and measures; None without the stored maps."""
    stored = examples.load()
    return None if stored is None else numbers.computed(stored)
