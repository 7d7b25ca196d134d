"""What this test may and may not conclude: claims, each with the report's number behind it, as a card."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from xaicheck.reading import article
from xaicheck.reading.captions import Verdict
from xaicheck.reading.compared import full_name
from xaicheck.reading.numbers import Reading
from xaicheck.reading.sentences import scales_line, where
from xaicheck.reading.templates import pieces
from xaicheck.reading.words import NOISE, TEXT, alike, count, inside, listed, method_name, number
from xaicheck.similarity.comparisons import unrelated
from xaicheck.similarity.measures import Measure
from xaicheck.types import Comparison, Method

SAYS = TEXT.verdict


def may(reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method]) -> list[str]:
    """What the numbers shown allow to say."""
    scores = {key: reading.score(key, measure.key, depth).mean for key in reading.methods}
    how = reading.comparison(measure.key)
    still = [
        key
        for key, value in scores.items()
        if value is not None and alike(how, value) >= 0.9 and not methods[key].control
    ]
    hardly = f"Here: {listed([method_name(methods, key) for key in still])}." if still else SAYS.none_stable
    if unrelated(how) is None:
        hardly = SAYS.none_named
    seeds = len(reading.report.request.seeds)
    return [
        f"{SAYS.insensitive} {hardly}",
        f"How maps change along the depth for this picture, this class, these new weights and "
        f"{count(seeds, 'seed')}, as {inside(full_name(how))}.",
    ]


def may_not(
    reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method]
) -> list[tuple[str, str]]:
    """(Claim that does not follow, why not): each backed by a number of the report."""
    how = reading.comparison(measure.key)
    noise = reading.score(NOISE, measure.key, depth).mean if NOISE in reading.methods else None
    beside = (
        f"Fresh noise never looks at the network and scores {number(noise)} here{_pass(how, noise)}."
        if noise is not None
        else SAYS.noise_missing
    )
    part = depth if 0 < depth < reading.blocks else reading.blocks // 2
    scales = scales_line(reading, part)
    pictures = SAYS.one_picture
    widest = _widest(reading, measure.key, depth)
    if widest:
        key, low, high = widest
        pictures += (
            f" Over the seeds alone {method_name(methods, key)} ranges from {number(low)} to {number(high)}."
        )
    return [
        (SAYS.claims.faithful, f"{beside} {SAYS.no_faith}"),
        (SAYS.claims.bad, f"{SAYS.scales_stay} {scales}".strip()),
        (SAYS.claims.best, SAYS.no_ranking),
        (SAYS.claims.all_pictures, pictures),
    ]


def _pass(how: Comparison, noise: float) -> str:
    return ", as a perfect pass would" if abs(alike(how, noise)) < 0.2 else ""


def _widest(reading: Reading, measure: str, depth: int) -> tuple[str, float, float] | None:
    """The method whose score varies most over the seeds: (key, lowest, highest)."""
    spreads = []
    for key in reading.methods:
        s = reading.score(key, measure, depth)
        if s.low is not None and s.high is not None and s.seeds > 1 and key != NOISE:
            spreads.append((s.high - s.low, key, s.low, s.high))
    if not spreads:
        return None
    _, key, low, high = max(spreads)
    return key, low, high


def verdict_card(
    reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method], shown: Sequence[Method]
) -> Markup:
    """HTML: what the test may and may not conclude, beside the scores of the methods that are shown."""
    told = Verdict(
        tuple(may(reading, measure, depth, methods)), tuple(may_not(reading, measure, depth, methods))
    )
    name = f"{full_name(reading.comparison(measure.key))}, {where(reading, depth)}"
    beside = pieces("reading/verdict.html").scores(name, score_strip(reading, measure, depth, shown))
    return article.conclusion(told, title=TEXT.titles.verdict, beside=beside)


def score_strip(reading: Reading, measure: Measure, depth: int, methods: Sequence[Method]) -> Markup:
    """HTML: all scores at one depth, one below the other; controls in italics."""
    how = reading.comparison(measure.key)
    means = {method.key: reading.score(method.key, measure.key, depth).mean for method in methods}
    rows = [(method, _share(how, means[method.key]), number(means[method.key])) for method in methods]
    strip: Markup = pieces("reading/verdict.html").strip(rows)
    return strip


def _share(how: Comparison, value: float | None) -> str | None:
    """How long a score's bar is, in percent; None where unrelated maps have no value of their own."""
    share = 0.0 if value is None else alike(how, value)
    return None if math.isnan(share) else f"{100 * min(max(share, 0.0), 1.0):.0f}"
