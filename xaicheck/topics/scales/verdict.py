"""What may and may not be concluded from the activation scales, with the numbers that are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xaicheck.experiments.scales.data import BlockResult, MapRow
from xaicheck.experiments.scales.setting import Setting
from xaicheck.reading.captions import Verdict
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import inside, listed, number
from xaicheck.topics.scales.numbers import Shown
from xaicheck.topics.scales.why import why
from xaicheck.topics.scales.words import TEXT, finding, holds, map_label, percent, points, share

SAID = TEXT.verdict
MET = 0.03  # a difference from the law up to here is called small
DIFFERENT = 0.3  # of two cosines
LITTLE = 0.6  # a share of pairs below is called little more than chance
Rows = Sequence[MapRow]
Results = Sequence[BlockResult]


# The law at this depth and at all of them


def _difference(shown: Shown) -> float | None:
    largest = shown.order.largest_difference()
    return None if largest is None else largest[0]


def _met(shown: Shown) -> bool:
    difference = _difference(shown)
    return difference is not None and difference < MET


def _inside(shown: Shown) -> bool:
    """Whether the interval of the pairs that differ most holds the law."""
    largest = shown.order.largest_difference()
    return largest is not None and holds(largest[1].kept, largest[1].predicted)


def _points(shown: Shown) -> Mapping[str, object]:
    return {"points": points(_difference(shown) or 0.0)}


LAW = (
    Sentence[Shown]("scales_law_met", SAID.met, lambda s: _met(s) and _inside(s), _points),
    Sentence[Shown]("scales_law_near", SAID.near, lambda s: _met(s) and not _inside(s), _points),
    Sentence[Shown](
        "scales_law_not_met", SAID.not_met, lambda s: _difference(s) is not None and not _met(s), _points
    ),
)


def _by_tau(results: Results) -> list[tuple[float, BlockResult]]:
    taus = [(r.order(1).kendall.measured.mean, r) for r in results]
    return sorted(((tau, r) for tau, r in taus if tau is not None), key=lambda pair: pair[0])


def _extremes(results: Results) -> Mapping[str, object]:
    (low_tau, low), *_, (high_tau, high) = _by_tau(results)
    return {
        "depths": len(results),
        "low": low.block,
        "low_tau": number(low_tau),
        "low_law": number(low.order(1).kendall.predicted),
        "high": high.block,
        "high_tau": number(high_tau),
        "high_law": number(high.order(1).kendall.predicted),
    }


def _worst(results: Results) -> list[tuple[float, str]]:
    """(largest difference, block) where the law is met worst, and wherever it may be met as badly.

    It may where the intervals over the random networks meet; empty where no difference is worth saying.
    """
    largest = [(*d, r.block) for r in results if (d := r.order(1).largest_difference()) is not None]
    reach = [(off, ((b.kept.high or 0.0) - (b.kept.low or 0.0)) / 2, block) for off, b, block in largest]
    reach.sort(reverse=True)
    if not reach or reach[0][0] < MET:
        return []
    least = reach[0][0] - reach[0][1]
    return [(off, block) for at, (off, half, block) in enumerate(reach) if not at or off + half >= least]


def _worst_numbers(results: Results) -> Mapping[str, object]:
    worst = _worst(results)
    blocks = listed([block for _, block in worst])
    return {"points": listed([points(off) for off, _ in worst]), "block": blocks, "blocks": blocks}


TAUS = Sentence[Results]("scales_taus", SAID.taus, lambda results: len(_by_tau(results)) > 1, _extremes)
ONE = Sentence[Results]("scales_one_network", SAID.one_network, lambda results: True)
WORST = (
    Sentence[Results]("scales_worst", SAID.worst, lambda results: len(_worst(results)) == 1, _worst_numbers),
    Sentence[Results](
        "scales_no_worst", SAID.no_worst, lambda results: len(_worst(results)) > 1, _worst_numbers
    ),
)


# What does not follow


def _share(shown: Shown) -> Mapping[str, object]:
    return {"share": percent(share(shown.order.kendall.measured.mean))}


def _little(shown: Shown) -> bool:
    return (share(shown.order.kendall.measured.mean) or 0.0) < LITTLE


def _above_chance(shown: Shown) -> bool:
    low = shown.order.kendall.measured.low
    return low is not None and low > 0


STRONG = (
    Sentence[Shown]("scales_strong", SAID.strong, lambda s: _above_chance(s) and not _little(s), _share),
    Sentence[Shown](
        "scales_strong_little", SAID.strong_little, lambda s: _above_chance(s) and _little(s), _share
    ),
    Sentence[Shown](
        "scales_strong_not_here",
        SAID.strong_not_here,
        lambda s: s.order.kendall.measured.mean is not None and not _above_chance(s),
        _share,
    ),
)


def _between(rows: Rows) -> dict[str, float]:
    """The cosine of two random networks' maps by kind, where it is known."""
    return {row.key: row.between.mean for row in rows if row.between.mean is not None}


