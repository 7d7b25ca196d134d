"""Two random networks beside the trained one, in a real browser: the card on a phone, the lesson's switch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.test_lesson import PHONE, answer
from xaicheck.experiments.ranking import store
from xaicheck.reading import diagonal_figure
from xaicheck.topics.lesson.scores import association
from xaicheck.topics.lesson.steps import STEPS

NUMBER = list(STEPS).index("scales") + 1


def compared() -> bool:
    data = store.load()
    seen = None if data is None else association(data)
    return seen is not None and seen.placebo_known


pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not compared(), reason="the gallery has no numbers of all networks"),
]


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_every_dot_of_the_card_lies_in_its_square_on_a_phone(server: str, page: Any) -> None:
    page.goto(f"{server}/story?card=5")
    square = page.locator(".xd-plot")
    square.wait_for()
    box, dots = square.bounding_box(), page.locator(".xd-plot > i, .xd-plot > u")
    assert box["width"] == pytest.approx(box["height"], abs=2) and dots.count() > 10
    for at in range(dots.count()):
        dot = dots.nth(at).bounding_box()
        x, y = dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2
        assert box["x"] - 1 <= x <= box["x"] + box["width"] + 1
        assert box["y"] - 1 <= y <= box["y"] + box["height"] + 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("page", [{"viewport": {"width": 1280, "height": 720}}, PHONE], indirect=True)
def test_the_names_lie_on_no_dot_and_the_card_is_as_high_as_a_slide(server: str, page: Any) -> None:
    page.goto(f"{server}/story?card=5")
    page.locator(".xd-plot").wait_for()

    def boxes(what: str) -> list[dict[str, float]]:
        return [one.bounding_box() for one in page.locator(what).all()]

    def apart(a: dict[str, float], b: dict[str, float]) -> bool:
        return any(
            a[at] + a[size] <= b[at] or b[at] + b[size] <= a[at]
            for at, size in (("x", "width"), ("y", "height"))
        )

    names, others = boxes(".xd-plot b"), boxes(".xd-plot > i, .xd-plot > u")
    assert len(names) == 2 and all(apart(name, other) for name in names for other in others)
    assert apart(*names) and all(apart(name, line) for name in names for line in boxes(".xd-line"))
    if page.viewport_size["height"] == 720:
        shown = boxes(".xd-across, .xs-said, .xs-figure figcaption")
        assert len(shown) == 3 and all(one["y"] + one["height"] <= 720 for one in shown)


def test_the_lesson_asks_first_and_then_switches_the_placebo_on_and_off(server: str, page: Any) -> None:
    page.goto(f"{server}/lesson?step={NUMBER}")
    figure = ".st-key-lesson-scales-placebo"
    page.locator(f"{figure} .scatterlayer .trace").first.wait_for()
    switch = page.get_by_label(diagonal_figure.LABELS.switch)
    assert switch.count() == 0
    answer(page, NUMBER)
    switch.wait_for(state="attached")
    shown = page.locator(f"{figure} .scatterlayer .trace").count()
    page.get_by_text(diagonal_figure.LABELS.switch).click()
    page.wait_for_function(
        "([where, n]) => document.querySelectorAll(where).length < n",
        arg=[f"{figure} .scatterlayer .trace", shown],
    )
