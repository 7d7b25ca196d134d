"""What a lesson about one picture is made from: maps of a small panel, and scores computed beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from xaicheck.engine.request import request_for
from xaicheck.experiments.ranking.association import Association
from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.scales.data import Bin, BlockResult, Shipped
from xaicheck.experiments.scales.setting import DEFAULT
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.reading import certificates
from xaicheck.reading.numbers import Reading, part
from xaicheck.topics.lesson.scores import Contest, Flip, association, contest, flip
from xaicheck.types import Report, Request, Target

PANEL = ("gradient", "guided_backprop", "grad_cam", "lrp", "fresh_noise")
REAL = tuple(key for key in PANEL if not METHODS[key].control)
MEASURE = "spearman_abs"
MEASURES = (MEASURE, "ssim")
HALF = DEFAULT.depth  # blocks: about half of the default network, where the channels below were measured
DEPTHS = (1, 3, 6, HALF, 14, 19)
SEEDS = (0, 1)


def request(sample: str) -> Request:
    """What is computed for a picture that has no maps yet: once for the whole lesson and the whole class."""
    return request_for(
        samples.load(sample), methods=PANEL, depths=DEPTHS, seeds=SEEDS, measures=MEASURES, band="off"
    )


def narrowed(report: Report | None, sample: str) -> Report | None:
    """The part of a larger report that the lesson on this picture needs; None if it does not hold it."""
    if report is None or report.request.image != samples.load(sample).sha256:
        return None
    have = {choice.key: choice for choice in report.request.methods}
    if not set(PANEL) <= set(have) or HALF not in report.depths:
        return None
    wanted = report.request.changed(methods=tuple(have[key] for key in PANEL), measures=MEASURES)
    return part(report, wanted)


@dataclass(frozen=True)
class Material:
    """Everything that a step can show; without maps `reading` is None, without scores `scores` is."""

    sample: str  # a key of the gallery
    reading: Reading | None = None
    scores: RankingData | None = None
    scales: Shipped | None = None

    @property
    def label(self) -> str:
        """The picture's name."""
        return samples.SAMPLES[self.sample].label

    @property
    def target(self) -> Target | None:
        """The explained class; None while it is not known."""
        if self.reading is not None:
            return self.reading.report.target
        if self.scores is not None and self.label in self.scores.images:
            return self.scores.targets[self.scores.images.index(self.label)]
        return None

    @property
    def target_name(self) -> str:
        """The explained class in quotation marks, or that it is the network's answer."""
        return f"“{self.target.label}”" if self.target is not None else "the network’s answer"

    @property
    def blocks(self) -> int:
        """The number of blocks of the network: the greatest depth."""
        return DEPTHS[-1] if self.reading is None else self.reading.blocks

    @cached_property
    def contest(self) -> Contest | None:
        """The methods and two controls in the order of the check."""
        return None if self.scores is None else contest(self.scores, self.label)

    @property
    def not_held(self) -> str:
        """That the maps behind the scores were held against no certificate, or of whom some are beyond it."""
        scores = self.scores
        return "" if scores is None else certificates.not_held(scores) or certificates.marked_too(scores)

    @cached_property
    def flip(self) -> Flip | None:
        """Two settings that differ in one switch and have different winners."""
        return None if self.scores is None else flip(self.scores, self.label)

    @cached_property
    def association(self) -> Association | None:
        """Two random networks beside the trained one, over the gallery; None where they were not compared."""
        return None if self.scores is None else association(self.scores)

    @cached_property
    def channels(self) -> BlockResult | None:
        """The channels in front of the `HALF` random blocks, measured on the cat; None without scales."""
        return None if self.scales is None else self.scales.block(DEFAULT)

    @cached_property
    def twice(self) -> Bin | None:
        """The pairs of them of which one is about twice as active as the other."""
        bins = () if self.channels is None else self.channels.order(1).bins
        return next((b for b in bins if b.low <= 2 < b.high and b.kept.mean is not None), None)

    @property
    def networks(self) -> int:
        """How many random networks the means over them are made of."""
        return len(SEEDS if self.reading is None else self.reading.report.request.seeds)

    def kept(self, depth: int) -> dict[str, float]:
        """Each real method's mean similarity to its original, most alike first; empty without maps.

        Numbers of maps that carry a mark are left out: no sentence may lean on them.
        """
        own = self.by_network(depth)
        means = {key: sum(values.values()) / len(values) for key, values in own.items() if values}
        return dict(sorted(means.items(), key=lambda item: -item[1]))

    def shown(self, depth: int) -> dict[str, float]:
        """The same of the maps that are shown, which are those of one random network."""
        if self.reading is None:
            return {}
        seed, own = self.reading.seed, self.by_network(depth)
        known = {key: values[seed] for key, values in own.items() if seed in values}
        return dict(sorted(known.items(), key=lambda item: -item[1]))

    def by_network(self, depth: int) -> dict[str, dict[int, float]]:
        """The similarity of each real method's map to its original in every random network, by its seed."""
        if self.reading is None:
            return {}
        usable = [key for key in REAL if self.reading.usable(key, depth)]
        return {key: self.reading.by_seed(key, MEASURE, depth) for key in usable}
