"""The page on noise in words: the slider and the contest, made from their numbers. Plain text only."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xaicheck.experiments.noise.data import NoiseData
from xaicheck.experiments.noise.mixing import EXACT
from xaicheck.faithfulness import FILLS
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.reading.captions import Caption
from xaicheck.reading.words import count, listed, method_name, number
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import Interval
from xaicheck.topics.noise.numbers import Mix

QUESTION = "What does the check reward?"
NO_DATA = (
    "The numbers for this page are not there: compute them with “python -m xaicheck.experiments.noise”, "
    "then load the page again."
)
LOOK = Caption(
    "Move the share of noise to the right: the check likes the map better and better, although the noise "
    "knows nothing about the network. Then look what happens to the faithfulness below it.",
    "Slide q: both maps become (1 − q) N(a) + q ε with independent ε of unit power, so the similarity falls "
    "by γ/(1 + γ), γ = ((1 − q)/q)², at the same true change. The faithfulness of the same mixed original is "
    "below.",
)
CONTROLS: Mapping[str, str] = MappingProxyType(
    {
        "share": "Share of noise in the map",
        "share_help": "0 % is the method's own map, 100 % is nothing but noise. Signal and noise have equal "
        "power before they are mixed.",
        "picture": "Picture",
        "picture_help": "The maps of the cat come with the program and are mixed while you look. "
        "Of the other pictures only the numbers do.",
        "method": "Attribution method",
        "depth": "Blocks randomized",
        "depth_help": "How many blocks of the network, counted from the output, have random weights in the "
        "randomized map. The faithfulness is that of the original map and does not depend on it.",
        "measure": "Similarity",
        "fill": "Removed pixels become",
        "fill_help": "What stands where the faithfulness test removed pixels. Both are drawn; the large "
        "number is for this one.",
    }
)
ZEROS_AXIS = "Share of the pixels that is zero in both maps"
NO_MAPS = (
    "Only the cat's maps come with the program. The numbers of this picture were computed from its own maps."
)
CHECK_TITLE, FAITH_TITLE = "In the check", "Faithfulness"
BETTER, WORSE, SAME = "▲ better", "▼ worse", "● unchanged"
WAYS: Mapping[int, str] = MappingProxyType({1: BETTER, 0: SAME, -1: WORSE})


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
    label = SIMILARITIES[key].label
    return label if label.isupper() or label.startswith("SSIM") else label[0].lower() + label[1:]


def faith_number(value: float | None) -> str:
    """A faithfulness: three decimals, because probabilities of unsure networks are small."""
    return number(value, 3)


def interval(found: Interval | None) -> str:
    """The range over the draws of the noise, or that there is none."""
    if found is None or found.low is None or found.high is None:
        return "one draw"
    if found.high - found.low < 1e-9:
        return "no noise, so nothing is drawn"
    return f"{faith_number(found.low)} to {faith_number(found.high)} over {found.n_seeds} draws of the noise"


def kicker(data: NoiseData, mix: Mix) -> str:
    """What was asked, in one line above the finding."""
    target = data.targets[data.pictures.index(mix.picture)]
    picture = samples.SAMPLES[mix.picture].label if mix.picture in samples.SAMPLES else mix.picture
    return " · ".join((QUESTION, picture, MODELS[data.model].label, f"explained class: {target.label}"))


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
    found, before = mix.faithful_at(mix.share), mix.faithful_at(0.0)
    return (
        f"ABPC / SRG, {FILLS[mix.fill].label.lower()}: 0 is a random map. "
        f"Without noise: {faith_number(before.estimate if before else None)}. Here: {interval(found)}."
    )


def chart_title(mix: Mix) -> str:
    """The finding of the chart."""
    if mix.curve.why:
        return f"Faithfulness against the share of noise, {method_name(METHODS, mix.method)}"
    half = next(
        (
            share
            for share, found in zip(mix.curve.shares, mix.similarity, strict=True)
            if found.estimate is not None and abs(_toward(mix, found.estimate)) <= 0.5
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


def _toward(mix: Mix, value: float) -> float:
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
