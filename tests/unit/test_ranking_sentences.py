"""Every sentence of the ranking's page holds where it appears, said again from the numbers alone.

The numbers are the gallery's and made-up ones: orders alike, reversed, unrelated; ties; controls ahead,
behind or absent; one method, one picture, one seed; distances, the entropy, ROAD; from the bottom. What is
said is judged by plain means over the arrays, which share nothing with the page's own views.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import kendalltau, rankdata, t, ttest_rel

from tests.app.ranking_fakes import plausible
from tests.premises import NUMBER, Restated, Shown, found, judge, missed, number_of, sentences_of
from tests.ranking_data import synthetic, with_road, without
from xaicheck.experiments.ranking import store
from xaicheck.experiments.ranking.data import NetworkScores, RankingData
from xaicheck.experiments.ranking.rank import Choice, default_choice
from xaicheck.experiments.repairs import store as repairs
from xaicheck.experiments.repairs.uncaught import shipped
from xaicheck.methods import METHODS
from xaicheck.topics.ranking import sentences, words_diagonal, words_power, words_spread
from xaicheck.topics.ranking.page_views import Views
from xaicheck.topics.ranking.verdict import verdict
from xaicheck.types import Comparison

SAYS = sentences_of("topics.ranking")
SHUFFLES = 20_000
PLACE = re.compile(r"(\d+)(?:st|nd|rd|th)( \(shared\))?")


def number(text: str) -> float:
    """The last number of the text, as the page writes it."""
    return number_of(NUMBER.findall(text)[-1])


def percent(text: str) -> float:
    """A share as the page writes it."""
    return number(text.split(" %")[0]) / 100


def shares(said: str, wanted: float, slack: float = 0.0) -> bool:
    """Whether a share is said as it is, rounded to a whole percentage, or to one digit below that."""
    return (
        abs(percent(said) - wanted)
        <= slack + (0.005 if wanted >= 0.01 or not wanted else 0.5 * wanted) + 1e-9
    )


@dataclass(frozen=True, eq=False)
class Raw:
    """Numbers and a choice, and what plain means make of them."""

    data: RankingData
    choice: Choice

    @property
    def variant(self):
        return self.data.variant(self.choice.variant)

    @property
    def distance(self) -> bool:
        return self.choice.comparison.measure == "mse"

    @cached_property
    def cells(self) -> tuple[tuple[str, ...], np.ndarray, np.ndarray, np.ndarray]:
        """(methods, check, faithfulness [method seed image], turned so that higher is better; images)."""
        data, c = self.data, self.choice
        rows = [i for i, m in enumerate(data.methods) if c.controls or not METHODS[m].control]
        if c.test == "entropy":
            check = self.variant.entropy_rise.astype(float)
        else:
            at = data.comparisons.index(c.comparison)
            per_depth = self.variant.similarity[at].astype(float)
            if c.depth is not None:
                per_depth = per_depth[..., [self.variant.depths.index(c.depth)]]
            there = np.isfinite(per_depth[rows]).all(0, keepdims=True)
            check = np.where(there, per_depth, 0).sum(-1) / there.sum(-1)
            check = check if self.distance else -check
        m = data.faithfulness_measures.index(c.measure)
        f = 0 if c.measure.startswith("road") else data.fills.index(c.fill)
        o = 0 if c.measure.startswith("road") else data.outputs.index(c.output)
        faith = data.faithfulness[m, f, o, data.rankings.index(c.ranking)].astype(float)
        faith = -faith if c.measure in ("auc_morf", "road_accuracy", "road_probability") else faith
        images = np.isfinite(check[rows]).all((0, 1)) & np.isfinite(faith[rows]).all((0, 1))
        names = tuple(data.methods[i] for i in rows)
        return names, check[rows][..., images], faith[rows][..., images], images

    @property
    def methods(self) -> tuple[str, ...]:
        return self.cells[0]

    @cached_property
    def other(self) -> np.ndarray | None:
        """The faithfulness, each picture over its own probability; None where it is no drop of one."""
        if self.choice.output != "softmax" or self.choice.measure.startswith("road_accuracy"):
            return None
        p0 = np.array([target.probability for target in self.data.targets])[self.cells[3]]
        return (self.cells[2] / p0).mean((1, 2))

    @property
    def turned(self) -> set[int]:
        """Who leads in faithfulness the other way, where it is somebody else."""
        if self.other is None or self.first(self.other) == self.first(self.faith):
            return set()
        return self.first(self.other)

    @cached_property
    def check(self) -> np.ndarray:
        return self.cells[1].mean((1, 2))

    @cached_property
    def faith(self) -> np.ndarray:
        return self.cells[2].mean((1, 2))

    @property
    def real(self) -> list[int]:
        return [i for i, m in enumerate(self.methods) if not METHODS[m].control]

    def places(self, values: np.ndarray) -> np.ndarray:
        """The place of each method, ties sharing the best of theirs."""
        scale = np.abs(values).max() or 1.0
        return rankdata(-np.round(values / scale, 9), method="min").astype(int)

    def row(self, label: str) -> int:
        """The method of that name, which may have lost its last bracket."""
        (row,) = (
            i
            for i, m in enumerate(self.methods)
            if METHODS[m].label.casefold().rstrip(")") == label.casefold().rstrip(")")
        )
        return row

    def first(self, values: np.ndarray) -> set[int]:
        return set(np.flatnonzero(self.places(values) == 1))

    def named(self, text: str) -> set[int]:
        """The methods in a list of names."""
        found, text = set(), text.casefold()
        for i in sorted(range(len(self.methods)), key=lambda i: -len(METHODS[self.methods[i]].label)):
            label = METHODS[self.methods[i]].label.casefold()
            found |= {i} if label in text else set()
            text = text.replace(label, "")
        return found

    @property
    def tau(self) -> float:
        return self.tau_of(self.faith)

    def tau_of(self, faith: np.ndarray) -> float:
        a, b = (np.round(v / (np.abs(v).max() or 1), 9) for v in (self.check, faith))
        return float(kendalltau(a, b).statistic) if len(a) > 1 else float("nan")

    @cached_property
    def p(self) -> float:
        return self.p_of(self.faith)

    def p_of(self, faith: np.ndarray) -> float:
        """How often shuffled orders are as far from 0."""
        a, b = (np.round(v / (np.abs(v).max() or 1), 9) for v in (self.check, faith))
        i, j = np.triu_indices(len(a), 1)
        turned = np.random.default_rng(0).permuted(np.tile(b, (SHUFFLES, 1)), axis=1)
        sums = np.abs(
            np.sign(np.vstack([b, turned])[:, i] - np.vstack([b, turned])[:, j]) @ np.sign(a[i] - a[j])
        )
        return float((sums[1:] >= sums[0]).mean())

    def ahead(self, cells: np.ndarray, a: int, b: int) -> float:
        """The share of 2000 draws in which a is better than b; a tie counts for neither."""
        g, gaps = np.random.default_rng(1), cells[a] - cells[b]
        seeds, images = (g.integers(n, size=(2000, n)) for n in gaps.shape)
        means = gaps[seeds[:, :, None], images[:, None, :]].mean((1, 2))
        return float((means > 1e-12).mean())


def value(raw: Raw, cells: np.ndarray, i: int, turned: bool) -> float:
    mean = float(cells[i].mean())
    return -mean if turned else mean


def check_value(raw: Raw, i: int) -> float:
    return value(raw, raw.cells[1], i, not raw.distance and raw.choice.test != "entropy")


def faith_value(raw: Raw, i: int) -> float:
    return value(
        raw, raw.cells[2], i, raw.choice.measure in ("auc_morf", "road_accuracy", "road_probability")
    )


def near(said: str, wanted: float, half: float = 0.0051) -> bool:
    return abs(number(said) - wanted) <= half


def tau_said(raw: Raw, text: str) -> tuple[bool, float | None, float | None]:
    """(whether τ is that of SciPy, the ends of its interval)."""
    numbers = [number(n) for n in re.findall(r"−?\d+\.\d+", text)]
    inside = len(numbers) == 3 and numbers[1] <= numbers[2]
    return abs(numbers[0] - raw.tau) < 0.0051, *(numbers[1:] if inside else (None, None))


def agreed(raw: Raw, match: re.Match[str], *, chance: bool, zero: bool, sign: int) -> bool:
    right, low, high = tau_said(raw, match["tau"])
    edge = abs(raw.p - 0.05) < 4 * (0.05 / SHUFFLES) ** 0.5  # decided by an exact law where ours is a sample
    said_zero = low is None or low <= 0 <= high
    return (
        right
        and (edge or (raw.p > 0.05) == chance)
        and (chance or (said_zero == zero and np.sign(raw.tau) == sign))
        and not apart_by_weighting(raw)
    )


def one_place(text: str, values: np.ndarray, raw: Raw, i: int) -> bool:
    places = raw.places(values)
    match = PLACE.fullmatch(text)
    shared = (places == places[i]).sum() > 1
    return match is not None and int(match[1]) == places[i] and bool(match[2]) == shared


def place_said(text: str, raw: Raw, i: int) -> bool:
    """A place in faithfulness, and the other way's behind it exactly where it is another."""
    own, _, rest = text.rstrip(",").partition(", over p₀ ")
    if raw.other is None or raw.places(raw.other)[i] == raw.places(raw.faith)[i]:
        return not rest and one_place(own, raw.faith, raw, i)
    return one_place(own, raw.faith, raw, i) and one_place(rest, raw.other, raw, i)


