"""The address under AppTest: what a link sets, what is remembered, what the address bar is told to hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest
import streamlit as st
from streamlit.elements.lib import policies
from streamlit.testing.v1 import AppTest

from xaicheck.topics import PAGES
from xaicheck.web import frame, link

ROOT = Path(__file__).resolve().parents[2]
NOISE, METHODS = "pages/noise.py", "pages/methods.py"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No heavy imports in the background."""
    monkeypatch.setenv("XAICHECK_WARM", "0")
    monkeypatch.chdir(ROOT)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def visit(page: str, **query: str | list[str]) -> AppTest:
    """The page after its first run, opened by a link."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.switch_page(page)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def address(at: AppTest) -> dict[str, list[str]]:
    """What the address bar is told to hold."""
    return parse_qs(urlencode(at.session_state["links"].pairs), keep_blank_values=True)


def test_a_page_as_it_opens_has_an_empty_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no widget has both a default and a value of the session, which Streamlit notes once a process."""
    monkeypatch.setattr(policies, "_shown_default_value_warning", False)
    for page in (NOISE, METHODS, "pages/scales.py", "pages/ranking.py", "pages/story.py"):
        at = visit(page)
        assert not at.exception and address(at) == {}, page
        assert not policies._shown_default_value_warning, page


def test_a_link_sets_the_widgets_and_stays_in_the_address() -> None:
    wanted = {"noise_share": "0.5", "noise_depth": "3", "noise_method": "gradient", "level": "researcher"}
    at = visit(NOISE, **wanted)
    assert at.slider(key="noise_depth").value == 3 and at.selectbox(key="noise_method").value == "gradient"
    assert at.segmented_control(key="level").value == "researcher"
    assert address(at) == {key: [text] for key, text in wanted.items()}


def test_an_earlier_link_gets_keys_in_place_of_its_labels() -> None:
    at = visit(NOISE, noise_share="50 %", noise_method="Gradient", level="Researcher", noise_depth="99")
    assert address(at) == {"noise_share": ["0.5"], "noise_method": ["gradient"], "level": ["researcher"]}


def test_what_belongs_to_another_page_leaves_the_address() -> None:
    at = visit(NOISE, noise_method="gradient", level="researcher", scales_depth="4", evil="<script>")
    assert set(address(at)) == {"noise_method", "level"}
    at.query_params.clear()
    for key in ("noise_method", "level"):  # the browser carries the old address over to the next page
        at.query_params[key] = address(at)[key]
    at.switch_page(METHODS).run()
    assert address(at) == {"level": ["researcher"]}


def test_values_survive_other_pages() -> None:
    at = visit(NOISE)
    at.slider(key="noise_depth").set_value(3).run()
    at.segmented_control(key="level").set_value("researcher").run()
    at.switch_page(METHODS).run()
    assert at.segmented_control(key="level").value == "researcher"
    at.selectbox(key="methods_measure").set_value("ssim").run()
    at.switch_page(NOISE).run()
    assert at.slider(key="noise_depth").value == 3
    assert address(at) == {"noise_depth": ["3"], "level": ["researcher"]}
    at.switch_page(METHODS).run()
    assert at.selectbox(key="methods_measure").value == "ssim"


def test_an_address_that_is_a_moment_old_does_not_undo_a_choice() -> None:
    at = visit(NOISE, noise_depth="3")
    at.slider(key="noise_depth").set_value(5).run()
    assert at.query_params["noise_depth"] in ("3", ["3"])  # the browser has not heard of it yet
    at.selectbox(key="noise_method").set_value("gradient").run()
    assert at.slider(key="noise_depth").value == 5
    assert address(at) == {"noise_depth": ["5"], "noise_method": ["gradient"]}


def test_a_link_inside_the_program_sets_what_it_names() -> None:
    at = visit(NOISE)
    at.slider(key="noise_depth").set_value(5).run()
    at.switch_page(METHODS).run()
    at.query_params["noise_depth"] = "4"
    at.switch_page(NOISE).run()
    assert at.slider(key="noise_depth").value == 4


def test_a_widget_that_is_gone_for_a_while_comes_back_as_it_was() -> None:
    at = visit("pages/scales.py", scales_law="permutation", scales_depth="4")
    at.segmented_control(key="scales_where").set_value("layer").run()
    assert address(at) == {"scales_where": ["layer"]}
    at.segmented_control(key="scales_where").set_value("block").run()
    assert address(at) == {"scales_law": ["permutation"], "scales_depth": ["4"]}


