"""The part of two random networks on the check page: what they share beside the trained and a random one."""

from __future__ import annotations

import streamlit as st

from xaicheck.methods import METHODS
from xaicheck.reading import article, band_sentences, tables, words
from xaicheck.reading.bands import Bands
from xaicheck.reading.numbers import Reading
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.viewer.scene import View
from xaicheck.web import widgets


def draw(reading: Reading, look: View, level: str) -> None:
    """Draws the finding, its sentences and the table at the depth that is looked at, or the nearest to it."""
    at = band_sentences.behind(Bands(reading), SIMILARITIES[look.measure], look.depth, METHODS)
    if at is None:
        return
    says = words.TEXT.bands
    widgets.section(band_sentences.title(at), says.caption.at(level))
    st.html(article.lines(band_sentences.lines(at)))
    widgets.table(tables.bands(at), "bands", says.table)