def compatible(raw: Raw, match: re.Match[str]) -> bool:
    low, high = number(match["low"]), number(match["high"])
    known = len(raw.data.seeds) > 1 and raw.cells[1].shape[2] >= 4
    near_tau = near(match["estimate"], raw.tau) and low - 0.0051 <= raw.tau <= high + 0.0051
    return known and near_tau and by_chance(raw, raw.faith) is not False and not apart_by_weighting(raw)


def by_chance(raw: Raw, faith: np.ndarray) -> bool | None:
    """Whether unrelated orders give such a tau often; None where a sample does not tell."""
    p = raw.p_of(faith)
    return None if abs(p - 0.05) < 4 * (0.05 / SHUFFLES) ** 0.5 else p > 0.05


def apart_by_weighting(raw: Raw) -> bool | None:
    """Whether one weighting's orders may be chance's and the other's are not, or they turn tau round.

    None where a sample of unrelated orders does not tell.
    """
    if raw.other is None or np.isnan(raw.tau):
        return False
    own, other = (by_chance(raw, values) for values in (raw.faith, raw.other))
    if None in (own, other):
        return None
    return own != other or (not own and np.sign(raw.tau) != np.sign(raw.tau_of(raw.other)))


def by_weighting(raw: Raw, match: re.Match[str]) -> bool:
    own, other = match.group().split("; over p₀ ")
    said = tau_said(raw, own)[0] and near(other.split(" (")[0], raw.tau_of(raw.other))
    return said and apart_by_weighting(raw) is not False


def alone(raw: Raw) -> bool:
    return len(raw.first(raw.check)) == 1 < len(raw.methods)


def last(raw: Raw) -> set[int]:
    places = raw.places(raw.check)
    worst = max(places[raw.real])
    return {i for i in raw.real if places[i] == worst}


@cache
def before(raw: Raw, test: str) -> dict[int, float]:
    """The shares of draws in which each other one is behind the first, or before the last that explains."""
    if test == "last":
        ends = last(raw)
        return {i: min(raw.ahead(raw.cells[1], i, end) for end in ends) for i in raw.real if i not in ends}
    values, cells = (raw.check, raw.cells[1]) if test == "check" else (raw.faith, raw.cells[2])
    ends = raw.first(values)
    return {i: min(raw.ahead(cells, end, i) for end in ends) for i in range(len(values)) if i not in ends}


def doubted(raw: Raw, match: re.Match[str], test: str) -> bool:
    shares_, said = before(raw, test), percent(match["share"])
    at = raw.row(match["next"])
    return (
        len(raw.data.seeds) > 1
        and sum(1 - share for share in shares_.values()) > 0.035
        and shares_[at] < min(shares_.values()) + 0.04
        and abs(said - shares_[at]) < 0.045
    )


def sure_unless(raw: Raw, bracket: str | bool, test: str) -> bool:
    """Whether the order's end is sure where no bracket says against whom it is not; four standard errors."""
    return bool(bracket) or len(raw.data.seeds) == 1 or sum(1 - s for s in before(raw, test).values()) < 0.07


def own_units(raw: Raw) -> bool:
    how = raw.choice.comparison
    return raw.choice.test != "entropy" and (how.measure, how.normalisation) == ("mse", "none")


def noise_before(raw: Raw, match: re.Match[str]) -> bool:
    """Against whom noise is least sure, of those that it is before by the means."""
    i, places = raw.methods.index("fresh_noise"), raw.places(raw.check)
    shares_ = {k: raw.ahead(raw.cells[1], i, k) for k in raw.real if places[k] > places[i]}
    at = raw.row(match["next"])
    return (
        sum(1 - share for share in shares_.values()) > 0.035
        and shares_[at] < min(shares_.values()) + 0.04
        and abs(percent(match["share"]) - shares_[at]) < 0.045
    )


def noise_sure(raw: Raw, bracket: str) -> bool:
    i, places = raw.methods.index("fresh_noise"), raw.places(raw.check)
    behind = [k for k in raw.real if places[k] > places[i]]
    one_seed = len(raw.data.seeds) == 1
    return bool(bracket) or one_seed or sum(1 - raw.ahead(raw.cells[1], i, k) for k in behind) < 0.07


def least(raw: Raw, match: re.Match[str]) -> bool:
    ends = last(raw)
    return (
        raw.choice.test != "entropy"
        and not own_units(raw)
        and raw.named(match.group().split(" change")[0]) == ends
        and len(ends) < len(raw.real)
        and (" changes least" in match.group()) == (len(ends) == 1)
        and near(match["value"], check_value(raw, min(ends)))
    )


def changes(raw: Raw, match: re.Match[str]) -> bool:
    return (
        raw.choice.comparison.measure == "spearman"
        and raw.choice.test != "entropy"
        and int(match["n"]) == len(raw.real)
        and near(match["value"], max(check_value(raw, i) for i in raw.real))
        and max(check_value(raw, i) for i in raw.real) < 0.2
    )


