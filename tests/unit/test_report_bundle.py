"""The zip to take away: every file, its digest, and the same bytes for the same report."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import threading
import zipfile
from functools import partial
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.app import fakes
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.methods import METHODS
from xaicheck.reading import charts
from xaicheck.reading.numbers import Reading
from xaicheck.report import bundle, figure_files, files, page, record
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Report


@pytest.fixture(scope="module")
def report() -> Report:
    """One method fails at depth 2."""
    return fakes.sample_report(
        seeds=2, methods=("gradient", "grad_cam", "occlusion"), depths=(0, 2, 19), measures=("mse",)
    )


@pytest.fixture(scope="module")
def archive(report: Report) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(bundle.build(report)))


def rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode())))


def test_the_manifest_names_every_other_file_with_its_digest(archive: zipfile.ZipFile) -> None:
    manifest = json.loads(archive.read("manifest.json"))
    assert set(manifest["files"]) == set(archive.namelist()) - {"manifest.json"}
    for name, said in manifest["files"].items():
        data = archive.read(name)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (said["bytes"], said["sha256"])


def test_the_manifest_says_all_that_a_repeat_needs(archive: zipfile.ZipFile, report: Report) -> None:
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["request"] == json.loads(json.dumps(report.request.to_json()))
    assert manifest["picture"]["sha256"] == report.request.image
    assert (manifest["versions"], manifest["device"]) == (dict(report.versions), report.device)
    assert manifest["seeds"] == [0, 1]
    assert "python -m xaicheck check" in manifest["repeat"]
    assert manifest["maps"]["stored"] == record.FULL


def test_maps_of_8_bits_are_said_to_be_such() -> None:
    first = shipped.load()
    assert first is not None
    said = bundle.manifest(first, {}, "f.zip", page.start(first), page.BASE)
    assert said["maps"]["stored"] == record.EIGHT_BIT
    assert any("8 bits" in note for note in said["notes"])


def test_the_tables_hold_every_number_with_every_digit(archive: zipfile.ZipFile, report: Report) -> None:
    scores = rows(archive, "scores.csv")
    assert len(scores) == len(report.scores)
    for row, kept in zip(scores, report.scores, strict=True):
        assert (row["method"], row["measure"]) == (kept.method, kept.measure)
        assert (int(row["depth"]), int(row["seed"])) == (kept.depth, kept.seed)
        assert row["why"] == kept.score.why
        assert (float(row["value"]) if row["value"] else None) == kept.score.value
    assert any(not row["value"] and row["why"] for row in scores)  # the method that failed
    assert len(rows(archive, "activations.csv")) == len(report.activations)
    assert len(rows(archive, "liveness.csv")) == len(report.liveness)
    assert len(rows(archive, "entropies.csv")) == len(report.entropies)


def test_the_maps_come_back_bit_for_bit(archive: zipfile.ZipFile, report: Report) -> None:
    with np.load(io.BytesIO(archive.read("maps.npz")), allow_pickle=False) as maps:
        kept = {files.map_name(a): a.values for a in report.attributions if a.values is not None}
        assert set(maps) == set(kept) and "occlusion/2/0" not in kept
        assert all(np.array_equal(maps[name], values) for name, values in kept.items())


def test_every_figure_is_there_as_png_and_as_svg(archive: zipfile.ZipFile, report: Report) -> None:
    names = [name for name in archive.namelist() if name.startswith("figures/")]
    stems = {name.rsplit(".", 1)[0] for name in names}
    assert {f"{stem}.{kind}" for stem in stems for kind in ("png", "svg")} == set(names)
    assert {f"figures/curves-{key}" for key in report.request.measures} <= stems
    assert len([stem for stem in stems if "maps-depth-" in stem]) == 1
    for name in names:
        data = archive.read(name)
        if name.endswith(".png"):
            assert data.startswith(b"\x89PNG")
        else:
            assert ElementTree.fromstring(data).tag.endswith("svg")


def test_equal_reports_make_equal_bytes(archive: zipfile.ZipFile, report: Report) -> None:
    again = zipfile.ZipFile(io.BytesIO(bundle.build(report)))
    assert [(i.filename, i.CRC, i.date_time) for i in again.infolist()] == [
        (i.filename, i.CRC, i.date_time) for i in archive.infolist()
    ]


def test_two_threads_draw_the_same_figure_with_the_same_bytes(report: Report) -> None:
    what = charts.curves(Reading(report), SIMILARITIES["mse"], 2, METHODS)
    made: list[object] = []
    work = partial(figure_files.files, partial(figure_files.chart, what), "name")
    threads = [threading.Thread(target=lambda: made.append(work())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 2 and made[0] == made[1] == work()


def test_the_page_inside_is_the_page(archive: zipfile.ZipFile, report: Report) -> None:
    assert archive.read("report.html").decode() == page.build(report)
