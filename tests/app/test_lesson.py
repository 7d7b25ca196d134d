"""The lesson under AppTest: every step, links, the count, and one computation for a whole class."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import ROOT, FakeEngine
from tests.ranking_data import synthetic
from xaicheck.errors import ModelUnavailable
from xaicheck.models import samples
from xaicheck.reading import charts, diagonal_figure
from xaicheck.reading.captions import Caption
from xaicheck.topics.lesson import page_state, parts, sheets
from xaicheck.topics.lesson.material import HALF, MEASURE, PANEL, Material, request
from xaicheck.topics.lesson.model import Minutes, Question, Step, options
from xaicheck.topics.lesson.steps import STEPS, guess
from xaicheck.topics.lesson.words import TEXT
from xaicheck.topics.noise import PAGE
from xaicheck.topics.ranking import page_views
from xaicheck.viewer.encode import decode
from xaicheck.viewer.scene import View
from xaicheck.web import client

Visit = Callable[..., AppTest]
KEYS = list(STEPS)
LAST = len(STEPS)


def visit(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.switch_page("pages/lesson.py")
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def text(at: AppTest) -> str:
    return "\n".join(e.proto.body for e in at.get("html") if not e.proto.body.startswith("<style"))


def title(at: AppTest) -> str:
    return text(at).split("<h1")[1].split(">")[1].split("</h1")[0]


def go(at: AppTest, number: int) -> AppTest:
    return at.button(key=f"lesson-step-{number}").click().run()


def act(at: AppTest, step: str) -> AppTest:
    return at.button(key=f"lesson-act-{step}").click().run()


def choose(at: AppTest, sample: str, number: int, wanted: Callable[[str | None, list[str]], str]) -> AppTest:
    """Chooses in every question of the step: `wanted(right, options)`."""
    step = STEPS[KEYS[number - 1]]
    for question in step.questions(page_state.material(sample)):
        options = [option.key for option in question.options]
        at.radio(key=page_state.widget(sample, step.key, question.key)).set_value(
            wanted(question.right, options)
        )
    return at.run()


def right(answer: str | None, options: list[str]) -> str:
    assert answer is not None
    return answer


def wrong(answer: str | None, options: list[str]) -> str:
    return next(option for option in options if option != answer)


@pytest.mark.parametrize("sample", ["chelsea", "coffee"])
def test_each_step_shows_its_task_then_after_the_answer_its_reveal_and_its_sentence(
    engine: FakeEngine, sample: str
) -> None:
    at = visit(sample=sample)
    for number, step in enumerate(STEPS.values(), 1):
        at = go(at, number)
        assert not at.exception and not at.error
        assert text(at).count("<h1") == 1 and step.title in unescape(title(at))
        assert TEXT.task in text(at) and step.remember not in text(at)
        button = at.button(key=f"lesson-act-{step.key}")
        assert button.disabled and button.label == step.act
        at = act(choose(at, sample, number, right), step.key)
        assert not at.exception
        assert step.remember in text(at) and f"<b>{TEXT.right}.</b>" in text(at)
    questions = sum(len(step.questions(page_state.material(sample))) for step in STEPS.values())
    assert f"{questions} of {questions} answers right in {LAST} of {LAST} steps." in text(at)
    assert len(engine.requests) == (0 if sample == "chelsea" else 1)


def test_answers_are_counted_once_and_survive_going_back_and_other_pages(engine: FakeEngine) -> None:
    at = go(visit(), 4)
    at = act(choose(at, "chelsea", 4, wrong), "noise")
    at = go(go(at, 1), 4)  # forth and back
    assert f"<b>{TEXT.wrong}.</b>" in text(at)
    assert not [radio for radio in at.radio if "noise" in str(radio.key)]  # nothing left to change
    at.switch_page("pages/noise.py").run()
    at.switch_page("pages/lesson.py").run()
    at = go(at, 4)
    assert f"<b>{TEXT.wrong}.</b>" in text(at)
    at = act(choose(go(at, LAST), "chelsea", LAST, right), "conclude")
    assert f"6 of 7 answers right in 2 of {LAST} steps." in text(at)
    assert TEXT.counted in [caption.value for caption in at.caption]


def test_the_why_asks_about_the_placebo_and_then_shows_it_with_a_switch(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = page_views.Views(synthetic(seeds=tuple(range(10)), n_images=2, depths=(1, 9), noise=0.01))
    monkeypatch.setattr(page_views, "gallery", lambda: views)
    step = KEYS.index("scales") + 1

    def drawn(at: AppTest) -> set[str]:
        (figure,) = (e.proto for e in at.get("plotly_chart") if e.proto.alt.startswith(TEXT.twice.alt))
        return {trace.get("name") for trace in json.loads(figure.spec)["data"]}

    at = go(visit(), step)
    assert not at.exception and not at.toggle and diagonal_figure.LABELS.placebo not in drawn(at)
    at = act(choose(at, "chelsea", step, wrong), "scales")
    assert TEXT.wrong in text(at) and diagonal_figure.LABELS.placebo in drawn(at)
    (switch,) = at.toggle
    switch.set_value(False).run()
    assert diagonal_figure.LABELS.placebo not in drawn(at)


def test_starting_again_forgets_this_picture_only(engine: FakeEngine) -> None:
    at = act(choose(go(visit(), 4), "chelsea", 4, right), "noise")
    at.selectbox(key="sample").select("coffee").run()
    at = act(choose(at, "coffee", 4, right), "noise")
    at = act(choose(go(at, LAST), "coffee", LAST, right), "conclude")
    at.button(key="lesson-restart").click().run()
    assert title(at) == STEPS[KEYS[0]].title
    assert TEXT.remember not in text(go(at, 4))
    at.selectbox(key="sample").select("chelsea").run()
    assert STEPS["noise"].remember in text(at)


@pytest.mark.parametrize(("step", "sample"), [("3", "coffee"), ("5", "rocket"), ("7", "chelsea")])
def test_a_link_starts_at_any_step_with_any_picture(engine: FakeEngine, step: str, sample: str) -> None:
    at = visit(step=step, sample=sample)
    assert not at.exception
    assert title(at) == STEPS[KEYS[int(step) - 1]].title
    assert at.selectbox(key="sample").value == sample


@pytest.mark.parametrize("step", ["0", str(LAST + 1), "-1", "two", "3.5", "", "<script>", "9" * 40])
def test_a_tampered_step_begins_at_the_first(engine: FakeEngine, step: str) -> None:
    at = visit(step=step, sample="../../etc/passwd")
    assert not at.exception and not at.error
    assert title(at) == STEPS[KEYS[0]].title and at.selectbox(key="sample").value == "chelsea"


def test_back_and_next_walk_through_the_steps(engine: FakeEngine) -> None:
    at = visit()
    assert at.button(key="lesson-back").disabled
    for number in range(2, LAST + 1):
        at.button(key="lesson-next").click().run()
        assert title(at) == STEPS[KEYS[number - 1]].title
    assert not [button for button in at.button if button.key == "lesson-next"]
    at.button(key="lesson-back").click().run()
    assert title(at) == STEPS[KEYS[-2]].title


def test_steps_from_stored_scores_compute_nothing(engine: FakeEngine) -> None:
    at = visit(step="4", sample="camera")
    for number in (4, 5):
        at = act(choose(go(at, number), "camera", number, right), STEPS[KEYS[number - 1]].key)
        assert STEPS[KEYS[number - 1]].remember in text(at)
    assert engine.requests == []


def test_without_the_stored_scores_the_lesson_says_so_and_goes_on(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("xaicheck.experiments.ranking.store.FILE", tmp_path / "none.zip")
    monkeypatch.setattr("xaicheck.experiments.scales.store.FILE", tmp_path / "none.zip")
    at = visit(step="4")
    for number, step in enumerate(STEPS.values(), 1):
        at = go(at, number)
        assert not at.exception and at.button(key=f"lesson-act-{step.key}").disabled
    assert TEXT.no_scores in text(go(at, 5))


def test_the_guess_names_no_network_before_the_answer(engine: FakeEngine) -> None:
    at = visit(step="2", sample="coffee")
    pairs = [part for part in text(at).split("\n") if "xl-pair" in part]
    assert len(pairs) == len(guess.pairs("coffee"))
    for pair in pairs:
        said = " ".join(piece.split('"')[0] for piece in pair.split('alt="')[1:])
        assert "trained" not in said and "random" not in said
    assert TEXT.remember not in text(at)


def test_thirty_students_cost_one_computation_for_the_whole_lesson(engine: FakeEngine) -> None:
    """Thirty wait at once, as the page waits; then two visitors walk through all steps."""
    wanted, image = request("coffee"), samples.load("coffee")
    begin, reports = threading.Barrier(30), []

    def student() -> None:
        begin.wait(30)
        reports.append(
            client.wait(wanted, client.check(wanted, image), private=False, look=lambda job, ahead: None)
        )

    threads = [threading.Thread(target=student) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(reports) == 30 and len({id(report) for report in reports}) == 1
    for _ in range(2):
        at = visit(step="2", sample="coffee")
        for number in range(1, LAST + 1):
            at = go(at, number)
            assert not at.exception and TEXT.computing not in text(at)
    assert engine.requests == [wanted]


def test_a_failed_computation_is_said_and_can_be_tried_again(engine: FakeEngine) -> None:
    engine.error = ModelUnavailable("The network is not available.")
    at = visit(step="3", sample="coffee")
    assert ["The network is not available." in error.value for error in at.error] == [True]
    assert title(at) == STEPS["check"].title
    engine.error = None
    at.button(key="lesson_again").click().run()
    assert not at.error and at.button(key="lesson-act-check").label == STEPS["check"].act


def test_the_researcher_reads_terms_and_the_student_plain_words(engine: FakeEngine) -> None:
    at = visit(step="6")
    plain = text(at)
    at.segmented_control(key="level").set_value("researcher").run()
    assert "i.i.d." in text(at) and "i.i.d." not in plain


def test_both_sheets_can_be_downloaded_once_the_maps_are_there(engine: FakeEngine) -> None:
    at = visit(sample="coffee")
    labels = [block.proto.label for block in at.get("download_button")]
    assert labels == [TEXT.teacher, TEXT.worksheet]
    assert not any(block.proto.disabled for block in at.get("download_button"))


def toy_questions(material: Material) -> tuple[Question, ...]:
    labels = options({"heads": "Heads, or <b>", "tails": "Tails."})
    return (Question("side", "Which side is up?", labels, "heads", "It was thrown; 4711 times."),)


def toy_chart(material: Material) -> charts.Chart | None:
    return None if material.reading is None else charts.scales(material.reading, HALF, "rms")


TOY = Step(
    key="coin",
    short="Coin",
    title="Throw a coin & look",
    minutes=Minutes(11, 13),
    act="Throw it",
    remember="A coin has two sides.",
    page=PAGE,
    task=lambda material: Caption("Guess the side.", "Guess the outcome."),
    questions=toy_questions,
    reveal=lambda material: Caption("It fell on the floor.", "It obeys Bernoulli."),
    aim="See a coin.",
    pitfalls=("It may stand on its rim.",),
    ask=("Who has a coin?",),
    expect=lambda material: ("Half of them say heads.",),
    shown=lambda material: parts.chips("The sides", [("heads of the coin", False)]),
    above=lambda material, answered: {"side": parts.column("seen" if answered else "unseen")},
    revealed=lambda material: parts.chips("The outcome", [("heads it is", True)]),
    chart=toy_chart,
    viewer=View(depth=HALF, measure=MEASURE),
    needs_maps=True,
)


def test_a_step_that_is_added_has_its_place_on_the_page_in_a_link_in_the_count_and_on_the_sheets(
    engine: FakeEngine,
) -> None:
    with STEPS.with_entry(TOY):
        at = visit(step=str(LAST + 1))
        assert unescape(title(at)) == TOY.title and "Heads, or <b>" in at.radio[0].options
        assert "Guess the side." in text(at) and "heads of the coin" in text(at) and "unseen" in text(at)
        assert "heads it is" not in text(at) and TOY.remember not in text(at)
        at.radio(key=page_state.widget("chelsea", "coin", "side")).set_value("heads").run()
        at = act(at, "coin")
        assert not at.exception
        for said in ("heads it is", "4711", "It fell on the floor.", TOY.remember, "<div>seen"):
            assert said in text(at)
        assert [chart.key for chart in at.get("plotly_chart")] == ["lesson-coin"]
        components = {element.proto.component_name: element.proto for element in at.get("bidi_component")}
        shown = decode(components["xaicheck_viewer"].bytes)
        assert (shown.start, len(shown.panels)) == (TOY.viewer, len(PANEL))
        assert f"1 of 1 answer right in 1 of {LAST + 1} steps." in text(at)
        material = page_state.material("chelsea")
        teacher, worksheet = unescape(sheets.teacher(material)), unescape(sheets.worksheet(material))
        low, high = (sum(getattr(step.minutes, end) for step in STEPS.values()) for end in ("low", "high"))
        for page in (teacher, worksheet):
            assert f"{LAST + 1}</span>{TOY.title}" in page and f"{low} to {high} minutes" in page
            assert "Guess the side." in page and "Which side is up?" in page
        for said in (TOY.aim, *TOY.pitfalls, *TOY.ask, "Half of them say heads.", "<b>Heads, or <b>", "4711"):
            assert said in teacher and said not in worksheet.replace("<li>Heads", "")
        assert "heads of the coin" in worksheet and "unseen" in worksheet and TOY.remember not in worksheet
    assert title(visit(step=str(LAST + 1))) == STEPS[KEYS[0]].title  # as a tampered link
