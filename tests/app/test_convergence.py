"""Cosine similarity convergence on the page of the check: asked for, shown, kept, out of date, in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.convergence_data import line
from xaicheck.engine import convergence_run
from xaicheck.engine.convergence_run import ConvergenceReport, ConvergenceRequest, Profile
from xaicheck.errors import Busy, ModelUnavailable
from xaicheck.reading import words
from xaicheck.topics.check.convergence_words import CSC
from xaicheck.types import Progress
from xaicheck.web import TEXT

Visit = Callable[..., AppTest]


class Run:
    """Stands where the run stands: remembers what it was asked, and answers that every rule forgets."""

    def __init__(self) -> None:
        self.asked: list[ConvergenceRequest] = []
        self.error: Exception | None = None

    def __call__(self, request: ConvergenceRequest, image: Any, *, listener: Any) -> ConvergenceReport:
        listener.update(Progress(0, len(request.methods), "Gradient", None, None))
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        profiles = tuple(Profile(key, (line(0.97),) * len(request.blocks)) for key in request.methods)
        return ConvergenceReport(request, image.name, profiles, (), "cpu", 1.0)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    run = Run()
    monkeypatch.setattr(convergence_run, "run", run)
    yield run


def html(at: AppTest) -> str:
    return "\n".join(e.proto.body for e in at.get("html") if not e.proto.body.startswith("<style"))


def press(at: AppTest) -> AppTest:
    return at.button(key="convergence_run").click().run()


def charts(at: AppTest) -> int:
    return sum("cosine" in chart.proto.alt.lower() for chart in at.get("plotly_chart"))


def test_nothing_is_computed_until_it_is_asked_for(visit: Visit, computed: Run) -> None:
    at = visit()
    assert CSC.title in html(at) and not at.exception
    assert not at.button(key="convergence_run").disabled
    assert computed.asked == [] and charts(at) == 0


def test_a_press_shows_the_finding_both_charts_the_table_and_the_limits(visit: Visit, computed: Run) -> None:
    at = press(visit())
    assert not at.exception and not at.error
    (request,) = computed.asked
    assert request.model == "efficientnet_lite0" and request.start == "head"
    told = html(at)
    assert f"start from {request.blocks[0]} on" in told
    assert CSC.may_not.right in told and CSC.caption.at("student") in told
    assert charts(at) == 2
    assert "convergence_run" not in [button.key for button in at.button]  # the results are those asked for


def test_the_results_outlive_other_moves_and_the_level_changes_their_caption(
    visit: Visit, computed: Run
) -> None:
    at = press(visit())
    at.segmented_control(key="level").set_value("researcher").run()
    assert CSC.caption.at("researcher") in html(at) and charts(at) == 2
    at.run()
    assert charts(at) == 2 and len(computed.asked) == 1


def test_another_picture_says_that_the_results_are_of_the_earlier_one(visit: Visit, computed: Run) -> None:
    at = press(visit())
    at.pills(key="sample").set_value("rocket").run()
    said = [info.value for info in at.info]
    assert any("the picture" in text and "earlier settings" in text for text in said)
    assert charts(at) == 2
    press(at)
    assert len(computed.asked) == 2 and computed.asked[0].image != computed.asked[1].image
    assert "convergence_run" not in [button.key for button in at.button]


def test_a_run_that_fails_says_why_and_can_be_asked_for_again(visit: Visit, computed: Run) -> None:
    computed.error = ModelUnavailable("No network.")
    at = press(visit())
    assert [error.value for error in at.error] == ["No network."]
    computed.error = None
    press(at)
    assert not at.error and charts(at) == 2


def test_a_full_queue_says_so(visit: Visit, computed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise Busy("full")

    monkeypatch.setattr("xaicheck.web.client.wait", full)
    at = press(visit())
    assert [error.value for error in at.error] == [words.TEXT.busy]


def test_a_network_that_refuses_rules_is_asked_the_rest(visit: Visit, computed: Run) -> None:
    at = visit(model="vit_b_16")
    press(at)
    assert computed.asked[0].methods == ("gradient",)
    told = html(at)
    assert "LRP" in told.split(CSC.left_out, 1)[1]


def test_without_a_picture_there_is_nothing_to_compute(visit: Visit, computed: Run) -> None:
    at = visit()
    at.segmented_control(key="source").set_value("upload").run()
    assert at.button(key="convergence_run").disabled
    assert any(TEXT.picture.waiting in info.value for info in at.info)
