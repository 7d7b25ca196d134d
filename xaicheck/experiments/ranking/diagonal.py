"""The diagonal: how alike two random networks' maps are, beside the trained network's and a random one's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xaicheck.experiments.ranking.data import NetworkScores, RankingData
from xaicheck.methods import METHODS
from xaicheck.similarity.comparisons import canonical
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import Interval, pair_signs, tau_b, tau_null
from xaicheck.statistics.leaders import holm
from xaicheck.statistics.networks import GATE, Memory, between_interval, memory
from xaicheck.types import Comparison

HALVES = 4  # seeds from which r and b are taken from different networks
SAME_ORDER = 0.8  # tau of r and b from which the order is called the one that random networks give
CHANCE = 0.05  # above it, unrelated orders give such a tau often enough


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """One method: three numbers, none of which ranks it."""

    method: str
    r: float  # the trained network and a random one, over the first half of the random networks
    b: Interval  # two random networks, over the other half
    again: float | None  # t: the trained network twice, random numbers drawn anew
    gate: Interval  # D = t - b, over all; a pair without a number counts as no difference
    memory: Memory  # E = r - b, over all
    depths: tuple[Memory | None, ...]  # the same depth by depth; None: some pair has no number there
    adjusted: float | None  # the p-value of E, Holm's over methods and controls
    lost: float  # share of pairs without a number, such as those of maps that are zero
    placebo: tuple[tuple[float, float], ...]  # (r, b) with each random network in the trained one's place
    curve: tuple[tuple[float, float], ...]  # (r, b) depth by depth; nan: no number
    halves: tuple[tuple[float, float], ...] = ()  # (r, b) by each way to halve the networks, this one first

    @property
    def real(self) -> bool:
        """Whether the method looks at the network."""
        key = _base(self.method)
        return key in METHODS and not METHODS[key].control

    @property
    def tells_apart(self) -> bool:
        """Whether the method clearly gives two networks different maps."""
        return self.gate.low is not None and self.gate.low > GATE


@dataclass(frozen=True, slots=True, eq=False)
class Diagonal:
    """All methods of one comparison at one depth, or in the mean over depths."""

    comparison: Comparison
    depth: int | None
    images: int
    networks: int
    points: tuple[Point, ...]
    depths: tuple[int, ...]  # of the curves

    @property
    def real(self) -> tuple[Point, ...]:
        """The methods that look at the network: all that is said of orders is said of them."""
        return tuple(point for point in self.points if point.real)

    @property
    def places(self) -> tuple[tuple[tuple[float, float], ...], ...]:
        """(r, b) of each of them: as it is, then with each random network in the trained one's place."""
        roles = range(len(self.real[0].placebo)) if self.real else range(0)
        own = tuple((p.r, _b(p)) for p in self.real)
        return (own, *(tuple(p.placebo[role] for p in self.real) for role in roles))

    @property
    def tau(self) -> float | None:
        """Tau of the orders by r and by b; None: all tie, or fewer than two methods."""
        return order_tau([r for r, _ in self.places[0]], [b for _, b in self.places[0]])

    @property
    def p_value(self) -> float | None:
        """How often unrelated orders have such a tau."""
        if len(self.real) < 2:
            return None
        # A distance turned round orders both alike, so no direction is needed.
        return tau_null([r for r, _ in self.places[0]], [b for _, b in self.places[0]]).p_value

    @property
    def placebo(self) -> tuple[float, ...]:
        """Tau with each random network in the trained one's place."""
        taus = (order_tau([r for r, _ in own], [b for _, b in own]) for own in self.places[1:])
        return tuple(tau for tau in taus if tau is not None)

    @property
    def halves(self) -> tuple[float, ...]:
        """Tau by each way to halve the random networks: one half in r, the other in b."""
        ways = range(len(self.real[0].halves)) if self.real else range(0)
        both = (([p.halves[i][0] for p in self.real], [p.halves[i][1] for p in self.real]) for i in ways)
        return tuple(tau for r, b in both if (tau := order_tau(r, b)) is not None)

    @property
    def same_order(self) -> bool:
        """Whether two random networks order the methods much as the trained and a random one do.

        It takes the tau that is shown and the median over the ways to halve the networks.
        """
        tau, p = self.tau, self.p_value
        if tau is None or p is None or p > CHANCE:
            return False
        return min(tau, float(np.median(self.halves or (tau,)))) >= SAME_ORDER

    @property
    def apart(self) -> bool:
        """Whether the orders by r and b agree less than with any random network in the trained one's place.

        By tau and by the pairs of methods.
        """
        same, *placebo = self.alike
        if self.tau is None or not self.placebo:
            return False
        return self.tau < min(self.placebo) - 1e-9 and same < min(placebo)

    @property
    def alike(self) -> tuple[int, ...]:
        """Pairs of methods that r and b order alike: as it is, then with each random network in its place."""
        return tuple(_alike(own) for own in self.places)

    @property
    def pairs(self) -> int:
        """How many pairs of methods there are."""
        return len(self.real) * (len(self.real) - 1) // 2


