"""Numbers and names in words, as every page writes them, and the fixed texts that several of them show.

Plain text only: no Markdown and no HTML, so that nothing a visitor typed can become markup.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from xaicheck.reading.numbers import Summary
from xaicheck.reading.texts import beside
from xaicheck.similarity.comparisons import unrelated
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Comparison, Method

TEXT = beside(__file__)
NOISE = "fresh_noise"
UNIFORM_ENTROPY = math.log(1000)

SMALL = 0.1  # two decimals say little of distances below it
NOTHING = 1e-15  # what rounding may leave of 0
SAME = 1e-6  # and of two maps of float32 that are the same
_NO_MORE = 1e-9  # of the last decimal: what rounding leaves does not move a bound
LITTLE = 0.2  # below it maps are about as alike as independent ones

_SIMILARITY_WORDS = (
    (0.9, "hardly changed"),
    (0.5, "partly changed"),
    (LITTLE, "largely changed"),
    (0.05, "nearly uncorrelated"),
    (-0.05, "uncorrelated"),
    (-0.2, "nearly uncorrelated"),
    (-0.5, "partly inverted"),
    (-math.inf, "inverted"),
)
_PROPER = {"Sobel", "He"}
DASH = "–"  # an en dash: there is no number
_ONE = r"[<>]?[+−]?\d[\d.,]*(·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?( %)?"
_NUMBERS = re.compile(rf"{_ONE}( to {_ONE})?|{DASH}")


def number(value: float | None, digits: int = 2, end: float = 1.0) -> str:
    """A number with a true minus sign; an en dash for None.

    It has more digits where it would be written as 0, or as the `end` of its scale, and is neither; below
    0.00005 it has a power of ten. What rounding leaves (1e-15 of 0, 1e-6 of the end) is not told.
    """
    if value is None or not math.isfinite(value):
        return short(value)
    size = 0.0 if abs(value) < NOTHING else abs(value)
    sign = "−" if value < 0 and size else ""
    exact = size == 0 or size >= end * (1 - SAME)
    for more in range(digits, digits + 7):
        text = f"{size:.{more}f}"
        if exact or float(text) not in (0, end):
            break
    return short(value) if 0 < size < 5e-5 else sign + text


def stored(value: float | None, step: float, digits: int = 2) -> str:
    """A number that was stored in steps: no more decimals than they allow, and all of these for 0 and 1."""
    allowed = max(digits, -math.floor(math.log10(step))) if step else digits
    text = number(value, digits)
    if value is None or not step or not math.isfinite(value):
        return text
    size = round(abs(value), allowed)
    if size in (0, 1) or len(text.partition(".")[2]) > allowed:
        return ("−" if value < 0 < size else "") + f"{size:.{allowed}f}"
    return text


def at_most(value: float, digits: int = 2) -> str:
    """An upper bound, rounded up: what is at most 0.00119 is at most 0.002."""
    return number(math.ceil(value * 10**digits - _NO_MORE) / 10**digits, digits)


def at_least(value: float, digits: int = 2) -> str:
    """A lower bound, rounded down."""
    return number(math.floor(value * 10**digits + _NO_MORE) / 10**digits, digits)


def interval(
    low: float, high: float, written: Callable[[float | None], str] = number, level: float = 0.95
) -> str:
    """The ends of an interval, named as one: a range over seeds or draws, lowest to highest, is not."""
    return f"{100 * level:.0f} % interval {written(low)} to {written(high)}"


def reach(low: float, high: float, written: Callable[[float | None], str] = number) -> str:
    """The lowest and the highest of some values, which is one number where both are written alike."""
    return " to ".join(dict.fromkeys((written(low), written(high))))


def each_time(values: Sequence[float], written: Callable[[float | None], str] = number) -> str:
    """From the least to the greatest of some values; one that all have comes "each time"."""
    said = reach(min(values), max(values), written)
    return said if " to " in said else f"{said} each time"


def short(value: float | None, digits: int = 3) -> str:
    """A number of any size in three digits, or two: 0.0123, 41.2, 1234, 3.1·10⁻⁷."""
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if size == 0:
        return "0"
    if 1e-3 <= size < 1e4:
        rounded = f"{float(f'{value:.{digits}g}'):g}" if size < 999.5 else f"{value:.0f}"
        return rounded.replace("-", "−")
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}·10{_superscript(int(exponent))}".replace("-", "−")


def fixed(value: float | None, digits: int = 3) -> str:
    """A number in a column, with as many decimals as all others.

    One that they would show as 0 or 1 and is neither is named by its bound: <0.001, >−0.001, >0.999.
    """
    text = number(value, digits)
    if value is None or not math.isfinite(value) or len(text.partition(".")[2]) == digits and "·" not in text:
        return text
    near_end = abs(value) > 0.5
    edge = f"{1 - 10**-digits if near_end else 10**-digits:.{digits}f}"
    return f"{'>' if near_end == (value > 0) else '<'}{'−' * (value < 0)}{edge}"


def colour_end(limit: float | None) -> str:
    """The end of a colour range: maps stored with 8 bits carry two digits of it."""
    return short(limit, 2)


def scores(
    values: Iterable[float | None],
    *,
    distance: bool,
    digits: int = 2,
    write: Callable[..., str] = number,
) -> Callable[[float | None], str]:
    """How scores of one kind are written: with as many decimals, as `write` does, or with a power of ten.

    Distances have no scale of their own: three digits of the largest are shown where it is below 0.1.
    """
    largest = max((abs(v) for v in values if v is not None and math.isfinite(v)), default=1.0)
    if not distance or largest < NOTHING or SMALL <= largest < 1e4:
        return partial(write, digits=digits)
    if 1e-3 <= largest < 1e4:
        return partial(write, digits=2 - math.floor(math.log10(largest)))
    return short


def column(values: Iterable[float | None]) -> Callable[[float | None], str]:
    """How a table's column is written: whole numbers as such, halves as 3.5, others with three decimals."""
    known = [v for v in values if v is not None and math.isfinite(v)]
    if all(v == int(v) for v in known):
        return partial(number, digits=0)
    if all(v >= 1 and 2 * v == int(2 * v) for v in known):
        return _halves
    return scores(known, distance=True, digits=3, write=fixed)


