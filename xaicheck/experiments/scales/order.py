"""The order of channels by activation, and how much of it their contributions keep: pairs, places, ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaicheck import theory
from xaicheck.experiments.scales.data import Bin, Measured, Order, Rank, Top
from xaicheck.experiments.scales.setting import TOPS
from xaicheck.statistics import replicate_interval

EDGES = (1.0, 1.25, 1.5, 1.8, 2.2, 3.0, 5.0, 10.0, np.inf)  # activation ratios; the fourth bin is "twice"
RANKS = (theory.expected_kendall, theory.expected_spearman)
MOST = 200_000  # pairs; beyond, a random part of them


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Every pair of live channels with different activations, sorted by their ratio into bins."""

    more: np.ndarray  # int [pairs]: the more active channel
    less: np.ndarray
    ratio: np.ndarray  # float [pairs], at least 1, ascending
    starts: np.ndarray  # int [bins + 1]: where each bin begins
    share: float  # of all pairs; below 1 where a random part was taken


def pairs_of(activations: np.ndarray) -> Pairs:
    """The pairs of the channels that are not zero; dead channels stay last whatever the weights."""
    x = np.abs(np.asarray(activations, dtype=np.float64))
    live = np.flatnonzero(x)
    live = live[np.argsort(-x[live], kind="stable")]
    first, second = np.triu_indices(live.size, 1)
    total = first.size
    if total > MOST:
        chosen = np.random.default_rng(0).choice(total, MOST, replace=False)
        first, second = first[chosen], second[chosen]
    more, less = live[first], live[second]
    differ = x[more] > x[less]
    more, less = more[differ], less[differ]
    ratio = x[more] / x[less]
    by_ratio = np.argsort(ratio, kind="stable")
    ratio = ratio[by_ratio]
    starts = np.append(np.searchsorted(ratio, EDGES[:-1], side="left"), ratio.size)
    return Pairs(more[by_ratio], less[by_ratio], ratio, starts, min(1.0, MOST / max(total, 1)))


def kept(pairs: Pairs, contributions: np.ndarray) -> np.ndarray:
    """The share of the pairs whose more active channel contributes at least as much, [draws bins + 1].

    Contributions: magnitudes [draws n]. The last column is over all pairs; a bin without one is not-a-number.
    """
    counts = np.diff(pairs.starts)
    shares = np.full((len(contributions), counts.size + 1), np.nan)
    for row, c in zip(shares, contributions, strict=True):
        hits = np.take(c, pairs.more) >= np.take(c, pairs.less)
        for b in np.flatnonzero(counts):
            row[b] = np.count_nonzero(hits[pairs.starts[b] : pairs.starts[b + 1]]) / counts[b]
        if hits.size:
            row[-1] = np.count_nonzero(hits) / hits.size
    return shares


def expected_kept(pairs: Pairs, law: theory.WeightLaw, read: np.ndarray | None = None) -> np.ndarray:
    """The expected share, [bins]: the mean of P(order kept) over each bin's own pairs.

    `read`: what the weights multiply in each channel [n], where that is not its activation.
    """
    ratio = pairs.ratio if read is None else read[pairs.more] / read[pairs.less]
    values = theory.order_kept(ratio, law)
    return np.array(
        [
            values[a:b].mean() if b > a else np.nan
            for a, b in zip(pairs.starts[:-1], pairs.starts[1:], strict=True)
        ]
    )


def place_overlap(activations: np.ndarray, contributions: np.ndarray, k: int) -> np.ndarray:
    """The share of the k most active channels among the k largest contributions, [draws]; chance is k/n."""
    top = np.argsort(-np.abs(activations), kind="stable")[:k]
    largest = np.argpartition(-contributions, k - 1, axis=1)[:, :k]
    return np.isin(largest, top).sum(1) / k


def rank_correlation(activations: np.ndarray, contributions: np.ndarray) -> np.ndarray:
    """Spearman's rho of activations [n] and contributions [draws n], live channels only; [draws]."""
    x = np.abs(np.asarray(activations, dtype=np.float64))
    live = np.flatnonzero(x)
    return _pearson(_ranks(x[live]), _ranks(contributions[:, live]))


def kendall_of(share: np.ndarray) -> np.ndarray:
    """Kendall's tau from the share of all pairs whose order is kept: 2 share - 1, ties counted as kept."""
    return 2 * share - 1


def measured(scores: np.ndarray) -> Measured:
    """The mean over seeds [seeds] with its 95 % t interval; None where a seed has no number."""
    values = np.asarray(scores, dtype=np.float64)
    if values.size == 0 or not np.isfinite(values).all():
        return Measured(None, None, None)
    interval = replicate_interval(values)
    return Measured(interval.estimate, interval.low, interval.high)


