"""The matrix of repairs and exploits: where an exploit beats every real method, by how much, how surely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaicheck.experiments.ranking.diagonal import Table
from xaicheck.experiments.repairs.data import RepairData, RepairScores
from xaicheck.experiments.repairs.setting import REPAIRS
from xaicheck.statistics import Interval, crossed_interval

BEATS, STOPPED, GATE, OPEN, NONE = "beats", "stopped", "gate", "open", "none"
VERDICTS = (BEATS, STOPPED, GATE, OPEN, NONE)


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether an exploit beats every real method under a repair.

    beats: its score is better than that of every real method, each interval of the difference above 0;
    stopped: the interval of its difference to the best real method is below 0; gate: it does not tell
    networks apart, which stops it; open: the intervals decide neither; none: it has no score, `why` says so.
    Under gate and memory there is no margin: E of one map does not rank it against another, so that what
    passes the gate is open, whatever the E of a real method.
    """

    repair: str
    exploit: str
    verdict: str
    margin: Interval | None = None  # to the best real method, turned so that above 0 the exploit is ahead
    rival: str = ""  # the best real method
    why: str = ""

    @property
    def stopped(self) -> bool:
        """Whether the repair stops the exploit."""
        return self.verdict in (STOPPED, GATE)


def matrix(data: RepairData) -> tuple[Cell, ...]:
    """A cell for each repair and exploit, repair by repair in the order of REPAIRS."""
    by_repair = {one.repair: one for one in data.scores}
    cells: list[Cell] = []
    for key in REPAIRS:
        if key in by_repair:
            cells += [_ranked(data, by_repair[key], exploit) for exploit in data.exploits]
        elif REPAIRS[key].reads == "networks":
            cells += [
                Cell(key, exploit, OPEN if _passes(data, exploit) else GATE) for exploit in data.exploits
            ]
    return tuple(cells)


def _ranked(data: RepairData, scores: RepairScores, exploit: str) -> Cell:
    """Every map has a score, the mean over depths; differences are paired over seeds and pictures."""
    rows = _mean_over_depths(scores.scores)  # [row seed picture]
    if REPAIRS[scores.repair].high_wins is False:
        rows = -rows
    own = rows[data.rows.index(exploit)]
    margins: dict[str, Interval] = {}
    for real in data.real:
        apart = own - rows[data.rows.index(real)]
        apart = apart[:, np.isfinite(apart).all(0)]
        if apart.size:
            margins[real] = crossed_interval(apart)
    if not margins:
        whys = {one.row: one.why for one in data.missing if one.repair == scores.repair}
        why = next((whys[row] for row in (exploit, *data.real) if row in whys), "")
        return Cell(scores.repair, exploit, NONE, why=why)
    rival = _smallest(margins)
    verdict = BEATS if all(map(_above, margins.values())) else STOPPED if _below(margins[rival]) else OPEN
    return Cell(scores.repair, exploit, verdict, margins[rival], rival)


def _passes(data: RepairData, row: str) -> bool:
    """Whether the row passes the gate; maps without numbers do not."""
    table = Table(data.networks, 0, data.rows.index(row), range(len(data.networks.depths)))
    return table.usable and table.point().tells_apart


def _mean_over_depths(scores: np.ndarray) -> np.ndarray:
    """The mean of those depths that have a score, float64; NaN where none has."""
    there = np.isfinite(scores)
    total = np.where(there, scores, 0).sum(-1, dtype=np.float64)
    count = there.sum(-1)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _smallest(margins: dict[str, Interval]) -> str:
    return min(margins, key=lambda real: margins[real].estimate or 0.0)


def _above(interval: Interval) -> bool:
    return interval.low is not None and interval.low > 0


def _below(interval: Interval) -> bool:
    return interval.high is not None and interval.high < 0