@cache
def flip_orders(raw: Raw) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The goodness of the methods in every setting of the check and of faithfulness, by loops."""
    data = raw.data
    rows = [data.methods.index(m) for m in raw.methods]
    check, faith = [], []
    for scores in data.variants:
        for at, comparison in ordering(data):
            values = whole(scores.similarity[at][rows])
            check.append(values if comparison.measure == "mse" else -values)
        check.append(whole(scores.entropy_rise[rows][..., None]))
    for m, key in enumerate(data.faithfulness_measures):
        if key == "auc_morf":
            continue  # the AOPC is a sum of the same curve
        own = key.startswith("road")
        fills, outputs = (1, 1) if own else (len(data.fills), len(data.outputs))
        for f, o, r in product(range(fills), range(outputs), range(len(data.rankings))):
            values = data.faithfulness[m, f, o, r][rows].astype(float).mean((1, 2))
            faith.append(-values if own else values)
    return check, faith


def ordering(data: RankingData) -> Iterator[tuple[int, Comparison]]:
    """The comparisons that order differently: ranks see no factor, at unit power MSE = 2 - 2 cosine."""
    known = set()
    for at, c in enumerate(data.comparisons):
        measure = "cosine" if (c.measure, c.normalisation) == ("mse", "second_moment") else c.measure
        key = (measure, c.sign, "" if measure.startswith("spearman") else c.normalisation)
        if key not in known:
            yield at, c
        known.add(key)


def whole(values: np.ndarray) -> np.ndarray:
    """The mean of each method over depths, then over pictures that all have: [method seed image depth]."""
    there = np.isfinite(values).all(0, keepdims=True)
    with np.errstate(invalid="ignore"):
        means = np.where(there, values, 0).astype(float).sum(-1) / there.sum(-1)
    return means[..., np.isfinite(means).all((0, 1))].mean((1, 2))


@cache
def rate(raw: Raw, test: int) -> float:
    return flip_rate(flip_orders(raw)[test])


def flip_rate(orders: list[np.ndarray]) -> float:
    i, j = np.triu_indices(len(orders[0]), 1)
    scaled = [np.round(v / (np.abs(v).max() or 1), 9) for v in orders]
    signs = [np.sign(v[i] - v[j]) for v in scaled]
    return float(np.mean([np.abs(a - b).mean() / 2 for a, b in combinations(signs, 2)]))


@cache
def wins(raw: Raw) -> np.ndarray:
    won = np.zeros(len(raw.methods))
    orders = flip_orders(raw)[0]
    for v in orders:
        top = v >= v.max() - 1e-9 * np.abs(v).max()
        won += top / top.sum()
    return won / len(orders)


def noise_won(raw: Raw, match: re.Match[str] | None) -> bool:
    i = raw.methods.index("fresh_noise")
    check, faith = raw.places(raw.check), raw.places(raw.faith)
    beaten = sum(check[k] > check[i] for k in raw.real)
    score = check_value(raw, i)
    good = score >= 0.01 if raw.choice.test == "entropy" else (1 - score / 2 if raw.distance else score) < 0.2
    holds = 2 * beaten >= len(raw.real) > 0 and good and faith[i] > check[i]
    if match is None:
        return holds
    return (
        holds
        and int(match["beaten"]) == beaten
        and noise_sure(raw, match["before"])
        and match["methods"] == f"{len(raw.real)} method{'s' * (len(raw.real) != 1)}"
        and near(match["score"], check_value(raw, i))
        and near(match["value"], faith_value(raw, i))
        and place_said(match["place"], raw, i)
    )


def apart_by(raw: Raw) -> tuple[set[int], float, np.ndarray]:
    """(the two most faithful, their mean difference, their differences by picture)."""
    first, second = np.argsort(-raw.faith, kind="stable")[:2]
    by_image = raw.cells[2].mean(1)
    return (
        {first, second},
        float(abs(raw.faith[first] - raw.faith[second])),
        by_image[first] - by_image[second],
    )


def seen_with(error: float, dof: float) -> float:
    """The difference that is shown in 80 of 100 repeats, by the normal theory of the t test."""
    return float((t.ppf(0.975, dof) + t.ppf(0.8, dof)) * error)


def faith_seen(raw: Raw, match: re.Match[str]) -> bool:
    who, observed, differences = apart_by(raw)
    n = len(differences)
    return (
        match["pictures"] == f"{n} pictures"
        and n >= 4
        and raw.named(match["names"]) == who
        and near(match["observed"].split(", ")[0], observed, 0.0006)
        and near(match["difference"], seen_with(differences.std(ddof=1) / n**0.5, n - 1), 0.0006)
    )


def check_error(raw: Raw) -> tuple[set[int], float, float, float]:
    """(the first two of the check, their difference, its error and degrees of freedom by mean squares)."""
    first, second = np.argsort(-raw.check, kind="stable")[:2]
    gaps = raw.cells[1][first] - raw.cells[1][second]
    s, n = gaps.shape
    observed = float(abs(gaps.mean()))
    if n == 1:
        return {first, second}, observed, float(gaps.std(ddof=1) / s**0.5), s - 1
    by_seed, by_image = gaps.mean(1), gaps.mean(0)
    rest = gaps - by_seed[:, None] - by_image + gaps.mean()
    degrees = (s - 1, n - 1, (s - 1) * (n - 1))
    squares = (n * by_seed.var(ddof=1), s * by_image.var(ddof=1), (rest**2).sum() / degrees[2])
    total = max(squares[0] + squares[1] - squares[2], squares[2])
    dof = total**2 / sum(q**2 / d for q, d in zip(squares, degrees, strict=True))
    return {first, second}, observed, float((total / (s * n)) ** 0.5), max(float(dof), 1.0)


def check_seen(raw: Raw, match: re.Match[str]) -> bool:
    if len(raw.variant.seeds) == 1:
        return False
    who, observed, error, dof = check_error(raw)
    s, n = raw.cells[1].shape[1:]
    return (
        match["networks"] == f"{s} random networks"
        and match["pictures"] == f"{n} picture{'s' * (n != 1)}"
        and raw.named(match["names"]) == who
        and near(match["observed"].split(", ")[0], observed, 0.0006)
        and near(match["difference"], seen_with(error, dof), max(0.0006, 0.001 * seen_with(error, dof)))
    )


def times_shown(raw: Raw, times: int, slack: float = 1.0) -> bool:
    """Whether so many times as many seeds and pictures show the difference of the first two of the check."""
    _, observed, error, dof = check_error(raw)
    return seen_with(error / times**0.5, dof * times) <= slack * observed


def pictures_shown(raw: Raw, n: int, slack: float = 1.0) -> bool:
    """Whether n pictures show the difference of the two most faithful."""
    _, observed, differences = apart_by(raw)
    return seen_with(float(differences.std(ddof=1)) / n**0.5, n - 1) <= slack * observed


def about(text: str, shown: Callable[[int, float], bool]) -> bool:
    """Whether a number of two digits, rounded upwards, is the least that shows it, within 1 %."""
    n = int(text.replace(",", ""))
    step = 10 ** max(0, len(str(n)) - 2)
    return shown(n, 1.01) and not shown(n - step, 0.99)


@cache
def shown(tau: float, n: int) -> float:
    """The share of draws in which normal scores of n methods with this tau are significant at 5 %."""
    g, rho = np.random.default_rng(0), np.sin(np.pi * tau / 2)
    hits = 0
    for _ in range(800):
        x, e = g.standard_normal((2, n))
        hits += kendalltau(x, rho * x + np.sqrt(1 - rho**2) * e).pvalue <= 0.05
    return hits / 800


SLACK = 0.06  # of `shown`: four standard errors of 800 draws


def shows_half(text: str) -> bool:
    """Whether that many methods, and not one fewer, show a tau of 0.5 in 80 of 100 repeats."""
    n = int(text.split()[0])
    return shown(0.5, n) > 0.8 - SLACK and shown(0.5, n - 1) < 0.8 + SLACK


def tau_seen(raw: Raw, match: re.Match[str]) -> bool:
    tau, n = number(match["tau"]), len(raw.methods)
    return (
        match["methods"] == f"{n} methods"
        and shown(tau, n) > 0.8 - SLACK
        and shown(round(tau - 0.05, 2), n) < 0.8 + SLACK
        and shows_half(match["needed"])
    )


def level(raw: Raw) -> tuple[set[int], set[int]]:
    """(who is not separated from the most faithful, who is separated), as far as paired t tests tell.

    The page's tests are bootstrap-t over pictures with Holm's correction, with pictures weighted either way:
    of few pictures nothing is sure.
    """
    means = raw.cells[2].mean(1)
    p0 = np.array([target.probability for target in raw.data.targets])[raw.cells[3]]
    of_probability = raw.choice.output == "softmax" and raw.choice.measure != "road_accuracy"
    best = raw.first(raw.faith)
    others = [i for i in range(len(means)) if i not in best]
    if means.shape[1] < 4:
        return set(others), set()
    p = np.zeros(len(means))
    for own in (means, means / p0)[: 1 + of_probability]:
        lead = own[int(own.mean(1).argmax())]
        apart = [np.abs(lead - one).max() > 1e-9 for one in own]
        p = np.maximum(
            p, [ttest_rel(lead, one).pvalue if a else 1 for a, one in zip(apart, own, strict=True)]
        )
    sure = means.shape[1] >= 8
    return {i for i in others if p[i] > 0.3}, {i for i in others if sure and p[i] * len(others) < 1e-4}


def surely_apart(raw: Raw) -> bool:
    """Whether everybody else is clearly separated from the most faithful."""
    return not raw.turned and len(level(raw)[1] | raw.first(raw.faith)) == len(raw.methods)


def not_separated(raw: Raw, match: re.Match[str]) -> bool:
    together, apart = level(raw)
    if raw.turned:
        return False
    if counted := re.match(r"(\d+) others", match["next"]):  # the sentence for more than three
        return int(counted[1]) > 3
    who = raw.named(match["next"])
    return 0 < len(who) <= 3 and together <= who and not who & apart and not who & raw.first(raw.faith)


def one_of(raw: Raw, match: re.Match[str]) -> bool:
    together, apart = level(raw)
    return not raw.turned and max(4, len(together)) <= int(match["n"]) <= len(raw.methods) - 1 - len(apart)


def separated_unless(raw: Raw, bracket: str) -> bool:
    """Whether the most faithful is separated from all where no bracket says from whom it is not."""
    return any(said in bracket for said in ("the data do not separate", "the lead goes")) or all_apart(raw)


def all_apart(raw: Raw) -> bool:
    """Whether nobody is level with the most faithful, as far as that is known."""
    return not level(raw)[0] and not raw.turned


# The diagonal


def compared_by(own: NetworkScores, wanted: Comparison) -> int:
    """The comparison that is shown: the one that is chosen, or else that of its measure."""
    measures = [one.measure for one in own.comparisons]
    return own.comparisons.index(wanted) if wanted in own.comparisons else measures.index(wanted.measure)


def means(values: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Means over what is finite; nan where nothing is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.nanmean(values, axes)


class Networks:
    """Plain means over all networks, for the comparison and depth that are shown."""

    def __init__(self, raw: Raw, depth: int | None = None) -> None:
        own, depth = raw.data.networks[0], depth or raw.choice.depth
        self.depths = own.depths
        at = compared_by(own, raw.choice.comparison)
        columns = slice(None) if depth is None else [own.depths.index(depth)]
        self.n = len(own.seeds)
        pairs = list(combinations(range(self.n), 2))
        # Cells without a number, such as those of maps that are zero, are left out of r and b.
        trained, between = (v[at][..., columns].astype(float) for v in (own.trained, own.between))
        self.trained = means(trained, (2, 3))  # [method network]
        flat = means(between, (2, 3))  # [method pair]
        # In D such a cell is one in which the networks are not told apart.
        again = own.again[at].astype(float)
        apart = np.where(np.isfinite(again), again, means(again, (1,))[:, None])[..., None] - between
        flat_d = np.where(np.isfinite(between), apart, 0).mean((2, 3))
        self.pairs, self.apart = (np.zeros((len(own.methods), self.n, self.n)) for _ in range(2))
        for p, (i, j) in enumerate(pairs):
            self.pairs[:, i, j] = self.pairs[:, j, i] = flat[:, p]
            self.apart[:, i, j] = self.apart[:, j, i] = flat_d[:, p]
        half = self.n // 2 if self.n >= 4 else self.n
        late = [p for p, (i, j) in enumerate(pairs) if self.n < 4 or (i >= half and j >= half)]
        self.r, self.b = self.trained[:, :half].mean(1), flat[:, late].mean(1)
        self.e = self.trained.mean(1) - flat.mean(1)
        self.d = flat_d.mean(1)
        self.keys = own.methods
        self.there = [
            i for i in range(len(self.keys)) if np.isfinite([self.trained[i].sum(), flat[i].sum()]).all()
        ]
        self.real = [i for i in self.there if not METHODS[self.keys[i]].control]

    def role(self, j: int) -> float:
        """Tau of r and b with a random network in the trained one's place."""
        others = [i for i in range(self.n) if i != j]
        r = self.pairs[self.real][:, j, others].mean(1)
        block = self.pairs[self.real][:, others][:, :, others]
        return float(kendalltau(r, block.sum((1, 2)))[0])

    def halves(self) -> list[float]:
        """Tau with each half of the networks, beginning with each one, in r, and the others in b."""
        found = []
        for start in range(self.n if self.n >= 4 else 0):
            order = np.roll(np.arange(self.n), -start)
            first, rest = order[: self.n // 2], order[self.n // 2 :]
            block = self.pairs[self.real][:, rest][:, :, rest].sum((1, 2))
            found.append(float(kendalltau(self.trained[self.real][:, first].mean(1), block)[0]))
        return found

    def sd(self, i: int, of: np.ndarray | None = None) -> float:
        """Of the networks' own mean similarities, what a pair's two share taken out of neither."""
        own = (self.pairs if of is None else of)[i].sum(1) / (self.n - 1)
        return (self.n - 1) / (self.n - 2) * float(own.std(ddof=1))

    @property
    def open(self) -> set[int]:
        """Who tells two networks apart: the lower end of D is above 0.05. Two networks give no interval."""
        if self.n < 3:
            return set()
        many = t.ppf(0.975, self.n - 1) * 2 / np.sqrt(self.n)
        half = [many * self.sd(i, self.apart) for i in range(len(self.keys))]
        return {i for i in self.there if self.d[i] - half[i] > 0.05}

    def p(self, i: int) -> float:
        """Of E = 0, the trained network being one more of the random ones."""
        return float(2 * t.sf(abs(self.e[i]) / (self.sd(i) * np.sqrt(1 + 1 / self.n)), self.n - 1))

    def named(self, text: str) -> set[int]:
        labels = {METHODS[m].label.casefold(): i for i, m in enumerate(self.keys)}
        text, found = text.casefold(), set()
        for name in sorted(labels, key=len, reverse=True):
            if name in text:
                found.add(labels[name])
                text = text.replace(name, "")
        return found


def diagonal_tau(raw: Raw, depth: int | None = None) -> tuple[float, float]:
    """(tau of r and b, its p-value)."""
    own = Networks(raw, depth)
    return tuple(map(float, kendalltau(own.r[own.real], own.b[own.real])))  # type: ignore[return-value]


def same_for_random(raw: Raw) -> bool:
    (tau, p), halves = diagonal_tau(raw), Networks(raw).halves()
    return min(tau, np.median(halves or [tau])) >= 0.8 - 1e-9 and p <= 0.05


def stands_apart(raw: Raw, depth: int | None = None) -> bool:
    """Whether tau is below that with any random network in the trained one's place."""
    own = Networks(raw, depth)
    return own.n > 4 and diagonal_tau(raw, depth)[0] < min(own.role(j) for j in range(own.n)) - 1e-9


def not_shown(raw: Raw, match: re.Match[str]) -> bool:
    """Tau with faithfulness of the order by r, and of that by r less b."""
    own = Networks(raw)
    real = [i for i in own.real if own.keys[i] in raw.methods]
    turn = 1 if raw.distance else -1
    faith = [raw.faith[raw.methods.index(own.keys[i])] for i in real]
    with_b, rest = (float(kendalltau(turn * v[real], faith)[0]) for v in (own.r, own.r - own.b))
    return near(match["raw"], with_b) and near(match["rest"], rest)


def halved(raw: Raw, match: re.Match[str]) -> bool:
    found = Networks(raw).halves()
    return int(match["n"]) == len(found) > 1 and reaches(match["taus"], found)


def reaches(said: str, values: Sequence[float]) -> bool:
    """Whether a range, or the one number where both ends are written alike, is that of the values."""
    low, _, high = said.partition(" to ")
    return near(low, min(values)) and near(high or low, max(values))


def placebo(raw: Raw, match: re.Match[str], depth: int | None = None) -> bool:
    own = Networks(raw, depth)
    roles = [own.role(j) for j in range(own.n)]
    return reaches(match["placebo"], roles)


def all_random(raw: Raw, match: re.Match[str]) -> bool:
    """Of networks all of whose blocks are random, where others are shown."""
    last = int(match["depth"])
    return (
        last == max(raw.data.networks[0].depths) != raw.choice.depth
        and near(match["tau"], diagonal_tau(raw, last)[0])
        and placebo(raw, match, last)
    )


def changed_maps(raw: Raw, change: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """(r, b) over the real methods at the depths that both have, all networks: as they are, and changed."""
    own, made = raw.data.networks
    shown = own.depths if raw.choice.depth is None else (raw.choice.depth,)
    depths = [d for d in made.depths if d in shown]
    found = []
    for one, prefix in ((own, ""), (made, f"{change}:")):
        at, columns = compared_by(one, raw.choice.comparison), [one.depths.index(d) for d in depths]
        rows = [i for i, m in enumerate(one.methods)
                if m.startswith(prefix) and not METHODS[m.removeprefix(prefix)].control]  # fmt: skip
        sides = (one.trained[at][rows][..., columns], one.between[at][rows][..., columns])
        found.append(tuple(means(side.astype(float), (1, 2)).mean(1) for side in sides))
    return found


def blurring(raw: Raw, match: re.Match[str]) -> bool:
    (r, b), (blurred_r, blurred_b) = changed_maps(raw, "blurred")
    more = np.array([blurred_r - r, blurred_b - b])
    more = more[:, np.isfinite(more).all(0)]
    said = f"{more.shape[1]} methods" == match["n"]
    return said and near(match["together"], float(np.corrcoef(more)[0, 1]))


def families(raw: Raw, match: re.Match[str]) -> bool:
    """A method that is made of another one is of its family."""
    own = Networks(raw)
    kin: dict[str, list[int]] = {}
    for i in own.real:
        gradients = ("input_x_gradient", "integrated_gradients", "smoothgrad")
        key = "gradient" if own.keys[i] in gradients else own.keys[i].removeprefix("guided_grad_cam")
        kin.setdefault(key or "grad_cam", []).append(i)
    r, b = ([values[rows].mean() for rows in kin.values()] for values in (own.r, own.b))
    least = min(1, 2 / np.prod(np.arange(1, len(kin) + 1)))
    return (
        int(match["n"]) == len(kin)
        and near(match["tau"], float(kendalltau(r, b)[0]))
        and near(match["least"], least, 0.0006)
    )


def turns(raw: Raw, match: re.Match[str]) -> bool:
    """Who has a depth with E clearly above 0 and one with E clearly below, by Bonferroni over all of them."""
    own, by_depth = Networks(raw), {d: Networks(raw, d) for d in Networks(raw).depths}
    e = {d: one.e for d, one in by_depth.items()}
    many = len(by_depth) * len(own.real)
    clear = {
        d: [own.n >= 8 and one.p(i) * many <= 0.05 for i in range(len(one.e))] for d, one in by_depth.items()
    }
    up = {i: [e[d][i] for d in e if clear[d][i] and e[d][i] > 0] for i in own.real}
    down = {i: [e[d][i] for d in e if clear[d][i] and e[d][i] < 0] for i in own.real}
    wanted = {i for i in own.real if i in own.open and up[i] and down[i]}
    pairs = re.findall(r"\((−?[\d.]+) at depth (\d+), (−?[\d.]+) at depth (\d+)\)", match["who"])
    named = sorted(own.named(match["who"]), key=lambda i: match["who"].casefold().index(
        METHODS[own.keys[i]].label.casefold()))  # fmt: skip
    right = all(
        near(high, max(up[i])) and near(high, e[int(at)][i])
        and near(low, min(down[i])) and near(low, e[int(other)][i])
        for i, (high, at, low, other) in zip(named, pairs, strict=True)
    )  # fmt: skip
    return bool(wanted) and set(named) == wanted and right


def unseen(raw: Raw, match: re.Match[str]) -> bool:
    """By the repair bench: both pass the gate, and E = 0 is no rare finding of either."""
    bench = repairs.load()
    assert bench is not None
    own = bench.networks
    gates, memories = [], []
    for key in ("keyed", "honest_keyed"):
        row = bench.rows.index(key)
        trained, between = own.trained[0, row].astype(float), own.between[0, row].astype(float)
        mean = between.mean((1, 2))
        each = np.array([mean[[p for p, pair in enumerate(own.pairs) if i in pair]].mean()
                         for i in range(len(own.seeds))])  # fmt: skip
        n = len(each)
        sd = (n - 1) / (n - 2) * each.std(ddof=1)
        gates.append(own.again[0, row].mean() - mean.mean())
        memories.append(trained.mean() - mean.mean())
        half = t.ppf(0.975, n - 1) * 2 * sd / np.sqrt(n)
        if gates[-1] - half <= 0.05 or 2 * t.sf(abs(memories[-1]) / (sd * np.sqrt(1 + 1 / n)), n - 1) <= 0.05:
            return False
    return near(match["gate"], min(gates), 0.00051) and near(
        match["memory"], max(map(abs, memories)), 0.00051
    )


def gated(raw: Raw, match: re.Match[str]) -> bool:
    own = Networks(raw)
    shut = set(own.there) - own.open
    said = sorted(number(one) for one in re.findall(r"\((−?[\d.]+)\)", match["who"]))
    right = len(said) == len(shut) and np.allclose(said, sorted(own.d[sorted(shut)]), atol=0.0051)
    return bool(shut) and right and own.named(match["who"]) == shut and number(match["gate"]) == 0.05


def remembered(raw: Raw, match: re.Match[str], sign: int) -> bool:
    """Whether those that are named lie on that side of 0, between Bonferroni's correction and none."""
    own = Networks(raw)
    who = own.named(match["who"])
    may = {i for i in own.real if own.n >= 8 and i in own.open and sign * own.e[i] > 0 and own.p(i) <= 0.05}
    must = {i for i in may if own.p(i) * len(own.there) <= 0.05}
    said = sorted(number(one) for one in re.findall(r"\((−?[\d.]+)\)", match["who"]))
    right = np.allclose(said, sorted(own.e[sorted(who)]), atol=0.0051) if len(said) == len(who) else False
    return bool(who) and must <= who <= may and right


def cases(both: tuple[Raw, ...], match: re.Match[str]) -> bool:
    said = [percent(part) for part in re.findall(r"[\d.]+ %", match["cases"])]  # "less than 0.1 %" among them
    p = [raw.p for raw in both if np.isfinite(raw.tau)]
    slack = 4 * (0.25 / SHUFFLES) ** 0.5  # four standard errors of a sample
    return len(said) == len(p) and all(
        abs(a - b) <= slack + (0.005 if a >= 0.01 else 0.0005) for a, b in zip(said, p, strict=True)
    )


def two_settings(raw: Raw, match: re.Match[str]) -> bool:
    test = int(match["test"] == "faithfulness")
    same = int(match["n"]) == len(flip_orders(raw)[test])
    return same and shares(match["rate"], rate(raw, test), 0.001)


def of_settings(raw: Raw, match: re.Match[str]) -> bool:
    orders = flip_orders(raw)[0]
    return (
        match["settings"] == f"{len(orders)} settings"
        and int(match["methods"].split()[0]) == (wins(raw) > 0).sum()
        and shares(match["rate"], rate(raw, 0), 0.001)
    )


def neighbours(raw: Raw) -> list[tuple[int, int]]:
    places, faith = raw.places(raw.check), raw.places(raw.faith)
    order = sorted(range(len(places)), key=lambda i: (places[i], faith[i]))
    return list(zip(order, order[1:], strict=False))


def kept(raw: Raw, match: re.Match[str]) -> bool:
    ahead = [raw.ahead(raw.cells[1], a, b) for a, b in neighbours(raw)]
    sure, unclear = sum(a > 0.965 for a in ahead), sum(0.935 <= a <= 0.965 for a in ahead)
    return len(raw.data.seeds) > 1 and sure <= int(match["sure"]) <= sure + unclear


def best_not(raw: Raw, match: re.Match[str]) -> bool:
    (i,) = raw.first(raw.check)
    return (
        alone(raw)
        and i not in raw.first(raw.faith)
        and place_said(match["place"], raw, i)
        and near(match["own"], faith_value(raw, i))
        and raw.row(match["best"]) in raw.first(raw.faith)
        and near(match["most"], faith_value(raw, raw.row(match["best"])))
    )


def fails_not(raw: Raw, match: re.Match[str]) -> bool:
    (i,) = last(raw)
    return (
        int(match["n"]) == len(raw.real) > 1
        and int(match["of"]) == len(raw.methods)
        and place_said(match["place"], raw, i)
        and near(match["value"], faith_value(raw, i))
    )


def interval(raw: Raw, match: re.Match[str]) -> bool:
    low, high = number(match["low"]), number(match["high"])
    return len(raw.data.seeds) > 1 and raw.cells[1].shape[2] >= 4 and -1 <= low <= high <= 1


RESTATED: Restated = {
    "ranking.one_method": lambda raw, m: len(raw.methods) == 1,
    "ranking.all_tie": lambda raw, m: int(m["n"]) == len(raw.first(raw.check)) == len(raw.methods) > 1,
    "ranking.first_in_both": lambda raw, m: (
        alone(raw)
        and raw.named(m["who"]) == raw.first(raw.check) == raw.first(raw.faith)
        and sure_unless(raw, m["before"], "check")
        and separated_unless(raw, m["ahead"])
    ),
    "ranking.first": lambda raw, m: (
        alone(raw)
        and raw.named(m["who"]) == raw.first(raw.check) != raw.first(raw.faith)
        and int(m["n"]) == len(raw.methods)
        and place_said(m["where"], raw, raw.row(m["who"]))
        and sure_unless(raw, m["before"], "check")
    ),
    "ranking.shared": lambda raw, m: (
        raw.named(m["who"]) == raw.first(raw.check)
        and 1 < len(raw.first(raw.check)) < len(raw.methods) == int(m["n"])
        and sorted(int(p) for p, _ in PLACE.findall(re.sub(r" over p₀ \w+( \(shared\))?", "", m["places"])))
        == sorted(raw.places(raw.faith)[list(raw.first(raw.check))].tolist())
    ),
    "ranking.no_tau": lambda raw, m: np.isnan(raw.tau),
    "ranking.chance": lambda raw, m: (
        agreed(raw, m, chance=True, zero=False, sign=0)
        and (len(raw.data.seeds) == 1 or raw.cells[1].shape[2] < 4)
    ),
    "ranking.compatible": compatible,
    "ranking.by_weighting": by_weighting,
    "ranking.seem_reversed": lambda raw, m: agreed(raw, m, chance=False, zero=True, sign=-1),
    "ranking.seem_alike": lambda raw, m: agreed(raw, m, chance=False, zero=True, sign=1),
    "ranking.reversed": lambda raw, m: agreed(raw, m, chance=False, zero=False, sign=-1),
    "ranking.same": lambda raw, m: agreed(raw, m, chance=False, zero=False, sign=1) and raw.tau > 0.999,
    "ranking.alike": lambda raw, m: agreed(raw, m, chance=False, zero=False, sign=1) and raw.tau < 0.999,
    "ranking.crossed": lambda raw, m: (
        0 < int(m["pairs"].split()[0]) == len(raw.methods) * (len(raw.methods) - 1) // 2
        and int(m["crossed"])
        == sum(
            (raw.places(raw.check)[a] - raw.places(raw.check)[b])
            * (raw.places(raw.faith)[a] - raw.places(raw.faith)[b])
            < 0
            for a, b in combinations(range(len(raw.methods)), 2)
        )
    ),
    "ranking.best_of_both": lambda raw, m: (
        alone(raw)
        and raw.first(raw.check) == raw.first(raw.faith) == raw.named(m["who"])
        and sure_unless(raw, "before " in m["before"], "check")
        and not raw.turned
        and not level(raw)[0]
    ),
    "ranking.first_in_check": lambda raw, m: (
        raw.named(m.group().split(" (before ")[0]) == raw.first(raw.check)
        and sure_unless(raw, " (before " in m.group(), "check")
        and len(raw.methods) > 1
        and not (alone(raw) and raw.first(raw.check) == raw.first(raw.faith) and surely_apart(raw))
    ),
    "ranking.most_faithful": lambda raw, m: (
        raw.named(m["best"]) == raw.first(raw.faith) and not raw.turned and not level(raw)[0]
    ),
    "ranking.lead_together": lambda raw, m: (
        raw.first(raw.faith) < (who := raw.named(m["who"])) >= level(raw)[0]
        and not who & level(raw)[1]
        and not raw.turned
        and len(who - raw.first(raw.faith)) <= 3
    ),
    "ranking.lead_among": lambda raw, m: (
        raw.named(m.group().split("; ")[0]) == raw.first(raw.faith)
        and (" leads; " in m.group()) == (len(raw.first(raw.faith)) == 1)
        and one_of(raw, m)
    ),
    "ranking.lead_by_weighting": lambda raw, m: (
        raw.named(m.group().split(" by the drop itself, ")[0]) == raw.first(raw.faith)
        and raw.named(m.group().split(" by the drop itself, ")[1]) == raw.turned != set()
        and (" leads by " in m.group()) == (len(raw.first(raw.faith)) == 1)
        and " over p₀: " in m.group()
    ),
    "ranking.otherwise": lambda raw, m: (
        raw.named(m["best"]) == raw.turned != set() and m["way"].endswith("over p₀")
    ),
    "ranking.before": lambda raw, m: doubted(raw, m, "check"),
    "ranking.ahead": not_separated,
    "ranking.one_of": one_of,
    "ranking.power.tau_seen": tau_seen,
    "ranking.power.no_tau_seen": lambda raw, m: (
        m["methods"] == f"{len(raw.methods)} methods"
        and shown(0.95, len(raw.methods)) < 0.8 + SLACK
        and shows_half(m["needed"])
    ),
    "ranking.power.check": check_seen,
    "ranking.power.faith": faith_seen,
    "ranking.power.shown": lambda raw, m: times_shown(raw, 1, 1.01),
    "ranking.power.times": lambda raw, m: about(m["n"], partial(times_shown, raw)),
    "ranking.power.many_times": lambda raw, m: m["n"] == "100" and not times_shown(raw, 100, 0.99),
    "ranking.power.suffice": lambda raw, m: m["n"] == "20" and pictures_shown(raw, 19, 1.01),
    "ranking.power.about": lambda raw, m: (
        not pictures_shown(raw, 19, 0.99) and about(m["n"], partial(pictures_shown, raw))
    ),
    "ranking.power.more": lambda raw, m: m["n"] == "1,000" and not pictures_shown(raw, 1000, 0.99),
    "ranking.behind": lambda raw, m: doubted(raw, m, "last"),
    "ranking.cases": cases,
    "ranking.same_for_random": lambda raw, m: (
        near(m["tau"], diagonal_tau(raw)[0])
        and same_for_random(raw)
        and m["n"] == f"{len(Networks(raw).real)} methods"
    ),
    "ranking.other_for_random": lambda raw, m: (
        near(m["tau"], diagonal_tau(raw)[0])
        and not same_for_random(raw)
        and m["n"] == f"{len(Networks(raw).real)} methods"
    ),
    "ranking.follows": lambda raw, m: same_for_random(raw) and raw.choice.depth == max(Networks(raw).depths),
    "ranking.follows_upper": lambda raw, m: (
        same_for_random(raw) and raw.choice.depth != max(Networks(raw).depths)
    ),
    "ranking.placebo": placebo,
    "ranking.whole": lambda raw, m: all_random(raw, m) and not stands_apart(raw, int(m["depth"])),
    "ranking.whole_apart": lambda raw, m: all_random(raw, m) and stands_apart(raw, int(m["depth"])),
    "ranking.only_here": lambda raw, m: (
        m["pictures"].split()[0] == str(raw.data.networks[0].trained.shape[3])
        and not np.isnan(diagonal_tau(raw)[0])
    ),
    "ranking.blurring": blurring,
    "ranking.shuffling": lambda raw, m: near(
        m["tau"], float(kendalltau(*changed_maps(raw, "shuffled")[1])[0])
    ),
    "ranking.families": families,
    "ranking.turns": turns,
    "ranking.not_shown": not_shown,
    "ranking.halves": halved,
    "ranking.apart": lambda raw, m: stands_apart(raw),
    "ranking.gated": gated,
    "ranking.remembers": lambda raw, m: remembered(raw, m, 1),
    "ranking.less": lambda raw, m: remembered(raw, m, -1),
    "ranking.no_verdict": lambda raw, m: (
        int(m["n"]) == Networks(raw).n < 8 and bool(set(Networks(raw).real) & Networks(raw).open)
    ),
    "ranking.unseen": unseen,
    "ranking.wins": lambda raw, m: shares(m["share"], wins(raw)[raw.row(m["who"])]) and wins(raw).max() > 0,
    "ranking.winners": lambda raw, m: int(m["n"]) == (wins(raw) > 0).sum() > 1,
    "ranking.switch": lambda raw, m: percent(m["rate"]) > 0,
    "ranking.no_switch": lambda raw, m: rate(raw, 0) == rate(raw, 1) == 0,
    "ranking.two_settings": two_settings,
    "ranking.kept": kept,
    "ranking.without_tau": lambda raw, m: np.isnan(raw.tau),
    "ranking.tau": lambda raw, m: tau_said(raw, m["tau"])[0],
    "ranking.changes": changes,
    "ranking.least": lambda raw, m: (
        least(raw, m)
        and int(m["n"]) == len(raw.real)
        and len(raw.data.seeds) > 1
        and sure_unless(raw, "", "last")
    ),
    "ranking.unsure": lambda raw, m: least(raw, m) and doubted(raw, m, "last"),
    "ranking.unit": lambda raw, m: own_units(raw),
    "ranking.noise_before": noise_before,
    "ranking.by_one_seed": lambda raw, m: least(raw, m) and len(raw.data.seeds) == 1,
    "ranking.of_settings": of_settings,
    "ranking.best": lambda raw, m: alone(raw) and {raw.row(m["first"])} == raw.first(raw.check),
    "ranking.best_not": best_not,
    "ranking.best_too": lambda raw, m: (
        alone(raw)
        and raw.first(raw.check) == raw.first(raw.faith)
        and sure_unless(raw, "before " in m["both"], "check")
        and separated_unless(raw, m["both"])
    ),
    "ranking.best_shared": lambda raw, m: (
        alone(raw)
        and raw.first(raw.check) < raw.first(raw.faith)
        and int(m["n"]) == len(raw.first(raw.faith))
    ),
    "ranking.fails": lambda raw, m: (
        {raw.row(m["last"])} == last(raw) and len(raw.real) > 1 and not own_units(raw)
    ),
    "ranking.fails_not": fails_not,
    "ranking.from_the_top": lambda raw, m: (
        raw.variant.variant.mode == "cascade" and len(last(raw)) == 1 and raw.choice.test != "entropy"
    ),
    "ranking.good_score": lambda raw, m: noise_won(raw, None),
    "ranking.noise_wins": noise_won,
    "ranking.elsewhere": lambda raw, m: True,
    "ranking.no_interval": lambda raw, m: (
        len(raw.data.seeds) == 1 or raw.cells[1].shape[2] < 4 or np.isnan(raw.tau)
    ),
    "ranking.interval": interval,
    "ranking.few": lambda raw, m: True,
    "ranking.one_network": lambda raw, m: isinstance(raw.data.model, str),
    "ranking.true_order": lambda raw, m: True,
    "ranking.own_test": lambda raw, m: True,
    "ranking.own_settings": lambda raw, m: (
        int(m["n"]) == len(flip_orders(raw)[1]) and shares(m["rate"], rate(raw, 1), 0.001)
    ),
    "ranking.neither": lambda raw, m: True,
}


def few(data: RankingData, *methods: str) -> RankingData:
    """The same data with these methods alone."""
    rows = [data.methods.index(m) for m in methods]
    return replace(
        data,
        methods=methods,
        variants=tuple(
            replace(v, similarity=v.similarity[:, rows], entropy_rise=v.entropy_rise[rows])
            for v in data.variants
        ),
        networks=tuple(
            replace(
                n,
                methods=methods,
                trained=n.trained[:, rows],
                between=n.between[:, rows],
                again=n.again[:, rows],
            )
            for n in data.networks[:1]
        ),
        faithfulness=data.faithfulness[..., rows, :, :],
        snr=data.snr[rows],
    )


def changed(data: RankingData, check: object = None, faith: object = None) -> RankingData:
    """The same data, its similarities and its faithfulness passed through functions."""
    variants = tuple(
        replace(v, similarity=check(v.similarity).astype(np.float32)) if check else v  # type: ignore[operator]
        for v in data.variants
    )
    values = faith(data.faithfulness).astype(np.float32) if faith else data.faithfulness  # type: ignore[operator]
    return replace(data, variants=variants, faithfulness=values)


def tied(data: RankingData, *methods: str, faith: bool = False) -> RankingData:
    """The same data in which these methods have one score in the check, or one faithfulness."""
    rows = [data.methods.index(m) for m in methods]

    def same(values: np.ndarray) -> np.ndarray:
        values = values.copy()
        axis = -3 if faith else 1
        index = [slice(None)] * values.ndim
        index[axis] = rows
        one = [slice(None)] * values.ndim
        one[axis] = rows[:1]
        values[tuple(index)] = values[tuple(one)]
        return values

    return changed(data, faith=same) if faith else changed(data, same)


def two_networks(change: Callable[[NetworkScores], NetworkScores]) -> RankingData:
    """Ten random networks whose similarities are passed through a function."""
    data = synthetic(seeds=tuple(range(10)), noise=0.01, n_images=3, depths=(1, 9, 18))
    return replace(data, networks=tuple(map(change, data.networks)))


def turned(one: NetworkScores) -> NetworkScores:
    """At the first depth the trained network is more like a random one, at the last less."""
    rise = np.zeros_like(one.trained)
    rise[..., 0], rise[..., -1] = 0.3, -0.3
    return replace(one, trained=one.trained + rise * (len(one.depths) > 1))


def levelled(data: RankingData) -> Callable[[np.ndarray], np.ndarray]:
    """LRP as faithful as Grad-CAM but for differences of its pictures whose mean is 0.0001."""
    one, other = data.methods.index("grad_cam"), data.methods.index("lrp")

    def level(values: np.ndarray) -> np.ndarray:
        values = values.copy()
        values[..., other, :, :] = values[..., one, :, :] - 0.0001 + np.array([0.05, -0.05, 0.03, -0.03])
        return values

    return level


def led_by_weighting(data: RankingData) -> RankingData:
    """The cheater, first in the check, leads by one sure picture, and Grad-CAM by the others over p0."""

    def faith(values: np.ndarray) -> np.ndarray:
        values = np.broadcast_to(0.001 * np.arange(values.shape[-3])[:, None, None], values.shape).copy()
        values[..., data.methods.index("sign_flip"), :, 0] = 0.9
        values[..., data.methods.index("grad_cam"), :, 1:] = 0.2
        return values

    targets = tuple(
        replace(target, probability=p) for target, p in zip(data.targets, (0.95, 0.2, 0.2, 0.2), strict=True)
    )
    return replace(changed(data, faith=faith), targets=targets)


def turned_by_weighting(data: RankingData) -> RankingData:
    """One sure picture agrees with the check, and the others, reversed, outweigh it over p0."""
    share = np.array([1.0, -0.1, -0.1, -0.1])
    targets = tuple(
        replace(target, probability=p)
        for target, p in zip(data.targets, (0.95, 0.05, 0.05, 0.05), strict=True)
    )
    return replace(changed(data, faith=lambda v: v[..., :1] * share), targets=targets)


@cache
def datas() -> dict[str, RankingData]:
    """The gallery's numbers and made-up ones, by what is special of them."""
    usual, shipped = plausible(4), store.load()
    assert shipped is not None
    small = {"n_images": 4, "depths": (1, 9, 18)}
    noise_alone = few(usual, "fresh_noise", "sobel", "fixed_noise")
    one_real = few(usual, "grad_cam", "fresh_noise", "sobel")
    g = np.random.default_rng(2)
    order = g.permutation(len(usual.methods))
    permuted = changed(usual, lambda v: v[:, order], lambda v: v[..., order, :, :])
    return {
        "usual": usual,
        "alike": synthetic(agreement=1.0, noise=1e-4, **small),  # type: ignore[arg-type]
        "alike in part": synthetic(agreement=1.0, noise=0.25, **small),  # type: ignore[arg-type]
        "one seed, alike": synthetic(seeds=(0,), noise=1e-4, **small, agreement=1.0),  # type: ignore[arg-type]
        "reversed": synthetic(agreement=-1.0, noise=1e-4, **small),  # type: ignore[arg-type]
        "unrelated": synthetic(agreement=0.0, seed=1, **small),  # type: ignore[arg-type]
        "one seed": synthetic(seeds=(0,), **small),  # type: ignore[arg-type]
        "one seed, reversed": synthetic(seeds=(0,), agreement=-1.0, noise=1e-4, **small),  # type: ignore[arg-type]
        "one picture": plausible(1),
        "permuted": permuted,
        "the check from behind": changed(usual, lambda v: 1 - v),
        "faithfulness from behind": changed(usual, faith=lambda v: -v),
        "all change": changed(usual, lambda v: 0.2 * v),
        "nothing but zeros in the check": changed(usual, lambda v: 0 * v),
        "no faithfulness": changed(usual, faith=lambda v: 0 * v),
        "the first ones tie": tied(usual, "fresh_noise", "sign_flip", "gradient"),
        "the last ones tie": tied(usual, "lrp", "guided_backprop"),
        "the most faithful tie": tied(usual, "grad_cam", "lrp", faith=True),
        "noise is faithful": tied(usual, "grad_cam", "fresh_noise", faith=True),
        "noise alone": noise_alone,
        "one that looks": one_real,
        "one method": few(usual, "gradient"),
        "a hole": without(usual, "grad_cam", image=1, seed=1, depth=1),
        "ROAD": with_road(usual),
        "first in both": tied(tied(usual, "sign_flip", "fresh_noise"), "grad_cam", "fresh_noise", faith=True),
        "ten networks": synthetic(seeds=tuple(range(10)), noise=0.01, **small),  # type: ignore[arg-type]
        "random networks agree more": two_networks(lambda one: replace(one, trained=0.6 * one.trained)),
        "more, then less": two_networks(turned),
        "another order of random networks": two_networks(
            lambda one: replace(one, between=one.between[:, g.permutation(len(one.methods))])
        ),
        "the most faithful are level": changed(usual, faith=levelled(usual)),
        "led by weighting": led_by_weighting(usual),
        "turned by weighting": turned_by_weighting(
            synthetic(agreement=1.0, noise=1e-4, **small)  # type: ignore[arg-type]
        ),
        "the gallery": shipped,
    }


def choices(data: RankingData) -> Iterator[Choice]:
    """Some ways to look at the numbers."""
    first = default_choice(data)
    yield first
    yield replace(first, controls=False)
    if any(data is datas()[name] for name in ("ten networks", "more, then less", "usual")):
        yield replace(first, depth=data.networks[0].depths[-1])
        yield replace(first, comparison=Comparison("ssim", "max", "magnitude"))
    if any(data is datas()[name] for name in ("usual", "all change", "the gallery")):  # a measure with a zero
        yield replace(first, comparison=Comparison("spearman", "second_moment", "signed"))
    if len(data.methods) < 12:
        return
    yield replace(first, comparison=Comparison("mse", "second_moment", "signed"), measure="auc_morf")
    if data is datas()["the gallery"]:
        yield replace(first, comparison=Comparison("mse", "none", "signed"))
        yield replace(first, comparison=Comparison("topk"), variant="bottom_up-he_normal")
    yield replace(first, test="entropy", ranking="magnitude")
    yield replace(first, variant="bottom_up-he_normal", fill="inpaint", output="logit")
    if "road_accuracy" in data.faithfulness_measures:
        yield replace(first, measure="road_accuracy")


@cache
def views(name: str) -> Views:
    return Views(datas()[name])


@cache
def raw(name: str, choice: Choice) -> Raw:
    return Raw(datas()[name], choice)


def rendered(name: str) -> Iterator[Shown[object]]:
    """What the page says of these numbers, each title and each sentence of the conclusion a piece."""
    data = datas()[name]
    for choice in choices(data):
        if not choice.controls and all(METHODS[m].control for m in data.methods):
            continue
        orders, flips = views(name).orders(choice), views(name).flips(controls=choice.controls)
        assert orders is not None
        concluded = verdict(orders, flips)
        for text in (
            sentences.finding(orders), sentences.bump_title(orders), sentences.scatter_title(orders),
            words_spread.beats_title(orders), *words_power.lines(orders), *concluded.may,
            *(line for pair in concluded.may_not for line in pair),
            words_spread.wins_title(flips), words_spread.switches_title(flips),
            *re.split(r" and (?=two of)|; ", words_spread.flips_line(flips)),
        ):  # fmt: skip
            yield Shown(f"{name}, {choice}", text, raw(name, choice))
        own = views(name).association(choice)
        if own is not None:
            seen = words_diagonal.Seen(own, shipped() if name != "a hole" else None)
            said = (words_diagonal.title(seen), words_diagonal.memory_title(seen))
            for text in (*said, *words_diagonal.lines(seen)):
                yield Shown(f"{name}, {choice}", text, raw(name, choice))
        both = {with_: one for with_, one in views(name).both(choice).items() if one is not None}
        title = sentences.tau_title([(f"set {with_}", one) for with_, one in both.items()])
        raws = tuple(raw(name, replace(choice, controls=with_)) for with_ in both)
        yield Shown(f"{name}, {choice}", title, raws)


@pytest.mark.slow
@pytest.mark.parametrize("name", datas())
def test_every_sentence_that_appears_holds(name: str) -> None:
    wrong = list(judge(SAYS, rendered(name), RESTATED))
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_every_sentence_appears_and_has_its_premise_said_again() -> None:
    assert set(SAYS) == set(RESTATED)
    assert found(SAYS, (piece for name in datas() for piece in rendered(name))) == set(SAYS)


# Some hold of all numbers, a claim is quoted with its refutation alone, and an empty list is no sentence.
HELD = {
    f"ranking.{key}"
    for key in (
        "elsewhere", "one_network", "true_order", "own_test", "neither", "few", "best", "good_score", "fails",
        "cases",
    )
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("key", sorted(set(SAYS) - HELD))
def test_a_sentence_without_its_premise_is_found_out(key: str) -> None:
    """Said wrongly of some of the numbers, or without the numbers that it needs."""
    assert missed(SAYS[key], (piece for name in datas() for piece in rendered(name)), RESTATED)
