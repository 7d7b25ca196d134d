"""What every page of the argument is built from: the level of the texts, charts, tables to take away."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import streamlit as st

from xaicheck.address import OneOf, Parameter
from xaicheck.reading import article, tables, words
from xaicheck.reading.captions import LEVELS, Verdict
from xaicheck.web import link

LEVEL = Parameter("level", OneOf(tuple(LEVELS), LEVELS), next(iter(LEVELS)))

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


class Described(Protocol):
    """What the registries hold: a name and a sentence."""

    @property
    def label(self) -> str:
        """The name on the button."""

    @property
    def summary(self) -> str:
        """What it does."""


def choices_help(entries: Mapping[str, Described]) -> str:
    """The help of a choice among entries: a line for each, the name and what it does."""
    return "\n".join(f"- **{entry.label}**: {entry.summary}" for entry in entries.values())


def literal(text: str) -> str:
    """Markdown that shows the text as it stands, letter by letter: for names that come from a visitor."""
    return _PUNCTUATION.sub(r"\\\g<0>", text)


def level() -> str:
    """The visitor's level, a key of LEVELS, kept over all pages; draws the switch."""
    link.begins(LEVEL)
    chosen = st.segmented_control(
        words.TEXT.level,
        list(LEVELS),
        required=True,
        key=LEVEL.key,
        format_func=lambda key: LEVELS[key],
        label_visibility="collapsed",
        help=words.TEXT.level_help,
    )
    return link.kept(LEVEL, str(chosen))


def heading(kicker: str, finding: str, look: str) -> None:
    """Draws the page's finding and what to look at."""
    st.html(article.heading(kicker, finding, look))


def section(title: str, caption: str = "") -> None:
    """Draws a section's title and caption."""
    st.html(article.section(title, caption))


def lines(*texts: str) -> None:
    """Draws what the numbers say, a paragraph each; nothing without any text."""
    if any(texts):
        st.html(article.lines(texts))


def points(*texts: str) -> None:
    """Draws remarks as a list; nothing without any."""
    if any(texts):
        st.html(article.points(texts))


def conclusion(verdict: Verdict, *, private: bool = False) -> None:
    """Draws what may and may not be concluded, and the button that copies the page's link.

    `private`: the numbers are of the visitor's own pictures, which no link carries.
    """
    st.html(article.section(words.TEXT.conclusion))
    st.html(article.conclusion(verdict))
    link.copy_button(private)


def chart(fig: Any, alt: str, key: str) -> None:
    """Draws a plotly figure with its alternative text."""
    config = {"displayModeBar": False, "scrollZoom": False}
    st.plotly_chart(fig, width="stretch", key=key, alt=alt, config=config)


def table(rows: Sequence[Mapping[str, Any]], name: str, label: str = words.TEXT.table) -> None:
    """Draws the numbers behind a picture, folded away, with a button to take them as CSV."""
    with st.container(key=f"twin-{name}"), st.expander(label):
        shown(rows)
        st.download_button(
            words.TEXT.download,
            as_csv(rows),
            f"xaicheck-{name}.csv",
            "text/csv",
            key=f"download-{name}",
            icon=":material/download:",
            on_click="ignore",
        )


def shown(rows: Sequence[Mapping[str, Any]]) -> None:
    """Draws a table of rows; a column of numbers has one number of decimals and stands to the right."""
    import pandas as pd

    frame = pd.DataFrame(tables.filled(rows))
    floats = frame.select_dtypes("float")
    written = {name: words.column(floats[name].tolist()) for name in floats}
    right = st.column_config.Column(alignment="right")
    texts = frame.select_dtypes(exclude="number")
    aligned = {name: right for name in texts if words.are_numbers(texts[name])}
    st.dataframe(
        frame.style.format(written, na_rep=words.DASH),
        hide_index=True,
        width="stretch",
        column_config=aligned,
    )


def as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows as CSV, UTF-8; None becomes an empty cell."""
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
