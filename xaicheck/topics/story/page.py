"""The page Story: five cards in plain words from the visitor's last results, one at a time or all."""

from __future__ import annotations

from html import escape

import streamlit as st

from xaicheck.address import OneOf, Parameter
from xaicheck.methods import METHODS
from xaicheck.reading.numbers import Reading
from xaicheck.topics.story import draw as drawn, words
from xaicheck.topics.story.cards import Card, Link, story
from xaicheck.topics.story.style import STYLE
from xaicheck.web import frame, link, session

CARD = Parameter("card", OneOf(tuple(words.CHOICES)), "1")
ALL = "all"


def draw() -> None:
    """The page."""
    st.html(f"<style>{STYLE}</style>")
    cards, source = _cards()
    if cards is None:
        st.title(words.KICKER)
        st.text(words.NOTHING)
        return
    chosen = link.begins(CARD)
    with st.container(key="story_way", horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="xc-kicker">{escape(f"{words.KICKER} · {source}")}</p>')
        _way(chosen, len(cards))
    shown = cards if chosen == ALL else (cards[int(chosen) - 1],)
    with st.container(key=f"story_{'all' if chosen == ALL else 'one'}"):
        for number, card in enumerate(shown):
            st.html(drawn.card(card, len(cards), heading=1 if number == 0 else 2))
            _foot(card)
    link.copy_button(private=source == words.OWN, note=words.OWN_LINK)


def _way(chosen: str, count: int) -> None:
    """Nothing; draws Back, the numbers and Next."""
    at = 0 if chosen == ALL else int(chosen)
    last = at in (0, count)
    st.button(words.BACK, key="story_back", on_click=_go, args=(at - 1,), disabled=at <= 1, shortcut="Left")
    st.segmented_control(
        words.CARD,
        list(words.CHOICES),
        required=True,
        key=CARD.key,
        format_func=lambda key: words.CHOICES[key],
        label_visibility="collapsed",
        help=words.ALL_HELP,
    )
    st.button(
        words.NEXT, key="story_next", on_click=_go, args=(at + 1,), disabled=last, shortcut="Right",
        type="secondary" if last else "primary",
    )  # fmt: skip
    link.kept(CARD, chosen)


def _go(number: int) -> None:
    st.session_state[CARD.key] = str(number)


def _foot(card: Card) -> None:
    """Nothing; draws the way to the numbers; a link inside the program keeps the visitor's run."""
    target: Link = card.link
    with st.container(key=f"story_link_{card.number}"):
        st.page_link(
            frame.served(target.page),
            label=target.text,
            icon=":material/arrow_right_alt:",
            query_params=dict(target.params),
        )


def _cards() -> tuple[tuple[Card, ...] | None, str]:
    """(the cards of the visitor's last results or of the sample, where they come from)."""
    sample = session.sample()
    lent = Reading(sample) if sample is not None else None
    state: session.State | None = st.session_state.get("state")
    own = state.report if state is not None and not state.precomputed else None
    if own is not None:
        told = story(Reading(own), METHODS, lent)
        if told is not None:
            return told, words.OWN
    told = None if lent is None else story(lent, METHODS, None)
    return told, words.NOT_TOLD if own is not None else words.SAMPLE
