"""A whole report in a small file: read without torch, for a first visit.

Maps are stored for drawing: 8 bits a pixel, spaced by the square root of the value, so that weak pixels keep
their shape beside strong ones and the root mean square of a map moves by less than 1 %. Scores and all other
numbers were computed from the full maps and are stored in full. Maps and the layers of their ledgers are kept
of the first seed, certificates of every seed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from xaicheck.engine.request import request_from_json
from xaicheck.errors import XaicheckError
from xaicheck.models import samples
from xaicheck.storage.codec import Store, eight_bits, in_full
from xaicheck.types import (
    ActivationScale,
    Attribution,
    Certificate,
    Coverage,
    Liveness,
    PairRow,
    Report,
    Score,
    ScoreRow,
    Target,
)

FOLDER = samples.ASSETS / "precomputed"
MAX_BYTES = 8_000_000


@dataclass(frozen=True, slots=True, eq=False)
class _Map:
    """An attribution; the field's order is the file's."""

    method: str
    depth: int
    seed: int
    why: str
    seconds: float
    values: np.ndarray | None


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """A certificate of a map; the field's order is the file's."""

    method: str
    depth: int
    seed: int
    certificate: Certificate


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Kept:
    """A report as the file has it: scores as rows, because there are thousands."""

    request: dict  # as Request.to_json writes it
    image_name: str
    view: np.ndarray
    target: Target
    blocks: tuple[str, ...]
    depths: tuple[int, ...]
    maps: tuple[_Map, ...]
    scores: tuple[tuple[str, str, int, int, float | None, str], ...]
    pairs: tuple[tuple[str, str, int, str, int, int, float | None, str], ...] = ()
    entropies: tuple[tuple[str, int, int, float | None, str], ...] = ()
    certificates: tuple[_Measured, ...] = ()
    activations: tuple[ActivationScale, ...]
    liveness: tuple[Liveness, ...]
    coverage: Coverage
    versions: tuple[tuple[str, str], ...]
    device: str
    seconds: float


_ALIKE = ("image_name", "view", "target", "blocks", "depths", "activations", "liveness",
          "coverage", "versions", "device", "seconds")  # fmt: skip
STORE = Store(
    _Kept,
    "report.json",
    arrays={_Kept: {"view": in_full("view", "|u1")}, _Map: {"values": eight_bits("m{}")}},
    most=MAX_BYTES,
    together=True,
)


def save(report: Report, path: Path) -> int:
    """The size in bytes of the file that was written."""
    first = report.request.seeds[0]
    kept = _Kept(
        request=report.request.to_json(),
        maps=tuple(
            _Map(a.method, a.depth, a.seed, a.why, round(a.seconds, 4), a.values)
            for a in report.attributions
            if a.seed == first
        ),
        scores=tuple(
            (s.method, s.measure, s.depth, s.seed, s.score.value, s.score.why) for s in report.scores
        ),
        pairs=tuple(
            (p.method, p.measure, p.depth, p.kind, p.first, p.second, p.score.value, p.score.why)
            for p in report.pairs
        ),
        entropies=tuple((e.method, e.depth, e.seed, e.score.value, e.score.why) for e in report.entropies),
        certificates=tuple(
            _Measured(a.method, a.depth, a.seed, one if a.seed == first else replace(one, layers=()))
            for a in report.certified
            for one in a.certificates
        ),
        **{name: getattr(report, name) for name in _ALIKE},
    )
    return STORE.save(kept, path)


def load(path: Path) -> Report | None:
    """The stored report; None when there is no file that can be read."""
    kept = STORE.load(path)
    if kept is None:
        return None
    try:
        request = request_from_json(kept.request)
    except (XaicheckError, KeyError, TypeError, ValueError):
        return None
    carried = defaultdict(list)
    for one in kept.certificates:
        carried[one.method, one.depth, one.seed].append(one.certificate)
    there = {(m.method, m.depth, m.seed) for m in kept.maps}
    return Report(
        request=request,
        unkept=tuple(
            Attribution(*place, None, certificates=tuple(found))
            for place, found in carried.items()
            if place not in there
        ),
        attributions=tuple(
            Attribution(
                m.method,
                m.depth,
                m.seed,
                m.values,
                m.why,
                m.seconds,
                tuple(carried[m.method, m.depth, m.seed]),
            )
            for m in kept.maps
        ),
        scores=tuple(ScoreRow(m, q, d, s, Score(v, why)) for m, q, d, s, v, why in kept.scores),
        pairs=tuple(PairRow(m, q, d, k, a, b, Score(v, why)) for m, q, d, k, a, b, v, why in kept.pairs),
        entropies=tuple(ScoreRow(m, "entropy", d, s, Score(v, why)) for m, d, s, v, why in kept.entropies),
        **{name: getattr(kept, name) for name in _ALIKE},
    )
