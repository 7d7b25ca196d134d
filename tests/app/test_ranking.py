"""The ranking as a visitor meets it: a finding, switches that rank again, own pictures, bad input."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.app.conftest import ROOT
from tests.app.ranking_fakes import plausible
from tests.ranking_data import synthetic, with_road
from xaicheck.errors import BadRequest
from xaicheck.experiments.ranking import store, study
from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.ranking.rank import NOTHING
from xaicheck.faithfulness import FAITHFULNESS
from xaicheck.methods import METHODS
from xaicheck.reading import diagonal_figure, words
from xaicheck.topics.ranking import figures_spread, page_views
from xaicheck.topics.ranking.words import TEXT

Visit = Callable[..., AppTest]
ALL = plausible().methods
REAL = tuple(key for key in ALL if not METHODS[key].control)


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visit]:
    """visit(data, **query) -> the page with these numbers in the place of the gallery's."""
    monkeypatch.setenv("XAICHECK_WARM", "0")
    monkeypatch.chdir(ROOT)
    st.cache_resource.clear()

    def open_(data: RankingData | None = None, **query: str) -> AppTest:
        monkeypatch.setattr(store, "load", lambda *_: data)
        st.cache_resource.clear()
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        at.switch_page("pages/ranking.py")
        for key, value in query.items():
            at.query_params[key] = value
        return at.run()

    yield open_
    st.cache_resource.clear()


def html(at: AppTest) -> str:
    """What the page says, with its tags and without escapes."""
    bodies = (e.proto.body for e in at.get("html"))
    return unescape("\n".join(body for body in bodies if not body.startswith("<style")))


def finding(at: AppTest) -> str:
    text = html(at)
    return text.split('<h1 class="xc-finding">')[1].split("</h1>")[0]


def charts(at: AppTest) -> dict[str, Any]:
    """The figures of the page by the first words of their alternative text."""
    return {e.proto.alt.split(":")[0]: json.loads(e.proto.spec) for e in at.get("plotly_chart")}


def order(at: AppTest, side: int = 0) -> list[str]:
    """The methods in the bump chart, best first; side 0: the check, 1: faithfulness."""
    bump = charts(at)["Order in the check"]
    return [t["name"] for t in sorted(bump["data"], key=lambda t: t["y"][side])]


def tables(at: AppTest) -> list[Any]:
    return [e.value for e in at.dataframe]


def test_the_page_opens_with_a_finding_both_orders_and_a_conclusion(visit: Visit) -> None:
    at = visit(plausible())
    assert not at.exception and not at.error
    assert "comes first in" in finding(at) and "τ = " in finding(at)
    assert len(order(at)) == len(ALL) and set(order(at, 0)) == set(order(at, 1))
    assert TEXT.wins_title in html(at)
    assert html(at).rindex(words.TEXT.may_not) > html(at).index("xc-finding")
    alts = " ".join(chart.proto.alt for chart in at.get("plotly_chart"))
    assert "ABPC" in alts and "τ = " in alts and "wo random networks" in alts
    assert all(part in alts for part in ("Order in the", "is first in", "Changing only"))
    assert "Check, share of" in alts and "Faithfulness, share of" in alts


def test_the_finding_says_what_the_bump_chart_draws(visit: Visit) -> None:
    at = visit(plausible())
    assert finding(at).startswith(order(at)[0])
    place = 1 + order(at, 1).index(order(at)[0])
    assert place > 3  # which the words below take for granted
    assert f"{place}th of {len(order(at))} in" in finding(at)


def test_the_numbers_that_come_with_the_program_open_the_page(visit: Visit) -> None:
    data = store.load(store.FILE)
    assert data is not None
    at = visit(data)
    assert not at.exception and not at.error
    assert f"{len(data.images)} pictures" in html(at) and "τ = " in finding(at)
    assert len(at.selectbox(key="ranking_variant").options) == len(data.variants)
    assert len(order(at)) == len(data.methods)


def test_without_the_gallerys_file_the_page_says_so_in_one_sentence(visit: Visit) -> None:
    at = visit(None)
    assert not at.exception
    assert finding(at) == TEXT.no_data
    assert not at.get("plotly_chart")


SWITCHES = (
    ("ranking_measure", "mse"),
    ("ranking_normalisation", "max"),
    ("ranking_sign", "signed"),
    ("ranking_variant", "bottom_up-he_normal"),
    ("ranking_depth", 3),
    ("ranking_fill", "inpaint"),
    ("ranking_output", "logit"),
    ("ranking_order", "magnitude"),
    ("ranking_faithfulness", "auc_morf"),
)


