"""The part of step 6 on two random networks: how alike they are, beside the trained one, and the placebo."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from xaicheck.experiments.ranking.association import Association
from xaicheck.experiments.repairs.uncaught import shipped
from xaicheck.reading import diagonal_drawing, diagonal_figure
from xaicheck.reading.sentence import Sentence
from xaicheck.reading.words import count, number
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.model import Beside, Question, options
from xaicheck.topics.lesson.words import TEXT, caption, two_levels

STAY, HALF, FALL = "stay", "half", "fall"  # keys of the options
NEAR: Mapping[str, float] = {FALL: 0.0, HALF: 0.5, STAY: 1.0}  # what is left of r, of the mean over methods
HEIGHT = 380


def _seen(material: Material) -> Association | None:
    """What there is to show; None where no random network has stood in the trained one's place."""
    seen = material.association
    return seen if seen is not None and seen.placebo_known else None


def _known(material: Material) -> bool:
    return _seen(material) is not None


def _same(material: Material) -> bool:
    seen = _seen(material)
    return seen is not None and seen.found.same_order


def _nearer(material: Material) -> bool | None:
    seen = _seen(material)
    against = None if seen is None else seen.against_faith
    return None if against is None else against[1] > against[0]


def _numbers(material: Material) -> Mapping[str, object]:
    seen = _seen(material)
    assert seen is not None
    found = seen.found
    same, *placebo = found.alike
    own, *places = (sum(r for r, _ in place) / len(place) for place in found.places)
    against = dict(zip(("raw", "rest"), map(number, seen.against_faith or ()), strict=False))
    return {
        "same": same, "pairs": found.pairs, "methods": count(len(found.real), "method"),
        "low_pairs": min(placebo), "high_pairs": max(placebo), "tau": number(found.tau),
        "low": number(min(found.placebo, default=None)), "high": number(max(found.placebo, default=None)),
        "trained": number(own), "placebo": number(sum(places) / len(places)),
        "pictures": count(found.images, "picture"), "networks": found.networks, **against,
    }  # fmt: skip


BECAUSE = Sentence[Material]("lesson_twice_because", TEXT.twice.because, _known, _numbers)
ORDER = two_levels("lesson_twice_order", TEXT.twice.order, _known, _numbers)
FOLLOWS = two_levels("lesson_twice_follows", TEXT.twice.follows, _same)
DIFFERS = two_levels("lesson_twice_differs", TEXT.twice.differs, lambda m: _known(m) and not _same(m))
NOT_NEARER = two_levels(
    "lesson_twice_not_nearer", TEXT.twice.not_nearer, lambda m: _nearer(m) is False, _numbers
)
NEARER = two_levels("lesson_twice_nearer", TEXT.twice.nearer, lambda m: _nearer(m) is True, _numbers)
UNSEEN = two_levels("lesson_twice_unseen", TEXT.twice.unseen, lambda m: _known(m) and shipped() is not None)
REVEAL = (ORDER, FOLLOWS, DIFFERS, NOT_NEARER, NEARER, UNSEEN)


def questions(material: Material) -> tuple[Question, ...]:
    """The question on the placebo; none where there are no numbers."""
    seen = _seen(material)
    if seen is None:
        return ()
    share = seen.placebo_share or 0.0
    right = min(NEAR, key=lambda key: abs(NEAR[key] - share))
    return (Question("placebo", TEXT.twice.ask, options(TEXT.twice.options), right, BECAUSE(material)),)


def beside(material: Material) -> Mapping[str, Beside]:
    """The figure beside its question."""
    seen = _seen(material)
    if seen is None:
        return {}
    found = seen.found
    return {
        "placebo": Beside(
            lambda on: diagonal_figure.figure(found, placebo=on, controls=False, height=HEIGHT),
            diagonal_figure.alt(found, TEXT.twice.alt, controls=False),
            TEXT.twice.caption.format(**_numbers(material)),
            diagonal_figure.LABELS.switch,
            caption(material, *REVEAL),
        )
    }


def printed(material: Material, answered: bool) -> Markup:
    """The figure for paper; `answered`: with the placebo and what it shows. Empty without numbers."""
    seen = _seen(material)
    if seen is None:
        return Markup()
    text = TEXT.twice
    drawn = diagonal_drawing.drawing(
        seen.found, across=text.across, up=text.up, line=text.line, placebo=answered
    )
    told = text.caption.format(**_numbers(material)).student
    if answered:
        told = f"{told} {text.small} {caption(material, *REVEAL).researcher}"
    return diagonal_drawing.figure(drawn, told)
