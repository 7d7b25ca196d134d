"""The lesson's content: answers come from the numbers, the count is fair, the sheets say what is known."""

from __future__ import annotations

import dataclasses
import math
import re
from functools import cache
from html import unescape

import pytest

from tests.app import fakes
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.experiments.ranking import store as ranking_store
from xaicheck.experiments.scales import store as scales_store
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.reading import heatmap
from xaicheck.reading.numbers import Reading
from xaicheck.reading.words import colour_end, number, short
from xaicheck.topics.lesson import parts, sheets
from xaicheck.topics.lesson.material import DEPTHS, HALF, MEASURES, PANEL, Material, narrowed, request
from xaicheck.topics.lesson.model import Answer, Result, Tally, shuffled, sides
from xaicheck.topics.lesson.scores import contest, flip
from xaicheck.topics.lesson.steps import STEPS, attribution, conclude, guess, scales
from xaicheck.topics.lesson.words import TEXT

# What the argument does not support; a text may only quote it as a claim that does not follow.
BANNED = ("proves", "proven", "state of the art", "state-of-the-art", "the best method is", "!")


@cache
def material(sample: str, *, maps: bool = True) -> Material:
    """The lesson on a picture: synthetic maps, the real scores."""
    reading = None
    if maps:
        reading = Reading(fakes.report(request(sample), samples.load(sample), complete=True))
    return Material(sample, reading, ranking_store.load(), scales_store.load())


def spoken(sample: str) -> list[str]:
    """Every text of the lesson on a picture, both levels and the sheets' words."""
    m, out = material(sample), []
    for step in STEPS.values():
        out += [step.title, step.short, step.act, step.remember, step.aim]
        out += [*step.expect(m), *step.pitfalls, *step.ask]
        out += [
            text
            for caption in (step.task(m), step.reveal(m))
            for text in (caption.student, caption.researcher)
        ]
        for question in step.questions(m):
            out += [question.ask, question.because, *(option.label for option in question.options)]
    return out


def visible(page: str) -> str:
    """The text of a sheet without its style, markup and pictures."""
    body = re.sub(r"<style>.*?</style>", " ", page, flags=re.S)
    return unescape(re.sub(r"<[^>]*>", " ", body))


def test_each_step_has_one_sentence_to_remember_and_more_time_in_a_long_lesson() -> None:
    for key, step in STEPS.items():
        assert step.key == key and 0 < step.minutes.low < step.minutes.high
        assert step.remember.endswith(".") and step.remember.count(". ") == 0


def test_the_sheets_and_the_steps_say_the_same_minutes() -> None:
    low, high = (sum(getattr(step.minutes, end) for step in STEPS.values()) for end in ("low", "high"))
    m = material("coffee")
    for page in (sheets.teacher(m), sheets.worksheet(m)):
        assert f"{low} to {high} minutes" in page
        assert all(f'<span class="minutes">{step.minutes}</span>' in page for step in STEPS.values())
    assert f"<td><b>{low}</b></td><td><b>{high}</b></td>" in sheets.teacher(m)


def test_a_step_that_names_another_names_its_place() -> None:
    claims = {claim.key: claim for claim in conclude.STEP.questions(material("coffee"))}
    assert f"In step {list(STEPS).index(guess.KEY) + 1} " in claims["looks"].because


@pytest.mark.parametrize("sample", samples.SAMPLES)
def test_every_question_has_its_right_answer_among_its_options_for_every_picture(sample: str) -> None:
    for step in STEPS.values():
        questions = step.questions(material(sample))
        assert questions, step.key
        for question in questions:
            keys = [option.key for option in question.options]
            assert question.right in keys and len(set(keys)) == len(keys) >= 2
            assert question.because


def test_without_maps_the_questions_stand_but_answers_about_maps_are_not_known() -> None:
    m = material("coffee", maps=False)
    for step in STEPS.values():
        step.task(m), step.reveal(m), step.shown(m), step.revealed(m), step.expect(m)
    assert [question.right for question in STEPS["check"].questions(m)] == [None]
    assert all(step.needs_maps or all(q.right for q in step.questions(m)) for step in STEPS.values())


