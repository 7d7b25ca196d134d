"""The lesson in words that depend on numbers, around its steps: where one is, the count, whose numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from xaicheck.methods import METHODS
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.reading.captions import Caption
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.texts import beside
from xaicheck.reading.words import count, inside, listed, method_name, number
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.model import Result

TEXT = beside(__file__)


def two_levels(
    key: str,
    words: Caption,
    premise: Callable[[Material], bool],
    numbers: Callable[[Material], Mapping[str, object]] = lambda material: {},
) -> tuple[Sentence[Material], Sentence[Material]]:
    """The same said twice, for a student and for a researcher, under one premise."""
    student = Sentence(f"{key}_student", words.student, premise, numbers)
    return student, Sentence(f"{key}_researcher", words.researcher, premise, numbers)


def caption(material: Material, *pairs: tuple[Sentence[Material], Sentence[Material]]) -> Caption:
    """What both levels say of it."""
    student, researcher = zip(*pairs, strict=True)
    return Caption(say(student, material), say(researcher, material))


def method_word(key: str) -> str:
    """A method's name inside a sentence."""
    return method_name(METHODS, key)


def scored(scores: Mapping[str, float]) -> str:
    """Methods and their scores as a list inside a sentence."""
    return listed([f"{method_word(key)} {number(score)}" for key, score in scores.items()])


def networks(material: Material) -> str:
    """How many random networks a mean is made of."""
    return count(material.networks, "random network")


def extremes(scores: Mapping[str, float]) -> dict[str, str]:
    """The first and the last of some scores, most alike first, as the texts name them."""
    (most, high), (least, low) = list(scores.items())[0], list(scores.items())[-1]
    return {
        "most": method_word(most),
        "most_score": number(high),
        "least": method_word(least),
        "least_score": number(low),
    }


def step_of(at: int, total: int, minutes: str) -> str:
    """Where one is."""
    return f"Step {at} of {total} · {minutes}"


def blocks_alt(total: int, random: int) -> str:
    """The alternative text of the row of blocks."""
    kept = total - random
    return f"{total} blocks from the picture to the answer: {kept_blocks(kept)}, {random_blocks(random)}"


def kept_blocks(kept: int) -> str:
    """How many blocks keep their weights."""
    return f"{count(kept, 'block')} with trained weights"


def random_blocks(random: int) -> str:
    """How many blocks have new weights."""
    return f"{count(random, 'block')} with random weights"


def of(result: Result) -> str:
    """A count."""
    return f"{result.correct} of {result.asked}"


def total_line(result: Result, answered: int, steps: int) -> str:
    """All answers in one sentence."""
    if not answered:
        return TEXT.results_empty
    line = f"{result.correct} of {count(result.asked, 'answer')} right in {answered} of {steps} steps."
    if answered < steps:
        return f"{line} {count(steps - answered, 'step')} not answered yet."
    return f"{line} {TEXT.all_right}" if result.perfect else line


def over(pictures: Sequence[str], seeds: int, depths: int | None = None) -> str:
    """What a number is the mean of."""
    many = f" and {count(len(pictures), 'picture')}" if len(pictures) > 1 else ""
    deep = f"{depths} depths, " if depths and many else f"{depths} depths and " if depths else ""
    return f"mean over {deep}{count(seeds, 'random network')}{many}"


def other_pictures(label: str, pictures: Sequence[str]) -> str:
    """That a picture has no scores of its own; empty where it has."""
    if label in pictures:
        return ""
    return (
        f"{label} is not among the pictures that were scored beforehand: these are means over "
        f"{count(len(pictures), 'other picture')}."
    )


def sheet_line(picture: str, target: str, low: int, high: int) -> str:
    """What the sheet is about, in one line."""
    return f"Picture: {picture} · explained class: {target} · {low} to {high} minutes"


def made_line(network: str, seeds: Sequence[int], law: str, batchnorm: str, version: str) -> str:
    """What the numbers were computed for."""
    chosen = ", ".join(map(str, seeds))
    drawn, norm = LAWS[law].label, inside(BATCHNORM[batchnorm].label)
    made = f"Maps and scores: {network}, seeds {chosen}, new weights: {drawn}, BatchNorm: {norm}."
    return f"{made} xaicheck {version}".strip()
