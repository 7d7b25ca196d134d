"""What may and may not be concluded from the page on noise, with its numbers."""

from __future__ import annotations

from xaicheck.experiments.noise.contest import Standings
from xaicheck.experiments.noise.data import NoiseData
from xaicheck.experiments.noise.truths import SCORINGS, TruthTable
from xaicheck.experiments.noise.zeros import SharedZeros
from xaicheck.methods import METHODS
from xaicheck.reading.captions import Verdict
from xaicheck.reading.sentence import Sentence
from xaicheck.reading.words import count, method_name, number, verb
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.noise.numbers import LITTLE, Mix, Tally
from xaicheck.topics.noise.sentences import LOW_IS_SENSITIVE, moved_line
from xaicheck.topics.noise.sentences_contest import MOST_CHANGED, MOST_FAITHFUL, NOISE_SCORES, ZERO_IS_WORST
from xaicheck.topics.noise.words import TEXT, faith_number, percent, picture_name, rank_number

QUOTED = 0.7  # the SSIM and the rank correlation that the refuted claims speak of: high


def _ssim(truths: TruthTable) -> list[float]:
    return [value for key, one in SCORINGS.items() if not one.distance for value in truths.column(key)]


HIGH_SSIM = Sentence[TruthTable](
    "noise.high_ssim_why",
    TEXT.say.high_ssim_why,
    lambda truths: max(_ssim(truths)) >= QUOTED,
    lambda truths: {"least": number(min(_ssim(truths))), "most": number(max(_ssim(truths)))},
)
HIGH_RANK = Sentence[SharedZeros](
    "noise.high_rank_why",
    TEXT.say.high_rank_why,
    lambda zeros: zeros.magnitude >= QUOTED,
    lambda zeros: {"share": percent(zeros.share), "magnitude": rank_number(zeros.magnitude)},
)


def verdict(
    data: NoiseData,
    mix: Mix,
    tally: Tally,
    contest: Standings | None,
    truths: TruthTable,
    zeros: SharedZeros,
) -> Verdict:
    """Claims that these numbers support and claims that they refute."""
    claims, fought = TEXT.claims, None if contest is None else (contest, mix.fill)
    distance = SIMILARITIES[mix.measure].distance
    sensitive = claims.high_is_sensitive if distance else claims.low_is_sensitive
    may = (
        moved_line(mix),
        tally_line(tally, data, mix) if mix.share else "",
        NOISE_SCORES(fought) if fought else "",
    )
    may_not = [
        (claims.most_changed, MOST_CHANGED(fought) if fought else ""),
        (claims.most_faithful, MOST_FAITHFUL(fought) if fought else ""),
        (claims.zero_is_worst, ZERO_IS_WORST(fought) if fought else ""),
        (sensitive, LOW_IS_SENSITIVE(mix)),
        (claims.high_ssim, HIGH_SSIM(truths)),
        (claims.high_rank, HIGH_RANK(zeros)),
        (claims.useless, claims.useless_why),
    ]
    return Verdict(tuple(filter(None, may)), tuple(pair for pair in may_not if pair[1]))


def tally_line(tally: Tally, data: NoiseData, mix: Mix) -> str:
    """What the same share of noise did to all maps that were computed."""
    gains = [
        f"{method_name(METHODS, gain.method)}, {picture_name(gain.picture)}: {faith_number(gain.before)} to "
        f"{faith_number(gain.now)}"
        for gain in tally.gaining
    ]
    return TEXT.tally.format(
        pictures=count(len(data.pictures), "picture"),
        methods=count(len(data.methods), "method"),
        share=percent(mix.share),
        better=tally.better_in_check,
        known=count(tally.maps - tally.no_score, "map"),
        rest="" if tally.at_rest is None else TEXT.tally_rest.format(rest=tally.at_rest, little=LITTLE),
        less=tally.less_faithful,
        maps=count(tally.maps, "map"),
        become=verb(tally.less_faithful, "becomes", "become"),
        more=tally.more_faithful,
        gains=f" ({'; '.join(gains)})" if gains else "",
    )