def test_the_right_answers_follow_the_numbers() -> None:
    m = material("coffee")
    assert m.reading is not None
    scores = {
        key: m.reading.score(key, MEASURES[0], HALF).mean or 0.0 for key in PANEL if not METHODS[key].control
    }
    assert STEPS["check"].questions(m)[0].right == max(scores, key=lambda key: scores[key])
    assert m.contest is not None
    order = [line.check for line in m.contest.lines]
    assert order == sorted(order)
    noise = STEPS["noise"].questions(m)[0]
    assert noise.right == "first" and m.contest.lines[0].method == "fresh_noise"
    flipped = m.flip
    assert flipped is not None
    assert STEPS["flip"].questions(m)[0].right == flipped.after.first != flipped.before.first
    assert STEPS["scales"].questions(m)[0].right == scales.SAME


def test_another_order_of_scores_changes_the_answer_of_the_check() -> None:
    m = material("coffee")
    assert m.reading is not None
    report = m.reading.report
    turned = [
        dataclasses.replace(row, score=dataclasses.replace(row.score, value=1 - float(row.score)))
        for row in report.scores
    ]
    other = Material("coffee", Reading(dataclasses.replace(report, scores=tuple(turned))), m.scores)
    before, after = ([q.right for q in STEPS["check"].questions(x)] for x in (m, other))
    assert before != after


@pytest.mark.parametrize("sample", samples.SAMPLES)
def test_the_flip_moves_one_switch_and_nothing_else(sample: str) -> None:
    data = ranking_store.load()
    assert data is not None
    label = samples.SAMPLES[sample].label
    clearest = flip(data, label)
    assert clearest is not None
    before, after = (
        dataclasses.asdict(clearest.before.comparison),
        dataclasses.asdict(clearest.after.comparison),
    )
    assert [key for key in before if before[key] != after[key]] == [clearest.switch]
    assert {key for key, _ in clearest.before.scores} == {key for key, _ in clearest.after.scores}
    assert sum(wins for _, wins in clearest.winners) == clearest.settings
    assert clearest.pictures == ((label,) if label in data.images else data.images)


def test_settings_that_order_alike_by_algebra_count_once_in_the_flip() -> None:
    data = ranking_store.load()
    assert data is not None
    found = flip(data, "Coffee")
    fair = [c for c in data.comparisons if c.normalisation in ("max", "minmax", "second_moment")]
    twice = [c for c in fair if (c.measure, c.normalisation) == ("mse", "second_moment")]
    assert found is not None and len(twice) == 3  # the cosine over again, by sign
    assert found.settings == len(fair) - len(twice)


def test_a_picture_without_scores_of_its_own_says_whose_numbers_it_shows() -> None:
    data = ranking_store.load()
    assert data is not None and samples.SAMPLES["astronaut"].label not in data.images
    over_all = contest(data, "Astronaut")
    assert over_all is not None and over_all.pictures == data.images
    for key in ("noise", "flip"):
        assert "not among the pictures" in STEPS[key].revealed(material("astronaut"))
        assert "not among the pictures" not in STEPS[key].revealed(material("coffee"))


def test_the_order_is_the_same_for_a_whole_class_and_differs_between_pictures() -> None:
    assert guess.pairs("coffee") == guess.pairs("coffee")
    assert len({guess.pairs(sample) for sample in samples.SAMPLES}) > 1
    for sample in samples.SAMPLES:
        assert sorted(sides(4, sample, "guess")) == [False, False, True, True]
        assert sorted(shuffled(range(6), sample, "x")) == list(range(6))
        claims = conclude.STEP.questions(material(sample))
        assert sorted(claim.right or "" for claim in claims) == ["may"] * 3 + ["may_not"] * 3


@pytest.mark.parametrize("sample", ["chelsea", "coffee"])
def test_the_guess_shows_nothing_that_tells_the_maps_apart(sample: str) -> None:
    m = material(sample)
    for method, right in guess.pairs(sample):
        shown = guess.pair(m, method, right, answered=False)
        texts = re.sub(r'src="[^"]*"', "", shown)  # the pictures themselves
        first, second = (part for part in re.split(r"(?=<figure)", texts) if "<figure" in part)
        assert first.replace("Map A", "Map B") == second.replace("</div>", "", 0).rsplit("</div>", 1)[0]
        assert not re.search(r"train|random|original", texts, re.IGNORECASE)
        told = guess.pair(m, method, right, answered=True)
        assert told.count("trained network") == 2  # caption and alternative text of one map


