"""The switches of the ranking gap in the sidebar: each ranks again from what is already computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import streamlit as st

from xaicheck.address import Flag, OneOf, Parameter
from xaicheck.experiments.ranking.data import GapData
from xaicheck.experiments.ranking.rank import TESTS, Choice, default_choice
from xaicheck.faithfulness import FAITHFULNESS, FILLS, OUTPUTS, RANKINGS
from xaicheck.similarity.comparisons import canonical
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.topics.ranking import switches as texts
from xaicheck.topics.ranking.numbers import ENTROPY, variant_label
from xaicheck.types import Comparison
from xaicheck.web import link

LABELS = texts.LABELS
CONTROLS = Parameter("ranking_controls", Flag(), True)
TEST = Parameter("ranking_test", OneOf(TESTS, texts.TESTS), TESTS[0])


class Entry(Protocol):
    """What the registries hold: a name and a sentence."""

    @property
    def label(self) -> str:
        """The name on the button."""

    @property
    def summary(self) -> str:
        """What it does."""


def draw(data: GapData) -> tuple[Choice, str]:
    """(the visitor's choice, what its switches cannot change); draws the switches into the sidebar."""
    start = default_choice(data)
    with st.sidebar:
        link.begins(CONTROLS)
        controls = st.toggle(LABELS["controls"], key=CONTROLS.key, help=texts.HELP["controls"])
        link.kept(CONTROLS, controls)
        st.subheader(LABELS["check"], help=texts.HELP["check"])
        variants = {v.variant.key: v for v in data.variants}
        names = {key: variant_label(one.variant) for key, one in variants.items()}
        variant = _box(LABELS["variant"], "ranking_variant", names)
        link.begins(TEST)
        test = st.segmented_control(
            LABELS["test"],
            TESTS,
            required=True,
            key=TEST.key,
            format_func=lambda key: texts.TESTS[key],
            help=texts.HELP["test"],
            width="stretch",
        )
        link.kept(TEST, str(test))
        entropy = test == ENTROPY
        depths: tuple[int | None, ...] = (None, *variants[variant].depths)
        at: Parameter[int | None] = Parameter("ranking_depth", OneOf(depths), None)
        link.begins(at)
        depth = st.selectbox(
            LABELS["depth"],
            depths,
            key=at.key,
            format_func=lambda d: texts.MEAN_DEPTH if d is None else str(d),
            help=texts.HELP["depth"],
            disabled=entropy,
        )
        link.kept(at, depth)
        wanted, note = _comparison(data, start.comparison, off=entropy)
        st.subheader(LABELS["faithfulness"])
        faith = {key: FAITHFULNESS[key] for key in data.faithfulness_measures}
        measure = _pick(LABELS["faith"], faith, "ranking_faithfulness")
        fill = _pick(LABELS["fill"], {key: FILLS[key] for key in data.fills}, "ranking_fill")
        output = _pick(LABELS["output"], {key: OUTPUTS[key] for key in data.outputs}, "ranking_output")
        ranking = _pick(LABELS["ranking"], {key: RANKINGS[key] for key in data.rankings}, "ranking_order")
    choice = Choice(
        variant=variant,
        comparison=wanted,
        measure=measure,
        fill=fill,
        output=output,
        ranking=ranking,
        depth=None if entropy else depth,
        controls=controls,
        test=str(test),
    )
    return choice, note


def _comparison(data: GapData, start: Comparison, *, off: bool) -> tuple[Comparison, str]:
    """The comparison that is computed, and what its switches cannot change; `off`: this test has none."""
    measures = list(dict.fromkeys(c.measure for c in data.comparisons))
    entries = {key: SIMILARITIES[key] for key in measures}
    measure = _pick(LABELS["measure"], entries, "ranking_measure", start.measure, off=off)
    no_normalisation, no_sign = texts.independent(measure)
    normalisation = _pick(
        LABELS["normalisation"],
        NORMALISATIONS,
        "ranking_normalisation",
        start.normalisation,
        off=off or no_normalisation,
    )
    sign = _pick(LABELS["sign"], SIGNS, "ranking_sign", start.sign, off=off or no_sign)
    wanted = Comparison(measure, normalisation, sign)
    if off:
        note = texts.NO_SWITCH
    else:
        note = texts.sameness(wanted)
        wanted = canonical(wanted)
    if wanted not in data.comparisons:
        if not off:
            note = f"{note} {texts.NOT_COMPUTED}".strip()
        wanted = next((c for c in data.comparisons if c.measure == measure), start)
    if note:
        st.caption(note)
    return wanted, note


def _pick(
    label: str, entries: Mapping[str, Entry], key: str, default: str | None = None, *, off: bool = False
) -> str:
    """A choice among entries of a registry."""
    names = {name: entry.label for name, entry in entries.items()}
    return _box(label, key, names, default, help_text=_help(entries), off=off)


def _box(
    label: str,
    key: str,
    names: Mapping[str, str],
    default: str | None = None,
    *,
    help_text: str | None = None,
    off: bool = False,
) -> str:
    """The chosen key, which the address holds; draws the box."""
    known = Parameter(key, OneOf(tuple(names), names), default or next(iter(names)))
    link.begins(known)
    chosen = st.selectbox(
        label, list(names), key=key, format_func=lambda name: names[name], help=help_text, disabled=off
    )
    return link.kept(known, str(chosen))


def _help(entries: Mapping[str, Entry]) -> str:
    return "\n".join(f"- **{entry.label}**: {entry.summary}" for entry in entries.values())
