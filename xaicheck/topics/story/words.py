"""Every sentence of the story, in plain words, made from the numbers of one report.

A network is "the program", a block a "part", a method a "way", a map a "colouring", a seed a "break".
"""

from __future__ import annotations

import numpy as np

from xaicheck.reading.words import listed, number, short
from xaicheck.topics.story.facts import HARDLY, LITTLE, Facts, Way
from xaicheck.topics.story.phrases import (
    TIE,
    breaks,
    colours,
    contest,
    counted,
    now_says,
    of_hundred,
    of_ways,
    times,
    what_broke,
)

KICKER = "The story in five cards"
OWN = "From your last run."
OWN_LINK = "The link holds no results: whoever opens it reads the story of the sample."
SAMPLE = "From the sample that comes with the program; run a check of your own and it tells yours."
NOT_TOLD = "Your last run has no number that the story could tell, so it tells the sample’s."
NOTHING = "There is nothing to tell yet: run the check first."
CHOICES = {"1": "1", "2": "2", "3": "3", "4": "4", "5": "5", "all": "All"}
CARD, NEXT, BACK = "Card", "Next", "Back"
ALL_HELP = "All: five cards below one another, to scroll or to print."
SCALE = "1 is the same picture, 0 an unrelated one"
PHOTO, FIRST, BEFORE, AFTER = "The photograph", "What is said to count", "Before", "After"
WAY, SIMILARITY = "Way to colour", "Similarity"
TO_MAPS = "For researchers: these maps at every depth"
TO_SCORES = "For researchers: every score and its spread"
TO_NOISE = "For researchers: how noise changes the scores"
TO_RANKING = "For researchers: two orders of the same methods"
TOP = 0.1  # the share of the spots that an alternative text counts


def place(number: int, total: int) -> str:
    return f"{number} of {total}"


def marks_title(known: Facts) -> str:
    if known.asked:
        return f"Is it “{known.target.label}”? The program answers, and colours seem to show why"
    return f"The program says “{known.target.label}”, and colours seem to show why"


def marks(known: Facts) -> tuple[str, ...]:
    sure = of_hundred(known.target.share)
    if known.asked:
        answer = f"Asked whether it is “{known.target.label}”, it is {sure} sure."
    else:
        answer = f"It calls it “{known.target.label}” and is {sure} sure."
    return (
        f"A program that recognises {known.classes} kinds of things was shown this photograph. {answer}",
        "One way to ask it why is to colour the photograph: the stronger the colour, the more that spot is "
        "said to have counted. It looks convincing. But does it come from what the program has learned?",
    )


def marks_caption(known: Facts) -> str:
    which = f"{known.stable.label}, one of {counted(len(known.ways), 'way')}"
    return f"The colouring: {which}. {colours(known.stable)}"


def photo_alt(known: Facts) -> str:
    sure = of_hundred(known.target.share)
    return f"The photograph as the program sees it; it is {sure} sure of “{known.target.label}”."


def broken_title(known: Facts) -> str:
    value = known.stable.alike
    if value >= HARDLY:
        return "We broke the program on purpose. The colouring hardly changed."
    if value >= LITTLE:
        return "We broke the program on purpose. Even the steadiest colouring changed in part."
    return "We broke the program on purpose. No colouring stayed the same."


def broken(known: Facts) -> tuple[str, ...]:
    return (
        f"{what_broke(known)} {now_says(known)}".strip(),
        f"The second colouring is the broken program’s. {of_ways(known)} {known.stable.label}, changed "
        f"least: similarity {number(known.stable.alike)}, where {SCALE}{breaks(known)}.",
    )


def broken_caption(known: Facts) -> str:
    first = " After: the first break." if known.breaks > 1 else ""
    return f"{known.stable.label}, each picture on its own colour scale.{first} {colours(known.stable)}"


