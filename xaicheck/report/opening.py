"""Reading a report file that somebody gave us: plain data, bounded sizes, one sentence where it fails."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from xaicheck.errors import BadRequest
from xaicheck.report import bundle, compare, files, page, picture
from xaicheck.report.record import FORMAT, Record
from xaicheck.report.words import TEXT
from xaicheck.storage import archive
from xaicheck.storage.int8 import restored
from xaicheck.viewer import encode
from xaicheck.viewer.scene import Scene

MOST = {".html": 100_000_000, ".json": 200_000_000, ".png": picture.MAX_BYTES, ".npz": 4_000_000_000}
MOST_BESIDE = 1_000_000_000  # bytes of all files of a zip but its maps
MAX_MAPS = 200_000_000  # bytes of the maps inside a page
MAX_SIDE = 1024  # pixels of a map
_RECORD = re.compile(rf'<script type="application/json" id="{page.RECORD}">(.*?)</script>', re.DOTALL)
_MAPS = r'<script type="text/plain" id="{}-maps">([A-Za-z0-9+/=]*)</script>'
NONE = "{path} is no report of xaicheck: give the HTML page, the zip, or the folder that `check` wrote."


def read(path: Path) -> Record:
    """What the file or folder holds. BadRequest, in one sentence, where that is no report."""
    try:
        if path.is_dir():
            return _from_folder(path)
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device may have no end
            raise BadRequest(NONE.format(path=path))
        with path.open("rb") as file:
            start = file.read(4)
        if start == b"PK\x03\x04":
            return _from_zip(path)
        return record_of(_bytes(path, ".html").decode("utf-8", errors="replace"), str(path))
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        reason = getattr(error, "strerror", None) or error
        raise BadRequest(f"{path} cannot be read: {reason}.") from error


def _bytes(path: Path, kind: str) -> bytes:
    """What a file holds; whatever its size is said to be, no more is read than is allowed."""
    with path.open("rb") as file:
        data = file.read(MOST[kind] + 1)
    if len(data) > MOST[kind]:
        raise BadRequest(f"{path} is larger than any that this program writes.")
    return data


def record_of(text: str, name: str) -> Record:
    """What a page holds."""
    records = _RECORD.findall(text)
    if len(records) != 1:
        raise BadRequest(NONE.format(path=name))
    facts = _facts(records[0], name)
    changed = () if page.seal_holds(text) else (TEXT.changed.page,)
    maps = {f"{key}/{facts.get('seed')}": values for key, values in _page_maps(text, name).items()}
    first, second = _class_maps(text, name, facts)
    if any(not np.array_equal(values, maps.get(key, 0)) for key, values in first.items()):
        changed = (*changed, TEXT.changed.record)
    maps |= second
    view = None if facts.get("picture") is None else picture.from_data_url(facts["picture"])
    return Record(facts, view, maps, changed, drawn=True, page=text)


def _page_maps(text: str, name: str, viewer: str = page.MAPS) -> dict[str, np.ndarray]:
    """The maps that a viewer of the page draws, by method/state, at the size that it draws them."""
    scene = _scene(text, name, viewer)
    return {
        f"{panel.key}/{state.depth}": restored(one.levels, one.peak)
        for panel in scene.panels
        for state, one in zip(scene.states, panel.maps, strict=True)
        if one.levels is not None
    }


def _class_maps(
    text: str, name: str, facts: Mapping[str, Any]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The maps of both classes that their viewer draws, by `files.map_name`; none where there is no viewer.

    Those of the explained class are drawn by the page's other viewer too.
    """
    if not re.search(_MAPS.format(page.CLASSES), text):
        return {}, {}
    report = facts.get("report")
    against = report.get("against") if isinstance(report, dict) else None
    index = against.get("index") if isinstance(against, dict) else None
    first, second = {}, {}
    for key, values in _page_maps(text, name, page.CLASSES).items():
        method, _, state = key.rpartition("/")
        if state == "0":
            first[f"{method}/0/{facts.get('seed')}"] = values
        else:
            second[f"{files.CLASS}{index}/{method}/0/{facts.get('seed')}"] = values
    return first, second


def _scene(text: str, name: str, viewer: str = page.MAPS) -> Scene:
    """What a viewer of the page shows."""
    broken = BadRequest(f"The maps in {name} cannot be read.")
    payloads = re.findall(_MAPS.format(viewer), text)
    try:
        payload = base64.b64decode(payloads[0], validate=True)
        body = payload[8 + int.from_bytes(payload[4:8], "little") :]
        if len(zlib.decompressobj().decompress(body, MAX_MAPS)) >= MAX_MAPS:
            raise broken
        return encode.decode(payload)
    except (ValueError, KeyError, TypeError, IndexError, zlib.error) as error:
        raise broken from error


