"""A report as files that other programs can read: report.json, maps.npz and the picture."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np

from xaicheck.reading import heatmap
from xaicheck.storage.archive import together
from xaicheck.types import Attribution, Report, Target

SCHEMA = 1
REPORT = "report.json"
MAPS = "maps.npz"
SHARES = ("arrives", "passed_on", "convention", "lost")  # of a layer's entry in a ledger
CLASS = "class-"  # begins the name of a map of the second class
QUANTILES = ("q05", "q25", "q50", "q75", "q95")  # of a block's activations
PICTURE = "picture.png"  # as the network saw it: with the request, all that is needed to compute it again


def write(report: Report, folder: str | os.PathLike[str]) -> tuple[Path, ...]:
    """The paths of report.json, maps.npz and picture.png, written into the folder, made if need be.

    report.json also holds the SHA-256 of every map, of picture.png and of all that it says itself. The files
    appear all or none: an interrupted writing leaves the older ones as they were.
    """
    folder = Path(folder)
    wanted = contents(report, folder)
    folder.mkdir(parents=True, exist_ok=True)
    return together(wanted)


def contents(report: Report, folder: Path) -> dict[Path, Callable[[IO[bytes]], Any]]:
    """What writes each of the files of a folder, by path. ValueError for a report that is not complete."""
    if not report.complete:
        raise ValueError("only a complete report is written: this one is still being computed")
    picture = heatmap.photograph(report.view)
    text = encoded(numbers(report))
    return {
        folder / REPORT: lambda file: file.write(text),
        folder / MAPS: lambda file: write_maps(report, file),
        folder / PICTURE: lambda file: file.write(picture),
    }


def numbers(report: Report) -> dict[str, Any]:
    """The report.json of a folder: with the digests of what lies beside it."""
    picture = hashlib.sha256(heatmap.photograph(report.view)).hexdigest()
    return sealed(as_json(report) | {"sha256": {MAPS: digests(report.every_map), PICTURE: picture}})


def map_name(a: Attribution) -> str:
    """How a map is called in every file."""
    name = f"{a.method}/{a.depth}/{a.seed}"
    return name if a.target is None else f"{CLASS}{a.target}/{name}"


def digests(attributions: Iterable[Attribution]) -> dict[str, str]:
    """The digest of every map that there is, by its name."""
    return {map_name(a): digest(a.values) for a in attributions if a.values is not None}


def digest(values: np.ndarray) -> str:
    """SHA-256 of a map's shape and float32 values, low byte first."""
    plain = np.ascontiguousarray(values, dtype="<f4")
    return hashlib.sha256(repr(plain.shape).encode() + plain.tobytes()).hexdigest()


def write_maps(report: Report, file: IO[bytes]) -> None:
    """Writes every map, float32 [H W] by its name, as an npz; maps are noise to a compressor."""
    known = [a for a in report.every_map if a.values is not None]
    np.savez(file, allow_pickle=False, **{map_name(a): np.asarray(a.values, np.float32) for a in known})


def sealed(numbers: dict[str, Any]) -> dict[str, Any]:
    """A report.json with the SHA-256 of all that it says, however it is spaced, beside its other digests."""
    said = {name: value for name, value in numbers["sha256"].items() if name != REPORT}
    text = json.dumps(numbers | {"sha256": said}, sort_keys=True, separators=(",", ":"))
    return numbers | {"sha256": said | {REPORT: hashlib.sha256(text.encode()).hexdigest()}}


def encoded(table: dict[str, Any]) -> bytes:
    """JSON for people too: a line each, UTF-8."""
    return (json.dumps(table, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode()


def as_json(report: Report) -> dict[str, Any]:
    """The report as JSON-ready values, schema 1: everything but the picture and the maps.

    A number that is not finite becomes null: JSON has no word for it.
    """
    return {
        "schema": SCHEMA,
        "request": report.request.to_json(),
        "picture_as_read": list(report.image_notes),
        "versions": dict(report.versions),
        "device": report.device,
        "target": _target(report.target),
        "blocks": list(report.blocks),
        "coverage": {
            "changed_share": _number(report.coverage.changed_share),
            "untouched": list(report.coverage.untouched),
        },
        "explained": [
            {"depth": depth, "seed": seed, "index": found.index, "label": found.label}
            for seed in report.request.seeds
            for depth in report.depths
            if (found := report.explained(depth, seed)) is not None
        ],
        "against": None if report.against is None else _target(report.against),
        "class_scores": [
            {
                "method": row.method,
                "measure": row.measure,
                "depth": row.depth,
                "value": _number(row.score.value),
                "why": row.score.why,
            }
            for row in report.class_scores
        ],
        "scores": [
            {
                "method": row.method,
                "measure": row.measure,
                "depth": row.depth,
                "seed": row.seed,
                "value": _number(row.score.value),
                "why": row.score.why,
            }
            for row in report.scores
        ],
        "pairs": [
            {
                "method": row.method,
                "measure": row.measure,
                "depth": row.depth,
                "kind": row.kind,
                "first": row.first,
                "second": row.second,
                "value": _number(row.score.value),
                "why": row.score.why,
            }
            for row in report.pairs
        ],
        "entropies": [
            {
                "method": row.method,
                "depth": row.depth,
                "seed": row.seed,
                "value": _number(row.score.value),
                "why": row.score.why,
            }
            for row in report.entropies
        ],
        "certificates": [
            {
                "method": a.method,
                "depth": a.depth,
                "seed": a.seed,
                "key": one.key,
                "value": _number(one.value),
                "bound": one.bound,
                "found": _number(one.found),
                "due": _number(one.due),
                "why": one.why,
                "marked": one.holds is False,
            }
            for a in report.certified
            for one in a.certificates
        ],
        "ledger": ledger(report),
        "activations": [
            {
                "block": scale.block,
                "depth": scale.depth,
                "seed": scale.seed,
                "rms": _number(scale.rms),
                "dead": _number(scale.dead),
                "gradient_rms": _number(scale.gradient_rms),
            }
            | dict(zip(QUANTILES, map(_number, scale.quantiles), strict=True))
            for scale in report.activations
        ],
        "liveness": [
            {
                "depth": alive.depth,
                "seed": alive.seed,
                "logit_std": _number(alive.logit_std),
                "entropy": _number(alive.entropy),
                "top5": [_target(target) for target in alive.top5],
            }
            for alive in report.liveness
        ],
        "failed": [
            {"method": a.method, "depth": a.depth, "seed": a.seed, "why": a.why}
            for a in report.attributions
            if a.values is None
        ],
        "seconds": _number(report.seconds),
    }


def _target(target: Target) -> dict[str, Any]:
    return {"index": target.index, "label": target.label, "probability": _number(target.probability)}


def _number(value: float | None) -> float | None:
    """A plain Python number, or None for one that is missing or not finite."""
    return None if value is None or not math.isfinite(value) else float(value)


def ledger(report: Report) -> list[dict[str, Any]]:
    """One row a layer of a pass, from the output to the input: of the maps of the first seed."""
    first = report.request.seeds[0]
    return [
        {"method": a.method, "depth": a.depth, "seed": a.seed, "certificate": one.key, "layer": entry.layer}
        | {name: _number(getattr(entry, name)) for name in SHARES}
        | {"cause": entry.cause}
        for a in report.attributions
        if a.seed == first
        for one in a.certificates
        for entry in one.layers
    ]
