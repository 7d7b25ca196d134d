"""The page on noise in words: the slider, the contest and the random maps. Plain text only."""

from __future__ import annotations

from collections.abc import Sequence

from xaicheck.experiments.noise.contest import Standings
from xaicheck.experiments.noise.data import NoiseData
from xaicheck.experiments.noise.mixing import EXACT
from xaicheck.experiments.noise.truths import MARGINALS, SCORINGS, TruthTable
from xaicheck.experiments.noise.zeros import SharedZeros
from xaicheck.faithfulness import FILLS
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.reading.captions import Caption
from xaicheck.reading.texts import beside
from xaicheck.reading.words import count, inside, listed, method_name, number
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import Interval
from xaicheck.topics.noise.numbers import Mix
from xaicheck.types import Method

TEXT = beside(__file__)


def percent(share: float) -> str:
    """A share as it stands on the slider."""
    return f"{100 * share:g} %"


def maps_title(mix: Mix) -> str:
    """What the two maps below it score."""
    alike = mix.alike_at(mix.share)
    measure = SIMILARITIES[mix.measure].label
    return f"{measure} of these two maps: {number(None if alike is None else alike.estimate)}"


def picture_name(key: str) -> str:
    """A picture's label inside a sentence."""
    return samples.SAMPLES[key].label.lower() if key in samples.SAMPLES else key


def measure_name(key: str) -> str:
    """A measure's label inside a sentence."""
    return inside(SIMILARITIES[key].label)


def faith_number(value: float | None) -> str:
    """A faithfulness: three decimals, because probabilities of unsure networks are small."""
    return number(value, 3)


def spread(interval: Interval | None) -> str:
    """The range over the draws of the noise, or that there is none."""
    if interval is None or interval.low is None or interval.high is None:
        return "one draw"
    if interval.high - interval.low < 1e-9:
        return "no noise, so nothing is drawn"
    low, high = faith_number(interval.low), faith_number(interval.high)
    return f"{low} to {high} over {interval.n_seeds} draws of the noise"


def kicker(data: NoiseData, mix: Mix) -> str:
    """What was asked, in one line above the finding."""
    target = data.targets[data.pictures.index(mix.picture)]
    picture = samples.SAMPLES[mix.picture].label if mix.picture in samples.SAMPLES else mix.picture
    return " · ".join((TEXT.question, picture, MODELS[data.model].label, f"explained class: {target.label}"))


def finding(mix: Mix) -> str:
    """The page's result at the slider's position."""
    name = method_name(METHODS, mix.method)
    if mix.curve.why:
        return f"The {name} map has no {measure_name(mix.measure)} here: {mix.curve.why}."
    alike, before = mix.alike_at(mix.share), mix.alike_at(0.0)
    faith, pure = mix.faithful_at(mix.share), mix.faithful_at(0.0)
    assert alike is not None and before is not None and faith is not None and pure is not None
    measure = measure_name(mix.measure)
    if mix.share == 0:
        end, empty = mix.alike_at(1.0), mix.faithful_at(1.0)
        assert end is not None and empty is not None
        return (
            f"Without noise the {name} map has a {measure} of {number(before.estimate)} to its randomized "
            f"twin and a faithfulness of {faith_number(pure.estimate)}; nothing but noise has "
            f"{number(end.estimate)} and {faith_number(empty.estimate)}."
        )
    what = "Nothing but noise" if mix.share == 1 else f"With {percent(mix.share)} noise the {name} map"
    verb = {1: "does better in the check", 0: "does no worse in the check", -1: "does worse in the check"}
    ends = {1: "grows", 0: "does not grow", -1: "falls"}
    return (
        f"{what} {verb[mix.check_moved]}: its {measure} to the randomized twin goes from "
        f"{number(before.estimate)} to {number(alike.estimate)}, while its faithfulness "
        f"{ends[mix.faith_moved]} ({faith_number(pure.estimate)} to {faith_number(faith.estimate)})."
    )


def map_name(mix: Mix) -> str:
    """Whose two maps are shown, and how much of them is noise."""
    name = METHODS[mix.method].label
    if mix.share == 1:
        return f"{name}: noise alone"
    return f"{name}, {percent(mix.share)} noise" if mix.share else name


def maps_line(mix: Mix) -> str:
    """What the values of the maps are in."""
    return (
        f"Original, and with {count(mix.depth, 'block')} randomized; values in units of the signal’s root "
        "mean square, noise of one draw."
    )


def done_line(data: NoiseData) -> str:
    """How the numbers came about, below the page."""
    draws = data.faithfulness.shape[-1]
    return (
        f"Computed beforehand: faithfulness ({count(draws, 'draw')} of the noise) and the contest. Computed "
        f"now: the similarities of the cat’s maps, stored with 8 bits a pixel, {data.similarity.shape[-1]} "
        "draws of the noise, one random network; the tables of random maps."
    )


