"""What the story and the lesson say of two random networks holds of whatever numbers the gallery has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import kendalltau

from tests.app import fakes
from tests.premises import Shown, found, judge, missed, number_of, plain, sentences_of
from tests.ranking_data import synthetic
from xaicheck.experiments.ranking import store
from xaicheck.experiments.ranking.data import NetworkScores, RankingData
from xaicheck.experiments.ranking.rank import default_choice
from xaicheck.methods import METHODS
from xaicheck.reading import diagonal_drawing, diagonal_figure
from xaicheck.reading.numbers import Reading
from xaicheck.topics.lesson import sheets
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.scores import association
from xaicheck.topics.lesson.steps import STEPS
from xaicheck.topics.lesson.words import TEXT
from xaicheck.topics.story import drawing
from xaicheck.topics.story.cards import Scatter, story

SAID = {
    key: one
    for key, one in sentences_of("topics.story", "topics.lesson").items()
    if "story.two_" in key or "_twice_" in key
}
STEP = STEPS["scales"]
LEVELS = ("student", "researcher")
# Said on the card or of the question alone, which are not there without their numbers.
GUARDED = {f"story.two_{what}" for what in ("in_place", "whole", "not_shown", "no_cause")} | {
    "lesson_twice_because",
    *(f"lesson_twice_{what}_{level}" for what in ("order", "not_shown", "unseen") for level in LEVELS),
}


def made(change: Callable[[NetworkScores], NetworkScores] = lambda one: one, **other: object) -> RankingData:
    usual = {"seeds": tuple(range(10)), "n_images": 2, "depths": (1, 9), "noise": 0.01}
    data = synthetic(**usual | other)  # type: ignore[arg-type]
    return replace(data, networks=tuple(map(change, data.networks[:1])))


@cache
def worlds() -> dict[str, RankingData]:
    """Numbers of all kinds, by what is special of them."""
    g = np.random.default_rng(1)
    order = g.permutation(12)

    def other_order(one: NetworkScores) -> NetworkScores:
        return replace(one, between=one.between[:, order])

    def at_the_end(one: NetworkScores) -> NetworkScores:
        """The last depth, where all is random, has another order and weighs little in the mean."""
        trained, between = one.trained.copy(), one.between.copy()
        trained[..., -1] = 0.01 * trained[:, order][..., -1]
        between[..., -1] *= 0.01
        return replace(one, trained=trained, between=between)

    shipped = store.load()
    assert shipped is not None
    return {
        "the gallery": shipped,
        "the same order": made(),
        "and faithfulness agrees": made(agreement=1.0),
        "faithfulness is something else": made(agreement=0.0, seed=4),
        "another order": made(other_order),
        "another order, faithfulness agrees": made(other_order, agreement=1.0),
        "random ones share half": made(lambda one: replace(one, between=0.5 * one.between)),
        "random ones share nothing": made(lambda one: replace(one, between=0.02 * one.between)),
        "another order where all is random": made(at_the_end),
        "another order, and there another one": made(lambda one: other_order(at_the_end(one))),
        "placebo rises a little": made(lambda one: replace(one, between=1.1 * one.between)),
        "few networks": made(seeds=(0, 1, 2)),
        "one network": synthetic(seeds=(0,), n_images=2, depths=(1, 9)),
        "two methods": few(made(), "gradient", "lrp", "sobel"),
        "one method": few(made(), "gradient", "sobel"),
        "nothing but zeros": made(lambda one: replace(one, between=0 * one.between, trained=0 * one.trained)),
    }


def few(data: RankingData, *methods: str) -> RankingData:
    (own,), rows = data.networks, [data.methods.index(m) for m in methods]
    arrays = {name: getattr(own, name)[:, rows] for name in ("trained", "between", "again")}
    return replace(data, networks=(replace(own, methods=methods, **arrays),))


def material(data: RankingData) -> Material:
    return Material("coffee", None, data)


def pieces(name: str) -> Iterator[Shown[RankingData]]:
    """The story's card and the lesson's part, as pages and sheets show them."""
    data = worlds()[name]
    m = material(data)
    cards = story(Reading(fakes.sample_report(seeds=2)), METHODS, None, association(data))
    for card in cards or ():
        if isinstance(card.figure, Scatter):
            yield Shown(f"{name}, card", plain(drawing.card(card, len(cards or ()))), data)
    for one in STEP.beside(m).values():
        yield Shown(f"{name}, student", one.told.student, data)
        yield Shown(f"{name}, researcher", one.told.researcher, data)
    for question in STEP.questions(m):
        yield Shown(f"{name}, {question.key}", question.because, data)


# The premises, said again from the arrays


class Raw:
    """Plain means over all depths by the measure that opens the page, of methods that look at the network."""

    def __init__(self, data: RankingData, depths: slice = slice(None)) -> None:
        self.data, own = data, data.networks[0]
        at = own.comparisons.index(default_choice(data).comparison)
        self.keys = [m for m in own.methods if not METHODS[m].control]
        rows = [own.methods.index(m) for m in self.keys]
        self.n = n = len(own.seeds)
        trained = np.nanmean(own.trained[at][rows][..., depths].astype(float), (2, 3))  # [method network]
        flat = np.nanmean(own.between[at][rows][..., depths].astype(float), (2, 3))
        self.pairs = np.zeros((len(rows), n, n))
        for p, (i, j) in enumerate(combinations(range(n), 2)):
            self.pairs[:, i, j] = self.pairs[:, j, i] = flat[:, p]
        half = n // 2
        late = [p for p, (i, _) in enumerate(combinations(range(n), 2)) if i >= half]
        self.r, self.b = trained[:, :half].mean(1), flat[:, late].mean(1)

    @property
    def all_pairs(self) -> int:
        return len(self.keys) * (len(self.keys) - 1) // 2

    def role(self, j: int) -> tuple[np.ndarray, np.ndarray]:
        """(r, b) with a random network in the trained one's place."""
        others = [i for i in range(self.n) if i != j]
        block = self.pairs[:, others][:, :, others]
        return self.pairs[:, j, others].mean(1), block.sum((1, 2)) / ((self.n - 1) * (self.n - 2))

    @property
    def roles(self) -> list[tuple[np.ndarray, np.ndarray]]:
        return [self.role(j) for j in range(self.n)]

    @property
    def known(self) -> bool:
        return self.n > 4 and len(self.keys) > 2 and not np.isnan(kendalltau(self.r, self.b)[0])

    @property
    def same(self) -> bool:
        tau, p = kendalltau(self.r, self.b)
        return bool(self.known and tau >= 0.8 - 1e-9 and p <= 0.05)

    @property
    def end(self) -> Raw:
        """The same with all blocks random alone."""
        return Raw(self.data, slice(-1, None))

    @property
    def lower(self) -> bool:
        """Whether with all blocks random the orders agree less than with each random network in its place."""
        end = self.end
        counts, taus = ([how(*role) for role in end.roles] for how in (alike, tau_of))
        return self.known and alike(end.r, end.b) < min(counts) and tau_of(end.r, end.b) < min(taus) - 1e-9

    @property
    def rises(self) -> int:
        """How many methods have a higher r with a random network in the trained one's place."""
        return int((np.mean([r for r, _ in self.roles], 0) > self.r).sum())

    @property
    def against(self) -> tuple[float, float]:
        """Tau with faithfulness of the order by r, low first, and of that by r less b."""
        rows = [self.data.methods.index(m) for m in self.keys]
        faith = self.data.faithfulness[0, 0, 0, 0][rows].astype(float).mean((1, 2))
        first, second = (float(kendalltau(-v, faith)[0]) for v in (self.r, self.r - self.b))
        return first, second


