"""Some of the methods' maps in the viewer: blinked, swiped, on one colour range, read under the cross."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from xaicheck.address import Many, Parameter
from xaicheck.experiments.first_visit.examples import Examples
from xaicheck.methods import METHODS
from xaicheck.reading.pair_report import Sides, of_pairs
from xaicheck.topics.methods import words as texts
from xaicheck.topics.methods.numbers import Scores
from xaicheck.types import Comparison
from xaicheck.viewer.build import scene
from xaicheck.viewer.encode import encode
from xaicheck.viewer.scene import Parts, View
from xaicheck.web import link, viewer

FIRST = [key for key in ("grad_cam", "guided_backprop") if key in METHODS]
CHOSEN = Parameter("methods_closer", Many(tuple(METHODS), {k: m.label for k, m in METHODS.items()}), FIRST)
PARTS = Parts(heading=False, picture=False, curve=False)


def draw(examples: Examples, found: Scores, compared: Comparison) -> None:
    """Nothing; draws which methods are looked at, in the order of this comparison, and their maps."""
    order = [*found.order(compared), *found.missing]
    link.begins(CHOSEN)
    wanted = st.pills(
        texts.CONTROLS["closer"],
        list(METHODS),
        selection_mode="multi",
        format_func=lambda key: METHODS[key].label,
        key=CHOSEN.key,
        help=texts.CLOSER_HELP,
    )
    link.kept(CHOSEN, wanted)
    shown = tuple(key for key in order if key in wanted)
    if not shown:
        st.caption(texts.CLOSER_NONE)
        return
    payload = _payload(examples, found, compared, shown)
    viewer.show(payload, key="methods_viewer", start=View(examples.depth, compared.measure))


@st.cache_data(show_spinner=False, max_entries=24)
def _payload(_examples: Examples, _found: Scores, compared: Comparison, shown: Sequence[str]) -> bytes:
    """The maps of these methods for the browser."""
    pairs = {
        key: Sides(pair.original, pair.randomized, _found.score(compared, key), pair.why)
        for key in shown
        for pair in (_examples.pairs[key],)
    }
    reading = of_pairs(_examples.report, _examples.depth, pairs, compared)
    start = View(_examples.depth, compared.measure)
    return encode(scene(reading, (compared.measure,), methods=METHODS, parts=PARTS, start=start))