def _both(rows: Rows) -> bool:
    return {"signed", "positive"} <= set(_between(rows))


def _apart(rows: Rows) -> bool:
    cosines = _between(rows)
    return _both(rows) and cosines["positive"] - cosines["signed"] >= DIFFERENT


def _cosines(rows: Rows) -> Mapping[str, object]:
    return {key: number(value) for key, value in _between(rows).items()}


SIGNS = (
    Sentence[Rows]("scales_signs", SAID.signs, _apart, _cosines),
    Sentence[Rows](
        "scales_signs_alike", SAID.signs_alike, lambda rows: _both(rows) and not _apart(rows), _cosines
    ),
)


def _ends(rows: Rows) -> tuple[MapRow, MapRow] | None:
    """The methods whose maps change least and most; None with fewer than two."""
    known = sorted((r for r in rows if r.alike.mean is not None), key=lambda r: r.alike.mean or 0.0)
    return None if len(known) < 2 else (known[-1], known[0])


def _made(rows: Rows) -> bool:
    """Whether most of what both of them keep is what any random network draws."""
    pairs = [(row.alike.mean, row.left_common.mean) for row in _ends(rows) or ()]
    return bool(pairs) and all(
        alike is not None and left is not None and abs(left) < alike / 2 for alike, left in pairs
    )


def _methods(rows: Rows) -> Mapping[str, object]:
    most, least = _ends(rows) or (rows[0], rows[0])
    return {
        "most": number(most.alike.mean),
        "least": number(least.alike.mean),
        "most_left": number(most.left_common.mean),
        "least_left": number(least.left_common.mean),
    }


METHODS = (
    Sentence[Rows]("scales_methods_made", SAID.methods, _made, _methods),
    Sentence[Rows](
        "scales_methods_left",
        SAID.methods_left,
        lambda rows: _ends(rows) is not None and not _made(rows),
        _methods,
    ),
)


def verdict(shown: Shown, results: Results, methods: Rows, maps: Rows) -> Verdict:
    """May and may not, from the experiment on top, all depths, and the maps at this depth."""
    plain = [r for r in results if r.setting == Setting(r.setting.depth)]
    may = [finding(shown), f"{say(LAW, shown)} {why(shown)}".strip(), TAUS(plain)]
    may_not = [
        (SAID.strong_places, say(STRONG, shown)),
        (SAID.changes, say(SIGNS, maps)),
        (SAID.everywhere, say((ONE, *WORST), plain)),
    ]
    ends = _ends(methods)
    if ends is not None:
        first, second = (inside(map_label(r.key)) for r in ends)
        may_not.append((SAID.worse.format(first=first, second=second), say(METHODS, methods)))
    return Verdict(tuple(filter(None, may)), tuple((claim, reply) for claim, reply in may_not if reply))
