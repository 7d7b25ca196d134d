"""What verifying found, as lines for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator

from xaicheck.models.registry import MODELS
from xaicheck.reading.words import count, number, short
from xaicheck.report.compare import Difference
from xaicheck.report.verify import Outcome

SAME = "same numbers"
ROUNDED = "same numbers but for rounding"
DIFFERS = "differs"
THREADS = "  the report does not name its number of threads: another number can move single maps by 0.2"


def lines(outcome: Outcome, name: str) -> Iterator[str]:
    """What was asked, what is other than then, each kind of result, and the verdict in the last line."""
    request = outcome.request
    yield (
        f"{name}: {outcome.name}, {MODELS[request.model].label}, {count(len(request.methods), 'method')}, "
        f"{count(len(request.depths), 'depth')}, {count(len(request.seeds), 'seed')}, "
        f"{count(len(request.measures), 'measure')}"
    )
    for what, then, now in outcome.settings:
        yield f"  {what}: {then} then, {now} now"
    if not outcome.settings:
        named = "versions and device" if "weights" in outcome.unnamed else "versions, weights and device"
        yield f"  {named}: the same"
    if outcome.unnamed:
        yield f"  not named in the report: {', '.join(outcome.unnamed)}"
    for difference in (*outcome.numbers, outcome.maps):
        if difference.count:
            yield f"  {_line(difference)}"
    if outcome.digests is not None:
        same, all_of_them = outcome.digests
        yield f"  maps by their SHA-256: {same} of {all_of_them} the same"
    if not outcome.holds and "threads" in outcome.unnamed:
        yield THREADS
    for what in outcome.uncompared:
        yield f"  {what}"
    for what in outcome.changed:
        yield f"  changed after it was written: {what}"
    yield f"{verdict(outcome)} (computed again in {number(outcome.seconds, 1)} s)"


def verdict(outcome: Outcome) -> str:
    """The whole of it in a few words."""
    if not outcome.holds:
        return DIFFERS
    return SAME if outcome.exact else ROUNDED


def _line(difference: Difference) -> str:
    text = f"{difference.name}: {difference.same} of {difference.count} the same"
    if difference.exact:
        return text
    if not math.isfinite(difference.largest):
        return f"{text}; one is missing or has no number: {difference.where}"
    allowed = "" if difference.holds else f", more than rounding ({short(difference.close)})"
    return f"{text}; largest difference {short(difference.largest)}{allowed}: {difference.where}"
