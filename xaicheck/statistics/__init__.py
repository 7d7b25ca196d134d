"""What may be said of scores over seeds, images, methods and settings, and how firmly.

tables: scores of all methods on the same images; intervals: means; bootstrap, ranks, gap: orders of methods
and how far two agree; flips: orders under several settings; bands: scores between unrelated things. The
global random state is never touched.
"""

from __future__ import annotations

from xaicheck.statistics.bands import Band, null_band
from xaicheck.statistics.bootstrap import Draws, alongside, draw
from xaicheck.statistics.flips import Flips, ranking_flips
from xaicheck.statistics.gap import RankGap, Ranking, rank_gap, ranking
from xaicheck.statistics.intervals import Interval, cautions, mean_interval
from xaicheck.statistics.ranks import TauNull, pair_signs, ranks, tau_b, tau_null, tau_null_sd
from xaicheck.statistics.tables import ScoreTable, paired

__all__ = [
    "Band",
    "Draws",
    "Flips",
    "Interval",
    "RankGap",
    "Ranking",
    "ScoreTable",
    "TauNull",
    "alongside",
    "cautions",
    "draw",
    "mean_interval",
    "null_band",
    "pair_signs",
    "paired",
    "rank_gap",
    "ranking",
    "ranking_flips",
    "ranks",
    "tau_b",
    "tau_null",
    "tau_null_sd",
]
