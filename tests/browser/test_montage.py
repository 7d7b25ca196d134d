"""All pages under a fixed state, as pictures to look at: build/pages/*.png and build/montage.png."""

from __future__ import annotations

import pytest

from tools.look import PAGES
from tools.montage import montage
from tools.tour import INTO, STOPS, THEMES, WIDTHS, Tour
from xaicheck.topics.lesson.steps import STEPS

pytestmark = pytest.mark.browser
SHOWN = 0.4  # of a picture: enough to see what it is of
ASK_FIRST = {f"lesson {number}" for number in range(3, len(STEPS) + 1)}  # steps that show after the answer
BESIDE = {"lesson 6"}  # its figure belongs to a later question of the step
FEWEST = 60  # colours of a page: its ground, its text with soft edges, one picture; an empty page has about 5


def test_the_tour_leaves_no_page_and_no_step_out() -> None:
    assert {address.split("?")[0] for address in STOPS.values()} == set(PAGES)
    steps = {stop for stop in STOPS if stop.startswith("lesson")}
    assert steps == {f"lesson {number + 1}" for number in range(len(STEPS))}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("stop", STOPS)
def test_a_page_fits_its_window_has_one_title_and_says_nothing_in_the_console(
    tour: Tour, stop: str, width: str
) -> None:
    for theme, seen in tour.at(stop, width).items():
        assert seen.overflow <= 0, f"{theme}: {seen.overflow} pixels too wide"
        assert seen.headings == 1, theme
        assert seen.colours > FEWEST, f"{theme}: blank, {seen.picture}"
    assert tour.errors[stop, width] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("stop", STOPS)
def test_the_finding_and_its_picture_are_on_the_first_screen_and_no_text_lies_on_another(
    tour: Tour, stop: str, width: str
) -> None:
    tour.at(stop, width)
    for (across, down), first in tour.screens[stop, width].items():
        where = f"{across} by {down}: {first}"
        assert first.finding.left >= 0 and first.finding.right <= across and first.finding.bottom <= down, (
            where
        )
        if stop in BESIDE:
            assert first.picture is not None, where
        else:
            assert (first.picture is None) == (stop in ASK_FIRST), where
            assert first.picture is None or first.picture.shown(down) >= SHOWN, where
        assert first.over == (), where


def test_the_montage_holds_every_page(tour: Tour) -> None:
    pictures = {
        f"{stop}, {width}, {theme}": tour.at(stop, width)[theme].picture
        for width in WIDTHS
        for theme in THEMES
        for stop in STOPS
    }
    sheet = montage(pictures, INTO.parent / "montage.png", columns=len(STOPS))
    assert sheet.exists() and len(pictures) == 4 * len(STOPS)
