"""Step 5: flip the ranking with one switch of the check's own settings."""

from __future__ import annotations

from html import escape

from xaicheck.methods import METHODS
from xaicheck.reading.captions import Caption
from xaicheck.reading.compared import full_name
from xaicheck.reading.words import inside, listed, short
from xaicheck.similarity.comparisons import span
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.topics.lesson import pictures, words
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.model import Minutes, Option, Question, Step, Teaching
from xaicheck.topics.lesson.scores import Flip, Order
from xaicheck.topics.ranking import PAGE
from xaicheck.types import Comparison

CHOICES = 3  # the leaders of the first order among the options, beside the new winner
_POSITIONS = {
    "measure": {key: measure.label for key, measure in SIMILARITIES.items()},
    "normalisation": {key: way.label for key, way in NORMALISATIONS.items()},
    "sign": {key: sign.label for key, sign in SIGNS.items()},
}
_SWITCH = {"measure": "how two maps are compared", "normalisation": "how maps are scaled first",
           "sign": "what becomes of the maps’ sign"}  # fmt: skip


def position(flip: Flip, comparison: Comparison) -> str:
    """The position of the switch, as it stands in a sentence."""
    return inside(_POSITIONS[flip.switch][getattr(comparison, flip.switch)])


def _task(material: Material) -> Caption:
    flip = material.flip
    if flip is None:
        return Caption(words.NO_SCORES, words.NO_SCORES)
    before, after = position(flip, flip.before.comparison), position(flip, flip.after.comparison)
    said = (
        f"Under “{before}” {pictures.method_word(flip.before.first)} comes first of "
        f"{len(flip.before.scores)} "
        "methods."
    )
    return Caption(
        f"{said} Nothing is computed anew: only one switch moves, {_SWITCH[flip.switch]}, to “{after}”. "
        "Predict "
        "who comes first then.",
        f"{said} Before: {inside(full_name(flip.before.comparison))}. After: "
        f"{inside(full_name(flip.after.comparison))}. The same maps, depths and seeds. Predict the new "
        "winner.",
    )


def _questions(material: Material) -> tuple[Question, ...]:
    flip = material.flip
    if flip is None:
        return ()
    leaders = [key for key, _ in flip.before.scores[:CHOICES]]
    keys = [key for key in METHODS if key in {*leaders, flip.after.first}]
    return (
        Question(
            "first",
            f"Who comes first under “{position(flip, flip.after.comparison)}”?",
            tuple(Option(key, METHODS[key].label) for key in keys),
            flip.after.first,
            _because(flip),
        ),
    )


def _because(flip: Flip) -> str:
    new, old = flip.after.first, flip.before.first
    return (
        f"{METHODS[new].label} moves from place {flip.before.place(new)} to place 1, "
        f"{pictures.method_word(old)} from 1 to {flip.after.place(old)}."
    )


def _winners(flip: Flip) -> str:
    said = [f"{pictures.method_word(key)} ({wins})" for key, wins in flip.winners]
    return f"Over {flip.settings} settings of the check the first places go to {listed(said)}"


def _reveal(material: Material) -> Caption:
    flip = material.flip
    if flip is None:
        return Caption("", "")
    return Caption(
        f"{_because(flip)} {_winners(flip)}. We looked for the clearest flip: whoever may choose the "
        "setting "
        "may choose the winner.",
        f"{_because(flip)} {_winners(flip)}; settings that do not normalise are left out. This flip was "
        "picked as "
        "the "
        "one with the widest margins of both winners.",
    )


def _order(flip: Flip, order: Order, other: Order | None) -> str:
    low, high = span(order.comparison)
    measure = SIMILARITIES[order.comparison.measure]
    most = max(abs(value) for _, value in order.scores) if high > 1 or measure.distance else 1.0
    rows = []
    for place, (key, value) in enumerate(order.scores, 1):
        moved = 0 if other is None else other.place(key) - place
        arrow = "" if not moved else f" ({'up' if moved > 0 else 'down'} {abs(moved)})"
        share = min(max(value / most, 0.0), 1.0) if most else 0.0
        rows.append(pictures.Row(METHODS[key].label + arrow, short(value), share, strong=place == 1))
    asks = measure.summary.partition("?")[0]
    end = "High is more changed." if measure.distance else "Low is more changed."
    return pictures.bars(f"{measure.label}: {asks[0].lower()}{asks[1:]}? {end}", rows)


def shown(material: Material) -> str:
    """HTML: the order before the switch moves."""
    flip = material.flip
    return "" if flip is None else f'<div class="xl-two"><div>{_order(flip, flip.before, None)}</div></div>'


def revealed(material: Material) -> str:
    """HTML: the order after the switch moved, and what the numbers are means of."""
    flip = material.flip
    if flip is None:
        return ""
    contest = material.contest
    seeds = 0 if contest is None else contest.seeds
    lines = [f"Both orders: the same maps, {words.over(flip.pictures, seeds)}."] if seeds else []
    lines += [line for line in (words.other_pictures(material.label, flip.pictures),) if line]
    after = _order(flip, flip.after, flip.before)
    note = "".join(f'<p class="xc-line">{escape(line)}</p>' for line in lines)
    return f'<div class="xl-two"><div>{after}</div></div>{note}'


def _teaching(material: Material) -> Teaching:
    flip = material.flip
    expect = []
    if flip is not None:
        expect = [
            f"Before: {inside(full_name(flip.before.comparison))}. After: "
            f"{inside(full_name(flip.after.comparison))}.",
            *[line for line in (words.other_pictures(material.label, flip.pictures),) if line],
        ]
    return Teaching(
        aim="See that a setting nobody talks about decides who wins.",
        expect=tuple(expect),
        pitfalls=(
            "The flip is chosen to be clear. Other switches change less; that is why the count over all "
            "settings "
            "stands beside it.",
            "Neither setting is a mistake: both are used. None of them is the true one.",
        ),
        ask=(
            "A paper reports one of these two orders. What would you want to know?",
            "How should a comparison of methods be reported so that nobody can choose the winner?",
        ),
    )


STEP = Step(
    key="flip",
    short="Flip",
    title="Flip the ranking with one switch",
    minutes=Minutes(3, 7),
    act="Flip the switch",
    remember="Randomization checks are inadequate as a criterion to rank methods: the setting picks the "
    "winner.",
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=_reveal,
    shown=shown,
    revealed=revealed,
    teaching=_teaching,
)
