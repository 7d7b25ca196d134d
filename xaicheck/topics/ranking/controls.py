"""The switches of the page Ranking gap in the sidebar: each ranks again from what is already computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from xaicheck.address import Flag, OneOf, Parameter
from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.ranking.rank import TESTS, Choice, default_choice, weighted
from xaicheck.faithfulness import FAITHFULNESS, FILLS, OUTPUTS, RANKINGS
from xaicheck.reading.compared import normalisation_name
from xaicheck.reading.words import inside
from xaicheck.similarity.comparisons import canonical
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.topics.ranking import words
from xaicheck.topics.ranking.numbers import ENTROPY
from xaicheck.topics.ranking.words import TEXT, variant_label
from xaicheck.types import Comparison
from xaicheck.web import link
from xaicheck.web.widgets import Described, choices_help

CONTROLS = Parameter("ranking_controls", Flag(), True)
TEST = Parameter("ranking_test", OneOf(TESTS, TEXT.tests), TESTS[0])


def draw(data: RankingData) -> tuple[Choice, str]:
    """(the visitor's choice, what its switches cannot change); draws the switches into the sidebar."""
    start = default_choice(data)
    with st.sidebar:
        link.begins(CONTROLS)
        controls = st.toggle(TEXT.with_controls, key=CONTROLS.key, help=TEXT.switch_help.controls)
        link.kept(CONTROLS, controls)
        st.subheader("The check", help=TEXT.switch_help.check)
        variants = {v.variant.key: v for v in data.variants}
        names = {key: variant_label(scores.variant) for key, scores in variants.items()}
        variant = _box("Order and new weights", "ranking_variant", names)
        test = _test()
        depth = _depth(variants[variant].depths, off=test == ENTROPY)
        comparison, note = _comparison(data, start.comparison, off=test == ENTROPY)
        st.subheader("Faithfulness")
        measures = {key: FAITHFULNESS[key] for key in data.faithfulness_measures}
        measure = _pick("Faithfulness measure", measures, "ranking_faithfulness")
        own = FAITHFULNESS[measure]
        for line in (words.own_removal(measure), words.not_there(data)):
            if line:
                st.caption(line)
        fills = {key: FILLS[key] for key in data.fills}
        fill = _pick("What replaces removed regions", fills, "ranking_fill", off=bool(own.fill))
        outputs = {key: OUTPUTS[key] for key in data.outputs}
        output = _pick("Network’s answer", outputs, "ranking_output", off=bool(own.output))
        rankings = {key: RANKINGS[key] for key in data.rankings}
        ranking = _pick("Regions ordered by", rankings, "ranking_order")
        choice = Choice(variant, comparison, measure, fill, output, ranking, depth, controls, test)
        weighting = _box(
            "Pictures weighted by",
            "ranking_weighting",
            TEXT.weightings,
            help_text=TEXT.switch_help.weighting,
            off=not weighted(choice),
        )
    choice = replace(choice, weighting=weighting)
    return choice, note


def _test() -> str:
    link.begins(TEST)
    test = st.segmented_control(
        "Score",
        TESTS,
        required=True,
        key=TEST.key,
        format_func=lambda key: TEXT.tests.get(key, key),
        help=TEXT.switch_help.test,
        width="stretch",
    )
    return link.kept(TEST, str(test))


def _depth(depths: tuple[int, ...], *, off: bool) -> int | None:
    """The depth that counts; None: the mean over all of them. `off`: this test has no depth."""
    choices: tuple[int | None, ...] = (None, *depths)
    parameter: Parameter[int | None] = Parameter("ranking_depth", OneOf(choices), None)
    link.begins(parameter)
    depth = st.selectbox(
        "Depth",
        choices,
        key=parameter.key,
        format_func=lambda d: "Mean over all" if d is None else str(d),
        help=TEXT.switch_help.depth,
        disabled=off,
    )
    link.kept(parameter, depth)
    return None if off else depth


def _comparison(data: RankingData, start: Comparison, *, off: bool) -> tuple[Comparison, str]:
    """The comparison that is computed, and what its switches cannot change; `off`: this test has none."""
    measures = {c.measure: SIMILARITIES[c.measure] for c in data.comparisons}
    measure = _pick("Similarity measure", measures, "ranking_measure", start.measure, off=off)
    no_normalisation, no_sign = independent(measure)
    normalisation = _pick(
        "Normalisation of each map",
        NORMALISATIONS,
        "ranking_normalisation",
        start.normalisation,
        off=off or no_normalisation,
    )
    sign = _pick("Sign of each map", SIGNS, "ranking_sign", start.sign, off=off or no_sign)
    wanted = Comparison(measure, normalisation, sign)
    if off:
        note = TEXT.switch_notes.entropy
    else:
        note = sameness(wanted)
        wanted = canonical(wanted)
    if wanted not in data.comparisons:
        if not off:
            note = f"{note} {TEXT.switch_notes.not_computed}".strip()
        wanted = next((c for c in data.comparisons if c.measure == measure), start)
    if note:
        st.caption(note)
    return wanted, note


def independent(measure: str) -> tuple[bool, bool]:
    """Whether a measure's number does not depend on the normalisation, and whether not on the sign."""
    plain = Comparison(measure)
    normalised = {canonical(replace(plain, normalisation=key)) for key in NORMALISATIONS}
    signed = {canonical(replace(plain, sign=key)) for key in SIGNS}
    return len(normalised) == 1, len(signed) == 1


def sameness(wanted: Comparison) -> str:
    """What a switch cannot change in this combination, in sentences; empty where every switch counts."""
    given = canonical(wanted)
    label = SIMILARITIES[wanted.measure].label
    sentences = []
    if given.measure != wanted.measure:
        other = SIMILARITIES[given.measure].label
        sentences.append(f"“{label}” with “{SIGNS[wanted.sign].label}” is the measure “{other}”.")
    no_normalisation, no_sign = independent(wanted.measure)
    same = "For {}, {} gives the same number as {}."
    if no_normalisation:
        sentences.append(f"{label} does not depend on the normalisation.")
    elif given.normalisation != wanted.normalisation:
        pair = (normalisation_name(key) for key in (wanted.normalisation, given.normalisation))
        sentences.append(same.format(label, *pair))
    if no_sign:
        sentences.append(f"{label} does not depend on the sign.")
    elif given.measure == wanted.measure and given.sign != wanted.sign:
        pair = (SIGNS[key].label for key in (wanted.sign, given.sign))
        sentences.append(same.format(label, *map(inside, pair)))
    return " ".join(sentences)


def _pick(
    label: str, entries: Mapping[str, Described], key: str, default: str | None = None, *, off: bool = False
) -> str:
    """A choice among entries of a registry."""
    names = {name: entry.label for name, entry in entries.items()}
    return _box(label, key, names, default, help_text=choices_help(entries), off=off)


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
    parameter = Parameter(key, OneOf(tuple(names), names), default or next(iter(names)))
    link.begins(parameter)
    chosen = st.selectbox(
        label, list(names), key=key, format_func=lambda name: names[name], help=help_text, disabled=off
    )
    return link.kept(parameter, str(chosen))
