"""Sentences made from the numbers of a report: the finding, titles, alternative texts. Plain text only."""

from __future__ import annotations

import math
from collections.abc import Mapping

from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.randomization.efficient_mprt import BINS
from xaicheck.reading.compared import full_name
from xaicheck.reading.numbers import Reading
from xaicheck.reading.words import (
    DASH,
    NOISE,
    TEXT,
    UNIFORM_ENTROPY,
    alike,
    closeness,
    count,
    method_name,
    number,
    percent,
    score_word,
    short,
)
from xaicheck.similarity.comparisons import unrelated
from xaicheck.similarity.measures import Measure
from xaicheck.types import Liveness, Method, Report


def where(reading: Reading, depth: int) -> str:
    """Which blocks are randomized, as the beginning of a sentence."""
    total, mode = reading.blocks, reading.mode
    if depth == 0:
        return "nothing randomized"
    if not mode.cumulative:
        return f"only block {depth} of {total} randomized ({reading.touched(depth)[0]})"
    if depth == total:
        return f"all {total} blocks randomized"
    if depth == 1:
        return f"only the {reading.touched(1)[0]} randomized"
    side = {"output": "the last ", "input": "the first "}.get(mode.end, "")
    return f"{side}{depth} of {total} blocks randomized"


def blocks_line(reading: Reading, depth: int) -> str:
    """The names of the randomized blocks, shortened in the middle."""
    names = reading.touched(depth)
    if not names:
        return "Every weight is the trained one: each map is its own original."
    shown = list(names) if len(names) <= 5 else [*names[:2], "…", *names[-2:]]
    order = {"output": " (output to input)", "input": " (input to output)"}.get(reading.mode.end, "")
    return ", ".join(shown) + (order if len(names) > 1 else "")


def kicker(report: Report) -> str:
    """What was asked, in one line above the finding."""
    target = report.target
    parts = [
        TEXT.question,
        samples.display(report.image_name, report.request.image),
        MODELS[report.request.model].label,
    ]
    if target.index >= 0:
        parts.append(f"explained class: {target.label}")
    return " · ".join(parts)


def finding(reading: Reading, measure: str, depth: int, methods: Mapping[str, Method]) -> str:
    """The result in one or two sentences with its numbers."""
    if depth == 0:
        return "Nothing is randomized yet: every map is its own original. Move the slider."
    known = {key: reading.score(key, measure, depth).mean for key in reading.methods}
    values = {k: v for k, v in known.items() if v is not None}
    place = where(reading, depth)
    opening = f"With {place}," if depth else ""
    real = [key for key in values if not methods[key].control]
    parts = []
    if real:
        how = reading.comparison(measure)
        ordered = sorted(real, key=lambda key: closeness(how, values[key]))
        top, low = ordered[-1], ordered[0]

        def said(key: str) -> str:
            word = score_word(how, values[key])
            if word == DASH:
                return f"the {method_name(methods, key)} map scores {number(values[key])}"
            word += " to its original" if word == "unrelated" else ""
            return f"the {method_name(methods, key)} map is {word} ({number(values[key])})"

        parts.append(said(top) if top == low else f"{said(top)} and {said(low)}")
    if NOISE in values:
        noise = f"fresh noise, which never looks at the network, scores {number(values[NOISE])}"
        parts.append(noise)
    if not parts:
        return (
            f"{opening} no score is known yet: first come the maps of the trained network, then those of the "
            "randomized ones."
        )
    return f"{opening} {'; '.join(parts)}."


def alive_word(alive: Liveness) -> str:
    """Whether a network still says anything about this picture, in one word."""
    if not (math.isfinite(alive.logit_std) and math.isfinite(alive.entropy)):
        return "broken"
    if alive.logit_std == 0:
        return "dead"
    if alive.entropy > 0.995 * UNIFORM_ENTROPY:
        return "nearly silent"
    return "saturated" if alive.entropy < 0.01 else "alive"


def alive_title(alive: Liveness) -> str:
    """The state of the randomized network in one sentence."""
    word = alive_word(alive)
    return f"The randomized network is {word}: {TEXT.alive[word]}"


def alive_line(alive: Liveness, original: Liveness | None) -> str:
    """The numbers behind the state of the randomized network."""
    before = f" (trained: {number(original.logit_std)})" if original else ""
    entropy = f" (trained: {number(original.entropy)})" if original else ""
    return (
        f"Spread of the logits {short(alive.logit_std)}{before}, "
        f"entropy {number(alive.entropy)}{entropy} of at most {number(UNIFORM_ENTROPY)} nats."
    )


