"""Every sentence of the story, in plain words, made from the numbers of one report.

A network is "the program", a block a "part", a method a "way", a map a "colouring", a seed a "break".
"""

from __future__ import annotations

import numpy as np

from xaicheck.randomization.modes import MODES
from xaicheck.reading.heatmap import CLIP_PERCENTILE
from xaicheck.reading.texts import beside
from xaicheck.reading.words import count, listed, number, short
from xaicheck.topics.story.facts import HARDLY, LITTLE, Answer, Facts, Way

TEXT = beside(__file__)
TOP = 0.1  # the share of the spots that an alternative text counts
TIE = 0.02  # similarities closer than this are called equal


def place(number: int, total: int) -> str:
    """Where a card stands among all."""
    return f"{number} of {total}"


def marks_title(known: Facts) -> str:
    """The title of the card on the colouring."""
    if known.asked:
        return f"Is it “{known.target.label}”? The program answers, and colours seem to show why"
    return f"The program says “{known.target.label}”, and colours seem to show why"


def marks(known: Facts) -> tuple[str, ...]:
    """What the program says, and what colours are said to show."""
    sure = of_hundred(known.target.share)
    if known.asked:
        answer = f"Asked whether it is “{known.target.label}”, it is {sure} sure."
    else:
        answer = f"It calls it “{known.target.label}” and is {sure} sure."
    return f"{TEXT.marks.begin.format(classes=known.classes)} {answer}", TEXT.marks.why


def marks_caption(known: Facts) -> str:
    """Whose colouring it is, and what its colours mean."""
    which = f"{known.stable.label}, one of {count(len(known.ways), 'way')}"
    return f"The colouring: {which}. {colours(known.stable)}"


def photo_alt(known: Facts) -> str:
    """The alternative text of the photograph."""
    return TEXT.marks.photo_alt.format(sure=of_hundred(known.target.share), answer=known.target.label)


def broken_title(known: Facts) -> str:
    """The finding of the card on the break: what became of the steadiest colouring."""
    value = known.stable.alike
    if value >= HARDLY:
        return "We broke the program on purpose. The colouring hardly changed."
    if value >= LITTLE:
        return "We broke the program on purpose. Even the steadiest colouring changed in part."
    return "We broke the program on purpose. No colouring stayed the same."


def broken(known: Facts) -> tuple[str, ...]:
    """What was broken, what the program says now, and how much the steadiest colouring kept."""
    return (
        f"{what_broke(known)} {now_says(known)}".strip(),
        f"The second colouring is the broken program’s. {of_ways(known)} {known.stable.label}, changed "
        f"least: similarity {number(known.stable.alike)}, where {TEXT.scale}{breaks(known)}.",
    )


def broken_caption(known: Facts) -> str:
    """Whose two colourings are shown, and what their colours mean."""
    first = " After: the first break." if known.breaks > 1 else ""
    return f"{known.stable.label}, each picture on its own colour scale.{first} {colours(known.stable)}"


def ways_title(known: Facts) -> str:
    """The finding of all ways: how many changed how much."""
    total, hardly, little, turned = len(known.ways), known.hardly, known.little, known.turned
    if total == 1:
        return f"There was one way to colour, and its similarity is {number(known.stable.alike)}"
    parts = [f"{hardly} hardly changed"] if hardly else []
    if total - hardly - little - turned:
        parts.append(f"{total - hardly - little - turned} changed in part")
    if little:
        parts.append(f"{little} kept little or nothing")
    if turned:
        parts.append(f"{turned} turned into the opposite")
    return f"Of {total} ways to colour, {listed(parts)}"


def ways(known: Facts) -> tuple[str, ...]:
    """What the test asks, and the ends of the bars."""
    low, high = known.ways[-1], known.ways[0]
    if low is high:
        return (TEXT.ways.test,)
    ends = TEXT.ways.ends.format(
        high=high.label, most=number(high.alike), low=low.label, least=number(low.alike)
    )
    return TEXT.ways.test, ends


def ways_caption(known: Facts) -> str:
    """What a bar is, and which ways have none."""
    missing = f" Without a number: {listed(known.missing)}." if known.missing else ""
    return f"Similarity of the colourings before and after the break: {TEXT.scale}{breaks(known)}.{missing}"


def noise_title(known: Facts) -> str:
    """The finding of the card on noise."""
    noise = known.noise
    assert noise is not None
    if abs(noise.alike) >= LITTLE:
        return f"Pure noise takes the test, too, and scores {number(noise.alike)}"
    if all(way.alike >= noise.alike - TIE for way in known.ways):
        return "Nothing passes this test better than pure noise"
    return "Pure noise passes this test"


