"""The story: plain words, numbers of the report and no others, one figure a card."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Callable

import numpy as np
import pytest

from tests.app import fakes
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.methods import METHODS
from xaicheck.reading.numbers import Reading
from xaicheck.reading.seen import Seen
from xaicheck.reading.words import alike, number
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.story import drawing, words
from xaicheck.topics.story.cards import Bar, Bars, Card, Dots, Pictures, story
from xaicheck.topics.story.facts import Facts, Way, facts
from xaicheck.topics.story.words import TEXT
from xaicheck.types import Report, Score

# What somebody who is no specialist would stumble over; names of methods stand on bars as names.
BANNED = (
    "spearman", "cascade", "attribution", "logit", "saliency", "heatmap", "heat map", "ssim", "mse", "relu",
    "batchnorm", "activation", "softmax", "tensor", "seed", "layer", "neuron", "correlation", "rms", "depth",
    "percentile", "parameter", "normalis", "randomiz", "faithful", "network", "class", "entropy",
)  # fmt: skip


@pytest.fixture(scope="module")
def sample() -> Reading:
    return Reading(fakes.sample_report(seeds=2))


def told(report: Report, lent: Reading | None = None) -> tuple[Card, ...]:
    cards = story(Reading(report), METHODS, lent)
    assert cards is not None
    return cards


def known_of(report: Report) -> Facts:
    known = facts(Reading(report), METHODS)
    assert known is not None
    return known


def text_of(card: Card) -> str:
    """Everything a visitor reads or hears of a card, without the link below it."""
    drawn = re.sub(r'(src|style|id|class)="[^"]*"', "", drawing.card(card, 5))
    spoken = " ".join(re.findall(r'(?:alt|aria-label)="([^"]*)"', drawn))
    return html.unescape(re.sub(r"<[^>]+>", " ", drawn) + " " + spoken)


def scored(report: Report, value: Callable[[str, float], float]) -> Report:
    """The report with other scores: value(method, old)."""
    rows = [
        row if row.score.value is None
        else dataclasses.replace(row, score=Score(value(row.method, row.score.value)))
        for row in report.scores
    ]  # fmt: skip
    return dataclasses.replace(report, scores=tuple(rows))


VARIANTS: dict[str, dict[str, object]] = {
    "usual": {},
    "bottom up": {"mode": "bottom_up"},
    "one part": {"mode": "independent"},
    "asked for an answer": {"target": 967},
    "one way": {"methods": ("gradient",)},
    "every way": {"methods": tuple(METHODS), "model": "efficientnet_lite0"},
    "another program": {"model": "resnet18"},
    "all parts": {"depths": (0, 19)},
}


@pytest.mark.parametrize("name", VARIANTS)
def test_five_cards_in_plain_words(name: str, sample: Reading) -> None:
    cards = told(fakes.sample_report(seeds=2, **VARIANTS[name]), sample)
    assert [card.number for card in cards] == [1, 2, 3, 4, 5]
    for card in cards:
        said = text_of(card)
        jargon = [word for word in BANNED if word in said.lower()]
        assert not jargon, (card.number, jargon, said)
        assert "None" not in said and "nan" not in said.split() and "!" not in said
        assert card.figure is not None  # one figure a card
        assert len(re.findall("<figure", drawing.card(card, 5))) == 1


def test_the_shipped_sample_tells_its_story() -> None:
    report = shipped.load()
    assert report is not None
    cards, known = told(report), known_of(report)
    best = max((way for way in known.ways), key=lambda way: way.alike)
    assert best is known.stable and f"similarity {number(best.alike)}" in text_of(cards[1])
    for card in cards:
        assert not [word for word in BANNED if word in text_of(card).lower()], card.number


@pytest.mark.parametrize("measure", ["spearman", "pearson"])
def test_every_similarity_is_the_reports_on_the_scale_that_is_said(measure: str) -> None:
    report = fakes.sample_report(seeds=3, measures=(measure,))
    reading, known = Reading(report), known_of(report)
    bars = told(report)[2].figure
    assert isinstance(bars, Bars)
    shown = {bar.name: bar.value for bar in bars.bars}
    how = reading.comparison(measure)
    for way in known.ways:
        mean = reading.score(way.key, measure, known.depth).mean
        assert mean is not None and shown[way.label] == pytest.approx(alike(how, mean), abs=1e-12)
        assert way.breaks == 3
    # 1 is the same picture and 0 an uncorrelated one: noise, which keeps nothing, stands near 0.
    assert known.noise is not None and abs(known.noise.alike) < 0.05


def test_the_numbers_in_the_text_are_numbers_of_the_report(sample: Reading) -> None:
    """Every decimal number on a card is one of the report's, rounded."""
    cards, known = told(sample.report), known_of(sample.report)
    ways = [*known.ways, *known.controls, *([known.noise] if known.noise else [])]
    allowed = {number(way.alike) for way in ways}
    for card in cards[:4]:
        said = " ".join((card.title, *card.said))
        for decimal in re.findall(r"−?\d+\.\d\d\b", said):
            assert decimal in allowed, (card.number, decimal)
    assert f"{known.depth} of the program’s {known.blocks} parts" in text_of(cards[1])


