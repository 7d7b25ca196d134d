"""The page as a visitor meets it: first visit, run, upload, refusals, bad files, tampered and deep links."""

from __future__ import annotations

import dataclasses
import io
import re
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.app.conftest import ROOT, FakeEngine
from xaicheck.engine import pairs as paired
from xaicheck.errors import ModelUnavailable
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.methods import DEFAULT_PANEL, METHODS, refusal
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.reading import words
from xaicheck.reading.compared import full_name
from xaicheck.reading.numbers import Reading
from xaicheck.topics.check import page_view
from xaicheck.topics.check.captions import TEXT
from xaicheck.types import Comparison
from xaicheck.viewer.encode import decode
from xaicheck.viewer.scene import Panel, Scene, View

Visit = Callable[..., AppTest]


def html(at: AppTest) -> str:
    """All HTML of the page, style sheets left out."""
    return "\n".join(e.proto.body for e in at.get("html") if not e.proto.body.startswith("<style"))


def parts(at: AppTest) -> str:
    """The headings of the parts below the maps."""
    return "\n".join(re.findall(r"<h3[^>]*>(.*?)</h3>", html(at), re.S))


def component(at: AppTest) -> Any:
    """The viewer as the browser gets it."""
    (viewer,) = [e.proto for e in at.get("bidi_component") if e.proto.component_name == "xaicheck_viewer"]
    return viewer


def viewers(at: AppTest) -> list[Scene]:
    """What all viewers of the page were given to show."""
    found = [e.proto for e in at.get("bidi_component") if e.proto.component_name == "xaicheck_viewer"]
    return [decode(proto.bytes) for proto in found]


def scene(at: AppTest) -> Scene:
    """What the viewer was given to show."""
    return decode(component(at).bytes)


def panels(at: AppTest) -> dict[str, Panel]:
    """The viewer's panels by label."""
    return {panel.label: panel for panel in scene(at).panels}


def finding(at: AppTest, depth: int, measure: int = 0) -> str:
    """The finding that the viewer says at a depth."""
    shown = scene(at)
    return next(
        text for state, text in zip(shown.states, shown.measures[measure].findings, strict=True)
        if state.depth == depth
    )  # fmt: skip


