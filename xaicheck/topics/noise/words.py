"""The page on noise in words: the slider, the contest and the random maps. Plain text only."""

from __future__ import annotations

from collections.abc import Sequence

from xaicheck.experiments.noise.contest import Standings
from xaicheck.experiments.noise.data import NoiseData
from xaicheck.experiments.noise.mixing import EXACT
from xaicheck.experiments.noise.store import STEP
from xaicheck.experiments.noise.truths import MARGINALS, SCORINGS, TruthTable
from xaicheck.experiments.noise.zeros import SharedZeros
from xaicheck.faithfulness import FILLS
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.reading import certificates
from xaicheck.reading.captions import Caption
from xaicheck.reading.texts import beside
from xaicheck.reading.words import (
    at_most,
    count,
    inside,
    interval as interval_words,
    listed,
    method_name,
    number,
    share,
    stored,
)
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import Interval
from xaicheck.topics.noise.numbers import Mix, estimate
from xaicheck.types import Method

TEXT = beside(__file__)


def percent(value: float) -> str:
    """A share as it stands on the slider."""
    return f"{100 * value:g} %"


def maps_title(mix: Mix) -> str:
    """What the two maps below it score."""
    return TEXT.maps_title.format(measure=SIMILARITIES[mix.measure].label, alike=alike_number(mix, mix.share))


def picture_name(key: str) -> str:
    """A picture's label inside a sentence."""
    return inside(samples.SAMPLES[key].label) if key in samples.SAMPLES else key


def fill_name(key: str) -> str:
    """A fill's label inside a sentence."""
    return inside(FILLS[key].label)


def measure_name(key: str) -> str:
    """A measure's label inside a sentence."""
    return inside(SIMILARITIES[key].label)


def alike_number(mix: Mix, share: float) -> str:
    """The similarity at a share of noise, with the digits that its storage leaves it."""
    return stored(estimate(mix.alike_at(share)), mix.curve.step)


def contest_number(value: float | None) -> str:
    """A score of the contest, with the digits that its storage leaves it."""
    return stored(value, STEP)


def faith_number(value: float | None) -> str:
    """A faithfulness: three decimals, because probabilities of unsure networks are small."""
    return number(value, 3)


def rank_number(value: float) -> str:
    """A rank correlation."""
    return number(value)


def spread(interval: Interval | None) -> str:
    """The 95 % interval that the draws of the noise allow, or that there is none."""
    if interval is None or interval.low is None or interval.high is None:
        return "one draw"
    if interval.high - interval.low < 1e-9:
        return "no noise, so nothing is drawn"
    ends = interval_words(interval.low, interval.high, faith_number, interval.level)
    return f"{ends}, {interval.n_seeds} draws of the noise"


def kicker(data: NoiseData, mix: Mix) -> str:
    """What was asked, in one line above the finding."""
    target = data.targets[data.pictures.index(mix.picture)]
    picture = samples.SAMPLES[mix.picture].label if mix.picture in samples.SAMPLES else mix.picture
    return " · ".join((TEXT.question, picture, MODELS[data.model].label, f"explained class: {target.label}"))


def map_name(mix: Mix) -> str:
    """Whose two maps are shown, and how much of them is noise."""
    name = METHODS[mix.method].label
    if mix.share == 1:
        return f"{name}: noise alone"
    return f"{name}, {percent(mix.share)} noise" if mix.share else name


def maps_line(mix: Mix) -> str:
    """What the values of the maps are in."""
    return TEXT.maps_line.format(blocks=count(mix.depth, "block"))


def done_line(data: NoiseData) -> str:
    """How the numbers came about, below the page."""
    draws = count(data.faithfulness.shape[-1], "draw")
    done = TEXT.done.format(faithful=draws, alike=data.similarity.shape[-1])
    return f"{done} {certificates.not_held(data)}".strip()


def check_line(mix: Mix) -> str:
    """What stands under the large similarity."""
    measure = SIMILARITIES[mix.measure]
    way = "higher" if measure.distance else "lower"
    return TEXT.check_line.format(measure=measure.label, way=way, before=alike_number(mix, 0.0))


