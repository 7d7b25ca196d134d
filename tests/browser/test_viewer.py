"""The viewer in a browser, on a page of its own: what is drawn and read is what the arrays hold."""

from __future__ import annotations

import base64
import dataclasses
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import viewer_scene as small
from xaicheck import viewer
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.methods import METHODS
from xaicheck.reading import heatmap, words
from xaicheck.reading.numbers import Reading
from xaicheck.viewer import TEXT
from xaicheck.viewer.build import scene
from xaicheck.viewer.encode import encode
from xaicheck.viewer.page import core_js, css, embed
from xaicheck.viewer.scene import Parts, Scene, View

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ENDS = ("mean", "low", "high")
CALM = {"reduced_motion": "reduce"}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>maps</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<body style="margin:16px"><h2>before</h2><div id="maps"></div><div style="height:1500px"></div><script>
window.views = [];
window.bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
window.mount = (text) => {
  const root = document.getElementById("maps").attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = STYLE;
  root.append(style);
  window.viewer = (CORE)(root, bytes(text), { onView: (view) => views.push(view) });
};
</script></body></html>"""

Open = Callable[..., Any]


def packed(given: Scene) -> str:
    return base64.b64encode(encode(given)).decode()


@pytest.fixture
def opened(page: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens a page with a scene; every error of the page and every request fails the test."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith(("file:", "data:")) else None)
    style = "`" + css().replace("\\", "\\\\").replace("`", "\\`") + "`"
    file = tmp_path / "page.html"
    file.write_text(_PAGE.replace("STYLE", style, 1).replace("CORE", core_js(), 1), encoding="utf-8")

    def opens(given: Scene | None = None) -> Any:
        page.goto(file.as_uri())
        page.evaluate("text => mount(text)", packed(given or small.scene()))
        page.locator(".xv[data-ready=true]").wait_for()
        return page

    yield opens
    assert wrong == []


def pixels(page: Any, card: int, picture: int) -> np.ndarray:
    """What a canvas of a card shows, uint8 [H W 3]."""
    canvas = page.locator("article.xv-card:has(.xv-maps)").nth(card).locator("canvas").nth(picture)
    data = canvas.evaluate("c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)")
    return np.array(data, np.uint8).reshape(*small.SIZE, 4)[..., :3]


def coloured(values: np.ndarray, limit: float, *, signed: bool) -> np.ndarray:
    palette = heatmap.diverging() if signed else heatmap.sequential()
    return np.asarray(palette[heatmap.indices(values, limit, signed=signed)])


def scrubber(page: Any) -> Any:
    return page.get_by_role("slider", name=TEXT.browser.depth)


def finding(page: Any) -> str:
    return str(page.locator("h1").inner_text())


def readings(page: Any, card: int) -> str:
    return str(page.locator(".xv-values").nth(card).inner_text())


def said(card: int, state: int, x: int, y: int) -> str:
    """What stands below a card when the cross is at (x, y): Python's own numbers."""
    found = (small.values(card, 0), small.values(card, state), small.difference(card, state))
    named = dict(
        zip(("original", "randomized", "difference"), (words.short(v[y, x]) for v in found), strict=True)
    )
    return TEXT.browser.read.format(x=x, y=y, **named)


def test_the_maps_are_drawn_in_the_colours_that_python_gives_them(opened: Open) -> None:
    given = small.scene()
    assert b'"filter":1' in encode(given) and b'"filter":0' in encode(given)  # both ways to store a map
    page = opened(given)
    for card, signed in ((0, True), (1, False)):
        for picture, state in ((0, 0), (1, 2)):
            values = small.values(card, state)
            limit = heatmap.map_range(values)
            assert limit is not None
            exact = small.exact(values)
            assert (pixels(page, card, picture) == coloured(exact, limit, signed=signed)).all()
        change = small.difference(card, 2).astype(np.float32)
        limit = heatmap.map_range(change)
        assert limit is not None
        drawn = pixels(page, card, 2).astype(int)
        # float32 in Python and float64 in the browser: a value between two colours may take either.
        away = np.abs(drawn - coloured(change, limit, signed=True)).max(axis=-1)
        assert np.mean(away > 0) < 0.01 and away.max() <= 12
    assert (pixels(page, 0, 1)[3, 7] == heatmap.diverging()[255]).all()  # the hole


