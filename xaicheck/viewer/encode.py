"""The scene as one payload of bytes for the browser, and back.

"XV1\\n", the length of the header (4 bytes, little-endian), the header (JSON, UTF-8), and one zlib stream of
all maps, int8, one after the other. A map with filter 1 is stored as differences to its left neighbour,
modulo 256: smooth maps are smaller so. Equal maps are stored once.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import asdict
from typing import Any

import numpy as np

from xaicheck.reading import heatmap
from xaicheck.viewer import TEXT
from xaicheck.viewer.scene import (
    Answer,
    Between,
    Change,
    Check,
    Map,
    Mark,
    Panel,
    Parts,
    Scale,
    Scene,
    State,
    View,
)

MAGIC = b"XV1\n"
SMOOTH = 0.5  # a map whose steps are smaller than this share of its levels, on average, is stored as steps
_PNG = "data:image/png;base64,"


def encode(scene: Scene, *, effort: int = 1) -> bytes:
    """The payload; equal scenes give equal bytes. `effort` 1 to 9: more takes longer and is smaller."""
    body = _Body(scene.size)
    header = {
        "size": scene.size,
        "pooled": scene.pooled,
        "photo": _PNG + base64.b64encode(scene.photo).decode(),
        "photo_alt": scene.photo_alt,
        "kicker": scene.kicker,
        "explained": scene.explained,
        "axis": scene.axis,
        "states": [asdict(state) for state in scene.states],
        "panels": [_panel(panel, body) for panel in scene.panels],
        "measures": [asdict(measure) for measure in scene.measures],
        "captions": scene.captions,
        "start": asdict(scene.start),
        "parts": asdict(scene.parts),
        "words": {**TEXT.browser, "depth": scene.counted, **scene.words},
        "palettes": {"signed": _hex(heatmap.diverging()), "unsigned": _hex(heatmap.sequential())},
    }
    return _joined(header, zlib.compress(b"".join(body.maps), effort))


def started(payload: bytes, start: View) -> bytes:
    """The same payload with another view to start with; its maps are not packed again."""
    end = 8 + int.from_bytes(payload[4:8], "little")
    return _joined({**json.loads(payload[8:end]), "start": asdict(start)}, payload[end:])


def header(packed: str) -> dict[str, Any]:
    """All of a payload but its maps, as it stands in a page; ValueError for anything else."""
    payload = base64.b64decode(packed, validate=True)
    told: dict[str, Any] = json.loads(payload[8 : 8 + int.from_bytes(payload[4:8], "little")])
    return told


def _joined(header: dict[str, Any], maps: bytes) -> bytes:
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    return b"".join((MAGIC, len(text).to_bytes(4, "little"), text, maps))


def decode(payload: bytes) -> Scene:
    """The scene that `encode` was given; ValueError for anything else."""
    if not payload.startswith(MAGIC):
        raise ValueError("This is no payload of the viewer.")
    end = 8 + int.from_bytes(payload[4:8], "little")
    header = json.loads(payload[8:end])
    height, width = header["size"]
    body = np.frombuffer(zlib.decompress(payload[end:]), np.int8).reshape(-1, height, width)
    return Scene(
        size=(height, width),
        pooled=header["pooled"],
        photo=base64.b64decode(header["photo"].removeprefix(_PNG)),
        photo_alt=header["photo_alt"],
        kicker=header["kicker"],
        explained=header["explained"],
        counted=header["words"]["depth"],
        axis=header["axis"],
        states=tuple(
            State(**{**s, "answers": tuple(Answer(**a) for a in s["answers"])}) for s in header["states"]
        ),
        panels=tuple(_panel_of(panel, body) for panel in header["panels"]),
        measures=tuple(Scale(**{**m, "findings": tuple(m["findings"])}) for m in header["measures"]),
        captions=tuple(header["captions"]),
        start=View(**header["start"]),
        parts=Parts(**header["parts"]),
        words={
            key: text
            for key, text in header["words"].items()
            if key != "depth" and text != TEXT.browser.get(key)
        },
    )


class _Body:
    """The maps of a payload in their order."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.maps: list[bytes] = []
        self._known: dict[bytes, tuple[int, int]] = {}

    def place(self, levels: np.ndarray) -> tuple[int, int]:
        """(Which map of the body this is, its filter)."""
        if levels.shape != self.size:
            raise ValueError(f"A map has {levels.shape} pixels, the others {self.size}.")
        plain = levels.tobytes()
        if plain not in self._known:
            steps = np.diff(levels, axis=1, prepend=np.int8(0))  # int8 wraps: modulo 256
            smooth = (
                np.abs(steps.view(np.int8), dtype=np.int16).mean()
                < SMOOTH * np.abs(levels, dtype=np.int16).mean()
            )
            self._known[plain] = (len(self.maps), int(smooth))
            self.maps.append(steps.tobytes() if smooth else plain)
        return self._known[plain]


def _panel(panel: Panel, body: _Body) -> dict[str, Any]:
    data = {name: getattr(panel, name) for name in ("key", "label", "control", "signed")}
    data.update({name: getattr(panel, name) for name in ("colour", "dash", "marker", "badges")})
    data["maps"] = [_map(one, body) for one in panel.maps]
    data["changes"] = [asdict(one) for one in panel.changes]
    data["checks"] = [asdict(one) for one in panel.checks]
    data["scores"] = {key: [asdict(mark) for mark in marks] for key, marks in panel.scores.items()}
    if panel.between:
        data["between"] = {key: [asdict(one) for one in row] for key, row in panel.between.items()}
    return data


def _map(one: Map, body: _Body) -> dict[str, Any]:
    if one.levels is None:
        return {"state": one.state, "why": one.why}
    at, kind = body.place(one.levels)
    return {
        "state": one.state,
        "at": at,
        "filter": kind,
        "peak": one.peak,
        "limit": one.limit,
        "rms": one.rms,
    }


def _panel_of(data: dict[str, Any], body: np.ndarray) -> Panel:
    return Panel(
        **{
            **data,
            "maps": tuple(_map_of(one, body) for one in data["maps"]),
            "changes": tuple(Change(**one) for one in data["changes"]),
            "badges": tuple(data["badges"]),
            "checks": tuple(Check(**one) for one in data.get("checks", ())),
            "scores": {key: tuple(Mark(**m) for m in marks) for key, marks in data["scores"].items()},
            "between": {
                key: tuple(Between(**one) for one in row) for key, row in data.get("between", {}).items()
            },
        }
    )


def _map_of(data: dict[str, Any], body: np.ndarray) -> Map:
    if "at" not in data:
        return Map(None, state=data["state"], why=data["why"])
    levels = body[data["at"]]
    if data["filter"]:
        levels = np.cumsum(levels, axis=1, dtype=np.int8)
    return Map(levels, data["peak"], data["limit"], data["rms"], data["state"])


def _hex(palette: np.ndarray) -> str:
    return palette.tobytes().hex()
