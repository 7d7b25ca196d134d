"""Step 5: flip the ranking with one switch of the check's own settings."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from xaicheck.methods import METHODS
from xaicheck.reading import article
from xaicheck.reading.captions import Caption
from xaicheck.reading.compared import full_name
from xaicheck.reading.sentence import Sentence
from xaicheck.reading.words import inside, listed, short
from xaicheck.similarity.comparisons import span
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.topics.lesson import parts, words
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.model import Minutes, Question, Step, options
from xaicheck.topics.lesson.scores import Flip, Order
from xaicheck.topics.lesson.words import TEXT, caption, method_word, two_levels
from xaicheck.topics.ranking import PAGE
from xaicheck.types import Comparison

CHOICES = 3  # the leaders of the first order among the options, beside the new winner
_POSITIONS = {
    "measure": {key: measure.label for key, measure in SIMILARITIES.items()},
    "normalisation": {key: way.label for key, way in NORMALISATIONS.items()},
    "sign": {key: sign.label for key, sign in SIGNS.items()},
}


def position(flip: Flip, comparison: Comparison) -> str:
    """The position of the switch, as it stands in a sentence."""
    return inside(_POSITIONS[flip.switch][getattr(comparison, flip.switch)])


def _task(material: Material) -> Caption:
    flip = material.flip
    if flip is None:
        return Caption(TEXT.no_scores, TEXT.no_scores)
    before, after = flip.before.comparison, flip.after.comparison
    return TEXT.flip.task.format(
        before=position(flip, before),
        after=position(flip, after),
        first=method_word(flip.before.first),
        methods=len(flip.before.scores),
        switch=TEXT.flip.switches[flip.switch],
        before_full=inside(full_name(before)),
        after_full=inside(full_name(after)),
    )


def _questions(material: Material) -> tuple[Question, ...]:
    flip = material.flip
    if flip is None:
        return ()
    leaders = [key for key, _ in flip.before.scores[:CHOICES]]
    labels = {key: METHODS[key].label for key in METHODS if key in {*leaders, flip.after.first}}
    ask = TEXT.flip.ask.format(after=position(flip, flip.after.comparison))
    return (Question("first", ask, options(labels), flip.after.first, BECAUSE(material)),)


def _moved(material: Material) -> Mapping[str, object]:
    flip = material.flip
    assert flip is not None
    new, old = flip.after.first, flip.before.first
    return {
        "new": METHODS[new].label,
        "from_place": flip.before.place(new),
        "old": method_word(old),
        "to_place": flip.after.place(old),
    }


def _winners(material: Material) -> Mapping[str, object]:
    flip = material.flip
    assert flip is not None
    wins = listed([f"{method_word(key)} ({wins})" for key, wins in flip.winners])
    return {"settings": flip.settings, "winners": wins}


BECAUSE = Sentence[Material]("lesson_flip_because", TEXT.flip.because, lambda m: m.flip is not None, _moved)
REVEAL = two_levels("lesson_flip", TEXT.flip.reveal, lambda m: m.flip is not None, _winners)


def _reveal(material: Material) -> Caption:
    told, because = caption(material, REVEAL), BECAUSE(material)
    return Caption(f"{because} {told.student}".strip(), f"{because} {told.researcher}".strip())


def _order(order: Order, former: Order | None) -> Markup:
    """An order as a table; beside the former one it says how far each method moved."""
    low, high = span(order.comparison)
    measure = SIMILARITIES[order.comparison.measure]
    most = max(abs(value) for _, value in order.scores) if high > 1 or measure.distance else 1.0
    rows = []
    for place, (key, value) in enumerate(order.scores, 1):
        moved = 0 if former is None else former.place(key) - place
        arrow = "" if not moved else f" ({'up' if moved > 0 else 'down'} {abs(moved)})"
        share = min(max(value / most, 0.0), 1.0) if most else 0.0
        rows.append(parts.Row(METHODS[key].label + arrow, short(value), share, strong=place == 1))
    asks = measure.summary.partition("?")[0]
    end = TEXT.flip.high if measure.distance else TEXT.flip.low
    return parts.column(parts.bars(f"{measure.label}: {asks[0].lower()}{asks[1:]}? {end}", rows))


def _shown(material: Material) -> Markup:
    """The order before the switch moves."""
    return Markup() if material.flip is None else _order(material.flip.before, None)


def _revealed(material: Material) -> Markup:
    """The order after the switch moved, and what the numbers are means of."""
    flip = material.flip
    if flip is None:
        return Markup()
    contest = material.contest
    over = "" if contest is None or not contest.seeds else words.over(flip.pictures, contest.seeds)
    notes = (
        TEXT.flip.both_orders.format(over=over) if over else "",
        words.other_pictures(material.label, flip.pictures),
        material.not_held,
    )
    return _order(flip.after, flip.before) + article.lines(notes)


def _expect(material: Material) -> tuple[str, ...]:
    flip = material.flip
    if flip is None:
        return ()
    names = [inside(full_name(order.comparison)) for order in (flip.before, flip.after)]
    settings = TEXT.flip.expect.format(before=names[0], after=names[1])
    other = words.other_pictures(material.label, flip.pictures)
    return (settings, other) if other else (settings,)


STEP = Step(
    key="flip",
    **TEXT.flip.step,
    minutes=Minutes(3, 7),
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=_reveal,
    expect=_expect,
    shown=_shown,
    revealed=_revealed,
)
