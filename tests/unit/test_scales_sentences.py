"""Every sentence of the page Activation scales holds of the numbers beside it, whatever those are."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tests.premises import Shown as Piece, found, judge, missed, number_of, sentences_of
from xaicheck.experiments.scales import store
from xaicheck.experiments.scales.data import Bin, BlockResult, Measured, Order, Rank, Shipped
from xaicheck.experiments.scales.setting import Setting
from xaicheck.topics.scales import words, words_overview
from xaicheck.topics.scales.numbers import Shown, of_block
from xaicheck.topics.scales.verdict import verdict
from xaicheck.topics.scales.why import why

SENTENCES = sentences_of("topics.scales")


@dataclasses.dataclass(frozen=True)
class About:
    """All numbers that the page shows at once."""

    shown: Shown
    data: Shipped

    @property
    def block(self) -> BlockResult:
        assert self.shown.block is not None
        return self.shown.block

    @property
    def plain(self) -> list[BlockResult]:
        return [b for b in self.data.blocks if b.setting == Setting(b.setting.depth)]

    @property
    def methods(self) -> Any:
        setting = self.block.setting
        return self.data.method_rows(setting.depth) if setting == Setting(setting.depth) else ()


# What the page shows, over the shipped data and over what may never have been measured


def pieces(about: About) -> Iterator[Piece[About]]:
    shown, data, block = about.shown, about.data, about.block
    rows = (*block.maps.rows, *about.methods)
    texts = {
        "finding": words.finding(shown),
        "titles": "\n".join((words.kept_title(shown), words.sorted_title(shown), words.top_title(shown))),
        "lines": "\n".join(
            (words.kept_line(shown), why(shown), words.rank_line(shown), words.top_line(shown))
        ),
        "same": words.same_line(block),
        "depths": words_overview.depths_title(about.plain, shown.outputs),
        "differences": words_overview.DIFFERENCES(data.blocks),
        "maps": "\n".join(
            (
                words_overview.maps_title(block),
                words_overview.COSINES(block),
                words_overview.MISSED(block),
                words_overview.AVERAGE(block),
                words_overview.NO_NUMBER(rows),
                words_overview.METHODS_ROUGH(about.methods),
            )
        ),
        "residual": words_overview.residual_title(data.residual),
        "branch": words_overview.residual_line(data.residual),
    }
    told = verdict(shown, data.blocks, about.methods, block.maps.rows)
    texts |= {f"may {i}": text for i, text in enumerate(told.may)}
    texts |= {f"may not {i}": reply for i, (_, reply) in enumerate(told.may_not)}
    return (Piece(place, text, about) for place, text in texts.items() if text)


def measured(value: float | None, half: float = 0.01) -> Measured:
    return Measured(None, None, None) if value is None else Measured(value, value - half, value + half)


def order(old: Order, share: Callable[[Bin], float | None], tau: float | None, law: bool = True) -> Order:
    """The same pairs with other shares kept, and another tau."""
    bins = tuple(
        dataclasses.replace(
            b,
            kept=measured(share(b) if b.pairs else None),
            predicted=b.predicted if law else None,
            coherent=b.coherent if law else None,
        )
        for b in old.bins
    )
    rank = dataclasses.replace(
        old.kendall, measured=measured(tau), predicted=old.kendall.predicted if law else None
    )
    return dataclasses.replace(old, bins=bins, kendall=rank)


def worlds(shipped: Shipped) -> Iterator[About]:
    """The shipped results, and the same with what they might have been."""

    def shown(block: BlockResult, outputs: int = 1, **data: Any) -> About:
        changed = dataclasses.replace(shipped, **data)
        return About(of_block(block, outputs, None, changed.norms), changed)

    for block in shipped.blocks:
        for outputs in (1, 8):
            yield shown(block, outputs)
    for depth in (1, 2, 12, 16, 18):
        block = shipped.block(Setting(depth))
        assert block is not None
        for name, share, tau in (
            ("chance", lambda b: 0.5, 0.0),
            ("reversed", lambda b: 1 - (b.kept.mean or 0.5), -0.3),
            ("all kept", lambda b: 1.0, 1.0),
            ("as the law says", lambda b: b.predicted, 0.4),
            ("as coherence says", lambda b: b.coherent or b.predicted, 0.4),
        ):
            assert name
            orders = tuple(order(o, share, tau) for o in block.orders)
            other = dataclasses.replace(block, orders=orders)
            blocks = tuple(other if b.setting == block.setting else b for b in shipped.blocks)
            yield shown(other, blocks=blocks)
            yield shown(other, 4, blocks=blocks)
        lawless = tuple(order(o, lambda b: b.kept.mean, 0.3, law=False) for o in block.orders)
        without = dataclasses.replace(block, orders=lawless)
        yield shown(without)
        yield shown(without, blocks=(without,))
        yield shown(block, blocks=(block,))
        empty = tuple(
            dataclasses.replace(
                o,
                bins=tuple(dataclasses.replace(b, pairs=0, ratio=None, kept=measured(None)) for b in o.bins),
                kendall=Rank(measured(None), None, None),
                tops=(),
            )
            for o in block.orders
        )
        yield shown(dataclasses.replace(block, orders=empty))
        signs = tuple(
            dataclasses.replace(r, between=measured(0.2), alike=measured(None)) for r in block.maps.rows
        )
        maps = dataclasses.replace(block.maps, rows=signs, average_norm=float("nan"))
        yield shown(dataclasses.replace(block, identical=3, maps=maps))
        flat = tuple(dataclasses.replace(r, between=measured(None)) for r in block.maps.rows)
        yield shown(dataclasses.replace(block, maps=dataclasses.replace(block.maps, rows=flat)))
        yield shown(
            block,
            norms=(),
            residual=tuple(
                dataclasses.replace(r, cosine=measured(0.4), branch=3.0) for r in shipped.residual
            ),
        )
        kept = tuple(
            (depth, tuple(dataclasses.replace(r, left_common=r.alike) for r in rows))
            for depth, rows in shipped.methods
        )
        turned = tuple(
            dataclasses.replace(row, kendall=measured(0.5 - (row.kendall.mean or 0.0)))
            for row in shipped.norms
        )
        yield shown(block, methods=kept, norms=turned)
        few = [
            dataclasses.replace(o, bins=tuple(dataclasses.replace(b, pairs=min(b.pairs, 5)) for b in o.bins))
            for o in block.orders
        ]
        none = tuple(
            (
                depth,
                tuple(dataclasses.replace(r, left_common=measured(0.1), alike=measured(0.8)) for r in rows),
            )
            for depth, rows in shipped.methods
        )
        yield shown(dataclasses.replace(block, orders=tuple(few)), methods=none)
    for policy in ("reset", "keep"):
        dead = shipped.block(Setting(18, batchnorm=policy))
        assert dead is not None
        yield shown(dataclasses.replace(dead, spread=np.ones_like(dead.spread)))
        yield shown(dataclasses.replace(dead, spread=np.zeros_like(dead.spread)))


# The premises, said again from the data's fields


def own(about: About) -> Order:
    return next(o for o in about.block.orders if o.outputs == about.shown.outputs)


def differences(order: Order, of: str = "predicted") -> list[float]:
    return [
        abs(b.kept.mean - getattr(b, of))
        for b in order.bins
        if b.pairs >= 30 and b.kept.mean is not None and getattr(b, of) is not None
    ]


def worst(order: Order, of: str = "predicted") -> float:
    return max(differences(order, of), default=0.0)


def said(value: float, text: str, digits: int) -> bool:
    """Whether a text is a number, rounded."""
    return abs(number_of(text) - value) <= 0.5 * 10**-digits + 1e-9


def points(value: float, text: str) -> bool:
    return said(100 * value, text, 1)


def percent(value: float | None, text: str) -> bool:
    return value is not None and said(100 * value, text.removesuffix(" %"), 0)


def near_two(about: About) -> Bin | None:
    return next((b for b in own(about).bins if b.low == 1.8 and b.pairs >= 30), None)


def shares(about: About) -> tuple[float | None, float | None, float | None]:
    near, tau = near_two(about), own(about).kendall
    if near is not None:
        return near.kept.mean, near.predicted, near.coherent
    mean, law, coherent = (
        None if t is None else (t + 1) / 2 for t in (tau.measured.mean, tau.predicted, tau.coherent)
    )
    return mean, law, coherent


def coherence_matters(about: About) -> bool:
    _, law, coherent = shares(about)
    return law is not None and coherent is not None and abs(law - coherent) >= 0.02


def who(about: About, match: re.Match[str]) -> bool:
    top = "the last layer" if about.block.setting.depth == 1 else f"everything from {about.block.block} up"
    return (
        match["what"].lower() == top
        and percent(shares(about)[0], match["share"])
        and match["units"] == "random networks"
        and (match["more"] == "more to these outputs") == (about.shown.outputs > 1)
    )


def explained(about: About) -> bool:
    off, left = worst(own(about)), worst(own(about), "coherent")
    return off >= 0.015 and bool(differences(own(about), "coherent")) and left < off / 2


def not_explained(about: About) -> bool:
    off, left = worst(own(about)), worst(own(about), "coherent")
    return off >= 0.015 and bool(differences(own(about), "coherent")) and left >= off / 2


def fell(about: About, match: re.Match[str]) -> bool:
    return (
        points(worst(own(about)), match["points"])
        and points(worst(own(about), "coherent"), match["left"])
        and number_of(match["coherence"]) == pytest.approx(about.block.coherence.mean, rel=0.06)
    )


def filtered(about: About, *recalibrated: str) -> bool:
    setting = about.block.setting
    return setting.depth == 18 and setting.batchnorm in recalibrated and worst(own(about)) >= 0.015


def taus(about: About) -> dict[str, float | None]:
    return {row.way: row.kendall.mean for row in about.data.norms} | {"law": own(about).kendall.predicted}


def halves(about: About) -> bool:
    t, setting = taus(about), about.block.setting
    if setting != Setting(18) or about.shown.outputs > 1 or None in (t.get("own"), t.get("one"), t["law"]):
        return False
    return t["uncentred"] < t["own"] < t["one"] < t["shared"] < t["law"]


def half_numbers(about: About, match: re.Match[str]) -> bool:
    t = taus(about)
    part = (t["one"] - t["own"]) / (t["law"] - t["own"])
    return percent(part, match["part"]) and all(
        said(t[way], match[way], 2) for way in ("own", "one", "law", "shared", "uncentred")
    )


def off(about: About) -> int:
    low = about.block.spread[0]
    return sum(a > 0 and b == 0 for a, b in zip(about.block.activation, low, strict=True))


def top(about: About) -> Any:
    tops = [t for t in own(about).tops if t.measured.mean is not None]
    return next((t for t in tops if t.k == 10), tops[-1] if tops else None)


def topped(about: About, match: re.Match[str]) -> bool:
    t = top(about)
    return t is not None and int(match["k"]) == t.k and said(t.k * t.measured.mean, match["stay"], 1)


def above(about: About) -> int:
    kept = [
        next(o for o in b.orders if o.outputs == about.shown.outputs).kendall.measured.low
        for b in about.plain
    ]
    return sum(low is not None and low > 0 for low in kept)


def maps(about: About, key: str, field: str = "between") -> float | None:
    return next(getattr(row, field).mean for row in about.block.maps.rows if row.key == key)


def positive_expected(about: About) -> float:
    return next(row.between_predicted for row in about.block.maps.rows if row.key == "positive")


def law_inside(order: Order) -> bool:
    """Whether the law lies in the interval of the bin that is furthest from it."""
    off = max(
        (b for b in order.bins if b.pairs >= 30 and b.kept.mean is not None and b.predicted is not None),
        key=lambda b: abs(b.kept.mean - b.predicted),
    )
    return off.kept.low <= off.predicted <= off.kept.high


def cosines_apart(about: About) -> bool:
    signed, positive = maps(about, "signed"), maps(about, "positive")
    return None not in (signed, positive) and positive - signed >= 0.3


def taus_of(about: About) -> list[float]:
    orders = (next(o for o in b.orders if o.outputs == about.shown.outputs) for b in about.plain)
    return [o.kendall.measured.mean for o in orders]


def lowest(about: About, way: str) -> float:
    return min(r.cosine.mean for r in about.data.residual if r.way == way)


def ends(about: About) -> list[Any]:
    known = sorted((r for r in about.methods if r.alike.mean is not None), key=lambda r: r.alike.mean)
    return [known[-1], known[0]] if len(known) > 1 else []


def as_bad(about: About) -> dict[str, str]:
    """By block, in points: the largest differences whose t intervals reach that of the largest of all."""
    found = {}
    for block in about.plain:
        bins = [b for b in block.orders[0].bins if b.pairs >= 30 and None not in (b.kept.mean, b.predicted)]
        if bins:
            off = max(bins, key=lambda b: abs(b.kept.mean - b.predicted))
            size, half = abs(off.kept.mean - off.predicted), off.kept.high - off.kept.mean
            found[block.block] = (size, half)
    most, its = max(found.values(), default=(0.0, 0.0))
    if most < 0.03:
        return {}
    return {key: f"{100 * a:.1f}" for key, (a, half) in found.items() if a + half >= most - its - 1e-12}


def made(about: About) -> bool:
    return bool(ends(about)) and all(abs(r.left_common.mean) < r.alike.mean / 2 for r in ends(about))


RESTATED: dict[str, Callable[[About, re.Match[str]], bool]] = {
    "scales_twice": lambda a, m: near_two(a) is not None and who(a, m),
    "scales_any_pair": lambda a, m: near_two(a) is None and shares(a)[0] is not None and who(a, m),
    "scales_no_pairs": lambda a, m: all(b.pairs < 30 or b.kept.mean is None for b in own(a).bins),
    "scales_theory": lambda a, m: (
        not coherence_matters(a) and percent(shares(a)[1], m["predicted"])
    ),
    "scales_theory_coherent": lambda a, m: (
        coherence_matters(a)
        and percent(shares(a)[1], m["predicted"])
        and percent(shares(a)[2], m["coherent"])
    ),
    "scales_no_theory": lambda a, m: shares(a)[1] is None,
    "scales_same": lambda a, m: a.block.identical == min(5, a.block.seeds) == int(m["checked"].split()[0]),
    "scales_not_same": lambda a, m: a.block.identical == int(m["checked"].split()[0]) - int(m["differ"]) < 5,
    "scales_layer": lambda a, m: False,  # only of the last layer alone, which no world here is
    "scales_kept": lambda a, m: percent((own(a).kendall.measured.mean + 1) / 2, m["share"]),
    "scales_largest": lambda a, m: (
        bool(differences(own(a))) and points(worst(own(a)), m["points"]) and m["least"] == "30"
    ),
    "scales_no_law": lambda a, m: all(b.predicted is None for b in own(a).bins),
    "scales_few_channels": lambda a, m: not differences(own(a)),
    "scales_top": topped,
    "scales_top_title": topped,
    "scales_few_on_top": lambda a, m: top(a) is None,
    "scales_sorted": lambda a, m: said(own(a).kendall.measured.mean, m["tau"], 2),
    "scales_ranks": lambda a, m: own(a).kendall.measured.mean is not None,
    "scales_why_coherent": lambda a, m: explained(a) and a.block.coherence.mean > 0 and fell(a, m),
    "scales_why_opposed": lambda a, m: explained(a) and a.block.coherence.mean < 0 and fell(a, m),
    "scales_why_not_coherent": lambda a, m: not_explained(a) and fell(a, m),
    "scales_why_few": lambda a, m: not_explained(a) and a.block.shape[0] == int(m["n"]) < 50,
    "scales_why_shared": lambda a, m: (
        not_explained(a)
        and a.shown.outputs > 1
        and max(
            (b for b in own(a).bins if b.pairs >= 30 and b.coherent is not None),
            key=lambda b: abs(b.kept.mean - b.coherent),
        ).kept.mean
        < 1
    ),
    "scales_why_own_scale": lambda a, m: filtered(a, "recalibrate") and halves(a) and half_numbers(a, m),
    "scales_why_own_scale_unknown": lambda a, m: filtered(a, "recalibrate") and not halves(a),
    "scales_why_switched_off": lambda a, m: filtered(a, "reset", "keep") and off(a) == int(m["off"]) > 0,
    "scales_why_own_filters": lambda a, m: filtered(a, "reset", "keep") and off(a) == 0,
    "scales_washed": lambda a, m: (
        above(a) == len(a.plain) == int(m["depths"])
        and said(min(every := taus_of(a)), m["low"], 2)
        and said(max(every), m["high"], 2)
    ),
    "scales_perhaps_washed": lambda a, m: int(m["above"]) == above(a) < len(a.plain),
    "scales_depths_line": lambda a, m: 0 < m["differences"].count("depth ") == sum(
        bool(differences(b.orders[0])) for b in a.plain
    ),
    "scales_maps": lambda a, m: said(maps(a, "positive", "alike"), m["alike"], 2),
    "scales_cosines": lambda a, m: (
        said(maps(a, "signed"), m["signed"], 2) and said(maps(a, "positive"), m["positive"], 2)
    ),
    "scales_missed": lambda a, m: (
        (off := abs(maps(a, "positive") - positive_expected(a))) >= 0.1 and said(off, m["miss"], 2)
    ),
    "scales_average": lambda a, m: said(a.block.maps.average_norm, m["average"], 2),
    "scales_no_map_number": lambda a, m: any(
        r.alike.mean is None for r in (*a.block.maps.rows, *a.methods)
    ),
    "scales_methods_rough": lambda a, m: {int(m["others"])} == {r.seeds - 1 for r in a.methods} != {1},
    "scales_residual_small": lambda a, m: lowest(a, "usual") >= 0.95 and lowest(a, "alive") >= 0.95,
    "scales_residual_turns": lambda a, m: min(lowest(a, "usual"), lowest(a, "alive")) < 0.95,
    "scales_residual_branch": lambda a, m: all(r.branch < 0.25 for r in a.data.residual if r.way == "alive"),
    "scales_law_met": lambda a, m: (
        worst(own(a)) < 0.03 and points(worst(own(a)), m["points"]) and law_inside(own(a))
    ),
    "scales_law_near": lambda a, m: (
        worst(own(a)) < 0.03 and points(worst(own(a)), m["points"]) and not law_inside(own(a))
    ),
    "scales_law_not_met": lambda a, m: worst(own(a)) >= 0.03 and points(worst(own(a)), m["points"]),
    "scales_taus": lambda a, m: (
        said(min(b.orders[0].kendall.measured.mean for b in a.plain
                 if b.orders[0].kendall.measured.mean is not None), m["low_tau"], 2)
    ),
    "scales_one_network": lambda a, m: True,
    "scales_worst": lambda a, m: len(as_bad(a)) == 1 and as_bad(a)[m["block"]] == m["points"],
    "scales_no_worst": lambda a, m: (
        len(as_bad(a)) > 1
        and set(re.split(", | and ", m["blocks"])) == set(as_bad(a))
        and sorted(re.split(", | and ", m["points"])) == sorted(as_bad(a).values())
    ),
    "scales_strong": lambda a, m: own(a).kendall.measured.low > 0 and own(a).kendall.measured.mean >= 0.2,
    "scales_strong_little": lambda a, m: (
        own(a).kendall.measured.low > 0 and own(a).kendall.measured.mean < 0.2
    ),
    "scales_strong_not_here": lambda a, m: own(a).kendall.measured.low <= 0,
    "scales_signs": lambda a, m: cosines_apart(a) and said(maps(a, "signed"), m["signed"], 2),
    "scales_signs_alike": lambda a, m: not cosines_apart(a) and said(maps(a, "signed"), m["signed"], 2),
    "scales_methods_made": lambda a, m: made(a) and said(ends(a)[0].alike.mean, m["most"], 2),
    "scales_methods_left": lambda a, m: not made(a) and said(ends(a)[0].alike.mean, m["most"], 2),
}  # fmt: skip


@pytest.fixture(scope="module")
def everything() -> list[Piece[About]]:
    shipped = store.load()
    assert isinstance(shipped, Shipped)
    return [piece for about in worlds(shipped) for piece in pieces(about)]


def test_every_premise_is_said_again() -> None:
    assert set(RESTATED) == set(SENTENCES)


def test_no_sentence_is_said_without_its_premise(everything: list[Piece[About]]) -> None:
    wrong = list(judge(SENTENCES, everything, RESTATED))
    assert not wrong, "\n".join(wrong[:5])
    assert set(SENTENCES) - found(SENTENCES, everything) == {"scales_layer"}


ALWAYS = {"scales_one_network", "scales_layer"}


@pytest.mark.parametrize("key", sorted(set(SENTENCES) - ALWAYS))
def test_a_premise_that_is_taken_away_is_missed(key: str) -> None:
    shipped = store.load()
    assert missed(SENTENCES[key], (piece for about in worlds(shipped) for piece in pieces(about)), RESTATED)


def test_sentences_over_all_depths_name_the_setting_they_are_of() -> None:
    shipped = store.load()
    assert isinstance(shipped, Shipped)
    other = shipped.block(Setting(8, batchnorm="keep"))
    assert other is not None
    said = verdict(of_block(other, 1, None, ()), shipped.blocks, (), other.maps.rows)
    over = [said.may[-1], *(why for claim, why in said.may_not if "every network" in claim)]
    over += [words_overview.DIFFERENCES(shipped.blocks)]
    over += [
        words_overview.depths_title([b for b in shipped.blocks if b.setting == Setting(b.setting.depth)], 1)
    ]
    assert all("He normal, recalibrated" in text for text in over)