def diagonal(
    data: RankingData,
    comparison: Comparison,
    *,
    depth: int | None = None,
    methods: Sequence[str] | None = None,
    changed: bool = False,
) -> Diagonal | None:
    """The diagonal for a comparison; None where all networks were not compared by it.

    `methods`: those that are wanted, all by default; `changed`: the controls made of the methods' own maps.
    Formula: means over images and depths; r over the first half of the random networks and b over the pairs
        of the other half, so that no network is in both; E and D over all of them (`statistics.networks`).
    Placebo: r and b of each random network in the trained one's place, the trained one left out.
    """
    scores = _scores(data, changed=changed)
    wanted = canonical(comparison)
    if scores is None or wanted not in scores.comparisons:
        return None
    if depth is not None and depth not in scores.depths:
        return None
    at = scores.comparisons.index(wanted)
    columns = list(range(len(scores.depths))) if depth is None else [scores.depths.index(depth)]
    rows = [i for i, m in enumerate(scores.methods) if methods is None or _base(m) in methods]
    tables = [Table(scores, at, row, columns) for row in rows]
    known = [table for table in tables if table.usable]
    points = [table.point() for table in known]
    raw = [p.memory.p_value for p in points]
    judged = [i for i, p in enumerate(raw) if p is not None]
    adjusted = dict(zip(judged, holm(np.array([raw[i] for i in judged])), strict=True))
    points = [replace(point, adjusted=adjusted.get(i)) for i, point in enumerate(points)]
    return Diagonal(wanted, depth, scores.trained.shape[3], len(scores.seeds), tuple(points), scores.depths)


def compared(data: RankingData) -> tuple[Comparison, ...]:
    """The comparisons by which all networks were compared."""
    scores = _scores(data)
    return () if scores is None else scores.comparisons


