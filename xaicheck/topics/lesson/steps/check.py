"""Step 3: run the check. Predict whose map keeps most, then look at all depths."""

from __future__ import annotations

from xaicheck.methods import METHODS
from xaicheck.reading.captions import Caption
from xaicheck.reading.words import listed, number
from xaicheck.topics.check import PAGE
from xaicheck.topics.lesson import pictures
from xaicheck.topics.lesson.material import HALF, REAL, Material
from xaicheck.topics.lesson.model import Minutes, Option, Question, Step, Teaching
from xaicheck.topics.ranking.words import capital


def _task(material: Material) -> Caption:
    total = material.blocks
    return Caption(
        f"The check replaces weights by random ones, from the answer backwards, and looks whether the map "
        f"changes. Here the last {HALF} of {total} blocks are random. Predict before you run it.",
        f"Cascading randomization from the output: {HALF} of {total} blocks. A map is compared with its "
        "original "
        "by the rank correlation of magnitudes. Predict before you run it.",
    )


def _questions(material: Material) -> tuple[Question, ...]:
    kept = material.kept(HALF)
    return (
        Question(
            "most",
            "Whose map changes least?",
            tuple(Option(key, METHODS[key].label) for key in REAL),
            next(iter(kept), None),
            _scores(material),
        ),
    )


def _scores(material: Material) -> str:
    kept = material.kept(HALF)
    if not kept:
        return ""
    said = [f"{pictures.method_word(key)} {number(value)}" for key, value in kept.items()]
    return capital(f"{listed(said)}; 1 is the same map, 0 an unrelated one.")


def _noise(material: Material) -> float | None:
    return (
        None if material.reading is None else material.reading.score("fresh_noise", "spearman_abs", HALF).mean
    )


def _reveal(material: Material) -> Caption:
    kept = material.kept(HALF)
    if not kept:
        return Caption("", "")
    most, least = list(kept)[0], list(kept)[-1]
    said = (
        f"With the last {HALF} of {material.blocks} blocks random, {pictures.method_word(most)} scores "
        f"{number(kept[most])} and {pictures.method_word(least)} {number(kept[least])}; fresh noise, which "
        "never "
        f"looks at the network, scores {number(_noise(material))}."
    )
    return Caption(
        f"{said} Now move the depth from the trained network to the fully random one and watch each map.",
        f"{said} Scores are means over seeds, maps are of the first seed. Move the depth along the curve.",
    )


def _teaching(material: Material) -> Teaching:
    lines = []
    end = material.kept(material.blocks)
    if end:
        said = listed([f"{pictures.method_word(key)} {number(value)}" for key, value in end.items()])
        lines.append(f"All {material.blocks} blocks random: {said}.")
    return Teaching(
        aim="Read a curve of the check: similarity to the original against the number of random blocks.",
        expect=tuple(lines),
        pitfalls=(
            "High similarity is not good or bad by itself: it says that the map does not depend on those "
            "weights.",
            "One picture, one network, few random draws: another picture gives other numbers.",
        ),
        ask=(
            "Which maps change at the first block, which only near the end?",
            "What would a method look like that never looks at the network? Where would its curve be?",
        ),
    )


STEP = Step(
    key="check",
    short="Check",
    title="Run the check: whose map changes least?",
    minutes=Minutes(4, 8),
    act="Run the check",
    remember="A map that hardly changes is insensitive to the weights that were randomized; that is all the "
    "check "
    "measures.",
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=_reveal,
    shown=lambda material: pictures.blocks(material.blocks, HALF),
    revealed=lambda material: "",
    teaching=_teaching,
    needs_maps=True,
)
