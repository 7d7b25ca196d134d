"""Reports of cosine similarity convergence that no network made."""

from __future__ import annotations

from xaicheck.engine.convergence import Convergence
from xaicheck.engine.convergence_run import ConvergenceReport, Profile, request_for
from xaicheck.models import samples

BASELINE = 0.1


def line(absolute: float, *, sign: float = 1) -> Convergence:
    """A block at which half of the pairs lie that close; `sign`: of all of them, 0 for either one."""
    low = -absolute if sign <= 0 else absolute
    high = -absolute if sign < 0 else absolute
    return Convergence(
        low, sign * absolute, absolute, BASELINE, 32, 0.0, middle=(low, high), middle_absolute=(absolute,) * 2
    )


def no_relevance() -> Convergence:
    """A block that no relevance reaches."""
    return Convergence(None, None, None, BASELINE, 32, 1.0, "no relevance arrives from two starts")


def report(**profiles: tuple[Convergence, ...]) -> ConvergenceReport:
    """A report of these methods on the sample cat; as many blocks below the head as each of them has."""
    image = samples.load("chelsea")
    count = len(next(iter(profiles.values())))
    request = request_for(image, methods=tuple(profiles), depths=range(3, 3 + count))
    made = tuple(Profile(key, blocks) for key, blocks in profiles.items())
    return ConvergenceReport(request, image.name, made, (("torch", "2"),), "cpu", 1.5)
