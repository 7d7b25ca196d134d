"""Step 3: run the check. Predict whose map keeps most, then look at all depths."""

from __future__ import annotations

from collections.abc import Mapping

from xaicheck.methods import METHODS
from xaicheck.reading import tables
from xaicheck.reading.captions import Caption
from xaicheck.reading.sentence import Sentence
from xaicheck.reading.tables import Rows
from xaicheck.reading.words import number
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.check import PAGE
from xaicheck.topics.lesson import parts
from xaicheck.topics.lesson.material import HALF, MEASURE, REAL, Material
from xaicheck.topics.lesson.model import Minutes, Question, Step, options
from xaicheck.topics.lesson.words import TEXT, caption, extremes, networks, scored, two_levels
from xaicheck.topics.ranking.words import capital
from xaicheck.viewer.scene import View


def _task(material: Material) -> Caption:
    return TEXT.check.task.format(random=HALF, blocks=material.blocks)


def _questions(material: Material) -> tuple[Question, ...]:
    kept = material.kept(HALF)
    labels = options({key: METHODS[key].label for key in REAL})
    because = BECAUSE(material)
    right, why = next(iter(kept), None), capital(because) if because else ""
    return (Question("most", TEXT.check.ask, labels, right, why),)


def _ends(material: Material) -> Mapping[str, object]:
    ends = extremes(material.kept(HALF))
    return {"random": HALF, "blocks": material.blocks, "networks": networks(material), **ends}


def _noise(material: Material) -> float | None:
    reading = material.reading
    if reading is None or not reading.usable("fresh_noise", HALF):
        return None
    return reading.score("fresh_noise", MEASURE, HALF).mean


BECAUSE = Sentence[Material](
    "lesson_check_because",
    TEXT.check.because,
    lambda m: bool(m.kept(HALF)),
    lambda m: {"scores": scored(m.kept(HALF)), "networks": networks(m)},
)
ENDS = two_levels("lesson_check", TEXT.check.reveal, lambda m: len(m.kept(HALF)) > 1, _ends)
NOISE = two_levels(
    "lesson_check_noise",
    TEXT.check.noise,
    lambda m: _noise(m) is not None,
    lambda m: {"noise": number(_noise(m))},
)
LOOK = two_levels("lesson_check_look", TEXT.check.look, lambda m: bool(m.kept(HALF)))
EXPECT = Sentence[Material](
    "lesson_check_expect",
    TEXT.check.expect,
    lambda m: bool(m.kept(m.blocks)),
    lambda m: {"blocks": m.blocks, "scores": scored(m.kept(m.blocks)), "networks": networks(m)},
)


def _expect(material: Material) -> tuple[str, ...]:
    return tuple(filter(None, (EXPECT(material),)))


def _table(material: Material) -> Rows:
    """The scores of every method at every depth."""
    return [] if material.reading is None else tables.scores(material.reading, SIMILARITIES[MEASURE], METHODS)


STEP = Step(
    key="check",
    **TEXT.check.step,
    minutes=Minutes(4, 8),
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=lambda material: caption(material, ENDS, NOISE, LOOK),
    expect=_expect,
    shown=lambda material: parts.blocks(material.blocks, HALF),
    viewer=View(depth=HALF, measure=MEASURE),
    table=_table,
    needs_maps=True,
)