def are_numbers(texts: Iterable[object]) -> bool:
    """Whether a column's texts are all numbers, shares or spans of them: then it stands to the right."""
    return all(isinstance(text, str) and _NUMBERS.fullmatch(text) for text in texts)


def _halves(value: float | None) -> str:
    """A rank: a whole number without decimals, the mean of two places with .5."""
    return number(value, 0 if value is None or value == int(value) else 1)


def share(value: float | None, digits: int = 0) -> str:
    """A share in percent that says 0 or 100 only where it is: 12 %, 0.3 %, 99.7 %; an en dash for None."""
    return DASH if value is None or math.isnan(value) else f"{number(100 * value, digits, end=100.0)} %"


def percent(value: float | None) -> str:
    """The same with its sign: +12 %, −3 %."""
    return "+" * (value is not None and value > NOTHING) + share(value)


def percents(rise: Summary) -> str:
    """The same of several seeds: from the lowest to the highest, or one where both are written alike."""
    low, high = percent(rise.low), percent(rise.high)
    return low if low == high else f"{low} to {high}"


def _superscript(value: int) -> str:
    return str(value).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def alike(how: str | Comparison, value: float) -> float:
    """A score from 1, the same map, to 0, what independent maps give; a measure's key means the default.

    Not-a-number where independent maps have no value of their own: there the number says little by itself.
    """
    comparison = Comparison(how) if isinstance(how, str) else how
    zero = unrelated(comparison)
    if zero is None:
        return math.nan
    return (value - zero) / (SIMILARITIES[comparison.measure].best - zero)


