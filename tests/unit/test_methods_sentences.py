"""Every sentence of the page Methods holds where it appears, said again from the scores alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from tests.premises import Restated, Shown, found, judge, missed, sentences_of
from xaicheck.experiments.first_visit import examples
from xaicheck.methods import METHODS
from xaicheck.reading import certificates
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import ranking_flips
from xaicheck.topics.methods import numbers, sentences
from xaicheck.topics.methods.numbers import Scores, Worked
from xaicheck.types import Comparison, Score

SAYS = sentences_of("topics.methods")
Raw = tuple[Scores, Comparison, Worked | None]


def goodness(scores: Scores) -> np.ndarray:
    """How much each map changed, [comparison method], in units of the comparison's largest."""
    turn = [1 if SIMILARITIES[c.measure].distance else -1 for c in scores.comparisons]
    values = np.array(turn)[:, None] * scores.values
    return values / np.abs(values).max(1, keepdims=True)


def signs(values: np.ndarray) -> np.ndarray:
    i, j = np.triu_indices(values.shape[-1], 1)
    apart = values[..., i] - values[..., j]
    return np.sign(np.where(np.abs(apart) > 1e-12, apart, 0))  # nearer is rounding


def ordering(scores: Scores) -> np.ndarray:
    """`goodness` without the squared distance at unit power, which orders as the cosine does."""
    twice = [(c.measure, c.normalisation) == ("mse", "second_moment") for c in scores.comparisons]
    return goodness(scores)[~np.array(twice)]


def wins(scores: Scores) -> np.ndarray:
    top = ordering(scores) >= ordering(scores).max(1, keepdims=True) - 1e-12
    return (top / top.sum(1, keepdims=True)).sum(0)


def orders(scores: Scores) -> int:
    return len({tuple(row) for row in signs(goodness(scores))})


def rate(scores: Scores) -> float:
    rows = signs(ordering(scores))
    return float(np.mean([np.abs(a - b).mean() / 2 for a, b in combinations(rows, 2)]))


def row(scores: Scores, label: str) -> int:
    name, empty, drawn = label.casefold().partition(" (a control")
    names = [METHODS[m].label.casefold() for m in scores.methods]
    (at,) = (i for i, known in enumerate(names) if known.split(",")[0] == name.split(",")[0])
    found = METHODS[scores.methods[at]]
    assert found.control or not empty, f"{name} is no control"
    assert not empty or found.stochastic == (drawn == ", one draw)")
    return at


def most(scores: Scores, match: re.Match[str]) -> bool:
    at = row(scores, match["first"])
    return (
        abs(wins(scores)[at] - float(match["times"])) < 0.051
        and wins(scores)[at] == pytest.approx(wins(scores).max(), abs=0.051)
        and int(match["ways"]) == len(ordering(scores))
    )


def several(scores: Scores) -> int:
    return int((wins(scores) > 0).sum())


def ends(raw: Raw, match: re.Match[str]) -> bool:
    scores, chosen, _ = raw
    change = goodness(scores)[scores.comparisons.index(chosen)]
    firsts, lasts = (
        {row(scores, label) for label in re.split(r", (?!z)| and ", match[end])} for end in ("first", "last")
    )
    return (
        firsts == set(np.flatnonzero(change >= change.max() - 1e-12))
        and lasts == set(np.flatnonzero(change <= change.min() + 1e-12))
        and not firsts & lasts
    )


def swapped(scores: Scores, one: int, other: int) -> float:
    a, b = (signs(goodness(scores)[i]) for i in (one, other))
    return float(np.abs(a - b).sum() / 2)


def against(raw: Raw, match: re.Match[str]) -> bool:
    scores, chosen, _ = raw
    pair = scores.comparisons.index(chosen), 0
    n = len(scores.methods)
    wanted = swapped(scores, *pair)
    return (
        pair[0] != 0
        and int(match["pairs"].split()[0]) == n * (n - 1) // 2
        and abs(float(match["swapped"]) - wanted) < 0.06
    )


def fixed(raw: Raw, match: re.Match[str]) -> bool:
    scores = raw[0]
    best = max(
        swapped(scores, i, j)
        for (i, a), (j, b) in combinations(enumerate(scores.comparisons), 2)
        if a.measure == b.measure and a.sign == b.sign == "signed"
    )
    return abs(float(match["swapped"]) - best) < 0.06 and best > 0


def negative(raw: Raw, match: re.Match[str]) -> bool:
    assert raw[2] is not None
    said = [float(match[key].replace("−", "-").rstrip(":")) for key in ("ssim", "cs")]
    known = [raw[2].scores[key]["flipped"].value for key in ("ssim", "cs")]
    return said == pytest.approx(known, abs=0.0051) and known[0] - known[1] >= 0.5


