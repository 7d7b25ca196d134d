"""Cosine similarity convergence below the check, in a browser, with a real network."""

from __future__ import annotations

from typing import Any

import pytest

from tools import axe
from tools.look import faint, overflow, settle
from xaicheck.reading import words
from xaicheck.topics.check.convergence_words import CSC

pytestmark = pytest.mark.browser
# Pressed when it appears: on busy cores the answer is there before a pointer has come to rest on the button.
STOP_AT_ONCE = """() => new MutationObserver(() => {
  const button = document.querySelector('.st-key-convergence_stop button');
  if (button && !window.stopped) { window.stopped = true; button.click() }
}).observe(document.body, {childList: true, subtree: true})"""
PHONE = {"viewport": {"width": 390, "height": 844}}


def section(page: Any, address: str) -> Any:
    """The section of the page at an address."""
    page.goto(address)
    settle(page)
    return page.locator(".st-key-part-convergence")


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_a_press_shows_the_finding_and_everything_can_be_read_on_a_phone(page: Any, server: str) -> None:
    part = section(page, f"{server}/check")
    part.get_by_role("button", name=CSC.compute).click()
    part.get_by_role("heading", name="guided backprop").wait_for(timeout=180_000)
    part.locator(".main-svg").first.wait_for()
    settle(page)
    assert overflow(page) == 0 and not faint(page)
    assert not axe.grave(axe.findings(page))
    part.get_by_role("tab", name=CSC.signed.name).click()
    part.get_by_text(CSC.signed.axis).wait_for()
    assert part.get_by_role("button", name=CSC.compute).count() == 0  # these are the results asked for


def test_a_run_that_is_stopped_leaves_the_button_to_ask_again(page: Any, server: str) -> None:
    part = section(page, f"{server}/check?model=efficientnet_lite2")
    page.evaluate(STOP_AT_ONCE)
    part.get_by_role("button", name=CSC.compute).click()
    page.wait_for_function("() => window.stopped")
    part.get_by_role("button", name=words.TEXT.stop).wait_for(state="detached")
    assert part.get_by_role("button", name=CSC.compute).is_enabled()
    assert part.get_by_role("heading", name=CSC.title).is_visible()
