"""The numbers about noise in a small file: read without torch."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from xaicheck.experiments.noise.data import Contest, NoiseData, NoMap
from xaicheck.models import samples
from xaicheck.storage.archive import entry
from xaicheck.types import Target

FILE = samples.ASSETS / "precomputed" / "noise.zip"
FORMAT = 1
MAX_BYTES = 400_000
STEP = 2e-4  # similarities are stored in these steps, as whole numbers: a squared distance reaches 4
HOLE = -(2**15)  # stands for NaN
_ROUNDED = ("similarity", "scores")


def save(data: NoiseData, path: Path | None = None) -> int:
    """The size in bytes of the file that was written."""
    path = path or FILE
    arrays: dict[str, np.ndarray] = {}
    facts = {"format": FORMAT, **_facts(data, arrays), "contest": _facts(data.contest, arrays, "contest.")}
    facts["shapes"] = {name: values.shape for name, values in arrays.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(entry("noise.json"), json.dumps(facts, separators=(",", ":")))
        for name, values in arrays.items():
            archive.writestr(entry(name), values.tobytes())
    partial.replace(path)  # a file that is there is whole
    return path.stat().st_size


def load(path: Path | None = None) -> NoiseData | None:
    """The stored numbers; None when there is no file or it was written for another format."""
    path = path or FILE
    if not path.is_file():
        return None
    with zipfile.ZipFile(path) as archive:
        facts = json.loads(archive.read("noise.json"))
        if facts.pop("format", None) != FORMAT:
            return None
        arrays = {
            name: _restored(name, archive.read(name), shape) for name, shape in facts.pop("shapes").items()
        }
    inner: dict[str, Any] = {
        name[len("contest.") :]: values for name, values in arrays.items() if "." in name
    }
    contest = Contest(**_tuples(facts.pop("contest")), **inner)
    facts["targets"] = tuple(Target(**target) for target in facts["targets"])
    facts["missing"] = tuple(NoMap(**one) for one in facts["missing"])
    facts["versions"] = tuple((name, version) for name, version in facts["versions"])
    outer: dict[str, Any] = {name: values for name, values in arrays.items() if "." not in name}
    return NoiseData(**_tuples(facts), **outer, contest=contest)


def rounded(values: np.ndarray) -> np.ndarray:
    """The similarities as they are stored: float32, in steps of STEP."""
    return _floats(_whole(values))


def _facts(data: NoiseData | Contest, arrays: dict[str, np.ndarray], prefix: str = "") -> dict[str, Any]:
    """What is no array, JSON-ready; the arrays go to `arrays`."""
    found: dict[str, Any] = {}
    for field in fields(data):
        value = getattr(data, field.name)
        if isinstance(value, np.ndarray):
            name = prefix + field.name
            arrays[name] = _whole(value) if field.name in _ROUNDED else np.ascontiguousarray(value, "<f4")
        elif field.name in ("targets", "missing"):
            found[field.name] = [asdict(one) for one in value]
        elif not isinstance(value, Contest):
            found[field.name] = value
    return found


def _whole(values: np.ndarray) -> np.ndarray:
    steps = np.rint(np.nan_to_num(values.astype(np.float64)) / STEP)
    if np.abs(steps).max(initial=0) >= -HOLE:
        raise ValueError(f"Only scores below {-HOLE * STEP:.1f} can be stored.")
    return np.where(np.isfinite(values), steps, HOLE).astype("<i2")


def _floats(whole: np.ndarray) -> np.ndarray:
    return np.where(whole == HOLE, np.nan, whole * STEP).astype(np.float32)


def _restored(name: str, data: bytes, shape: list[int]) -> np.ndarray:
    if name.split(".")[-1] in _ROUNDED:
        return _floats(np.frombuffer(data, "<i2")).reshape(shape)
    return np.frombuffer(data, "<f4").astype(np.float32).reshape(shape)


def _tuples(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