def test_the_first_answer_counts_and_later_ones_do_not() -> None:
    tally = Tally().with_answers("coffee", "check", {"most": Answer("lrp", "gradient")})
    again = tally.with_answers("coffee", "check", {"most": Answer("gradient", "gradient")})
    assert again.result("coffee", "check") == Result(0, 1) == tally.result("coffee", "check")
    both = again.with_answers("coffee", "guess", {"lrp": Answer("a", "a"), "gradient": Answer("a", "b")})
    assert both.total("coffee") == Result(1, 3)
    assert both.result("chelsea", "check") is None and both.total("chelsea") == Result(0, 0)
    assert both.without("coffee").total("coffee") == Result(0, 0)


def test_the_results_name_what_to_read_again_and_only_that() -> None:
    tally = Tally().with_answers("coffee", "noise", {"noise": Answer("last", "first")})
    tally = tally.with_answers("coffee", "flip", {"first": Answer("grad_cam", "grad_cam")})
    text = visible(parts.results(tally, "coffee", list(STEPS.values())))
    rest = len(STEPS) - 2
    assert f"1 of 2 answers right in 2 of {len(STEPS)} steps. {rest} steps not answered yet." in text
    assert STEPS["noise"].page.title in text and STEPS["flip"].page.title not in text
    assert text.count(TEXT.not_answered) == rest + 1  # the rows, and the sentence


def test_an_answered_question_marks_the_right_option_and_mine_in_words() -> None:
    question = attribution.STEP.questions(material("coffee"))[0]
    text = visible(parts.answered(question, Answer("person", "method")))
    assert f"({TEXT.right_one})" in text and f"({TEXT.yours})" in text and TEXT.wrong in text
    assert TEXT.right + "." in visible(parts.answered(question, Answer("method", "method")))


def test_the_lesson_narrows_the_stored_results_and_refuses_others() -> None:
    report = shipped.load()
    part = narrowed(report, "chelsea")
    assert part is not None and tuple(choice.key for choice in part.request.methods) == PANEL
    assert {row.measure for row in part.scores} == set(MEASURES)
    assert narrowed(report, "coffee") is None and narrowed(None, "chelsea") is None


def test_the_request_is_small_and_ends_at_the_deepest_block() -> None:
    asked = request("coffee")
    assert asked.depths == (0, *DEPTHS) and asked.depths[-1] == len(MODELS[asked.model].blocks)
    assert len(asked.methods) * len(asked.depths) * len(asked.seeds) <= 80  # maps: seconds on two cores
    assert HALF in DEPTHS


@pytest.mark.parametrize("sample", ["chelsea", "coffee", "astronaut"])
def test_no_text_claims_more_than_the_argument_does(sample: str) -> None:
    texts = " ".join(spoken(sample))
    for phrase in BANNED:
        assert phrase not in texts, phrase
    assert "likely to contribute strongly still" in texts
    assert "only be expected to differ to a certain extent" in texts
    assert "inadequate as a criterion to rank methods" in texts


# Numbers of the lesson's own making: steps, minutes, paper size and year, what a count of 100 means.
STRUCTURE = {str(n) for n in range(21)} | {"45", "50", "70", "100", "2023", "1.00", "0.00", "0.1"}


