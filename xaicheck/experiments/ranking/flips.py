"""How often the order of methods changes when a setting does, over all settings that were computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.ranking.pairing import depth_means, image_means, in_common, note_on_methods
from xaicheck.experiments.ranking.setting import CONTROLS, Variant
from xaicheck.faithfulness.measures import FAITHFULNESS
from xaicheck.similarity.comparisons import same_order
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import Flips, pair_signs, ranking_flips
from xaicheck.statistics.intervals import SAME
from xaicheck.types import Comparison

ENTROPY = "entropy rise"


@dataclass(frozen=True, slots=True, eq=False)
class FlipView:
    """The flips of the check's orders and of the faithfulness's orders."""

    all: (
        Flips  # the check: every variant with every comparison, and the entropy rise; mean over depths, seeds
    )
    by_switch: tuple[tuple[str, Flips], ...]  # one switch moves, the others stay; mean over what they stay at
    faithfulness: Flips  # every measure, fill, output and ranking
    notes: tuple[str, ...]


class _Setting(NamedTuple):
    """What an order of methods was made under; empty where it does not apply."""

    mode: str = ""
    law: str = ""
    measure: str = ""
    normalisation: str = ""
    sign: str = ""
    depth: str = ""
    seed: str = ""
    fill: str = ""
    output: str = ""
    ranking: str = ""

    def __str__(self) -> str:
        return " · ".join(part for part in self if part)


_Orders = dict[_Setting, np.ndarray]  # the goodness [method] under each setting

# The switch's label, and the field of a setting that it moves.
_CHECK_SWITCHES = (
    ("Similarity measure", "measure"),
    ("Normalisation", "normalisation"),
    ("Sign", "sign"),
    ("Order", "mode"),
    ("New weights", "law"),
)
_FAITH_SWITCHES = (
    ("Faithfulness measure", "measure"),
    ("Fill", "fill"),
    ("Output", "output"),
    ("Regions ordered by", "ranking"),
)


def flips(data: RankingData, *, controls: bool) -> FlipView:
    """How often the order changes between settings, and who comes first under how many of them.

    Formula: `statistics.ranking_flips` over all settings; for a switch the mean over pairs of settings that
        differ in that switch alone. Depth and seed are switches of their own and averaged elsewhere.
    Differs: settings that are one and the same by algebra count once, so a switch is only asked where it can
        make a difference; so do those that give one order by algebra. A setting without a score from every
        method is left out. `notes` says both.
    """
    rows = [i for i, m in enumerate(data.methods) if controls or m not in CONTROLS]
    kept, notes = _kept(data, rows)
    methods = tuple(data.methods[i] for i in kept)
    if len(methods) < 2:
        none = Flips((), methods, None, np.zeros((0, 0)), np.zeros(len(methods)), "One method has no order.")
        return FlipView(none, (), none, notes)
    check, by_depth, by_seed = _check_orders(data, kept)
    faith = _faith_orders(data, kept)
    found, tried = len(check), len(faith)
    check, faith = _distinct(check), _distinct(faith)
    kinds = {setting._replace(mode="", law="") for setting in check}
    by_depth, by_seed = (
        {s: v for s, v in orders.items() if s._replace(mode="", law="", depth="", seed="") in kinds}
        for orders in (by_depth, by_seed)
    )
    switches = [
        *((label, _switch(check, field, methods)) for label, field in _CHECK_SWITCHES),
        ("Depth", _switch(by_depth, "depth", methods)),
        ("Seed", _switch(by_seed, "seed", methods)),
        *((label, _switch(faith, field, methods)) for label, field in _FAITH_SWITCHES),
    ]
    wanted = sum(len(data.comparisons) + 1 for _ in data.variants)
    if found < wanted:
        notes += (f"{wanted - found} of {wanted} settings of the check have no score from every method.",)
    again = found - len(check) + tried - len(faith)
    if again:
        notes += (f"{again} of {found + tried} settings give the order of another by algebra: counted once.",)
    return FlipView(_flips(check, methods), tuple(switches), _flips(faith, methods), notes)


def _kept(data: RankingData, rows: Sequence[int]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The methods that have scores in common in every variant, and a note on the others."""
    parts = [
        *(np.isfinite(scores.similarity)[:, rows].swapaxes(0, 1) for scores in data.variants),
        np.isfinite(data.faithfulness)[..., rows, :, :]
        .reshape(-1, len(rows), data.faithfulness[0, 0, 0, 0, 0].size)
        .swapaxes(0, 1),
    ]
    common = in_common(
        np.sum([part.reshape(len(rows), -1).sum(1) for part in parts], axis=0),
        lambda kept: all(part[kept].all(0).any() for part in parts),
    )
    note = note_on_methods([data.methods[row] for i, row in enumerate(rows) if i not in common])
    return tuple(rows[i] for i in common), (note,) if note else ()


