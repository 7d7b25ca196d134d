"""The check as a person meets it, in a browser, with the real networks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xaicheck.draw import words

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
CHEAP = "methods=Gradient&methods=Grad-CAM&controls=Fresh+noise&seeds=1"
SLOW = "methods=SmoothGrad&smoothgrad.samples=128&seeds=10"  # minutes: long enough to be stopped
PHONE = {"viewport": {"width": 390, "height": 844}}


def card(page: Any, label: str) -> Any:
    return page.locator("article.xc-card").filter(has=page.get_by_role("heading", name=label, exact=True))


def run(page: Any) -> None:
    page.get_by_role("button", name=words.RUN).first.click()


def overflow(page: Any) -> int:
    """How many pixels of the page lie beyond its right edge."""
    main = page.get_by_test_id("stMain")
    return int(main.evaluate("e => e.scrollWidth - e.clientWidth"))


@pytest.fixture
def requests_out(page: Any) -> Iterator[list[str]]:
    """Addresses outside of the loopback that the page asked for."""
    out: list[str] = []
    page.on(
        "request",
        lambda r: out.append(r.url) if r.url.startswith("http") and "127.0.0.1" not in r.url else None,
    )
    yield out


def test_the_first_visit_shows_the_finding_and_the_maps_and_calls_no_other_server(
    page: Any, server: str, requests_out: list[str]
) -> None:
    page.goto(server)
    page.locator("h1.xc-finding", has_text="blocks randomized").wait_for()
    page.get_by_text(words.VERDICT_TITLE).wait_for()
    page.locator(".js-plotly-plot").first.wait_for()
    assert page.locator("article.xc-card .xc-maps img[alt*='colours up to']").count() == 24
    assert page.locator("article.xc-card img").evaluate_all(
        "all => all.every(i => i.complete && i.naturalWidth > 0)"
    )
    assert requests_out == []


def test_an_uploaded_photograph_is_explained_before_and_after_and_followed_by_depth(
    page: Any, server: str
) -> None:
    page.goto(f"{server}/?{CHEAP}")
    page.get_by_text("Upload", exact=True).click()
    page.locator("input[type=file]").set_input_files(ROOT / "assets" / "samples" / "coffee.jpg")
    page.get_by_alt_text("The picture you chose").wait_for()
    run(page)
    page.get_by_text("Computed in").wait_for(timeout=180_000)
    assert "Cup of coffee" in page.locator(".xc-kicker").inner_text()
    maps = card(page, "Gradient").locator(".xc-maps > figure .xc-frame img")
    assert maps.count() == 3
    sources = maps.evaluate_all("all => all.map(i => i.src)")
    assert len(set(sources)) == 3
    assert page.locator(".js-plotly-plot").first.locator(".scatterlayer .trace").count() >= 3
    slider = page.get_by_role("slider").first
    slider.focus()
    slider.press("ArrowLeft")
    page.locator("h1.xc-finding", has_text="the last 8 of 19 blocks").wait_for()
    slider.press("Home")
    page.get_by_text("Nothing is randomized yet").wait_for()
    assert "depth=0" in page.url


def test_a_changed_setting_stops_the_run(page: Any, server: str) -> None:
    page.goto(f"{server}/?{SLOW}")
    page.get_by_text("This link asks for").wait_for()
    run(page)
    page.get_by_text(" maps · ").first.wait_for(timeout=120_000)
    assert (
        card(page, "SmoothGrad").count() == 1 and card(page, "Gradient").count() == 0
    )  # no map of the sample
    page.get_by_role("radio", name="Rocket").click()
    page.get_by_text(words.STOPPED).wait_for()
    # The queue is free again: another visitor's run, or ours, does not wait for the stopped one.
    page.goto(f"{server}/?methods=Gradient&seeds=1&sample=Rocket")
    page.get_by_text("This link asks for").wait_for()
    run(page)
    page.get_by_text("Computed in").wait_for(timeout=120_000)


def test_moving_the_depth_does_not_stop_a_run(page: Any, server: str) -> None:
    page.goto(f"{server}/?{SLOW}&sample=Astronaut")
    page.get_by_text("This link asks for").wait_for()
    run(page)
    page.get_by_text(" maps · ").first.wait_for(timeout=120_000)
    slider = page.get_by_role("slider").first
    slider.focus()
    slider.press("ArrowLeft")
    page.get_by_text("the last 8 of 19 blocks").first.wait_for()
    page.get_by_text(" maps · ").first.wait_for()
    assert page.get_by_text(words.STOPPED).count() == 0
    page.get_by_role("button", name=words.STOP).click()
    page.get_by_text("Computed beforehand").wait_for()


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_on_a_phone_nothing_overflows_and_everything_can_be_reached(page: Any, server: str) -> None:
    page.goto(f"{server}/?sample=Rocket")
    page.get_by_text(words.VERDICT_TITLE).wait_for()
    page.locator(".js-plotly-plot").first.wait_for()
    assert overflow(page) <= 0
    frames = page.locator(".xc-maps .xc-frame").evaluate_all(
        "all => all.map(f => f.getBoundingClientRect().width)"
    )
    assert min(frames) >= 140  # pixels: smaller maps cannot be read
    assert page.get_by_role("button", name=words.RUN).last.is_visible()  # without opening the sidebar
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_text(words.SIDEBAR["methods"]).first.wait_for()


@pytest.mark.parametrize("page", [{"color_scheme": "dark"}], indirect=True)
def test_in_the_dark_text_is_light_and_maps_keep_their_colours(page: Any, server: str) -> None:
    page.goto(server)
    page.locator("h1.xc-finding").wait_for()
    colour = page.locator("h1.xc-finding").evaluate("e => getComputedStyle(e).color")
    ground = page.locator(".stApp").evaluate("e => getComputedStyle(e).backgroundColor")
    light, dark = (sum(map(int, c[c.index("(") + 1 : -1].split(",")[:3])) for c in (colour, ground))
    assert light > 600 and dark < 120


def test_a_link_carries_the_view_to_another_visitor(page: Any, server: str) -> None:
    page.goto(f"{server}/check?depth=4&colours=Shared+range")
    page.locator("h1.xc-finding", has_text="the last 4 of 19 blocks").wait_for()
    assert "one range for both maps" in card(page, "Gradient").inner_text()


def test_a_tampered_link_opens_the_page_as_it_is(page: Any, server: str) -> None:
    page.goto(f"{server}/?model=../../etc/passwd&depth=999&methods=evil&sample=%3Cscript%3E")
    page.locator("h1.xc-finding", has_text="the last 9 of 19 blocks randomized").wait_for()
    assert page.get_by_text("EfficientNet-Lite0").first.is_visible()
