"""What may be said of scores over seeds, images, methods and settings, and how firmly.

tables: scores of all methods on the same images; intervals: means; bootstrap, ranks, gap: orders of methods
and how far two agree; leaders: who is not separated from the first; power: what could have been seen; flips:
orders under several settings; networks: the trained network beside random ones. The global random state is
never touched.
"""

from __future__ import annotations

from xaicheck.statistics.bootstrap import Draws, draw
from xaicheck.statistics.flips import Flips, ranking_flips
from xaicheck.statistics.gap import RankGap, Ranking, rank_gap, ranking
from xaicheck.statistics.intervals import (
    Interval,
    cautions,
    crossed_interval,
    picture_interval,
    replicate_interval,
)
from xaicheck.statistics.leaders import Leaders, leaders
from xaicheck.statistics.networks import Memory, between_interval, memory
from xaicheck.statistics.power import Pair, Power, power
from xaicheck.statistics.ranks import TauNull, pair_signs, ranks, tau_b, tau_null, tau_null_sd
from xaicheck.statistics.tables import ScoreTable, paired

__all__ = [
    "Draws",
    "Flips",
    "Interval",
    "Leaders",
    "Memory",
    "Pair",
    "Power",
    "RankGap",
    "Ranking",
    "ScoreTable",
    "TauNull",
    "between_interval",
    "cautions",
    "crossed_interval",
    "draw",
    "leaders",
    "memory",
    "pair_signs",
    "paired",
    "picture_interval",
    "power",
    "rank_gap",
    "ranking",
    "ranking_flips",
    "ranks",
    "replicate_interval",
    "tau_b",
    "tau_null",
    "tau_null_sd",
]
