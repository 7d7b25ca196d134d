"""The parts of a step as HTML: task, answered question, reveal, results; maps, the row of blocks, tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from markupsafe import Markup

from xaicheck.methods import METHODS
from xaicheck.reading import heatmap
from xaicheck.reading.numbers import Reading
from xaicheck.reading.templates import css, pieces, style
from xaicheck.reading.words import colour_end
from xaicheck.topics.lesson import words
from xaicheck.topics.lesson.model import Answer, Question, Step, Tally
from xaicheck.topics.lesson.words import TEXT

_PIECES = "topics/lesson/parts.html"


def sheet() -> Markup:
    """The page's style sheet."""
    return style(css("topics/lesson/style.css"))


def heading(number: int, total: int, step: Step, picture: str) -> Markup:
    """Where one is, and the step's title."""
    where = f"{TEXT.title} · {words.step_of(number, total, str(step.minutes))} · {picture}"
    return pieces(_PIECES).heading(where, step.title)


def task(text: str) -> Markup:
    """What to do."""
    return pieces(_PIECES).section("task", TEXT.task, text)


def because(text: str) -> Markup:
    """What the answer shows; empty without a text."""
    return pieces(_PIECES).section("because", TEXT.the_answer, text) if text else Markup()


def remember(text: str) -> Markup:
    """The one sentence."""
    return pieces(_PIECES).section("keep", TEXT.remember, text)


def answered(question: Question, answer: Answer) -> Markup:
    """A question after its answer: every option with its mark, then why."""
    options = []
    for option in question.options:
        right, mine = option.key == answer.right, option.key == answer.chosen
        kind, sign = ("xl-right", "✓") if right else ("xl-wrong", "✗") if mine else ("", "")
        notes = [note for note, on in ((TEXT.right_one, right), (TEXT.yours, mine)) if on]
        options.append((kind, sign, option.label, notes))
    verdict = TEXT.right if answer.correct else TEXT.wrong
    return pieces(_PIECES).answered(question.ask, options, verdict, question.because)


def results(tally: Tally, sample: str, steps: Sequence[Step]) -> Markup:
    """The count of every step, and which to read again."""
    counts = [tally.result(sample, step.key) for step in steps]
    rows = [
        (
            step.title,
            TEXT.not_answered if count is None else words.of(count),
            "" if count is None or count.perfect else step.page.title,
        )
        for step, count in zip(steps, counts, strict=True)
    ]
    known = sum(count is not None for count in counts)
    total = words.total_line(tally.total(sample), known, len(steps))
    return pieces(_PIECES).results(TEXT.results_title, total, TEXT.results_head, rows)


def photograph(reading: Reading | None) -> Markup:
    """The picture as the network sees it."""
    src = "" if reading is None else heatmap.data_url(heatmap.photograph(reading.report.view))
    return pieces(_PIECES).figure(src, TEXT.photo_alt, TEXT.computing, TEXT.photo, "")


@lru_cache(maxsize=128)  # a class looks at the same few maps
def picture(
    reading: Reading | None, method: str, depth: int, *, caption: str, alt: str, numbers: bool = True
) -> Markup:
    """A method's map at a depth in colours of its own range, or why there is none to see."""
    figure = pieces(_PIECES).figure
    attribution = None if reading is None else reading.map(method, depth)
    if attribution is None:
        return figure("", "", TEXT.computing, caption, "")
    values, limit = attribution.values, heatmap.map_range(attribution.values)
    why = heatmap.why_not_drawn(values, attribution.why)
    if why or values is None or limit is None or not np.isfinite(limit):
        return figure("", "", why or "", caption, "")
    src = heatmap.data_url(heatmap.png(values, limit, signed=METHODS[method].signed))
    return figure(src, alt, "", caption, _colour_bar(method, limit if numbers else None))


def _colour_bar(method: str, limit: float | None) -> Markup:
    """The colours with their ends; without a limit the ends are words, so that no number gives a map away."""
    signed = METHODS[method].signed
    high = TEXT.strong if limit is None else colour_end(limit)
    low = (TEXT.negative if limit is None else f"−{high}") if signed else "0"
    return pieces(_PIECES).colour_bar(low, heatmap.data_url(heatmap.colour_bar(signed=signed)), high)


def row(*figures: Markup) -> Markup:
    """Figures beside each other, as many as fit."""
    return pieces(_PIECES).group("row", figures)


def pair(figures: Iterable[Markup]) -> Markup:
    """Two figures beside each other, however narrow the page."""
    return pieces(_PIECES).group("pair", figures)


def blocks(total: int, random: int) -> Markup:
    """The network as a row of blocks from input to output; the last ones have random weights."""
    kept = total - random
    lines = words.blocks_alt(total, random), words.kept_blocks(kept), words.random_blocks(random)
    return pieces(_PIECES).blocks(kept, random, TEXT.input, TEXT.output, *lines)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table with bars."""

    label: str
    value: str  # as it is written
    share: float  # of the bar, 0 to 1
    note: str = ""
    strong: bool = False
    control: bool = False

    @property
    def kind(self) -> str:
        """How the line looks, as classes."""
        return " ".join(name for name, on in (("xl-strong", self.strong), ("xl-control", self.control)) if on)

    @property
    def width(self) -> str:
        """Of the bar, in percent."""
        return f"{100 * self.share:.0f}"


def bars(title: str, rows: Sequence[Row], *, head: Sequence[str] = ()) -> Markup:
    """A table: place, name, bar with its number, note; the caption says what the bar is."""
    names = (TEXT.place, *head) if head else ()
    return pieces(_PIECES).bars(title, names, rows, TEXT.control)


def column(table: Markup) -> Markup:
    """A table that keeps the width of one of two columns."""
    return pieces(_PIECES).column(table)


def chips(title: str, names: Sequence[tuple[str, bool]]) -> Markup:
    """A list of names, each with whether it is a control, which then stands beside it."""
    return pieces(_PIECES).chips(title, names, TEXT.control)
