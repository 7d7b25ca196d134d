"""What is said of two random networks holds: judged by r, b, t, D and E, computed again from the rows."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pytest
from scipy import stats

from tests import report_cases as cases
from tests.premises import Shown, found, judge, missed, plain, sentences_of
from tests.unit.test_said_of_a_check import ALL, NAMES, At, is_, made, method_of, methods_in, place
from xaicheck.methods import METHODS
from xaicheck.reading import band_sentences
from xaicheck.reading.bands import Bands
from xaicheck.reading.numbers import Reading
from xaicheck.report import page_parts
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Report

SAID = {key: one for key, one in sentences_of("reading").items() if key.startswith("bands.")}
LOST = "the map could not be computed"

DRAWS = {"smoothgrad", "fresh_noise", "fixed_noise"}


class Pairs:
    """A method's numbers of two random networks from the rows: r, b and t, and what follows from them."""

    def __init__(self, at: At, method: str) -> None:
        rows = [p for p in at.report.pairs if (p.method, p.measure) == (method, at.measure)]
        here = [p for p in rows if p.depth == at.depth]
        self.sign = -1 if at.measure == "mse" else 1
        self.between = {(p.first, p.second): p.score for p in here if p.kind == "between"}
        self.seeds = sorted({seed for pair in self.between for seed in pair})
        again = {(p.first, p.second): p.score for p in rows if p.kind == "again"}
        original = [r for r in at.report.scores if (r.method, r.measure, r.depth) == (method, at.measure, 0)]
        # A method that draws has two trained maps for each two networks; any other has one, for all.
        self.twice = again if method in DRAWS else dict.fromkeys(self.between, original[0].score)
        if method in DRAWS:
            trained = {(p.first, p.second): p.score.value for p in here if p.kind == "trained"}
            first = sorted({a for a, _ in trained})
            self.r = {a: _mean([v for (b, _), v in trained.items() if a == b]) for a in first}
            self.t = _mean(score.value for score in again.values())
        else:
            there = (method, at.measure, at.depth)
            own = [row for row in at.report.scores if (row.method, row.measure, row.depth) == there]
            self.r = {row.seed: row.score.value for row in own}
            self.t = _mean(at.shown(method, 0))

    @property
    def b(self) -> float | None:
        return _mean([score.value for score in self.between.values()])

    @property
    def e(self) -> float | None:
        r = _mean(list(self.r.values()))
        return None if r is None or self.b is None else self.sign * (r - self.b)

    @property
    def apart(self) -> dict[tuple[int, int], float]:
        """D of each pair of maps; 0 where the maps have no similarity."""
        both = {pair: (self.twice[pair], one) for pair, one in self.between.items()}
        return {
            pair: 0.0 if None in (t.value, b.value) else self.sign * (t.value - b.value)
            for pair, (t, b) in both.items()
            if LOST not in (t.why, b.why)
        }

    def table(self, values: dict[tuple[int, int], float]) -> np.ndarray | None:
        """Each network's mean over the others; None where a pair is missing."""
        n = len(self.seeds)
        if len(values) < n * (n - 1) / 2:
            return None
        return np.array([np.mean([v for pair, v in values.items() if seed in pair]) for seed in self.seeds])

    @property
    def shut(self) -> bool:
        """Whether D, or from eight networks on the lower end of its interval, is at most 0.05."""
        if self.sign < 0 or not self.apart:
            return False
        d, n, own = float(np.mean(list(self.apart.values()))), len(self.seeds), self.table(self.apart)
        if n < 8 or own is None:
            return d <= 0.05
        spread = (n - 1) / (n - 2) * own.std(ddof=1)
        return bool(d - stats.t.ppf(0.975, n - 1) * 2 * spread / np.sqrt(n) <= 0.05)

    @property
    def p(self) -> float | None:
        known = {pair: s.value for pair, s in self.between.items() if s.value is not None}
        n, own = len(self.seeds), self.table(known)
        if n < 8 or own is None or self.e is None or None in self.r.values():
            return None
        error = (n - 1) / (n - 2) * own.std(ddof=1) * np.sqrt(1 + 1 / n)
        return None if error == 0 else float(2 * stats.t.sf(abs(self.e) / error, n - 1))


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def paired(at: At, real: bool = False) -> dict[str, Pairs]:
    """By method, those with rows at this depth and no marked map."""
    keys = at.real if real else at.methods
    found = {key: Pairs(at, key) for key in keys if not at.marked(key, at.depth)}
    return {key: one for key, one in found.items() if one.between}


def memories(at: At) -> dict[str, float]:
    return {key: one.e for key, one in paired(at, real=True).items() if one.e is not None}


def clear(at: At, sign: int) -> set[str]:
    """The attribution methods with an E of that sign at 5 %, Holm's way over all methods with a p."""
    every = {key: one for key in at.methods if (one := Pairs(at, key)).between}
    known = sorted((p, key) for key, one in every.items() if (p := one.p) is not None)
    held = set()
    for i, (p, key) in enumerate(known):
        if p * (len(known) - i) > 0.05:
            break
        held.add(key)
    real = paired(at, real=True)
    return {key for key in held & set(real) if not real[key].shut and (real[key].e or 0) * sign > 0}


