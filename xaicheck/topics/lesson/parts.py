"""The parts of a step as HTML: task, answered question, reveal, the sentence to remember, results."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from xaicheck.topics.lesson import words
from xaicheck.topics.lesson.model import Question, Step
from xaicheck.topics.lesson.tally import Answer, Tally


def heading(number: int, total: int, step: Step, picture: str) -> str:
    """Where one is, and the step's title."""
    where = f"{words.TITLE} · {words.step_of(number, total, str(step.minutes))} · {picture}"
    return (
        f'<p class="xc-kicker">{escape(where)}</p><h1 class="xc-finding xl-title">{escape(step.title)}</h1>'
    )


def task(text: str) -> str:
    """What to do."""
    return f'<section class="xl-task"><h2>{words.TASK}</h2><p>{escape(text)}</p></section>'


def because(text: str) -> str:
    """What the answer shows."""
    if not text:
        return ""
    return f'<section class="xl-because"><h2>{words.THE_ANSWER}</h2><p>{escape(text)}</p></section>'


def remember(text: str) -> str:
    """The one sentence."""
    return f'<section class="xl-keep"><h2>{words.REMEMBER}</h2><p>{escape(text)}</p></section>'


def answered(question: Question, answer: Answer) -> str:
    """A question after its answer: every option with its mark, then why."""
    lines = []
    for option in question.options:
        right, mine = option.key == answer.right, option.key == answer.chosen
        sign = "✓" if right else "✗" if mine else ""
        notes = [note for note, on in ((words.RIGHT_ONE, right), (words.YOURS, mine)) if on]
        note = f" <em>({escape(', '.join(notes))})</em>" if notes else ""
        kind = "xl-right" if right else "xl-wrong" if mine else ""
        lines.append(
            f'<li class="{kind}"><span class="xl-sign" aria-hidden="true">{sign}</span>'
            f"<span>{escape(option.label)}{note}</span></li>"
        )
    verdict = words.RIGHT if answer.correct else words.WRONG
    return (
        f'<div class="xl-answered"><p class="xl-ask">{escape(question.ask)}</p><ul>{"".join(lines)}</ul>'
        f'<p class="xl-why"><b>{verdict}.</b> {escape(question.because)}</p></div>'
    )


def results(tally: Tally, sample: str, steps: Sequence[Step]) -> str:
    """The count of every step, and which to read again."""
    rows, known = [], 0
    for number, step in enumerate(steps, 1):
        found = tally.result(sample, step.key)
        known += found is not None
        count = words.NOT_ANSWERED if found is None else words.of(found)
        again = step.page.title if found is not None and found.correct < found.asked else ""
        cells = f"<td>{count}</td><td>{escape(again)}</td>"
        rows.append(f'<tr><th scope="row">{number}. {escape(step.title)}</th>{cells}</tr>')
    total = words.total_line(tally.total(sample), known, len(steps)) if known else words.RESULTS_EMPTY
    perfect = known == len(steps) and tally.total(sample).correct == tally.total(sample).asked
    total += f" {words.ALL_RIGHT}" if perfect else ""
    head = "".join(
        f'<th scope="col">{text}</th>'
        for text in (words.RESULTS_STEP, words.RESULTS_COUNT, words.RESULTS_READ)
    )
    return (
        f'<h2 class="xc-h2">{words.RESULTS_TITLE}</h2><p class="xl-total">{escape(total)}</p>'
        f'<table class="xl-results"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )
