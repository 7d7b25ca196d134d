"""Sentences on how firm the two orders are: winners, switches, pairs, and their origin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from xaicheck.experiments.ranking.rank import FlipView
from xaicheck.faithfulness import FAITHFULNESS
from xaicheck.faithfulness.road import PERCENTAGES
from xaicheck.reading import certificates
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import count, inside, listed, number, verb
from xaicheck.statistics import Flips, Ranking
from xaicheck.topics.ranking.numbers import SURE, TwoOrders
from xaicheck.topics.ranking.words import TEXT, capital, method_label, percent

if TYPE_CHECKING:
    from xaicheck.experiments.ranking.data import RankingData


def _of(
    name: str, premise: Callable[[TwoOrders], bool], numbers: Callable[[TwoOrders], Mapping[str, object]]
) -> Sentence[TwoOrders]:
    return Sentence(f"ranking.{name}", TEXT.say[name], premise, numbers)


def winners(flips: Flips) -> list[int]:
    """The methods that come first in at least one setting, most often first."""
    order = sorted(range(len(flips.methods)), key=lambda i: -flips.wins[i])
    return [i for i in order if flips.wins[i] > 0] if flips.settings else []


WINS = Sentence[Flips](
    "ranking.wins",
    TEXT.say.wins,
    lambda flips: bool(winners(flips)),
    lambda flips: {
        "who": method_label(flips.methods[winners(flips)[0]]),
        "share": percent(flips.wins[winners(flips)[0]]),
        "settings": count(len(flips.settings), "setting"),
    },
)
WINNERS = Sentence[Flips](
    "ranking.winners",
    TEXT.say.winners,
    lambda flips: len(winners(flips)) > 1,
    lambda flips: {"n": len(winners(flips))},
)


def wins_title(view: FlipView) -> str:
    """Who comes first most often, and in how many settings."""
    return say((WINS, WINNERS), view.all, "") or TEXT.without_order.no_setting


def _switches(view: FlipView) -> list[tuple[float, str]]:
    """(flip rate, name) of every switch, the largest rate first."""
    return sorted(((f.rate, name) for name, f in view.by_switch if f.rate is not None), reverse=True)


SWITCH = Sentence[FlipView](
    "ranking.switch",
    TEXT.say.switch,
    lambda view: bool(_switches(view)) and _switches(view)[0][0] > 0,
    lambda view: {"name": _switches(view)[0][1], "rate": percent(_switches(view)[0][0])},
)
NO_SWITCH = Sentence[FlipView](
    "ranking.no_switch", TEXT.say.no_switch, lambda view: bool(_switches(view)) and not _switches(view)[0][0]
)


def switches_title(view: FlipView) -> str:
    """Which switch changes the order most."""
    return say((SWITCH, NO_SWITCH), view) or TEXT.without_order.one_setting


TWO_SETTINGS = Sentence[tuple[str, Flips]](
    "ranking.two_settings",
    TEXT.say.two_settings,
    lambda named: named[1].rate is not None,
    lambda named: {"n": len(named[1].settings), "test": named[0], "rate": percent(named[1].rate or 0.0)},
)


def flips_line(view: FlipView) -> str:
    """The flip rates over all settings of both tests."""
    tests = (("the check", view.all), (inside(TEXT.faithfulness), view.faithfulness))
    parts = [part for named in tests if (part := TWO_SETTINGS(named))]
    text = f"{capital(listed(parts))}; {TEXT.say.unrelated}" if parts else ""
    return " ".join((text, *view.notes)).strip()


def _sure(orders: TwoOrders) -> int:
    """How many neighbours in the check's order keep it in a share SURE of the draws."""
    beats, methods = orders.gap.first.beats, orders.gap.first.methods
    at = [methods.index(p.key) for p in orders.places]
    return 0 if beats is None else sum(beats[a, b] >= SURE for a, b in zip(at, at[1:], strict=False))


KEPT = _of(
    "kept",
    lambda o: o.gap.first.beats is not None and o.n > 1,
    lambda o: {
        "sure": _sure(o),
        "keep": verb(_sure(o), "keeps", "keep"),
        "neighbours": count(o.n - 1, "neighbour"),
        "share": percent(SURE),
    },
)


def beats_title(orders: TwoOrders) -> str:
    """How many neighbours in the check's order are told apart in a share SURE of the draws."""
    why = TEXT.say.one_method if orders.gap.first.beats is not None else TEXT.without_order.one_seed
    return KEPT(orders) or str(why)


def beats_alt(name: str, ranking: Ranking) -> str:
    """The alternative text of a heat map of pairs: the order of its rows."""
    order = sorted(range(len(ranking.methods)), key=lambda i: ranking.ranks[i].estimate or 0)
    return f"{name}, share of draws in which the row is better; rows: " + listed(
        [method_label(ranking.methods[i]) for i in order]
    )


def done_line(data: RankingData, *, own: bool) -> str:
    """How the numbers came about."""
    how = "Computed for you" if own else "Computed beforehand"
    protocols = {FAITHFULNESS[key].protocol for key in data.faithfulness_measures}
    removed = []
    if "flipping" in protocols:
        removed.append(f"{data.steps} steps over regions of {data.region} × {data.region} pixels")
    if "road" in protocols:
        removed.append(f"ROAD removes {PERCENTAGES[0]} to {PERCENTAGES[-1]} % of the pixels")
    return (
        f"{how} in {duration(data.seconds)}. Pictures: {', '.join(data.images)}. "
        f"{TEXT.faithfulness}: {'; '.join(removed)}. {certificates.not_held(data)}".strip()
    )


def duration(seconds: float) -> str:
    """A time in seconds, minutes or hours."""
    if seconds < 120:
        return f"{number(seconds, 0)} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def missing_line(n: int) -> str:
    """How many numbers there are none of."""
    return f"{count(n, 'number')} {'is' if n == 1 else 'are'} missing; the table says why."
