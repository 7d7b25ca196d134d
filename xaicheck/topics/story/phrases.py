"""Parts of the story's sentences that return on several cards."""

from __future__ import annotations

from xaicheck.randomization.modes import MODES
from xaicheck.reading.heatmap import CLIP_PERCENTILE
from xaicheck.reading.words import listed
from xaicheck.topics.story.facts import Answer, Facts, Way

TIE = 0.02  # similarities closer than this are called equal


def colours(way: Way) -> str:
    """What the colours mean."""
    spots = round(100 / (100 - CLIP_PERCENTILE))
    sides = "Blue is below zero, orange above" if way.signed else "The darker, the more"
    return f"{sides}; the strongest of every {spots} spots share the last colour."


def what_broke(known: Facts) -> str:
    """Which parts got random numbers, and how many."""
    if not MODES[known.mode].cumulative:
        return (
            f"One of the program’s {known.blocks} parts got random numbers in place of what it had learned."
        )
    broken = "All" if known.depth == known.blocks else f"{known.depth} of"
    how = "" if known.depth == known.blocks else f", {MODES[known.mode].plain},"
    return (
        f"{broken} the program’s {known.blocks} parts{how} got random numbers in place of what they had "
        "learned."
    )


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
    said = [f"{verb} {count}" for verb, count in counts if count]
    return f"{listed(said)} of the {len(known.ways)} ways to colour here"


def of_hundred(share: float) -> str:
    """A share in words: "39 %"; small ones with one digit more."""
    percent = 100 * share
    return f"{percent:.0f}\u00a0%" if percent >= 9.5 else f"{percent:.1f}\u00a0%"


def counted(n: int, word: str) -> str:
    """A count and its word."""
    return f"{n} {word}" if n == 1 else f"{n} {word}s"
