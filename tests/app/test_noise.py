"""The page Noise wins as a visitor meets it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.app.conftest import ROOT, FakeEngine
from xaicheck import theory
from xaicheck.experiments.noise import store
from xaicheck.experiments.repairs import store as repair_store
from xaicheck.experiments.repairs.bench import matrix
from xaicheck.methods import METHODS
from xaicheck.topics.noise import repairs
from xaicheck.topics.noise.page_mix import FIRST_DEPTH, FIRST_FILL, FIRST_METHOD, FIRST_SHARE
from xaicheck.topics.noise.words import TEXT

Visit = Callable[..., AppTest]


@pytest.fixture(scope="module", autouse=True)
def fresh() -> Iterator[None]:
    """Similarities of the real maps and of the synthetic ones are cached under the same keys."""
    st.cache_data.clear()
    yield
    st.cache_data.clear()


@pytest.fixture
def open_page(engine: FakeEngine) -> Visit:
    """open_page(**query) -> the page after its first run."""

    def opened(**query: object) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
        at.switch_page("pages/noise.py")
        for key, value in query.items():
            at.query_params[key] = str(value)
        return at.run()

    return opened


def html(at: AppTest) -> str:
    """The page's HTML as a browser reads it: what was escaped is a sign again."""
    return unescape("\n".join(e.proto.body for e in at.get("html") if not e.proto.body.startswith("<style")))


def big(at: AppTest) -> list[str]:
    """The two large figures."""
    return re.findall(r"<strong>([^<]*)</strong>", html(at))


def test_the_page_opens_with_both_numbers_the_contest_and_the_conclusion(open_page: Visit) -> None:
    at = open_page()
    assert not at.exception and not at.error
    assert len(big(at)) == 2 and all(figure != "–" for figure in big(at))
    body = html(at)
    assert "90 % noise" in body and "Fresh noise" in body and "Sign-flip cheater" in body
    assert TEXT.truth_title.split(":")[0] in body and "of 50 %" in body
    assert TEXT.claims.useless_why in body
    alts = " ".join(chart.proto.alt for chart in at.get("plotly_chart"))
    assert TEXT.chart_alt.split(".")[0] in alts and TEXT.zeros_alt.split(":")[0] in alts


def test_sliding_the_noise_moves_the_large_figures_and_the_maps(open_page: Visit) -> None:
    at = open_page()
    before, body = big(at), html(at)
    at.select_slider(key="noise_share").set_value(0.0).run()
    assert not at.exception
    assert big(at)[0] != before[0] and html(at) != body
    assert TEXT.same in html(at) and "Without noise" in html(at)


def test_similarity_falls_to_zero_and_faithfulness_to_that_of_noise(open_page: Visit) -> None:
    at = open_page(noise_share="100 %")
    data = store.load()
    assert data is not None
    assert abs(float(big(at)[0].replace("−", "-"))) < 0.02
    fill, method = data.fills.index(FIRST_FILL), data.methods.index(FIRST_METHOD)
    empty = data.faithfulness[0, fill, method, -1].mean()
    assert float(big(at)[1].replace("−", "-")) == pytest.approx(empty, abs=6e-4)


def test_another_measure_method_fill_and_depth_change_the_page(open_page: Visit) -> None:
    at = open_page()
    seen = {html(at)}
    at.selectbox(key="noise_measure").set_value("ssim").run()
    seen.add(html(at))
    at.selectbox(key="noise_method").set_value("lrp").run()
    seen.add(html(at))
    at.selectbox(key="noise_fill").set_value("mean").run()
    seen.add(html(at))
    at.slider(key="noise_depth").set_value(2).run()
    seen.add(html(at))
    assert not at.exception and len(seen) == 5
    assert "SSIM" in html(at) and "2 blocks randomized" in html(at)


def test_a_picture_whose_maps_are_not_shipped_has_its_numbers_and_says_so(open_page: Visit) -> None:
    at = open_page()
    data = store.load()
    assert data is not None
    at.selectbox(key="noise_picture").set_value(data.pictures[1]).run()
    assert not at.exception
    assert any(c.value == TEXT.no_maps for c in at.caption)
    q, m = data.measures.index("cosine"), data.methods.index(FIRST_METHOD)
    d, s = data.depths.index(FIRST_DEPTH), data.shares.index(FIRST_SHARE)
    expected = data.similarity[1, q, m, d, s].mean()
    assert float(big(at)[0].replace("−", "-")) == pytest.approx(expected, abs=6e-3)


def test_draw_again_draws_other_maps_of_the_same_truth(open_page: Visit) -> None:
    at = open_page()
    at.button(key="noise_again").click().run()
    assert not at.exception
    assert any("draw 2" in c.value for c in at.caption)


def test_a_larger_common_background_makes_unrelated_maps_more_alike(open_page: Visit) -> None:
    at = open_page()
    at.slider(key="noise_zeros").set_value(80).run()
    title = re.search(r"common background of 80 % .* magnitudes of ([0-9.]+)<", html(at))
    assert title and float(title[1]) == pytest.approx(theory.shared_zeros_spearman(0.8), abs=0.02)


def test_a_link_holds_the_state(open_page: Visit) -> None:
    at = open_page(noise_method="LRP (ε, z⁺)", noise_depth=3, noise_zeros=20, noise_measure="mse")
    assert not at.exception
    assert at.slider(key="noise_depth").value == 3
    assert f"{METHODS['lrp'].label} map" in html(at) and "of 20 %" in html(at)


@pytest.mark.parametrize(
    "query",
    [
        {"noise_method": "../../etc/passwd", "noise_depth": 999, "noise_share": "7"},
        {"noise_picture": "<script>", "noise_fill": "", "noise_measure": "nan", "noise_zeros": "inf"},
        {"noise_share": "0.9999", "noise_depth": "-3", "level": "expert"},
    ],
)
def test_a_tampered_link_opens_the_page_all_the_same(open_page: Visit, query: dict[str, object]) -> None:
    at = open_page(**query)
    assert not at.exception
    assert len(big(at)) == 2


def test_the_repair_bench_says_which_repair_stops_which_exploit(open_page: Visit) -> None:
    found = repair_store.load()
    assert found is not None, "run python -m xaicheck.experiments.repairs"
    cells = matrix(found)
    at = open_page()
    assert repairs.finding(cells) in html(at)
    assert repairs.alt(cells) in [chart.proto.alt for chart in at.get("plotly_chart")]
    tables = [frame.value for frame in at.dataframe if "Verdict" in frame.value.columns]
    assert [len(rows) for rows in tables] == [len(cells)]


def test_without_its_file_the_page_has_no_repair_bench(
    open_page: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(repair_store, "FILE", tmp_path / "absent.zip")
    st.cache_resource.clear()
    at = open_page()
    assert not at.exception
    assert not [chart for chart in at.get("plotly_chart") if "ways to score" in chart.proto.alt]
    st.cache_resource.clear()


def test_the_level_changes_the_words_and_not_the_numbers(open_page: Visit) -> None:
    at = open_page()
    figures = big(at)
    assert TEXT.look.student in html(at)
    at.segmented_control(key="level").set_value("researcher").run()
    assert TEXT.look.researcher in html(at)
    assert big(at) == figures


def test_without_the_file_the_page_says_how_to_make_it(
    open_page: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(store, "FILE", tmp_path / "absent.zip")
    at = open_page()
    assert not at.exception
    assert TEXT.no_data in html(at) and "python -m xaicheck.experiments.noise" in TEXT.no_data
    assert TEXT.truth_title.split(":")[0] in html(at)
