"""`verify`: the same on the same machine, and whatever was changed is found."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xaicheck.cli import commands as cli
from xaicheck.cli.verify_text import THREADS
from xaicheck.engine import run as engine
from xaicheck.engine.request import request_for
from xaicheck.models import samples
from xaicheck.reading import heatmap
from xaicheck.report import bundle, compare, figure_files, files, opening, page
from xaicheck.report.words import TEXT
from xaicheck.storage import archive
from xaicheck.types import Certificate, Report, Score
from xaicheck.viewer.encode import encode

DRAW = figure_files.files
DRAWN: dict[str, list[tuple[str, bytes]]] = {}


def drawn_once(make: Callable[[], Any], name: str) -> list[tuple[str, bytes]]:
    if name not in DRAWN:
        DRAWN[name] = DRAW(make, name)
    return DRAWN[name]


WORDING = TEXT.uncompared.wording
Verify = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def report() -> Report:
    """A real run, as small as one can be: two methods, one block, one seed."""
    image = samples.load("chelsea")
    request = request_for(
        image, methods=("gradient", "fresh_noise"), depths=(0, 1), measures=("spearman", "mse")
    )
    return engine.run(request, image, device="cpu")


@pytest.fixture(scope="module")
def kept(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the page, the zip and the plain files of that run."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "r.html").write_text(page.build(report, file="r.html"), encoding="utf-8")
    (folder / "r.zip").write_bytes(bundle.build(report, file="r.zip"))
    files.write(report, folder / "out")
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    """A copy of the plain files."""
    return Path(shutil.copytree(kept / "out", tmp_path / "out"))


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str]) -> Verify:
    """Runs `verify` and gives the exit status, standard output and standard error."""

    def run(path: Path, *arguments: str) -> tuple[int, str, str]:
        status = cli.main(["verify", str(path), "--device", "cpu", *arguments])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def known(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spares the computing: the run gives what it gave, and a figure is drawn once."""
    monkeypatch.setattr(figure_files, "files", drawn_once)
    monkeypatch.setattr(engine, "run", lambda *_, **__: report)


