"""The visitor's own pictures in the ranking gap: chosen in the sidebar, computed in the queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from xaicheck.broker import Job
from xaicheck.errors import XaicheckError
from xaicheck.experiments.ranking.request import RankingRequest, request_for
from xaicheck.experiments.ranking.setting import CONTROLS, MODEL, SOME, VARIANTS, Variant
from xaicheck.methods import DEFAULT_PANEL, METHODS, refusal
from xaicheck.models import images
from xaicheck.models.registry import MODELS
from xaicheck.reading import words
from xaicheck.topics.ranking.page_views import Views
from xaicheck.topics.ranking.words import TEXT, variant_label
from xaicheck.types import ImageInput
from xaicheck.web import client, picture, waiting

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

SOURCES = {"gallery": "Gallery", "own": "Yours"}
SEEDS = (2, 3)
MOST_PICTURES = 12
SECONDS = 6.5  # of a picture and a seed: for the random network, and again for each method; processor time
OWN_VARIANTS = {v.key: Variant(v.mode, v.law, v.batchnorm, SOME) for v in VARIANTS}


@dataclass(slots=True)
class State:
    """One visitor's own comparison; never shared."""

    views: Views | None = None
    answered: RankingRequest | None = None  # what the views are of
    running: Asked | None = None
    decoded: dict[str, ImageInput] = field(default_factory=dict)
    notice: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A comparison that can be computed."""

    request: RankingRequest
    pictures: tuple[ImageInput, ...]

    @property
    def seconds(self) -> float:
        """About how long it takes."""
        r = self.request
        return SECONDS * len(r.images) * len(r.seeds) * (1 + len(r.methods))


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Which numbers the page shows, and what is still to be computed."""

    views: Views | None  # None: the gallery's
    status: DeltaGenerator
    running: Asked | None

    def finish(self) -> None:
        """Computes what was asked for, after everything else is drawn."""
        if self.running is not None:
            _run(self.running, self.status)


def draw() -> Source:
    """What to show; draws the choice of pictures into the sidebar and its state into the page."""
    with st.sidebar:
        source = st.segmented_control(
            "Pictures",
            list(SOURCES),
            default="gallery",
            required=True,
            format_func=lambda key: SOURCES[key],
            key="ranking_pictures",
            width="stretch",
            persist_state="session",
        )
    status = st.container()
    if source != "own":
        return Source(None, status, None)
    state: State = st.session_state.setdefault("ranking_own", State())
    with st.sidebar:
        asked, problem, is_error = _asked(state)
        st.button(
            "Compare both orders",
            type="primary",
            width="stretch",
            key="ranking_run",
            icon=":material/play_arrow:",
            disabled=asked is None,
            on_click=_press,
        )
    if st.session_state.pop("ranking_pressed", False) and asked is not None:
        state.running, state.notice, state.error = asked, "", ""
    elif state.running is not None and (asked is None or asked.request != state.running.request):
        state.running, state.notice = None, words.TEXT.stopped
    with status:
        _tell(state, asked, problem, is_error=is_error)
    return Source(state.views, status, state.running)


def _asked(state: State) -> tuple[Asked | None, str, bool]:
    """(what can be computed, what stands in the way, whether that is a mistake); draws the widgets."""
    given = st.file_uploader(
        "Photographs of yours",
        accept_multiple_files=True,
        key="ranking_upload",
        help=picture.allowed(TEXT.own.upload_help),
    )
    methods = [
        *_pills("Attribution methods", "ranking_methods_own", control=False),
        *_pills("Controls", "ranking_controls_own", control=True),
    ]
    variant = st.selectbox(
        "Order and new weights",
        list(OWN_VARIANTS),
        key="ranking_own_variant",
        format_func=lambda key: variant_label(OWN_VARIANTS[key]),
    )
    seeds = st.segmented_control(
        "Seeds",
        SEEDS,
        default=SEEDS[0],
        required=True,
        key="ranking_seeds",
        help=TEXT.own.seeds_help,
        width="stretch",
    )
    pictures, problem = _pictures(state, given or [])
    if problem:
        return None, problem, True
    if not pictures:
        return None, TEXT.own.choose, False
    if len(methods) < 2:
        return None, TEXT.own.two, True
    try:
        request = request_for(
            pictures, methods=methods, variants=(OWN_VARIANTS[variant],), seeds=tuple(range(seeds))
        )
    except XaicheckError as error:
        return None, str(error), True
    return Asked(request, pictures), "", False