def check_line(mix: Mix) -> str:
    """What stands under the large similarity."""
    before = mix.alike_at(0.0)
    way = "higher is more changed" if SIMILARITIES[mix.measure].distance else "lower is more changed"
    return (
        f"{SIMILARITIES[mix.measure].label} of original and randomized map: {way}, which the check counts as "
        f"better. Without noise: {number(before.estimate if before else None)}."
    )


def faith_line(mix: Mix) -> str:
    """What stands under the large faithfulness."""
    here, before = mix.faithful_at(mix.share), mix.faithful_at(0.0)
    return (
        f"ABPC / SRG, {FILLS[mix.fill].label.lower()}: 0 is a random map. "
        f"Without noise: {faith_number(before.estimate if before else None)}. Here: {spread(here)}."
    )


def chart_title(mix: Mix) -> str:
    """The finding of the chart."""
    if mix.curve.why:
        return f"Faithfulness against the share of noise, {method_name(METHODS, mix.method)}"
    half = next(
        (
            share
            for share, alike in zip(mix.curve.shares, mix.similarity, strict=True)
            if alike.estimate is not None and abs(_left(mix, alike.estimate)) <= 0.5
        ),
        None,
    )
    faith = None if half is None else mix.faithful_at(half)
    before, end = mix.faithful_at(0.0), mix.faithful_at(1.0)
    if half is None or faith is None or before is None or end is None:
        return "The same noise, in the check and in faithfulness"
    return (
        f"By {percent(half)} noise half of the similarity is gone; faithfulness is "
        f"{faith_number(before.estimate)} without noise, {faith_number(faith.estimate)} there and "
        f"{faith_number(end.estimate)} at the end"
    )


def _left(mix: Mix, value: float) -> float:
    """The share of the similarity that is left: 1 without noise, 0 at pure noise."""
    before, end = mix.alike_at(0.0), mix.alike_at(1.0)
    if before is None or end is None or before.estimate is None or end.estimate is None:
        return 1.0
    gap = before.estimate - end.estimate
    return 1.0 if abs(gap) < 0.05 else (value - end.estimate) / gap


def form_caption(mix: Mix) -> Caption:
    """What the line is, and how far the points are from it."""
    error = mix.curve.largest_error
    if error is None:
        name = measure_name(mix.measure)
        exact = listed([measure_name(key) for key in EXACT])
        return Caption(
            f"Points are measured; there is no formula for the {name}. The bars are 95 % intervals over "
            f"{mix.curve.values.shape[0]} draws of the noise.",
            f"No closed form for the {name} of arbitrary maps; there is one for {exact}. Bars: t intervals, "
            "the draws of the noise as replicates, for this picture and this random network alone.",
        )
    return Caption(
        "Points are measured on mixed maps, the dashed line is computed from the formula alone: they "
        f"differ by at most {number(error, 3)}. The same amount of true change lies behind every point.",
        "Dashed: ρ·γ/(1 + γ) with ρ the value without noise and γ = ((1 − q)/q)²; nothing is fitted, "
        f"largest difference {number(error, 3)}. Bars: t intervals, the draws of the noise as replicates.",
    )


def faith_caption(data: NoiseData) -> Caption:
    """How faithfulness was measured, and why it stands the noise longer."""
    pixels = data.region**2
    return Caption(
        f"The faithfulness test adds up squares of {data.region} × {data.region} pixels, so much of the "
        "noise cancels there; the similarity compares pixel by pixel and gives way at once.",
        f"ABPC / SRG: squares of {data.region} × {data.region} pixels, {data.steps} steps, signed ranking. "
        f"Summing {pixels} pixels raises the signal-to-noise ratio of a smooth map up to {pixels}-fold, "
        "which the pixelwise similarity does not do.",
    )


def chart_alt(mix: Mix) -> str:
    """The chart's alternative text: its end points and the slider's position."""
    faith = mix.faithful(mix.fill)
    text = (
        f"Two panels over the share of noise. Faithfulness of {METHODS[mix.method].label} from "
        f"{faith_number(faith[0].estimate)} without noise to {faith_number(faith[-1].estimate)} for noise "
        "alone."
    )
    if mix.curve.why:
        return text
    return (
        f"{text} {SIMILARITIES[mix.measure].label} from {number(mix.similarity[0].estimate)} to "
        f"{number(mix.similarity[-1].estimate)}. Marked: {percent(mix.share)}."
    )


# The contest


def looks(method: Method) -> str:
    """What a control looks at; empty for a method that explains."""
    if not method.control:
        return ""
    return TEXT.only_looks if method.key == "sign_flip" else TEXT.never_looks


def contest_title(standings: Standings) -> str:
    """Who wins how many columns of the check."""
    wins: dict[str, list[str]] = {}
    for measure, method in standings.winners.items():
        wins.setdefault(method, []).append(measure)
    controls = sum(len(won) for method, won in wins.items() if METHODS[method].control)
    names = listed(
        [f"{method_name(METHODS, m)} ({len(won)})" for m, won in wins.items() if METHODS[m].control]
    )
    total = len(standings.winners)
    if not controls:
        return f"No empty map wins one of the {total} similarity columns here"
    return f"Maps that explain nothing win {controls} of {total} similarity columns: {names}"