def summarised(
    activations: np.ndarray,
    after: np.ndarray,
    before: np.ndarray,
    law: theory.WeightLaw | None = None,
    *,
    outputs: int,
    tops: Sequence[int] = TOPS,
    expected: Order | None = None,
    read: np.ndarray | None = None,
) -> Order:
    """The order of channels in random networks, beside the trained one, the closed form and chance.

    Activations x [n], contributions of random networks [seeds groups n] (groups of output units, averaged
    within each seed) and of the trained one [n]; `expected`: where the expected values are known already;
    `read`: the activations [n] as the weights read them, for what the law says with the measured coherence.
    """
    x = np.abs(np.asarray(activations, dtype=np.float64))
    seeds, groups, n = after.shape
    flat = np.abs(after).reshape(-1, n)
    trained = np.abs(before)[None]
    pairs = pairs_of(x)

    def over_seeds(values: np.ndarray) -> Measured:
        return measured(values.reshape(seeds, groups).mean(1))

    shares = kept(pairs, flat).reshape(seeds, groups, -1).mean(1)
    trained_shares = kept(pairs, trained)[0]
    wanted = _expected(x, pairs, law, tops) if expected is None else expected
    coherent, tau, rho_coherent = _coherent(x, pairs, law, read)
    bins = tuple(
        Bin(
            EDGES[b],
            EDGES[b + 1],
            count := int(pairs.starts[b + 1] - pairs.starts[b]),
            float(np.exp(np.log(pairs.ratio[pairs.starts[b] : pairs.starts[b + 1]]).mean()))
            if count
            else None,
            measured(shares[:, b]),
            wanted.bins[b].predicted,
            float(trained_shares[b]) if count else None,
            _number(coherent[b]),
        )
        for b in range(len(EDGES) - 1)
    )
    rho = rank_correlation(x, flat)
    places = tuple(
        Top(
            k,
            over_seeds(place_overlap(x, flat, k)),
            next(t.predicted for t in wanted.tops if t.k == k),
            float(place_overlap(x, trained, k)[0]),
            k / n,
        )
        for k in tops
        if k <= n
    )
    return Order(
        outputs,
        seeds,
        float(np.mean(x == 0)),
        bins,
        Rank(
            measured(kendall_of(shares[:, -1])),
            wanted.kendall.predicted,
            float(kendall_of(trained_shares)[-1]),
            tau,
        ),
        Rank(
            over_seeds(rho),
            wanted.spearman.predicted,
            float(rank_correlation(x, trained)[0]),
            rho_coherent,
        ),
        places,
    )


def expectation(
    activations: np.ndarray, law: theory.WeightLaw | None, *, outputs: int, tops: Sequence[int] = TOPS
) -> Order:
    """What the closed forms expect for these activations [n]; nothing is measured."""
    x = np.abs(np.asarray(activations, dtype=np.float64))
    return _expected(x, pairs_of(x), law, tops, outputs)


def _expected(
    x: np.ndarray, pairs: Pairs, law: theory.WeightLaw | None, tops: Sequence[int], outputs: int = 0
) -> Order:
    none = Measured(None, None, None)
    shares = np.full(len(EDGES) - 1, np.nan) if law is None else expected_kept(pairs, law)
    counts = np.diff(pairs.starts)
    bins = tuple(
        Bin(EDGES[b], EDGES[b + 1], int(counts[b]), None, none, _number(shares[b]), None)
        for b in range(len(EDGES) - 1)
    )
    places = tuple(Top(k, none, _overlap(x, k, law), None, k / x.size) for k in tops if k <= x.size)
    tau = rho = None
    live = x[x > 0]
    if law is not None and np.unique(live).size > 1:
        tau, rho = theory.expected_kendall(live, law).value, theory.expected_spearman(live, law).value
    return Order(
        outputs, 0, float(np.mean(x == 0)), bins, Rank(none, tau, None), Rank(none, rho, None), places
    )


def _coherent(
    x: np.ndarray, pairs: Pairs, law: theory.WeightLaw | None, read: np.ndarray | None
) -> tuple[np.ndarray, float | None, float | None]:
    """(expected shares [bins], tau, rho) for activations that are read otherwise than they are ranked."""
    live = x > 0
    if law is None or read is None or np.unique(x[live]).size < 2:
        return np.full(len(EDGES) - 1, np.nan), None, None
    orders = [of(x[live], law, read=read[live]).value for of in RANKS]
    return expected_kept(pairs, law, read), orders[0], orders[1]


def _overlap(x: np.ndarray, k: int, law: theory.WeightLaw | None) -> float | None:
    if law is None or law.cdf is None or np.count_nonzero(x) < k:
        return None
    return theory.expected_overlap(x[x > 0], k, law)  # a dead channel passes nobody


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks along the last axis; the few ties that there are keep their order."""
    return np.argsort(np.argsort(values, axis=-1, kind="stable"), axis=-1).astype(np.float64)


def _pearson(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a = a - a.mean()
    b = b - b.mean(-1, keepdims=True)
    return (b @ a) / np.sqrt((a @ a) * (b * b).sum(-1))
