"""The lab's results in one small file: dataclasses as JSON, arrays beside it, nothing executable.

Arrays that are only drawn keep 8 bits a value (spaced by the root of the value), other arrays of two axes
16 bits relative to their largest value; one number a channel and everything that was computed from the full
arrays is stored in full.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from xaicheck.experiments.scales import data
from xaicheck.experiments.scales.setting import Setting
from xaicheck.models import samples
from xaicheck.storage.archive import entry
from xaicheck.storage.int8 import quantised, restored
from xaicheck.types import Target

FILE = samples.ASSETS / "precomputed" / "scales.zip"
FORMAT = 1
MAX_BYTES = 600_000
DRAWN = (data.Maps, data.Pictures)
KNOWN = {
    kind.__name__: kind
    for kind in (
        Setting,
        Target,
        data.Measured,
        data.Bin,
        data.Rank,
        data.Top,
        data.Order,
        data.MapRow,
        data.Maps,
        data.Pictures,
        data.BlockResult,
        data.LayerData,
        data.ResidualRow,
        data.Shipped,
    )
}


def save(value: Any, path: Path | None = None) -> int:
    """The size in bytes of the file that was written, for any result of the lab or a tuple of them."""
    path = path or FILE
    arrays: list[np.ndarray] = []
    text = json.dumps({"format": FORMAT, "value": _packed(value, arrays, False)}, separators=(",", ":"))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(entry("results.json"), text)
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **{f"a{i}": a for i, a in enumerate(arrays)})
        archive.writestr(entry("arrays.npz"), buffer.getvalue())
    partial.rename(path)  # a file that is there is whole
    return path.stat().st_size


def load(path: Path | None = None) -> Any:
    """The stored value; None when there is no file or it was written for another format."""
    path = path or FILE
    if not path.is_file():
        return None
    with zipfile.ZipFile(path) as archive:
        text = json.loads(archive.read("results.json"))
        if text.get("format") != FORMAT:
            return None
        with np.load(io.BytesIO(archive.read("arrays.npz")), allow_pickle=False) as found:
            arrays = {int(name[1:]): found[name] for name in found.files}
    return _unpacked(text["value"], arrays)


def _packed(value: Any, arrays: list[np.ndarray], drawn: bool) -> Any:
    if isinstance(value, np.ndarray):
        return _packed_array(value, arrays, drawn)
    if is_dataclass(value):
        drawn = isinstance(value, DRAWN)
        content = {f.name: _packed(getattr(value, f.name), arrays, drawn) for f in fields(value)}
        return {"is": type(value).__name__, **content}
    if isinstance(value, tuple):
        return [_packed(entry, arrays, drawn) for entry in value]
    if isinstance(value, float) and np.isinf(value):
        return {"is": "inf"}
    return value


def _packed_array(value: np.ndarray, arrays: list[np.ndarray], drawn: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"is": "array", "at": len(arrays)}
    if drawn:
        value, entry["peak"] = quantised(value)
    elif value.ndim > 1:
        entry["scale"] = float(np.abs(value).max(initial=0.0)) or 1.0
        value = (value / entry["scale"]).astype(np.float16)
    arrays.append(value)
    return entry


def _unpacked(value: Any, arrays: dict[int, np.ndarray]) -> Any:
    if isinstance(value, list):
        return tuple(_unpacked(entry, arrays) for entry in value)
    if not isinstance(value, dict):
        return value
    if value["is"] == "inf":
        return float("inf")
    if value["is"] == "array":
        array = arrays[value["at"]]
        if "peak" in value:
            return restored(array, value["peak"])
        return array.astype(np.float32) * np.float32(value["scale"]) if "scale" in value else array
    content = {name: _unpacked(entry, arrays) for name, entry in value.items() if name != "is"}
    return KNOWN[value["is"]](**content)