def contest_line(standings: Standings) -> str:
    """The contest's setting, and who is the most faithful."""
    fills = {
        m: [FILLS[f].label.lower() for f, n in standings.faithful.items() if n == m]
        for m in standings.faithful.values()
    }
    best = listed([f"{method_name(METHODS, m)} ({listed(names)})" for m, names in fills.items()])
    return (
        f"{samples.SAMPLES[standings.picture].label}, {count(standings.depth, 'block')} randomized, means "
        f"over {count(standings.seeds, 'random network')}; below each mean its lowest and highest. Most "
        f"faithful: {best}."
    )


def contest_notes(standings: Standings) -> tuple[tuple[str, str], ...]:
    """(Who, what its numbers mean): the honest empty map, the cheater, the two that never change."""
    notes = []
    known = {entry.method for entry in standings.entries}

    def score(method: str, measure: str) -> str:
        return number(standings.entry(method).scores[measure].mean)

    if "fresh_noise" in known:
        faith = standings.entry("fresh_noise").faithfulness
        ranges = listed(
            [
                f"{FILLS[fill].label.lower()} {faith_number(interval.estimate)} ({spread(interval)})"
                for fill, interval in faith.items()
            ]
        )
        notes.append(
            (
                TEXT.honest,
                f"Its two maps share nothing, so the squared distance is {score('fresh_noise', 'mse')} "
                f"(expected: exactly 2) and every similarity is near 0. Its faithfulness: {ranges}.",
            )
        )
    if "sign_flip" in known:
        notes.append(
            (
                TEXT.cheater,
                f"Squared distance {score('sign_flip', 'mse')} of at most 4, twice what noise gets. SSIM "
                f"cannot see it: {score('sign_flip', 'ssim')}, while its structure term alone says "
                f"{score('sign_flip', 'cs')}. Magnitudes do not change: "
                f"{score('sign_flip', 'spearman_abs')}.",
            )
        )
    if {"sobel", "fixed_noise"} <= known:
        fill = next(iter(standings.faithful))
        edges, noise = (standings.entry(m).faithfulness[fill] for m in ("sobel", "fixed_noise"))
        notes.append(
            (
                TEXT.unchanging,
                f"Both score {score('sobel', 'spearman')} and come last, alike in the check; their "
                f"faithfulness is {faith_number(edges.estimate)} and {faith_number(noise.estimate)}.",
            )
        )
    return tuple(notes)


# Random maps


def truth_title(table: TruthTable) -> str:
    """The widest column of SSIM and the column that does not move."""
    ssim = [key for key, scoring in SCORINGS.items() if not scoring.distance]
    values = [value for key in ssim for value in table.column(key)]
    exact = table.column(next(iter(SCORINGS)))
    return (
        f"One truth, many scores: the same total change gets an SSIM from {number(min(values))} to "
        f"{number(max(values))}, and a squared distance of {number(min(exact))} to {number(max(exact))} at "
        "unit power"
    )


def truth_note(table: TruthTable) -> str:
    """How the table was made, and where the prediction fails."""
    size, marginal, scoring = max(
        (abs(cell.measured - cell.predicted), marginal, scoring)
        for marginal, row in table.cells.items()
        for scoring, cell in row.items()
    )
    return (
        f"Means over {table.pairs} pairs of {table.side} × {table.side} maps, draw {table.seed + 1}. Small: "
        f"predicted from the spread alone. It is furthest off, by {number(size)}, for "
        f"{MARGINALS[marginal].label} maps under {SCORINGS[scoring].label} ({SCORINGS[scoring].detail}): "
        "where few pixels hold all the power, most windows do not look like the whole map."
    )


def zeros_title(zeros: SharedZeros) -> str:
    """What the background alone scores."""
    return (
        f"A common background of {100 * zeros.share:.0f} % alone gives unrelated maps a rank correlation of "
        f"magnitudes of {number(zeros.magnitude)}"
    )


def zeros_line(zeros: SharedZeros) -> str:
    """Measured beside predicted."""
    return (
        f"Measured {number(zeros.magnitude, 3)}, formula {number(zeros.predicted, 3)}; with the sign kept "
        f"{number(zeros.signed, 3)}, formula 0."
    )


def zeros_alt(zeros: SharedZeros, curve: Sequence[SharedZeros]) -> str:
    """The chart's alternative text."""
    worst = max(abs(one.magnitude - one.predicted) for one in curve)
    return (
        "Rank correlation of two independent maps against the share of common zeros: magnitudes rise from 0 "
        f"to 1 along the formula (largest difference {number(worst, 3)}), signed values stay at 0. Marked: "
        f"{100 * zeros.share:.0f} %, {number(zeros.magnitude)}."
    )
