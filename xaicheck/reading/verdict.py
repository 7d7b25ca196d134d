"""What this test may and may not conclude: claims, each with the report's number behind it, as a card."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from xaicheck.reading import article, certificates
from xaicheck.reading.captions import Verdict
from xaicheck.reading.compared import full_name
from xaicheck.reading.network_sentences import scales_line
from xaicheck.reading.numbers import Reading
from xaicheck.reading.seen import Seen
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.sentences import scored_methods, where
from xaicheck.reading.templates import pieces
from xaicheck.reading.words import NOISE, TEXT, alike, count, inside, listed, method_name, number
from xaicheck.similarity.comparisons import canonical
from xaicheck.similarity.measures import Measure
from xaicheck.similarity.normalise import DEFAULT, DEFAULT_SIGN
from xaicheck.types import Comparison, Method

SAYS = TEXT.verdict
CHANCE = 0.2  # an independent map scores nearer to 0 than that

CENTRED = {"cosine": 0.0, "mse": 2.0}

NOTHING = (
    Sentence[Seen]("verdict.nothing", SAYS.nothing, lambda seen: seen.depth == 0),
    Sentence[Seen](
        "verdict.no_number", SAYS.no_number, lambda seen: seen.unscored, lambda seen: {"why": seen.why}
    ),
    Sentence[Seen]("verdict.unknown", SAYS.unknown, lambda seen: seen.waiting),
    Sentence[Seen]("verdict.controls", SAYS.controls, lambda seen: seen.depth > 0 and not seen.asked),
)
STABLE = (
    Sentence[Seen]("verdict.insensitive", SAYS.insensitive, lambda seen: seen.judged),
    Sentence[Seen](
        "verdict.stable",
        SAYS.stable,
        lambda seen: seen.judged and bool(seen.stable),
        lambda seen: {"methods": listed([method_name(seen.methods, key) for key in seen.stable])},
    ),
    Sentence[Seen](
        "verdict.none_stable",
        SAYS.none_stable,
        lambda seen: len(seen.real) > 1 and seen.depth > 0 and seen.has_zero and not seen.stable,
        lambda seen: {"methods": scored_methods(seen)},
    ),
    Sentence[Seen](
        "verdict.not_stable",
        SAYS.not_stable,
        lambda seen: len(seen.real) == 1 and seen.depth > 0 and seen.has_zero and not seen.stable,
        lambda seen: {"method": method_name(seen.methods, seen.real[0])},
    ),
    Sentence[Seen](
        "verdict.none_named",
        SAYS.none_named,
        lambda seen: seen.judged and not seen.has_zero and _centred(seen) is None,
    ),
    Sentence[Seen](
        "verdict.none_named_centred",
        SAYS.none_named_centred,
        lambda seen: seen.judged and _centred(seen) is not None,
        lambda seen: {"score": number(_centred(seen))},
    ),
)


def _along(seen: Seen) -> dict[str, object]:
    seeds = count(len(seen.reading.report.request.seeds), "seed")
    return {"seeds": seeds, "measure": inside(full_name(seen.how))}


ALONG = (
    Sentence[Seen]("verdict.along", SAYS.along, lambda seen: seen.judged and seen.one_class, _along),
    Sentence[Seen](
        "verdict.along_own", SAYS.along_own, lambda seen: seen.judged and not seen.one_class, _along
    ),
)
NOISE_BESIDE = (
    Sentence[Seen](
        "verdict.noise_unrelated",
        SAYS.noise_unrelated,
        lambda seen: seen.noise is not None and abs(seen.alike(NOISE)) < CHANCE,
        lambda seen: {"score": seen.number(seen.noise)},
    ),
    Sentence[Seen](
        "verdict.noise_other",
        SAYS.noise_other,
        lambda seen: seen.noise is not None and not abs(seen.alike(NOISE)) < CHANCE,
        lambda seen: {"score": seen.number(seen.noise)},
    ),
    Sentence[Seen](
        "verdict.noise_missing", SAYS.noise_missing, lambda seen: NOISE not in seen.reading.methods
    ),
)
KEPT = (
    Sentence[Seen]("verdict.scales_stay", SAYS.scales_stay, lambda seen: _part(seen) is not None),
    Sentence[Seen]("verdict.picture_stays", SAYS.picture_stays, lambda seen: _part(seen) is None),
)
ORDER = Sentence[Seen](
    "verdict.other_order", SAYS.other_order, lambda seen: seen.reading.mode.end != "output"
)
RANGES = Sentence[Seen](
    "verdict.ranges",
    SAYS.ranges,
    lambda seen: _widest(seen) is not None,
    lambda seen: dict(zip(("method", "low", "high"), _widest(seen) or (), strict=False)),
)


def _centred(seen: Seen) -> float | None:
    """What independent maps give on average if one of them has mean 0; None where that too depends on more.

    Formula: the mean of a·b is the product of the means, so the cosine is 0, and the distance 2 - 2 cosine.
    """
    how = canonical(seen.how)
    at_unit_power = how.normalisation == DEFAULT and how.sign == DEFAULT_SIGN
    return CENTRED.get(how.measure) if at_unit_power else None


def may(seen: Seen) -> tuple[str, ...]:
    """What the numbers shown allow to say."""
    return tuple(filter(None, (say(NOTHING, seen), say(STABLE, seen), say(ALONG, seen))))


def may_not(seen: Seen) -> tuple[tuple[str, str], ...]:
    """(Claim that does not follow, why not): each backed by a number of the report; none at depth 0."""
    if not seen.depth:
        return ()
    part = _part(seen)
    scales = "" if part is None else scales_line(seen.reading, part)
    return (
        (SAYS.claims.faithful, f"{say(NOISE_BESIDE, seen)} {SAYS.no_faith}".strip()),
        (SAYS.claims.bad, f"{say(KEPT, seen)} {scales}".strip()),
        (SAYS.claims.best, f"{SAYS.no_ranking} {ORDER(seen)}".strip()),
        (SAYS.claims.all_pictures, f"{SAYS.one_picture} {RANGES(seen)}".strip()),
    )


def _part(seen: Seen) -> int | None:
    """A depth from the top with trained blocks below: the one that is seen, or the middle one."""
    if seen.reading.mode.end != "output":
        return None
    inner = [depth for depth in seen.reading.report.depths if 0 < depth < seen.reading.blocks]
    if seen.depth in inner:
        return seen.depth
    return min(inner, key=lambda depth: (abs(depth - seen.reading.blocks // 2), depth), default=None)


def _widest(seen: Seen) -> tuple[str, str, str] | None:
    """The method whose score varies most over the seeds: (name, lowest, highest); noise varies by itself."""
    spreads = []
    for key in seen.scores:
        score = seen.reading.score(key, seen.measure.key, seen.depth)
        if score.low is not None and score.high is not None and key != NOISE:
            spreads.append((score.high - score.low, key, seen.number(score.low), seen.number(score.high)))
    widest = max(spreads, default=None)
    if widest is None or not seen.depth or widest[2] == widest[3]:
        return None
    return method_name(seen.methods, widest[1]), widest[2], widest[3]


def verdict_card(
    reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method], shown: Sequence[Method]
) -> Markup:
    """HTML: what the test may and may not conclude, beside the scores of the methods that are shown."""
    seen = Seen(reading, measure, depth, methods)
    told = Verdict(may(seen), may_not(seen))
    name = f"{full_name(reading.comparison(measure.key))}, {where(reading, depth)}"
    beside = pieces("reading/verdict.html").scores(name, score_strip(seen, shown))
    return article.conclusion(told, title=TEXT.titles.verdict, beside=beside)


def score_strip(seen: Seen, methods: Sequence[Method]) -> Markup:
    """HTML: all scores at one depth, one below the other; controls in italics."""
    reading, depth = seen.reading, seen.depth
    means = {method.key: reading.score(method.key, seen.measure.key, depth).mean for method in methods}
    rows = [
        (
            method,
            _share(seen.how, means[method.key]),
            seen.number(means[method.key]),
            certificates.mark(reading, method.key, depth),
        )
        for method in methods
    ]
    strip: Markup = pieces("reading/verdict.html").strip(rows)
    return strip


def _share(how: Comparison, value: float | None) -> str | None:
    """How long a score's bar is, in percent; None where independent maps have no value of their own."""
    share = 0.0 if value is None else alike(how, value)
    return None if math.isnan(share) else f"{100 * min(max(share, 0.0), 1.0):.0f}"
