"""The line above the viewer: where the results come from, how a run goes, or what stands in the way.

One thing at a time, at a place of constant height: nothing below it moves when a run starts or ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from xaicheck.models import samples
from xaicheck.reading import sentences, words
from xaicheck.reading.numbers import Reading
from xaicheck.topics.check import controls
from xaicheck.topics.check.captions import TEXT
from xaicheck.types import Report
from xaicheck.web import client, session, waiting, widgets


@dataclass(frozen=True, slots=True)
class Place:
    """What the line leaves to the page: the reader's level, and the bar that a run moves."""

    level: str
    bar: DeltaGenerator


def draw(
    chosen: session.Chosen, state: session.State, shown: Report | None, held: client.Held | None
) -> Place:
    """The place; draws the line and the switch of the level beside it."""
    with st.container(key="status", horizontal=True, vertical_alignment="center"):
        with st.container(key="said", horizontal=True, wrap=False, vertical_alignment="center"):
            bar = st.empty()
            if held is not None:
                waiting.show(bar, held.job, held.queue.ahead(held.job))
                st.button(
                    words.TEXT.stop,
                    on_click=session.stop,
                    key="stop",
                    icon=":material/stop:",
                    help=TEXT.running,
                )
            else:
                _still(chosen, state, shown, bar)
        with st.container(key="reader", width="content"):
            level = widgets.level()
    return Place(level, bar)


def _still(chosen: session.Chosen, state: session.State, shown: Report | None, place: DeltaGenerator) -> None:
    """Draws the line while nothing runs."""
    refused = chosen.is_error and chosen.image is None  # the reason stands beside the uploader
    error = state.error or (chosen.problem if chosen.is_error and not refused else "")
    stale = shown is not None and chosen.request is not None and not session.same(state, chosen)
    if error:
        place.error(error, icon=":material/error:")
    elif refused and shown is not None:
        name = samples.display(shown.image_name, shown.request.image)
        place.warning(widgets.literal(TEXT.still.format(picture=name)), icon=":material/history:")
    elif stale and chosen.request is not None and shown is not None:
        different = session.differences(shown.request, chosen.request)
        line = words.link_line(different) if state.linked else words.stale_line(different)
        place.warning(f"{state.notice} {line}".strip(), icon=":material/history:")
    elif state.notice:
        place.info(state.notice, icon=":material/info:")
    elif shown is not None:
        place.caption(sentences.done_line(Reading(shown), precomputed=state.precomputed))
    if stale or (error and chosen.request is not None):
        st.button(TEXT.run, key="run_here", on_click=controls.press_run, icon=":material/play_arrow:")
