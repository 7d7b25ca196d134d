"""What may and may not be concluded from the page on noise, with its numbers."""

from __future__ import annotations

from xaicheck.experiments.noise.contest import Standings
from xaicheck.experiments.noise.data import NoiseData
from xaicheck.experiments.noise.truths import SCORINGS, TruthTable
from xaicheck.experiments.noise.zeros import SharedZeros
from xaicheck.methods import METHODS
from xaicheck.reading.captions import Verdict
from xaicheck.reading.words import count, method_name, number
from xaicheck.topics.noise.numbers import LITTLE, Mix, Tally
from xaicheck.topics.noise.words import TEXT, faith_number, measure_name, percent, picture_name

NOISE = "fresh_noise"


def verdict(
    data: NoiseData,
    mix: Mix,
    tally: Tally,
    contest: Standings | None,
    truths: TruthTable,
    zeros: SharedZeros,
) -> Verdict:
    """Claims that these numbers support and claims that they refute."""
    may, may_not = [], []
    claims = TEXT.claims
    start, end = mix.alike_at(0.0), mix.alike_at(1.0)
    if start is not None and end is not None:
        error = mix.curve.largest_error
        may.append(
            TEXT.moved.format(
                measure=measure_name(mix.measure),
                method=method_name(METHODS, mix.method),
                start=number(start.estimate),
                end=number(end.estimate),
                form="" if error is None else TEXT.on_the_line.format(error=number(error, 3)),
            )
        )
    may.append(tally_line(tally, data, mix))
    if contest is not None and NOISE in {entry.method for entry in contest.entries}:
        about_noise, refuted = _contest(contest, mix.fill)
        may.append(about_noise)
        may_not += refuted
    if mix.share and not mix.curve.why and start is not None:
        now = mix.alike_at(mix.share) or start
        why = claims.low_is_sensitive_why.format(
            share=percent(mix.share), now=number(now.estimate), start=number(start.estimate)
        )
        may_not.append((claims.low_is_sensitive, why))
    ssim = [value for key, one in SCORINGS.items() if not one.distance for value in truths.column(key)]
    background, magnitude = percent(zeros.share), number(zeros.magnitude)
    may_not += [
        (claims.high_ssim, claims.high_ssim_why.format(least=number(min(ssim)), most=number(max(ssim)))),
        (claims.high_rank, claims.high_rank_why.format(share=background, magnitude=magnitude)),
        (claims.useless, claims.useless_why),
    ]
    return Verdict(tuple(may), tuple(may_not))


def _contest(contest: Standings, fill: str) -> tuple[str, list[tuple[str, str]]]:
    """What the contest shows of noise, and the claims that it refutes."""
    claims = TEXT.claims
    noise = contest.entry(NOISE)
    if fill not in noise.faithfulness:
        fill = next(iter(noise.faithfulness))
    faith = noise.faithfulness[fill]
    holds = faith.low is not None and faith.high is not None and faith.low <= 0 <= faith.high
    about_noise = TEXT.noise_scores.format(
        distance=number(noise.scores["mse"].mean),
        faith=faith_number(faith.estimate),
        where="an interval that holds 0" if holds else "an interval that does not hold 0",
    )
    first, best = contest.winners["spearman_abs"], contest.faithful[fill]
    why = claims.most_changed_why.format(
        first=method_name(METHODS, first),
        score=number(contest.entry(first).scores["spearman_abs"].mean),
        best=method_name(METHODS, best),
    )
    refuted = [(claims.most_changed, why)]
    if METHODS[best].control:
        top = faith_number(contest.entry(best).faithfulness[fill].estimate)
        why = claims.most_faithful_why.format(best=method_name(METHODS, best), faith=top)
        refuted.append((claims.most_faithful, why))
    if "sign_flip" in {entry.method for entry in contest.entries}:
        flip = contest.entry("sign_flip").scores
        why = claims.zero_is_worst_why.format(
            distance=number(flip["mse"].mean), ssim=number(flip["ssim"].mean)
        )
        refuted.append((claims.zero_is_worst, why))
    return about_noise, refuted


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
        rest=tally.at_rest,
        little=LITTLE,
        less=tally.less_faithful,
        maps=tally.maps,
        more=tally.more_faithful,
        gains=f" ({'; '.join(gains)})" if gains else "",
    )
