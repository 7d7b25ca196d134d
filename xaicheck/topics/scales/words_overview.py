"""The sentences on all depths, on maps and on residual blocks, made from the numbers beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xaicheck.experiments.scales.data import ENOUGH, BlockResult, MapRow, Maps, ResidualRow
from xaicheck.experiments.scales.setting import Setting
from xaicheck.reading import words
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import DASH, at_least, listed, number
from xaicheck.theory.baseline import residual_cosine
from xaicheck.topics.scales.words import TEXT, map_label, points

SAID = TEXT.overview
FAR = 0.1  # of a cosine and its expectation
TURNED = 0.95  # a cosine from which on a signal has hardly turned (18 degrees)


# All depths


@dataclass(frozen=True, slots=True)
class Depths:
    """Results by depth, for so many output units joined."""

    results: Sequence[BlockResult]
    outputs: int

    @property
    def above(self) -> int:
        """At how many depths the whole interval of Kendall's tau is above 0."""
        kept = [r.order(self.outputs).kendall.measured.low for r in self.results]
        return sum(low is not None and low > 0 for low in kept)


def _above(depths: Depths) -> Mapping[str, object]:
    taus = [r.order(depths.outputs).kendall.measured.mean for r in depths.results]
    known = [tau for tau in taus if tau is not None]
    return {
        "above": depths.above,
        "depths": len(taus),
        "low": number(min(known, default=None)),
        "high": number(max(known, default=None)),
    }


DEPTHS = (
    Sentence[Depths]("scales_washed", SAID.washed, lambda d: 0 < d.above == len(d.results), _above),
    Sentence[Depths]("scales_perhaps_washed", SAID.perhaps, lambda d: d.above < len(d.results), _above),
)
DIFFERENCES = Sentence[Sequence[BlockResult]](
    "scales_depths_line",
    SAID.depths_line,
    lambda results: bool(_differences(results)),
    lambda results: {"differences": "; ".join(_differences(results)) or DASH, "least": ENOUGH},
)


def _differences(results: Sequence[BlockResult]) -> list[str]:
    parts = []
    for r in results:
        largest = r.order(1).largest_difference()
        if r.setting != Setting(r.setting.depth) or largest is None:
            continue
        left = r.order(1).largest_difference(coherent=True)
        coherent = f" ({points(left[0])} with the measured coherence)" if left else ""
        parts.append(f"depth {r.setting.depth}: {points(largest[0])}{coherent}")
    return parts


def depths_title(results: Sequence[BlockResult], outputs: int) -> str:
    """Whether the order washes out as more is randomized, from the rank correlations."""
    return say(DEPTHS, Depths(results, outputs))


def depths_alt(results: Sequence[BlockResult], outputs: int) -> str:
    """The picture over all depths in words."""
    parts = []
    for r in results:
        tau = r.order(outputs).kendall
        coherent = "" if tau.coherent is None else f", {number(tau.coherent)} with the measured coherence"
        taus = f"{number(tau.measured.mean)}, expected {number(tau.predicted)}{coherent}"
        parts.append(f"depth {r.setting.depth} ({r.block}): {taus}")
    return f"Kendall’s τ of activations and contributions: {'; '.join(parts)}."


# Maps


def _row(maps: Maps, key: str) -> MapRow:
    return next(row for row in maps.rows if row.key == key)


def _cosines(maps: Maps) -> Mapping[str, object]:
    positive = _row(maps, "positive")
    return {
        "signed": number(_row(maps, "signed").between.mean),
        "positive": number(positive.between.mean),
        "expected": number(positive.between_predicted),
        "effective": f"{maps.effective:.0f}",
    }


def _miss(maps: Maps) -> float:
    """How far the cosine of positive contributions is from what is expected; 0 where either is not known."""
    row = _row(maps, "positive")
    if row.between.mean is None or row.between_predicted is None:
        return 0.0
    return abs(row.between.mean - row.between_predicted)


