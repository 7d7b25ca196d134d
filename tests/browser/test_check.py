"""The check as a person meets it, in a browser, with the real networks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from xaicheck.reading import words
from xaicheck.topics.check import PAGE, captions
from xaicheck.viewer import TEXT

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
CHEAP = "methods=gradient&methods=grad_cam&controls=fresh_noise&seeds=1"
SLOW = "methods=smoothgrad&smoothgrad.samples=128&seeds=10"  # minutes: long enough to be stopped
PHONE = {"viewport": {"width": 390, "height": 844}}
PLACES = ("status", "stage", "part-scores", "part-verdict", "part-scales", "part-alive", "part-entropy")


def card(page: Any, label: str) -> Any:
    return page.locator("article.xv-card").filter(has=page.get_by_role("heading", name=label, exact=True))


def finding(page: Any, text: str) -> Any:
    return page.locator("h1.xv-finding", has_text=text)


def scrubber(page: Any) -> Any:
    return page.get_by_role("slider", name=TEXT.browser.depth)


def run(page: Any) -> None:
    page.get_by_role("button", name=captions.TEXT.run).first.click()


def overflow(page: Any) -> int:
    """How many pixels of the page lie beyond its right edge."""
    main = page.get_by_test_id("stMain")
    return int(main.evaluate("e => e.scrollWidth - e.clientWidth"))


def tops(page: Any) -> dict[str, int]:
    """Where the parts of the page begin, in pixels from its top."""
    find = """names => {
      const main = document.querySelector("[data-testid=stMain]");
      const top = e => Math.round(e.getBoundingClientRect().top + main.scrollTop);
      return Object.fromEntries(names.map(n => [n, top(document.querySelector(".st-key-" + n))]));
    }"""
    found: dict[str, int] = page.evaluate(find, list(PLACES))
    return found


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
    finding(page, "the last 9 of 19 blocks randomized").wait_for()
    page.locator(".xv[data-ready=true]").wait_for()
    assert page.locator("article.xv-card .xv-maps canvas:visible").count() == 24
    page.get_by_text(words.TEXT.titles.verdict).wait_for()
    page.locator(".js-plotly-plot").first.wait_for()
    assert page.locator("h1").count() == 1
    assert requests_out == []


def test_an_uploaded_photograph_is_explained_and_the_page_follows_the_depth(page: Any, server: str) -> None:
    page.goto(f"{server}/?{CHEAP}")
    page.get_by_text("Upload", exact=True).click()
    page.locator("input[type=file]").set_input_files(ROOT / "assets" / "samples" / "coffee.jpg")
    page.get_by_alt_text("The picture you chose").wait_for()
    run(page)
    page.get_by_text("Computed in").wait_for(timeout=180_000)
    assert "Cup of coffee" in page.locator(".xv-kicker").inner_text()
    card(page, "Gradient").locator("canvas:visible").nth(2).wait_for()
    scrubber(page).focus()
    scrubber(page).press("ArrowLeft")
    finding(page, "the last 8 of 19 blocks").wait_for()
    page.get_by_role("heading", name="the last 8 of 19 blocks randomized").last.wait_for()  # the verdict's
    scrubber(page).press("Home")
    finding(page, "Nothing is randomized yet").wait_for()
    page.wait_for_url("**depth=0*")
    assert "sample=" not in page.url  # an upload is no part of a link


def test_a_photo_of_a_phone_is_read_and_a_file_that_is_none_leaves_no_picture_chosen(
    page: Any, server: str, tmp_path: Path
) -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()
    with Image.open(ROOT / "assets" / "samples" / "coffee.jpg") as coffee:
        coffee.save(tmp_path / "photo.jfif", "JPEG")
        coffee.save(tmp_path / "IMG_0042.heic", "HEIF")
    (tmp_path / "letter.jpg").write_text("Dear reader,")
    page.goto(server)
    page.get_by_text("Upload", exact=True).click()
    shown, sidebar = page.get_by_alt_text("The picture you chose"), page.get_by_test_id("stSidebar")
    for name in ("photo.jfif", "letter.jpg", "IMG_0042.heic"):
        page.locator("input[type=file]").set_input_files(tmp_path / name)
        if name == "letter.jpg":
            sidebar.get_by_text(f"{name}: This file cannot be read as a picture").wait_for()
            page.get_by_text("No picture is chosen. The results below are those of “Cat”.").wait_for()
            assert shown.count() == 0
        else:
            sidebar.get_by_text(f"This picture is explained: {name}.").wait_for()
            shown.wait_for()


def test_nothing_jumps_when_a_run_ends(page: Any, server: str) -> None:
    page.goto(f"{server}/?{CHEAP}&sample=coffee")
    page.get_by_text("This link asks for").wait_for()
    page.locator(".xv[data-ready=true]").wait_for()
    line = page.locator(".st-key-status").evaluate("e => e.offsetHeight")
    run(page)
    page.get_by_role("button", name=words.TEXT.stop).wait_for()
    page.locator(".xv-kicker", has_text="Cup of coffee").filter(has_text="explained class").wait_for()
    before = tops(page)
    page.get_by_text("Computed in").wait_for(timeout=180_000)
    page.get_by_text("the entropy rises").wait_for()
    after = tops(page)
    assert page.locator(".st-key-status").evaluate("e => e.offsetHeight") == line
    assert (before["status"], before["stage"]) == (after["status"], after["stage"])
    # Sentences that come with the numbers may take a line more than was kept for them, here or there.
    assert all(abs(after[name] - before[name]) <= 60 for name in PLACES), [
        (n, before[n], after[n]) for n in PLACES
    ]


def test_a_changed_setting_stops_the_run(page: Any, server: str) -> None:
    page.goto(f"{server}/?{SLOW}")
    page.get_by_text("This link asks for").wait_for()
    run(page)
    page.get_by_text(" maps · ").first.wait_for(timeout=120_000)
    card(page, "SmoothGrad").wait_for()
    assert card(page, "Gradient").count() == 0  # no map of the sample
    page.get_by_role("radio", name="Rocket").click()
    page.get_by_text(words.TEXT.stopped).wait_for()
    card(page, "Gradient").wait_for()  # the earlier results are back
    # The queue is free again: another visitor's run, or ours, does not wait for the stopped one.
    page.goto(f"{server}/?methods=gradient&seeds=1&sample=rocket")
    page.get_by_text("This link asks for").wait_for()
    run(page)
    page.get_by_text("Computed in").wait_for(timeout=120_000)


def test_moving_the_depth_does_not_stop_a_run(page: Any, server: str) -> None:
    page.goto(f"{server}/?{SLOW}&sample=astronaut")
    page.get_by_text("This link asks for").wait_for()
    run(page)
    page.get_by_text(" maps · ").first.wait_for(timeout=120_000)
    card(page, "SmoothGrad").wait_for()
    scrubber(page).focus()
    scrubber(page).press("ArrowLeft")
    finding(page, "the last 8 of 19 blocks").wait_for()
    page.wait_for_url("**depth=8*")
    page.get_by_text(" maps · ").first.wait_for()
    assert page.get_by_text(words.TEXT.stopped).count() == 0
    page.get_by_role("button", name=words.TEXT.stop).click()
    page.get_by_text("earlier settings").wait_for()
    finding(page, "the last 8 of 19 blocks").wait_for()


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_on_a_phone_nothing_overflows_and_everything_can_be_reached(page: Any, server: str) -> None:
    page.goto(f"{server}/?sample=rocket")
    page.locator(".xv[data-ready=true]").wait_for()
    page.locator(".js-plotly-plot").first.wait_for()
    assert overflow(page) <= 0
    frames = page.locator(".xv-maps .xv-frame:visible").evaluate_all(
        "all => all.map(f => f.getBoundingClientRect().width)"
    )
    assert min(frames) >= 140  # pixels: smaller maps cannot be read
    assert page.get_by_role("button", name=captions.TEXT.run).last.is_visible()  # without opening the sidebar
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_text(captions.TEXT.sidebar["methods"]).first.wait_for()


@pytest.mark.parametrize("page", [{"color_scheme": "dark"}], indirect=True)
def test_in_the_dark_text_is_light(page: Any, server: str) -> None:
    page.goto(server)
    finding(page, "blocks randomized").wait_for()
    colour = page.locator("h1.xv-finding").evaluate("e => getComputedStyle(e).color")
    ground = page.locator(".stApp").evaluate("e => getComputedStyle(e).backgroundColor")
    light, dark = (sum(map(int, c[c.index("(") + 1 : -1].split(",")[:3])) for c in (colour, ground))
    assert light > 600 and dark < 120


def test_a_link_carries_the_view_to_another_visitor_and_the_view_stays_over_pages(
    page: Any, server: str
) -> None:
    page.goto(f"{server}/check?depth=4&colours=Shared+range")
    finding(page, "the last 4 of 19 blocks").wait_for()
    page.get_by_text(TEXT.browser.shared_range.split(",")[0]).first.wait_for()
    scrubber(page).press("ArrowRight")
    page.wait_for_url("**depth=5*")
    page.get_by_role("link", name="Methods").click()
    page.wait_for_url("**/methods*")
    page.get_by_role("link", name=PAGE.title).click()
    finding(page, "the last 5 of 19 blocks").wait_for()
    page.get_by_text(TEXT.browser.shared_range.split(",")[0]).first.wait_for()


def test_a_tampered_link_opens_the_page_as_it_is(page: Any, server: str) -> None:
    page.goto(f"{server}/?model=../../etc/passwd&depth=999&methods=evil&sample=%3Cscript%3E")
    finding(page, "the last 9 of 19 blocks randomized").wait_for()
    assert page.get_by_text("EfficientNet-Lite0").first.is_visible()
