"""The page Story under AppTest: the sample, the visitor's own run, the ways between the cards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import ROOT, FakeEngine
from tests.ranking_data import synthetic
from xaicheck.topics.ranking import page_views
from xaicheck.topics.story.words import TEXT

PAGE = "pages/story.py"


@pytest.fixture(autouse=True)
def gallery(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """gallery(networks) -> the gallery with all networks compared, or none; none before it is called."""

    def there(networks: bool) -> None:
        data = synthetic(seeds=tuple(range(10)), n_images=2, depths=(1, 9), noise=0.01)
        views = page_views.Views(data) if networks else None
        monkeypatch.setattr(page_views, "gallery", lambda: views)

    there(False)
    return there


def opened(**query: str) -> AppTest:
    """The page after its first run."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.switch_page(PAGE)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def cards(at: AppTest) -> list[str]:
    """The cards that are drawn, as HTML."""
    return [e.proto.body for e in at.get("html") if e.proto.body.startswith("<section")]


def text(at: AppTest) -> str:
    return "\n".join(e.proto.body for e in at.get("html") if not e.proto.body.startswith("<style"))


def test_a_first_visit_tells_the_sample_one_card_at_a_time(engine: FakeEngine) -> None:
    at = opened()
    assert not at.exception and len(cards(at)) == 1
    assert TEXT.sample in text(at) and "1 of 5" in text(at) and text(at).count("<h1") == 1
    assert at.button(key="story_back").disabled and not at.button(key="story_next").disabled
    for number in (2, 3, 4, 5):
        at.button(key="story_next").click().run()
        assert f"{number} of 5" in text(at) and at.session_state["links"].pairs == [("card", str(number))]
    assert at.button(key="story_next").disabled
    at.button(key="story_back").click().run()
    assert "4 of 5" in text(at)


@pytest.mark.parametrize(("card", "shown"), [("3", 1), ("all", 5), ("9", 1), ("<b>", 1)])
def test_a_link_opens_a_card_or_all_and_a_tampered_one_the_first(
    engine: FakeEngine, card: str, shown: int
) -> None:
    at = opened(card=card)
    assert not at.exception and len(cards(at)) == shown
    assert ("3 of 5" if card == "3" else "1 of 5") in text(at)
    assert text(at).count("<h1") == 1  # the others' titles are one level below


def test_where_all_networks_were_compared_there_is_a_sixth_card_that_leads_to_its_figure(
    engine: FakeEngine, gallery: Callable[[bool], None]
) -> None:
    gallery(True)
    at = opened(card="5")
    assert not at.exception and "5 of 6" in text(at) and 'class="xd"' in text(at)
    (way,) = (element.proto for element in at.get("page_link") if element.proto.page == "ranking")
    assert "ranking_placebo=true" in way.query_string
    at.button(key="story_next").click().run()
    assert "6 of 6" in text(at) and TEXT.good_for.title in text(at) and at.button(key="story_next").disabled
    gallery(False)
    assert "5 of 5" in text(opened(card="6"))


def test_the_story_is_of_the_visitors_own_last_run(engine: FakeEngine, visit: Callable[..., AppTest]) -> None:
    at = visit(seeds="1", methods="gradient", sample="coffee")
    at.button(key="run").click().run()
    assert len(engine.requests) == 1
    at.switch_page(PAGE).run()
    assert not at.exception and TEXT.own in text(at) and TEXT.sample not in text(at)
    assert "Gradient, the only way here" in text(at)


def test_a_run_that_cannot_be_told_leaves_the_sample_and_says_so(
    engine: FakeEngine, visit: Callable[..., AppTest]
) -> None:
    at = visit(seeds="1", methods="gradient", measures="mse", normalisation="minmax")
    at.button(key="run").click().run()
    at.switch_page(PAGE).run()
    assert not at.exception and TEXT.not_told in text(at)


def test_every_card_leads_to_its_numbers_at_the_same_place(engine: FakeEngine) -> None:
    at = opened(card="all")
    links = [element.proto for element in at.get("page_link")]
    assert [link.page for link in links] == ["", "", "", "noise", "ranking"]
    assert "depth=9" in links[0].query_string and "level=researcher" in links[0].query_string


def test_without_any_results_it_says_so(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xaicheck.web.session.sample", lambda: None)
    at = opened()
    assert not at.exception and [e.value for e in at.text] == [TEXT.nothing]