def test_the_depth_moves_with_the_keys_and_everything_follows_at_once(opened: Open) -> None:
    page = opened()
    range_ = scrubber(page)
    range_.focus()
    first, before = pixels(page, 0, 0), pixels(page, 0, 1)
    range_.press("ArrowRight")
    assert finding(page) == small.scene().measures[0].findings[3]
    assert range_.get_attribute("aria-valuetext").split(", ") == ["3 of 5 blocks", "block3"]
    assert page.locator(".xv-blocks").inner_text() == small.scene().states[3].blocks
    assert page.locator(".xv-score b").first.inner_text() == f"{small.mean(0, 'spearman', 3):.2f}"
    assert (pixels(page, 0, 1) != before).any() and (pixels(page, 0, 0) == first).all()
    told = page.locator(".xv-plot").get_attribute("aria-label")
    assert all(
        p in told for p in (f"Now shown: {small.scene().states[3].position}. ", "Alpha 1.00, ", "Beta 0.34")
    )
    range_.press("End")
    assert finding(page).endswith("depth 5.")
    range_.press("Home")
    assert page.get_by_text("No difference.").count() == 3


def test_a_view_that_has_come_to_rest_is_told_once(opened: Open) -> None:
    page = opened()
    range_ = scrubber(page)
    range_.focus()
    range_.evaluate(  # in one go: on a busy machine keys may come to rest one by one
        "r => { for (const v of [1, 3, 0]) { r.value = v; r.dispatchEvent(new Event('input')); } }"
    )
    page.wait_for_function("views.length > 0")
    page.wait_for_timeout(300)  # another one would come 250 ms after the last key
    assert page.evaluate("views") == [
        {"depth": 0, "measure": "spearman", "scale": "own", "mode": "side", "opacity": 100}
    ]
    assert page.locator("[aria-live=polite]").inner_text() == small.scene().measures[0].findings[0]


def test_play_goes_to_the_end_and_stops_and_tells_its_end_only(opened: Open) -> None:
    page = opened(small.scene(start=View(2, "spearman")))
    page.get_by_role("button", name=TEXT.browser.play).click()
    page.get_by_role("button", name=TEXT.browser.pause).wait_for()
    page.locator("h1", has_text="depth 3.").wait_for()
    page.locator("h1", has_text="depth 5.").wait_for()
    page.get_by_role("button", name=TEXT.browser.play).wait_for()
    page.wait_for_function("views.length > 0")
    assert [view["depth"] for view in page.evaluate("views")] == [5]
    page.get_by_role("button", name=TEXT.browser.play).click()
    assert finding(page).endswith("depth 0.")  # from the end it begins again
    page.get_by_role("button", name=TEXT.browser.pause).click()


def test_own_and_shared_ranges_have_their_numbers_at_the_bars(opened: Open) -> None:
    page = opened()
    limits = [heatmap.map_range(small.values(0, state)) for state in (0, 2)]
    bars = page.locator("article.xv-card:has(.xv-maps)").first.locator(".xv-colours")
    ends = [bars.nth(i).locator("span").nth(1).inner_text() for i in (0, 1)]
    assert ends == [words.colour_end(limit) for limit in limits]
    page.get_by_role("radio", name=TEXT.browser.shared).check()
    ends = [bars.nth(i).locator("span").nth(1).inner_text() for i in (0, 1)]
    assert ends == [words.colour_end(limits[0])] * 2  # the original is the stronger one
    assert limits[0] is not None
    assert (pixels(page, 0, 1) == coloured(small.exact(small.values(0, 2)), limits[0], signed=True)).all()
    shared = TEXT.browser.shared_range.format(original=ends[0])
    first = page.locator("article.xv-card:has(.xv-maps)").first
    assert any(shared in note for note in first.locator(".xv-note").all_inner_texts())


def test_the_map_fades_over_the_photograph(opened: Open) -> None:
    page = opened()
    slider = page.get_by_role("slider", name=TEXT.browser.opacity)
    slider.focus()
    for _ in range(8):
        slider.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "60 %"
    shown = page.locator(".xv-maps canvas").first.evaluate(
        "c => [c, c.closest('.xv-frame')].map(e => getComputedStyle(e))"
        ".map(e => [e.opacity, e.backgroundImage.slice(0, 15)])"
    )
    assert shown == [["0.6", "none"], ["1", 'url("data:image']]