def rewritten(kept: Path, change: Callable[[dict[str, Any]], None], *, sealed: bool = True) -> str:
    """The page with its numbers changed by hand; `sealed`: by somebody who knows of the seal."""
    text = (kept / "r.html").read_text(encoding="utf-8")
    (old,) = re.findall(rf'id="{page.RECORD}">(.*?)</script>', text, re.S)
    facts = json.loads(old)
    change(facts)
    new = json.dumps(facts, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    return resealed(text.replace(old, new)) if sealed else text.replace(old, new)


def resealed(text: str) -> str:
    return page.sealed(text[: text.rindex("<!-- sha256")])


def older(report: dict[str, Any]) -> None:
    """Makes a report.json one of another version, which may have written less."""
    report["versions"]["xaicheck"] = "0.1.0"


def put(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "changed.html"
    path.write_text(text, encoding="utf-8")
    return path


def line(out: str, name: str) -> str:
    """What the answer says of one part, by the name at the start of its line."""
    (told,) = (
        told for part, _, told in (row.strip().partition(": ") for row in out.splitlines()) if part == name
    )
    return told


# --- unchanged ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_same_machine_gives_the_same_bits(kept: Path, verify: Verify) -> None:
    status, out, err = verify(kept / "r.html")
    assert (status, err) == (0, "")
    assert out.splitlines()[-1].startswith("same numbers (")
    assert "the same" in line(out, "versions, weights and device")
    assert "8 of 8" in line(out, "scores")
    assert "4 of 4" in line(out, "maps by their SHA-256")


@pytest.mark.parametrize("name", ["r.html", "r.zip", "out"])
def test_the_page_the_zip_and_the_folder_can_be_verified(
    kept: Path, verify: Verify, known: None, name: str
) -> None:
    status, out, _ = verify(kept / name)
    assert status == 0, out
    assert out.splitlines()[-1].startswith("same numbers (")
    assert "4 of 4" in line(out, "maps")


def test_the_run_sees_the_picture_of_the_file_under_the_original_digest(
    kept: Path, report: Report, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xaicheck.models.images import model_view
    from xaicheck.models.registry import MODELS

    seen = []

    def run(request: Any, image: Any, **_: Any) -> Report:
        seen.append((request, image.sha256, model_view(image, MODELS[request.model])))
        return report

    monkeypatch.setattr(engine, "run", run)
    for name in ("r.html", "r.zip", "out"):
        verify(kept / name)
    verify(kept / "r.html", "--picture", str(samples.SAMPLES["chelsea"].path))
    assert len(seen) == 4
    for request, digest, view in seen:
        assert request == report.request and digest == report.request.image
        assert np.array_equal(view, report.view)


def test_rounding_is_told_from_a_difference(
    kept: Path, report: Report, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def moved(by: float) -> Report:
        scores = tuple(
            dataclasses.replace(row, score=dataclasses.replace(row.score, value=(row.score.value or 0) + by))
            for row in report.scores
        )
        return dataclasses.replace(report, scores=scores)

    monkeypatch.setattr(engine, "run", lambda *_, **__: moved(1e-6))
    status, out, _ = verify(kept / "r.html")
    assert status == 0 and "but for rounding" in out and "difference 1.0·10⁻⁶" in out
    monkeypatch.setattr(engine, "run", lambda *_, **__: moved(0.01))
    status, out, _ = verify(kept / "r.html")
    assert status == 1 and out.splitlines()[-1].startswith("differs") and "more than rounding" in out


def test_a_report_of_another_version_or_device_says_so(
    report: Report, verify: Verify, known: None, tmp_path: Path
) -> None:
    named = dict(report.versions) | {"torch": "1.0.0", "gpu": "a card", "tf32": "off"}
    del named["cpu"], named["threads"]
    then = dataclasses.replace(report, versions=tuple(named.items()), device="cuda")
    status, out, _ = verify(put(tmp_path, page.build(then)))
    assert status == 0, out
    assert "1.0.0 then" in line(out, "torch")
    assert "cuda then" in line(out, "device") and "cpu now" in line(out, "device")


def test_a_report_of_other_weights_says_which_and_no_longer_that_all_was_the_same(
    kept: Path, report: Report, verify: Verify, known: None, tmp_path: Path
) -> None:
    def other(facts: dict[str, Any]) -> None:
        facts["report"]["versions"]["weights"] = "0" * 64

    _, out, _ = verify(put(tmp_path, rewritten(kept, other)))
    here = dict(report.versions)["weights"]
    assert len(here) == 64 and line(out, "weights") == f"{'0' * 64} then, {here} now"
    assert "the same" not in out.splitlines()[1]


def test_a_report_from_before_weights_were_named_says_that_they_are_not_known(
    folder: Path, verify: Verify, known: None
) -> None:
    numbers = json.loads((folder / files.REPORT).read_bytes())
    for name in ("weights", "cpu", "threads"):
        del numbers["versions"][name]
    del numbers["sha256"][files.REPORT]
    older(numbers)
    (folder / files.REPORT).write_text(json.dumps(numbers))
    status, out, _ = verify(folder)
    assert status == 0 and out.splitlines()[-1].startswith("same numbers (")
    assert (
        line(out, "xaicheck").startswith("0.1.0 then") and WORDING.format(by="made by version 0.1.0") in out
    )
    assert line(out, "not named in the report") == "cpu, threads, weights, the SHA-256 of report.json"


def test_the_zip_names_the_weights_in_its_manifest_and_in_its_numbers(kept: Path, report: Report) -> None:
    with zipfile.ZipFile(kept / "r.zip") as opened:
        for name in (bundle.MANIFEST, files.REPORT):
            assert json.loads(opened.read(name))["versions"]["weights"] == dict(report.versions)["weights"]
    assert dict(report.versions)["weights"] in (kept / "r.html").read_text(encoding="utf-8")


# --- changed by hand ---------------------------------------------------------------------------------


def move_a_score(facts: dict[str, Any]) -> None:
    row = next(row for row in facts["report"]["scores"] if row["depth"] == 1)
    row["value"] += 0.25


@pytest.mark.parametrize("sealed", [True, False])
def test_a_score_changed_by_hand_is_found(
    kept: Path, verify: Verify, known: None, tmp_path: Path, sealed: bool
) -> None:
    status, out, _ = verify(put(tmp_path, rewritten(kept, move_a_score, sealed=sealed)))
    assert status == 1
    assert "7 of 8" in line(out, "scores") and "difference 0.25" in line(out, "scores")
    assert ("changed after" in out) == (not sealed)


def test_a_score_that_is_taken_out_is_found(kept: Path, verify: Verify, known: None, tmp_path: Path) -> None:
    status, out, _ = verify(put(tmp_path, rewritten(kept, lambda f: f["report"]["scores"].pop())))
    assert status == 1
    assert "7 of 8" in line(out, "scores") and "one is missing" in line(out, "scores")


def test_a_number_changed_only_where_it_is_read_is_found(
    kept: Path, report: Report, verify: Verify, known: None, tmp_path: Path
) -> None:
    text = (kept / "r.html").read_text(encoding="utf-8")
    shown = re.search(r"<td>(−?0\.\d\d\d)</td>", text)
    assert shown is not None
    status, out, _ = verify(put(tmp_path, resealed(text.replace(shown.group(), "<td>0.999</td>", 1))))
    assert status == 1 and TEXT.changed.words.format(found="0.999") in line(
        out, "changed after it was written"
    )


def test_how_a_sign_is_spelled_and_where_lines_end_is_no_difference(
    report: Report, verify: Verify, known: None, tmp_path: Path
) -> None:
    text = page.build(dataclasses.replace(report, image_name="a 'b' & \"c\".png"))
    other = (
        text.replace("&#39;", "&#x27;").replace("&#34;", "&quot;").replace("</section>", "\n</section >\n\n")
    )
    assert other != text
    status, out, _ = verify(put(tmp_path, resealed(other)))
    assert status == 0, out


def test_another_picture_under_the_digest_of_a_sample_is_found(
    kept: Path, report: Report, verify: Verify, known: None, tmp_path: Path
) -> None:
    from xaicheck.report import picture

    other = dataclasses.replace(report, view=report.view[::-1].copy())
    text = rewritten(kept, lambda facts: facts.update(picture=picture.data_url(other)))
    status, out, _ = verify(put(tmp_path, text))
    assert status == 1 and TEXT.changed.picture in line(out, "changed after it was written")


def rezipped(kept: Path, tmp_path: Path, changes: dict[str, bytes]) -> Path:
    """The zip with some members changed or added."""
    path = tmp_path / "changed.zip"
    with zipfile.ZipFile(kept / "r.zip") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, changes.pop(name, None) or old.read(name))
        for name, data in changes.items():
            new.writestr(name, data)
    return path


def test_a_map_changed_in_the_zip_is_found_twice(
    kept: Path, report: Report, verify: Verify, known: None, tmp_path: Path
) -> None:
    maps = {files.map_name(a): np.array(a.values) for a in report.attributions}
    maps["gradient/1/0"][:50] *= 3
    out_file = io.BytesIO()
    np.savez(out_file, **maps)
    status, out, _ = verify(rezipped(kept, tmp_path, {"maps.npz": out_file.getvalue()}))
    assert status == 1
    assert "maps.npz" in line(out, "changed after it was written")
    assert "3 of 4" in line(out, "maps") and "gradient/1/0" in line(out, "maps")


def maps_of(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / files.MAPS) as stored:
        return dict(stored)


def test_one_pixel_of_a_map_in_a_folder_is_found_though_rounding_could_be_as_large(
    folder: Path, verify: Verify, known: None
) -> None:
    maps = maps_of(folder)
    pixel = np.unravel_index(np.abs(np.abs(maps["gradient/1/0"]) - 1e-4).argmin(), (224, 224))
    maps["gradient/1/0"][pixel] *= 3
    np.savez(folder / files.MAPS, **maps)
    status, out, _ = verify(folder)
    assert "largest difference" in line(out, "maps") and "more than rounding" not in line(out, "maps")
    assert status == 1 and line(out, "changed after it was written") == "maps.npz (gradient/1/0)"


def test_maps_that_are_missing_or_added_in_a_folder_are_found(
    folder: Path, verify: Verify, known: None
) -> None:
    maps = maps_of(folder)
    maps["another/1/0"] = maps.pop("gradient/1/0")
    np.savez(folder / files.MAPS, **maps)
    status, out, _ = verify(folder)
    assert status == 1
    assert line(out, "changed after it was written") == "maps.npz (gradient/1/0 and 1 more)"


def test_a_missing_or_another_picture_in_a_folder_is_found_even_of_a_sample(
    folder: Path, report: Report, verify: Verify, known: None
) -> None:
    (folder / files.PICTURE).unlink()
    status, out, _ = verify(folder)
    assert status == 1 and line(out, "changed after it was written") == "picture.png (it is missing)"
    (folder / files.PICTURE).write_bytes(heatmap.photograph(report.view[::-1].copy()))
    status, out, _ = verify(folder)
    assert status == 1 and "written: picture.png\n" in out


@pytest.mark.parametrize("said", [[], {"maps.npz": 3}, {"maps.npz": {}, "picture.png": 3}, "x", None])
def test_digests_that_are_none_are_a_change(folder: Path, verify: Verify, known: None, said: Any) -> None:
    numbers = json.loads((folder / files.REPORT).read_bytes())
    (folder / files.REPORT).write_text(json.dumps(numbers | {"sha256": said}))
    status, out, _ = verify(folder)
    assert status == 1 and "changed after it was written" in out


@pytest.mark.parametrize("schema", [9, 0, "1", None, [1]])
def test_a_report_of_another_schema_is_refused_with_what_to_do(
    folder: Path, kept: Path, verify: Verify, tmp_path: Path, schema: Any
) -> None:
    numbers = json.loads((folder / files.REPORT).read_bytes())
    (folder / files.REPORT).write_text(json.dumps(numbers | {"schema": schema}))
    page_file = put(tmp_path, rewritten(kept, lambda facts: facts["report"].update(schema=schema)))
    for path in (folder, page_file):
        status, out, err = verify(path)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert f"has the schema {schema!r}" in err and "reads schema 1" in err


def test_a_figure_changed_in_the_zip_is_found(
    kept: Path, verify: Verify, known: None, tmp_path: Path
) -> None:
    changes = {"scores.csv": b"method\n", "extra.txt": b"hello"}
    status, out, _ = verify(rezipped(kept, tmp_path, changes))
    assert status == 1
    assert "written: scores.csv" in out and "written: extra.txt" in out


# --- no reports --------------------------------------------------------------------------------------


def pickled() -> bytes:
    out = io.BytesIO()
    np.savez(out, evil=np.array([{"a": 1}], dtype=object))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.html", b"<html>hello</html>", "no report of xaicheck"),
        ("a.html", b"\xff\xfe\x00binary", "no report of xaicheck"),
        (
            "a.html",
            f'<script type="application/json" id="{page.RECORD}">{{</script>'.encode(),
            "cannot be read",
        ),
        (
            "a.html",
            f'<script type="application/json" id="{page.RECORD}">[1]</script>'.encode(),
            "cannot be read",
        ),
        (
            "a.html",
            f'<script type="application/json" id="{page.RECORD}">{{"format":9}}</script>'.encode(),
            "has the format 9; this version of xaicheck reads format 1",
        ),
        ("a.zip", b"PK\x03\x04 and then nothing", "damaged zip"),
        ("none.html", None, "No such file"),
    ],
)
def test_what_is_no_report_is_one_sentence(
    verify: Verify, tmp_path: Path, name: str, data: bytes | None, said: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    status, out, err = verify(tmp_path / name)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_a_folder_without_a_report_is_one_sentence(verify: Verify, tmp_path: Path) -> None:
    status, _, err = verify(tmp_path)
    assert status == 2 and "no report of" in err


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f["report"]["request"].update(model="resnet1000"),
        lambda f: f["report"]["request"].update(methods=[{"key": "magic", "params": []}]),
        lambda f: f["report"]["request"].update(seeds=["many"]),
        lambda f: f["report"]["request"].update(surprise=1),
        lambda f: f["report"].pop("request"),
        lambda f: f.update(report=[]),
        lambda f: f.update(picture="file:///etc/passwd"),
        lambda f: f.update(picture="data:image/png;base64,AAAA"),
    ],
)
def test_a_report_that_asks_for_something_unknown_is_one_sentence(
    kept: Path, verify: Verify, tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    status, out, err = verify(put(tmp_path, rewritten(kept, change)))
    assert (status, out, err.count("\n")) == (2, "", 1), err


def test_nothing_is_ever_unpickled(kept: Path, verify: Verify, tmp_path: Path) -> None:
    status, _, err = verify(rezipped(kept, tmp_path, {"maps.npz": pickled()}))
    assert status == 2 and "no map" in err


def test_sizes_are_bounded_before_anything_is_unpacked(
    kept: Path, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(opening.MOST, ".npz", 1000)
    status, _, err = verify(kept / "r.zip")
    assert status == 2 and "larger than any" in err
    monkeypatch.setattr(opening, "MAX_MAPS", 1000)
    status, _, err = verify(kept / "r.html")
    assert status == 2 and "maps in" in err
    monkeypatch.setitem(opening.MOST, ".html", 1000)
    status, _, err = verify(kept / "r.html")
    assert status == 2 and "larger than any" in err


def test_a_picture_that_is_another_is_refused(kept: Path, verify: Verify) -> None:
    status, _, err = verify(kept / "r.html", "--picture", str(samples.SAMPLES["coffee"].path))
    assert status == 2 and "its SHA-256 differs" in err


def test_a_folder_from_before_pictures_were_kept_takes_the_sample_or_asks(
    kept: Path, report: Report, verify: Verify, known: None, tmp_path: Path
) -> None:
    files.write(report, tmp_path)
    (tmp_path / files.PICTURE).unlink()
    numbers = files.as_json(report)  # nor had it digests, certificates or a ledger
    older(numbers)
    del numbers["certificates"], numbers["ledger"], numbers["request"]["certify"]
    (tmp_path / files.REPORT).write_bytes(files.encoded(numbers))
    assert verify(tmp_path)[0] == 0
    text = (tmp_path / "report.json").read_text().replace(report.request.image, "0" * 64)
    (tmp_path / "report.json").write_text(text)
    status, _, err = verify(tmp_path)
    assert status == 2 and "--picture" in err


# --- the comparison itself ---------------------------------------------------------------------------


def test_maps_are_compared_relative_to_their_size() -> None:
    values = np.random.default_rng(0).normal(size=(9, 9)).astype(np.float32)
    found = compare.maps({"a": values * 1.001, "b": values}, {"a": values, "b": values})
    assert (found.same, found.count, found.where) == (1, 2, "a")
    assert found.largest == pytest.approx(1e-3, rel=1e-2) and found.holds and not found.exact
    assert not compare.maps({"a": values}, {}).holds
    assert not compare.maps({"a": values[:3]}, {"a": values}).holds
    hole = values.copy()
    hole[0, 0] = np.nan
    assert compare.maps({"a": hole}, {"a": hole}).exact
    assert not compare.maps({"a": hole}, {"a": values}).holds


def test_a_missing_number_is_no_zero() -> None:
    row = {"method": "m", "measure": "q", "depth": 1, "seed": 0, "value": None, "why": "constant"}
    table = {"scores": [row]}
    assert all(d.exact for d in compare.tables(table, table))
    other = {"scores": [{**row, "value": 0.0, "why": ""}]}
    assert not all(d.holds for d in compare.tables(table, other))


# --- certificates ------------------------------------------------------------------------------------


def certified(report: Report, value: float) -> Report:
    """The report with a certificate of that value, beyond its bound, at every map of the gradient."""
    one = Certificate("toy", value, 0.05, found=1 + value, due=1.0)
    there = tuple(
        dataclasses.replace(a, certificates=(one,)) if a.method == "gradient" else a
        for a in report.attributions
    )
    return dataclasses.replace(report, attributions=there)


def test_a_report_of_a_version_without_certificates_is_judged_by_what_it_holds(
    kept: Path, report: Report, tmp_path: Path, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget(facts: dict[str, Any]) -> None:
        del facts["report"]["certificates"], facts["report"]["ledger"], facts["report"]["request"]["certify"]
        older(facts["report"])

    monkeypatch.setattr(engine, "run", lambda *_, **__: certified(report, 0.06))
    status, out, _ = verify(put(tmp_path, rewritten(kept, forget)))
    assert status == 0 and "certificates:" not in out and out.splitlines()[-1].startswith("same numbers (")


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (0.06, "2 of 2 the same"),
        (
            0.0649,
            "0 of 2 the same; largest difference 0.098: ",
        ),  # of the bound: rounding may be a tenth of it
        (0.0651, "more than rounding"),
    ],
)
def test_certificates_are_computed_again_and_compared(
    report: Report,
    tmp_path: Path,
    verify: Verify,
    monkeypatch: pytest.MonkeyPatch,
    now: float,
    told: str,
) -> None:
    text = page.build(certified(report, 0.06), file="changed.html")
    monkeypatch.setattr(engine, "run", lambda *_, **__: certified(report, now))
    status, out, _ = verify(put(tmp_path, text))
    assert told in line(out, "certificates")
    assert status == (now == 0.0651)


NOTES = ("colours converted from <b>P3</b> to sRGB", "the first of 3 pictures in the file")


def test_what_was_done_to_the_picture_stands_in_the_report_and_holds_when_verified(
    report: Report, monkeypatch: pytest.MonkeyPatch, verify: Verify, tmp_path: Path
) -> None:
    """The picture inside the report is the converted one: nothing is done to it again."""
    report = dataclasses.replace(report, request=dataclasses.replace(report.request, image="0" * 64))
    noted = dataclasses.replace(report, image_notes=NOTES)
    monkeypatch.setattr(engine, "run", lambda *_, **__: report)
    (tmp_path / "r.html").write_text(page.build(noted, file="r.html"), encoding="utf-8")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "colours converted from &lt;b&gt;P3&lt;/b&gt; to sRGB; the first of 3 pictures in the file" in text
    assert files.as_json(noted)["picture_as_read"] == list(NOTES)
    status, out, _ = verify(tmp_path / "r.html")
    assert status == 0 and "same" in out


def test_a_report_from_before_notes_on_pictures_verifies(
    kept: Path, verify: Verify, known: None, tmp_path: Path
) -> None:
    def forget(facts: dict[str, Any]) -> None:
        del facts["report"]["picture_as_read"]

    status, out, _ = verify(put(tmp_path, rewritten(kept, forget)))
    assert status == 1 and TEXT.changed.record in out
    status, out, _ = verify(put(tmp_path, rewritten(kept, lambda f: (forget(f), older(f["report"])))))
    assert status == 0, out


# --- falsified parts ---------------------------------------------------------------------------------


def numbers_changed(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    numbers = json.loads((folder / files.REPORT).read_bytes())
    change(numbers)
    known = isinstance(numbers.get("sha256"), dict)  # by somebody who knows of the seal
    (folder / files.REPORT).write_text(json.dumps(files.sealed(numbers) if known else numbers))
    return folder


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r["certificates"][0].update(marked=False), "certificates: 1 of 2 the same; one is"),
        (lambda r: r["certificates"][0].update(bound=0.5), "certificates: 1 of 2 the same; one is"),
        (lambda r: r["certificates"][0].update(value=0.04, marked=False), "more than rounding"),
        (lambda r: r["certificates"][0].update(found=1.0), "more than rounding"),
        (lambda r: r.pop("certificates"), "certificates: 0 of 2 the same; one is missing"),
        (lambda r: r["liveness"][1]["top5"][2].update(label="cat"), "top5: 9 of 10 the same; one is missing"),
        (lambda r: r["liveness"][1]["top5"][2].update(index=3), "top5: 9 of 10 the same; one is missing"),
        (lambda r: r["liveness"][0]["top5"][0].update(probability=0.99), "more than rounding (0.001)"),
        (lambda r: r["liveness"][0].pop("top5"), "top5: 5 of 10 the same; one is missing"),
        (lambda r: r.update(picture_as_read=["cropped"]), TEXT.changed.notes),
        (lambda r: r["versions"].update(weights="0" * 64), "weights: 0000"),
        (lambda r: r.pop("sha256"), TEXT.changed.digests.format(name=files.REPORT)),
    ],
)  # fmt: skip
def test_a_falsified_part_is_found_and_named(
    report: Report,
    folder: Path,
    verify: Verify,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[dict[str, Any]], Any],
    told: str,
) -> None:
    beyond = certified(report, 0.06)
    files.write(beyond, folder)
    monkeypatch.setattr(engine, "run", lambda *_, **__: beyond)
    assert verify(folder)[0] == 0
    status, out, _ = verify(numbers_changed(folder, change))
    assert status == 1 and told in out and out.splitlines()[-1].startswith("differs")


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.pop("maps"),
        lambda f: f.update(maps={}),
        lambda f: f.update(stored="8 bit"),
        lambda f: f.update(verdict="the best"),
        lambda f: f["report"].update(verdict="the best"),
        lambda f: f["report"]["versions"].update(torch="9.9"),
        lambda f: f["report"]["versions"].pop("torch"),
        lambda f: f.update(name="dog.png"),
        lambda f: f.update(picture=None),
        lambda f: [
            f["report"].pop("certificates"),
            f["report"].pop("ledger"),
            f["report"]["request"].pop("certify"),
        ],
    ],
)
def test_what_a_page_holds_for_programs_is_what_this_version_writes(
    kept: Path, verify: Verify, known: None, tmp_path: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    status, out, _ = verify(put(tmp_path, rewritten(kept, change)))
    assert status == 1 and "changed after it was written: the page (" in out


MINUS = re.compile("−(?=[0-9])")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda t: t.replace("−", ""), ""),
        (lambda t: t.replace("uncorrelated", "perfectly correlated"), ""),
        (lambda t: t.replace("Gradient", "@").replace("Fresh noise", "Gradient").replace("@", "Fresh noise"), ""),  # noqa: E501
        (lambda t: t.replace("</h2>", " zero point nine</h2>", 1), "zero point nine"),
        (lambda t: t.replace("</style>", 'h1:after{content:"0.99"}</style>', 1), ""),
        (lambda t: t.replace("</head>", "<style>table{display:none}</style></head>", 1), "<style []>"),
        (lambda t: t.replace("<table", "<table hidden", 1), "hidden"),
        (lambda t: t.replace("<table", "<!-- <table", 1), ""),
        (lambda t: t.replace("</body>", "<script>document.title=1</script></body>", 1), "<script []>"),
        (lambda t: t.replace(";\n", "; \n", 1), ""),
        (lambda t: page.sealed(t) + "<p>best</p>", "sha256 of all above"),
        (lambda t: re.sub(r'<path d="[^"]*"', '<path d="M0 9"', t, count=1), "M0 9"),
        (lambda t: t.replace('href="http://localhost:8501/', 'href="http://elsewhere/', 1), "elsewhere"),
    ],
)  # fmt: skip
def test_a_page_that_says_anything_else_differs_though_it_is_sealed_anew(
    kept: Path, verify: Verify, known: None, tmp_path: Path, change: Callable[[str], str], found: str
) -> None:
    text = page.unsealed((kept / "r.html").read_text(encoding="utf-8"))
    assert change(text) != text
    status, out, _ = verify(put(tmp_path, page.sealed(change(text))))
    assert status == 1 and found in line(out, "changed after it was written"), out