def known_numbers(m: Material) -> set[str]:
    """Every number that the data hold in the form in which the sheets write numbers."""
    assert m.reading is not None and m.scores is not None and m.contest is not None and m.flip is not None
    values = [row.value for row in (s.score for s in m.reading.report.scores) if row.value is not None]
    means = [v for key in PANEL for d in m.reading.report.depths for q in MEASURES
             if (v := m.reading.score(key, q, d).mean) is not None]  # fmt: skip
    held = [*values, *means, scales.predicted()]
    for i in range(len(m.scores.images)):
        other = contest(m.scores, m.scores.images[i])
        assert other is not None
        held += [v for line in other.lines for v in (line.check, line.faith) if v is not None]
    mine = m.contest
    held += [v for line in mine.lines for v in (line.check, line.faith) if v is not None]
    held += [v for order in (m.flip.before, m.flip.after) for _, v in order.scores]
    held += [row.ratio for row in m.reading.scales(HALF) if row.ratio is not None]
    written = {number(v) for v in held} | {short(v) for v in held}
    counts = [
        len(m.scores.images),
        m.flip.settings,
        *(wins for _, wins in m.flip.winners),
        len(m.contest.lines),
    ]
    near, channels = m.twice, m.channels
    assert m.target is not None and near is not None and channels is not None
    order = channels.order(1)
    share = attribution.share(m)
    assert share is not None
    counts += [
        channels.seeds,
        channels.block.split()[-1],
        round(50 * (1 + (order.kendall.measured.mean or 0))),
        f"{100 * (order.tops[0].measured.mean or 0):.1f}",
        f"{100 * order.tops[0].chance:.1f}",
        round(100 * (near.kept.mean or 0)),
        round(100 * m.target.probability),
        round(100 * share[1]),
    ]
    seen = m.association
    if seen is not None and seen.placebo_known:  # two random networks, over the gallery
        r = [sum(one for one, _ in place) / len(place) for place in seen.found.places]
        held = [
            r[0],
            sum(r[1:]) / len(r[1:]),
            seen.found.tau,
            *seen.found.placebo,
            *((seen.whole.tau, *seen.whole.placebo) if seen.whole is not None else ()),
            *(seen.against_faith or ()),
        ]
        points = [
            v for p in seen.found.real for v in (p.r, p.b.estimate, *(x for at in p.placebo for x in at))
        ]
        ends = (min([0.0, *points]), max(points))  # of the drawing's axes, whole tenths
        tenths = (math.floor(10 * ends[0]) / 10, math.ceil(10 * ends[1]) / 10)
        written |= {number(v) for v in held} | {short(v) for v in tenths}
        counts += [seen.found.pairs, *seen.found.alike, len(seen.found.real), seen.found.images]
        counts += [seen.found.networks, *([] if seen.whole is None else [seen.whole.depth])]
    drawn = m.reading.map(attribution.METHOD, 0)
    assert drawn is not None
    end = colour_end(heatmap.map_range(drawn.values))  # of the one colour bar that carries numbers
    return written | {str(c) for c in counts} | {f"{near.pairs:,}", f"{share[0]:,}", end, f"−{end}"}


@pytest.mark.parametrize("sample", ["chelsea", "coffee", "astronaut"])
@pytest.mark.parametrize("make", [sheets.teacher, sheets.worksheet])
def test_every_number_of_a_sheet_is_in_the_data(sample: str, make: object) -> None:
    m = material(sample)
    text = visible(make(m))  # type: ignore[operator]
    said = set(re.findall(r"(?<![\w.])−?\d+(?:,\d{3})*(?:\.\d+)?(?:·10[⁻⁰¹²³⁴-⁹]+)?", text))
    assert len(said) > 20
    assert said - STRUCTURE - known_numbers(m) == set()


@pytest.mark.parametrize("sample", ["chelsea", "coffee"])
def test_the_sheets_need_nothing_else_and_the_worksheet_gives_no_answer_away(sample: str) -> None:
    m = material(sample)
    teacher, student = sheets.teacher(m), sheets.worksheet(m)
    for page in (teacher, student):
        assert (
            not re.search(r'(?:src|href)="(?!data:)', page) and "url(" not in page and "<script" not in page
        )
        assert "@page{size:A4" in page and page.count("<h1") == 1 and "default-src 'none'" in page
        assert all(step.title in unescape(page) for step in STEPS.values())
    told = visible(teacher)
    for step in STEPS.values():
        for question in step.questions(m):
            assert question.because in told and question.ask in told
            assert question.ask in visible(student)
            assert question.because not in visible(student)
        assert step.remember in told and step.remember not in visible(student)
    for method, right in guess.pairs(sample):  # the same pictures in the same order as on the page
        assert guess.pair(m, method, right, answered=False) in student


def test_markup_in_a_label_stays_text() -> None:
    m = material("coffee")
    assert m.reading is not None
    evil = dataclasses.replace(m.reading.report.target, label="<img src=x onerror=alert(1)>")
    report = dataclasses.replace(m.reading.report, target=evil)
    marked = Material("coffee", Reading(report), m.scores, m.scales)
    for page in (
        sheets.teacher(marked),
        sheets.worksheet(marked),
        *(s.shown(marked) for s in STEPS.values()),
    ):
        assert "<img src=x" not in page