def test_the_measure_changes_scores_curves_and_the_finding(opened: Open) -> None:
    page = opened()
    page.get_by_label(TEXT.browser.measure).select_option("mse")
    assert finding(page) == small.scene().measures[1].findings[2]
    assert page.locator(".xv-title").inner_text() == "Title of mse"
    assert page.locator(".xv-score b").nth(1).inner_text() == f"{small.mean(1, 'mse', 2):.2f}"


@pytest.mark.parametrize("key", ["keyboard", "pointer"])
def test_the_value_under_the_cross_is_the_value_of_the_array(opened: Open, key: str) -> None:
    page = opened()
    frame = page.locator("article.xv-card:has(.xv-maps)").nth(1).locator(".xv-frame").first
    x, y = 16, 12
    if key == "pointer":
        x, y = 5, 20
        box = frame.bounding_box()
        page.mouse.move(box["x"] + (x + 0.5) / 32 * box["width"], box["y"] + (y + 0.5) / 24 * box["height"])
        page.mouse.down()
        page.mouse.up()
    else:
        page.locator(".xv-maps").nth(1).focus()
        for stroke in ("ArrowUp", "ArrowLeft", "Shift+ArrowDown", "ArrowRight", "ArrowRight"):
            page.keyboard.press(stroke)
        x, y = x + 1, y + 10
        # The first stroke puts the cross in the middle.
        assert page.locator(".xv-told").inner_text() == f"Beta: {said(1, 2, x, y)}"
    assert readings(page, 0) == said(0, 2, x, y) and readings(page, 1) == said(1, 2, x, y)
    scrubber(page).press("ArrowLeft")
    assert readings(page, 0) == said(0, 1, x, y)
    crosses = page.locator(".xv-cross:visible")
    assert crosses.count() == 10  # three a card and the photograph
    page.keyboard.press("Escape")
    assert crosses.count() == 0 and readings(page, 0) == ""


def test_a_hole_and_a_missing_map_have_no_value_and_say_so(opened: Open) -> None:
    page = opened(small.scene(start=View(3, "spearman")))
    assert page.get_by_text(small.MISSING, exact=True).count() == 2  # literally, with its brackets
    page.locator(".xv-maps").nth(2).focus()
    page.keyboard.press("ArrowUp")
    assert "–, difference –" in readings(page, 2)
    assert page.get_by_text(small.EVIL).count() > 2 and page.locator("h2", has_text="before").count() == 1


def test_a_click_near_a_point_of_the_curve_moves_the_depth(opened: Open) -> None:
    page = opened()
    points = page.locator(".xv-plot g").first.locator("path[transform]")
    assert points.count() == 3 * len(small.DEPTHS)
    box = points.nth(len(small.DEPTHS) + 4).bounding_box()  # the second method at the last state
    page.mouse.move(box["x"] + 9, box["y"] + 3)
    assert (
        page.locator(".xv-tip").inner_text()
        == f"Beta, 5 of 5 blocks: {small.mean(1, 'spearman', 4):.2f} word (2 seeds)"
    )
    page.mouse.click(box["x"] + 9, box["y"] + 3)
    assert finding(page).endswith("depth 5.") and scrubber(page).input_value() == "4"


def test_blink_alternates_slowly_says_what_is_shown_and_stops(opened: Open) -> None:
    page = opened()
    page.get_by_role("radio", name=TEXT.browser.blink).check()
    pair = page.locator(".xv-pair").first
    page.evaluate(
        "() => { const node = document.getElementById('maps').shadowRoot.querySelector('.xv-pair');"
        " window.turns = []; new MutationObserver(() => turns.push(performance.now()))"
        ".observe(node, { attributeFilter: ['data-shows'] }); }"
    )
    page.wait_for_function("turns.length >= 4")
    turns = page.evaluate("turns.slice(0, 4)")
    assert (turns[-1] - turns[0]) / 3 > 333  # milliseconds: at most three changes a second
    page.get_by_role("button", name=TEXT.browser.blink_stop).first.click()
    shown = pair.get_attribute("data-shows")
    assert pair.locator("figcaption").inner_text() == TEXT.browser[shown]
    page.locator(".xv-maps").first.focus()
    page.keyboard.press("Space")
    assert pair.get_attribute("data-shows") != shown
    page.wait_for_timeout(800)  # longer than a turn: it stays
    assert pair.get_attribute("data-shows") != shown