def test_pictures_are_the_maps_and_state_their_scale(sample: Reading) -> None:
    cards = told(sample.report)
    known = known_of(sample.report)
    before_after = cards[1].figure
    assert isinstance(before_after, Pictures)
    for picture, depth in zip(before_after.pictures, (0, known.depth), strict=True):
        attribution = sample.map(known.stable.key, depth)
        assert attribution is not None and picture.values is attribution.values
        low, high = words.ends(picture.limit, signed=picture.signed)
        assert low in drawing.picture(picture) and high in drawing.picture(picture)
        assert re.search(r"hold \d+ % of the colour", picture.alt.replace("\u00a0", " "))
    photo = cards[0].figure
    assert isinstance(photo, Pictures) and photo.pictures[0].rgb is sample.report.view


def test_the_titles_follow_the_numbers(sample: Reading) -> None:
    report = sample.report
    steady = told(scored(report, lambda key, old: old if METHODS[key].control else 0.95))
    assert "hardly changed" in steady[1].title and "hardly changed" in steady[2].title
    gone = told(scored(report, lambda key, old: old if METHODS[key].control else 0.1))
    assert (
        "Even the steadiest colouring kept little" in gone[1].title
        and "kept little or nothing" in gone[2].title
    )
    turned = told(scored(report, lambda key, old: old if METHODS[key].control else -0.9))
    assert "turned towards the opposite" in turned[2].title
    loud = told(scored(report, lambda key, old: 0.4 if key == "fresh_noise" else old))
    assert "scores 0.40" in loud[3].title
    beaten = told(scored(report, lambda key, old: -0.15 if key == "gradient" else old))
    assert beaten[3].title == "Pure noise passes this test" and "lose to 1" in beaten[3].said[1]


def test_the_test_may_not_rank_and_says_so_with_the_scales(sample: Reading) -> None:
    card = told(sample.report)[4]
    said = text_of(card)
    for part in (
        "strong signals are likely to count strongly still",
        "only be expected to differ to a certain extent",
        "inadequate as a criterion to rank",
    ):
        assert part in said
    assert isinstance(card.figure, Dots) and len(card.figure.values) == known_of(sample.report).depth


def test_a_run_without_noise_borrows_the_samples_and_says_so(sample: Reading) -> None:
    report = fakes.sample_report(methods=("gradient", "lrp"))
    cards = told(report, sample)
    assert TEXT.noise.lent in text_of(cards[3]) and isinstance(cards[3].figure, Pictures)
    assert "ways to colour in the sample" in text_of(cards[3]) and " here" not in text_of(cards[3])
    assert "In the sample pure noise" in text_of(cards[4])
    assert told(report, None)[3].title == TEXT.noise.none_title


def test_a_way_that_failed_is_named_and_not_counted() -> None:
    report = fakes.sample_report(methods=("gradient", "occlusion"), depths=(0, 2))
    cards, known = told(report), known_of(report)
    assert [way.key for way in known.ways] == ["gradient"] and known.missing == ("Occlusion",)
    assert "Without a number to go by: occlusion." in text_of(cards[2])


@pytest.mark.parametrize("measure", SIMILARITIES)
def test_a_number_of_the_story_is_the_one_that_the_check_prints(measure: str) -> None:
    report = fakes.sample_report(measures=(measure,), methods=("gradient", "lrp"))
    known = facts(Reading(report), METHODS)
    if measure not in ("spearman", "spearman_abs", "pearson"):  # the others are not 0 for unrelated maps
        assert known is None and story(Reading(report), METHODS, None) is None
        return
    assert known is not None
    seen = Seen(Reading(report), SIMILARITIES[measure], known.depth, METHODS)
    for way in known.ways:
        assert number(way.alike) == seen.number(seen.scores[way.key])
    said = " ".join(text_of(card) for card in story(Reading(report), METHODS, None) or ())
    assert TEXT.measures[measure] in said and SIMILARITIES[measure].label.lower() not in said.lower()


