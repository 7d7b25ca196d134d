"""The page Methods in a browser: what only a browser can show."""

from __future__ import annotations

from typing import Any

import pytest

from xaicheck.reading.words import TEXT
from xaicheck.topics.methods.catalog import SECTIONS

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_on_a_phone_no_formula_and_no_table_goes_beyond_the_edge(page: Any, server: str) -> None:
    for key in ("methods", "similarity", "randomization", "networks"):
        page.goto(f"{server}/methods?level=Researcher&methods_section={SECTIONS[key].label}")
        page.get_by_text(TEXT.conclusion).wait_for()
        assert page.locator(f"article[id='{SECTIONS[key].entries[0].anchor}']").count() == 1
        main = page.get_by_test_id("stMain")
        assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0, key


def test_a_link_of_the_index_leads_to_its_card(page: Any, server: str) -> None:
    page.goto(f"{server}/methods")
    page.get_by_text(TEXT.conclusion).wait_for()
    last = SECTIONS["methods"].entries[-1]
    card = page.locator(f"#{last.anchor}")
    height = page.viewport_size["height"]
    assert card.bounding_box()["y"] > height
    page.locator(".xm-index a", has_text=last.title).click()
    page.wait_for_function(
        "([id, height]) => document.getElementById(id).getBoundingClientRect().top < height",
        arg=[last.anchor, height / 2],
    )
