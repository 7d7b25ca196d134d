"""Step 3: run the check. Predict whose map keeps most, then look at all depths."""

from __future__ import annotations

from xaicheck.methods import METHODS
from xaicheck.reading.captions import Caption
from xaicheck.reading.words import number
from xaicheck.topics.check import PAGE
from xaicheck.topics.lesson import parts
from xaicheck.topics.lesson.material import HALF, MEASURE, REAL, Material
from xaicheck.topics.lesson.model import Minutes, Question, Step, options
from xaicheck.topics.lesson.words import TEXT, extremes, scored
from xaicheck.topics.ranking.words import capital
from xaicheck.viewer.scene import View


def _task(material: Material) -> Caption:
    return TEXT.check.task.format(random=HALF, blocks=material.blocks)


def _questions(material: Material) -> tuple[Question, ...]:
    kept = material.kept(HALF)
    labels = options({key: METHODS[key].label for key in REAL})
    because = capital(TEXT.check.because.format(scores=scored(kept))) if kept else ""
    return (Question("most", TEXT.check.ask, labels, next(iter(kept), None), because),)


def _reveal(material: Material) -> Caption:
    kept = material.kept(HALF)
    if material.reading is None or not kept:
        return Caption("", "")
    return TEXT.check.reveal.format(
        random=HALF,
        blocks=material.blocks,
        **extremes(kept),
        noise=number(material.reading.score("fresh_noise", MEASURE, HALF).mean),
    )


def _expect(material: Material) -> tuple[str, ...]:
    end = material.kept(material.blocks)
    return (TEXT.check.expect.format(blocks=material.blocks, scores=scored(end)),) if end else ()


STEP = Step(
    key="check",
    **TEXT.check.step,
    minutes=Minutes(4, 8),
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=_reveal,
    expect=_expect,
    shown=lambda material: parts.blocks(material.blocks, HALF),
    viewer=View(depth=HALF, measure=MEASURE),
    needs_maps=True,
)
