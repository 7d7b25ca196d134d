"""What the cards, their titles, captions and alternative texts say of the numbers of one report."""

from __future__ import annotations

import numpy as np

from xaicheck.experiments.ranking.association import Association
from xaicheck.methods import METHODS
from xaicheck.reading.heatmap import CLIP_PERCENTILE
from xaicheck.reading.sentence import say
from xaicheck.reading.texts import beside
from xaicheck.reading.words import colour_end, count, inside, listed, number, short
from xaicheck.topics.story import sentences as story
from xaicheck.topics.story.facts import Facts, Way
from xaicheck.topics.story.sentences import breaks, of_hundred, scale

TEXT = beside(__file__)
TOP = 0.1  # the share of the spots that an alternative text counts


def place(number: int, total: int) -> str:
    """Where a card stands among all."""
    return f"{number} of {total}"


def marks_title(known: Facts) -> str:
    """The title of the card on the colouring."""
    return say(story.MARKS_TITLE, known)


def marks(known: Facts) -> tuple[str, ...]:
    """What the program says, and what colours are said to show."""
    return f"{TEXT.marks.begin.format(classes=known.classes)} {say(story.MARKS, known)}", TEXT.marks.why


def marks_caption(known: Facts) -> str:
    """Whose colouring it is, and what its colours mean."""
    many = len(known.ways)
    which = f"{known.stable.label}, {f'one of {many} ways' if many > 1 else 'the only way here'}"
    return f"The colouring: {which}. {colours(known.stable)}"


def photo_alt(known: Facts) -> str:
    """The alternative text of the photograph."""
    return TEXT.marks.photo_alt.format(sure=of_hundred(known.target.share), answer=known.target.label)


def broken_title(known: Facts) -> str:
    """The finding of the card on the break: what became of the steadiest colouring."""
    return f"{TEXT.broken.title} {say(story.BROKEN_TITLE, known)}"


def broken(known: Facts) -> tuple[str, ...]:
    """What was broken, what the program says now, and how much the steadiest colouring kept."""
    return say(story.BROKEN, known), f"{TEXT.broken.second} {say(story.STEADIEST, known)}"


def broken_caption(known: Facts) -> str:
    """Whose two colourings are shown, and what their colours mean."""
    first = " After: the first break." if known.seeds > 1 else ""
    return f"{known.stable.label}, each picture on its own colour scale.{first} {colours(known.stable)}"


def ways_title(known: Facts) -> str:
    """The finding of all ways: how many changed how much."""
    return say(story.WAYS_TITLE, known)


def ways(known: Facts) -> tuple[str, ...]:
    """What the test asks, and the ends of the bars."""
    return tuple(filter(None, (TEXT.ways.test, story.ENDS(known))))


def ways_caption(known: Facts) -> str:
    """What a bar is, and which ways have none."""
    names = listed([inside(name) for name in known.missing])
    missing = f" Without a number to go by: {names}." if names else ""
    by = f"Similarity of the colourings before and after the break, by {story.measure(known)}"
    return f"{by}: {scale(known)}{breaks(known)}.{missing}"


def noise_title(known: Facts) -> str:
    """The finding of the card on noise."""
    return say(story.NOISE_TITLE, known)


def noise(known: Facts) -> tuple[str, ...]:
    """What the noise is, and how it fares."""
    return tuple(filter(None, (say(story.NOISE, known), say(story.CONTEST, known))))


def noise_caption(known: Facts) -> str:
    """What the two pictures of noise are."""
    assert known.noise is not None
    return f"{TEXT.noise.caption} {colours(known.noise)}"


def shared_title(seen: Association) -> str:
    """The finding of the card on two broken programs; empty where they give no order."""
    return story.SHARED_TITLE(seen)


def shared(seen: Association) -> tuple[str, ...]:
    """What two broken programs share, what that shows, and what it does not."""
    first, second = say(story.SHARED, seen), say(story.SHARED_LIMITS, seen)
    return f"{TEXT.shared.ask} {first}", second


def shared_caption(seen: Association) -> str:
    """What the dots are and how many photographs and programs they come from."""
    many = count(seen.found.images, "photograph")
    return TEXT.shared.caption.format(photographs=many, broken=seen.found.networks)


def shared_alt(seen: Association) -> str:
    """The alternative text of the dots."""
    said = "; ".join(
        f"{METHODS[p.method].label} {number(p.b.estimate)} and {number(p.r)}" for p in seen.found.real
    )
    return TEXT.shared.alt.format(ways=said)


def good_for(known: Facts) -> tuple[str, ...]:
    """Why colourings may keep something, with the strengths of the signals."""
    return (say(story.GOOD_FOR, known),)


def strengths_alt(known: Facts) -> str:
    """The alternative text of the dots."""
    shown = listed([short(value) for value in known.strengths])
    return f"Signals of {count(len(known.strengths), 'broken part')} beside the trained ones: {shown}."


def may(known: Facts) -> tuple[str, ...]:
    """What the test can show, with its number."""
    return (f"{TEXT.good_for.hardly} {say(story.HERE, known)}",)


def may_not(known: Facts, noise: Facts) -> tuple[str, ...]:
    """What the test cannot show, with its numbers; `noise`: whose noise is told."""
    right = f"{TEXT.good_for.right} {say(story.RIGHT, noise)}".strip()
    best = f"{TEXT.good_for.best} {story.BEST(known)}".strip()
    return right, best, story.OTHERS(known)


def map_alt(way: Way, name: str, values: np.ndarray | None, limit: float) -> str:
    """What a picture of a map shows, from its numbers."""
    if values is None:
        return f"{way.label}, {name.lower()}: there is no picture."
    size = np.abs(values[np.isfinite(values)].astype(np.float64))
    total = float(size.sum())
    if not total:
        return f"{way.label}, {name.lower()}: no colour anywhere."
    strongest = np.sort(size)[-max(1, round(TOP * size.size)) :]
    share = of_hundred(float(strongest.sum()) / total)
    return (
        f"{way.label}, {name.lower()}: the strongest {round(100 * TOP)} of 100 spots hold {share} of the "
        f"colour; colours up to {colour_end(limit)}."
    )


def ends(limit: float, *, signed: bool) -> tuple[str, str]:
    """The numbers at both ends of a colour bar."""
    return (f"−{colour_end(limit)}" if signed else "0"), colour_end(limit)


def colours(way: Way) -> str:
    """What the colours mean."""
    spots = round(100 / (100 - CLIP_PERCENTILE))
    sides = "Blue is below zero, orange above" if way.signed else "The darker, the more"
    return f"{sides}; the strongest of every {spots} spots share the last colour."