def _check_orders(data: RankingData, kept: Sequence[int]) -> tuple[_Orders, _Orders, _Orders]:
    """The check's orders: by every setting, at the first, middle and last depth, and by each seed."""
    turn = np.array([1.0 if SIMILARITIES[c.measure].distance else -1.0 for c in data.comparisons])
    whole: _Orders = {}
    by_depth: _Orders = {}
    by_seed: _Orders = {}
    for scores in data.variants:
        way = scores.variant
        values = scores.similarity[:, list(kept)]
        rise = scores.entropy_rise[list(kept)][None].astype(np.float64)
        settings = [_setting(way, comparison) for comparison in data.comparisons]
        settings.append(_Setting(way.mode, way.law, ENTROPY))
        means = np.concatenate([turn[:, None, None, None] * depth_means(values), rise])
        _add(whole, settings, image_means(means))
        for at, seed in enumerate(data.seeds):
            named = [s._replace(seed=f"seed {seed}") for s in settings]
            _add(by_seed, named, image_means(means[:, :, at : at + 1]))
        for at in sorted({0, len(scores.depths) // 2, len(scores.depths) - 1}):
            place = (
                "first depth" if at == 0 else "last depth" if at == len(scores.depths) - 1 else "middle depth"
            )
            named = [s._replace(depth=place) for s in settings[:-1]]
            there = values[..., at].astype(np.float64)
            there = np.where(np.isfinite(there).all(1, keepdims=True), there, np.nan)
            _add(by_depth, named, image_means(turn[:, None, None, None] * there))
    return whole, by_depth, by_seed


def _setting(variant: Variant, comparison: Comparison) -> _Setting:
    """The setting of a comparison; to measure magnitudes is a position of the sign switch."""
    measure, sign = comparison.measure, comparison.sign
    for one in SIMILARITIES.values():
        if one.of_magnitudes == measure:
            measure, sign = one.key, "magnitude"
    return _Setting(variant.mode, variant.law, measure, comparison.normalisation, sign)


def _faith_orders(data: RankingData, kept: Sequence[int]) -> _Orders:
    orders: _Orders = {}
    axes = product(data.faithfulness_measures, data.fills, data.outputs, data.rankings)
    settings = [_removal(*values) for values in axes]
    values = image_means(data.faithfulness[..., list(kept), :, :]).reshape(len(settings), len(kept))
    turn = np.array([1.0 if FAITHFULNESS[s.measure].higher_is_better else -1.0 for s in settings])
    _add(orders, settings, turn[:, None] * values)
    return orders


def _removal(measure: str, fill: str, output: str, ranking: str) -> _Setting:
    """The setting of a faithfulness score; what the measure has of its own is no position of a switch."""
    own = FAITHFULNESS[measure]
    return _Setting(
        measure=measure, fill="" if own.fill else fill, output="" if own.output else output, ranking=ranking
    )


def _add(orders: _Orders, settings: Sequence[_Setting], goodness: np.ndarray) -> None:
    """Takes in the settings that have a score from every method."""
    for setting, values in zip(settings, goodness, strict=True):
        if np.isfinite(values).all():
            orders[setting] = values


def _distinct(orders: _Orders) -> _Orders:
    """The settings less those that give the order of an earlier one by algebra."""
    kept: dict[_Setting, _Setting] = {}
    for setting in orders:
        kept.setdefault(_same_order(setting), setting)
    return {setting: orders[setting] for setting in kept.values()}


def _same_order(setting: _Setting) -> _Setting:
    """The setting whose order this one has: at unit power the squared distance is 2 - 2 cosine."""
    if setting.measure in FAITHFULNESS:
        return setting._replace(measure=FAITHFULNESS[setting.measure].same_order or setting.measure)
    if setting.measure in SIMILARITIES:
        one = same_order(Comparison(setting.measure, setting.normalisation))
        return setting._replace(measure=one.measure, normalisation=one.normalisation)
    return setting


def _flips(orders: _Orders, methods: tuple[str, ...]) -> Flips:
    if not orders:
        nothing = "No setting has a score from every method."
        return Flips((), methods, None, np.zeros((0, 0)), np.zeros(len(methods)), nothing)
    return ranking_flips({str(setting): values for setting, values in orders.items()}, methods)


def _switch(orders: _Orders, field: str, methods: tuple[str, ...]) -> Flips:
    """The flips between the values of one field, over all pairs of settings that differ in it alone."""
    families: dict[_Setting, list[_Setting]] = {}
    for setting in orders:
        if getattr(setting, field):
            families.setdefault(setting._replace(**{field: ""}), []).append(setting)
    families = {rest: own for rest, own in families.items() if len(own) > 1}
    own = [setting for family in families.values() for setting in family]
    names = tuple(dict.fromkeys(getattr(setting, field) for setting in own))
    if not own:
        alone = "This switch has one position here: there is nothing to compare it with."
        return Flips((), methods, None, np.zeros((0, 0)), np.zeros(len(methods)), alone)
    # Settings beside names: a name that a family lacks has only ties and counts for nothing.
    place = {name: i for i, name in enumerate(names)}
    columns = [place[getattr(setting, field)] for setting in own]
    rows = [i for i, family in enumerate(families.values()) for _ in family]
    goodness = np.stack([orders[setting] for setting in own])
    pairwise = _signs(goodness)
    signs = np.zeros((len(families), len(names), pairwise.shape[1]))
    there = np.zeros((len(families), len(names)))
    signs[rows, columns], there[rows, columns] = pairwise, 1
    count = there.T @ there
    total = (_between(signs) * there[:, :, None] * there[:, None, :]).sum(0)
    upper = np.triu_indices(len(names), 1)
    between = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    rate = float(total[upper].sum() / count[upper].sum())
    return Flips(names, methods, rate, between, _wins(goodness))


def _signs(goodness: np.ndarray) -> np.ndarray:
    """Pair signs [setting pairs]; each setting in units of its own scale, which decides what is rounding."""
    scale = np.abs(goodness).max(-1, keepdims=True)
    return pair_signs(goodness / np.where(scale > 0, scale, 1))


def _wins(goodness: np.ndarray) -> np.ndarray:
    """The share of the settings [setting method] in which a method comes first, as in `ranking_flips`."""
    slack = SAME * np.abs(goodness).max(1, keepdims=True)
    first = goodness >= goodness.max(1, keepdims=True) - slack
    return (first / first.sum(1, keepdims=True)).mean(0)


def _between(signs: np.ndarray) -> np.ndarray:
    """The share of pairs in another order, [... setting setting]; half for a pair that ties in one alone."""
    untied = np.abs(signs)
    size = untied.sum(-1)
    either = size[..., :, None] + size[..., None, :]
    agreed = signs @ signs.swapaxes(-1, -2) + untied @ untied.swapaxes(-1, -2)
    return (either - agreed) / (2 * signs.shape[-1])
