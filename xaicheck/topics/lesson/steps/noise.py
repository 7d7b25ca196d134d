"""Step 4: let noise win. A contestant that never looks at the network joins the check."""

from __future__ import annotations

from xaicheck.methods import METHODS
from xaicheck.reading.captions import Caption
from xaicheck.reading.words import number
from xaicheck.topics.lesson import pictures, words
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.model import Minutes, Option, Question, Step, Teaching
from xaicheck.topics.lesson.scores import Contest
from xaicheck.topics.noise import PAGE
from xaicheck.topics.ranking.words import ordinal

NOISE, EDGES = "fresh_noise", "sobel"
FIRST, MIDDLE, LAST = "first", "middle", "last"


def _task(material: Material) -> Caption:
    contest = material.contest
    size = "the contestants" if contest is None else f"{len(contest.lines)} contestants"
    return Caption(
        f"Rank {size} by the check: the map that changed most comes first. One of them is a random-number "
        "generator. It looks neither at the picture nor at the network and draws new numbers every time.",
        f"Rank {size} by their mean similarity (rank correlation of magnitudes), lowest first. Controls: "
        "fresh "
        "i.i.d. noise, drawn anew at each depth, and Sobel edges of the picture.",
    )


def _place(contest: Contest) -> str:
    place = contest.place(NOISE)
    return FIRST if place == 1 else LAST if place == len(contest.lines) else MIDDLE


def _questions(material: Material) -> tuple[Question, ...]:
    contest = material.contest
    return (
        Question(
            "noise",
            "Where does the random-number generator come?",
            (
                Option(LAST, "Last: it knows nothing."),
                Option(MIDDLE, "Somewhere in the middle."),
                Option(FIRST, "First."),
            ),
            None if contest is None else _place(contest),
            "" if contest is None else _because(contest),
        ),
    )


def _because(contest: Contest) -> str:
    noise = contest.line(NOISE)
    return (
        f"It comes {ordinal(contest.place(NOISE))} of {len(contest.lines)} with a similarity of "
        f"{number(noise.check)}: new numbers are as unlike the old ones as anything can honestly be."
    )


def _faith(value: float | None) -> str:
    return number(value, 2)


def _reveal(material: Material) -> Caption:
    contest = material.contest
    if contest is None:
        return Caption("", "")
    noise, edges = contest.line(NOISE), contest.line(EDGES)
    said = (
        f"Fresh noise comes {ordinal(contest.place(NOISE))} in the check and has a faithfulness of "
        f"{_faith(noise.faith)}, where 0 is a random order of pixels"
    )
    return Caption(
        f"{said}. Faithfulness removes pixels and watches the answer. Sobel edges, which draw the picture’s "
        "edges "
        f"whatever the network is, come {ordinal(contest.place(EDGES))} ({number(edges.check)}). Neither of "
        "them "
        "says anything about the network.",
        f"{said} (ABPC, mean fill, softmax). Zero covariance with the original is all that the check asks "
        "for; "
        f"Sobel edges are its opposite: place {contest.place(EDGES)}, similarity {number(edges.check)}, "
        f"faithfulness {_faith(edges.faith)}.",
    )


def contestants(material: Material) -> str:
    """HTML: who takes part, in the order of the program's list, which says nothing about the outcome."""
    contest = material.contest
    if contest is None:
        return ""
    taking_part = {line.method for line in contest.lines}
    return pictures.chips(
        words.CONTESTANTS,
        [(METHODS[key].label, METHODS[key].control) for key in METHODS if key in taking_part],
    )


def table(material: Material) -> str:
    """HTML: the contest, with the faithfulness beside each score."""
    contest = material.contest
    if contest is None:
        return ""
    rows = [
        pictures.Row(
            METHODS[line.method].label,
            number(line.check),
            min(max(line.check, 0.0), 1.0),
            _faith(line.faith),
            strong=line.method == NOISE,
            control=METHODS[line.method].control,
        )
        for line in contest.lines
    ]
    title = f"Similarity to the original, {words.over(contest.pictures, contest.seeds, contest.depths)}"
    head = (words.CONTESTANT, "Check: similarity", "Faithfulness")
    other = words.other_pictures(material.label, contest.pictures)
    note = f'<p class="xc-line">{other}</p>' if other else ""
    return pictures.bars(title, rows, head=head) + note


def _teaching(material: Material) -> Teaching:
    contest = material.contest
    expect = []
    if contest is not None:
        best = next(line for line in contest.lines if not METHODS[line.method].control)
        expect.append(
            f"The first real method is {pictures.method_word(best.method)} ({number(best.check)}); "
            "faithfulness of "
            f"the noise {_faith(contest.line(NOISE).faith)}, of Sobel edges "
            f"{_faith(contest.line(EDGES).faith)}."
        )
        expect += [line for line in (words.other_pictures(material.label, contest.pictures),) if line]
    return Teaching(
        aim="See that the best score of the check can be had without any information.",
        expect=tuple(expect),
        pitfalls=(
            "Not: “noise is a good method”. It is the check that cannot tell it from one.",
            "Faithfulness is no referee either: on one picture an edge detector may score well in it.",
        ),
        ask=(
            "How would you cheat in this check without looking at the network?",
            "If a method adds noise to its maps, what happens to its place?",
        ),
    )


STEP = Step(
    key="noise",
    short="Noise",
    title="Let noise win",
    minutes=Minutes(2, 6),
    act="Start the contest",
    remember="The best score of the check can go to a map that says nothing.",
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=_reveal,
    shown=contestants,
    revealed=table,
    teaching=_teaching,
)
