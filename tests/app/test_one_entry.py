"""One entry is the whole edit, on the page: toys are offered, chosen by a link, run and shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests import toys
from tests.app.conftest import ROOT
from tests.app.test_check import html, scene
from xaicheck.topics.check import page


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XAICHECK_WARM", "0")
    monkeypatch.setattr(page, "PAINT", 0)
    monkeypatch.chdir(ROOT)
    st.cache_resource.clear()  # what another test has read knows nothing of the toys, nor the other way round
    with toys.added():
        yield
    st.cache_resource.clear()


def visit(path: str = "", **query: object) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for key, value in query.items():
        at.query_params[key.replace("__", ".")] = value if isinstance(value, list) else str(value)
    return (at.switch_page(path) if path else at).run()


def test_the_check_offers_the_toys_takes_them_from_a_link_and_shows_what_they_gave() -> None:
    at = visit(
        model=toys.MODEL_ENTRY.key,
        methods=toys.METHOD_ENTRY.key,
        controls="fresh_noise",
        measures=toys.MEASURE_ENTRY.key,
        seeds=1,
        slope__power=3,
        **toys.CHOSEN,
    )
    assert not at.exception
    assert at.selectbox(key="model").value == toys.MODEL_ENTRY.key
    assert at.number_input(key="slope.power").value == 3
    assert at.number_input(key="shade").value == 7 and at.number_input(key="shade").help == "How dark."
    assert at.selectbox(key="palette").value == toys.CHOSEN["palette"]
    assert toys.LAW_ENTRY.label in at.selectbox(key="law").options
    assert toys.MODE_ENTRY.label in {
        option.content for option in at.segmented_control(key="mode").proto.options
    }
    assert toys.MEASURE_ENTRY.label in {option.content for option in at.pills(key="measures").proto.options}
    at.button(key="run").click().run()
    assert not at.exception and not at.error
    shown = scene(at)
    assert {panel.label for panel in shown.panels} == {toys.METHOD_ENTRY.label, "Fresh noise"}
    assert [measure.key for measure in shown.measures] == [toys.MEASURE_ENTRY.key]
    assert len(shown.states) == len(toys.MODEL_ENTRY.blocks) + 1
    assert all(one.state == "map" for panel in shown.panels for one in panel.maps)
    assert toys.MODEL_ENTRY.label in html(at) or toys.MODEL_ENTRY.label in shown.kicker
    assert any("Shade" in str(frame.value.to_dict()) for frame in at.dataframe)


@pytest.mark.parametrize("topic", ["ranking", "noise", "scales", "methods"])
def test_every_page_of_the_argument_opens_with_the_toys_in_the_registries(topic: str) -> None:
    at = visit(f"pages/{topic}.py")
    assert not at.exception, at.exception
    if topic == "scales":
        assert toys.LAW_ENTRY.label in " ".join(str(box.options) for box in at.selectbox)
    if topic == "methods":
        at.pills(key="methods_section").set_value("randomization").run()
        assert toys.LAW_ENTRY.label in html(at) and not at.exception
