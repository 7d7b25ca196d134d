"""report.json, maps.npz and picture.png: what is in them, and what stays when writing fails."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from xaicheck.engine.request import request_for
from xaicheck.report import csv_tables, files
from xaicheck.types import (
    ActivationScale,
    Attribution,
    Certificate,
    Coverage,
    ImageInput,
    LedgerEntry,
    Liveness,
    MethodChoice,
    Report,
    Request,
    Score,
    ScoreRow,
    Target,
)

NAMES = ("report.json", "maps.npz", "picture.png")
CAT = Target(282, "tiger cat", 0.5)
REQUEST = request_for(
    ImageInput("ab" * 32, "", np.zeros((1, 1, 3), np.uint8)),
    methods=(MethodChoice("smoothgrad", (("samples", 4), ("sigma", 0.1))),),
)

LAYERS = (LedgerEntry("stem", 1.0, 0.5, 0.125, "unpaid"),)
MEASURED = (
    Certificate("sum", 0.25, 0.1, found=float("inf"), due=-4.0, layers=LAYERS),
    Certificate("precision", None, 0.01, "there was no room for it"),
)


@pytest.fixture
def report() -> Report:
    """Two maps, one failure and one score without a number."""
    maps = np.random.default_rng(0).normal(size=(2, 6, 5))
    return Report(
        request=REQUEST,
        image_name="cat.png",
        view=np.zeros((6, 5, 3), np.uint8),
        target=CAT,
        blocks=("classifier", "stem"),
        depths=(0, 2),
        attributions=(
            Attribution("smoothgrad", 0, 0, maps[0].astype(np.float32)),
            Attribution("smoothgrad", 2, 0, maps[1].astype(np.float32), certificates=MEASURED),
            Attribution("lrp", 2, 0, None, why="no rule for this layer"),
        ),
        scores=(
            ScoreRow("smoothgrad", "spearman", 2, 0, Score(0.25)),
            ScoreRow("lrp", "spearman", 2, 0, Score(None, "there is no map")),
        ),
        activations=(ActivationScale("stem", 2, 0, 1.5, (0.0, 0.1, 0.2, 0.3, 0.4), 0.75, 1e-3),),
        liveness=(Liveness(2, 0, float("inf"), 6.9, (CAT,)),),
        coverage=Coverage(1.0, (), ((0, 0.0), (2, 1.0))),
        versions=(("torch", "2.15.0"),),
        device="cpu",
        seconds=1.25,
    )


def read(folder: Path) -> dict:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return json.loads((folder / "report.json").read_text(encoding="utf-8"), parse_constant=refuse)


def test_report_json_has_the_fields_of_schema_1(report: Report, tmp_path: Path) -> None:
    files.write(report, tmp_path)
    data = read(tmp_path)
    assert set(data) == {
        *("schema", "request", "picture_as_read", "versions", "device", "target", "blocks", "coverage"),
        *(
            "scores",
            "pairs",
            "entropies",
            "activations",
            "liveness",
            "certificates",
            "ledger",
            "failed",
            "explained",
            "against",
            "class_scores",
            "seconds",
            "sha256",
        ),
    }
    assert data["schema"] == 1
    assert data["versions"] == {"torch": "2.15.0"}
    assert data["picture_as_read"] == []
    assert data["device"] == "cpu"
    assert data["target"] == {"index": 282, "label": "tiger cat", "probability": 0.5}
    assert data["blocks"] == ["classifier", "stem"]
    assert data["coverage"] == {"changed_share": 1.0, "untouched": []}
    assert data["scores"] == [
        {"method": "smoothgrad", "measure": "spearman", "depth": 2, "seed": 0, "value": 0.25, "why": ""},
        {
            "method": "lrp",
            "measure": "spearman",
            "depth": 2,
            "seed": 0,
            "value": None,
            "why": "there is no map",
        },
    ]
    assert data["activations"] == [
        {"block": "stem", "depth": 2, "seed": 0, "rms": 1.5, "dead": 0.75, "gradient_rms": 1e-3}
        | {"q05": 0.0, "q25": 0.1, "q50": 0.2, "q75": 0.3, "q95": 0.4}
    ]
    assert data["liveness"] == [
        {
            "depth": 2,
            "seed": 0,
            "logit_std": None,  # it was infinite
            "entropy": 6.9,
            "top5": [{"index": 282, "label": "tiger cat", "probability": 0.5}],
        }
    ]
    place = {"method": "smoothgrad", "depth": 2, "seed": 0}
    assert data["certificates"] == [
        place
        | {"key": "sum", "value": 0.25, "bound": 0.1, "found": None, "due": -4.0, "why": "", "marked": True},
        place
        | {"key": "precision", "value": None, "bound": 0.01, "found": None, "due": None}
        | {"why": "there was no room for it", "marked": False},
    ]
    assert data["ledger"] == [
        place
        | {"certificate": "sum", "layer": "stem", "arrives": 1.0, "passed_on": 0.5, "convention": 0.125}
        | {"lost": 0.375, "cause": "unpaid"}
    ]
    assert csv_tables.ledger(report).splitlines() == [
        "method,depth,seed,certificate,layer,arrives,passed_on,convention,lost,cause",
        "smoothgrad,2,0,sum,stem,1.0,0.5,0.125,0.375,unpaid",
    ]
    assert data["failed"] == [{"method": "lrp", "depth": 2, "seed": 0, "why": "no rule for this layer"}]
    assert data["seconds"] == 1.25


def test_the_request_comes_back_from_the_file(report: Report, tmp_path: Path) -> None:
    files.write(report, tmp_path)
    assert Request.from_json(read(tmp_path)["request"]) == REQUEST


def test_maps_come_back_bit_for_bit_and_failed_ones_are_absent(report: Report, tmp_path: Path) -> None:
    files.write(report, tmp_path)
    with np.load(tmp_path / "maps.npz", allow_pickle=False) as maps:
        assert sorted(maps) == ["smoothgrad/0/0", "smoothgrad/2/0"]
        for depth in (0, 2):
            values = maps[f"smoothgrad/{depth}/0"]
            kept = report.attribution("smoothgrad", depth, 0)
            assert kept is not None and kept.values is not None
            assert values.dtype == np.float32
            assert values.shape == (6, 5)
            assert np.array_equal(values, kept.values)


def test_numpy_numbers_are_written_as_numbers(report: Report, tmp_path: Path) -> None:
    score = ScoreRow("smoothgrad", "spearman", 2, 0, Score(np.float32(0.5)))
    files.write(dataclasses.replace(report, scores=(score,)), tmp_path)
    assert read(tmp_path)["scores"][0]["value"] == 0.5


def test_the_folder_is_made_and_the_paths_come_back(report: Report, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "er"
    assert files.write(report, folder) == tuple(folder / name for name in NAMES)
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)


def test_a_failed_writing_leaves_the_older_file_and_no_rest(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(report, tmp_path)
    before = (tmp_path / "maps.npz").read_bytes()

    def full(file: object, **maps: np.ndarray) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        files.write(report, tmp_path)
    assert (tmp_path / "maps.npz").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)


def test_a_report_that_is_still_being_computed_is_not_written(report: Report, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="complete"):
        files.write(dataclasses.replace(report, complete=False), tmp_path)
    assert not list(tmp_path.iterdir())