def tau_of(r: np.ndarray, b: np.ndarray) -> float:
    return float(kendalltau(r, b)[0])


def ends_of(text: str) -> tuple[str, str]:
    """The least and the greatest of "25 to 28", or of "28 each time"."""
    low, between, high = text.partition(" to ")
    if between:
        assert low != high
        return low, high
    assert text.endswith(" each time")
    return (text.removesuffix(" each time"),) * 2


def alike(r: np.ndarray, b: np.ndarray) -> int:
    return sum((r[i] - r[j]) * (b[i] - b[j]) > 0 for i, j in combinations(range(len(r)), 2))


def said(text: str, wanted: float) -> bool:
    return abs(number_of(text) - wanted) <= 0.0051


def counted(raw: Raw, low: str, high: str) -> bool:
    """Whether so many pairs of methods are ordered alike by r and b in the placebo."""
    counts = [alike(*role) for role in raw.roles]
    return int(low) == min(counts) and int(high) == max(counts)


def pairs_said(raw: Raw, m: re.Match[str]) -> bool:
    methods = len(raw.keys)
    return (
        raw.known and int(m["same"]) == alike(raw.r, raw.b) and int(m["pairs"]) == methods * (methods - 1) / 2
    )


def in_place(raw: Raw, m: re.Match[str]) -> bool:
    return raw.known and counted(raw, *ends_of(m["placebo"])) and int(m["pairs"]) == raw.all_pairs