def ways_title(known: Facts) -> str:
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
    said = (
        "This is the test: break the program, and the colouring should change. A long bar: it is coloured as "
        "before. A short bar: the colouring has little to do with the first one."
    )
    low, high = known.ways[-1], known.ways[0]
    if low is high:
        return (said,)
    return (
        said,
        f"The longest bar is {high.label} with {number(high.alike)}, the shortest {low.label} with "
        f"{number(low.alike)}. It is tempting to call the shortest bar the best way. The next card shows why "
        "that is wrong.",
    )


def ways_caption(known: Facts) -> str:
    missing = f" Without a number: {listed(known.missing)}." if known.missing else ""
    return f"Similarity of the colourings before and after the break: {SCALE}{breaks(known)}.{missing}"


def control_name(way: Way) -> str:
    return f"{way.label} (explains nothing)"


def noise_title(known: Facts) -> str:
    noise = known.noise
    assert noise is not None
    if abs(noise.alike) >= LITTLE:
        return f"Pure noise takes the test, too, and scores {number(noise.alike)}"
    if all(way.alike >= noise.alike - TIE for way in known.ways):
        return "Nothing passes this test better than pure noise"
    return "Pure noise passes this test"


def noise(known: Facts, *, lent: bool) -> tuple[str, ...]:
    way = known.noise
    assert way is not None
    begin = f"{LENT} " if lent else ""
    return (
        f"{begin}These two pictures are dice rolls. They look at neither the program nor the photograph, and "
        f"they are rolled anew each time. Their similarity is {number(way.alike)}.",
        f"If “it changed” meant “it is right”, noise would {contest(known, way)}. Noise explains nothing. "
        "A colouring that changes has not shown that it is right.",
    )


def noise_caption(known: Facts) -> str:
    assert known.noise is not None
    own = "Pure noise before and after the break, each picture on its own colour scale."
    return f"{own} {colours(known.noise)}"


NO_NOISE_TITLE = "A picture of pure noise would pass this test"
NO_NOISE = (
    "Noise never looks at the program and changes every time. This run has no noise in it; add the control "
    "“fresh noise” to see its number."
)
LENT = "Your run has no noise in it, so this is from the sample that comes with the program."
GOOD_FOR = "What this test is good for, and what not"
MAY, MAY_NOT = "It can show", "It cannot show"
STRENGTHS_CAPTION = (
    "How strong the signals of each broken part are, one dot a part; 1× is as strong as before the break."
)


def good_for(known: Facts) -> tuple[str, ...]:
    kept = (
        "A program filled with random numbers is still a program: with high probability it keeps how strong "
        "its signals are, so colourings can only be expected to differ to a certain extent."
    )
    if not known.strengths:
        return (kept,)
    low, high = min(known.strengths), max(known.strengths)
    return (f"{kept} Here the broken parts pass on {short(low)} to {short(high)} times what they did.",)


def strengths_alt(known: Facts) -> str:
    shown = listed([short(value) for value in known.strengths])
    return f"Signals of {counted(len(known.strengths), 'broken part')} beside the trained ones: {shown}."


def may(known: Facts) -> tuple[str, ...]:
    best = known.stable
    if best.alike >= HARDLY:
        here = f"Here: {best.label}, similarity {number(best.alike)}."
    else:
        here = f"Here no colouring is that steady: the steadiest, {best.label}, has {number(best.alike)}."
    return (f"That a colouring hardly depends on the parts that were broken. {here}",)


def may_not(known: Facts, noise: Way | None) -> tuple[str, ...]:
    beside = f" Pure noise changes completely: {number(noise.alike)}." if noise is not None else ""
    low, high = known.ways[-1], known.ways[0]
    between = f" The numbers here, {number(low.alike)} to {number(high.alike)}, are no marks."
    return (
        f"That a colouring is right.{beside}",
        "Which way to colour is best: the test is inadequate as a criterion to rank them (Binder and others, "
        f"2023).{between if low is not high else ''}",
        f"How it is with other photographs: this is one, broken {times(known.breaks)}.",
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