def test_a_page_whose_numbers_moved_by_rounding_keeps_its_words_and_its_maps(
    report: Report, kept: Path, verify: Verify, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What it says is held against its own numbers: no sentence may tip over, and none may be changed."""
    noise = np.random.default_rng(0)
    moved = dataclasses.replace(
        report,
        scores=tuple(
            dataclasses.replace(s, score=dataclasses.replace(s.score, value=(s.score.value or 0) * 0.9996))
            for s in report.scores
        ),
        attributions=tuple(
            dataclasses.replace(a, values=a.values * noise.normal(1, 1e-4, a.values.shape).astype(np.float32))
            for a in report.attributions
            if a.values is not None
        ),
        activations=tuple(
            dataclasses.replace(a, rms=a.rms * 1.0001, quantiles=tuple(q * 1.0001 for q in a.quantiles))
            for a in report.activations
        ),
    )  # fmt: skip
    monkeypatch.setattr(engine, "run", lambda *_, **__: moved)
    for name in ("r.html", "r.zip", "out"):
        status, out, _ = verify(kept / name)
        assert status == 0 and "but for rounding" in out, out
    text = page.unsealed((kept / "r.html").read_text(encoding="utf-8"))
    status, out, _ = verify(put(tmp_path, page.sealed(MINUS.sub("", text))))
    assert status == 1 and "changed after it was written: the page (" in out


def test_the_wording_of_another_version_is_not_compared_and_that_is_said(
    kept: Path, verify: Verify, known: None, tmp_path: Path
) -> None:
    text = rewritten(kept, lambda f: older(f["report"])).replace("Gradient", "The best")
    status, out, _ = verify(put(tmp_path, resealed(text)))
    assert status == 0 and WORDING.format(by="made by version 0.1.0") in out
    text = rewritten(kept, lambda f: f["report"].update(versions={}))
    status, out, _ = verify(put(tmp_path, text))
    assert status == 0 and WORDING.format(by="it names no version") in out


def test_a_page_without_a_picture_takes_the_sample_or_asks(
    kept: Path, report: Report, verify: Verify, known: None, tmp_path: Path
) -> None:
    def bare(facts: dict[str, Any]) -> None:
        facts["picture"] = None
        older(facts["report"])

    assert verify(put(tmp_path, rewritten(kept, bare)))[0] == 0
    text = rewritten(kept, bare).replace(report.request.image, "0" * 64)
    status, _, err = verify(put(tmp_path, resealed(text)))
    assert (status, err) == (2, "xaicheck: The report holds no picture: name its file with --picture.\n")


def anew(kept: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], Any]) -> Path:
    """The zip with its files changed by somebody who makes the manifest's digests anew."""
    with zipfile.ZipFile(kept / "r.zip") as old:
        held = {name: old.read(name) for name in old.namelist()}
    change(held)
    manifest = json.loads(held[bundle.MANIFEST])
    manifest["files"] = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in held.items()
        if name != bundle.MANIFEST
    }
    held[bundle.MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(tmp_path / "anew.zip", "w") as new:
        for name, data in held.items():
            new.writestr(name, data)
    return tmp_path / "anew.zip"


def of_json(name: str, change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, bytes]], None]:
    def changed(held: dict[str, bytes]) -> None:
        table = json.loads(held[name])
        change(table)
        held[name] = json.dumps(table).encode()

    return changed