def taus_in_place(raw: Raw, text: str) -> bool:
    roles, (low, high) = [tau_of(*role) for role in raw.roles], ends_of(text)
    return said(low, min(roles)) and said(high, max(roles))


def taus(raw: Raw, m: re.Match[str]) -> bool:
    return (
        raw.known
        and said(m["tau"], tau_of(raw.r, raw.b))
        and taus_in_place(raw, m["placebo_tau"])
        and m["methods"] == f"{len(raw.keys)} methods"
    )


def at_the_end(raw: Raw, m: re.Match[str]) -> bool:
    return raw.lower and int(m["depth"]) == raw.data.networks[0].depths[-1]


def rise(raw: Raw, m: re.Match[str]) -> bool:
    share = np.mean([r.mean() for r, _ in raw.roles]) / raw.r.mean()
    n = len(raw.keys)
    return (
        raw.known
        and 1 < share <= 1.25
        and n / 2 < raw.rises == int(m["up"])
        and m["methods"] == f"{n} methods"
    )


def because(raw: Raw, m: re.Match[str]) -> bool:
    return (
        raw.known
        and said(m["trained"], raw.r.mean())
        and said(m["placebo"], float(np.mean([r.mean() for r, _ in raw.roles])))
    )


def numbers_of_both(raw: Raw, m: re.Match[str]) -> bool:
    return said(m["raw"], raw.against[0]) and said(m["rest"], raw.against[1])


Holds = Callable[[RankingData, re.Match[str]], bool]


def of(premise: Callable[[Raw, re.Match[str]], bool]) -> Holds:
    return lambda data, m: bool(data.networks) and premise(Raw(data), m)


RESTATED: Mapping[str, Holds] = {
    "story.two_title": of(pairs_said),
    "story.two_in_place": of(in_place),
    "story.two_follow": of(lambda raw, m: raw.same and not raw.lower),
    "story.two_follow_mean": of(lambda raw, m: raw.same and raw.lower),
    "story.two_differ": of(lambda raw, m: raw.known and not raw.same),
    "story.two_whole": of(lambda raw, m: raw.known and pairs_said(raw.end, m) and in_place(raw.end, m)),
    "story.two_learned": of(lambda raw, m: raw.lower),
    "story.two_not_shown": of(lambda raw, m: raw.known),
    "story.two_no_cause": of(lambda raw, m: raw.known),
    "lesson_twice_because": of(because),
    "lesson_twice_order_student": of(
        lambda raw, m: pairs_said(raw, m) and counted(raw, *ends_of(m["placebo_pairs"]))
    ),
    "lesson_twice_order_researcher": of(taus),
    "lesson_twice_rise": of(rise),
    **{
        f"lesson_twice_{what}_{level}": of(premise)
        for level in LEVELS
        for what, premise in (
            ("follows", lambda raw, m: raw.same and not raw.lower),
            ("follows_mean", lambda raw, m: raw.same and raw.lower),
            ("not_shown", lambda raw, m: raw.known and numbers_of_both(raw, m)),
        )
    },
    "lesson_twice_whole_student": of(
        lambda raw, m: (
            at_the_end(raw, m)
            and int(m["same"]) == alike(raw.end.r, raw.end.b)
            and counted(raw.end, *ends_of(m["placebo"]))
        )
    ),
    "lesson_twice_whole_researcher": of(
        lambda raw, m: (
            at_the_end(raw, m)
            and said(m["tau"], tau_of(raw.end.r, raw.end.b))
            and taus_in_place(raw.end, m["placebo_tau"])
        )
    ),
    "lesson_twice_differs_student": of(lambda raw, m: raw.known and not raw.same),
    "lesson_twice_differs_researcher": of(lambda raw, m: raw.known and not raw.same),
    "lesson_twice_unseen_student": of(lambda raw, m: raw.known),
    "lesson_twice_unseen_researcher": of(lambda raw, m: raw.known),
}


