"""Exploits that no number of the diagonal catches: they pass the gate and have no memory that is clear."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from xaicheck.experiments.ranking.diagonal import CHANCE, Table
from xaicheck.experiments.repairs import store
from xaicheck.experiments.repairs.data import RepairData

KEYED = ("keyed", "honest_keyed")


@dataclass(frozen=True, slots=True)
class Uncaught:
    """What noise keyed by weights, alone and behind an honest map, scores in the bench."""

    gate: float  # the least D
    memory: float  # how far the E of one is from 0, at most


def uncaught(data: RepairData | None) -> Uncaught | None:
    """Their numbers; None where they are not known, or the gate or the memory of one gives it away."""
    if data is None or not set(KEYED) <= set(data.exploits):
        return None
    depths = range(len(data.networks.depths))
    tables = [Table(data.networks, 0, data.rows.index(key), depths) for key in KEYED]
    if not all(table.usable for table in tables):
        return None
    points = [table.point() for table in tables]
    caught = [not p.tells_apart or p.memory.p_value is None or p.memory.p_value <= CHANCE for p in points]
    if any(caught):
        return None
    gates, memories = ([(p.gate.estimate or 0.0) for p in points], [p.memory.r - p.memory.b for p in points])
    return Uncaught(min(gates), max(map(abs, memories)))


@cache
def shipped() -> Uncaught | None:
    """Those of the bench that comes with the program."""
    return uncaught(store.load())