@pytest.mark.parametrize("page", [CALM], indirect=True)
def test_with_reduced_motion_nothing_alternates_by_itself(opened: Open) -> None:
    page = opened(small.scene(start=View(2, "spearman", mode="blink")))
    pair = page.locator(".xv-pair").first
    page.wait_for_timeout(800)  # longer than a turn
    assert pair.get_attribute("data-shows") == "original"
    assert page.get_by_role("button", name=TEXT.browser.blink_stop).count() == 0
    page.get_by_role("button", name=TEXT.browser.blink_next).first.click()
    assert pair.get_attribute("data-shows") == "randomized"
    assert page.locator(".xv-pair figcaption").all_inner_texts() == [TEXT.browser.randomized] * 3


def test_the_divider_moves_by_pointer_and_by_keys_in_all_cards(opened: Open) -> None:
    page = opened(small.scene(start=View(2, "spearman", mode="swipe")))
    divider = page.get_by_role("slider", name=TEXT.browser.divider).first
    below, above = (page.locator(f".xv-pair .xv-layer:nth-child({place})") for place in (1, 2))
    box = page.locator(".xv-pair .xv-frame").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 20)
    page.mouse.up()
    assert divider.get_attribute("aria-valuenow") == "25"
    divider.focus()
    divider.press("ArrowRight")
    divider.press("Shift+ArrowRight")
    assert divider.get_attribute("aria-valuenow") == "36"
    ends = "all => all.map(a => a.style.clipPath)"
    assert above.evaluate_all(ends) == ["inset(0px 0px 0px 36%)"] * 3
    # Neither lies under the other: a map over the photograph lets what is below it through.
    assert below.evaluate_all(ends) == ["inset(0px 64% 0px 0px)"] * 3


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_a_finger_reads_values_moves_the_divider_and_the_scrubber_stays_in_sight(opened: Open) -> None:
    page = opened()
    frame = page.locator(".xv-maps .xv-frame").first
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    page.touchscreen.tap(box["x"] + 10.5 / 32 * box["width"], box["y"] + 18.5 / 24 * box["height"])
    assert readings(page, 0) == said(0, 2, 10, 18)
    assert scrubber(page).bounding_box()["y"] < 60  # pixels: at the top, though the page is scrolled
    page.touchscreen.tap(box["x"] + 10.5 / 32 * box["width"], box["y"] + 18.5 / 24 * box["height"])
    assert readings(page, 0) == ""
    page.get_by_role("radio", name=TEXT.browser.swipe).check()
    frame = page.locator(".xv-pair .xv-frame").first
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    page.touchscreen.tap(box["x"] + 0.7 * box["width"], box["y"] + 0.7 * box["height"])
    assert page.get_by_role("slider", name=TEXT.browser.divider).first.get_attribute("aria-valuenow") == "70"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small_ones = page.locator(".xv button:visible, .xv select, .xv .xv-seg label, .xv input[type=range]")
    boxes = [one.bounding_box() for one in small_ones.all()]
    assert min(min(b["width"], b["height"]) for b in boxes) >= 24  # pixels: a finger's target


def test_new_results_keep_the_view_and_equal_ones_are_not_unpacked_again(opened: Open) -> None:
    page = opened(small.scene(waiting=(3, 4)))
    page.get_by_role("radio", name=TEXT.browser.shared).check()
    scrubber(page).focus()
    scrubber(page).press("ArrowRight")
    waiting = page.locator(".xv-why:visible", has_text=TEXT.browser.waiting)
    assert waiting.count() == 4  # two a card; the third card has no map for good
    page.evaluate("text => viewer.update(bytes(text))", packed(small.scene(start=View(0, "mse"))))
    waiting.first.wait_for(state="hidden")
    assert page.evaluate("viewer.view()") == {
        "depth": 3, "measure": "spearman", "scale": "shared", "mode": "side", "opacity": 100
    }  # fmt: skip
    assert page.evaluate("document.getElementById('maps').shadowRoot.activeElement.type") == "range"
    page.evaluate(
        "() => { window.calls = 0; const was = DecompressionStream;"
        " window.DecompressionStream = class extends was { constructor(k) { super(k); calls++; } }; }"
    )
    page.evaluate("text => viewer.update(bytes(text))", packed(small.scene(start=View(0, "mse"))))
    assert page.evaluate("calls") == 0
    page.evaluate("text => viewer.update(bytes(text))", packed(small.scene()))
    assert page.evaluate("calls") == 1
    page.evaluate("viewer.destroy()")
    assert page.locator(".xv").count() == 0


