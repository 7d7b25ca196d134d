"""The part of step 6 on two random networks: how alike they are, beside the trained one, and the placebo."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from xaicheck.experiments.ranking.association import Association
from xaicheck.experiments.ranking.diagonal import Diagonal
from xaicheck.experiments.repairs.uncaught import shipped
from xaicheck.reading import diagonal_drawing, diagonal_figure
from xaicheck.reading.captions import Caption
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import count, each_time, number
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.model import Beside, Question, options
from xaicheck.topics.lesson.words import TEXT, caption, two_levels

STAY, HALF, FALL = "stay", "half", "fall"  # keys of the options
NEAR: Mapping[str, float] = {FALL: 0.0, HALF: 0.5, STAY: 1.0}  # what is left of r, of the mean over methods
LITTLE = 0.25  # of the mean r; up to that the points stay about where they are
HEIGHT = 420


def _seen(material: Material) -> Association | None:
    """What there is to show; None where no random network has stood in the trained one's place."""
    seen = material.association
    return seen if seen is not None and seen.placebo_known else None


def _known(material: Material) -> bool:
    return _seen(material) is not None


def _same(material: Material) -> bool:
    seen = _seen(material)
    return seen is not None and seen.found.same_order


def _lower(material: Material) -> bool:
    seen = _seen(material)
    return seen is not None and seen.training_tells


def _against(material: Material) -> bool:
    seen = _seen(material)
    return seen is not None and seen.against_faith is not None


def _means(found: Diagonal) -> list[tuple[float, float]]:
    """r of each method, with the trained network and in the mean with a random one in its place."""
    return [(p.r, sum(r for r, _ in p.placebo) / len(p.placebo)) for p in found.real]


def _rise(material: Material) -> bool:
    """Whether most methods rise, and little in the mean; on the line they then are by its definition."""
    seen = _seen(material)
    if seen is None or not 1 < (seen.placebo_share or 0) <= 1 + LITTLE:
        return False
    return 2 * sum(after > own for own, after in _means(seen.found)) > len(seen.found.real)


def _numbers(material: Material) -> Mapping[str, object]:
    seen = _seen(material)
    assert seen is not None
    found = seen.found
    same, *placebo = found.alike
    own, *places = (sum(r for r, _ in place) / len(place) for place in found.places)
    against = dict(zip(("raw", "rest"), map(number, seen.against_faith or ()), strict=False))
    return {
        "same": same, "pairs": found.pairs, "methods": count(len(found.real), "method"),
        "up": sum(after > own for own, after in _means(found)),
        "placebo_pairs": each_time(placebo, str), "tau": number(found.tau),
        "placebo_tau": each_time(found.placebo), "trained": number(own),
        "placebo": number(sum(places) / len(places)),
        "pictures": count(found.images, "picture"), "networks": found.networks, **against,
    }  # fmt: skip


def _at_the_end(material: Material) -> Mapping[str, object]:
    seen = _seen(material)
    whole = None if seen is None else seen.at_the_end
    assert whole is not None
    same, *placebo = whole.alike
    return {
        "depth": whole.depth,
        "same": same,
        "placebo": each_time(placebo, str),
        "tau": number(whole.tau),
        "placebo_tau": each_time(whole.placebo),
    }


BECAUSE = Sentence[Material]("lesson_twice_because", TEXT.twice.because, _known, _numbers)
RISE = Sentence[Material]("lesson_twice_rise", TEXT.twice.rise, _rise, _numbers)
ORDER = two_levels("lesson_twice_order", TEXT.twice.order, _known, _numbers)
FOLLOWS = two_levels("lesson_twice_follows", TEXT.twice.follows, lambda m: _same(m) and not _lower(m))
FOLLOWS_MEAN = two_levels(
    "lesson_twice_follows_mean", TEXT.twice.follows_mean, lambda m: _same(m) and _lower(m)
)
DIFFERS = two_levels("lesson_twice_differs", TEXT.twice.differs, lambda m: _known(m) and not _same(m))
WHOLE = two_levels("lesson_twice_whole", TEXT.twice.whole, _lower, _at_the_end)
NOT_SHOWN = two_levels("lesson_twice_not_shown", TEXT.twice.not_shown, _against, _numbers)
UNSEEN = two_levels("lesson_twice_unseen", TEXT.twice.unseen, lambda m: _known(m) and shipped() is not None)
REVEAL = (ORDER, FOLLOWS, FOLLOWS_MEAN, DIFFERS, WHOLE, NOT_SHOWN, UNSEEN)


def questions(material: Material) -> tuple[Question, ...]:
    """The question on the placebo; none where there are no numbers."""
    seen = _seen(material)
    if seen is None:
        return ()
    share = seen.placebo_share or 0.0
    right = min(NEAR, key=lambda key: abs(NEAR[key] - share))
    return (
        Question(
            "placebo", TEXT.twice.ask, options(TEXT.twice.options), right, say((BECAUSE, RISE), material)
        ),
    )


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
            _caption(material, found),
            diagonal_figure.LABELS.switch,
            caption(material, *REVEAL),
        )
    }


def _caption(material: Material, found: Diagonal) -> Caption:
    """What the points are, and for students the thin lines."""
    told = TEXT.twice.caption.format(**_numbers(material))
    return Caption(
        f"{told.student} {TEXT.twice.depths}" if found.depth is None else told.student, told.researcher
    )


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
