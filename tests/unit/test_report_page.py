"""The page to take away: what is in it, that nothing in it can act, and that equal reports give equal."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from tests.app import fakes
from xaicheck import address
from xaicheck.engine.settings import SETTINGS
from xaicheck.errors import BadRequest
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.methods import DEFAULT_PANEL, METHODS
from xaicheck.reading import words
from xaicheck.report import bundle, command, page, picture, record
from xaicheck.report.words import TEXT
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Report, Score
from xaicheck.viewer.scene import View

EVIL = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\"'.png"


@pytest.fixture(scope="module")
def report() -> Report:
    return fakes.sample_report(
        seeds=2, methods=("gradient", "smoothgrad", "grad_cam", "fresh_noise"), depths=(0, 3, 10, 19)
    )


@pytest.fixture(scope="module")
def text(report: Report) -> str:
    return page.build(report)


@pytest.fixture(scope="module")
def first() -> Report:
    found = shipped.load()
    assert found is not None
    return found


class Outline(HTMLParser):
    """Headings, addresses and elements of a page, without what a template holds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        self.addresses += [
            value or "" for name, value in attrs if name in ("src", "href", "action", "srcset")
        ]


def data_of(text: str) -> dict:
    (found,) = re.findall(rf'<script type="application/json" id="{page.RECORD}">(.*?)</script>', text, re.S)
    return json.loads(found)


def test_the_page_of_the_default_panel_stays_below_5_mb(first: Report) -> None:
    text = page.build(first)
    assert {choice.key for choice in first.request.methods} == set(DEFAULT_PANEL)
    assert len(text.encode()) < page.LIMIT
    assert page.side(first) == 112
    assert TEXT.inside.eight_bit in text


def test_few_maps_keep_their_size_and_many_are_made_smaller(report: Report, first: Report) -> None:
    few = dataclasses.replace(report, attributions=report.attributions[:4])
    assert page.side(few) is None
    many = dataclasses.replace(first, attributions=first.attributions * 4)
    side = page.side(many)
    assert side is not None and len(many.attributions) * side**2 <= page.ROOM_FOR_MAPS


def test_equal_reports_make_equal_pages(report: Report, text: str) -> None:
    assert page.build(report) == text


def test_the_seal_holds_until_a_character_changes(text: str) -> None:
    assert page.seal_holds(text)
    assert not page.seal_holds(text.replace("tiger", "tigre", 1))
    assert not page.seal_holds(text + " ")
    assert not page.seal_holds(text[:-120])


def test_every_setting_of_the_request_and_every_version_stands_on_the_page(report: Report, text: str) -> None:
    plain = html.unescape(text)
    for field, value in report.request.to_json().items():
        shown = value if isinstance(value, str) else json.dumps(value)
        assert f'<th scope="row">{field}</th><td class="xr-words">{shown}</td>' in plain, field
    for name, version in report.versions:
        assert f'<th scope="row">{name}</th><td class="xr-words">{version}</td>' in plain


def test_every_measure_has_its_curves_and_its_table(report: Report, text: str) -> None:
    for key in report.request.measures:
        label = SIMILARITIES[key].label
        title = f"<h3>{html.escape(label)}"  # a distance has no half way, so its title says no number
        assert (f"{title}: " in text) == (key != "mse") and (f"{title} to the original" in text) == (
            key == "mse"
        )
        assert f"<summary>{words.TEXT.table}: {html.escape(words.inside(label))}</summary>" in text
    for choice in report.request.methods:
        assert text.count(f'<th scope="col">{html.escape(METHODS[choice.key].label)}</th>') == len(
            report.request.measures
        )


def test_the_numbers_come_back_from_the_page_with_every_digit(report: Report, text: str) -> None:
    rows = data_of(text)["report"]["scores"]
    assert [row["value"] for row in rows] == [row.score.value for row in report.scores]


def test_an_undefined_score_is_a_dash_with_its_reason(report: Report) -> None:
    rows = tuple(dataclasses.replace(row, score=Score(None, "the map is constant")) for row in report.scores)
    text = page.build(dataclasses.replace(report, scores=rows))
    assert "<td>–<small>the map is constant</small></td>" in text


def test_a_hostile_file_name_stays_text(report: Report) -> None:
    text = page.build(dataclasses.replace(report, image_name=EVIL))
    assert "<img src=x" not in text and "<script>alert" not in text
    assert data_of(text)["name"] == EVIL
    outline = Outline(text)
    assert outline.tags.count("script") == 3  # the viewer's maps, its program, and the numbers
    assert "img" not in outline.tags


