"""What two pages answer at once: the ranking gap to a switch, the activation scales for the last layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from benchmarks.clock import interleaved
from benchmarks.rows import Section, missing, row
from benchmarks.setting import Setting
from xaicheck.experiments.ranking import store as ranking
from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.ranking.rank import default_choice
from xaicheck.experiments.scales import layer, store as scales
from xaicheck.experiments.scales.data import Shipped
from xaicheck.experiments.scales.setting import LAYER_OUTPUTS
from xaicheck.reading import diagonal_figure
from xaicheck.topics.ranking import (
    figures,
    figures_diagonal,
    figures_scatter,
    figures_spread,
    words_diagonal,
)
from xaicheck.topics.ranking.page_views import Views

SLOW_LAW = "permutation"  # of the last layer's laws one of the slowest


def answers(setting: Setting) -> Section:
    """Seconds of one switch of the ranking gap and of one experiment on the last layer."""
    gap, shipped = ranking.load(), scales.load()
    title = "Answers at once"
    if not isinstance(gap, RankingData) or not isinstance(shipped, Shipped):
        return Section(title, (missing("a switch", "s", "the shipped results are not there"),))
    runs: dict[str, Callable[[], object]] = {
        "ranking gap: both orders and their charts after a switch": partial(_switched, gap),
        **{
            f"activation scales: the last layer drawn anew, K = {outputs}": partial(
                layer.run, shipped.layer, SLOW_LAW, outputs
            )
            for outputs in (LAYER_OUTPUTS[0], LAYER_OUTPUTS[-1])
        },
    }
    times = interleaved(runs, setting.rounds)
    return Section(title, tuple(row(what, seconds, "s") for what, seconds in times.items()))


def _switched(data: RankingData) -> None:
    """Ranks and draws what a switch changes, as the page does, with nothing kept from before."""
    views = Views(data)
    choice = replace(default_choice(data), depth=data.variants[0].depths[-1])
    rows = [(str(name), orders) for name, orders in views.both(choice).items() if orders is not None]
    orders = rows[0][1]
    figures.bump(orders)
    figures_scatter.scatter(orders)
    figures.tau_strip(rows)
    own = views.association(choice)
    if own is not None:
        diagonal_figure.figure(own.found)
        figures_diagonal.memory(words_diagonal.Seen(own))
    for ranking_ in (orders.gap.first, orders.gap.second):
        figures_spread.beats(ranking_)
