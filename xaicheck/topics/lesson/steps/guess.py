"""Step 2: guess first. Of each pair of maps one belongs to the trained network; nothing gives it away."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from xaicheck.methods import METHODS
from xaicheck.reading.captions import Caption
from xaicheck.reading.words import count, number, score_word
from xaicheck.topics.lesson import parts
from xaicheck.topics.lesson.material import MEASURE, REAL, Material
from xaicheck.topics.lesson.model import Minutes, Question, Step, options, shuffled, sides
from xaicheck.topics.lesson.words import TEXT, extremes, scored
from xaicheck.topics.methods import PAGE

KEY = "guess"
A, B = "a", "b"


def _name(side: str) -> str:
    return TEXT.guess.map.format(side=side.upper())


def pairs(sample: str) -> tuple[tuple[str, str], ...]:
    """(method, which map is the trained network's) in the order on the page and on the sheet."""
    first = sides(len(REAL), sample, KEY)
    return tuple(
        (method, A if trained else B)
        for method, trained in zip(shuffled(REAL, sample, f"{KEY} methods"), first, strict=True)
    )


def pair(material: Material, method: str, right: str, *, answered: bool) -> Markup:
    """The two maps of a method; before the answer captions and alternative texts name no network."""
    label, deepest = METHODS[method].label, material.blocks
    figures = []
    for side in (A, B):
        depth = 0 if side == right else deepest
        network = TEXT.guess.random.format(blocks=deepest) if depth else TEXT.guess.trained
        caption = f"{_name(side)}: {network}" if answered else _name(side)
        alt = f"{label}, {caption}"
        figures.append(
            parts.picture(material.reading, method, depth, caption=caption, alt=alt, numbers=answered)
        )
    return parts.pair(figures)


def _above(material: Material, answered: bool) -> Mapping[str, Markup]:
    return {
        method: pair(material, method, right, answered=answered) for method, right in pairs(material.sample)
    }


def _task(material: Material) -> Caption:
    return TEXT.guess.task.format(target=material.target_name, blocks=material.blocks)


def _questions(material: Material) -> tuple[Question, ...]:
    return tuple(
        Question(
            method,
            TEXT.guess.ask.format(method=METHODS[method].label),
            options({side: _name(side) for side in (A, B)}),
            right,
            _because(material, method, right),
        )
        for method, right in pairs(material.sample)
    )


def _because(material: Material, method: str, right: str) -> str:
    if material.reading is None:
        return ""
    other = B if right == A else A
    score = material.reading.score(method, MEASURE, material.blocks)
    return TEXT.guess.because.format(
        right=right.upper(),
        other=other.upper(),
        score=number(score.mean),
        word=score_word(MEASURE, score.mean),
    )


def _reveal(material: Material) -> Caption:
    kept = material.kept(material.blocks)
    if not kept:
        return Caption("", "")
    return TEXT.guess.reveal.format(
        half=count(len(REAL) // 2, "pair"),
        pairs=len(REAL),
        **extremes(kept),
    )


def _expect(material: Material) -> tuple[str, ...]:
    kept = material.kept(material.blocks)
    return (TEXT.guess.expect.format(scores=scored(kept)),) if kept else ()


STEP = Step(
    key=KEY,
    **TEXT.guess.step,
    minutes=Minutes(3, 6),
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=_reveal,
    expect=_expect,
    above=_above,
    needs_maps=True,
)