def noise(known: Facts, *, lent: bool) -> tuple[str, ...]:
    """What the noise is, and how it fares; `lent`: its numbers are the sample’s."""
    way = known.noise
    assert way is not None
    dice = TEXT.noise.own.format(similarity=number(way.alike))
    return f"{TEXT.noise.lent} {dice}" if lent else dice, TEXT.noise.contest.format(
        outcome=contest(known, way)
    )


def noise_caption(known: Facts) -> str:
    """What the two pictures of noise are."""
    assert known.noise is not None
    return f"{TEXT.noise.caption} {colours(known.noise)}"


def good_for(known: Facts) -> tuple[str, ...]:
    """Why colourings can only differ to a certain extent, with the strengths of the signals."""
    if not known.strengths:
        return (TEXT.good_for.kept,)
    low, high = min(known.strengths), max(known.strengths)
    return (TEXT.good_for.kept + TEXT.good_for.strengths.format(low=short(low), high=short(high)),)


def strengths_alt(known: Facts) -> str:
    """The alternative text of the dots."""
    shown = listed([short(value) for value in known.strengths])
    return f"Signals of {count(len(known.strengths), 'broken part')} beside the trained ones: {shown}."


def may(known: Facts) -> tuple[str, ...]:
    """What the test can show, with its number."""
    best = known.stable
    if best.alike >= HARDLY:
        here = f"Here: {best.label}, similarity {number(best.alike)}."
    else:
        here = f"Here no colouring is that steady: the steadiest, {best.label}, has {number(best.alike)}."
    return (f"{TEXT.good_for.hardly} {here}",)


def may_not(known: Facts, noise: Way | None) -> tuple[str, ...]:
    """What the test cannot show, with its numbers."""
    completely = f" Pure noise changes completely: {number(noise.alike)}." if noise is not None else ""
    low, high = known.ways[-1], known.ways[0]
    between = f" The numbers here, {number(low.alike)} to {number(high.alike)}, are no marks."
    return (
        TEXT.good_for.right + completely,
        TEXT.good_for.best + (between if low is not high else ""),
        TEXT.good_for.others.format(times=times(known.breaks)),
    )


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
        f"colour; colours up to {short(limit)}."
    )


def ends(limit: float, *, signed: bool) -> tuple[str, str]:
    """The numbers at both ends of a colour bar."""
    return (f"−{short(limit)}" if signed else "0"), short(limit)


# Parts of sentences


def colours(way: Way) -> str:
    """What the colours mean."""
    spots = round(100 / (100 - CLIP_PERCENTILE))
    sides = "Blue is below zero, orange above" if way.signed else "The darker, the more"
    return f"{sides}; the strongest of every {spots} spots share the last colour."


def what_broke(known: Facts) -> str:
    """Which parts got random numbers, and how many."""
    if not MODES[known.mode].cumulative:
        return f"One of the program’s {known.blocks} parts {TEXT.random_numbers} it had learned."
    if known.depth == known.blocks:
        return f"All the program’s {known.blocks} parts {TEXT.random_numbers} they had learned."
    parts = f"{known.depth} of the program’s {known.blocks} parts, {MODES[known.mode].plain},"
    return f"{parts} {TEXT.random_numbers} they had learned."


def now_says(known: Facts) -> str:
    """What the broken program answers; empty where it is not known."""
    if known.broken is None:
        return ""
    now: Answer = known.broken
    if now.label == known.target.label:
        still = "" if known.asked else "still "
        return f"Its surest answer is {still}“{now.label}”, {of_hundred(now.share)} sure."
    begin = "Its" if known.asked else f"It no longer says “{known.target.label}”: its"
    return f"{begin} surest answer is now “{now.label}”, {of_hundred(now.share)} sure."


def of_ways(known: Facts) -> str:
    """How many ways there are to be the steadiest of."""
    total = len(known.ways)
    return f"Of {total} ways to colour, this one," if total > 1 else "The only way to colour here,"


def breaks(known: Facts) -> str:
    """Over how many breaks a number is the mean; empty for one."""
    if known.breaks == 1:
        return ""
    return f" (mean of {known.breaks} breaks, each with its own random numbers)"


def times(n: int) -> str:
    """How often."""
    return "once" if n == 1 else f"{n} times"


def contest(known: Facts, noise: Way) -> str:
    """How noise would fare against the ways, in words."""
    beaten = sum(way.alike > noise.alike + TIE for way in known.ways)
    lost = sum(way.alike < noise.alike - TIE for way in known.ways)
    tied = len(known.ways) - beaten - lost
    counts = (("beat", beaten), ("tie with", tied), ("lose to", lost))
    said = [f"{verb} {n}" for verb, n in counts if n]
    return f"{listed(said)} of the {len(known.ways)} ways to colour here"


def of_hundred(share: float) -> str:
    """A share in words: "39 %"; small ones with one digit more."""
    percent = 100 * share
    return f"{percent:.0f}\u00a0%" if percent >= 9.5 else f"{percent:.1f}\u00a0%"