MISSING, OTHER, EXTRA = (getattr(TEXT.changed, name) for name in ("missing", "other", "extra"))
FIGURE = "figures/curves-mse.png"
MANIFEST, REPORT = (f"{name}.json (not as this version writes it: " for name in ("manifest", "report"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda m: m.update({"scores.csv": m["scores.csv"] + b"x"}), OTHER.format(name="scores.csv")),
        (lambda m: m.pop("ledger.csv"), MISSING.format(name="ledger.csv")),
        (lambda m: m.update({"README.txt": b"x"}), OTHER.format(name="README.txt")),
        (lambda m: m.update({"run.exe": b"x"}), EXTRA.format(name="run.exe")),
        (lambda m: m.pop(FIGURE), MISSING.format(name=FIGURE)),
        (lambda m: m.update({FIGURE: b"x"}), OTHER.format(name=FIGURE)),
        (lambda m: m.update({"picture.png": b"x"}), OTHER.format(name="picture.png")),
        (lambda m: m.update({"maps.npz": archive.as_npz({})}), "maps: 0 of 4"),
        (of_json(files.REPORT, lambda r: r.update(verdict="best")), f"{REPORT}verdict)"),
        (of_json(files.REPORT, lambda r: r.pop("ledger")), f"{REPORT}ledger)"),
        (of_json(bundle.MANIFEST, lambda m: m.update(versions={"torch": "9"})), f"{MANIFEST}versions)"),
        (of_json(bundle.MANIFEST, lambda m: m["request"].update(model="resnet50")), f"{MANIFEST}request)"),
        (of_json(bundle.MANIFEST, lambda m: m["maps"].update(sha256={})), f"{MANIFEST}maps)"),
        (of_json(bundle.MANIFEST, lambda m: m.update(repeat="rm -rf /")), f"{MANIFEST}repeat)"),
        (of_json(bundle.MANIFEST, lambda m: m.update(verify="verify a; ls")), f"{MANIFEST}verify)"),
        (of_json(bundle.MANIFEST, lambda m: m.update(note="best")), f"{MANIFEST}note)"),
    ],
)  # fmt: skip
def test_a_zip_is_what_this_version_writes_though_its_digests_are_made_anew(
    kept: Path,
    verify: Verify,
    known: None,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], Any],
    told: str,
) -> None:
    status, out, _ = verify(anew(kept, tmp_path, change))
    assert status == 1 and told in out, out


