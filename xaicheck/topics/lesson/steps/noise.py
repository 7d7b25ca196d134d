"""Step 4: let noise win. A contestant that never looks at the network joins the check."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from xaicheck.methods import METHODS
from xaicheck.reading import article
from xaicheck.reading.captions import Caption
from xaicheck.reading.sentence import Sentence
from xaicheck.reading.words import number
from xaicheck.topics.lesson import parts, words
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.model import Minutes, Question, Step, options
from xaicheck.topics.lesson.scores import Contest
from xaicheck.topics.lesson.words import TEXT, caption, method_word, two_levels
from xaicheck.topics.noise import PAGE
from xaicheck.topics.ranking.words import ordinal

NOISE, EDGES = "fresh_noise", "sobel"
FIRST, MIDDLE, LAST = "first", "middle", "last"  # keys of the options


def _task(material: Material) -> Caption:
    contest = material.contest
    size = "the contestants" if contest is None else f"{len(contest.lines)} contestants"
    return TEXT.noise.task.format(contestants=size)


def _place(contest: Contest) -> str:
    place = contest.place(NOISE)
    return FIRST if place == 1 else LAST if place == len(contest.lines) else MIDDLE


def _questions(material: Material) -> tuple[Question, ...]:
    right = None if material.contest is None else _place(material.contest)
    return (Question("noise", TEXT.noise.ask, options(TEXT.noise.options), right, BECAUSE(material)),)


def _numbers(material: Material) -> Mapping[str, object]:
    contest = material.contest
    assert contest is not None
    noise, edges = contest.line(NOISE), contest.line(EDGES)
    return {
        "contestants": len(contest.lines),
        "place": ordinal(contest.place(NOISE)),
        "score": number(noise.check),
        "faith": number(noise.faith),
        "edges_place": ordinal(contest.place(EDGES)),
        "edges_score": number(edges.check),
        "edges_faith": number(edges.faith),
    }


BECAUSE = Sentence[Material](
    "lesson_noise_because", TEXT.noise.because, lambda m: m.contest is not None, _numbers
)
REVEAL = two_levels("lesson_noise", TEXT.noise.reveal, lambda m: m.contest is not None, _numbers)


def _contestants(material: Material) -> Markup:
    """Who takes part, in the order of the program's list, which says nothing about the outcome."""
    contest = material.contest
    if contest is None:
        return Markup()
    taking_part = {line.method for line in contest.lines}
    names = [(METHODS[key].label, METHODS[key].control) for key in METHODS if key in taking_part]
    return parts.chips(TEXT.noise.contestants, names)


def _table(material: Material) -> Markup:
    """The contest, with the faithfulness beside each score."""
    contest = material.contest
    if contest is None:
        return Markup()
    rows = [
        parts.Row(
            METHODS[line.method].label,
            number(line.check),
            min(max(line.check, 0.0), 1.0),
            number(line.faith),
            strong=line.method == NOISE,
            control=METHODS[line.method].control,
        )
        for line in contest.lines
    ]
    over = words.over(contest.pictures, contest.seeds, contest.depths)
    head = (TEXT.contestant, *TEXT.noise.table_head)
    table = parts.bars(TEXT.noise.table_title.format(over=over), rows, head=head)
    return table + article.lines([words.other_pictures(material.label, contest.pictures), material.not_held])


def _expect(material: Material) -> tuple[str, ...]:
    contest = material.contest
    if contest is None:
        return ()
    best = next(line for line in contest.lines if not METHODS[line.method].control)
    numbers = TEXT.noise.expect.format(
        first=method_word(best.method),
        score=number(best.check),
        noise=number(contest.line(NOISE).faith),
        edges=number(contest.line(EDGES).faith),
    )
    other = words.other_pictures(material.label, contest.pictures)
    return (numbers, other) if other else (numbers,)


STEP = Step(
    key="noise",
    **TEXT.noise.step,
    minutes=Minutes(2, 6),
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=lambda material: caption(material, REVEAL),
    expect=_expect,
    shown=_contestants,
    revealed=_table,
)
