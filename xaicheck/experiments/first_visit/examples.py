"""One pair of maps for every method, so that each can be seen: those of the first visit, and the others here.

`python -m xaicheck.experiments.first_visit.examples` computes the others again: the same picture,
network and way to randomize as the first visit, nothing randomized and everything, one seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xaicheck.experiments import command
from xaicheck.experiments.first_visit import results, store
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.types import Report

FILE = store.FOLDER / "methods.zip"


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A method's map under the trained network, and with every block randomized; None: there is none."""

    original: np.ndarray | None  # float32 [H W]
    randomized: np.ndarray | None
    why: str = ""  # why one is missing


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """The pairs of one picture under one random network."""

    report: Report  # of the first visit: picture, class and settings
    pairs: Mapping[str, Pair]  # every method of METHODS, in its order
    depth: int  # blocks randomized
    seed: int


MISSING = "No map is stored yet; python -m xaicheck.experiments.first_visit.examples computes it."


def load() -> Examples | None:
    """The pairs of every registered method; None without the first visit's results."""
    first = results.load()
    if first is None:
        return None
    reports = [report for report in (first, store.load(FILE)) if report is not None]
    depth, seed = len(first.blocks), first.request.seeds[0]
    return Examples(first, {key: _pair(reports, key, depth, seed) for key in METHODS}, depth, seed)


def _pair(reports: list[Report], key: str, depth: int, seed: int) -> Pair:
    for report in reports:
        before, after = report.attribution(key, 0, seed), report.attribution(key, depth, seed)
        if before is not None and after is not None:
            return Pair(before.values, after.values, before.why or after.why)
    return Pair(None, None, MISSING)


def main(arguments: list[str] | None = None) -> None:
    """Computes the maps that the first visit does not have, and writes their file."""
    given = command.parser("xaicheck.experiments.first_visit.examples", __doc__, FILE).parse_args(arguments)
    from xaicheck.engine import request, run

    first = results.first_request()
    have = {choice.key for choice in first.methods}
    image = samples.load(next(iter(samples.SAMPLES)))
    wanted = request.request_for(
        image,
        model=first.model,
        methods=[key for key in METHODS if key not in have],
        mode=first.mode,
        law=first.law,
        batchnorm=first.batchnorm,
        seeds=first.seeds[:1],
        depths=(0, len(MODELS[first.model].blocks)),
        measures=("cosine",),
        band="off",
    )
    report = run.run(wanted, image, listener=command.Line("maps"))
    command.written(given.out, store.save(report, given.out), store.MAX_BYTES)


if __name__ == "__main__":
    main()
