"""The page Activation scales under AppTest: a first result, its switches, what is computed on demand."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.app.conftest import ROOT
from xaicheck.errors import ModelUnavailable
from xaicheck.experiments.scales import store
from xaicheck.experiments.scales.setting import DEFAULT, Setting
from xaicheck.randomization.laws import LAWS
from xaicheck.reading import words
from xaicheck.topics.scales.words import TEXT

ASKED: list[Setting] = []


def fake(setting: Setting, *, seeds: int, listener: Any) -> Any:
    """Stands where block.compute stands: the shipped default under another name."""
    ASKED.append(setting)
    if setting.law == "sign_flip":
        raise ModelUnavailable("No network.")
    return dataclasses.replace(store.load().block(DEFAULT), setting=setting, seeds=seeds)


@pytest.fixture(autouse=True)
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XAICHECK_WARM", "0")
    monkeypatch.setattr("xaicheck.experiments.scales.block.compute", fake)
    monkeypatch.chdir(ROOT)
    ASKED.clear()
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def visit(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.switch_page("pages/scales.py")
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def text(at: AppTest) -> str:
    return "\n".join(e.proto.body for e in at.get("html") if not e.proto.body.startswith("<style"))


def finding(at: AppTest) -> str:
    return text(at).split('xc-finding">')[1].split("</h1>")[0]


def test_the_page_opens_with_a_result_and_ends_with_a_conclusion() -> None:
    at = visit()
    assert not at.exception and not at.error and not at.warning
    assert "twice as active" in finding(at)
    assert "says 69 %" in finding(at)
    assert words.TEXT.conclusion in text(at)
    assert "bit-identical" in text(at) and "NOT bit-identical" not in text(at)
    alts = " ".join(chart.proto.alt for chart in at.get("plotly_chart"))
    for shown in ("twice as active", "a τ of", "largest contributions", "depth 1 (", "norm map", "branch"):
        assert shown in alts, shown
    assert ASKED == []


def test_another_depth_policy_or_number_of_outputs_changes_the_finding() -> None:
    at = visit()
    first = finding(at)
    at.slider(key="scales_depth").set_value(2).run()
    second = finding(at)
    assert "head" in second and second != first
    at.segmented_control(key="scales_outputs").set_value(4).run()
    assert "to these outputs" in finding(at) and not at.exception
    at.slider(key="scales_depth").set_value(8).run()
    at.segmented_control(key="scales_batchnorm").set_value("keep").run()
    assert "BatchNorm: Keep statistics" in " ".join(caption.value for caption in at.caption)
    assert not at.warning and ASKED == []


def test_the_last_layer_alone_answers_for_every_law() -> None:
    at = visit(scales_where="The last layer alone")  # an address holds what the button says
    assert "says 70 %" in finding(at)
    findings = {}
    for law in ("own_init", "laplace", "constant", "sign_flip"):
        at.selectbox(key="scales_layer_law").set_value(law).run()
        assert not at.exception and not at.warning
        findings[law] = finding(at)
    assert "says 75 %" in findings["own_init"] and "says 67 %" in findings["laplace"]
    assert all(part in findings["constant"] for part in ("in 100 %", "says 100 %"))
    assert len(set(findings.values())) == 4 and ASKED == []


def test_a_setting_that_was_not_computed_is_named_and_computed_on_demand() -> None:
    at = visit(scales_depth="5")
    assert "Not computed yet" in at.warning[0].value and "depth 4" in at.warning[0].value
    assert ASKED == []
    at.button(key="scales_compute").click().run()
    assert [Setting(5)] == ASKED
    assert not at.warning and not at.exception and not at.error
    assert "20 random networks" in " ".join(caption.value for caption in at.caption)
    at.segmented_control(key="scales_outputs").set_value(8).run()
    assert [Setting(5)] == ASKED and not at.warning  # it is kept


def test_a_law_that_is_added_is_offered_measured_and_kept_in_the_address() -> None:
    with LAWS.with_entry(dataclasses.replace(LAWS["he_normal"], key="brand_new", label="Brand new")):
        at = visit(scales_law="brand_new", scales_depth="1")
        assert "Brand new" in at.warning[0].value and not at.exception
        at.button(key="scales_compute").click().run()
        assert [Setting(1, law="brand_new")] == ASKED
        assert not at.warning and not at.exception
        assert "Brand new" in " ".join(caption.value for caption in at.caption)


def test_a_failure_is_told_in_words_and_the_page_goes_on() -> None:
    at = visit()
    at.selectbox(key="scales_law").set_value("sign_flip").run()
    at.button(key="scales_compute").click().run()
    assert at.error[0].value == "No network."
    assert words.TEXT.conclusion in text(at) and not at.exception


def test_a_tampered_address_falls_back_to_what_is_allowed() -> None:
    at = visit(
        scales_where="x", scales_depth="99", scales_law="../../etc", scales_batchnorm="y",
        scales_outputs="7", scales_picture="<b>", scales_residual="maybe",
    )  # fmt: skip
    assert not at.exception and words.TEXT.conclusion in text(at)
    assert "<b>" not in finding(at)


def test_the_level_changes_the_words_and_no_number() -> None:
    at = visit()
    student = finding(at)
    at.segmented_control(key="level").set_value("researcher").run()
    assert finding(at) == student
    assert TEXT.look.researcher in text(at)


def test_without_the_file_the_page_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(store, "FILE", tmp_path / "none.zip")
    at = visit()
    assert not at.exception and finding(at) == TEXT.no_data


def test_the_first_paint_of_the_page_does_not_import_torch() -> None:
    code = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "at = AppTest.from_file('app.py', default_timeout=60)\n"
        "at.switch_page('pages/scales.py')\n"
        "at.run()\n"
        "assert not at.exception, at.exception\n"
        "heavy = {'torch', 'torchvision', 'timm', 'captum', 'zennit'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={"PATH": "", "XAICHECK_WARM": "0", "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
