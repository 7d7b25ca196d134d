"""The sidebar: every input of a run, each kept in the address so that a link carries it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from xaicheck.address import check as asked
from xaicheck.engine import request as plan
from xaicheck.errors import XaicheckError
from xaicheck.methods import DEFAULT_PANEL, METHODS, refusal
from xaicheck.models import labels
from xaicheck.models.registry import MODELS
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.reading import words
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.types import Method, MethodChoice, Param
from xaicheck.web import link, picture
from xaicheck.web.session import Chosen

TEXT = words.TEXT.sidebar
KEPT = "methods_wanted"  # what was chosen, refused ones included: another network may allow it again


def draw() -> Chosen:
    """The visitor's choice; draws the sidebar."""
    with st.sidebar:
        image, private, problem, is_error = picture.draw()
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
        mode, law, batchnorm, seeds = _randomization()
        measures = _measures()
        normalisation, sign = _compared()
        copies = _copies()
        target = _target()
        if not problem and not methods:
            problem = f"{TEXT['methods']}: {TEXT['none']}"
        if not problem and not measures:
            problem = f"{TEXT['measures']}: {TEXT['none']}"
        request = None
        if image is not None and not problem:
            try:
                request = plan.request_for(
                    image,
                    model=model,
                    methods=methods,
                    mode=mode,
                    law=law,
                    batchnorm=batchnorm,
                    seeds=range(seeds),
                    depths=None,
                    measures=measures,
                    target=target,
                    normalisation=normalisation,
                    sign=sign,
                    copies=copies,
                )
            except XaicheckError as error:
                problem, is_error = str(error), True
        st.button(
            words.TEXT.run,
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
    """Nothing; the callback of every Run button."""
    st.session_state["pressed"] = True


def _model_changed() -> None:
    """Nothing; brings the wanted methods back that the new network allows."""
    wanted = st.session_state.get(KEPT)
    if wanted is not None:
        allowed = set(asked.usable(st.session_state["model"], control=False))
        st.session_state["methods"] = [key for key in wanted if key in allowed]


def _methods_changed() -> None:
    """Nothing; remembers the choice, with those that this network refuses."""
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
        help="\n".join(f"- **{METHODS[k].label}**: {METHODS[k].summary}" for k in usable),
    )
    link.kept(first, chosen)
    refused = [(m, why) for m in METHODS.values() if (why := refusal(m, MODELS[model])) is not None]
    if refused:
        st.html(refused_list(refused))
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


def refused_list(refused: list[tuple[Method, str]]) -> str:
    """HTML: the methods that cannot be chosen on this network, each with its reason."""
    items = "".join(f"<li><s>{escape(m.label)}</s>: {escape(why)}</li>" for m, why in refused)
    title = escape(TEXT["refused"])
    return f'<p class="xc-refused">{title}:</p><ul class="xc-refused" aria-label="{title}">{items}</ul>'


def _param(method: Method, param: Param) -> int | float:
    known = asked.setting(method, param)
    link.begins(known)
    value = st.number_input(
        f"{method.label}: {param.label.lower()}",
        param.low,
        param.high,
        step=param.step,
        help=param.help or None,
        key=known.key,
    )
    return link.kept(known, value)


def _target() -> int | None:
    known = asked.target()
    link.begins(known)
    chosen = st.selectbox(
        TEXT["target"], [None, *range(len(labels.LABELS))], format_func=_class_name, key=known.key
    )
    return link.kept(known, chosen)


def _randomization() -> tuple[str, str, str, int]:
    for known in (asked.MODE, asked.LAW, asked.POLICY):
        link.begins(known)
    mode = st.segmented_control(
        TEXT["mode"],
        list(MODES),
        required=True,
        key="mode",
        format_func=lambda k: MODES[k].label,
        help=_choices_help(MODES),
    )
    law = st.selectbox(
        TEXT["law"],
        list(LAWS),
        key="law",
        format_func=lambda k: LAWS[k].label,
        help=_choices_help(LAWS),
    )
    batchnorm = st.selectbox(
        TEXT["batchnorm"],
        list(BATCHNORM),
        key="batchnorm",
        format_func=lambda k: BATCHNORM[k].label,
        help=_choices_help(BATCHNORM),
    )
    link.kept(asked.MODE, str(mode))
    link.kept(asked.LAW, law)
    link.kept(asked.POLICY, batchnorm)
    link.begins(asked.SEEDS)
    seeds = st.segmented_control(
        TEXT["seeds"],
        asked.SEED_COUNTS,
        required=True,
        key="seeds",
        help=TEXT["seeds_help"],
        width="stretch",
    )
    return str(mode), law, batchnorm, link.kept(asked.SEEDS, int(seeds or asked.SEEDS.default))


def _measures() -> list[str]:
    link.begins(asked.MEASURES)
    chosen = st.pills(
        TEXT["measures"],
        list(SIMILARITIES),
        selection_mode="multi",
        format_func=lambda k: SIMILARITIES[k].label,
        key="measures",
        help="\n".join(f"- **{m.label}**: {m.summary}" for m in SIMILARITIES.values()),
    )
    link.kept(asked.MEASURES, chosen)
    return [key for key in SIMILARITIES if key in chosen]


def _compared() -> tuple[str, str]:
    """(normalisation, sign): a score without them is not complete."""
    link.begins(asked.NORMALISATION)
    normalisation = st.selectbox(
        TEXT["normalisation"],
        list(NORMALISATIONS),
        key="normalisation",
        format_func=lambda k: NORMALISATIONS[k].label,
        help=_choices_help(NORMALISATIONS),
    )
    link.begins(asked.SIGN)
    sign = st.segmented_control(
        TEXT["sign"],
        list(SIGNS),
        required=True,
        key="sign",
        format_func=lambda k: SIGNS[k].label,
        help=_choices_help(SIGNS),
    )
    return link.kept(asked.NORMALISATION, normalisation), link.kept(asked.SIGN, str(sign))


def _copies() -> int:
    link.begins(asked.COPIES)
    copies = st.number_input(
        TEXT["copies"], 1, plan.MOST_COPIES, step=1, help=TEXT["copies_help"], key="copies"
    )
    return link.kept(asked.COPIES, copies)


def _choices_help(choices: Mapping[str, Any]) -> str:
    return "\n".join(f"- **{c.label}**: {c.summary}" for c in choices.values())


def _label(key: str) -> str:
    return METHODS[key].label


def _class_name(index: int | None) -> str:
    return TEXT["target_original"] if index is None else labels.display(index)