def test_figures_that_another_matplotlib_drew_are_not_compared_and_that_is_said(
    kept: Path, verify: Verify, known: None, tmp_path: Path
) -> None:
    other = of_json(bundle.MANIFEST, lambda m: m.update(figures="Matplotlib 1.0"))
    status, out, _ = verify(anew(kept, tmp_path, lambda m: (other(m), m.update({FIGURE: b"x"}))))
    assert status == 0 and TEXT.uncompared.figures in out
    assert verify(kept / "r.zip")[1].count("not compared") == 0


@pytest.mark.parametrize("said", [3, None, []])
def test_a_manifest_whose_command_is_no_text_is_a_change(
    kept: Path, verify: Verify, known: None, tmp_path: Path, said: Any
) -> None:
    change = of_json(bundle.MANIFEST, lambda m: m.update(verify=said))
    assert f"{MANIFEST}verify)" in verify(anew(kept, tmp_path, change))[1]


@pytest.mark.parametrize("said", ["", "verify '"])
def test_a_manifest_that_names_no_zip_is_one_sentence(
    kept: Path, verify: Verify, known: None, tmp_path: Path, said: Any
) -> None:
    status, out, err = verify(anew(kept, tmp_path, of_json(bundle.MANIFEST, lambda m: m.update(verify=said))))
    assert (status, out, err) == (2, "", "xaicheck: The settings in the report cannot be read.\n")