RESTATED: Restated = {
    "methods.orders": lambda raw, m: (
        int(m["maps"]) == len(raw[0].methods)
        and int(m["ways"]) == len(ordering(raw[0]))
        and m["orders"].split()[0] == str(orders(raw[0]))
    ),
    "methods.some_first": lambda raw, m: int(m["n"]) == several(raw[0]) > 1 and most(raw[0], m),
    "methods.one_first": lambda raw, m: (
        several(raw[0]) == 1 and wins(raw[0])[row(raw[0], re.sub(r" comes.*", "", m["first"]))] > 0
    ),
    "methods.firsts": lambda raw, m: most(raw[0], m),
    "methods.others": lambda raw, m: int(m["others"].split()[0]) == several(raw[0]) - 1 > 0,
    "methods.most_and_least": ends,
    "methods.swapped": against,
    "methods.decides": lambda raw, m: (
        int(m["orders"]) == orders(raw[0]) > 1
        and abs(int(m["rate"].removesuffix(" %")) - 100 * rate(raw[0])) < 0.51
    ),
    "methods.best_method_why": lambda raw, m: (
        int(re.findall(r"\d+", m["maps"])[-1]) == several(raw[0]) > 1 and most(raw[0], m)
    ),
    "methods.fixed_order_why": fixed,
    "methods.same_explanation_why": negative,
}


def of(scores: Scores, values: np.ndarray) -> Scores:
    """The same methods and comparisons with other values."""
    by = {
        str(i): numbers.changed(c, v)
        for i, (c, v) in enumerate(zip(scores.comparisons, values, strict=True))
        if (c.measure, c.normalisation) != ("mse", "second_moment")
    }
    return replace(scores, values=values, flips=ranking_flips(by, scores.methods))


@cache
def datas() -> dict[str, tuple[Scores, Worked]]:
    stored = examples.load()
    assert stored is not None
    scores, worked = numbers.scores(stored), numbers.worked(stored)
    assert scores is not None and worked is not None
    turn = np.array([1 if SIMILARITIES[c.measure].distance else -1 for c in scores.comparisons])[:, None]
    one_order = turn * np.linspace(1, 2, len(scores.methods))[::-1][None]
    g = np.random.default_rng(0)
    blind = dict(worked.scores) | {"cs": {**worked.scores["cs"], "flipped": Score(0.99)}}
    return {
        "stored": (scores, worked),
        "one order": (of(scores, one_order), worked),
        "one order, a control first": (of(scores, one_order[:, ::-1].copy()), worked),
        "unrelated": (of(scores, g.standard_normal(scores.values.shape)), worked),
        "from behind": (of(scores, -scores.values), worked),
        "all tie": (of(scores, np.ones_like(scores.values)), worked),
        "both measures agree": (scores, replace(worked, scores=blind)),
    }


def rendered(name: str) -> Iterator[Shown[Raw]]:
    scores, worked = datas()[name]
    moved = numbers.most_moved(scores)
    concluded = sentences.verdict(scores, moved, worked)
    for chosen in (scores.comparisons[0], scores.comparisons[7], scores.comparisons[-1]):
        for text in (
            sentences.opening(scores), sentences.firsts_title(scores),
            *re.split(r"(?<=\.) ", sentences.order_line(scores, chosen, scores.comparisons[0])),
            *concluded.may, *(why for _, why in concluded.may_not),
        ):  # fmt: skip
            yield Shown(f"{name}, {chosen}", text, (scores, chosen, worked))


@pytest.mark.parametrize("name", datas())
def test_every_sentence_that_appears_holds(name: str) -> None:
    wrong = list(judge(SAYS, rendered(name), RESTATED))
    assert not wrong, "\n".join(wrong)


def test_every_sentence_appears_and_has_its_premise_said_again() -> None:
    assert set(SAYS) == set(RESTATED)
    assert found(SAYS, (piece for name in datas() for piece in rendered(name))) == set(SAYS)


# These hold of any scores of two methods or more, or are asked of what has moved alone.
HELD = {"methods.orders", "methods.firsts", "methods.fixed_order_why"}


@pytest.mark.parametrize("key", sorted(set(SAYS) - HELD))
def test_a_sentence_without_its_premise_is_found_out(key: str) -> None:
    assert missed(SAYS[key], (piece for name in datas() for piece in rendered(name)), RESTATED)


def test_the_catalogue_promises_of_runs_alone_that_no_sentence_leans_on_a_marked_map() -> None:
    """The maps that come with the program carry no certificates."""
    kinds = [kind for method in METHODS.values() for kind in method.certificates if kind.bound is not None]
    assert kinds and all("In a run, no sentence leans" in certificates.about(kind) for kind in kinds)
