"""Links in a real browser, on a server of its own that has seen nobody: what they show, what they become."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tools.dashboard import dashboard
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.report import page as report
from xaicheck.topics.lesson.steps import STEPS
from xaicheck.viewer.scene import View
from xaicheck.web import TEXT

pytestmark = pytest.mark.browser

CHECK = (
    "/check?sample=coffee&model=resnet18&methods=gradient&methods=grad_cam&integrated_gradients.steps=8"
    "&seeds=1&target=967&level=researcher"
)


@pytest.fixture(scope="module")
def fresh(browser: Any) -> Iterator[str]:
    """A server that was started for this file."""
    with dashboard() as address:
        yield address


def query(page: Any) -> list[tuple[str, str]]:
    """What the address bar holds."""
    return parse_qsl(urlsplit(page.url).query, keep_blank_values=True)


def settles(page: Any, wanted: list[tuple[str, str]]) -> None:
    """Nothing; waits until the address bar holds that, in any order."""
    asked = sorted(f"{key}={value}" for key, value in wanted)
    page.wait_for_function(
        "asked => JSON.stringify([...new URLSearchParams(location.search)].map(p => p.join('=')).sort())"
        " === JSON.stringify(asked)",
        arg=asked,
    )


def test_a_check_link_on_a_fresh_server_shows_the_settings_it_names(page: Any, fresh: str) -> None:
    elsewhere = []
    page.on("request", lambda request: elsewhere.append(request.url))
    page.goto(fresh + CHECK)  # the very first visit of this server, and not at its door
    page.get_by_role("radio", name="Cup of coffee", checked=True).wait_for()
    assert page.get_by_text("Page not found").count() == 0
    assert page.get_by_role("combobox", name="Network").input_value() == "ResNet-18"
    assert page.get_by_role("combobox", name="Explained class").input_value() == "espresso (967)"
    for name, pressed in (("Gradient", True), ("Grad-CAM", True), ("Integrated gradients", False)):
        button = page.get_by_role("button", name=name, exact=True)
        assert (button.get_attribute("aria-pressed") == "true") is pressed, name
    # What no widget shows is no part of the state: the steps belong to a method that is not chosen.
    known = [pair for pair in parse_qsl(urlsplit(CHECK).query) if pair[0] != "integrated_gradients.steps"]
    settles(page, known)
    page.reload()
    page.get_by_role("radio", name="Cup of coffee", checked=True).wait_for()
    settles(page, known)
    outside = [url for url in elsewhere if not url.startswith((fresh, "data:", "blob:"))]
    assert outside == []


def test_a_class_link_shows_the_same_to_the_next_visitor(page: Any, fresh: str) -> None:
    page.goto(f"{fresh}/noise?noise_method=gradient&noise_share=0.5&noise_depth=4")
    page.get_by_text("With 50 % noise the gradient map").first.wait_for()
    assert page.get_by_role("combobox", name="Method").first.input_value() == "Gradient"
    settles(page, [("noise_method", "gradient"), ("noise_share", "0.5"), ("noise_depth", "4")])


def test_a_link_into_the_lesson_opens_its_step_on_a_server_that_has_seen_nobody(page: Any) -> None:
    with dashboard() as address:
        page.goto(f"{address}/lesson?step=5&sample=coffee")
        page.get_by_role("heading", level=1, name=STEPS["flip"].title).wait_for()
        assert page.get_by_text(f"Step 5 of {len(STEPS)}").first.is_visible()
        assert "Cup of coffee" in page.get_by_role("combobox").first.input_value()
        settles(page, [("step", "5"), ("sample", "coffee")])


def test_the_link_in_a_report_shows_its_view_on_a_server_that_has_seen_nobody(page: Any) -> None:
    first = shipped.load()
    assert first is not None
    with dashboard() as address:
        view = View(depth=4, measure="ssim", scale="shared", mode="swipe")
        text = report.build(first, view=view, base=f"{address}/")
        (link,) = re.findall(rf'href="({re.escape(address)}[^"]*)"', text)
        page.goto(html.unescape(link))
        page.locator(".xv[data-ready=true][data-depth='4']").wait_for()
        assert page.locator(".xv select").input_value() == "ssim"
        assert page.locator(".xv").get_by_role("slider", name="Divider").count() > 0
        settles(page, [("depth", "4"), ("measure", "ssim"), ("scale", "shared"), ("view", "swipe")])


def test_moving_controls_leaves_no_trail_and_going_back_restores(page: Any, fresh: str) -> None:
    page.goto(f"{fresh}/story?card=2")
    page.get_by_role("heading", level=1).wait_for()
    entries = page.evaluate("history.length")
    for card in ("3", "4", "5"):
        page.get_by_role("button", name="Next").click()
        settles(page, [("card", card)])
    assert page.evaluate("history.length") == entries
    page.get_by_role("link", name="Methods").first.click()
    page.get_by_role("heading", name="catalogue").or_(page.locator(".xm-tiles")).first.wait_for()
    settles(page, [])  # the other page's parameter does not leak
    page.go_back()
    page.get_by_text("5 of 6").wait_for()
    settles(page, [("card", "5")])


def test_a_link_with_an_anchor_goes_to_its_card(page: Any, fresh: str) -> None:
    page.goto(f"{fresh}/methods?methods_section=similarity#similarity-ssim")
    page.locator("#similarity-ssim").wait_for()
    page.wait_for_function("document.getElementById('similarity-ssim').getBoundingClientRect().top < 200")
    assert page.url.endswith("#similarity-ssim")


def test_the_button_copies_the_address(page: Any, fresh: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=fresh)
    page.goto(f"{fresh}/story?card=3")
    button = page.get_by_role("button", name=TEXT.copy.button)
    button.click()
    page.get_by_text(TEXT.copy.done).wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url == f"{fresh}/story?card=3"
    assert not page.get_by_label(TEXT.copy.field).is_visible()


def test_without_a_clipboard_the_link_stands_selected_in_a_field(page: Any, fresh: str) -> None:
    # As on plain http over a local network, where browsers hide the clipboard.
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'clipboard', {get: () => undefined})")
    page.goto(f"{fresh}/story?card=3")
    page.get_by_role("button", name=TEXT.copy.button).focus()
    page.keyboard.press("Enter")
    page.get_by_text(TEXT.copy.by_hand).wait_for()
    field = page.get_by_label(TEXT.copy.field)
    assert field.input_value() == page.url
    assert field.evaluate("f => f.value.slice(f.selectionStart, f.selectionEnd)") == page.url
