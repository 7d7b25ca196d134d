"""One entry is the whole edit: a toy of each kind goes through request, run, scores, link and command line.

The page is visited by tests/app/test_one_entry.py, a page of its own by tests/app/test_frame.py. What is
special to a kind is tested beside it: test_randomization_entry.py, test_similarity_entry.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest

import xaicheck
from tests import toys
from xaicheck import address
from xaicheck.address import check as link
from xaicheck.cli import commands
from xaicheck.engine.request import request_for, request_from_json
from xaicheck.engine.settings import SETTINGS
from xaicheck.errors import BadRequest
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.reading import tables
from xaicheck.report import command, csv_tables, files
from xaicheck.topics.methods.catalog import SECTIONS
from xaicheck.types import MethodChoice, Report, Request
from xaicheck.web.session import differences

CAT = samples.load("chelsea")
TOY = toys.MODEL_ENTRY.key
CHOICE = MethodChoice(toys.METHOD_ENTRY.key, (("power", 2),))


@pytest.fixture(scope="module", autouse=True)
def added() -> Iterator[None]:
    with toys.added():
        yield


def asked(**settings: object) -> Request:
    chosen = {"measures": [toys.MEASURE_ENTRY.key, "ssim"], **toys.CHOSEN, **settings}
    return request_for(CAT, model=TOY, methods=[CHOICE, "fresh_noise"], **chosen)


@pytest.fixture(scope="module")
def report() -> Report:
    chosen = {"measures": [toys.MEASURE_ENTRY.key, "ssim"], **toys.CHOSEN}
    return xaicheck.check(CAT, model=TOY, methods=[CHOICE, "fresh_noise"], **chosen)


def test_every_kind_of_entry_has_a_toy() -> None:
    kinds = {registry.what for registry, _ in toys.ENTRIES}
    assert kinds == {
        "method", "measure", "mode", "law", "BatchNorm policy", "fill", "model", "setting",
    }  # fmt: skip


def test_a_request_holds_them_and_json_and_key_tell_them_apart() -> None:
    request = asked()
    assert {key: getattr(request, key) for key in toys.CHOSEN} == toys.CHOSEN
    assert request_from_json(json.loads(json.dumps(request.to_json()))) == request
    keys = {asked(**{key: SETTINGS[key].default}).key() for key in toys.CHOSEN}
    assert len(keys | {request.key()}) == len(toys.CHOSEN) + 1
    with pytest.raises(BadRequest, match="shade: 10 .*from 1 to 9"):
        asked(shade=10)
    with pytest.raises(BadRequest, match="palette: 'x' .*choose one of .*inside_out"):
        asked(palette="x")


def test_a_run_computes_with_them_and_scores_every_map(report: Report) -> None:
    assert report.request == asked() and report.complete
    maps = {(a.method, a.depth): a.values for a in report.attributions}
    assert all(values is not None for values in maps.values())
    gradient = xaicheck.check(CAT, model=TOY, methods=["gradient"], depths=[0]).attribution("gradient", 0, 0)
    steep = maps[CHOICE.key, 0]
    assert gradient is not None and steep is not None and np.abs(steep).max() > 0
    assert not np.allclose(steep, gradient.values)  # its power is 2
    scored = {(s.method, s.measure, s.depth): s.score.value for s in report.scores}
    assert scored[CHOICE.key, toys.MEASURE_ENTRY.key, 0] == pytest.approx(1)
    assert all(value is not None for value in scored.values())


def test_a_link_holds_them_and_gives_them_back() -> None:
    request = asked()
    text = address.query(request, "chelsea", None)
    given = parse_qs(text.removeprefix("?"))
    assert {key: given[key] for key in toys.CHOSEN} == {k: [str(v)] for k, v in toys.CHOSEN.items()}
    assert given["slope.power"] == ["2"] and given["model"] == [TOY]
    for key, value in toys.CHOSEN.items():
        assert link.parameter(SETTINGS[key]).read(given[key]) == value
    assert link.MODEL.read(given["model"]) == TOY
    assert address.left_out(request) == ()
    former = {"shade": [toys.MODE_ENTRY.label], "palette": [toys.MODE_ENTRY.label]}  # as labels
    assert link.parameter(SETTINGS["palette"]).read(former["palette"]) == toys.MODE_ENTRY.key
    assert link.parameter(SETTINGS["shade"]).read(former["shade"]) == 3  # no number: the default


def test_tables_and_words_name_them(report: Report) -> None:
    rows = {row["Setting"]: row["Value"] for row in tables.settings(report, METHODS)}
    assert rows["Shade"] == "shade 7" and rows["Palette"] == toys.MODE_ENTRY.key
    assert rows["Method"] and rows["Network"] == toys.MODEL_ENTRY.label
    assert differences(asked(), asked(shade=1, palette="cascade")) == ["the palette", "the shade"]


def test_every_map_carries_what_its_method_declares(report: Report) -> None:
    for a in report.attributions:
        expected = [toys.CERTIFICATE.key] if a.method == CHOICE.key else []
        assert [(one.key, one.holds) for one in a.certificates] == [(key, True) for key in expected]
    written = files.as_json(report)["certificates"]
    assert len(written) == len(report.depths) and {row["key"] for row in written} == {"twice"}
    assert csv_tables.certificates(report).count("twice") == len(report.depths)


def test_the_catalogue_lists_them() -> None:
    listed = {entry.key for section in SECTIONS.values() for entry in section.entries}
    kinds = [entry for registry, entry in toys.ENTRIES if registry is not SETTINGS]
    assert {entry.key for entry in kinds} <= listed


def test_the_command_line_takes_them_and_verifies_what_it_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "toy.html"
    line = command.repeat(asked(depths=[0, 2, 4]), str(samples.SAMPLES["chelsea"].path), str(page))
    assert " --shade 7" in line and " --palette inside_out" in line and "slope:power=2" in line
    assert commands.main([*line.split()[3:], "--out", str(tmp_path / "out")]) == 0
    written = json.loads((tmp_path / "out" / "report.json").read_text())
    assert request_from_json(written["request"]) == asked(depths=[0, 2, 4])
    assert {row["measure"] for row in written["scores"]} == {toys.MEASURE_ENTRY.key, "ssim"}
    for file in (page, page.with_suffix(".zip"), tmp_path / "out"):
        capsys.readouterr()
        assert commands.main(["verify", str(file)]) == 0, capsys.readouterr()
        assert "same numbers" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("listing", "entry"),
    [("models", toys.MODEL_ENTRY), ("methods", toys.METHOD_ENTRY), ("measures", toys.MEASURE_ENTRY)],
    ids=lambda value: getattr(value, "key", value),
)
def test_the_listings_name_them(listing: str, entry: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main([listing, "--json"]) == 0
    assert entry.key in {row["key"] for row in json.loads(capsys.readouterr().out)}


def test_the_help_of_the_command_tells_of_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        commands.main(["check", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "--shade N shade of the toy, 9 is 100 %: a whole number from 1 to 9; default: 3" in said
    assert "--palette KEY palette of the toy: one of cascade" in said