def _from_zip(path: Path) -> Record:
    try:
        with zipfile.ZipFile(path) as opened:
            names = {info.filename: info.file_size for info in opened.infolist()}
            if len(names) < len(opened.infolist()):
                raise BadRequest(f"{path} cannot be read: two of its files have one name.")
            if sum(names.values()) - names.get(files.MAPS, 0) > MOST_BESIDE:
                raise BadRequest(f"{path} is larger than any that this program writes.")

            def member(name: str) -> bytes:
                size = names.get(name)
                if size is None:
                    raise BadRequest(NONE.format(path=path))
                if size > MOST[Path(name).suffix]:
                    raise BadRequest(f"{name} in {path} is larger than any that this program writes.")
                return opened.read(name)

            manifest = _json(member(bundle.MANIFEST), str(path))
            changed = _changed(opened, names, manifest)
            record = record_of(
                member(bundle.PAGE).decode("utf-8", errors="replace"), f"{bundle.PAGE} in {path}"
            )
            maps = _npz(member(files.MAPS), str(path))
            held = {name: opened.read(name) if name != files.MAPS else b"" for name in names}
            facts = {**record.facts, "report": _json(member(files.REPORT), str(path))}
    except archive.DAMAGED as error:
        raise BadRequest(f"{path} is a damaged zip.") from error
    changed = (*changed, *record.changed)
    return Record(facts, record.view, maps, changed, page=record.page, members=held)


def _changed(
    opened: zipfile.ZipFile, sizes: Mapping[str, int], manifest: Mapping[str, Any]
) -> tuple[str, ...]:
    """The names of the files that are not what the manifest says."""
    listed = manifest.get("files")
    if not isinstance(listed, dict):
        return (bundle.MANIFEST,)
    wrong = [name for name in sizes if name not in listed and name != bundle.MANIFEST]
    for name, said in listed.items():
        there = name in sizes and sizes[name] <= MOST.get(Path(name).suffix, MOST[".html"])
        if (
            not there
            or not isinstance(said, dict)
            or {"bytes": sizes[name], "sha256": _digest(opened, name)} != said
        ):
            wrong.append(name)
    return tuple(wrong)


def _digest(opened: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with opened.open(name) as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()


def _from_folder(path: Path) -> Record:
    report, maps, view = (path / name for name in (files.REPORT, files.MAPS, files.PICTURE))
    if not (report.is_file() and maps.is_file()):
        raise BadRequest(NONE.format(path=path))
    numbers = _json(_bytes(report, report.suffix), str(report))
    stored = _npz(_bytes(maps, maps.suffix), str(maps))
    png = _bytes(view, view.suffix) if view.is_file() else None
    pixels = None if png is None else picture.from_png(png)
    facts = {"format": FORMAT, "report": numbers}
    beside = tuple(sorted({one.name for one in path.iterdir()} - {report.name, maps.name, view.name}))
    return Record(facts, pixels, stored, tuple(_other_files(numbers, stored, png)), beside=beside)


def _other_files(
    numbers: Mapping[str, Any], maps: Mapping[str, np.ndarray], png: bytes | None
) -> Iterator[str]:
    """What lies beside report.json and is not what it says; reports of earlier versions say nothing of it."""
    if "sha256" not in numbers and compare.knows(numbers, "certify"):
        yield TEXT.changed.digests.format(name=files.REPORT)
    said = numbers.get("sha256", {})
    if not isinstance(said, dict) or not isinstance(said.get(files.MAPS, {}), dict):
        yield files.REPORT
        return
    if files.REPORT in said and files.sealed(dict(numbers))["sha256"] != said:
        yield files.REPORT
    if files.REPORT in said:  # who writes one writes all
        lost = [name for name in (files.MAPS, files.PICTURE) if name not in said]
        yield from (TEXT.changed.digests.format(name=name) for name in lost)
    digests = said.get(files.MAPS)
    if digests is not None:
        there = {name: files.digest(values) for name, values in maps.items()}
        wrong = [name for name in {**digests, **there} if digests.get(name) != there.get(name)]
        if wrong:
            yield f"{files.MAPS} ({wrong[0]}{f' and {len(wrong) - 1} more' if len(wrong) > 1 else ''})"
    known = said.get(files.PICTURE)
    if known is not None and png is None:
        yield TEXT.changed.missing.format(name=files.PICTURE)
    elif known is not None and hashlib.sha256(png or b"").hexdigest() != known:
        yield files.PICTURE


def _npz(data: bytes, name: str) -> dict[str, np.ndarray]:
    """The maps of an npz: float32 only, of a bounded size each, read without pickle."""
    try:
        maps = archive.npz(data, each=4 * MAX_SIDE**2 + 4096)
    except archive.TooLarge as error:
        raise BadRequest(f"A map in {name} is larger than any that this program writes.") from error
    except (*archive.DAMAGED, ValueError) as error:
        raise BadRequest(f"{name} holds something that is no map.") from error
    if any(values.dtype != "<f4" or values.ndim != 2 for values in maps.values()):
        raise BadRequest(f"{name} holds something that is no map.")
    return maps


def _facts(text: str, name: str) -> dict[str, Any]:
    facts = _json(text.encode(), name)
    if facts.get("format") != FORMAT:
        raise BadRequest(
            f"{name} has the format {facts.get('format')!r}; this version of xaicheck reads format {FORMAT}."
        )
    return facts


def _json(data: bytes, name: str) -> dict[str, Any]:
    try:
        table = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The numbers in {name} cannot be read.") from error
    if not isinstance(table, dict):
        raise BadRequest(f"The numbers in {name} cannot be read.")
    return table


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; ValueError where a name is there twice, of which readers may take either."""
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a name is there twice")
    return table