def in_title(at: At, m: re.Match[str], *, near: bool) -> bool:
    deep = [d for d in at.report.depths if d and m["place"].endswith(place(at.report, d))]
    found = memories(dataclasses.replace(at, depth=deep[0])) if len(deep) == 1 else {}
    if not found:
        return False
    most = max(map(abs, found.values()))
    who = f"over {len(found)} methods" if len(found) > 1 else methods_in(m["who"]) == set(found)
    close = most <= 0.1 and at.measure != "mse" or most == 0
    return close == near and is_(m["most"], most) and who in (True, m["who"])


def numbered(who: str) -> dict[str, str]:
    """By method, the number that is said behind it."""
    said = re.findall(r"(.+?) \((−?\d\.\d+)\)(?:, | and |$)", who)
    return {NAMES[name.casefold()]: value for name, value in said}


def in_e(at: At, m: re.Match[str], sign: int) -> bool:
    said, found = numbered(m["who"]), memories(at)
    return set(said) == clear(at, sign) != set() and all(is_(e, found[key]) for key, e in said.items())


def in_gate(at: At, m: re.Match[str], *, judged: bool) -> bool:
    found = paired(at)
    low = {key: _mean(one.apart.values()) for key, one in found.items() if one.shut}
    said = numbered(m["who"])
    enough = any(len(one.seeds) >= 8 for one in found.values())
    right = set(said) == set(low) != set() and all(is_(d, low[key]) for key, d in said.items())
    return right and enough == judged and m["gate"] == "0.05"


def artefact(at: At, m: re.Match[str]) -> bool:
    key = method_of(m["who"])
    one, score, r = Pairs(at, key), at.mean(key), _mean(Pairs(at, key).r.values())
    if score is None or r is None or at.marked(key, at.depth) or key not in DRAWS or not one.shut:
        return False
    return score >= 0.2 and score - r > 0.05 and is_(m["score"], score) and is_(m["r"], r)


def networks_paired(at: At) -> int:
    return max((len(Pairs(at, key).seeds) for key in at.methods), default=0)


RESTATED: dict[str, Callable[[At, re.Match[str]], bool]] = {
    "bands.near": lambda at, m: in_title(at, m, near=True),
    "bands.apart": lambda at, m: in_title(at, m, near=False),
    "bands.few": lambda at, m: (
        0 < networks_paired(at) < 8
        and m["n"] == f"{networks_paired(at)} random networks"
        and m["fewest"] == "8"
    ),
    "bands.nearer": lambda at, m: in_e(at, m, 1),
    "bands.less": lambda at, m: in_e(at, m, -1),
    "bands.neither": lambda at, m: (
        any(one.p is not None for one in paired(at, real=True).values()) and not clear(at, 1) | clear(at, -1)
    ),
    "bands.under": lambda at, m: in_gate(at, m, judged=False),
    "bands.shut": lambda at, m: in_gate(at, m, judged=True),
    "bands.artefact": artefact,
}


def nearest(report: Report, depth: int) -> int:
    """The depth with pairs that is nearest to one that is looked at."""
    known = {row.depth for row in report.pairs if row.kind == "between"}
    return min(known, key=lambda one: (abs(one - depth), one))


def pieces(report: Report) -> Iterator[Shown[At]]:
    """What the page and the report say of two random networks."""
    reading = Reading(report)
    for key, depth in itertools.product(report.request.measures, report.depths if report.pairs else ()):
        at = band_sentences.behind(Bands(reading), SIMILARITIES[key], depth, METHODS)
        assert (at is None) == (depth == 0)
        if at is not None:
            about = At(report, key, nearest(report, depth))
            text = "\n".join((band_sentences.title(at), *band_sentences.lines(at)))
            yield Shown("page", text, about)
            yield Shown("figure", band_sentences.alt(at), about)


def sections(report: Report) -> Iterator[Shown[At]]:
    """The section of the report."""
    reading, depth = Reading(report), report.depths[-1]
    for key in report.request.measures if report.pairs else ():
        html = page_parts.bands(reading, SIMILARITIES[key], depth, METHODS)
        yield Shown("report", plain(html), At(report, key, nearest(report, depth)))


def test_every_sentence_is_said_again() -> None:
    assert set(SAID) == set(RESTATED)


@pytest.mark.parametrize("name", ALL)
def test_every_sentence_that_is_shown_has_its_premise(name: str | int) -> None:
    report = made(name)
    assert not list(judge(SAID, [*pieces(report), *sections(report)], RESTATED))


def test_every_sentence_is_shown_somewhere() -> None:
    shown = [piece for name in cases.CASES for piece in pieces(made(name))]
    assert set(SAID) - found(SAID, shown) == set()


@pytest.mark.parametrize("key", sorted(SAID))
def test_a_premise_that_is_taken_away_is_missed(key: str) -> None:
    shown = (piece for name in cases.CASES for piece in pieces(made(name)))
    assert missed(SAID[key], shown, RESTATED), "no report shows the difference: add one that does"
