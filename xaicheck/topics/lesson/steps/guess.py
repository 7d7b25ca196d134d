"""Step 2: guess first. Of each pair of maps one belongs to the trained network; nothing gives it away."""

from __future__ import annotations

from xaicheck.methods import METHODS
from xaicheck.reading.captions import Caption
from xaicheck.reading.words import count, listed, number, score_word
from xaicheck.topics.lesson import pictures
from xaicheck.topics.lesson.material import MEASURE, REAL, Material
from xaicheck.topics.lesson.model import Minutes, Option, Question, Step, Teaching
from xaicheck.topics.lesson.order import shuffled, sides
from xaicheck.topics.methods import PAGE

KEY = "guess"
A, B = "a", "b"


def pairs(sample: str) -> tuple[tuple[str, str], ...]:
    """(method, which map is the trained network's) in the order on the page and on the sheet."""
    first = sides(len(REAL), sample, KEY)
    return tuple(
        (method, A if trained else B)
        for method, trained in zip(shuffled(REAL, sample, f"{KEY} methods"), first, strict=True)
    )


def pair(material: Material, method: str, right: str, *, answered: bool) -> str:
    """HTML: the two maps of a method; before the answer captions and alternative texts name no network."""
    label, deepest = METHODS[method].label, material.blocks
    figures = []
    for side in (A, B):
        depth = 0 if side == right else deepest
        name = f"Map {side.upper()}"
        network = "trained network" if depth == 0 else f"all {deepest} blocks random"
        caption = f"{name}: {network}" if answered else name
        figures.append(
            pictures.picture(
                material.reading, method, depth, caption=caption, alt=f"{label}, {caption}", numbers=answered
            )
        )
    return f'<div class="xl-pair">{"".join(figures)}</div>'


def _task(material: Material) -> Caption:
    return Caption(
        f"Each pair shows two maps of {material.target_name} by the same method. One is from the trained "
        "network. "
        f"For the other, all {material.blocks} blocks of the network got random weights: it has learned "
        "nothing. "
        "Which one is from the trained network? Each map has its own colour range.",
        f"Each pair: the same method, picture and class ({material.target_name}); one map from the trained "
        f"network, one after a full cascading randomization ({material.blocks} blocks, He normal, BatchNorm "
        "recalibrated). Colours: each map its own range. Which one is from the trained network?",
    )


def _questions(material: Material) -> tuple[Question, ...]:
    return tuple(
        Question(
            method,
            f"{METHODS[method].label}: which map is from the trained network?",
            (Option(A, "Map A"), Option(B, "Map B")),
            right,
            _because(material, method, right),
        )
        for method, right in pairs(material.sample)
    )


def _because(material: Material, method: str, right: str) -> str:
    other = B if right == A else A
    if material.reading is None:
        return ""
    score = material.reading.score(method, MEASURE, material.blocks)
    return (
        f"Map {right.upper()} is from the trained network, map {other.upper()} from the random one. Likeness "
        "of "
        f"the two: {number(score.mean)} ({score_word(MEASURE, score.mean)})."
    )


def _reveal(material: Material) -> Caption:
    kept = material.kept(material.blocks)
    if not kept:
        return Caption("", "")
    most, least = list(kept)[0], list(kept)[-1]
    said = (
        f"The {pictures.method_word(most)} maps are the most alike ({number(kept[most])}), those of "
        f"{pictures.method_word(least)} the least ({number(kept[least])})"
    )
    half = count(len(REAL) // 2, "pair")
    return Caption(
        f"Guessing blindly gets {half} of {len(REAL)} right on average. {said}; 1 means the same map, 0 "
        "unrelated. "
        "A map of a network that has learned nothing can still draw the picture: its edges shine through.",
        f"A coin gets {half} of {len(REAL)} right on average. {said}; rank correlation of magnitudes, "
        "mean over seeds. Part of what is seen is the input itself, passed on by any weights.",
    )


def _teaching(material: Material) -> Teaching:
    kept = material.kept(material.blocks)
    said = listed([f"{pictures.method_word(key)} {number(value)}" for key, value in kept.items()])
    return Teaching(
        aim="Feel that a good-looking map is no evidence: looking alone does not tell trained from random.",
        expect=(f"Likeness of the two maps of a pair: {said}.",) if kept else (),
        pitfalls=(
            "Some pairs are easy (one map is plain noise), some are not. That is a fact about methods, not "
            "about "
            "the eyes of the class.",
            "Both maps are drawn on their own colour range. On one range the weaker map would be almost "
            "blank, "
            "which would give it away.",
        ),
        ask=(
            "Show of hands before the answer: who says A, who says B? Write the counts down.",
            "What did you look for: the shape of the object, edges, noise? Did the network put it there?",
        ),
    )


STEP = Step(
    key=KEY,
    short="Guess",
    title="Which of these is from the trained network?",
    minutes=Minutes(3, 6),
    act="Show which is which",
    remember="That a map shows the object is no evidence that the network knows the object.",
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=_reveal,
    shown=lambda material: "",
    revealed=lambda material: "",
    teaching=_teaching,
    needs_maps=True,
)
