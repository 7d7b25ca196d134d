"""A ranking gap in a file: read without torch, small enough to come with the program.

Similarities are stored as float32 with 12 bits behind the leading one: each is off by less than 0.0125 % of
itself, so by less than 0.0005 up to 4, the largest value that is not a raw distance. The rest is whole.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from xaicheck.experiments.ranking.data import GapData, Missing, VariantScores
from xaicheck.experiments.ranking.setting import Variant
from xaicheck.models import samples
from xaicheck.storage.archive import entry
from xaicheck.types import Comparison, Target

FILE = samples.ASSETS / "precomputed" / "gallery.zip"
FORMAT = 1
MAX_BYTES = 2_000_000
BITS = 12
_LISTS = ("images", "methods", "seeds", "faithfulness_measures", "fills", "outputs", "rankings")
_NUMBERS = ("model", "steps", "region", "seconds")


def save(data: GapData, path: Path | None = None) -> int:
    """The size in bytes of the file that was written."""
    path = path or FILE
    arrays = {"faithfulness": data.faithfulness, "snr": data.snr}
    for i, scores in enumerate(data.variants):
        arrays[f"similarity{i}"] = rounded(scores.similarity)
        arrays[f"null{i}"] = rounded(scores.null)
        arrays[f"entropy{i}"] = scores.entropy_rise
    facts = {
        "format": FORMAT,
        **{name: getattr(data, name) for name in (*_LISTS, *_NUMBERS)},
        "targets": [asdict(target) for target in data.targets],
        "comparisons": [asdict(comparison) for comparison in data.comparisons],
        "variants": [{"variant": asdict(s.variant), "depths": s.depths} for s in data.variants],
        "missing": [asdict(gone) for gone in data.missing],
        "versions": data.versions,
        "shapes": {name: values.shape for name, values in arrays.items()},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(entry("gap.json"), json.dumps(facts, separators=(",", ":")))
        for name, values in arrays.items():
            archive.writestr(entry(name), _packed(values))
    partial.replace(path)  # a file that is there is whole
    return path.stat().st_size


def load(path: Path | None = None) -> GapData | None:
    """The stored gap; None when there is no file or it was written for another format."""
    path = path or FILE
    if not path.is_file():
        return None
    with zipfile.ZipFile(path) as archive:
        facts = json.loads(archive.read("gap.json"))
        if facts.get("format") != FORMAT:
            return None
        arrays = {name: _unpacked(archive.read(name), shape) for name, shape in facts["shapes"].items()}
    lists: dict[str, Any] = {name: tuple(facts[name]) for name in _LISTS}
    numbers: dict[str, Any] = {name: facts[name] for name in _NUMBERS}
    return GapData(
        targets=tuple(Target(**target) for target in facts["targets"]),
        comparisons=tuple(Comparison(**comparison) for comparison in facts["comparisons"]),
        variants=tuple(
            VariantScores(
                Variant(**{**head["variant"], "depths": tuple(head["variant"]["depths"])}),
                tuple(head["depths"]),
                arrays[f"similarity{i}"],
                arrays[f"entropy{i}"],
                arrays[f"null{i}"],
            )
            for i, head in enumerate(facts["variants"])
        ),
        faithfulness=arrays["faithfulness"],
        snr=arrays["snr"],
        missing=tuple(Missing(**gone) for gone in facts["missing"]),
        versions=tuple((name, version) for name, version in facts["versions"]),
        **lists,
        **numbers,
    )


def rounded(values: np.ndarray) -> np.ndarray:
    """The nearest float32 numbers of the same shape that have BITS bits behind the leading one."""
    drop = 23 - BITS
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    near = ((bits + np.uint32(1 << (drop - 1))) >> np.uint32(drop) << np.uint32(drop)).view(np.float32)
    return np.where(np.isfinite(values), near, values).astype(np.float32)


def _packed(values: np.ndarray) -> bytes:
    """Little-endian float32, all first bytes, then all second ones: neighbours alike, which packs well."""
    return np.ascontiguousarray(values, "<f4").reshape(-1, 1).view(np.uint8).T.tobytes()


def _unpacked(data: bytes, shape: list[int]) -> np.ndarray:
    planes = np.frombuffer(data, np.uint8).reshape(4, -1)
    return np.ascontiguousarray(planes.T).view("<f4").astype(np.float32).reshape(shape)
