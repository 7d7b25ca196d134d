"""The switches of the ranking gap in the sidebar: each ranks again from what is already computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import streamlit as st

from xaicheck.comparisons import canonical
from xaicheck.draw import ranking_switches as texts
from xaicheck.draw.ranking_numbers import ENTROPY, variant_label
from xaicheck.faithfulness import FAITHFULNESS, FILLS, OUTPUTS, RANKINGS
from xaicheck.gap.data import GapData
from xaicheck.gap.rank import TESTS, Choice, default_choice
from xaicheck.normalise import NORMALISATIONS, SIGNS
from xaicheck.similarity import SIMILARITIES
from xaicheck.types import Comparison

LABELS = texts.LABELS


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
        controls = st.toggle(
            LABELS["controls"],
            value=True,
            key="ranking_controls",
            bind="query-params",
            help=texts.HELP["controls"],
        )
        st.subheader(LABELS["check"], help=texts.HELP["check"])
        variants = {v.variant.key: v for v in data.variants}
        variant = st.selectbox(
            LABELS["variant"],
            list(variants),
            key="ranking_variant",
            bind="query-params",
            format_func=lambda key: variant_label(variants[key].variant),
        )
        test = st.segmented_control(
            LABELS["test"],
            TESTS,
            default=TESTS[0],
            required=True,
            key="ranking_test",
            bind="query-params",
            format_func=lambda key: texts.TESTS[key],
            help=texts.HELP["test"],
            width="stretch",
        )
        entropy = test == ENTROPY
        depth = st.selectbox(
            LABELS["depth"],
            [None, *variants[variant].depths],
            key="ranking_depth",
            bind="query-params",
            format_func=lambda d: texts.MEAN_DEPTH if d is None else str(d),
            help=texts.HELP["depth"],
            disabled=entropy,
        )
        wanted, note = _comparison(data, start.comparison, off=entropy)
        st.subheader(LABELS["faithfulness"])
        measure = _pick(LABELS["faith"], data.faithfulness_measures, FAITHFULNESS, "ranking_faithfulness")
        fill = _pick(LABELS["fill"], data.fills, FILLS, "ranking_fill")
        output = _pick(LABELS["output"], data.outputs, OUTPUTS, "ranking_output")
        ranking = _pick(LABELS["ranking"], data.rankings, RANKINGS, "ranking_order")
    choice = Choice(
        variant=variant,
        comparison=wanted,
        measure=measure,
        fill=fill,
        output=output,
        ranking=ranking,
        depth=None if entropy else depth,
        controls=controls,
        test=test,
    )
    return choice, note


def _comparison(data: GapData, start: Comparison, *, off: bool) -> tuple[Comparison, str]:
    """The comparison that is computed, and what its switches cannot change; `off`: this test has none."""
    measures = list(dict.fromkeys(c.measure for c in data.comparisons))
    measure = st.selectbox(
        LABELS["measure"],
        measures,
        index=measures.index(start.measure),
        key="ranking_measure",
        bind="query-params",
        format_func=lambda key: SIMILARITIES[key].label,
        help=_help({key: SIMILARITIES[key] for key in measures}),
        disabled=off,
    )
    no_normalisation, no_sign = texts.independent(measure)
    normalisation = st.selectbox(
        LABELS["normalisation"],
        list(NORMALISATIONS),
        index=list(NORMALISATIONS).index(start.normalisation),
        key="ranking_normalisation",
        bind="query-params",
        format_func=lambda key: NORMALISATIONS[key].label,
        help=_help(NORMALISATIONS),
        disabled=off or no_normalisation,
    )
    sign = st.selectbox(
        LABELS["sign"],
        list(SIGNS),
        index=list(SIGNS).index(start.sign),
        key="ranking_sign",
        bind="query-params",
        format_func=lambda key: SIGNS[key].label,
        help=_help(SIGNS),
        disabled=off or no_sign,
    )
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


def _pick(label: str, options: Sequence[str], registry: Mapping[str, Any], key: str) -> str:
    """A choice among entries of a registry."""
    return str(
        st.selectbox(
            label,
            list(options),
            key=key,
            bind="query-params",
            format_func=lambda k: registry[k].label,
            help=_help({k: registry[k] for k in options}),
        )
    )


def _help(entries: Mapping[str, Entry]) -> str:
    return "\n".join(f"- **{entry.label}**: {entry.summary}" for entry in entries.values())