def _pills(label: str, key: str, *, control: bool) -> list[str]:
    """The chosen methods that explain the network, or the chosen controls; draws the choice."""
    spec = MODELS[MODEL]
    usable = [k for k, m in METHODS.items() if m.control is control and refusal(m, spec) is None]
    wanted = CONTROLS if control else DEFAULT_PANEL
    chosen = st.pills(
        label,
        usable,
        selection_mode="multi",
        default=[k for k in usable if k in wanted],
        format_func=lambda k: METHODS[k].label,
        key=key,
    )
    return [k for k in usable if k in chosen]


def _pictures(state: State, given: list[Any]) -> tuple[tuple[ImageInput, ...], str]:
    """(the decoded pictures, what is wrong with one of them); each is decoded once."""
    if len(given) > MOST_PICTURES:
        return (), TEXT.own.too_many.format(given=len(given), most=MOST_PICTURES)
    kept: dict[str, ImageInput] = {}
    for file in given:
        try:
            kept[file.file_id] = state.decoded.get(file.file_id) or images.decode(file.getvalue(), file.name)
        except XaicheckError as error:
            return (), picture.named(file.name, error)
        if kept[file.file_id].notes:
            st.caption(picture.named(file.name, words.as_read(kept[file.file_id].notes)))
    state.decoded = kept
    return tuple(kept.values()), ""


def _tell(state: State, asked: Asked | None, problem: str, *, is_error: bool) -> None:
    """Says what stands in the way, what is shown, and what the button would do."""
    if state.error:
        st.error(state.error, icon=":material/error:")
    if problem and is_error:
        st.error(problem, icon=":material/error:")
    if state.running is not None:
        return
    lines = [state.notice]
    if problem and not is_error:
        lines.append(problem)
    elif asked is not None and asked.request != state.answered:
        minutes = words.count(max(1, round(asked.seconds / 60)), "minute")
        press = TEXT.own.press.format(minutes=minutes)
        lines.append(press if state.views is None else TEXT.own.stale)
    if state.views is None and not (problem and not is_error):
        lines.append(TEXT.own.gallery_shown)
    line = " ".join(part for part in lines if part)
    if line:
        st.info(line, icon=":material/info:")


def _run(asked: Asked, status: DeltaGenerator) -> None:
    """Waits for the numbers, then draws the page anew with them."""
    state: State = st.session_state["ranking_own"]
    with status, st.container(horizontal=True, vertical_alignment="bottom"):
        bar = st.empty()
        st.button("Stop", on_click=_stop, key="ranking_stop", icon=":material/stop:")
    bar.progress(0.0, words.TEXT.starting)
    with status:
        st.caption(TEXT.own.running)

    def work(job: Job) -> Any:
        from xaicheck.experiments.ranking import study

        return study.run(asked.request, asked.pictures, listener=job)

    data, state.error = waiting.attempt(
        lambda: client.wait(
            asked.request, work, private=True, look=lambda job, ahead: waiting.show(bar, job, ahead)
        )
    )
    if data is not None:
        state.views, state.answered = Views(data), asked.request
    state.running = None
    st.rerun()


def _press() -> None:
    """Notes that the button was pressed (its callback): a page that starts again keeps it."""
    st.session_state["ranking_pressed"] = True


def _stop() -> None:
    """Ends the run (the callback of the Stop button)."""
    state: State = st.session_state["ranking_own"]
    state.running, state.notice = None, ""