def test_a_run_of_one_way_has_the_grammar_of_one(sample: Reading) -> None:
    for level in (0.05, 0.5, 0.95):
        report = fakes.sample_report(methods=("grad_cam",))
        cards = told(scored(report, lambda key, old, level=level: level), sample)
        said = " ".join(text_of(card) for card in cards)
        assert "1 way" not in said and "steadiest" not in said and "Even" not in said
        assert "Grad-CAM, the only way here" in said


def test_who_is_named_as_changed_least_did_so_in_every_break(sample: Reading) -> None:
    report = fakes.sample_report(methods=("gradient", "lrp"), seeds=2)

    def levels(key: str, seed: int) -> float:
        return {("gradient", 0): 0.9, ("gradient", 1): 0.3}.get((key, seed), 0.5)

    rows = tuple(dataclasses.replace(r, score=Score(levels(r.method, r.seed))) for r in report.scores)
    mixed = told(dataclasses.replace(report, scores=rows))
    assert "Gradient is one of 2 ways" in text_of(mixed[1]) and "changed least" not in text_of(mixed[1])
    sure = told(scored(report, lambda key, old: 0.9 if key == "gradient" else 0.5))
    assert "Gradient changed least of 2 ways" in text_of(sure[1])
    assert not re.search(r"[Tt]he (highest|lowest)", text_of(mixed[2]) + text_of(sure[2]))


def test_the_sample_says_by_the_mean_and_in_how_many_breaks_noise_wins() -> None:
    report = shipped.load()
    assert report is not None
    card = told(report)[3]
    # Grad-CAM is above noise by the mean, and in one break of three below.
    assert "beat 3 (2 in every break) and tie with 3 of the 6 ways" in card.said[1]
    assert "to colour here, by the mean of 3 breaks" in card.said[1]
    assert card.title.startswith("On average no way to colour here passes")


@pytest.mark.parametrize("mode", ["cascade", "bottom_up", "independent"])
def test_that_the_test_ranks_no_ways_is_said_of_every_order(mode: str) -> None:
    said = text_of(told(fakes.sample_report(mode=mode))[4])
    assert "inadequate as a criterion to rank" in said and "backwards" not in said


def test_names_are_escaped() -> None:
    report = fakes.sample_report()
    evil = dataclasses.replace(report.target, label='<img src=x onerror="x()">')
    for card in told(dataclasses.replace(report, target=evil)):
        assert "<img src=x" not in drawing.card(card, 5)


@pytest.mark.parametrize("values", [(0.2, 1.1), (1.0,), (1e-6, 0.5), (0.3, 4e7), (2.9,), (1e-3,)])
def test_dots_stand_between_the_ends_of_their_axis_in_order(values: tuple[float, ...]) -> None:
    drawn = drawing.dots(Dots(values, "", ""))
    places = [float(x) for x in re.findall(r'<i style="left:([\d.]+)%"', drawn)]
    assert places == sorted(places) and all(0 <= place <= 100 for place in places)
    ticks = re.findall(r'style="left:([\d.]+)%"><span>', drawn)
    assert ticks and all(0 <= float(tick) <= 100 for tick in ticks)
    assert drawn.count('class="xs-one"') == 1  # as strong as before is always marked


def test_bars_below_zero_go_to_the_left() -> None:
    drawn = drawing.bars((Bar("a", 0.5), Bar("b", -0.5)))
    spans = [tuple(map(float, m)) for m in re.findall(r"left:([\d.]+)%;width:([\d.]+)%", drawn)]
    (right, wide), (left, narrow) = spans
    assert (
        left == 0
        and left + narrow == pytest.approx(right, abs=0.02)
        and wide == pytest.approx(narrow, abs=0.02)
    )


def test_a_share_of_the_colour_is_what_the_strongest_spots_hold() -> None:
    values = np.zeros((10, 10), np.float32)
    values[0] = 3.0  # the strongest tenth
    values[1] = -1.0
    way = Way("gradient", "Gradient", True, 1.0, 1)
    assert "hold 75\u00a0% of the colour" in words.map_alt(way, "Before", values, 3.0)
