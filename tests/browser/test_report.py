"""The report opened from a disk, with the network off: its scrubber works, and it prints on A4."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app import fakes
from tools import axe
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.methods import METHODS
from xaicheck.reading import words
from xaicheck.reading.numbers import Reading
from xaicheck.reading.sentences import finding
from xaicheck.report import opening, page as report_page, words as report_words
from xaicheck.types import Report
from xaicheck.viewer import TEXT
from xaicheck.viewer.scene import View

pytestmark = pytest.mark.browser
OFF = {"offline": True}
PHONE = {**OFF, "viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DARK = {**OFF, "color_scheme": "dark"}
A4_WIDTH = 694  # pixels of a page between its margins, at 96 to the inch: 210 - 2 · 13 mm


@pytest.fixture(scope="module")
def report() -> Report:
    found = shipped.load()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def file(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report_page.build(report, view=View(9, "spearman")), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with few maps: axe looks at every element."""
    path = tmp_path_factory.mktemp("short") / "report.html"
    chosen = ("gradient", "grad_cam", "fresh_noise")
    few = fakes.sample_report(seeds=2, methods=chosen, depths=(0, 5, 19))
    path.write_text(report_page.build(few, view=View(5, "spearman")), encoding="utf-8")
    return path


@pytest.fixture
def opened(page: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The report, drawn; errors, refusals of its policy and requests fail the test."""
    file: Path = request.getfixturevalue("short" if "axe" in request.node.name else "file")
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith(("file:", "data:")) else None)
    page.goto(file.as_uri())
    page.locator("#maps .xv[data-ready=true]").wait_for()
    yield page
    assert not wrong


@pytest.mark.parametrize("page", [OFF], indirect=True)
def test_the_scrubber_moves_and_the_numbers_with_it(opened: Any, report: Report) -> None:
    reading = Reading(report)
    heading = opened.get_by_role("heading", level=1)
    assert heading.inner_text() == finding(reading, "spearman", 9, METHODS)
    slider = opened.get_by_role("slider", name=TEXT.browser.depth)
    slider.focus()
    opened.keyboard.press("ArrowRight")
    assert heading.inner_text() == finding(reading, "spearman", 10, METHODS)
    card = opened.get_by_role("article", name=re.compile("^Gradient: "))
    shown = words.number(reading.score("gradient", "spearman", 10).mean)
    assert card.locator(".xv-score b").inner_text() == shown
    assert heading.inner_text() != finding(reading, "spearman", 9, METHODS)


@pytest.mark.parametrize("page", [OFF, DARK, PHONE], indirect=True, ids=["light", "dark", "phone"])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_window(opened: Any) -> None:
    for summary in opened.locator("details > summary").all():
        summary.click()
    assert not axe.grave(axe.findings(opened))
    width = opened.viewport_size["width"]
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("page", [OFF, DARK], indirect=True, ids=["light", "dark"])
def test_the_colours_follow_the_reader(opened: Any, request: pytest.FixtureRequest) -> None:
    ground = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, re.findall(r"\d+", ground)[:3])) / 3
    inner = opened.evaluate(
        "getComputedStyle(document.querySelector('#maps').shadowRoot.querySelector('.xv-card')).backgroundColor"
    )
    inside = sum(map(int, re.findall(r"\d+", inner)[:3])) / 3
    dark = "dark" in request.node.name
    assert (brightness < 60, inside < 60) == (dark, dark)


@pytest.mark.parametrize("page", [DARK], indirect=True, ids=["dark"])
def test_on_paper_the_verdict_the_tables_and_the_depth_are_there_and_the_controls_are_not(
    opened: Any,
) -> None:
    opened.emulate_media(media="print")
    opened.set_viewport_size({"width": A4_WIDTH, "height": 1000})
    assert opened.get_by_role("heading", name=words.TEXT.titles.verdict).is_visible()
    assert opened.get_by_text(report_words.TEXT.printed_at).is_visible()
    assert opened.get_by_role("heading", level=1).is_visible()  # it names the depth
    assert not opened.get_by_role("slider", name=TEXT.browser.depth).is_visible()
    tables = opened.locator("details table")
    assert tables.count() and all(table.is_visible() for table in tables.all())
    assert opened.evaluate("document.documentElement.scrollWidth") <= A4_WIDTH
    ground = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    pdf = opened.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert pdf.startswith(b"%PDF") and 8 <= pages <= 20  # its tables in full, and no page for a line
    assert b"[0 0 594" in pdf or b"[0 0 595" in pdf  # A4 is 595 points wide


def test_the_page_hands_out_a_report_whose_link_opens_the_same_state(
    page: Any, server: str, tmp_path: Path
) -> None:
    page.goto(f"{server}/check?depth=4&measure=ssim")
    said = page.get_by_role("heading", level=1).inner_text()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=report_words.TEXT.take.page).click()
    file = tmp_path / waiting.value.suggested_filename
    assert re.fullmatch(r"xaicheck-chelsea-[a-z0-9-]+\.html", file.name)
    waiting.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert report_page.seal_holds(text) and len(text.encode()) < report_page.LIMIT
    assert opening.read(file).changed == ()
    (link,) = re.findall(rf'href="({re.escape(server)}[^"]*)"', text)
    visitor = page.context.browser.new_page()
    visitor.goto(html.unescape(link))
    visitor.get_by_role("heading", level=1).filter(has_text=said).wait_for()
    visitor.close()
