"""Step 2: guess first. Of each pair of maps one belongs to the trained network; nothing gives it away."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from xaicheck.methods import METHODS
from xaicheck.reading.captions import Caption
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import count, number, score_word
from xaicheck.topics.lesson import parts
from xaicheck.topics.lesson.material import MEASURE, REAL, Material
from xaicheck.topics.lesson.model import Minutes, Question, Step, options, shuffled, sides
from xaicheck.topics.lesson.words import TEXT, caption, extremes, method_word, scored, two_levels
from xaicheck.topics.methods import PAGE

KEY = "guess"
A, B = "a", "b"
NEARER = 0.5  # a likeness from here on is nearer to the same than to independent


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
            say(BECAUSE, (material, method, right)),
        )
        for method, right in pairs(material.sample)
    )


Asked = tuple[Material, str, str]  # with the method and the side of the trained network's map


def _likeness(asked: Asked) -> float | None:
    material, method, _ = asked
    return material.shown(material.blocks).get(method)


def _answer(asked: Asked) -> Mapping[str, object]:
    score, right = _likeness(asked), asked[2]
    sides = {"right": right.upper(), "other": (B if right == A else A).upper()}
    return sides | {"score": number(score), "word": score_word(MEASURE, score)}


BECAUSE = (
    Sentence[Asked](
        "lesson_guess_because", TEXT.guess.because, lambda asked: _likeness(asked) is not None, _answer
    ),
    Sentence[Asked](
        "lesson_guess_because_plain",
        TEXT.guess.because_plain,
        lambda asked: asked[0].reading is not None and _likeness(asked) is None,
        _answer,
    ),
)


def most_alike(material: Material) -> tuple[str, float]:
    """The method whose shown pair is most alike, and its likeness; none and 0 without numbers."""
    return next(iter(_shown(material).items()), ("", 0.0))


def _shown(material: Material) -> dict[str, float]:
    return material.shown(material.blocks)


def _ends(material: Material) -> Mapping[str, object]:
    return {"half": count(len(REAL) // 2, "pair"), "pairs": len(REAL), **extremes(_shown(material))}


ENDS = two_levels("lesson_guess", TEXT.guess.reveal, lambda m: len(_shown(m)) > 1, _ends)
ALIKE = two_levels(
    "lesson_guess_alike",
    TEXT.guess.alike,
    lambda m: most_alike(m)[1] >= NEARER,
    lambda m: {"most": method_word(most_alike(m)[0])},
)
EXPECT = Sentence[Material](
    "lesson_guess_expect",
    TEXT.guess.expect,
    lambda m: bool(_shown(m)),
    lambda m: {"scores": scored(_shown(m))},
)


def _expect(material: Material) -> tuple[str, ...]:
    return tuple(filter(None, (EXPECT(material),)))


STEP = Step(
    key=KEY,
    **TEXT.guess.step,
    minutes=Minutes(3, 6),
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=lambda material: caption(material, ENDS, ALIKE),
    expect=_expect,
    above=_above,
    needs_maps=True,
)
