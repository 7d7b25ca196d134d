"""axe-core on every page, in both themes and at both widths: nothing serious, nothing critical."""

from __future__ import annotations

import pytest

from tools import axe
from tools.tour import STOPS, WIDTHS, Tour

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("stop", STOPS)
def test_axe_finds_nothing_serious(tour: Tour, stop: str, width: str) -> None:
    for theme, seen in tour.at(stop, width).items():
        found = axe.grave(seen.findings)
        assert not found, f"{stop}, {width}, {theme}:\n" + "\n".join(map(str, found))


@pytest.mark.parametrize("stop", STOPS)
def test_every_text_of_a_chart_can_be_read_in_both_themes(tour: Tour, stop: str) -> None:
    for theme, seen in tour.at(stop, "desk").items():
        assert seen.faint == (), f"{stop}, {theme}"
