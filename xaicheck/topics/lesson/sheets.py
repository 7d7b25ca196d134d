"""Two sheets to print, each one HTML file that needs nothing else: for the teacher, and for the students."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from xaicheck.models.registry import MODELS
from xaicheck.reading import diagonal_drawing, heatmap
from xaicheck.reading.templates import css, pieces, style
from xaicheck.topics.lesson import words
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.steps import STEPS
from xaicheck.topics.lesson.words import TEXT

LINES = 2  # to write on, below a question
_PIECES = "topics/lesson/sheets.html"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands at the top and at the foot of a sheet."""

    title: str
    picture: str
    low: int  # minutes of a short lesson
    high: int  # minutes of a long lesson
    meta: str  # what the sheet is about
    src: str  # of the picture; empty without maps
    made: str  # what the numbers were computed for; empty without maps
    fields: bool  # whether there is room for a name
    alt: str = TEXT.photo_alt
    style: Markup = style(diagonal_drawing.sheet(), css("topics/lesson/sheets.css"))


def teacher(material: Material) -> Markup:
    """The teacher’s sheet: times, aims, the numbers of this picture, answers, pitfalls, questions to ask."""
    sheet, steps = _sheet(TEXT.teacher, material, fields=False), STEPS.values()
    return pieces(_PIECES).teacher(sheet, steps, material, TEXT.sheet)


def worksheet(material: Material) -> Markup:
    """The students’ sheet: the same questions and pictures, boxes to tick and lines to write on."""
    sheet, steps = _sheet(TEXT.worksheet, material, fields=True), STEPS.values()
    return pieces(_PIECES).worksheet(sheet, steps, material, TEXT.sheet, LINES)


def _sheet(title: str, material: Material, *, fields: bool) -> Sheet:
    low, high = minutes()
    src = made = ""
    if material.reading is not None:
        report = material.reading.report
        request, version = report.request, dict(report.versions).get("xaicheck", "")
        src = heatmap.data_url(heatmap.photograph(report.view))
        model = MODELS[request.model].label
        made = words.made_line(model, request.seeds, request.law, request.batchnorm, version)
    meta = words.sheet_line(material.label, material.target_name, low, high)
    return Sheet(title, material.label, low, high, meta, src, made, fields)


def minutes() -> tuple[int, int]:
    """How long all steps take together: in a short lesson, and in a long one."""
    times = [step.minutes for step in STEPS.values()]
    return sum(time.low for time in times), sum(time.high for time in times)
