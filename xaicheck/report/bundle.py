"""A report as one zip: the page, the raw maps, the numbers as tables, the figures, and a manifest of it all.

Dates are fixed, so that equal reports give equal bytes.
"""

from __future__ import annotations

import hashlib
import io
import shlex
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.metadata import version
from typing import Any

from xaicheck.address import BASE
from xaicheck.methods import METHODS
from xaicheck.reading import band_sentences, charts, plane, sentences
from xaicheck.reading.bands import Bands
from xaicheck.reading.numbers import Reading
from xaicheck.report import command, csv_tables, figure_files, files, page, picture, record
from xaicheck.report.words import TEXT
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.storage.archive import entry
from xaicheck.types import Report
from xaicheck.viewer.scene import View

MANIFEST, PAGE = "manifest.json", "report.html"
QUICK = 1  # of zlib: more effort takes three times as long and saves a hundredth


def build(report: Report, *, view: View | None = None, base: str = BASE, file: str = "report.zip") -> bytes:
    """The zip. `view`, `base`: as for the page inside it; `file`: its own name.

    Equal arguments give equal bytes.
    """
    held = members(report, view=view, base=base, file=file)
    held[MANIFEST] = files.encoded(manifest(report, held, file, page.start(report, view), base))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in held.items():
            how = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            archive.writestr(entry(name), data, compress_type=how, compresslevel=QUICK)
    return out.getvalue()


def members(report: Report, *, view: View | None, base: str, file: str) -> dict[str, bytes]:
    """All files of the zip but its manifest, by name."""
    return dict(_members(report, view, base, file))


def drawn_by() -> str:
    """What draws the figures, which have the same bytes only where it is the same."""
    return f"Matplotlib {version('matplotlib')}"


def file_of(manifest: Mapping[str, Any]) -> str:
    """The name that a zip gives itself."""
    return shlex.split(str(manifest["verify"]))[-1]


def _members(report: Report, view: View | None, base: str, file: str) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", TEXT.inside.readme.format(name=shlex.quote(file)).encode()
    yield PAGE, page.build(report, view=view, base=base).encode()
    yield files.REPORT, files.encoded(files.as_json(report))
    yield files.PICTURE, picture.png(report)
    for name, table in csv_tables.TABLES.items():
        yield f"{name}.csv", table(report).encode()
    yield files.MAPS, _maps(report)
    yield from _figures(report, page.start(report, view).depth)


def _figures(report: Report, depth: int) -> Iterator[tuple[str, bytes]]:
    reading = Reading(report)
    measures = [SIMILARITIES[key] for key in report.request.measures]
    for chart in charts.every(reading, depth, measures, METHODS):
        yield from figure_files.files(partial(figure_files.chart, chart), f"figures/{chart.key}")
    bands = Bands(reading)
    for measure in measures:
        at = band_sentences.behind(bands, measure, depth, METHODS)
        if at is not None:
            drawn = plane.of_bands(at)
            yield from figure_files.files(partial(figure_files.plane, drawn), f"figures/{drawn.key}")
    place = sentences.where(reading, depth)
    yield from figure_files.files(
        partial(figure_files.maps, reading, depth, METHODS, place), f"figures/maps-depth-{depth}"
    )


def _maps(report: Report) -> bytes:
    out = io.BytesIO()
    files.write_maps(report, out)
    return out.getvalue()


def manifest(report: Report, members: dict[str, bytes], file: str, view: View, base: str) -> dict[str, Any]:
    """What the zip is, how to make it again, and the SHA-256 of every file in it."""
    request = report.request
    facts = record.facts(report, record.Setting(view, base))
    seeds = sorted({a.seed for a in report.attributions})
    coarse = facts["stored"] == record.EIGHT_BIT
    notes = [
        f"maps.npz holds the maps of {'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}; "
        f"scores are over seeds {', '.join(map(str, request.seeds))}."
    ]
    if coarse:
        notes.append(TEXT.inside.eight_bit)
    return {
        "format": record.FORMAT,
        "request": request.to_json(),
        "picture": {
            "name": report.image_name,
            "sha256": request.image,
            "sample": facts["sample"],
            "file": files.PICTURE,
        },
        "versions": dict(report.versions),
        "device": report.device,
        "seeds": list(request.seeds),
        "seconds": report.seconds,
        "maps": {"stored": facts["stored"], "seeds": seeds, "sha256": facts["maps"]},
        "notes": notes,
        "setting": facts["setting"],
        "repeat": command.repeat(request, report.image_name, "report.html"),
        "repeat_differs": command.why_not(request),
        "verify": f"python -m xaicheck verify {shlex.quote(file)}",
        "figures": drawn_by(),
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in members.items()
        },
    }