def test_two_files_of_one_name_in_a_zip_are_refused(kept: Path, verify: Verify, tmp_path: Path) -> None:
    path = Path(shutil.copy(kept / "r.zip", tmp_path / "twice.zip"))
    with zipfile.ZipFile(path, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("scores.csv", b"method")
    status, _, err = verify(path)
    assert status == 2 and "two of its files have one name" in err


def test_all_seeds_have_their_maps_in_a_folder(
    report: Report, verify: Verify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = dataclasses.replace(report, attributions=(
        *report.attributions, *(dataclasses.replace(a, seed=1) for a in report.attributions if a.depth)
    ))  # fmt: skip
    monkeypatch.setattr(engine, "run", lambda *_, **__: two)
    files.write(two, tmp_path / "out")
    assert verify(tmp_path / "out")[0] == 0
    files.write(report, tmp_path / "out")
    status, out, _ = verify(tmp_path / "out")
    assert status == 1 and "4 of 6 the same; one is missing" in line(out, "maps")


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r.update(sha256={}),
        lambda r: r["sha256"].pop(files.REPORT),
        lambda r: [r.pop("sha256"), r.pop("certificates"), r.pop("ledger"), r["request"].pop("certify")],
    ],
)
def test_a_report_of_this_version_has_its_seals_and_all_its_parts(
    folder: Path, verify: Verify, known: None, change: Callable[[dict[str, Any]], Any]
) -> None:
    numbers = json.loads((folder / files.REPORT).read_bytes())
    change(numbers)
    (folder / files.REPORT).write_text(json.dumps(numbers))
    status, out, _ = verify(folder)
    assert status == 1 and "changed after it was written: report.json (" in out, out