@pytest.mark.parametrize("name", worlds())
def test_what_is_said_holds(name: str) -> None:
    assert not list(judge(SAID, pieces(name), RESTATED))


def test_everything_is_said_somewhere_and_said_again_here() -> None:
    assert set(SAID) == set(RESTATED)
    assert found(SAID, (piece for name in worlds() for piece in pieces(name))) == set(SAID)


@pytest.mark.parametrize("key", sorted(set(SAID) - GUARDED))
def test_a_premise_that_is_taken_away_is_missed(key: str) -> None:
    assert missed(SAID[key], (piece for name in worlds() for piece in pieces(name)), RESTATED)


@pytest.mark.parametrize("name", ["few networks", "one network", "two methods", "one method"])
def test_where_there_is_no_placebo_or_no_order_the_card_and_the_part_are_absent(name: str) -> None:
    data = worlds()[name]
    cards = story(Reading(fakes.sample_report(seeds=2)), METHODS, None, association(data))
    assert cards is not None and [card.number for card in cards] == [1, 2, 3, 4, 5]
    m = material(data)
    assert [question.key for question in STEP.questions(m)] == ["below", "order"]
    assert STEP.beside(m) == {} and STEP.printed(m, True) == ""


@pytest.mark.parametrize(
    ("name", "right"),
    [("the same order", "stay"), ("random ones share half", "half"), ("random ones share nothing", "fall")],
)
def test_the_right_answer_on_the_placebo_follows_the_numbers(name: str, right: str) -> None:
    (question,) = (q for q in STEP.questions(material(worlds()[name])) if q.key == "placebo")
    raw = Raw(worlds()[name])
    left = np.mean([r.mean() for r, _ in raw.roles]) / raw.r.mean()
    near = {"fall": 0.0, "half": 0.5, "stay": 1.0}
    assert question.right == right == min(near, key=lambda key: abs(near[key] - left))
    assert {option.key for option in question.options} == set(near)


def test_the_drawing_has_a_dot_a_method_and_ten_small_ones_where_the_numbers_are() -> None:
    seen = association(worlds()["the same order"])
    assert seen is not None
    axes = {"across": "x", "up": "y", "line": "z"}
    drawn = [diagonal_drawing.drawing(seen.found, placebo=on, **axes) for on in (False, True)]
    for html, small in zip(drawn, (0, 10 * len(seen.found.real)), strict=True):
        assert len(re.findall("<u ", html)) == small and len(re.findall("<i ", html)) == len(seen.found.real)
    ends = [number_of(text) for text in re.findall(r"<span>([^<x]+)</span>", drawn[0])]
    for (left, bottom), point in zip(
        re.findall(r'<i style="left:([\d.]+)%;bottom:([\d.]+)%', drawn[0]), seen.found.real, strict=True
    ):
        for share, value in ((left, point.b.estimate), (bottom, point.r)):
            assert ends[0] + float(share) / 100 * (ends[1] - ends[0]) == pytest.approx(value, abs=1e-3)
    assert not re.search(r"(left|bottom):(-|1\d\d\.(?!00))", drawn[1])  # nothing lies outside