def test_every_switch_changes_the_scores_at_once(visit: Visit) -> None:
    at = visit(plausible())
    for key, value in SWITCHES:
        before = tables(at)[0]
        at.selectbox(key=key).set_value(value).run()
        assert not at.exception
        after = tables(at)[0]
        same = np.array_equal(before.select_dtypes("number"), after.select_dtypes("number"))
        assert not same, key


def test_numbers_without_road_offer_no_road_and_say_so(visit: Visit) -> None:
    data = store.load(store.FILE)
    assert data is not None and data.faithfulness_measures[4:] == ("road_accuracy", "road_probability")
    flipping = data.faithfulness_measures[:4]
    at = visit(replace(data, faithfulness_measures=flipping, faithfulness=data.faithfulness[:4]))
    assert {"ROAD", "ROAD, probability"}.isdisjoint(at.selectbox(key="ranking_faithfulness").options)
    said = [c.value for c in at.caption if "ROAD" in c.value]
    assert said == [TEXT.not_there.format(measures="ROAD and ROAD, probability")]
    asked = visit(plausible(), ranking_faithfulness="road_accuracy")
    assert asked.selectbox(key="ranking_faithfulness").value == "abpc" and not asked.exception


def test_road_is_a_choice_where_it_was_computed_and_has_a_fill_of_its_own(visit: Visit) -> None:
    at = visit(with_road(plausible()))
    assert not any("no numbers for" in c.value for c in at.caption)
    assert not at.selectbox(key="ranking_fill").disabled
    at.selectbox(key="ranking_faithfulness").set_value("road_probability").run()
    assert not at.exception
    assert at.selectbox(key="ranking_fill").disabled and at.selectbox(key="ranking_output").disabled
    line = next(c.value for c in at.caption if c.value.startswith("Check: "))
    assert "ROAD, probability, fill: noisy linear inpainting, signed order" in line
    before = tables(at)[0]
    at.selectbox(key="ranking_order").set_value("magnitude").run()
    assert not np.array_equal(before.select_dtypes("number"), tables(at)[0].select_dtypes("number"))
    axis = charts(at)["Fresh noise" if "Fresh noise" in charts(at) else order(at)[0]]["layout"]["yaxis"]
    assert "ROAD, probability · more faithful" in axis["title"]["text"]
    assert axis["range"][0] > axis["range"][1]  # lower is better, and better is up


