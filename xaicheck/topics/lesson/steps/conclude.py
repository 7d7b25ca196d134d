"""Step 7: what may be concluded. Six claims to sort, each with its number."""

from __future__ import annotations

from xaicheck.methods import METHODS
from xaicheck.reading.captions import Caption
from xaicheck.reading.words import number
from xaicheck.topics.check import PAGE
from xaicheck.topics.lesson import pictures, words
from xaicheck.topics.lesson.material import HALF, Material
from xaicheck.topics.lesson.model import Minutes, Option, Question, Step, Teaching
from xaicheck.topics.lesson.order import shuffled
from xaicheck.topics.lesson.scores import contest as of_picture, pictures_of

KEY = "conclude"
MAY, MAY_NOT = "may", "may_not"
_OPTIONS = (Option(MAY, words.CLAIM_MAY), Option(MAY_NOT, words.CLAIM_MAY_NOT))


def _claims(material: Material) -> tuple[Question, ...]:
    """All claims in the order of their making; those whose numbers are missing are said without them."""
    kept = material.kept(HALF)
    most = next(iter(kept), "guided_backprop")
    least = next(reversed(kept), "gradient") if kept else "gradient"
    first = METHODS[most].label
    numbers = f" ({number(kept[most])})" if kept else ""
    both = f" ({number(kept[most])} against {number(kept[least])})" if kept else ""
    contest, flip = material.contest, material.flip
    noise = ""
    if contest is not None:
        line = contest.line("fresh_noise")
        faith = number(line.faith)
        noise = f"Fresh noise has a similarity of {number(line.check)} and a faithfulness of {faith}. "
    edges = ""
    if contest is not None:
        score = number(contest.line("sobel").check)
        edges = f"Sobel edges draw the object without any network: similarity {score}. "
    winners = ""
    if flip is not None:
        winners = f"Over {flip.settings} settings {len(flip.winners)} methods come first in at least one. "
    found = (
        (
            "insensitive",
            f"“With {HALF} of {material.blocks} blocks random, the map of {pictures.method_word(most)} "
            "changed least: "
            "under this measure it is the least sensitive of the four to those weights.”",
            MAY,
            f"That is what the check measures{numbers}, and nothing more is said.",
        ),
        (
            "bounded",
            f"“For this picture, network and measure, {pictures.method_word(least)} changed more than "
            f"{pictures.method_word(most)}.”",
            MAY,
            f"It repeats what was measured{both}, and says for what. {_elsewhere(material, most)}".strip(),
        ),
        (
            "looks",
            "“A map may show the object although the network has learned nothing.”",
            MAY,
            f"{edges}In step 2 a random network’s map could be mistaken for the trained one’s.",
        ),
        (
            "faithful",
            "“A map that changes a lot tells the truth about the network.”",
            MAY_NOT,
            f"{noise}Passing shows nothing about faithfulness.",
        ),
        (
            "bad",
            f"“{first} keeps more than {pictures.method_word(least)}, so it is the worse method.”",
            MAY_NOT,
            "Scales of activations are preserved with high probability, so maps can only be expected to "
            "differ to "
            "a certain extent. Keeping something is no proof of a fault.",
        ),
        (
            "rank",
            "“The method that comes first in the check is the best one.”",
            MAY_NOT,
            f"{winners}The check is inadequate as a criterion to rank methods (Binder et al., CVPR 2023).",
        ),
    )
    return tuple(Question(key, claim, _OPTIONS, right, why) for key, claim, right, why in found)


def _elsewhere(material: Material, method: str) -> str:
    """How much the same number varies over the pictures that were scored; empty without scores."""
    data = material.scores
    contest = material.contest
    if data is None or contest is None or method not in data.methods:
        return ""
    values = [
        found.line(method).check
        for i in pictures_of(data, "")
        if (found := of_picture(data, data.images[i])) is not None
    ]
    return (
        f"Elsewhere the numbers differ: over {len(values)} pictures the mean of "
        f"{pictures.method_word(method)} over all "
        f"depths goes from {number(min(values))} to {number(max(values))}."
    )


def _task(material: Material) -> Caption:
    return Caption(
        "Sort the six claims: which may be concluded from what you saw, and which may not?",
        "Sort the six claims by whether they follow from the numbers of the steps before.",
    )


def _questions(material: Material) -> tuple[Question, ...]:
    return shuffled(_claims(material), material.sample, KEY)


def _reveal(material: Material) -> Caption:
    return Caption(
        "The three claims that hold say what was measured and for what. The other three make a verdict about "
        "methods of it, and no number here supports that.",
        "What follows is a statement about sensitivity to the randomized weights under one measure. Failing "
        "shows "
        "insensitivity, passing shows nothing about faithfulness, and neither ranks methods.",
    )


def _teaching(material: Material) -> Teaching:
    return Teaching(
        aim="Separate a measurement from a verdict.",
        expect=(),
        pitfalls=(
            "Not: “so the check is useless”. It finds maps that ignore the weights; it does not rank "
            "methods.",
            "The word to listen for is “so”: the measurement before it may be right and the conclusion "
            "wrong.",
        ),
        ask=(
            "Rewrite one of the wrong claims so that it becomes right.",
            "What test would you want before trusting a map in a hospital or a court?",
        ),
    )


STEP = Step(
    key=KEY,
    short="Claims",
    title="What may be concluded?",
    minutes=Minutes(3, 7),
    act="Check my sorting",
    remember="Failing shows insensitivity; passing shows nothing about faithfulness; neither ranks methods.",
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=_reveal,
    shown=lambda material: "",
    revealed=lambda material: "",
    teaching=_teaching,
)
