"""Step 7: what may be concluded. Claims to sort, each with its number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from xaicheck.methods import METHODS
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import number
from xaicheck.topics.check import PAGE
from xaicheck.topics.lesson.material import HALF, REAL, Material
from xaicheck.topics.lesson.model import Minutes, Question, Step, options, shuffled
from xaicheck.topics.lesson.scores import contest as contest_on, pictures_of
from xaicheck.topics.lesson.steps.guess import NEARER, most_alike
from xaicheck.topics.lesson.words import TEXT, method_word, networks

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
COMPARED = ("insensitive", "bounded", "bad")  # claims about the methods that change least and most


def _ends(material: Material) -> tuple[str, str] | None:
    """The methods whose maps change least and most; None where that is not known of two."""
    kept = list(material.kept(HALF).items())
    if len(kept) < 2 or kept[0][1] == kept[-1][1]:
        return None
    return kept[0][0], kept[-1][0]


def _claims(material: Material) -> tuple[Question, ...]:
    """All claims in the order of RIGHT; what is right is not known of those whose numbers are missing."""
    most, least = _ends(material) or ("guided_backprop", "gradient")
    numbers = {
        "random": HALF,
        "blocks": material.blocks,
        "methods": len(material.kept(HALF)) or len(REAL),
        "networks": networks(material),
        "most": method_word(most),
        "least": method_word(least),
        "first": METHODS[most].label,
    }
    known = _ends(material) is not None
    return tuple(
        Question(
            key,
            TEXT.conclude.claims[key].claim.format(**numbers),
            options(TEXT.conclude.options),
            right if known or key not in COMPARED else None,
            f"{say(WHY.get(key, ()), material)} {TEXT.conclude.claims[key].why}".strip(),
        )
        for key, right in RIGHT.items()
    )


def _held(material: Material) -> int:
    """In how many random networks the map changes least that does so on average."""
    own, first = material.by_network(HALF), next(iter(material.kept(HALF)))
    return sum(
        value >= max(values.get(seed, -math.inf) for values in own.values())
        for seed, value in own[first].items()
    )


def _high_low(material: Material) -> Mapping[str, object]:
    kept = material.kept(HALF)
    most, least = _ends(material) or ("", "")
    return {
        "score": number(kept[most]), "high": number(kept[most]), "low": number(kept[least]),
        "held": _held(material), "networks": networks(material),
    }  # fmt: skip


def _controls(material: Material) -> Mapping[str, object]:
    contest = material.contest
    assert contest is not None
    noise = contest.line("fresh_noise")
    edges = number(contest.line("sobel").check)
    return {"score": number(noise.check), "faith": number(noise.faith), "edges": edges}


def _most_alike(material: Material) -> Mapping[str, object]:
    method, value = most_alike(material)
    return {"method": method_word(method), "score": number(value)}


def _wins(material: Material) -> Mapping[str, object]:
    assert material.flip is not None
    return {"settings": material.flip.settings, "methods": len(material.flip.winners)}


def _over_pictures(material: Material) -> tuple[str, list[float]] | None:
    """(the method that changes least, its mean on each scored picture); None without scores."""
    data, ends = material.scores, _ends(material)
    if data is None or ends is None or ends[0] not in data.methods:
        return None
    contests = [contest_on(data, data.images[i]) for i in pictures_of(data, "")]
    values = [contest.line(ends[0]).check for contest in contests if contest is not None]
    return (ends[0], values) if len(values) > 1 else None


def _elsewhere(material: Material) -> Mapping[str, object]:
    method, values = _over_pictures(material) or ("", [0.0])
    low, high = number(min(values)), number(max(values))
    return {"pictures": len(values), "method": method_word(method), "low": low, "high": high}


WHY: Mapping[str, tuple[Sentence[Material], ...]] = MappingProxyType(
    {
        "insensitive": (
            Sentence[Material](
                "lesson_claim_score", TEXT.conclude.score, lambda m: _ends(m) is not None, _high_low
            ),
        ),
        "bounded": (
            Sentence[Material](
                "lesson_claim_both", TEXT.conclude.both, lambda m: _ends(m) is not None, _high_low
            ),
            Sentence[Material](
                "lesson_claim_elsewhere",
                TEXT.conclude.elsewhere,
                lambda m: _over_pictures(m) is not None,
                _elsewhere,
            ),
        ),
        "looks": (
            Sentence[Material](
                "lesson_claim_edges", TEXT.conclude.edges, lambda m: m.contest is not None, _controls
            ),
            Sentence[Material](
                "lesson_claim_alike",
                TEXT.conclude.alike,
                lambda m: most_alike(m)[1] >= NEARER,
                _most_alike,
            ),
        ),
        "faithful": (
            Sentence[Material](
                "lesson_claim_noise", TEXT.conclude.noise, lambda m: m.contest is not None, _controls
            ),
        ),
        "rank": (
            Sentence[Material](
                "lesson_claim_winners", TEXT.conclude.winners, lambda m: m.flip is not None, _wins
            ),
        ),
    }
)
"""What the numbers say about a claim, by its key."""
SENTENCES = tuple(sentence for said in WHY.values() for sentence in said)


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
    needs_maps=True,
)
