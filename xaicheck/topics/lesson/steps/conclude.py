"""Step 7: what may be concluded. Claims to sort, each with its number."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xaicheck.methods import METHODS
from xaicheck.reading.words import number
from xaicheck.topics.check import PAGE
from xaicheck.topics.lesson.material import HALF, Material
from xaicheck.topics.lesson.model import Minutes, Question, Step, options, shuffled
from xaicheck.topics.lesson.scores import contest as contest_on, pictures_of
from xaicheck.topics.lesson.words import TEXT, method_word

KEY = "conclude"
MAY, MAY_NOT = "may", "may_not"  # keys of the options
RIGHT: Mapping[str, str] = MappingProxyType(
    {
        "insensitive": MAY,
        "bounded": MAY,
        "looks": MAY,
        "faithful": MAY_NOT,
        "bad": MAY_NOT,
        "rank": MAY_NOT,
    }
)
"""What is right for each claim of the texts, in the order of their making."""


def _claims(material: Material) -> tuple[Question, ...]:
    """All claims in the order of RIGHT; those whose numbers are missing are said without them."""
    kept = material.kept(HALF)
    most = next(iter(kept), "guided_backprop")
    least = next(reversed(kept), "gradient") if kept else "gradient"
    numbers = {
        "random": HALF,
        "blocks": material.blocks,
        "most": method_word(most),
        "least": method_word(least),
        "first": METHODS[most].label,
        "score": f" ({number(kept[most])})" if kept else "",
        "both": f" ({number(kept[most])} against {number(kept[least])})" if kept else "",
        "elsewhere": _elsewhere(material, most),
        **_controls(material),
    }
    return tuple(
        Question(
            key,
            TEXT.conclude.claims[key].claim.format(**numbers),
            options(TEXT.conclude.options),
            right,
            TEXT.conclude.claims[key].why.format(**numbers).strip(),
        )
        for key, right in RIGHT.items()
    )


def _controls(material: Material) -> dict[str, str]:
    """What noise, edges and the count of winners say about the claims; empty without scores."""
    contest, flip = material.contest, material.flip
    noise = edges = winners = ""
    if contest is not None:
        line = contest.line("fresh_noise")
        noise = TEXT.conclude.noise.format(score=number(line.check), faith=number(line.faith))
        edges = TEXT.conclude.edges.format(score=number(contest.line("sobel").check))
    if flip is not None:
        winners = TEXT.conclude.winners.format(settings=flip.settings, methods=len(flip.winners))
    return {"noise": noise, "edges": edges, "winners": winners}


def _elsewhere(material: Material, method: str) -> str:
    """How much the same number varies over the pictures that were scored; empty without scores."""
    data = material.scores
    if data is None or material.contest is None or method not in data.methods:
        return ""
    contests = [contest_on(data, data.images[i]) for i in pictures_of(data, "")]
    values = [contest.line(method).check for contest in contests if contest is not None]
    return TEXT.conclude.elsewhere.format(
        pictures=len(values), method=method_word(method), low=number(min(values)), high=number(max(values))
    )


def _questions(material: Material) -> tuple[Question, ...]:
    return shuffled(_claims(material), material.sample, KEY)


STEP = Step(
    key=KEY,
    **TEXT.conclude.step,
    minutes=Minutes(3, 7),
    page=PAGE,
    task=lambda material: TEXT.conclude.task,
    questions=_questions,
    reveal=lambda material: TEXT.conclude.reveal,
)