def test_a_state_that_is_not_carried_says_so_and_asks_for_itself(opened: Open) -> None:
    page = opened(small.scene(away=(4,)))
    scrubber(page).focus()
    scrubber(page).press("End")
    assert page.locator(".xv-why:visible", has_text=TEXT.browser.away).count() == 6
    page.wait_for_function("views.length > 0")
    assert page.evaluate("views[0].depth") == 5


def test_two_random_networks_stand_behind_a_score_where_they_were_compared_and_no_width_is_invented(
    opened: Open,
) -> None:
    page = opened()
    behind = page.locator(".xv-between:visible")
    assert behind.count() == 1  # of three panels one has pairs, and no other measure of it
    assert behind.locator(".xv-note").inner_text() == small.between(2).line
    scrubber(page).focus()
    scrubber(page).press("ArrowLeft")
    assert (
        behind.locator(".xv-note").inner_text() == small.between(1).line
        and small.EVIL in small.between(1).line
    )

    def spots(name: str) -> np.ndarray:
        d = behind.locator(f".xv-random-{name}").get_attribute("d")
        return np.array([[float(v) for v in spot.split()] for spot in re.split("[MLz]", d) if spot])

    line, band = spots("line"), spots("band")
    frame = np.array([float(d[1:].split()[1].split("H")[0]) for d in grid_of(behind)])  # y of 1 and of 0
    x = [small.DEPTHS[state] for state in small.PAIRED]
    assert (line[1, 0] - 10) / (line[0, 0] - 10) == pytest.approx(x[1] / x[0], abs=1e-3)  # 10: the left edge
    heights = (frame[1] - line[:, 1]) / (frame[1] - frame[0])
    assert heights == pytest.approx([small.WIDE[0], 0.25], abs=2e-3)
    ends = (frame[1] - band[:, 1]) / (
        frame[1] - frame[0]
    )  # above from left to right, below from right to left
    assert ends == pytest.approx([small.WIDE[2], 0.25, 0.25, small.WIDE[1]], abs=2e-3)
    assert behind.locator(".xv-random-marks").get_attribute("d").count("M") == len(small.PAIRED)
    assert page.locator(".xv-curve .xv-behind:visible").count() == 0
    page.locator(".xv-legend li").first.hover()
    lit = page.locator(".xv-curve .xv-behind:visible")
    assert lit.count() == 1 and page.locator(".xv-plot text", has_text=TEXT.browser.behind).count() == 1
    page.locator(".xv-legend li").nth(1).hover()
    assert lit.count() == 0 and page.locator(".xv-plot text", has_text=TEXT.browser.behind).count() == 0
    page.get_by_label(TEXT.browser.measure).select_option("mse")
    assert page.locator(".xv-between:visible").count() == 0


def grid_of(behind: Any) -> list[str]:
    """The lines of the small plot at the ends of its axis."""
    return [str(one.get_attribute("d")) for one in behind.locator(".xv-grid").all()]


def test_only_the_wanted_parts_are_drawn(opened: Open) -> None:
    page = opened(small.scene(parts=Parts(heading=False, picture=False, scores=False, controls=False)))
    assert page.locator("h1, .xv-bar, .xv-hero, .xv-curve").count() == 0
    assert page.locator(".xv-score").all_inner_texts() == [""] * 3
    assert "word" not in page.locator(".xv-card").first.get_attribute("aria-label")


@pytest.mark.parametrize("page", [{"color_scheme": "dark"}], indirect=True)
def test_a_page_of_its_own_is_dark_where_the_visitor_wants_it(opened: Open) -> None:
    page = opened()
    ink = page.locator("h1").evaluate("e => getComputedStyle(e).color")
    ground = page.locator(".xv-card").first.evaluate("e => getComputedStyle(e).backgroundColor")
    assert (ink, ground) == ("rgb(233, 235, 239)", "rgb(18, 21, 26)")


