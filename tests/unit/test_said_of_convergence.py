"""Every sentence of cosine similarity convergence holds: judged by premises said again from the cosines."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.convergence_data import line, no_relevance, report
from tests.premises import Shown, found, judge, missed, sentences_of
from xaicheck.cli import convergence as command
from xaicheck.engine.convergence_run import ConvergenceReport, Profile
from xaicheck.methods import METHODS
from xaicheck.topics.check import convergence_words as words

SAID = {key: one for key, one in sentences_of("topics.check").items() if key.startswith("csc.")}
RULES = ("gradient", "guided_backprop", "lrp")


def drawn(number: int) -> ConvergenceReport:
    """A report of one to three rules with cosines, gaps, signs and few channels at random."""
    rng = np.random.default_rng([number, 3])

    def block() -> object:
        if rng.random() < 0.15:
            return no_relevance()
        made = line(
            float(rng.choice([0.1, 0.6, 0.94, 0.9499, 0.96, 0.99])), sign=float(rng.choice([1, 1, 0, -1]))
        )
        few = rng.random() < 0.1
        return dataclasses.replace(made, channels=1, baseline=1.0) if few else made

    count = int(rng.integers(1, 4))
    keys = rng.permutation(RULES)[: rng.integers(1, 4)]
    if number % 5 == 0:  # rules that do the same
        same = tuple(block() for _ in range(count))
        return report(**dict.fromkeys(map(str, keys), same))
    return report(**{str(key): tuple(block() for _ in range(count)) for key in keys})  # type: ignore[misc]


REPORTS = {
    "none": report(lrp=(no_relevance(),) * 3),
    "one channel": report(
        lrp=tuple(dataclasses.replace(line(1.0), channels=1, baseline=1.0) for _ in range(3))
    ),
    **{str(number): drawn(number) for number in range(120)},
}


def named(one: ConvergenceReport, text: str) -> list[Profile]:
    """The rules that a text names."""
    left, found = text.casefold(), []
    for profile in sorted(one.profiles, key=lambda p: -len(METHODS[p.method].label)):
        label = METHODS[profile.method].label.casefold()
        if label in left:
            left = left.replace(label, "")
            found.append(profile)
    return found


def reached(one: ConvergenceReport, profile: Profile) -> list[int]:
    return [i for i, at in enumerate(profile.blocks) if at.absolute is not None]


def lines_from(one: ConvergenceReport, profile: Profile) -> int | None:
    """The first block from which on down every block with relevance is a line that says something."""
    good = [
        i
        for i in reached(one, profile)
        if profile.blocks[i].absolute >= 0.95 and profile.blocks[i].baseline <= 0.6
    ]  # type: ignore[operator]
    tail: int | None = None
    for i in reversed(reached(one, profile)):
        if i not in good:
            break
        tail = i
    return tail


def differs(one: ConvergenceReport, profile: Profile) -> bool:
    at = reached(one, profile)
    return bool(at) and profile.blocks[at[-1]].absolute < 0.95  # type: ignore[operator]


def forget(one: ConvergenceReport, m: re.Match[str], *, many: bool) -> bool:
    rules = named(one, m["rules"].split(";")[-1])
    firsts = {lines_from(one, profile) for profile in rules}
    if len(firsts) != 1 or None in firsts or (len(rules) > 1) != many:
        return False
    return str(one.request.blocks[firsts.pop() or 0]) in m["from"]


def tell(one: ConvergenceReport, m: re.Match[str], *, many: bool) -> bool:
    rules = named(one, m["rules"].split(";")[-1])
    last = {reached(one, profile)[-1] if reached(one, profile) else None for profile in rules}
    right = bool(rules) and all(differs(one, profile) for profile in rules) and len(last) == 1
    return right and (len(rules) > 1) == many and one.request.blocks[last.pop() or 0] in m["last"]


def on_a_line(one: ConvergenceReport, m: re.Match[str], *, one_way: bool) -> bool:
    (profile,) = named(one, m["rule"])
    first = lines_from(one, profile)
    if first is None:
        return False
    below = [profile.blocks[i] for i in reached(one, profile) if i >= first]
    least = min(at.absolute or 0.0 for at in below)
    same = all(at.middle is not None and at.middle[0] > 0 for at in below)
    return same == one_way and least - 0.0101 < float(m["least"]) <= least + 1e-9


def differ(one: ConvergenceReport, m: re.Match[str]) -> bool:
    (profile,) = named(one, m["rule"])
    if not differs(one, profile):
        return False
    value = profile.blocks[reached(one, profile)[-1]].absolute or 0.0
    return abs(float(m["median"]) - value) <= 0.0101 and float(m["median"]) < float(m["bound"]) == 0.95


def silent(one: ConvergenceReport) -> bool:
    return not any(lines_from(one, p) is not None or differs(one, p) for p in one.profiles)


RESTATED: dict[str, Callable[[ConvergenceReport, re.Match[str]], bool]] = {
    "csc.forgets": lambda one, m: forget(one, m, many=False),
    "csc.forget": lambda one, m: forget(one, m, many=True),
    "csc.tells": lambda one, m: tell(one, m, many=False),
    "csc.tell": lambda one, m: tell(one, m, many=True),
    "csc.nothing": lambda one, m: not any(reached(one, profile) for profile in one.profiles),
    "csc.few_channels": lambda one, m: silent(one) and any(reached(one, profile) for profile in one.profiles),
    "csc.only_size": lambda one, m: on_a_line(one, m, one_way=True),
    "csc.sign": lambda one, m: on_a_line(one, m, one_way=False),
    "csc.differ": differ,
}


def pieces(one: ConvergenceReport) -> Iterator[Shown[ConvergenceReport]]:
    for clause in words.finding(one).split("; "):
        yield Shown("finding", clause, one)
    for text in words.verdict(one).may:
        yield Shown("verdict", text, one)


@pytest.mark.parametrize("value", [0.9451, 0.9463, 0.9499, 0.949996, 0.95, 0.9549, 0.997, 1 - 1e-8])
def test_a_cosine_is_written_at_the_bound_only_where_it_reaches_it(value: float) -> None:
    one = report(lrp=(line(0.2), line(value), line(0.99)))
    texts = [words.cosine(value), words.cosine(-value)[1:]]
    (row,) = (r for r in next(command._lines(one)).splitlines() if r.startswith(one.request.blocks[1]))
    texts += re.findall(r"0\.\d+|1\.00", row.removeprefix(one.request.blocks[1]))[:2]
    written = [float(text) for text in texts]
    assert all((text >= 0.95) == (value >= 0.95) and abs(text - value) < 0.00501 for text in written)
    assert (one.request.blocks[1] in words.finding(one)) == (written[2] >= 0.95)


def test_every_sentence_that_is_shown_has_its_premise() -> None:
    assert set(SAID) == set(RESTATED)
    shown = [piece for one in REPORTS.values() for piece in pieces(one)]
    assert not list(judge(SAID, shown, RESTATED))
    assert found(SAID, shown) == set(SAID)


@pytest.mark.parametrize("key", sorted(SAID))
def test_a_premise_that_is_taken_away_is_missed(key: str) -> None:
    shown = (piece for one in REPORTS.values() for piece in pieces(one))
    assert missed(SAID[key], shown, RESTATED), "no report shows the difference: add one that does"