def test_the_card_stands_before_the_last_and_leads_to_the_placebo_on_the_ranking() -> None:
    cards = story(
        Reading(fakes.sample_report(seeds=2)), METHODS, None, association(worlds()["the same order"])
    )
    assert cards is not None and [card.number for card in cards] == [1, 2, 3, 4, 5, 6]
    card = cards[4]
    assert isinstance(card.figure, Scatter) and card.link.page.key == "ranking"
    assert ("ranking_placebo", "true") in card.link.params
    said = plain(drawing.card(card, 6))
    assert not re.search(r"network|random|faithful|τ|\br\b|\bb\b|SSIM|correlat", said.replace("xaicheck", ""))
    for point in card.figure.found.real:
        assert METHODS[point.method].label in card.figure.alt


def test_the_figure_of_the_lesson_has_the_placebo_when_it_is_switched_on_and_the_sheets_draw_both() -> None:
    m = material(worlds()["the same order"])
    (one,) = STEP.beside(m).values()
    names = [{trace.name for trace in one.figure(on).data} for on in (False, True)]
    *_, above = one.figure(True).data  # what is drawn last hides what is below it
    assert above.name == diagonal_figure.LABELS.placebo and above.showlegend is not False
    assert above.marker.opacity is None and above.marker.line.width == 1
    assert "Thin lines" in one.caption.student and "lines" in one.caption.researcher
    assert names[1] - names[0] == {diagonal_figure.LABELS.placebo}
    assert "Sobel edges" not in names[0]
    student, teacher = sheets.worksheet(m), sheets.teacher(m)
    assert TEXT.twice.ask in plain(student) and 'class="xd"' in student and "<u style" not in student
    assert "<u style" in teacher and STEP.questions(m)[-1].because in plain(teacher)


def boxes(html: str, side: float) -> tuple[list[tuple[float, ...]], list[tuple[float, ...]]]:
    """(dots, names) as left, bottom, right, top in a square of that side, by the style sheet's rules."""
    dots, names = [], []
    for left, bottom, kind, name in re.findall(
        r'<i style="left:([\d.]+)%;bottom:([\d.]+)%">(?:<b(?: class="([^"]+)")?>([^<]+)</b>)?', html
    ):
        x, y, wide = float(left) * side / 100, float(bottom) * side / 100, 7 * len(name)
        dots.append((x - 7, y - 7, x + 7, y + 7))
        if not name:
            continue
        aside = not re.search("under|over", kind)
        start = x + 11 if aside else x - 7
        if "before" in kind:
            start = x - 11 - wide if aside else x + 7 - wide
        low = y - 30 if "under" in kind else y + 12 if "over" in kind else y - 9
        names.append((start, low, start + wide, low + 18))
    return dots, names


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("side", [240, 300, 320, 368])
@pytest.mark.parametrize("steps", [(0.61, 0.68), (0.61, 0.5), (0.5, 0.74), (0.3, 0.1)])
def test_a_name_lies_on_no_dot_and_no_other_name(side: float, steps: tuple[float, float]) -> None:
    seen = association(worlds()["the same order"])
    assert seen is not None
    near = [(0.61, 0.74), steps, (0.01, 0.02), (0.12, 0.12), (0.13, 0.16), (0.18, 0.22), (0.30, 0.28)]
    points = [
        replace(p, r=r, b=replace(p.b, estimate=b), placebo=())
        for p, (r, b) in zip(seen.found.real, near, strict=False)
    ]
    html = diagonal_drawing.drawing(replace(seen.found, points=tuple(points)), across="x", up="y", line="z")
    dots, names = boxes(html, side)
    assert len(dots) == len(points) and len(names) == 2
    assert not any(overlap(name, dot) for name in names for dot in dots) and not overlap(*names)
    assert all(left >= 0 and right <= side for left, _, right, _ in names)
