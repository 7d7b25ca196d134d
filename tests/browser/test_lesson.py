"""The lesson in a real browser: from start to end by keyboard, on a phone, and its sheets on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from xaicheck.topics.lesson.model import Step
from xaicheck.topics.lesson.steps import STEPS
from xaicheck.topics.lesson.words import TEXT

pytestmark = pytest.mark.browser

A4 = (595, 842)  # points, as the PDF writes them
LAST = len(STEPS)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def step(number: int) -> Step:
    return list(STEPS.values())[number - 1]


def title(page: Any, number: int) -> None:
    """Waits until that step is shown."""
    page.locator("h1", has_text=step(number).title).wait_for()


def press(page: Any, key: str, selector: str) -> None:
    """A key on the element, as a keyboard user has it in focus."""
    target = page.locator(selector).filter(visible=True).last
    target.focus()
    target.press(key)


def answer(page: Any, number: int) -> None:
    """Chooses the first option of every question and shows the answer, all by keyboard."""
    asked = step(number)
    prefix = f"[class*='st-key-lesson-chelsea-{asked.key}-']"
    button = f".st-key-lesson-act-{asked.key} button"
    page.locator(button).filter(visible=True).last.wait_for()  # drawn last: all questions are there
    for at in range(page.locator(prefix).count()):
        radio = page.locator(prefix).nth(at).locator("input[type=radio]").first
        radio.focus()
        radio.press("Space")
        expect(radio).to_be_checked()
    page.locator(f"{button}:not([disabled])").filter(visible=True).last.wait_for()
    press(page, "Enter", button)
    page.get_by_text(asked.remember).wait_for()


def test_the_lesson_goes_from_start_to_end_by_keyboard_and_asks_no_other_server(
    server: str, page: Any
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/lesson")
    for number in range(1, LAST + 1):
        title(page, number)
        assert page.get_by_text(step(number).remember).count() == 0
        answer(page, number)
        if step(number).key == "check":
            page.get_by_role("slider", name="Blocks randomized").wait_for()
        if number < LAST:
            press(page, "Enter", ".st-key-lesson-next button")
            title(page, number + 1)
            page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop < 5")
    page.get_by_role("heading", name=TEXT.results_title).wait_for()
    assert re.search(
        rf"\d+ of \d+ answers right in {LAST} of {LAST} steps\.", page.locator(".xl-total").inner_text()
    )
    page.locator(".st-key-lesson-step-4 button").filter(visible=True).first.click()
    title(page, 4)
    page.get_by_text(STEPS["noise"].remember).wait_for()  # an answered step stays answered
    outside = [url for url in asked if not url.startswith((server, server.replace("http", "ws"), "data:"))]
    assert [url for url in outside if not url.startswith("blob:")] == []


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_every_step_fits_a_phone_and_the_first_question_is_seen_at_once(server: str, page: Any) -> None:
    page.goto(f"{server}/lesson?step=1")
    for number in range(1, LAST + 1):
        if number > 1:
            page.locator(f".st-key-lesson-step-{number} button").filter(visible=True).first.click()
        title(page, number)
        page.locator(".st-key-lesson-back").wait_for()
        sizes = page.evaluate(
            "() => { const m = document.querySelector('[data-testid=stMain]');"
            "return [m.scrollWidth, m.clientWidth] }"
        )
        assert sizes[0] <= sizes[1] == PHONE["viewport"]["width"]
        if number == 1:
            seen = page.locator(f"[class*='st-key-lesson-chelsea-{step(1).key}-'] p").evaluate_all(
                "all => all.map(e => { const b = e.getBoundingClientRect();"
                "const at = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);"
                "return Boolean(at) && (at === e || e.contains(at) || at.contains(e)) })"
            )
            assert seen[:2] == [True, True]  # the question and its first answer; no bar lies over them
        rail = page.locator(".st-key-lesson_rail button").filter(visible=True)
        boxes = [rail.nth(at).bounding_box() for at in range(rail.count())]
        assert len(boxes) == len(STEPS)
        assert all(box["height"] >= 24 and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)


@pytest.mark.parametrize("name", [TEXT.teacher, TEXT.worksheet])
def test_a_sheet_is_downloaded_and_prints_on_a4_without_cutting_a_picture(
    server: str, page: Any, browser: Any, tmp_path: Path, name: str
) -> None:
    page.goto(f"{server}/lesson?step=4")
    page.get_by_text(TEXT.sheets_title).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    path = tmp_path / "sheet.html"
    download.value.save_as(path)
    context = browser.new_context(offline=True)
    sheet = context.new_page()
    sheet.goto(path.as_uri())
    assert sheet.evaluate("() => [...document.images].every(i => i.complete && i.naturalWidth > 0)")
    sheet.emulate_media(media="print")
    sheet.set_viewport_size({"width": 673, "height": 1000})  # A4 less its margins, 178 mm
    assert sheet.evaluate("() => document.documentElement.scrollWidth") <= 673
    kept = sheet.evaluate(
        "() => [...document.querySelectorAll('figure, table, .question, .top')]"
        ".map(e => [getComputedStyle(e).breakInside, e.getBoundingClientRect().height])"
    )
    page_height = 1000  # pixels at 96 a inch: 297 mm less 31 mm of margins
    assert kept and all(rule == "avoid" and height < page_height for rule, height in kept)
    pdf = sheet.pdf(prefer_css_page_size=True, print_background=True)
    context.close()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {A4}
    assert 3 <= len(re.findall(rb"/Type /Page\b", pdf)) <= 7  # the figure of two networks takes part of one