class Table:
    """One method's mean similarities of all networks with each other; the trained network comes first."""

    def __init__(self, scores: NetworkScores, at: int, row: int, columns: Sequence[int]) -> None:
        self.method = scores.methods[row]
        trained = scores.trained[at, row][..., columns]  # [seed image depth]
        between = scores.between[at, row][..., columns]  # [pair image depth]
        again = scores.again[at, row]  # [pair image]
        n = len(scores.seeds)
        self.all = np.full((n + 1, n + 1), np.nan)
        self.all[0, 1:] = self.all[1:, 0] = _mean(trained, (1, 2))
        self.apart = np.full((n, n), np.nan)  # D of each pair of random networks
        self.again = float(_mean(again, (0, 1)))
        # A cell without a number (a map that is zero) is one in which the networks are not told apart.
        # Each pair has the t of its own two draws, so that the interval of D knows how much t varies.
        twice = np.where(np.isfinite(again), again, _mean(again, (0,)))[:, :, None]
        apart = np.where(np.isfinite(between), twice - between, 0.0).mean((1, 2))
        for p, (i, j) in enumerate(scores.pairs):
            mean = float(_mean(between[p], (0, 1)))
            self.all[i + 1, j + 1] = self.all[j + 1, i + 1] = mean
            self.apart[i, j] = self.apart[j, i] = apart[p]
        cells = np.concatenate([np.isfinite(trained).ravel(), np.isfinite(between).ravel()])
        self.lost = 1 - float(cells.mean())
        off = ~np.eye(n + 1, dtype=bool)
        self.usable = bool(np.isfinite(self.all[off]).all()) and np.isfinite(self.again)
        self.trained = _mean(scores.trained[at, row], (1,))  # [seed depth], all depths
        self.between = np.full((n, n, len(scores.depths)), np.nan)
        one, other = np.triu_indices(n, 1)  # in the order of scores.pairs
        self.between[one, other] = self.between[other, one] = _mean(scores.between[at, row], (1,))
        self.curve = np.stack(
            [_mean(own, (0, 1)) for own in (scores.trained[at, row], scores.between[at, row])]
        )
        self.distance = SIMILARITIES[scores.comparisons[at].measure].distance

    def point(self) -> Point:
        """The method's numbers."""
        n = len(self.all) - 1
        half = n // 2 if n >= HALVES else n
        first, rest = slice(1, half + 1), slice(half + 1, n + 1) if n >= HALVES else slice(1, n + 1)
        turned = -self.apart if self.distance else self.apart
        return Point(
            self.method,
            float(self.all[0, first].mean()),
            between_interval(self.all[rest, rest]),
            self.again,
            between_interval(turned),
            memory(self.all[0, 1:], self.all[1:, 1:]),
            tuple(self.memory_at(place) for place in range(self.trained.shape[1])),
            None,
            self.lost,
            tuple(self.place(role) for role in range(n)) if n > HALVES else (),
            tuple((float(r), float(b)) for r, b in self.curve.T),
            tuple(self.halved(turn) for turn in range(n)) if n >= HALVES else (),
        )

    def halved(self, turn: int) -> tuple[float, float]:
        """(r, b): r over half of the random networks, from `turn` on, b over the pairs of the rest."""
        n = len(self.all) - 1
        order = [1 + (turn + i) % n for i in range(n)]
        first, rest = order[: n // 2], order[n // 2 :]
        block = self.all[np.ix_(rest, rest)]
        return float(self.all[0, first].mean()), float(block[~np.eye(len(rest), dtype=bool)].mean())

    def memory_at(self, place: int) -> Memory | None:
        """E at one depth, by its place among all; None where a pair of networks has no number there."""
        trained, between = self.trained[:, place], self.between[..., place]
        off = ~np.eye(len(trained), dtype=bool)
        if not (np.isfinite(trained).all() and np.isfinite(between[off]).all()):
            return None
        return memory(trained, between)

    def place(self, role: int) -> tuple[float, float]:
        """(r, b) with the random network `role` in the trained one's place; the trained one is left out."""
        others = [i for i in range(1, len(self.all)) if i != role + 1]
        block = self.all[np.ix_(others, others)]
        return float(self.all[role + 1, others].mean()), float(block[~np.eye(len(others), dtype=bool)].mean())


def order_tau(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Tau of the orders by two finite scores; None: all tie in one, or there are fewer than two."""
    if len(first) < 2:
        return None
    found = float(tau_b(pair_signs(np.array(first)), pair_signs(np.array(second))))
    return None if np.isnan(found) else found


def _b(point: Point) -> float:
    return float("nan") if point.b.estimate is None else point.b.estimate


def _alike(places: Sequence[tuple[float, float]]) -> int:
    if len(places) < 2:
        return 0
    first, second = (pair_signs(np.array(side)) for side in zip(*places, strict=True))
    return int((first * second > 0).sum())


def _scores(data: RankingData, *, changed: bool = False) -> NetworkScores | None:
    found = [one for one in data.networks if (":" in one.methods[0]) is changed]
    return found[0] if found else None


def _base(method: str) -> str:
    return method.rpartition(":")[2]


def _mean(values: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """The mean over these axes of what is finite, float64; NaN where nothing is."""
    there = np.isfinite(values)
    count = there.sum(axes)
    total = np.where(there, values, 0).sum(axes, dtype=np.float64)
    return np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0)
