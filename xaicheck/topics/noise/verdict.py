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
    claims = TEXT.claims
    name, measure = method_name(METHODS, mix.method), measure_name(mix.measure)
    may = []
    start, end = mix.alike_at(0.0), mix.alike_at(1.0)
    if start is not None and end is not None:
        error = mix.curve.largest_error
        form = f", on the computed line to within {number(error, 3)}" if error is not None else ""
        may.append(
            f"Noise in the maps alone moves the {measure} of the {name} maps from {number(start.estimate)} "
            f"to {number(end.estimate)}{form}: a noisier method looks more sensitive at the same true change."
        )
    may.append(tally_line(tally, data, mix))
    may_not = []
    if contest is not None and NOISE in {entry.method for entry in contest.entries}:
        noise = contest.entry(NOISE)
        fill = mix.fill if mix.fill in noise.faithfulness else next(iter(noise.faithfulness))
        faith = noise.faithfulness[fill]
        inside = faith.low is not None and faith.high is not None and faith.low <= 0 <= faith.high
        where = "an interval that holds 0" if inside else "an interval that does not hold 0"
        may.append(
            "A map that never looks at the network reaches a squared distance of "
            f"{number(noise.scores['mse'].mean)} with a faithfulness of {faith_number(faith.estimate)} "
            f"({where}): the best honest score in the check says nothing about the map."
        )
        first = contest.winners["spearman_abs"]
        score = contest.entry(first).scores["spearman_abs"].mean
        best = contest.faithful[fill]
        may_not.append(
            (
                claims.most_changed,
                f"Here {method_name(METHODS, first)} changes most by the rank correlation of magnitudes "
                f"({number(score)}), and {method_name(METHODS, best)} is the most faithful map.",
            )
        )
        if METHODS[best].control:
            top = contest.entry(best).faithfulness[fill].estimate
            may_not.append(
                (
                    claims.most_faithful,
                    f"Here it is that of {method_name(METHODS, best)} ({faith_number(top)}), a control, "
                    "which explains nothing: one test of faithfulness on one picture ranks no methods "
                    "either.",
                )
            )
        if "sign_flip" in {entry.method for entry in contest.entries}:
            flip = contest.entry("sign_flip").scores
            may_not.append(
                (
                    claims.zero_is_worst,
                    f"A flipped sign goes further: squared distance {number(flip['mse'].mean)}; and SSIM, "
                    f"with {number(flip['ssim'].mean)}, does not notice it.",
                )
            )
    if mix.share and not mix.curve.why and start is not None:
        now = mix.alike_at(mix.share) or start
        may_not.append(
            (
                claims.low_is_sensitive,
                f"With {percent(mix.share)} noise it is {number(now.estimate)} instead of "
                f"{number(start.estimate)}, and the weights had no part in the difference.",
            )
        )
    ssim = [v for key, s in SCORINGS.items() if not s.distance for v in truths.column(key)]
    may_not += [
        (
            claims.high_ssim,
            f"Maps with nothing in common score from {number(min(ssim))} to {number(max(ssim))}, by their "
            "normalisation and by how peaked they are.",
        ),
        (
            claims.high_rank,
            f"A common background of {percent(zeros.share)} alone gives {number(zeros.magnitude)}.",
        ),
        (claims.useless, claims.useless_why),
    ]
    return Verdict(tuple(may), tuple(may_not))


def tally_line(tally: Tally, data: NoiseData, mix: Mix) -> str:
    """What the same share of noise did to all maps that were computed."""
    known = tally.maps - tally.no_score
    gains = [
        f"{method_name(METHODS, g.method)}, {picture_name(g.picture)}: {faith_number(g.before)} to "
        f"{faith_number(g.now)}"
        for g in tally.gaining
    ]
    gaining = f" ({'; '.join(gains)})" if gains else ""
    pictures = count(len(data.pictures), "picture")
    return (
        f"Over {pictures} and {count(len(data.methods), 'method')}, {percent(mix.share)} noise moves "
        f"{tally.better_in_check} of {count(known, 'map')} up in the check ({tally.at_rest} had less than "
        f"{LITTLE} of similarity to lose); {tally.less_faithful} of "
        f"{tally.maps} become less faithful and {tally.more_faithful} more{gaining}."
    )