@pytest.mark.parametrize("text", ["", "x", "-1", "1e9", "nan", "٣", "9" * 5000, "<b>x</b>", "a" * 100_000])
def test_what_a_link_says_in_vain_is_said_in_one_sentence(text: str) -> None:
    at = visit(NOISE, noise_depth=[text, text], noise_method=text, level="researcher", card=text)
    assert not at.exception and at.segmented_control(key="level").value == "researcher"
    (said,) = [info.value for info in at.info if "link" in info.value]
    assert (
        said.startswith("What the link says of noise_")
        and " and noise_" in said
        and said.endswith("instead.")
    )
    assert text == "" or text not in said
    at.slider(key="noise_depth").set_value(3).run()
    (said,) = [info.value for info in at.info if "link" in info.value]
    assert said == "What the link says of noise_method is not known here: the usual value is shown instead."
    at.switch_page(METHODS).run()
    assert not [info for info in at.info if "link" in info.value]


LISTS = [(METHODS, "methods_closer", "gradient", "pills"), *(("pages/check.py", *rest) for rest in (
    ("methods", "gradient", "pills"), ("controls", "sobel", "pills"), ("measures", "mse", "pills"),
))]  # fmt: skip


def test_every_list_that_a_link_can_hold_is_below() -> None:
    """Lists are read by Many: whoever adds one names it above."""
    sources = {path: path.read_text() for path in (ROOT / "xaicheck").rglob("*.py")}
    uses = {path.name: text.count("Many(") for path, text in sources.items() if "Many(" in text}
    assert uses == {"codec.py": 1, "check.py": 2, "page_maps.py": 1}  # methods and controls are one use


@pytest.mark.parametrize(("page", "key", "known", "widget"), LISTS)
def test_members_of_a_list_that_are_not_known_are_said(page: str, key: str, known: str, widget: str) -> None:
    at = visit(page, **{key: [known, "nonsense", "`[x](http://y)`"]})
    said = [info.value for info in at.info if "The link" in info.value]
    assert said == [
        f"The link also lists `nonsense` and `[x](http://y)` under {key}: not offered here, so left out."
    ]
    assert at.session_state[key] == [known] and not at.exception
    at.run()
    assert [info.value for info in at.info if "The link" in info.value] == said
    at.button_group(key=key).set_value([]).run()
    assert not [info for info in at.info if "The link" in info.value]
    at = visit(page, **{key: ",".join([known, *"vwxyz"])})
    (said,) = [info.value for info in at.info if "The link" in info.value]
    assert "`v`, `w`, `x` and 2 more under" in said and at.session_state[key] == [known]


def test_a_link_that_is_understood_gets_no_word() -> None:
    at = visit(NOISE, noise_depth="3", depth="4", scales_depth="x", card="two", methods="gradient")
    assert not [info for info in at.info if "link" in info.value]


def test_a_name_that_no_page_knows_is_said_in_one_line() -> None:
    at = visit(NOISE, share="-1", Methods="lrp", foo=["1", "2"], noise_depth="3", measure="nope")
    (said,) = [info.value for info in at.info if "link" in info.value]
    assert said == "The link also has `share`, `Methods` and `foo`, which no page knows: left out."
    assert address(at) == {"noise_depth": ["3"]}
    at.query_params.clear()
    at.query_params["noise_depth"] = "3"
    at.switch_page(METHODS).run()
    assert not [info for info in at.info if "link" in info.value]
    at = visit(METHODS, **{f"`[{name}](http://y)`": "1" for name in "abcde"})
    (said,) = [info.value for info in at.info if "link" in info.value]
    assert "`[a](http://y)`, `[b](http://y)`, `[c](http://y)` and 2 more, which" in said


def test_every_parameter_of_every_page_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that names one that begins otherwise adds it to its PAGE."""
    seen: set[str] = set()
    begins = link.arrive

    def noted(key: str, *rest: object) -> object:
        seen.add(key)
        return begins(key, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(link, "arrive", noted)
    for page in PAGES:
        assert not visit(page.file).exception
    assert len(seen) > 30 and [key for key in seen if not frame._reads(PAGES, key)] == []
