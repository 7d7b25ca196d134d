"""What a visitor's session holds: the results that are shown, the run that is going on, the last notice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from xaicheck.engine.settings import SETTINGS, offered
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.models.images import model_view
from xaicheck.models.registry import MODELS
from xaicheck.reading import words
from xaicheck.reading.numbers import part
from xaicheck.types import Coverage, ImageInput, Report, Request, Target


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """What the sidebar says: a request and its picture, or the problem that stands in the way."""

    request: Request | None
    image: ImageInput | None
    private: bool  # the picture is the visitor's own
    problem: str = ""
    is_error: bool = False  # False: something is still missing, which is no mistake


@dataclass(slots=True)
class State:
    """One visitor's page; never shared."""

    report: Report | None = None  # the last complete results
    precomputed: bool = False  # they came with the program
    private: bool = False  # they are of the visitor's own picture
    linked: bool = False  # the visitor came by a link that asks for other results than those shown
    running: Chosen | None = None
    attempts: int = 0  # of this run: another visitor's cancelling may take a job along
    notice: str = ""
    error: str = ""


def current(chosen: Chosen) -> State:
    """The state after the visitor's last move: a press of Run starts, a changed setting stops."""
    state: State = st.session_state.setdefault("state", State())
    pressed = st.session_state.pop("pressed", False)
    if state.report is None:
        state.report, state.precomputed = sample(), True
        state.linked = chosen.request is not None and not same(state, chosen)
    if pressed and chosen.request is not None:
        _start(state, chosen)
    elif state.running is not None and chosen.request != state.running.request:
        state.running, state.notice = None, words.TEXT.stopped
    return state


def stop() -> None:
    """Ends the run that goes on: the callback of the Stop button."""
    state: State = st.session_state["state"]
    state.running, state.notice = None, ""


def ended(state: State, report: Report | None, error: str) -> None:
    """Ends the run: its report is shown from now on, or what went wrong."""
    if report is not None:
        state.report, state.precomputed = report, False
        state.private = state.running is not None and state.running.private
    state.running, state.error = None, error


def _start(state: State, chosen: Chosen) -> None:
    state.notice = state.error = ""
    state.attempts = 0
    state.linked = False
    ready = sample()
    narrowed = part(ready, chosen.request) if ready is not None and chosen.request is not None else None
    if narrowed is not None and not (state.precomputed and state.running is None and same(state, chosen)):
        state.report, state.precomputed, state.running = ready, True, None
        state.private = False
    else:
        state.running = chosen


def same(state: State, chosen: Chosen) -> bool:
    """Whether the results that are shown answer what the sidebar says."""
    return fitting(state, chosen) is not None


def fitting(state: State, chosen: Chosen) -> Report | None:
    """The part of the shown results that answers the sidebar; None when something else was asked."""
    if state.report is None or chosen.request is None:
        return None
    return part(state.report, chosen.request)


@st.cache_resource(show_spinner=False)
def sample() -> Report | None:
    """The results that come with the program; None when they are not there or no longer readable."""
    return shipped.load()


def empty_report(chosen: Chosen) -> Report:
    """A report with nothing in it yet, so that the page has its places before the first map arrives."""
    assert chosen.request is not None and chosen.image is not None
    request: Request = chosen.request
    spec = MODELS[request.model]
    view = model_view(chosen.image, spec)
    blocks = tuple(block.name for block in spec.blocks)
    return Report(
        request=request,
        image_name=chosen.image.name,
        view=np.asarray(view),
        target=Target(-1, "not known yet", float("nan")),
        blocks=blocks,
        depths=request.depths or tuple(range(len(blocks) + 1)),
        attributions=(),
        scores=(),
        activations=(),
        liveness=(),
        coverage=Coverage(float("nan"), (), ()),
        versions=(),
        device="",
        seconds=0.0,
        complete=False,
        image_notes=chosen.image.notes,
    )


def differences(shown: Request, asked: Request) -> list[str]:
    """What differs between two requests, in words."""
    names = {"image": "the picture", "model": "the network"}
    names |= {setting.key: setting.spoken for setting in offered()}
    if shown.model == asked.model:  # another network has other depths
        names["depths"] = SETTINGS["depths"].spoken
    found = [name for field, name in names.items() if getattr(shown, field) != getattr(asked, field)]
    before, after = dict_of(shown), dict_of(asked)
    if set(before) != set(after):
        found.append("the methods")
    if any(before[key] != after[key] for key in set(before) & set(after)):
        found.append("the settings of a method")
    return found


def dict_of(request: Request) -> dict[str, tuple[tuple[str, int | float], ...]]:
    """Parameters by method key."""
    return {choice.key: choice.params for choice in request.methods}
