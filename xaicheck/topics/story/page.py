"""The page Story: cards in plain words from the visitor's last results, one at a time or all."""

from __future__ import annotations

import streamlit as st

from xaicheck.address import OneOf, Parameter
from xaicheck.experiments.ranking.rank import default_choice
from xaicheck.methods import METHODS
from xaicheck.reading.numbers import Reading
from xaicheck.topics.ranking import page_views
from xaicheck.topics.story import drawing
from xaicheck.topics.story.cards import Card, story
from xaicheck.topics.story.words import TEXT
from xaicheck.web import frame, link, session

ALL = "all"
CHOICES = ("1", "2", "3", "4", "5", "6", ALL)  # as many as there may be
CARD = Parameter("card", OneOf(CHOICES), CHOICES[0])


def draw() -> None:
    """Draws the page: one card or all, or that there is nothing to tell."""
    st.html(drawing.sheet())
    cards, source = _cards()
    if cards is None:
        st.title(TEXT.kicker)
        st.text(TEXT.nothing)
        return
    chosen = _begun(len(cards))
    with st.container(key="story_way", horizontal=True, vertical_alignment="center"):
        st.html(drawing.kicker(f"{TEXT.kicker} · {source}"))
        _way(chosen, len(cards))
    shown = cards if chosen == ALL else (cards[int(chosen) - 1],)
    with st.container(key=f"story_{'all' if chosen == ALL else 'one'}"):
        for number, card in enumerate(shown):
            st.html(drawing.card(card, len(cards), heading=1 if number == 0 else 2))
            _foot(card)
    link.copy_button(private=source == TEXT.own, note=TEXT.own_link)


def _begun(count: int) -> str:
    """The card that is asked for; the last one for a number beyond it."""
    chosen = link.begins(CARD)
    if chosen != ALL and int(chosen) > count:
        chosen = st.session_state[CARD.key] = str(count)
    return chosen


def _way(chosen: str, count: int) -> None:
    """Draws Back, the numbers and Next."""
    at = 0 if chosen == ALL else int(chosen)
    last = at in (0, count)
    st.button(TEXT.back, key="story_back", on_click=_go, args=(at - 1,), disabled=at <= 1, shortcut="Left")
    st.segmented_control(
        TEXT.card,
        (*CHOICES[:count], ALL),
        required=True,
        key=CARD.key,
        format_func=lambda key: TEXT.all if key == ALL else key,
        label_visibility="collapsed",
        help=TEXT.all_help,
    )
    st.button(
        TEXT.next, key="story_next", on_click=_go, args=(at + 1,), disabled=last, shortcut="Right",
        type="secondary" if last else "primary",
    )  # fmt: skip
    link.kept(CARD, chosen)


def _go(number: int) -> None:
    st.session_state[CARD.key] = str(number)


def _foot(card: Card) -> None:
    """Draws the way to the numbers; a link inside the program keeps the visitor's run."""
    with st.container(key=f"story_link_{card.number}"):
        st.page_link(
            frame.served(card.link.page),
            label=card.link.text,
            icon=":material/arrow_right_alt:",
            query_params=dict(card.link.params),
        )


def _cards() -> tuple[tuple[Card, ...] | None, str]:
    """(the cards of the visitor's last results or of the sample, where they come from)."""
    sample = session.sample()
    lent = Reading(sample) if sample is not None else None
    state: session.State | None = st.session_state.get("state")
    own = state.report if state is not None and not state.precomputed else None
    gallery = page_views.gallery()
    shared = None if gallery is None else gallery.association(default_choice(gallery.data))
    if own is not None:
        told = story(Reading(own), METHODS, lent, shared)
        if told is not None:
            return told, TEXT.own
    told = None if lent is None else story(lent, METHODS, None, shared)
    return told, TEXT.not_told if own is not None else TEXT.sample
