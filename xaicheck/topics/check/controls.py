"""The sidebar: every input of a run, each kept in the address so that a link carries it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from xaicheck.address import check as asked
from xaicheck.arguments import OneEntry, SomeEntries, WholeNumber
from xaicheck.engine.classes import NO_CLASS, ClassIndex
from xaicheck.engine.request import request_for
from xaicheck.engine.settings import SETTINGS, SeedCount, Setting, offered
from xaicheck.errors import XaicheckError
from xaicheck.methods import DEFAULT_PANEL, METHODS, refusal
from xaicheck.models import labels
from xaicheck.models.registry import MODELS
from xaicheck.reading.templates import pieces
from xaicheck.reading.words import inside
from xaicheck.topics.check import captions
from xaicheck.types import Method, MethodChoice, Param
from xaicheck.web import link, picture
from xaicheck.web.session import Chosen
from xaicheck.web.widgets import choices_help

TEXT = captions.TEXT.sidebar
KEPT = "methods_wanted"  # what was chosen, refused ones included: another network may allow it again


def draw() -> Chosen:
    """The visitor's choice; draws the sidebar."""
    with st.sidebar:
        image, private, problem, is_error = picture.chosen()
        link.begins(asked.MODEL)
        model = st.selectbox(
            TEXT["model"],
            list(MODELS),
            format_func=lambda k: MODELS[k].label,
            key="model",
            on_change=_model_changed,
        )
        link.kept(asked.MODEL, model)
        methods = _methods(model)
        settings: dict[str, Any] = {}
        for setting in offered():
            if not setting.needs or settings[setting.needs] is not None:
                settings[setting.key] = _setting(setting)
        if not problem and not methods:
            problem = f"{TEXT['methods']}: {TEXT['none']}"
        for key, value in settings.items():
            if not problem and value == []:
                problem = f"{SETTINGS[key].label}: {TEXT['none']}"
        request = None
        if image is not None and not problem:
            try:
                request = request_for(image, model=model, methods=methods, **settings)
            except XaicheckError as error:
                problem, is_error = str(error), True
        st.button(
            captions.TEXT.run,
            type="primary",
            width="stretch",
            shortcut="Ctrl+Enter",
            key="run",
            icon=":material/play_arrow:",
            disabled=request is None,
            on_click=press_run,
        )
        if problem and not is_error:
            st.caption(problem)
    return Chosen(request, image, private, problem, is_error)


def press_run() -> None:
    """Marks that Run was pressed: the callback of every Run button."""
    st.session_state["pressed"] = True


def _model_changed() -> None:
    """Brings the wanted methods back that the new network allows."""
    wanted = st.session_state.get(KEPT)
    if wanted is not None:
        allowed = set(asked.usable(st.session_state["model"], control=False))
        st.session_state["methods"] = [key for key in wanted if key in allowed]


def _methods_changed() -> None:
    """Remembers the choice, with those that this network refuses."""
    allowed = set(asked.usable(st.session_state["model"], control=False))
    hidden = [key for key in st.session_state[KEPT] if key not in allowed]
    st.session_state[KEPT] = [*st.session_state["methods"], *hidden]


def _methods(model: str) -> list[MethodChoice]:
    """The chosen methods with their settings, controls last."""
    first, second = (asked.methods(model, control=control) for control in (False, True))
    usable, controls = (asked.usable(model, control=control) for control in (False, True))
    begun = link.begins(first)
    st.session_state.setdefault(KEPT, list(DEFAULT_PANEL) if begun == first.default else list(begun))
    chosen = st.pills(
        TEXT["methods"],
        usable,
        selection_mode="multi",
        format_func=_label,
        key="methods",
        on_change=_methods_changed,
        help=choices_help({k: METHODS[k] for k in usable}),
    )
    link.kept(first, chosen)
    refused = [(m, why) for m in METHODS.values() if (why := refusal(m, MODELS[model])) is not None]
    if refused:
        st.html(pieces("topics/check/controls.html").refused(TEXT["refused"], refused))
    link.begins(second)
    extra = st.pills(
        TEXT["controls"],
        controls,
        selection_mode="multi",
        format_func=_label,
        key="controls",
        help=TEXT["controls_help"],
    )
    link.kept(second, extra)
    keys = asked.in_order({*chosen, *extra})
    with_params = [key for key in keys if METHODS[key].params]
    values: dict[str, tuple[tuple[str, int | float], ...]] = {}
    if with_params:
        with st.expander(TEXT["params"]):
            for key in with_params:
                values[key] = tuple((p.key, _param(METHODS[key], p)) for p in METHODS[key].params)
    return [MethodChoice(key, values.get(key, ())) for key in keys]


def _param(method: Method, param: Param) -> int | float:
    known = asked.method_setting(method, param)
    link.begins(known)
    value = st.number_input(
        f"{method.label}: {inside(param.label)}",
        param.low,
        param.high,
        step=param.step,
        help=param.help or None,
        key=known.key,
    )
    return link.kept(known, value)


def _setting(setting: Setting) -> Any:
    """The value of a setting, for `request_for`; draws its widget, which its kind of values decides."""
    known, domain = asked.parameter(setting), setting.domain
    link.begins(known)
    common: dict[str, Any] = {"key": setting.key, "help": _help(setting)}
    value: Any
    match domain:
        case OneEntry(entries=entries, compact=True):
            value = st.segmented_control(
                setting.label, list(entries), required=True, format_func=_labels(entries), **common
            )
        case OneEntry(entries=entries):
            value = st.selectbox(setting.label, list(entries), format_func=_labels(entries), **common)
        case SomeEntries(entries=entries):
            chosen = st.pills(
                setting.label, list(entries), selection_mode="multi", format_func=_labels(entries), **common
            )
            value = [key for key in entries if key in chosen]
        case WholeNumber(low=low, high=high):
            value = st.number_input(setting.label, low, high, step=1, **common)
        case SeedCount(offered=counts):
            value = st.segmented_control(setting.label, counts, required=True, width="stretch", **common)
            return link.kept(known, int(value or known.default))
        case ClassIndex():
            indices = [NO_CLASS, *range(len(labels.LABELS))]
            value = st.selectbox(setting.label, indices, format_func=_class_names(domain), **common)
            return None if link.kept(known, value) == NO_CLASS else value
        case _:
            raise TypeError(f"There is no widget for the setting {setting.key!r}.")
    return link.kept(known, value)


def _help(setting: Setting) -> str | None:
    """The summaries of what can be chosen, or the setting's own help."""
    entries = getattr(setting.domain, "entries", None)
    return setting.help or (None if entries is None else choices_help(entries))


def _labels(entries: Mapping[str, Any]) -> Callable[[str], str]:
    return lambda key: str(entries[key].label)


def _label(key: str) -> str:
    return METHODS[key].label


def _class_names(domain: ClassIndex) -> Callable[[int], str]:
    return lambda index: domain.without if index == NO_CLASS else labels.display(index)
