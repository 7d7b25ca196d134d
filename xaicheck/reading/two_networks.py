"""What the story and the lesson alike read from two random networks beside the trained one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xaicheck.experiments.ranking.association import Association
from xaicheck.experiments.ranking.diagonal import Diagonal
from xaicheck.reading.words import number, reach


def at_the_end(seen: Association) -> Diagonal | None:
    """The orders with every block random; None where that is what is shown, or where there are none."""
    whole = seen.whole
    return None if whole is None or seen.all_random or whole.tau is None or not whole.placebo else whole


def training_tells(seen: Association) -> bool:
    """Whether, with every block random, training shows in the order.

    It does where the orders agree less than with any random network in the trained one's place.
    """
    whole = at_the_end(seen)
    if whole is None or whole.tau is None:
        return False
    same, *placebo = whole.alike
    return whole.tau < min(whole.placebo) and same < min(placebo)


def each_time(values: Sequence[float], written: Callable[[float | None], str] = number) -> str:
    """From the least to the greatest of some values; one that all have comes "each time"."""
    said = reach(min(values), max(values), written)
    return said if " to " in said else f"{said} each time"
