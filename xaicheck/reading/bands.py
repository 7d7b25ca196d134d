"""Two random networks beside the trained and a random one: the band behind a curve, and two numbers of it.

r is the similarity of the trained network's map and a random one's, b that of two random networks' maps, t
that of two maps of the trained network. The gate D = t - b says how far a method tells networks apart; E =
r - b how much nearer the trained network's maps are to random ones than those are to each other. Neither
ranks methods: E < 0 is no merit, and edges have E = 0 as fresh noise has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xaicheck.engine import pairs
from xaicheck.engine.scores import NO_MAP
from xaicheck.methods import METHODS
from xaicheck.reading.numbers import Reading, Summary, summary
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import Interval, between_interval, memory
from xaicheck.statistics.leaders import holm
from xaicheck.statistics.networks import FEWEST
from xaicheck.types import Score


@dataclass(frozen=True, slots=True)
class Band:
    """One method at one depth by one measure. Of a distance D and E are turned: more is more in both."""

    r: Summary  # over the random networks; where a method draws, under other random numbers than the shown
    b: Summary  # over the pairs of random networks (`seeds` counts the pairs)
    t: Score  # where a method does not draw, its map against itself
    gate: float | None  # D; two maps that a measure cannot compare (one is zero, say) do not differ
    memory: float | None  # E
    networks: int  # random ones, the companion of an only one among them
    gate_interval: Interval | None = None  # these four from `FEWEST` networks on: fewer give no verdict
    interval: Interval | None = None  # of E, for other random networks
    p_value: float | None = None  # E = 0, two-sided; Holm's over the methods in `Bands.every`
    rank: float | None = None  # as in `statistics.networks.Memory`


class Bands:
    """The bands of a report, found by method, measure and depth."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._rows: dict[tuple[str, str, str, int], dict[tuple[int, int], Score]] = defaultdict(dict)
        for row in reading.report.pairs:
            self._rows[row.kind, row.method, row.measure, row.depth][row.first, row.second] = row.score
        request = reading.report.request
        self.seeds: tuple[int, ...] = pairs.seeds(request)  # of the random networks, paired with each other
        self.companion: int | None = pairs.companion(request)  # that of them which no map is shown of

    @property
    def depths(self) -> tuple[int, ...]:
        """Those at which random networks are compared, the greatest last."""
        known = {depth for kind, _, _, depth in self._rows if kind == pairs.BETWEEN}
        return tuple(sorted(known))

    def at(self, method: str, measure: str, depth: int) -> Band | None:
        """The band at a depth; None where random networks were not compared there, or not yet.

        Formula: means over networks and pairs; D and E from those that have a number; D of a pair from its
            own t where a method draws (the mean t where that has no number), 0 where the measure cannot
            compare its maps; intervals and test: `statistics.networks`.
        """
        between = self._rows.get((pairs.BETWEEN, method, measure, depth))
        if not between:
            return None
        sign = -1 if SIMILARITIES[measure].distance else 1
        twice, trained = self._twice(method, measure), self._trained(method, measure, depth)
        r, b = summary(list(trained.values())), summary(list(between.values()))
        again = self._rows.get((pairs.AGAIN, method, measure, 0), {})
        own = {pair: score for pair, score in again.items() if score.value is not None}
        apart = {pair: _apart(own.get(pair, twice), score, sign) for pair, score in between.items()}
        gates = [gate for gate in apart.values() if gate is not None]
        found = Band(
            r,
            b,
            twice,
            sum(gates) / len(gates) if gates else None,
            None if r.mean is None or b.mean is None else sign * (r.mean - b.mean) + 0.0,
            len(self.seeds),
        )
        if len(self.seeds) < FEWEST:
            return found
        gaps = self._matrix(apart)
        if np.isfinite(gaps).all():
            found = replace(found, gate_interval=between_interval(gaps))
        ours = np.array([float(trained.get(seed, NO_MAP)) for seed in self.seeds]) * sign
        theirs = self._matrix({pair: score.value for pair, score in between.items()}) * sign
        if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
            return found
        test = memory(ours, theirs)
        return replace(found, interval=test.interval, p_value=test.p_value, rank=test.rank)

    def every(self, measure: str, depth: int, methods: Sequence[str] | None = None) -> Mapping[str, Band]:
        """The bands of these methods (all by default) at a depth, p-values adjusted by Holm over them."""
        wanted = self.reading.methods if methods is None else methods
        found = {m: band for m in wanted if (band := self.at(m, measure, depth)) is not None}
        tested = {m: band.p_value for m, band in found.items() if band.p_value is not None}
        for method, adjusted in zip(tested, holm(np.array(list(tested.values()))), strict=True):
            found[method] = replace(found[method], p_value=float(adjusted))
        return found

    def curve(self, method: str, measure: str) -> list[tuple[int, Band]]:
        """(depth, band) for every depth that has one."""
        found = ((depth, self.at(method, measure, depth)) for depth in self.depths)
        return [(depth, band) for depth, band in found if band is not None]

    def _twice(self, method: str, measure: str) -> Score:
        """t, or why it has no number."""
        if METHODS[method].stochastic:
            found = summary(list(self._rows.get((pairs.AGAIN, method, measure, 0), {}).values()))
        else:
            found = self.reading.score(method, measure, 0)
        return Score(found.mean, found.why)

    def _trained(self, method: str, measure: str, depth: int) -> dict[int, Score]:
        """r of each random network, by its seed."""
        if not METHODS[method].stochastic:
            known = self.reading.scores(method, measure, depth)
            return {seed: known[seed] for seed in self.seeds if seed in known}
        by_network = defaultdict(list)
        for (first, _), score in self._rows.get((pairs.TRAINED, method, measure, depth), {}).items():
            by_network[first].append(score)
        means = {seed: summary(scores) for seed, scores in by_network.items()}
        return {seed: Score(mean.mean, mean.why) for seed, mean in means.items()}

    def _matrix(self, values: Mapping[tuple[int, int], float | None]) -> np.ndarray:
        """What each two networks have, float64 [network network]; NaN: no number; zeros on the diagonal."""
        places = {seed: i for i, seed in enumerate(self.seeds)}
        out = np.full((len(places), len(places)), np.nan)
        np.fill_diagonal(out, 0)
        for (first, second), value in values.items():
            i, j = places[first], places[second]
            out[i, j] = out[j, i] = np.nan if value is None else value
        return out


def _apart(twice: Score, between: Score, sign: int) -> float | None:
    """D of one pair; 0 where the measure cannot compare its maps, None where there is a map missing."""
    if NO_MAP in (twice, between):
        return None
    if twice.value is None or between.value is None:
        return 0.0
    return sign * (twice.value - between.value) + 0.0  # never -0.0