def kicker(at: AppTest) -> str:
    return scene(at).kicker


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the visitor moved in the viewer, which AppTest cannot: fields of its view."""
    wishes: dict[str, Any] = {}
    monkeypatch.setattr(
        "xaicheck.web.viewer.view_of", lambda data, start: dataclasses.replace(start, **wishes)
    )
    return wishes


def png(size: tuple[int, int] = (300, 260)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, "PNG")
    return out.getvalue()


def upload(at: AppTest, name: str, data: bytes, mime: str = "image/png") -> AppTest:
    at.segmented_control(key="source").set_value("upload").run()
    return at.file_uploader(key="upload").set_value((name, data, mime)).run()


def test_a_first_visit_shows_the_computed_sample(visit: Visit, engine: FakeEngine) -> None:
    at = visit()
    assert not at.exception and not at.error and not at.warning
    assert set(panels(at)) == {METHODS[key].label for key in DEFAULT_PANEL}
    assert "last 9 of" in finding(at, 9)
    assert scene(at).start == View(9, shipped.first_request().measures[0])
    assert words.TEXT.titles.verdict in html(at)
    assert any("Computed beforehand" in c.value for c in at.caption)
    assert engine.requests == []


def test_the_defaults_of_the_page_ask_for_what_is_stored(visit: Visit, engine: FakeEngine) -> None:
    at = visit()
    at.pills(key="sample").set_value("rocket").run()
    at.button(key="run").click().run()
    (request,) = engine.requests
    stored = shipped.first_request()
    assert dataclasses.replace(request, image=stored.image) == stored


def test_the_viewer_of_a_finished_report_carries_every_map_and_every_score(visit: Visit) -> None:
    shown = scene(visit())
    assert [state.depth for state in shown.states] == list(range(20))
    assert [measure.key for measure in shown.measures] == list(shipped.first_request().measures)
    for panel in shown.panels:
        assert {one.state for one in panel.maps} == {"map"}
        assert all(mark.mean is not None for marks in panel.scores.values() for mark in marks)


def test_the_first_paint_does_not_import_torch() -> None:
    code = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "at = AppTest.from_file('app.py', default_timeout=60).run()\n"
        "assert not at.exception, at.exception\n"
        "heavy = {'torch', 'torchvision', 'timm', 'captum', 'zennit'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={"PATH": "", "XAICHECK_WARM": "0", "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_moved_view_changes_the_argument_and_not_the_payload_and_runs_nothing(
    visit: Visit, engine: FakeEngine, moved: dict[str, Any]
) -> None:
    at = visit()
    payload = component(at).bytes
    assert "last 9 of" in parts(at)
    moved["depth"] = 2
    assert "last 2 of" in parts(at.run())
    moved["measure"] = "ssim"
    assert f"SSIM of {words.TEXT.compared.maps.signed}" in html(at.run())
    moved["depth"] = 0
    assert "nothing randomized" in parts(at.run())
    assert component(at).bytes == payload
    assert engine.requests == []


def test_a_second_visitor_gets_the_payload_that_the_first_one_paid_for(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = component(visit()).bytes
    packed = page_view._packed

    def few(reading: Reading, carried: Sequence[int] | None, start: View) -> bytes:
        assert carried is not None and len(carried) <= 2  # all of them are there already
        return packed(reading, carried, start)

    monkeypatch.setattr(page_view, "_packed", few)
    assert component(visit()).bytes == first
    assert scene(visit(depth="4", scale="shared")).start == View(4, "spearman", "shared")
    assert scene(visit(depth="4", colours="Shared range")).start == View(4, "spearman", "shared")


def test_the_view_stays_while_the_visitor_looks_at_another_page(visit: Visit, moved: dict[str, Any]) -> None:
    at = visit()
    moved.update(depth=5, scale="shared")
    at.run()
    moved.clear()
    at.switch_page("pages/methods.py").run()
    at.switch_page("pages/check.py").run()
    assert (scene(at).start.depth, scene(at).start.scale) == (5, "shared")
    assert "last 5 of" in parts(at)


def test_a_depth_that_another_network_does_not_have_becomes_its_last_one(
    visit: Visit, moved: dict[str, Any]
) -> None:
    at = visit(model="resnet18")
    moved["depth"] = 19
    at.button(key="run").click().run()
    blocks = len(MODELS["resnet18"].blocks)
    assert blocks < 19 and f"all {blocks} blocks randomized</h3>" in html(at)


def test_a_changed_setting_keeps_the_old_results_and_says_what_differs(
    visit: Visit, engine: FakeEngine
) -> None:
    at = visit()
    at.pills(key="sample").set_value("coffee").run()
    assert [w.value for w in at.warning] == [words.stale_line(["the picture"])]
    assert samples.SAMPLES["chelsea"].label in kicker(at)
    assert engine.requests == []


def test_run_computes_the_chosen_settings_and_shows_them(visit: Visit, engine: FakeEngine) -> None:
    at = visit()
    at.pills(key="sample").set_value("coffee").run()
    at.button(key="run").click().run()
    assert not at.exception and not at.warning
    assert [request.image for request in engine.requests] == [samples.load("coffee").sha256]
    assert "Cup of coffee" in kicker(at)
    assert any(c.value.startswith("Computed in") for c in at.caption)


def test_the_same_request_is_computed_once(visit: Visit, engine: FakeEngine) -> None:
    for _ in range(2):
        at = visit(sample="Rocket")
        at.button(key="run").click().run()
        assert "Rocket" in kicker(at)
    assert len(engine.requests) == 1


def test_leaving_a_method_out_needs_no_run(visit: Visit, engine: FakeEngine) -> None:
    at = visit()
    at.pills(key="methods").set_value(["gradient", "lrp"]).run()
    assert set(panels(at)) == {"Gradient", METHODS["lrp"].label, "Fresh noise"}
    assert not at.warning and engine.requests == []


def test_controls_are_sorted_last_and_marked(visit: Visit) -> None:
    at = visit()
    at.pills(key="controls").set_value(["sobel", "fresh_noise"]).run()
    at.button(key="run").click().run()
    drawn = panels(at)
    assert list(drawn)[-2:] == ["Sobel edges", "Fresh noise"]
    for key in (*DEFAULT_PANEL, "sobel"):
        assert drawn[METHODS[key].label].control is METHODS[key].control


def test_no_method_and_no_measure_ask_for_one_and_run_is_disabled(visit: Visit) -> None:
    at = visit()
    at.pills(key="methods").set_value([]).run()
    at.pills(key="controls").set_value([]).run()
    assert at.button(key="run").disabled
    assert any(TEXT.sidebar["none"] in c.value for c in at.caption)
    assert panels(at)


def test_a_refused_method_cannot_be_chosen_and_its_reason_is_shown(visit: Visit, engine: FakeEngine) -> None:
    at = visit()
    at.selectbox(key="model").set_value("vit_b_16").run()
    refused = [m for m in METHODS.values() if refusal(m, MODELS["vit_b_16"])]
    assert {"guided_backprop", "lrp"} <= {m.key for m in refused}
    offered = at.pills(key="methods").options
    for method in refused:
        assert method.label not in offered
        assert f"<s>{method.label}</s>" in html(at)
        assert refusal(method, MODELS["vit_b_16"]) in html(at).replace("&#x27;", "'")
    at.button(key="run").click().run()
    assert not {m.key for m in refused} & {choice.key for choice in engine.requests[-1].methods}


def test_a_refused_method_comes_back_with_a_network_that_allows_it(visit: Visit) -> None:
    at = visit()
    at.selectbox(key="model").set_value("vit_b_16").run()
    at.pills(key="methods").set_value(["gradient"]).run()
    at.selectbox(key="model").set_value("efficientnet_lite0").run()
    chosen = at.pills(key="methods").value
    assert "guided_backprop" in chosen and "gradient" in chosen and "smoothgrad" not in chosen


def test_an_uploaded_photograph_is_run(visit: Visit, engine: FakeEngine) -> None:
    at = upload(visit(), "mine.png", png())
    assert not at.error and not at.exception
    at.button(key="run").click().run()
    assert not at.error and not at.exception
    assert engine.requests[-1].image not in {samples.load(key).sha256 for key in samples.SAMPLES}
    assert "mine.png" in kicker(at)


def test_the_same_upload_of_two_visitors_is_not_shared(visit: Visit, engine: FakeEngine) -> None:
    data = png()
    for _ in range(2):
        upload(visit(), "mine.png", data).button(key="run").click().run()
    assert len(engine.requests) == 2


BOMB = (
    b"\x89PNG\r\n\x1a\n"
    + b"\x00\x00\x00\rIHDR" + (20000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    + zlib.crc32(b"IHDR" + (20000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00").to_bytes(4, "big")
)  # fmt: skip
BAD = {
    "not an image": b"hello, this is text",
    "0 bytes": b"",
    "truncated": png()[:900],
    "html named png": b"<html><script>alert(1)</script></html>",
    "svg named png": b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>',
    "decompression bomb": BOMB,
    "1 by 20000": png((1, 20000)),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_gives_one_sentence_and_the_page_goes_on(visit: Visit, kind: str) -> None:
    at = upload(visit(), "bad.png", BAD[kind])
    assert not at.exception
    assert len(at.error) == 1
    sentence = at.error[0].value
    assert sentence.endswith(".") and "\n" not in sentence and "Traceback" not in sentence
    assert at.button(key="run").disabled
    assert len(panels(at)) == len(DEFAULT_PANEL)
    at.segmented_control(key="source").set_value("gallery").run()
    assert not at.error and not at.button(key="run").disabled


def heic() -> bytes:
    from xaicheck.models import picture_files

    assert "HEIF" in picture_files.formats()
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "HEIF", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "mime"),
    [("photo.jfif", "image/jpeg"), ("IMG_1.HEIC", "image/heic"), ("photo", ""), ("a.txt", "text/plain")],
)
def test_the_content_of_an_upload_decides_and_not_its_name_or_type(
    visit: Visit, name: str, mime: str
) -> None:
    at = upload(visit(), name, heic() if "HEIC" in name else png(), mime)
    assert not at.error and not at.button(key="run").disabled
    assert (
        at.file_uploader(key="upload").allowed_type == []
    )  # else the browser refuses, and says nothing here
    shown = [c.value for c in at.sidebar.caption if "explained" in c.value]
    assert shown == [
        f"This picture is explained\\: {name.replace('.', chr(92) + '.').replace('_', chr(92) + '_')}\\."
    ]


def test_a_refused_upload_is_no_picture_and_says_which_file_why_and_what_is_shown(visit: Visit) -> None:
    at = upload(visit(), "mine.png", png())
    assert not at.button(key="run").disabled
    at.file_uploader(key="upload").set_value(("letter.jpg", b"%PDF-1.7 ...", "image/jpeg")).run()
    (said,) = [e.value.replace("\\", "") for e in at.sidebar.error]
    assert said == "letter.jpg: This file is a PDF document: export the page as PNG and try again."
    assert at.button(key="run").disabled
    assert not any("explained:" in c.value.replace("\\", "") for c in at.sidebar.caption)
    (still,) = [w.value.replace("\\", "") for w in at.warning]
    assert still == "No picture is chosen. The results below are those of “Cat”."
    at.file_uploader(key="upload").set_value(("mine.png", png(), "image/png")).run()
    assert not at.error and not at.button(key="run").disabled


def test_what_was_done_to_a_picture_is_said_beside_it_and_with_its_results(visit: Visit) -> None:
    out = io.BytesIO()
    first = Image.new("RGB", (64, 48), "red")
    first.save(out, "GIF", save_all=True, append_images=[Image.new("RGB", (64, 48), "blue")])
    at = upload(visit(), "film.gif", out.getvalue(), "image/gif")
    said = "As read: the first of 2 pictures in the file."
    assert any(said in c.value.replace("\\", "") for c in at.sidebar.caption)
    at = visit(sample="rocket")
    assert any("though the file declares Adobe RGB" in c.value for c in at.sidebar.caption)


def test_a_file_name_is_never_markup(visit: Visit) -> None:
    name = "<b>![x](http:evil.example) *c*.png"
    at = upload(visit(), name, png())
    at.button(key="run").click().run()
    assert name in kicker(at)  # which the viewer writes as text, and nothing else does
    assert "<b>![x]" not in html(at)
    for kind in ("markdown", "caption", "info", "warning", "error", "title", "header", "subheader"):
        assert not any("evil.example" in element.value for element in at.get(kind)), kind


def test_tampered_links_fall_back_silently(visit: Visit, engine: FakeEngine) -> None:
    at = visit(
        model="../../etc/passwd", depth="999", methods="evil", seeds="many", target="none", mode="sideways",
        sample="../secret", measures="<script>", scale="x", colours="x",
        opacity="-3", view="sideways", smoothgrad__sigma="banana", measure="nothing",
        normalisation="zscore", sign="<b>", copies="-7",
    )  # fmt: skip
    assert not at.exception and not at.error and not at.warning
    assert at.selectbox(key="model").value == "efficientnet_lite0"
    assert scene(at).start.depth == 9
    assert len(panels(at)) == len(DEFAULT_PANEL)


def test_a_deep_link_sets_the_controls_and_says_that_the_sample_is_shown_meanwhile(visit: Visit) -> None:
    at = visit(sample="Cup of coffee", model="ResNet-18", depth="3", seeds="1", smoothgrad__sigma="0.3")
    assert at.pills(key="sample").value == "coffee"
    assert at.selectbox(key="model").value == "resnet18"
    assert at.number_input(key="smoothgrad.sigma").value == 0.3
    assert scene(at).start.depth == 3
    (line,) = [w.value for w in at.warning]
    assert line.startswith("This link ") and "the picture" in line
    at.button(key="run_here").click().run()
    assert not at.warning and "Cup of coffee" in kicker(at) and "ResNet-18" in kicker(at)


def test_normalisation_sign_and_copies_are_settings_of_a_run_and_stand_beside_every_score(
    visit: Visit, engine: FakeEngine
) -> None:
    at = visit()

    def names() -> dict[str, str]:
        return {measure.key: measure.name for measure in scene(at).measures}

    assert names()["spearman"] == full_name(Comparison("spearman"))
    assert names()["mse"] == full_name(Comparison("mse", "second_moment", "signed"))
    at.selectbox(key="normalisation").set_value("max").run()
    at.segmented_control(key="sign").set_value("magnitude").run()
    at.number_input(key="copies").set_value(4).run()
    (line,) = [w.value for w in at.warning]
    assert all(what in line for what in ("the normalisation", "the sign", "the noisy copies"))
    # Until then the results are what they were, under their own name.
    assert names()["mse"] == full_name(Comparison("mse", "second_moment", "signed"))
    at.button(key="run").click().run()
    request = engine.requests[-1]
    assert (request.normalisation, request.sign, request.copies) == ("max", "magnitude", 4)
    assert not at.warning
    assert names()["mse"] == full_name(Comparison("mse", "max", "magnitude"))
    assert all(" 4 noisy copies" in measure.line for measure in scene(at).measures)


def test_a_link_holds_normalisation_sign_and_copies(visit: Visit) -> None:
    at = visit(normalisation="Smallest to largest", sign="Either sign", copies="12")
    assert at.selectbox(key="normalisation").value == "minmax"
    assert at.segmented_control(key="sign").value == "either"
    assert at.number_input(key="copies").value == 12
    assert all(what in at.warning[0].value for what in ("This link ", "normalisation", "sign", "noisy"))


def test_the_entropies_stand_on_the_first_page_with_their_loophole(visit: Visit, engine: FakeEngine) -> None:
    at = visit()
    assert "the entropy rises" in html(at) and words.TEXT.entropy.student in html(at)
    (table,) = [t.value for t in at.dataframe if "Rise" in t.value]
    assert list(table["Method"])[-1] == "Fresh noise (control)" and len(table) == len(DEFAULT_PANEL)
    at.segmented_control(key="mode").set_value("independent").run()
    at.button(key="run").click().run()
    assert "no step randomizes" in html(at)


def test_a_deep_link_to_the_page_itself_on_a_cold_server_gets_the_frame(engine: FakeEngine) -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params["sample"] = "Rocket"
    at.switch_page("pages/check.py").run()
    assert not at.exception
    assert any("xc-card" in e.proto.body and e.proto.body.startswith("<style") for e in at.get("html"))
    assert at.pills(key="sample").value == "rocket"


def test_a_run_that_fails_says_why_and_keeps_the_results(visit: Visit, engine: FakeEngine) -> None:
    engine.error = ModelUnavailable("The weights of ResNet-18 could not be loaded: connect to the network.")
    at = visit(model="ResNet-18")
    at.button(key="run").click().run()
    assert [e.value for e in at.error] == [str(engine.error)]
    assert len(panels(at)) == len(DEFAULT_PANEL)


def test_an_unexpected_failure_is_one_sentence_without_details(visit: Visit, engine: FakeEngine) -> None:
    engine.error = ZeroDivisionError("secret /path/to/file")
    at = visit(sample="Rocket")
    at.button(key="run").click().run()
    assert [e.value for e in at.error] == [words.TEXT.failed]
    assert not at.exception


def test_a_method_that_raised_on_one_map_marks_that_cell_only(visit: Visit) -> None:
    at = visit(methods=["Occlusion", "Gradient"], seeds="1")
    at.button(key="run").click().run()
    failed = panels(at)["Occlusion"].maps
    assert [one.state for one in failed[1:4]] == ["map", "why", "map"]
    assert "made to fail" in failed[2].why
    assert {one.state for one in panels(at)["Gradient"].maps} == {"map"}


def test_a_full_queue_is_said_in_words(
    visit: Visit, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from xaicheck.broker import Broker
    from xaicheck.web import client

    monkeypatch.setattr(client, "broker", lambda: Broker(max_queue=0))
    at = visit(sample="Rocket")
    at.button(key="run").click().run()
    assert [e.value for e in at.error] == [words.TEXT.busy]


def test_without_stored_results_the_page_asks_for_a_run(
    visit: Visit, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shipped, "FILE", tmp_path / "none.zip")
    at = visit()
    assert not at.exception
    assert TEXT.empty in html(at)
    at.button(key="run").click().run()
    assert len(panels(at)) == len(DEFAULT_PANEL)


def test_the_explained_class_can_be_any_by_name(visit: Visit, engine: FakeEngine) -> None:
    at = visit(target="espresso (967)")
    assert at.selectbox(key="target").value == 967
    at.button(key="run").click().run()
    assert engine.requests[-1].target == 967


def test_settings_of_a_method_reach_the_request(visit: Visit, engine: FakeEngine) -> None:
    at = visit()
    at.number_input(key="integrated_gradients.steps").set_value(32).run()
    assert "of a method" in at.warning[0].value
    at.button(key="run").click().run()
    params = {c.key: dict(c.params) for c in engine.requests[-1].methods}
    assert params["integrated_gradients"] == {"steps": 32}


def test_two_random_networks_stand_beside_the_trained_one_with_no_verdict_from_one_seed(
    visit: Visit, engine: FakeEngine
) -> None:
    at = visit(methods="gradient", controls="fixed_noise", measures="spearman", depth="9", seeds="1")
    assert "3 random networks give numbers and no verdict: that takes 8." in html(at)  # those of the sample
    at.button(key="run").click().run()
    assert not at.exception
    panels = {panel.key: panel for panel in scene(at).panels}
    row = panels["gradient"].between["spearman"]
    known = [i for i, one in enumerate(row) if one.mean is not None]
    assert known == list(paired.depths(engine.requests[-1])) and 9 in known and 5 not in known
    near = min(known, key=lambda depth: (abs(depth - 5), depth))
    assert row[9].line.startswith("Two random networks: 0.37 · E = ")
    assert row[5].line.startswith(f"At depth {near}: two random networks: 0.37 · E = ")
    assert "With the last 9 of 19 blocks randomized, maps of two random networks" in html(at)
    assert "2 random networks give numbers and no verdict: that takes 8." in html(at)
    assert "Only random numbers that both networks share give fixed noise the score 1.00" in html(at)


def test_a_second_class_stands_beside_the_explained_one_with_the_score_of_each_method(
    visit: Visit, engine: FakeEngine
) -> None:
    at = visit(against="281", methods="gradient", controls="sobel", measures="spearman", depth="9")
    assert at.selectbox(key="against").value == 281 and "the second class" in at.warning[0].value
    assert len(viewers(at)) == 1  # the sample has no second class
    at.button(key="run").click().run()
    (request,) = engine.requests
    assert request.against == 281 and not at.exception
    assert "Tiger cat or tabby: does the map say which?" in html(at)
    assert "Sobel edges: the same map for both." in html(at)
    first, pairs = viewers(at)
    assert (pairs.words["original"], pairs.words["randomized"]) == ("tiger cat", "tabby")
    assert pairs.start.scale == "shared" and not pairs.parts.controls
    marks = {panel.label: panel.scores["spearman"][1] for panel in pairs.panels}
    assert marks["Sobel edges"].mean == 1 and marks["Gradient"].text == "0.82"
    (panel,) = [panel for panel in first.panels if panel.label == "Gradient"]
    assert panel.scores["spearman"][9].line.endswith("; tiger cat against tabby, trained: 0.82")


def test_without_a_second_class_there_is_no_such_part_and_nothing_is_computed_for_it(
    visit: Visit, engine: FakeEngine
) -> None:
    at = visit(methods="gradient", against="281")
    at.button(key="run").click().run()
    at.selectbox(key="against").set_value(-1).run()  # less than was computed
    assert not at.warning and len(viewers(at)) == 1
    assert "does the map say which?" not in html(at) and len(engine.requests) == 1


def test_a_network_that_explains_its_own_class_has_it_marked_among_its_answers(
    visit: Visit, engine: FakeEngine
) -> None:
    at = visit(methods="gradient", target_policy="randomized")
    at.button(key="run").click().run()
    assert engine.requests[0].target_policy == "randomized"
    shown = scene(at)
    assert "explained class: tiger cat, then each network’s own" in kicker(at)
    assert "in each randomized one its own first" in shown.explained
    for state in shown.states:
        assert [a.explained for a in state.answers] == (
            [True] + [False] * 4 if state.depth else [False, True] + [False] * 3
        )
    assert "Each randomized network explains its own first class" in shown.measures[0].line


def test_the_second_class_is_shown_at_the_depth_that_is_looked_at_where_every_depth_has_it(
    visit: Visit, engine: FakeEngine
) -> None:
    at = visit(methods="gradient", measures="spearman", depth="9", target_policy="randomized")
    assert not [one for one in at.segmented_control if one.key == "against_at"]  # there is no second class
    at.selectbox(key="against").set_value(281).run()
    at.segmented_control(key="against_at").set_value("every").run()
    at.button(key="run").click().run()
    assert engine.requests[0].against_at == "every" and not at.exception
    assert [tab.label for tab in at.tabs][:2] == ["Trained network", "The last 9 of 19 blocks randomized"]
    first, trained, deep = viewers(at)
    own = first.states[9].answers[0].label
    assert [shown.words["original"] for shown in (trained, deep)] == ["tiger cat", own]
    assert [shown.panels[0].scores["spearman"][1].text for shown in (trained, deep)] == ["0.82", "0.11"]
    at.segmented_control(key="against_at").set_value("trained").run()  # less than was computed
    assert not at.warning and len(viewers(at)) == 2