def test_what_else_lies_in_a_folder_is_named(folder: Path, verify: Verify, known: None) -> None:
    (folder / "notes.txt").write_text("x")
    status, out, _ = verify(folder)
    assert status == 0 and TEXT.uncompared.beside.format(names="notes.txt") in out


def test_a_device_and_a_pipe_are_no_report_and_nothing_is_read_without_end(
    verify: Verify, folder: Path, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    for path in (tmp_path / "pipe.html", Path("/dev/zero")):
        status, out, err = verify(path)
        assert (status, out, err.count("\n")) == (2, "", 1) and "no report of xaicheck" in err
    (folder / files.MAPS).unlink()
    os.mkfifo(folder / files.MAPS)
    assert verify(folder)[0] == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r["scores"].insert(0, r["scores"][1] | {"value": 0.5}),
        lambda r: r["liveness"].append(r["liveness"][0]),
        lambda r: r["scores"].append(3),
        lambda r: r.update(schema=True),
        lambda r: r.update(schema=1.0),
    ],
)
def test_what_readers_could_take_either_way_is_refused(
    folder: Path, verify: Verify, known: None, change: Callable[[dict[str, Any]], Any]
) -> None:
    status, out, err = verify(numbers_changed(folder, change))
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_a_name_that_is_there_twice_is_refused(folder: Path, verify: Verify, known: None) -> None:
    text = (folder / files.REPORT).read_text(encoding="utf-8")
    (folder / files.REPORT).write_text(text.replace("{", '{"device": "cuda",', 1), encoding="utf-8")
    status, out, err = verify(folder)
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_a_bound_of_a_ledger_cannot_be_broken_as_rounding() -> None:
    row = {"method": "lrp", "depth": 1, "seed": 0, "key": "ledger", "bound": 1e-4, "why": "", "due": 1.0}
    then, now = (
        {"certificates": [row | {"value": value, "found": 1 - value, "marked": value > 1e-4}]}
        for value in (2e-5, 5e-3)
    )
    (found,) = (d for d in compare.tables(then, now) if d.name == "certificates")
    assert not found.holds and found.largest == pytest.approx(49.8)


# --- threads -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("named", "used"), [("3", 3), (None, None), ("0", None), ("-3", None), ("٣", None)])
def test_a_report_is_computed_again_with_its_own_number_of_threads(
    folder: Path,
    report: Report,
    verify: Verify,
    monkeypatch: pytest.MonkeyPatch,
    named: str | None,
    used: int | None,
) -> None:
    import torch

    before, seen = torch.get_num_threads(), []
    monkeypatch.setattr(engine, "run", lambda *_, **__: seen.append(torch.get_num_threads()) or report)
    verify(numbers_changed(folder, lambda r: r["versions"].update(threads=named)))
    assert seen == [used or before] and torch.get_num_threads() == before


def test_a_difference_from_a_report_that_does_not_name_its_threads_says_what_they_can_do(
    folder: Path, verify: Verify, known: None
) -> None:
    def forget(numbers: dict[str, Any]) -> None:
        del numbers["versions"]["threads"]
        older(numbers)

    assert THREADS not in verify(numbers_changed(folder, forget))[1]
    status, out, _ = verify(numbers_changed(folder, lambda r: r["scores"][1].update(value=0.5)))
    assert status == 1 and THREADS in out


# --- two classes ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def classes() -> Report:
    """A real run with a second class, each randomized network explaining its own."""
    request = request_for(
        samples.load("chelsea"), methods=("gradient", "sobel"), depths=(0, 1), measures=("spearman",),
        target_policy="randomized", against=281, against_at="every",
    )  # fmt: skip
    return engine.run(request, samples.load("chelsea"), device="cpu")


