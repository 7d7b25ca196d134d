"""Two sheets to print, each one HTML file that needs nothing else: for the teacher, and for the students."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from xaicheck.models.registry import MODELS
from xaicheck.reading import heatmap
from xaicheck.topics.lesson import words
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.model import Question, Step
from xaicheck.topics.lesson.sheets_style import SHEET_STYLE
from xaicheck.topics.lesson.steps import STEPS, guess

TEXT = words.SHEET
LINES = 2  # to write on, below a question
_SAFE = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"  # a sheet loads nothing


def teacher(material: Material) -> str:
    """The teacher’s sheet: times, aims, the numbers of this picture, answers, pitfalls, questions to ask."""
    parts = [_top(TEXT["teacher_title"], material), _before(), _times()]
    parts += [_taught(number, step, material) for number, step in enumerate(STEPS, 1)]
    return _page(f"{TEXT['teacher_title']}: {material.label}", "".join(parts), material)


def worksheet(material: Material) -> str:
    """The students’ sheet: the same questions and pictures, boxes to tick and lines to write on."""
    fields = f'<div class="fields"><span>{TEXT["name"]}</span><span>{TEXT["date"]}</span></div>'
    parts = [_top(TEXT["student_title"], material, fields), _glossary()]
    parts += [_asked(number, step, material) for number, step in enumerate(STEPS, 1)]
    return _page(f"{TEXT['student_title']}: {material.label}", "".join(parts), material)


def _page(title: str, body: str, material: Material) -> str:
    foot = f"<footer>{escape(TEXT['source'])} {escape(_made(material))}</footer>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_SAFE}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{SHEET_STYLE}</style></head><body><main>{body}</main>{foot}</body></html>"
    )


def _made(material: Material) -> str:
    """What the numbers were computed for."""
    if material.reading is None:
        return ""
    report = material.reading.report
    request, version = report.request, dict(report.versions).get("xaicheck", "")
    model = MODELS[request.model].label
    return words.made_line(model, request.seeds, request.law, request.batchnorm, version)


def _top(title: str, material: Material, below: str = "") -> str:
    image = ""
    if material.reading is not None:
        src = heatmap.data_url(heatmap.photograph(material.reading.report.view))
        image = f'<img src="{src}" alt="{escape(words.PHOTO_ALT)}">'
    low, high = (sum(getattr(step.minutes, end) for step in STEPS) for end in ("low", "high"))
    meta = words.sheet_line(material.label, material.target_name, low, high)
    return (
        f'<div class="top"><div><h1>{words.SHEET_TITLE}</h1><p class="kind">{escape(title)}</p>'
        f'<p class="meta">{escape(meta)}</p>{below}</div>{image}</div>'
    )


def _before() -> str:
    return f'<section class="whole"><h2>{TEXT["before"]}</h2>{_list(words.BEFORE)}</section>'


def _glossary() -> str:
    """The words that a student needs, and when to tick."""
    terms = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in words.GLOSSARY)
    tick = f"<p>{escape(TEXT['tick'])}</p>"
    return f'<section class="whole"><h2>{TEXT["words"]}</h2><dl>{terms}</dl>{tick}</section>'


def _times() -> str:
    """The table of times: each step in a short and in a long lesson, and the sums."""
    rows = "".join(
        f'<tr><td>{number}</td><th scope="row">{escape(step.title)}</th>'
        f"<td>{step.minutes.low}</td><td>{step.minutes.high}</td><td>{escape(step.remember)}</td></tr>"
        for number, step in enumerate(STEPS, 1)
    )
    low, high = (sum(getattr(step.minutes, end) for step in STEPS) for end in ("low", "high"))
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in words.TIMES_HEAD)
    rows += f'<tr><td></td><th scope="row"><b>{words.TOGETHER}</b></th>'
    rows += f"<td><b>{low}</b></td><td><b>{high}</b></td><td></td></tr>"
    return (
        f'<section class="whole"><h2>{TEXT["times"]}</h2><table class="times"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></section>"
    )


def _heading(number: int, step: Step) -> str:
    return (
        f'<h2><span class="number">{number}</span>{escape(step.title)} '
        f'<span class="minutes">{step.minutes}</span></h2>'
    )


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"


def _taught(number: int, step: Step, material: Material) -> str:
    """A step as the teacher sees it."""
    teaching = step.teaching(material)
    answers = "".join(
        f"<li>{escape(q.ask)} <b>{escape(_answer(q))}.</b> {escape(q.because)}</li>"
        for q in step.questions(material)
    )
    expect = f"<h3>{TEXT['expect']}</h3>{_list(teaching.expect)}" if teaching.expect else ""
    reveal = step.reveal(material).researcher
    detail = f"<p>{escape(reveal)}</p>" if reveal else ""
    return (
        f"<section>{_heading(number, step)}"
        f'<p class="lead"><b>{TEXT["aim"]}.</b> {escape(teaching.aim)}</p>'
        f'<p class="lead"><b>{TEXT["do"]}.</b> {escape(step.task(material).student)}</p>'
        f'{expect}<h3>{TEXT["answers"]}</h3><ul class="answers">{answers}</ul>{detail}'
        f'<div class="two whole"><div><h3>{TEXT["pitfalls"]}</h3>{_list(teaching.pitfalls)}</div>'
        f"<div><h3>{TEXT['ask']}</h3>{_list(teaching.ask)}</div></div>"
        f'<div class="keep"><p><b>{TEXT["remember"]}.</b> {escape(step.remember)}</p></div></section>'
    )


def _answer(question: Question) -> str:
    """The right option without its full stop."""
    return question.label(question.right or "").rstrip(".")


def _boxes(question: Question) -> str:
    options = "".join(f"<li>{escape(option.label)}</li>" for option in question.options)
    return f'<p>{escape(question.ask)}</p><ul class="boxes">{options}</ul>'


def _lines(label: str, count: int = LINES) -> str:
    return f'<div class="lines"><span>{escape(label)}</span>{"<i></i>" * count}</div>'


def _asked(number: int, step: Step, material: Material) -> str:
    """A step as the student sees it: nothing that gives an answer away."""
    questions = step.questions(material)
    pictures = (
        {m: guess.pair(material, m, right, answered=False) for m, right in guess.pairs(material.sample)}
        if step.key == guess.KEY
        else {}
    )
    blocks = "".join(f'<div class="question">{pictures.get(q.key, "")}{_boxes(q)}</div>' for q in questions)
    body = f'<div class="pairs">{blocks}</div>' if pictures else blocks
    return (
        f'<section class="whole">{_heading(number, step)}'
        f"<p>{escape(step.task(material).student)}</p>"
        f"{step.shown(material)}{body}{_lines(TEXT['why'])}"
        f'<div class="keep"><p><b>{TEXT["remember"]}.</b> {TEXT["own_words"]}</p>{_lines("", 1)}</div>'
        "</section>"
    )
