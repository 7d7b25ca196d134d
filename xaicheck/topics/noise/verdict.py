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
from xaicheck.topics.noise.words import faith_number, measure_name, percent, picture_name

NOISE = "fresh_noise"


def verdict(
    data: NoiseData,
    mix: Mix,
    found: Tally,
    contest: Standings | None,
    truths: TruthTable,
    zeros: SharedZeros,
) -> Verdict:
    """Claims that these numbers support and claims that they refute."""
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
    may.append(tally_line(found, data, mix))
    may_not = []
    if contest is not None and NOISE in {entry.method for entry in contest.entries}:
        noise = contest.entry(NOISE)
        fill = mix.fill if mix.fill in noise.faithfulness else next(iter(noise.faithfulness))
        faith = noise.faithfulness[fill]
        inside = faith.low is not None and faith.high is not None and faith.low <= 0 <= faith.high
        where = "an interval that holds 0" if inside else "an interval that does not hold 0"
        may.append(
            f"A map that never looks at the network reaches a squared distance of "
            f"{number(noise.scores['mse'].mean)} with a faithfulness of {faith_number(faith.estimate)} "
            f"({where}): the best honest score in the check says nothing about the map."
        )
        first = contest.winners["spearman_abs"]
        score = contest.entry(first).scores["spearman_abs"].mean
        best = contest.faithful[fill]
        may_not.append(
            (
                "“The method that changes most is the best.”",
                f"Here {method_name(METHODS, first)} changes most by the rank correlation of magnitudes "
                f"({number(score)}), and {method_name(METHODS, best)} is the most faithful map.",
            )
        )
        if METHODS[best].control:
            top = contest.entry(best).faithfulness[fill].estimate
            may_not.append(
                (
                    "“The most faithful map explains the network.”",
                    f"Here it is that of {method_name(METHODS, best)} ({faith_number(top)}), a control, "
                    "which "
                    "explains nothing: one test of faithfulness on one picture ranks no methods either.",
                )
            )
        if "sign_flip" in {entry.method for entry in contest.entries}:
            flip = contest.entry("sign_flip").scores
            may_not.append(
                (
                    "“Zero similarity is the worst a map can do.”",
                    f"A flipped sign goes further: squared distance {number(flip['mse'].mean)}; and SSIM, "
                    f"with {number(flip['ssim'].mean)}, does not notice it.",
                )
            )
    if mix.share and not mix.curve.why:
        may_not.append(
            (
                "“A low similarity shows that the method depends on the weights.”",
                f"With {percent(mix.share)} noise it is "
                f"{number((mix.alike_at(mix.share) or start).estimate)} "
                f"instead of {number(start.estimate if start else None)}, and the weights had no part in the "
                "difference.",
            )
            if start is not None
            else (
                "“A low similarity shows that the method depends on the weights.”",
                "Noise alone lowers it.",
            )
        )
    ssim = [v for key, s in SCORINGS.items() if not s.distance for v in truths.column(key)]
    may_not += [
        (
            "“An SSIM of 0.7 means that most of the map is still there.”",
            f"Maps with nothing in common score from {number(min(ssim))} to {number(max(ssim))}, by their "
            "normalisation and by how peaked they are.",
        ),
        (
            "“A high rank correlation of magnitudes means that the maps agree.”",
            f"A common background of {percent(zeros.share)} alone gives {number(zeros.magnitude)}.",
        ),
        (
            "“So the check is useless.”",
            "Failing it shows insensitivity to the randomized weights under that measure. What does not "
            "follow "
            "is a ranking of methods (Binder et al., CVPR 2023; this page is our re-implementation of the "
            "paper’s argument).",
        ),
    ]
    return Verdict(tuple(may), tuple(may_not))


def tally_line(found: Tally, data: NoiseData, mix: Mix) -> str:
    """What the same share of noise did to all maps that were computed."""
    known = found.maps - found.no_score
    gains = [
        f"{method_name(METHODS, g.method)}, {picture_name(g.picture)}: {faith_number(g.before)} to "
        f"{faith_number(g.now)}"
        for g in found.gaining
    ]
    gaining = f" ({'; '.join(gains)})" if gains else ""
    pictures = count(len(data.pictures), "picture")
    return (
        f"Over {pictures} and {count(len(data.methods), 'method')}, {percent(mix.share)} noise moves "
        f"{found.better_in_check} of {count(known, 'map')} up in the check ({found.at_rest} had less than "
        f"{LITTLE} of similarity to lose); {found.less_faithful} of "
        f"{found.maps} become less faithful and {found.more_faithful} more{gaining}."
    )