def test_only_the_programs_of_the_page_may_run_and_nothing_may_be_fetched(text: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    rules = dict(rule.strip().split(" ", 1) for rule in html.unescape(policy).split(";"))
    programs = re.findall(r"<script>(.*?)</script>", text, re.S)
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(p.encode()).digest()).decode()}'" for p in programs}
    assert set(rules["script-src"].split()) == hashes and len(hashes) == 1
    assert (rules["default-src"], rules["img-src"]) == ("'none'", "data:")
    links = [a for a in Outline(text).addresses if not a.startswith("data:")]
    assert len(links) == 1 and links[0].startswith(page.BASE)
    assert not re.search(r"@import|url\((?!['\"]?(?:data:|\$\{))", text)


def test_headings_are_in_order_and_begin_below_the_finding(text: str) -> None:
    levels = Outline(text).levels
    assert levels[0] == 1 and levels.count(1) == 1  # the one for readers without scripts
    assert all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False))


def test_the_link_says_the_whole_state_and_leaves_an_upload_out(report: Report) -> None:
    view = View(3, "mse", "shared", "swipe", 60)
    text = page.build(report, view=view, base="https://example.org/check")
    (link,) = [a for a in Outline(text).addresses if a.startswith("https")]
    assert link == "https://example.org/check" + address.query(report.request, "chelsea", view)
    assert TEXT.link.upload not in text
    upload = page.build(dataclasses.replace(report, image_name="mine.png"), view=view)
    assert TEXT.link.upload in upload
    assert "sample=" not in upload


def test_a_view_that_the_report_does_not_have_becomes_the_usual_one(report: Report) -> None:
    usual = page.start(report)
    assert usual.depth in report.depths and usual.measure == report.request.measures[0]
    assert page.start(report, View(99, "mse")) == usual
    assert page.start(report, View(3, "nothing")) == usual


def test_what_the_file_leaves_out_is_said(text: str) -> None:
    said = TEXT.inside.first_seed.format(seed=0, seeds="2 seeds")
    assert said in text
    assert TEXT.inside.eight_bit not in text


def test_maps_with_8_bits_are_known_by_their_values(report: Report, first: Report) -> None:
    assert record.stored(first) == record.EIGHT_BIT
    assert record.stored(report) == record.FULL


def test_a_report_that_is_still_being_computed_has_no_page(report: Report) -> None:
    with pytest.raises(ValueError, match="complete"):
        page.build(dataclasses.replace(report, complete=False))


def test_the_command_asks_for_the_same_request(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shlex

    from xaicheck.cli import commands as cli
    from xaicheck.engine import run as engine

    asked = []

    def run(request: object, *_: object, **__: object) -> Report:
        asked.append(request)
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "run", run)
    for between in (" ", " \\\n    "):
        picture_file = str(fakes.samples.SAMPLES["chelsea"].path)
        line = command.repeat(report.request, picture_file, str(tmp_path / "r.html"), between=between)
        words_of = shlex.split(line.replace("\\\n", ""))  # as a shell reads it
        assert words_of[:3] == ["python", "-m", "xaicheck"]
        assert cli.main(words_of[3:]) == 130
    assert asked == [report.request] * 2
    assert command.why_not(report.request) == ""
    for seeds, written in (((3, 9), "3,9"), ((7,), "7,"), ((0, 1), "2")):
        other = report.request.changed(seeds=seeds)
        assert f" --seeds {written} " in command.repeat(other, "a.png", "a.html")
        assert command.why_not(other) == ""
        assert SETTINGS["seeds"].converted(SETTINGS["seeds"].domain.read(written)) == seeds


def test_the_link_of_a_page_is_joined_with_the_address_of_its_dashboard(report: Report) -> None:
    text = page.build(report, base="https://x/y?a=b#c")
    (link,) = re.findall(r'href="(https?:[^"]*)"', text)
    assert html.unescape(link).startswith("https://x/y?a=b") and link.count("?") == 1 and link.endswith("#c")
    for build in (page.build, bundle.build):
        with pytest.raises(BadRequest, match="^address: "):
            build(report, base="javascript:alert(1)")


def test_a_stand_in_is_seen_as_the_original_by_every_model(report: Report) -> None:
    from xaicheck.models.images import model_view
    from xaicheck.models.registry import MODELS

    for spec in MODELS.values():
        view = np.random.default_rng(0).integers(0, 256, (spec.size, spec.size, 3), np.uint8)
        assert np.array_equal(model_view(picture.stand_in(view, spec, "ab", "name"), spec), view), spec.key