@pytest.mark.slow
def test_two_classes_are_computed_again_from_every_kind_of_file(
    classes: Report, verify: Verify, tmp_path: Path
) -> None:
    (tmp_path / "r.html").write_text(page.build(classes, file="r.html"), encoding="utf-8")
    (tmp_path / "r.zip").write_bytes(bundle.build(classes, file="r.zip"))
    files.write(classes, tmp_path / "out")
    for name in ("r.html", "r.zip", "out"):
        status, out, _ = verify(tmp_path / name)
        assert status == 0 and out.splitlines()[-1].startswith("same numbers")
        assert line(out, "explained") == "2 of 2 the same" and line(out, "class_scores") == "4 of 4 the same"
        drawn = 6 if name == "r.html" else 8  # a page draws the second class's of the trained network
        assert line(out, "maps") == f"{drawn} of {drawn} the same"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r["class_scores"][0].update(value=0.5), "more than rounding (0.001)"),
        (lambda r: r["class_scores"].pop(), "class_scores: 3 of 4 the same; one is missing"),
        (lambda r: r.pop("class_scores"), "class_scores: 0 of 4 the same; one is missing"),
        (lambda r: r["explained"][1].update(index=282), "explained: 1 of 2 the same; one is missing"),
        (lambda r: r.pop("explained"), "explained: 0 of 2 the same; one is missing"),
        (lambda r: r.update(against=None), "against: 0 of 1 the same; one is missing"),
    ],
)
def test_a_falsified_class_is_found(
    classes: Report,
    verify: Verify,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    change: Callable[[dict[str, Any]], Any],
    told: str,
) -> None:
    files.write(classes, tmp_path)
    monkeypatch.setattr(engine, "run", lambda *_, **__: classes)
    status, out, _ = verify(numbers_changed(tmp_path, change))
    assert status == 1 and told in out


@pytest.mark.parametrize("state", [0, 1])
def test_a_map_of_a_class_that_is_drawn_otherwise_is_found(
    classes: Report, verify: Verify, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, state: int
) -> None:
    monkeypatch.setattr(engine, "run", lambda *_, **__: classes)
    text = page.build(classes, file="r.html")
    shown = opening._scene(text, "r.html", page.CLASSES)
    panel = shown.panels[0]
    maps = list(panel.maps)
    maps[state] = dataclasses.replace(maps[state], levels=-maps[state].levels)
    changed = dataclasses.replace(panel, maps=tuple(maps))
    payload = encode(dataclasses.replace(shown, panels=(changed, *shown.panels[1:])), effort=6)
    old, new = (base64.b64encode(one).decode() for one in (encode(shown, effort=6), payload))
    assert old in text
    assert verify(put(tmp_path, resealed(text)))[0] == 0
    status, out, _ = verify(put(tmp_path, resealed(text.replace(old, new))))
    assert status == 1 and (TEXT.changed.record if state == 0 else "maps") in out


def test_a_report_from_before_there_were_two_classes_verifies(
    classes: Report, verify: Verify, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    less = dataclasses.replace(classes, against=None, class_maps=(), class_scores=())
    monkeypatch.setattr(engine, "run", lambda *_, **__: less)
    files.write(less, tmp_path)

    def before(report: dict[str, Any]) -> None:
        older(report)
        for name in ("explained", "against", "class_scores"):
            del report[name]
        for name in ("target_policy", "against", "against_at"):
            del report["request"][name]

    status, out, _ = verify(numbers_changed(tmp_path, before))
    assert status == 0 and "explained" not in [row.split(":")[0].strip() for row in out.splitlines()]


# --- pairs of networks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r["pairs"][0].update(value=r["pairs"][0]["value"] - 0.01), "more than rounding (0.001)"),
        (lambda r: r["pairs"][0].update(value=None), "pairs: 1 of 2 the same; one is missing"),
        (lambda r: r["pairs"][0].update(why="because"), "pairs: 1 of 2 the same; one is missing"),
        (lambda r: r["pairs"][1].update(second=2), "pairs: 1 of 3 the same; one is missing"),
        (lambda r: r["pairs"][1].update(kind="again"), "pairs: 1 of 3 the same; one is missing"),
        (lambda r: r["pairs"].pop(), "pairs: 1 of 2 the same; one is missing"),
        (lambda r: r.pop("pairs"), "pairs: 0 of 2 the same; one is missing"),
    ],
)
def test_a_falsified_pair_is_found(
    classes: Report,
    verify: Verify,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    change: Callable[[dict[str, Any]], Any],
    told: str,
) -> None:
    assert [(p.method, p.kind, p.first, p.second) for p in classes.pairs] == [
        ("gradient", "between", 0, 1), ("sobel", "between", 0, 1),
    ]  # fmt: skip
    files.write(classes, tmp_path)
    monkeypatch.setattr(engine, "run", lambda *_, **__: classes)
    status, out, _ = verify(numbers_changed(tmp_path, change))
    assert status == 1 and told in out


def test_a_pair_that_differs_by_rounding_is_written_as_the_file_has_it(
    classes: Report, verify: Verify, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, *others = classes.pairs
    value = float(first.score) - 1e-6
    near = dataclasses.replace(classes, pairs=(dataclasses.replace(first, score=Score(value)), *others))
    monkeypatch.setattr(figure_files, "files", drawn_once)
    monkeypatch.setattr(engine, "run", lambda *_, **__: near)
    (tmp_path / "r.html").write_text(page.build(classes, file="r.html"), encoding="utf-8")
    (tmp_path / "r.zip").write_bytes(bundle.build(classes, file="r.zip"))
    for name in ("r.html", "r.zip"):
        status, out, _ = verify(tmp_path / name)
        assert status == 0 and "pairs: 1 of 2 the same" in out, out


def test_a_report_from_before_random_networks_were_compared_verifies(
    classes: Report, verify: Verify, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(engine, "run", lambda *_, **__: classes)
    files.write(classes, tmp_path)

    def before(report: dict[str, Any]) -> None:
        older(report)
        del report["pairs"], report["request"]["band"]

    status, out, _ = verify(numbers_changed(tmp_path, before))
    assert status == 0 and "pairs" not in [row.split(":")[0].strip() for row in out.splitlines()]