def closeness(how: str | Comparison, value: float) -> float:
    """A score turned so that more is more alike, in units of its own."""
    measure = SIMILARITIES[how if isinstance(how, str) else how.measure]
    return -value if measure.distance else value


def score_word(how: str | Comparison, value: float | None) -> str:
    """What a score says about the map, in one or two words; a dash where it has no word.

    Only correlations, whose zero is 0, have words for little and for less than nothing.
    """
    share = math.nan if value is None else alike(how, value)
    correlation = unrelated(Comparison(how) if isinstance(how, str) else how) == 0
    if math.isnan(share) or (not correlation and share < LITTLE):
        return DASH
    return next(word for bound, word in _SIMILARITY_WORDS if share >= bound)


def score_line(summary: Summary, written: Callable[[float | None], str] = number) -> str:
    """The spread over seeds, or the reason why there is no number."""
    if summary.mean is None:
        return summary.why
    if summary.seeds == 1:
        return "one seed"
    return f"{written(summary.low)} to {written(summary.high)} over {summary.seeds} seeds"


def magnitude(ratio: float | None) -> str:
    """How large a randomized map is beside its original, in words."""
    if ratio is None:
        return "no magnitude to compare"
    if not math.isfinite(ratio):
        return "not finite"
    if ratio == 0:
        return "zero everywhere"
    if 0.8 <= ratio <= 1.25:
        return "about as large as the original"
    times, word = (ratio, "larger") if ratio > 1 else (1 / ratio, "smaller")
    size = f"{times:.1f}" if times < 9.95 else f"{times:.0f}" if times < 1000 else short(times)
    return f"{size}× {word} than the original"


def map_alt(label: str, which: str, limit: float | None, place: str) -> str:
    """The alternative text of one map, from its numbers."""
    return f"{label}, {which}, {place}: colours up to {colour_end(limit)}"


def progress_line(done: int, total: int, note: str, seconds_left: float | None) -> str:
    """Count, what is being computed, and the time left."""
    count = f"{done} of {total} maps" if total else TEXT.starting
    return " · ".join(part for part in (count, note, time_left(seconds_left)) if part)


def time_left(seconds: float | None) -> str:
    """A time left in words; nothing while it is not known."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"about {max(1, round(seconds))} s left"
    return f"about {round(seconds / 60)} min left"


def stale_line(differences: Sequence[str]) -> str:
    """That the results shown belong to other settings, and what differs."""
    return f"These results are for earlier settings. Different now: {listed(differences)}."


def link_line(differences: Sequence[str]) -> str:
    """For a first visit by a link: the sample is shown, not what the link asks for."""
    return f"This link asks for something else than the sample below: {listed(differences)}."


def count(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def scored(n: int, asked: int) -> str:
    """How many attribution methods have a score that a sentence may lean on; that it is not all of them."""
    return count(n, "method") + " with a score to go by" * (n < asked)


def verb(n: float, one: str, several: str) -> str:
    """The form of a verb, or of a word like it, that goes with a count."""
    return one if n == 1 else several


def share_of(n: int, total: int, word: str) -> str:
    """A part of so many things, as a sentence begins: "1 of 8 maps", "All 8 maps", "The one map"."""
    if n < total:
        return f"{n} of {count(total, word)}"
    return f"The one {word}" if n == 1 else f"All {count(n, word)}"


def listed(names: Sequence[str]) -> str:
    """Names as a list inside a sentence."""
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)


def as_read(notes: Sequence[str]) -> str:
    """What was done to a picture when it was read, in one sentence; empty where nothing was."""
    return f"As read: {'; '.join(notes)}." if notes else ""


def method_name(methods: Mapping[str, Method], key: str) -> str:
    """A method's label as it stands inside a sentence."""
    return inside(methods[key].label if key in methods else key)


def inside(label: str) -> str:
    """A label as it stands inside a sentence: proper names keep their capitals, and so does "Grad-CAM"."""
    head = label.split()[0]
    proper = head in _PROPER or head[1:] != head[1:].lower()
    return label if proper else label[0].lower() + label[1:]
