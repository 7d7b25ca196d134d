"""The viewer's code: it writes text and no markup, fetches nothing, and takes no view on trust."""

from __future__ import annotations

import re

import pytest

from xaicheck.viewer import TEXT, page
from xaicheck.viewer.scene import View

START = View(9, "spearman")


def test_no_data_can_become_markup_and_nothing_is_fetched() -> None:
    code = page.core_js()
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function", code)
    assert not re.findall(r"\bfetch\(|XMLHttpRequest|WebSocket|import\(|sendBeacon", code)
    assert set(re.findall(r"https?://[^\"'` ]+", code + page.css())) == {"http://www.w3.org/2000/svg"}


def test_maps_are_never_read_back_from_a_canvas() -> None:
    assert "getImageData" not in page.core_js()


def test_every_script_is_part_of_the_whole() -> None:
    assert {path.stem for path in page.HERE.glob("*.js")} == set(page.FILES)


@pytest.mark.parametrize("path", sorted(page.HERE.glob("*.js")), ids=lambda path: path.name)
def test_a_script_stays_readable(path: object) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()  # type: ignore[attr-defined]
    assert len(lines) <= 250 and max(map(len, lines)) <= 120


def test_every_word_that_the_scripts_ask_for_exists_and_every_word_is_asked_for() -> None:
    code = page.core_js()
    asked = set(re.findall(r"words\.([a-z_0-9]+)", code))
    assert asked <= set(TEXT.browser)
    # Those found by a name that is put together: modes, scales, pictures, and the states of a map.
    built = {"side", "blink", "swipe", "own", "shared", "mode", "scale", "scale_help", "own_range",
             "shared_range", "original", "randomized", "difference", "waiting", "away",
             "no_script"}  # fmt: skip
    assert set(TEXT.browser) <= asked | built


def test_a_piece_of_a_page_is_named_plainly_and_closes_no_script_early() -> None:
    made = page.embed(b"XV1\n", name="maps-1")
    assert made.count("<script") == made.count("</script>") == 2
    assert 'id="maps-1"' in made
    for name in ("", "Maps", '"><script>', "1maps"):
        with pytest.raises(ValueError, match="not made of"):
            page.embed(b"", name=name)


@pytest.mark.parametrize("data", [None, 3, "x", [], {}, {"depth": "9"}, {"depth": True, "mode": "evil"}])
def test_a_view_that_makes_no_sense_is_the_start(data: object) -> None:
    from xaicheck.web.viewer import view_of

    assert view_of(data, START) == START


def test_a_view_from_the_browser_is_taken_value_by_value() -> None:
    from xaicheck.web.viewer import view_of

    data = {"depth": 4, "measure": "mse", "scale": "shared", "mode": "swipe", "opacity": 300, "more": 1}
    assert view_of(data, START) == View(4, "mse", "shared", "swipe", 100)
    assert view_of({"depth": -2}, START) == View(0, "spearman")