def test_the_default_panel_opens_from_a_file_and_a_depth_is_drawn_within_50_milliseconds(
    page: Any, tmp_path: Path
) -> None:
    report = shipped.load()
    assert report is not None
    payload = encode(scene(Reading(report), report.request.measures, methods=METHODS))
    file = tmp_path / "report.html"
    file.write_text(f'<!doctype html><meta charset="utf-8">{embed(payload, name="maps")}', encoding="utf-8")
    page.goto(file.as_uri())
    viewer = page.locator(".xv[data-ready=true]")
    viewer.wait_for()
    assert page.locator(".xv-maps canvas:visible").count() == 24
    # 160 maps unpacked, undone and 24 of them drawn; the issue asks for 60 within a second.
    assert float(viewer.get_attribute("data-loaded")) < 1000
    scrubber(page).focus()
    times = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "Home", "End", "ArrowLeft", "ArrowLeft"):
        scrubber(page).press(key)
        times.append(page.evaluate("performance.getEntriesByName('xv-change').at(-1).duration"))
    print(f"opened in {viewer.get_attribute('data-loaded')} ms, depths in {[round(t, 1) for t in times]} ms")
    assert sorted(times)[len(times) // 2] < 50  # the median: other processes share the two cores


def test_a_number_is_written_as_python_writes_it_at_any_magnitude(page: Any) -> None:
    rng = np.random.default_rng(3)
    values = (rng.choice([-1, 1], 400) * 10.0 ** rng.uniform(-14, 9, 400)).tolist()
    values += [0.0, 1.0, -1.0, 999.6, 9999.7, 1e4, 1e-3, 0.00099961]
    script = (Path(viewer.__file__).parent / "text.js").read_text("utf-8")
    texts = page.evaluate(f"(values) => {{ {script}; return values.map(short); }}", values)
    assert texts == [words.short(value) for value in values]
    assert [value for value, text in zip(values, texts, strict=True) if text == "0"] == [0.0]


@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e-7, 1e6])
@pytest.mark.parametrize("width", [1200, 390])
def test_every_tick_of_the_curves_has_a_name_of_its_own_inside_the_drawing(
    opened: Open, page: Any, scale: float, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    given = small.scene()
    panels = [
        dataclasses.replace(
            panel,
            scores={
                key: tuple(
                    dataclasses.replace(mark, **{end: (getattr(mark, end) or 0.0) * scale for end in ENDS})
                    for mark in marks
                )
                for key, marks in panel.scores.items()
            },
        )
        for panel in given.panels
    ]
    measures = [dataclasses.replace(one, best=0.0, unrelated=None) for one in given.measures]
    opened(dataclasses.replace(given, panels=tuple(panels), measures=tuple(measures)))
    ticks = page.locator(".xv-plot text[text-anchor=end]")
    texts = ticks.all_text_contents()
    assert len(texts) == len(set(texts)) > 2
    drawing = page.locator(".xv-plot").bounding_box()
    boxes = [tick.bounding_box() for tick in ticks.all()]
    assert all(box["x"] >= drawing["x"] - 0.5 for box in boxes)


@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("depths", [(0, 1, 9, 18, 19), (0, 18), (0, 7), tuple(range(20)), (0, 13, 17)])
def test_the_axis_names_its_ends_and_what_it_has_room_for(
    opened: Open, page: Any, width: int, depths: tuple[int, ...]
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    opened(with_depths(small.scene(), depths))
    names = page.locator(".xv-plot text[text-anchor=middle]").all()[:-1]  # the last is the axis's own
    shown = {int(name.text_content()): name.bounding_box() for name in names}
    assert {depths[0], depths[-1]} <= set(shown) <= set(depths)
    boxes = [shown[depth] for depth in sorted(shown)]
    assert all(a["x"] + a["width"] < b["x"] for a, b in itertools.pairwise(boxes))
    assert len(shown) >= min(len(depths), 3)


def with_depths(given: Scene, depths: tuple[int, ...]) -> Scene:
    """The scene with states at these depths, each of which shows what its first one does."""
    many = len(depths)
    states = tuple(dataclasses.replace(given.states[0], depth=depth) for depth in depths)
    panels = tuple(
        dataclasses.replace(
            panel,
            maps=panel.maps[:1] * many,
            changes=panel.changes[:1] * many,
            badges=panel.badges[:1] * many,
            between={},
            checks=panel.checks[:1] * many,
            scores={key: marks[:1] * many for key, marks in panel.scores.items()},
        )
        for panel in given.panels
    )
    measures = tuple(dataclasses.replace(one, findings=one.findings[:1] * many) for one in given.measures)
    start = dataclasses.replace(given.start, depth=0)
    return dataclasses.replace(given, states=states, panels=panels, measures=measures, start=start)