def entropy_title(reading: Reading, methods: Mapping[str, Method]) -> str:
    """The finding of eMPRT: for how many methods the entropy rises, and for which most."""
    rises = {key: reading.entropy(key).rise.mean for key in reading.methods if not methods[key].control}
    known = {key: rise for key, rise in rises.items() if rise is not None}
    if reading.no_entropy or not known:
        return str(TEXT.titles.entropy)
    up = sum(rise > 0 for rise in known.values())
    most = max(known, key=lambda key: known[key])
    return (
        f"With all {reading.blocks} blocks randomized the entropy rises for {up} of "
        f"{count(len(known), 'method')}, most for {method_name(methods, most)} ({percent(known[most])})"
    )


def entropy_line(reading: Reading, level: str = "researcher") -> str:
    """What the entropies are, and the loophole; or why there are none."""
    most = number(math.log(BINS))
    return reading.no_entropy or str(TEXT.entropy.at(level).format(bins=BINS, most=most))


def audit_line(reading: Reading) -> str:
    """What randomizing everything changed, counted in parameters."""
    coverage = reading.report.coverage
    share = f"{100 * coverage.changed_share:.4g} %"
    if not coverage.untouched:
        return (
            f"At full depth {share} of the parameters differ from the trained ones; no tensor is untouched."
        )
    names = ", ".join(coverage.untouched[:3]) + (", …" if len(coverage.untouched) > 3 else "")
    return (
        f"At full depth {share} of the parameters differ from the trained ones; "
        f"{len(coverage.untouched)} tensors are untouched: {names}."
    )


def scales_line(reading: Reading, depth: int) -> str:
    """What randomization did to the activations' scale at a depth, block by block, in numbers."""
    rows = reading.scales(depth)
    if not rows or depth == 0:
        return ""
    touched = set(reading.touched(depth))
    kept = [row for row in rows if row.block not in touched and row.ratio is not None]
    drawn = [row.ratio for row in rows if row.block in touched and row.ratio is not None]
    same = sum(abs(row.ratio - 1) < 1e-3 for row in kept if row.ratio is not None)
    parts = []
    if kept and reading.mode.end == "output":
        parts.append(f"the {same} blocks below keep their activations (ratio 1.00)")
    if drawn:
        spread = f"{short(min(drawn))} to {short(max(drawn))}" if len(drawn) > 1 else short(drawn[0])
        parts.append(f"the randomized blocks reach {spread} times the original RMS")
    return f"With {where(reading, depth)}, {' and '.join(parts)}." if parts else ""


def curves_title(reading: Reading, measure: Measure, methods: Mapping[str, Method]) -> str:
    """The finding of the curves: how many methods fall below one half, after one step and after all."""
    how, plain = reading.comparison(measure.key), f"{measure.label} to the original, by depth"
    real = [key for key in reading.methods if not methods[key].control]
    deep = [depth for depth in reading.report.depths if depth]
    zero = unrelated(how)
    if not real or not deep or zero is None:
        return plain

    def below(depth: int) -> tuple[int, int]:
        means = [reading.score(key, measure.key, depth).mean for key in real]
        values = [alike(how, mean) for mean in means if mean is not None]
        return sum(value < 0.5 for value in values), len(values)

    (first, known), (last, known_last) = below(deep[0]), below(deep[-1])
    if not known or not known_last:
        return plain
    half = f"{'above' if measure.distance else 'below'} {(zero + measure.best) / 2:g}"
    start = where(reading, deep[0])
    return (
        f"With {start}, {first} of {count(known, 'method')} {'is' if first == 1 else 'are'} {half}; "
        f"with {where(reading, deep[-1])}, {last} of {known_last}"
    )


def curves_alt(reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method]) -> str:
    """The alternative text of the curves: every method's score at the chosen depth."""
    scores = [
        f"{methods[k].label} {number(reading.score(k, measure.key, depth).mean)}" for k in reading.methods
    ]
    name = full_name(reading.comparison(measure.key))
    return f"{name} against depth, 0 to {reading.blocks} blocks. At depth {depth}: {', '.join(scores)}."


def scales_alt(reading: Reading, depth: int, what: str) -> str:
    """The alternative text of the activation figure."""
    return f"{what}, block by block, original against randomized. {scales_line(reading, depth)}".strip()


def done_line(report: Report, *, precomputed: bool) -> str:
    """How the results came about, under the finding."""
    seeds = report.request.seeds
    maps = f"Maps of seed {seeds[0]}, scores over {count(len(seeds), 'seed')}."
    if precomputed:
        return f"{TEXT.precomputed} {maps}"
    return f"Computed in {report.seconds:.0f} s ({report.device}). {maps}"