def faith_line(mix: Mix) -> str:
    """What stands under the large faithfulness."""
    before = faith_number(estimate(mix.faithful_at(0)))
    return TEXT.faith_line.format(
        fill=fill_name(mix.fill), before=before, spread=spread(mix.faithful_at(mix.share))
    )


def form_caption(mix: Mix) -> Caption:
    """What the line is, and how far the points are from it."""
    error = mix.curve.largest_error
    if error is not None:
        return TEXT.form.format(error=at_most(error, 3))
    return TEXT.no_form.format(
        measure=measure_name(mix.measure),
        exact=listed([measure_name(key) for key in EXACT]),
        draws=mix.curve.values.shape[0],
    )


def faith_caption(data: NoiseData) -> Caption:
    """How faithfulness was measured, and why it stands the noise longer."""
    return TEXT.faith_form.format(side=data.region, pixels=data.region**2, steps=data.steps)


def chart_alt(mix: Mix) -> str:
    """The chart's alternative text: its end points and the slider's position."""
    first, *_, last = (faith_number(one.estimate) for one in mix.faithful(mix.fill))
    text = TEXT.chart_alt.format(method=METHODS[mix.method].label, first=first, last=last)
    if mix.curve.why:
        return text
    first, *_, last = (stored(one.estimate, mix.curve.step) for one in mix.similarity)
    measure = SIMILARITIES[mix.measure].label
    return f"{text} {measure} from {first} to {last}. Marked: {percent(mix.share)}."


# The contest


def looks(method: Method) -> str:
    """What a control looks at; empty for a method that explains."""
    if not method.control:
        return ""
    return TEXT.only_looks if method.key == "sign_flip" else TEXT.never_looks


def names(keys: Sequence[str]) -> str:
    """Methods inside a sentence."""
    return listed([method_name(METHODS, key) for key in keys])


def contest_line(standings: Standings) -> str:
    """The contest's setting, and who is the most faithful."""
    fills = {
        best: [fill_name(fill) for fill, others in standings.faithful.items() if others == best]
        for best in standings.faithful.values()
    }
    return TEXT.contest_line.format(
        picture=samples.SAMPLES[standings.picture].label,
        blocks=count(standings.depth, "block"),
        networks=count(standings.seeds, "random network"),
        best="; ".join(f"{names(best)} ({listed(where)})" for best, where in fills.items()),
    )


# Random maps


def truth_title(table: TruthTable) -> str:
    """The widest column of SSIM and the column that does not move."""
    ssim = [value for key, one in SCORINGS.items() if not one.distance for value in table.column(key)]
    exact = table.column(next(iter(SCORINGS)))
    return TEXT.truth_title.format(
        least=number(min(ssim)), most=number(max(ssim)), low=number(min(exact)), high=number(max(exact))
    )


def truth_note(table: TruthTable) -> str:
    """How the table was made, and where the prediction fails."""
    size, marginal, scoring = max(
        (abs(cell.measured - cell.predicted), marginal, scoring)
        for marginal, row in table.cells.items()
        for scoring, cell in row.items()
    )
    return TEXT.truth_note.format(
        pairs=table.pairs,
        side=table.side,
        draw=table.seed + 1,
        size=number(size),
        marginal=MARGINALS[marginal].label,
        scoring=f"{SCORINGS[scoring].label} ({SCORINGS[scoring].detail})",
    )


def zeros_title(zeros: SharedZeros) -> str:
    """What the background alone scores."""
    words = TEXT.zeros_title if zeros.share else TEXT.zeros_none
    return words.format(share=share(zeros.share), magnitude=rank_number(zeros.magnitude))


def zeros_line(zeros: SharedZeros) -> str:
    """Measured beside predicted."""
    values = (zeros.magnitude, zeros.predicted, zeros.signed)
    return TEXT.zeros_line.format(*(number(value, 3) for value in values))


def zeros_alt(zeros: SharedZeros, curve: Sequence[SharedZeros]) -> str:
    """The chart's alternative text."""
    worst = max(abs(one.magnitude - one.predicted) for one in curve)
    return TEXT.zeros_alt.format(
        worst=number(worst, 3), share=share(zeros.share), magnitude=rank_number(zeros.magnitude)
    )
