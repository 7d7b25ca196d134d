"""The page Methods as a visitor meets it: a computed result first, then a catalogue that can be searched."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.app.conftest import ROOT
from xaicheck.experiments.first_visit import examples, results as shipped
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.reading.words import TEXT as COMMON
from xaicheck.similarity.comparisons import comparisons
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.methods import catalog, words
from xaicheck.topics.methods.catalog import SECTIONS
from xaicheck.topics.methods.words import TEXT


@pytest.fixture(scope="module", autouse=True)
def _caches() -> Iterator[None]:
    """The page's numbers are computed once for all tests here, and forgotten after them."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XAICHECK_WARM", "0")
    monkeypatch.chdir(ROOT)


def visit(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.switch_page("pages/methods.py")
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def html(at: AppTest) -> str:
    return "\n".join(e.proto.body for e in at.get("html") if not e.proto.body.startswith("<style"))


def order(at: AppTest) -> list[str]:
    """The labels on the tiles, in their order, without their places."""
    names = re.findall(r'<b class="xm-name"[^>]*>(?:[\d–]+\. )?([^<]+)</b>', html(at))
    return [unescape(name) for name in names]


def cards(at: AppTest) -> list[str]:
    """The anchors of the cards that are shown."""
    return re.findall(r'<article class="xm-card[^"]*" id="([^"]+)"', html(at))


def test_it_opens_with_a_result_of_this_programs_maps() -> None:
    at = visit()
    assert not at.exception and not at.error and not at.warning
    page = html(at)
    assert (
        f"{len(METHODS)} pairs of maps" in page and f" in {len(comparisons()) - 3} ways" in page
    )  # the cosine twice
    assert sorted(order(at)) == sorted(method.label for method in METHODS.values())
    assert page.index("xc-finding") < page.index("xm-tiles") < page.index(COMMON.conclusion)
    assert cards(at) == [entry.anchor for entry in SECTIONS["methods"].entries]
    assert page.rindex(COMMON.may_not) > page.rindex("xm-card")


def test_another_measure_gives_another_order_and_other_scores() -> None:
    at = visit()
    before, text = order(at), html(at)
    at.selectbox(key="methods_measure").set_value("ssim").run()
    assert sorted(order(at)) == sorted(before) and order(at) != before
    assert "change places" in html(at)
    assert html(at) != text and "(SSIM, unit power)" in html(at)
    fresh = order(at)
    at.selectbox(key="methods_normalisation").set_value("minmax").run()
    assert order(at) != fresh


def test_a_choice_that_changes_nothing_by_algebra_says_so() -> None:
    at = visit(methods_measure="Cosine")
    before = order(at)
    at.selectbox(key="methods_normalisation").set_value("max").run()
    assert order(at) == before
    assert "By algebra, " in html(at) and "“largest magnitude”" in html(at)


@pytest.mark.parametrize("key", SECTIONS)
def test_every_section_shows_its_entries_at_both_levels(key: str) -> None:
    at = visit(methods_section=SECTIONS[key].label)
    assert not at.exception
    wanted = [entry.anchor for entry in SECTIONS[key].entries]
    assert cards(at) == wanted
    plain = html(at)
    at.segmented_control(key="level").set_value("researcher").run()
    assert cards(at) == wanted
    assert html(at).count("<dt>") >= plain.count("<dt>")


def test_researchers_see_formulas_sources_and_departures() -> None:
    at = visit(methods_section="Similarity")
    assert "<dt>Differs</dt>" not in html(at) and "xm-formula" not in html(at)
    at.segmented_control(key="level").set_value("researcher").run()
    assert "<dt>Differs</dt>" in html(at) and html(at).count("xm-formula") >= len(SIMILARITIES)
    assert "√" in html(at)


def test_a_search_looks_through_all_sections() -> None:
    at = visit()
    at.text_input(key="methods_search").set_value("noise").run()
    shown = cards(at)
    assert {anchor.split("-")[0] for anchor in shown} >= {"methods", "controls", "faithfulness"}
    assert at.text[-1].value.startswith(f"{len(shown)} entries: ")
    at.text_input(key="methods_search").set_value("<b>nothing like that").run()
    assert cards(at) == [] and at.text[-1].value == TEXT.nothing
    assert "<b>nothing" not in html(at)


def test_a_tampered_link_falls_back_to_the_defaults() -> None:
    at = visit(
        methods_measure="evil", methods_normalisation="<script>", methods_sign="9", methods_section="../x",
        level="root", methods_search="x" * 500,
    )  # fmt: skip
    assert not at.exception and not at.error
    assert at.selectbox(key="methods_measure").value == "spearman"
    assert at.pills(key="methods_section").value == "methods"
    assert order(at) == order(visit())


def test_networks_have_the_matrix_of_refusals() -> None:
    page = html(visit(methods_section="Networks"))
    assert words.refused_line() in page
    why = METHODS["lrp"].refuses(MODELS["vit_b_16"])
    assert why is not None and why[0].upper() + why[1:] in page


def test_without_stored_maps_the_catalogue_still_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shipped, "FILE", tmp_path / "none.zip")
    st.cache_resource.clear()
    at = visit()
    assert not at.exception
    assert [info.value for info in at.info] == [TEXT.no_examples]
    assert cards(at) == [entry.anchor for entry in SECTIONS["methods"].entries]
    assert COMMON.conclusion in html(at)
    st.cache_resource.clear()


def test_a_method_without_stored_maps_is_there_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(examples, "FILE", tmp_path / "none.zip")
    st.cache_resource.clear()
    at = visit()
    assert not at.exception
    assert sorted(order(at)) == sorted(method.label for method in METHODS.values())
    assert f"{METHODS['occlusion'].label}: No map" in html(at)
    st.cache_resource.clear()


def test_a_method_that_is_added_has_a_tile_a_card_and_a_place_in_the_viewer() -> None:
    visit()
    added = dataclasses.replace(METHODS["gradient"], key="brand_new", label="Brand <new>")
    with METHODS.with_entry(added):
        at = visit(methods_closer="brand_new")
        assert not at.exception
        assert added.label in order(at) and catalog.anchor_of(added) in cards(at)
        assert at.pills(key="methods_closer").value == ["brand_new"]
        assert f"{added.label}: No map" in unescape(html(at))
    assert added.label not in order(visit())


def test_a_measure_that_is_added_can_be_chosen_orders_the_maps_and_has_a_card() -> None:
    before = visit()
    added = dataclasses.replace(SIMILARITIES["ssim"], key="brand_new", label="Brand <new>")
    with SIMILARITIES.with_entry(added):
        at = visit(methods_measure="brand_new", methods_section="similarity")
        assert not at.exception
        assert at.selectbox(key="methods_measure").value == "brand_new"
        assert order(at) == order(visit(methods_measure="ssim")) != order(before)
        assert "similarity-brand-new" in cards(at)
        assert f"{added.label}, unit power: " in unescape(html(at))
        assert f"compared in {len(comparisons()) - 3} ways" in html(at)
    assert order(visit(methods_measure="brand_new")) == order(before)
