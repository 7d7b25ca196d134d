"""What the page on noise says of a mixed map, each with the premise without which it is not said."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xaicheck.experiments.noise.contest import change
from xaicheck.experiments.noise.mixing import EXACT
from xaicheck.methods import METHODS
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import at_most, method_name, number
from xaicheck.topics.noise.numbers import CLEAR, LITTLE, Mix, estimate
from xaicheck.topics.noise.words import TEXT, alike_number, faith_number, measure_name, percent


def _mix(
    name: str, premise: Callable[[Mix], bool], numbers: Callable[[Mix], Mapping[str, object]]
) -> Sentence[Mix]:
    return Sentence(f"noise.{name}", TEXT.say[name], premise, numbers)


def _numbers(mix: Mix) -> dict[str, object]:
    """All that the sentences on a mixed map need."""
    name = method_name(METHODS, mix.method)
    what = "noise alone" if mix.share == 1 else f"with {percent(mix.share)} noise the {name} map"
    return {
        "name": name, "method": name, "what": what, "measure": measure_name(mix.measure),
        "share": percent(mix.share),
        "before": alike_number(mix, 0.0), "now": alike_number(mix, mix.share),
        "start": alike_number(mix, 0.0), "end": alike_number(mix, 1.0),
        "pure": faith_number(estimate(mix.faithful_at(0.0))),
        "faith": faith_number(estimate(mix.faithful_at(mix.share))),
        "empty": faith_number(estimate(mix.faithful_at(1.0))),
    }  # fmt: skip


def _mixed(mix: Mix) -> bool:
    return not mix.curve.why and mix.share > 0


NO_SCORE = _mix(
    "no_score", lambda mix: bool(mix.curve.why), lambda mix: _numbers(mix) | {"why": mix.curve.why}
)
WITHOUT_NOISE = _mix("without_noise", lambda mix: not mix.curve.why and mix.share == 0, _numbers)
BETTER = _mix("better", lambda mix: _mixed(mix) and mix.check_moved > 0, _numbers)
NO_WORSE = _mix("no_worse", lambda mix: _mixed(mix) and mix.check_moved == 0, _numbers)
WORSE = _mix("worse", lambda mix: _mixed(mix) and mix.check_moved < 0, _numbers)
FROM_TO = _mix("from_to", _mixed, _numbers)
GROWS = _mix("grows", lambda mix: _mixed(mix) and mix.faith_moved > 0, _numbers)
STAYS = _mix("stays", lambda mix: _mixed(mix) and mix.faith_moved == 0, _numbers)
FALLS = _mix("falls", lambda mix: _mixed(mix) and mix.faith_moved < 0, _numbers)


COMMON = _mix(
    "common",
    lambda mix: abs(mix.curve.common or 0.0) >= LITTLE,
    lambda mix: _numbers(mix) | {"common": number(mix.curve.common)},
)


def finding(mix: Mix) -> str:
    """The page's result at the slider's position."""
    alone = say((NO_SCORE, WITHOUT_NOISE), mix)
    if alone:
        return f"{alone} {COMMON(mix)}".strip()
    moved = say((BETTER, NO_WORSE, WORSE), mix)
    text = f"{moved}: {FROM_TO(mix)}; {say((GROWS, STAYS, FALLS), mix)}."
    return f"{text[0].upper()}{text[1:]} {COMMON(mix)}".strip()


def _half(mix: Mix) -> float | None:
    """The first share at which no more than half of the similarity is left; None: it is not lost."""
    before, end = estimate(mix.alike_at(0.0)), estimate(mix.alike_at(1.0))
    if mix.curve.why or before is None or end is None or abs(before - end) < 0.05:
        return None
    for share, alike in zip(mix.curve.shares, mix.similarity, strict=True):
        if alike.estimate is not None and abs(alike.estimate - end) <= abs(before - end) / 2:
            return share if mix.faithful_at(share) is not None else None
    return None


HALF = _mix(
    "half",
    lambda mix: _half(mix) is not None,
    lambda mix: (
        _numbers(mix)
        | {
            "share": percent(_half(mix) or 0.0),
            "there": faith_number(estimate(mix.faithful_at(_half(mix) or 0.0))),
        }
    ),
)


def _curve(mix: Mix) -> list[tuple[float, float]]:
    """(faithfulness, share) at the shares that were measured."""
    curve = zip(mix.faithful(mix.fill), mix.faithful_shares, strict=True)
    return [(float(one.estimate), share) for one, share in curve if one.estimate is not None]


def _outside(mix: Mix, sign: int) -> bool:
    """Whether the curve of faithfulness goes beyond its ends in between, as it is written."""
    curve = [(sign * round(value, 3), share) for value, share in _curve(mix)]
    return max(curve)[0] > max(value for value, share in curve if share in (0.0, 1.0, _half(mix)))


HIGHEST = _mix(
    "highest",
    lambda mix: _outside(mix, 1),
    lambda mix: {"top": faith_number(max(_curve(mix))[0]), "at": percent(max(_curve(mix))[1])},
)
LOWEST = _mix(
    "lowest",
    lambda mix: _outside(mix, -1),
    lambda mix: {"bottom": faith_number(min(_curve(mix))[0]), "low": percent(min(_curve(mix))[1])},
)


def _lost(mix: Mix) -> bool:
    """Whether noise alone counts as clearly more changed than the method's own map."""
    start, end = estimate(mix.alike_at(0.0)), estimate(mix.alike_at(1.0))
    return (
        start is not None
        and end is not None
        and change(mix.measure, end) - change(mix.measure, start) >= CLEAR
    )


MOVED = _mix("moved", _lost, _numbers)
ON_THE_LINE = _mix(
    "on_the_line",
    lambda mix: mix.curve.largest_error is not None and mix.measure in EXACT,
    lambda mix: {"error": at_most(mix.curve.largest_error or 0.0, 3)},
)
LOW_IS_SENSITIVE = _mix("low_is_sensitive_why", lambda mix: _mixed(mix) and mix.check_moved > 0, _numbers)


def chart_title(mix: Mix) -> str:
    """The finding of the chart."""
    if mix.curve.why:
        return TEXT.chart_title.format(method=method_name(METHODS, mix.method))
    return say((HALF, HIGHEST, LOWEST), mix, "") if HALF(mix) else TEXT.no_half


def moved_line(mix: Mix) -> str:
    """What noise alone does to the similarity, and how near the points are to the formula."""
    return say((MOVED, ON_THE_LINE), mix) if MOVED(mix) else ""