def test_a_switch_ranks_again_and_repeats_nothing_that_it_does_not_change(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()

    def counted(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def call(*args: Any, **rest: Any) -> Any:
            calls[name] += 1
            return real(*args, **rest)

        monkeypatch.setattr(owner, name, call)

    counted(page_views, "rank")
    counted(page_views, "flips")
    counted(figures_spread, "wins")
    at = visit(plausible())
    both = {"rank": 2, "flips": 1, "wins": 1}  # ranked with the controls and without them, for tau
    assert calls == both
    for key, value in (("ranking_sign", "signed"), ("ranking_fill", "inpaint"), ("ranking_depth", 3)):
        calls.clear()
        at.selectbox(key=key).set_value(value).run()
        assert calls == {"rank": 2}, key
    calls.clear()
    at.selectbox(key="ranking_depth").set_value(None).run()
    assert not calls  # an earlier switch: everything was kept


def test_the_page_and_its_switches_do_without_torch() -> None:
    code = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "at = AppTest.from_file('app.py', default_timeout=60)\n"
        "at.switch_page('pages/ranking.py')\n"
        "at.run()\n"
        "at.selectbox(key='ranking_sign').set_value('signed').run()\n"
        "assert not at.exception, at.exception\n"
        "heavy = {'torch', 'torchvision', 'timm', 'captum', 'zennit'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={"PATH": "", "XAICHECK_WARM": "0", "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_placebo_and_the_controls_of_the_diagonal_are_switches_that_the_link_holds(visit: Visit) -> None:
    data = synthetic(seeds=tuple(range(10)), n_images=2, depths=(1, 9), noise=0.01)
    names = diagonal_figure.LABELS

    def drawn(at: AppTest) -> set[str]:
        (figure,) = (e.proto for e in at.get("plotly_chart") if e.proto.alt.startswith("Two random networks"))
        return {trace.get("name") for trace in json.loads(figure.spec)["data"]}

    at = visit(data)
    assert not at.exception and names.placebo not in drawn(at)
    at.toggle(key="ranking_placebo").set_value(True).run()
    assert names.placebo in drawn(at) and names.changed["blurred"] not in drawn(at)
    assert ("ranking_placebo", "true") in at.session_state["links"].pairs
    at.toggle(key="ranking_changed").set_value(True).run()
    assert {names.placebo, *names.changed.values()} <= drawn(at)
    assert names.placebo in drawn(visit(data, ranking_placebo="true"))


def test_every_measure_has_its_diagonal_or_a_sentence_that_names_those_that_have(visit: Visit) -> None:
    at = visit(synthetic(seeds=tuple(range(5)), n_images=2, depths=(1, 9)), ranking_normalisation="max")
    assert "at unit power" in " ".join(one.value for one in at.caption)
    at.selectbox(key="ranking_measure").set_value("mse").run()
    (said,) = (one.value for one in at.caption if one.value.startswith("All networks were compared"))
    assert "SSIM" in said and not at.exception


def test_entropy_ranks_anew_and_switches_off_what_it_does_not_use(visit: Visit) -> None:
    at = visit(plausible())
    first = order(at)[0]
    at.segmented_control(key="ranking_test").set_value("entropy").run()
    assert not at.exception
    assert order(at)[0] != first  # fresh noise and the cheater gain nothing here
    for key in ("ranking_depth", "ranking_measure", "ranking_normalisation", "ranking_sign"):
        assert at.selectbox(key=key).disabled, key


def test_without_controls_only_methods_that_look_at_the_network_are_ranked(visit: Visit) -> None:
    at = visit(plausible())
    at.toggle(key="ranking_controls").set_value(False).run()
    assert len(order(at)) == len(REAL)
    assert not {"Fresh noise", "Fixed noise", "Sobel edges", "Sign-flip cheater"} & set(order(at))
    assert f"{TEXT.with_controls} (12 methods)" in html(at)  # tau stays there for both
    assert f"{TEXT.without_controls} (8 methods)" in html(at)


def test_a_measure_that_knows_no_normalisation_says_so(visit: Visit) -> None:
    at = visit(plausible())
    at.selectbox(key="ranking_measure").set_value("spearman").run()
    assert at.selectbox(key="ranking_normalisation").disabled
    assert any("not depend on" in c.value for c in at.caption)


def test_a_combination_that_was_not_computed_is_replaced_and_said(visit: Visit) -> None:
    at = visit(plausible())  # these numbers know two of the four normalisations
    at.selectbox(key="ranking_normalisation").set_value("minmax").run()
    assert not at.exception
    assert any(TEXT.switch_notes.not_computed in c.value for c in at.caption)


def test_both_levels_of_the_texts_carry_the_same_numbers(visit: Visit) -> None:
    at = visit(plausible())
    student = (finding(at), tables(at)[0].to_csv())
    assert TEXT.look.student in html(at)
    at.segmented_control(key="level").set_value("researcher").run()
    assert TEXT.look.researcher in html(at)
    assert (finding(at), tables(at)[0].to_csv()) == student


def test_a_link_holds_the_state_of_the_switches(visit: Visit) -> None:
    at = visit(plausible(), ranking_controls="false", ranking_fill="Linear inpainting", ranking_depth="3")
    assert not at.exception
    assert len(order(at)) == len(REAL)
    assert (at.selectbox(key="ranking_fill").value, at.selectbox(key="ranking_depth").value) == ("inpaint", 3)


def test_a_tampered_link_opens_the_page_with_the_defaults(visit: Visit) -> None:
    names = (
        "measure",
        "normalisation",
        "sign",
        "variant",
        "depth",
        "fill",
        "output",
        "order",
        "faithfulness",
    )
    bad = {f"ranking_{name}": "../../etc/passwd" for name in names}
    at = visit(plausible(), ranking_controls="<b>", ranking_test="7", **bad)
    assert not at.exception
    assert len(order(at)) == len(ALL)


def test_a_missing_number_is_counted_and_listed_with_its_reason(visit: Visit) -> None:
    at = visit(plausible(hole=True))
    assert "left out for" in html(at) and "zero everywhere" in html(at)
    assert any(c.value.startswith("1 number is") for c in at.caption)
    assert any("Why" in t.columns and "zero everywhere" in t["Why"].iloc[0] for t in tables(at))


def test_numbers_without_any_score_give_the_reason_in_place_of_the_charts(visit: Visit) -> None:
    data = plausible()
    empty = tuple(replace(v, similarity=np.full_like(v.similarity, np.nan)) for v in data.variants)
    at = visit(replace(data, variants=empty))
    assert not at.exception
    assert NOTHING in finding(at)


def test_one_picture_and_two_methods_warn_that_tau_means_little(visit: Visit) -> None:
    data = plausible(1)
    rows = [data.methods.index(m) for m in ("grad_cam", "fresh_noise")]
    few = replace(
        data,
        methods=("grad_cam", "fresh_noise"),
        variants=tuple(
            replace(v, similarity=v.similarity[:, rows], entropy_rise=v.entropy_rise[rows])
            for v in data.variants
        ),
        networks=(),
        faithfulness=data.faithfulness[..., rows, :, :],
        snr=data.snr[rows],
    )
    at = visit(few)
    assert not at.exception
    assert "tau means little" in html(at)
    assert "that picture alone" in html(at)


# The visitor's own pictures.


class FakeRanking:
    """Stands where the ranking of the visitor's pictures stands: made-up numbers for whatever is asked."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.error: Exception | None = None

    def run(self, request: Any, pictures: Any, **rest: Any) -> RankingData:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        return replace(plausible(len(pictures)), images=tuple(p.name for p in pictures))


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> FakeRanking:
    fake = FakeRanking()
    monkeypatch.setattr(study, "run", fake.run)
    return fake


def png(seed: int) -> bytes:
    out = io.BytesIO()
    values = np.random.default_rng(seed).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(values).save(out, "PNG")
    return out.getvalue()


def own(at: AppTest, *files: tuple[str, bytes, str]) -> AppTest:
    at.segmented_control(key="ranking_pictures").set_value("own").run()
    return at.file_uploader(key="ranking_upload").set_value(list(files)).run()


PICTURES = (("one.png", png(1), "image/png"), ("two.png", png(2), "image/png"))


def test_own_pictures_are_computed_once_and_shown_in_the_same_views(
    visit: Visit, computed: FakeRanking
) -> None:
    at = own(visit(plausible()), *PICTURES)
    assert any(TEXT.own.gallery_shown in i.value for i in at.info)
    at.button(key="ranking_run").click().run()
    assert not at.exception and not at.error
    (request,) = computed.requests
    assert len(request.images) == 2 and len(request.seeds) == 2
    assert request.measures == tuple(FAITHFULNESS)
    assert any("one.png, two.png" in c.value for c in at.caption)
    assert "2 pictures" in html(at) and not at.info
    at.selectbox(key="ranking_sign").set_value("signed").run()
    assert len(computed.requests) == 1  # a switch computes nothing


def test_own_numbers_are_gone_from_the_page_when_the_gallery_is_chosen_again(
    visit: Visit, computed: FakeRanking
) -> None:
    at = own(visit(plausible()), *PICTURES)
    at.button(key="ranking_run").click().run()
    at.segmented_control(key="ranking_pictures").set_value("gallery").run()
    assert "8 pictures" in html(at)
    assert not any("one.png" in c.value for c in at.caption)


def test_what_was_done_to_an_own_picture_is_said_and_no_file_type_is_left_to_the_browser(
    visit: Visit, computed: FakeRanking
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(
        out, "GIF", save_all=True, append_images=[Image.new("RGB", (64, 48), "blue")]
    )
    at = own(visit(plausible()), PICTURES[0], ("film.jfif", out.getvalue(), "image/gif"))
    said = [c.value.replace("\\", "") for c in at.sidebar.caption]
    assert "film.jfif: As read: the first of 2 pictures in the file." in said
    assert not at.error and at.file_uploader(key="ranking_upload").allowed_type == []


def test_a_file_that_is_no_picture_is_named_in_one_sentence_and_nothing_runs(
    visit: Visit, computed: FakeRanking
) -> None:
    at = own(visit(plausible()), PICTURES[0], ("broken.png", b"no picture at all", "image/png"))
    (line,) = [e.value for e in at.error]
    assert line.startswith("broken\\.png\\: ") and all(kind in line for kind in ("JPEG", "PNG", "WebP"))
    assert at.button(key="ranking_run").disabled
    assert not at.exception and computed.requests == []


def test_the_same_picture_twice_and_a_single_method_are_refused_in_words(
    visit: Visit, computed: FakeRanking
) -> None:
    at = own(visit(plausible()), PICTURES[0], ("copy.png", PICTURES[0][1], "image/png"))
    assert ["twice" in e.value for e in at.error] == [True]
    at = own(visit(plausible()), *PICTURES)
    at.pills(key="ranking_controls_own").set_value([]).run()
    at.pills(key="ranking_methods_own").set_value(["gradient"]).run()
    assert [e.value for e in at.error] == [TEXT.own.two]
    assert at.button(key="ranking_run").disabled


def test_an_error_of_the_computation_is_said_and_the_earlier_results_stay(
    visit: Visit, computed: FakeRanking
) -> None:
    at = own(visit(plausible()), *PICTURES)
    computed.error = BadRequest("No such thing.")
    at.button(key="ranking_run").click().run()
    assert [e.value for e in at.error] == ["No such thing."]
    assert len(order(at)) == len(ALL)
    computed.error = RuntimeError("secret detail")
    at.button(key="ranking_run").click().run()
    assert len(at.error) == 1 and "secret" not in at.error[0].value


def test_changed_methods_say_that_the_results_are_for_earlier_settings(
    visit: Visit, computed: FakeRanking
) -> None:
    at = own(visit(plausible()), *PICTURES)
    at.button(key="ranking_run").click().run()
    at.segmented_control(key="ranking_seeds").set_value(3).run()
    assert [TEXT.own.stale in i.value for i in at.info] == [True]