MAPS = Sentence[BlockResult](
    "scales_maps",
    SAID.maps,
    lambda r: _row(r.maps, "positive").alike.mean is not None,
    lambda r: {
        "block": r.block,
        "alike": number(_row(r.maps, "positive").alike.mean),
        "left": number(_row(r.maps, "positive").left_common.mean),
    },
)
COSINES = Sentence[BlockResult](
    "scales_cosines",
    SAID.cosines,
    lambda r: None not in (_row(r.maps, "signed").between.mean, _row(r.maps, "positive").between.mean),
    lambda r: _cosines(r.maps),
)
MISSED = Sentence[BlockResult](
    "scales_missed",
    SAID.missed,
    lambda r: _miss(r.maps) >= FAR,
    lambda r: {"miss": number(_miss(r.maps))},
)
AVERAGE = Sentence[BlockResult](
    "scales_average",
    SAID.average,
    lambda r: r.maps.average_norm == r.maps.average_norm,  # not-a-number where one of the maps is constant
    lambda r: {"seeds": r.seeds, "average": number(r.maps.average_norm)},
)
NO_NUMBER = Sentence[Sequence[MapRow]](
    "scales_no_map_number",
    SAID.no_number,
    lambda rows: any(r.alike.mean is None for r in rows),
    lambda rows: {"names": listed([map_label(r.key) for r in rows if r.alike.mean is None]) or DASH},
)
METHODS_ROUGH = Sentence[Sequence[MapRow]](
    "scales_methods_rough",
    SAID.methods,
    lambda rows: bool(rows) and min(r.seeds for r in rows) > 2,
    lambda rows: {"seeds": (seeds := min(r.seeds for r in rows)), "others": seeds - 1},
)


def maps_title(result: BlockResult) -> str:
    """How alike the maps of this block are before and after, with and without what random networks draw."""
    return MAPS(result) or str(SAID.maps_plain.format(block=result.block))


def maps_alt(rows: Sequence[MapRow]) -> str:
    """The picture in words."""
    return "; ".join(
        f"{map_label(r.key)}: {number(r.alike.mean)}, without the norm map {number(r.left.mean)}, "
        f"without what random networks draw {number(r.left_common.mean)}"
        for r in rows
    )


# Residual blocks


def _lowest(rows: Sequence[ResidualRow]) -> dict[str, float]:
    """The smallest cosine of each way to randomize that has one."""
    low: dict[str, float] = {}
    for r in rows:
        if r.cosine.mean is not None:
            low[r.way] = min(low.get(r.way, 1.0), r.cosine.mean)
    return low


def _small(rows: Sequence[ResidualRow]) -> bool:
    low = _lowest(rows)
    return set(low) == set(TEXT.ways) and min(low.values()) >= TURNED


def _ways(rows: Sequence[ResidualRow]) -> Mapping[str, object]:
    return {way: at_least(value, 3) for way, value in _lowest(rows).items()}


def _branches(rows: Sequence[ResidualRow]) -> list[float]:
    return [r.branch for r in rows if r.way == "alive"]


RESIDUAL = (
    Sentence[Sequence[ResidualRow]]("scales_residual_small", SAID.residual_small, _small, _ways),
    Sentence[Sequence[ResidualRow]](
        "scales_residual_turns",
        SAID.residual_turns,
        lambda rows: set(_lowest(rows)) == set(TEXT.ways) and not _small(rows),
        _ways,
    ),
)
BRANCH = Sentence[Sequence[ResidualRow]](
    "scales_residual_branch",
    SAID.residual_branch,
    lambda rows: bool(_branches(rows)) and min(_branches(rows)) > 0 and max(_branches(rows)) < 0.25,
    lambda rows: {
        "low": f"{max(_branches(rows)) ** -0.5:.0f}",
        "high": f"{min(_branches(rows)) ** -0.5:.0f}",
        "equal": number(float(residual_cosine(1.0))),
    },
)


def residual_title(rows: Sequence[ResidualRow]) -> str:
    """What randomizing a residual block does to its input, as the smallest cosine of each way."""
    return say(RESIDUAL, rows)


def residual_line(rows: Sequence[ResidualRow]) -> str:
    """The range of cosines under both ways, and what the small branch comes from."""
    parts = []
    for way, names in TEXT.ways.items():
        values = [r.cosine.mean for r in rows if r.way == way and r.cosine.mean is not None]
        branch = [r.branch for r in rows if r.way == way]
        if values:
            parts.append(
                f"{names.sentence}: cosine {number(min(values), 3)} to {number(max(values), 3)}, the branch "
                f"has {number(100 * min(branch), 1)} to {words.share(max(branch), 1)} of the input’s energy"
            )
    return f"{'; '.join(parts)}. {BRANCH(rows)}".strip()
