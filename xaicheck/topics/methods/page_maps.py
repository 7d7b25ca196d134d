"""One picture's maps in the order of a comparison: as tiles, in the viewer, and who comes first how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup

from xaicheck.address import Many, Parameter, named
from xaicheck.experiments.first_visit.examples import Examples, Pair
from xaicheck.methods import METHODS
from xaicheck.similarity.comparisons import canonical
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import DEFAULT, DEFAULT_SIGN, NORMALISATIONS, SIGNS
from xaicheck.topics.methods import cards, numbers, sentences, words
from xaicheck.topics.methods.numbers import Scores
from xaicheck.topics.methods.words import TEXT
from xaicheck.types import Comparison
from xaicheck.viewer.build import scene
from xaicheck.viewer.encode import encode
from xaicheck.viewer.pairs import Sides, of_pairs
from xaicheck.viewer.scene import Parts, View
from xaicheck.web import link, viewer, widgets

CLOSER = ("grad_cam", "guided_backprop")  # what the viewer begins with
PARTS = Parts(heading=False, picture=False, curve=False)


def draw(examples: Examples, scores: Scores, level: str) -> Comparison:
    """The chosen comparison; draws the maps in its order."""
    with st.container(key="first"):
        head = st.container()
        asked = _asked()
        chosen, default = canonical(asked), canonical(Comparison(next(iter(SIMILARITIES))))
        with head:
            widgets.section(sentences.order_line(scores, chosen, default))
        widgets.lines(words.same_line(asked, chosen), words.missing_line(scores))
        st.html(cards.tiles(scores, chosen, _thumbnails(tuple(METHODS), examples.pairs)))
    st.caption(TEXT.stored.format(where=words.where(examples)))
    _closer(examples, scores, chosen)
    widgets.section(sentences.firsts_title(scores), words.firsts_caption(scores).at(level))
    st.html(cards.firsts(scores))
    rows = [
        {"Comparison": numbers.name(one)}
        | {METHODS[key].label: float(value) for key, value in zip(scores.methods, row, strict=True)}
        for one, row in zip(scores.comparisons, scores.values, strict=True)
    ]
    widgets.table(rows, "comparisons")
    return chosen


def _asked() -> Comparison:
    """What the visitor has chosen; draws the boxes."""
    left, middle, right = st.container(key="compared").columns(3, gap="medium")
    with left:
        measure = _choice("measure", SIMILARITIES, next(iter(SIMILARITIES)))
    with middle:
        normalisation = _choice("normalisation", NORMALISATIONS, DEFAULT)
    with right:
        sign = _choice("sign", SIGNS, DEFAULT_SIGN)
    return Comparison(measure, normalisation, sign)


def _choice(name: str, registry: Mapping[str, Any], default: str) -> str:
    """The chosen key of a registry; draws the box, whose help says what each of them is."""
    parameter = Parameter(f"methods_{name}", named(registry), default)
    link.begins(parameter)
    chosen = st.selectbox(
        TEXT[name],
        list(registry),
        help=widgets.choices_help(registry),
        format_func=lambda key: str(registry[key].label),
        key=parameter.key,
    )
    return link.kept(parameter, str(chosen))


def _closer(examples: Examples, scores: Scores, compared: Comparison) -> None:
    """Draws which methods are looked at, in the order of this comparison, and their maps in the viewer."""
    labels = {key: method.label for key, method in METHODS.items()}
    first = [key for key in CLOSER if key in METHODS]
    parameter = Parameter("methods_closer", Many(tuple(METHODS), labels), first)
    link.begins(parameter)
    wanted = st.pills(
        TEXT.closer,
        list(METHODS),
        help=TEXT.closer_help,
        selection_mode="multi",
        format_func=labels.__getitem__,
        key=parameter.key,
    )
    link.kept(parameter, wanted)
    shown = tuple(key for key in (*scores.order(compared), *scores.missing) if key in wanted)
    if not shown:
        st.caption(TEXT.closer_none)
        return
    payload = _payload(examples, scores, compared, shown)
    viewer.show(payload, key="methods_viewer", start=View(examples.depth, compared.measure))


@st.cache_data(show_spinner=False, max_entries=24)
def _payload(_examples: Examples, _scores: Scores, compared: Comparison, shown: Sequence[str]) -> bytes:
    """The maps of these methods for the browser."""
    pairs = {
        key: Sides(pair.original, pair.randomized, _scores.score(compared, key), pair.why)
        for key in shown
        for pair in (_examples.pairs[key],)
    }
    reading = of_pairs(_examples.report, _examples.depth, pairs, compared)
    start = View(_examples.depth, compared.measure)
    return encode(scene(reading, (compared.measure,), methods=METHODS, parts=PARTS, start=start))


@st.cache_resource(show_spinner=False)
def _thumbnails(methods: tuple[str, ...], _pairs: Mapping[str, Pair]) -> dict[str, Markup]:
    """Every method's two maps as small pictures, drawn once a process."""
    return {key: cards.small(METHODS[key], pair) for key, pair in _pairs.items()}
