"""Step 1: what an attribution is."""

from __future__ import annotations

import numpy as np

from xaicheck.reading.captions import Caption
from xaicheck.topics.lesson import pictures
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.model import Minutes, Option, Question, Step, Teaching
from xaicheck.topics.methods import PAGE

METHOD = "lrp"
STRONGEST = 0.01  # the share of the pixels that the answer counts


def _task(material: Material) -> Caption:
    sure = f" with a probability of {100 * material.target.probability:.0f} %" if material.target else ""
    said = f"A network says {material.target_name}{sure}. "
    return Caption(
        f"{said}A method colours each pixel of the picture by how much it had to do with that answer. Look "
        "at "
        "both pictures, then answer.",
        f"{said}The map is LRP (ε, z⁺) of that class’s logit, channels summed, drawn on its own range "
        "(99.5th "
        "percentile of |values|). Look at both pictures, then answer.",
    )


def _questions(material: Material) -> tuple[Question, ...]:
    return (
        Question(
            "pixel",
            f"A pixel has a strong colour in the map for {material.target_name}. What is certain?",
            (
                Option("network", "Without this pixel the network would answer something else."),
                Option("method", "The method gave this pixel a large number for that answer."),
                Option("person", "A person would look at the same place."),
            ),
            "method",
            "The colour is a number that the method computed. Whether the network needs the pixel is another "
            "question, which takes another test; what people look at, the method does not know at all.",
        ),
    )


def _share(material: Material) -> tuple[int, float] | None:
    """(pixels, the share of the map’s total magnitude in its strongest hundredth); None without a map."""
    found = None if material.reading is None else material.reading.map(METHOD, 0)
    if found is None or found.values is None:
        return None
    size = np.sort(np.abs(found.values, dtype=np.float64), axis=None)[::-1]
    total = float(size.sum())
    return (size.size, float(size[: round(STRONGEST * size.size)].sum()) / total) if total else None


def _reveal(material: Material) -> Caption:
    known = _share(material)
    if known is None:
        return Caption("An attribution is one number a pixel.", "An attribution is one number a pixel.")
    pixels, share = known
    facts = f"This map is {pixels:,} numbers, one a pixel. "
    strong = f"The strongest {100 * STRONGEST:.0f} % of the pixels hold {100 * share:.0f} % of its total"
    return Caption(
        f"{facts}{strong}. It looks convincing; whether it tells anything about the network is what the next "
        "steps ask.",
        f"{facts}{strong} (sum of |values|). Nothing in the construction guarantees that the map depends on "
        "what the network learned; the next steps test that.",
    )


def _shown(material: Material) -> str:
    label = f"Map of {pictures.method_word(METHOD)} for {material.target_name}"
    return pictures.row(
        pictures.photograph(material.reading),
        pictures.picture(material.reading, METHOD, 0, caption=label, alt=label),
    )


def _teaching(material: Material) -> Teaching:
    return Teaching(
        aim="Tell a map from the truth: an attribution is a number that a method gives to a pixel.",
        expect=(),
        pitfalls=(
            "“The network looks there” is shorthand. The network reads every pixel; the map is computed "
            "after.",
            "The colours are scaled to the map’s own largest values: bright is not the same as important.",
        ),
        ask=(
            "Who made this map: the network, or a program about the network?",
            "How could one find out whether the map is right?",
        ),
    )


STEP = Step(
    key="attribution",
    short="Look",
    title="What is an attribution?",
    minutes=Minutes(2, 4),
    act="Show the answer",
    remember="An attribution is one number a pixel, computed by a method; whether it fits the network has to "
    "be "
    "checked.",
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=_reveal,
    shown=_shown,
    revealed=lambda material: "",
    teaching=_teaching,
    needs_maps=True,
)
