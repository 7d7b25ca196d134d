"""A report as one HTML file: it opens from a disk and holds all that is needed to check it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from markupsafe import Markup

from xaicheck.address import ADDRESS, BASE
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.reading import sentences
from xaicheck.reading.numbers import Reading
from xaicheck.reading.templates import css, render, style
from xaicheck.report import page_parts, record
from xaicheck.report.record import Setting
from xaicheck.report.words import TEXT
from xaicheck.similarity.measures import SIMILARITIES, Measure
from xaicheck.types import Report
from xaicheck.viewer import page as viewer
from xaicheck.viewer.build import scene
from xaicheck.viewer.classes import class_scene
from xaicheck.viewer.encode import encode
from xaicheck.viewer.pool import factor_of
from xaicheck.viewer.scene import View

LIMIT = 5_000_000  # bytes
ROOM_FOR_MAPS = 3_000_000  # bytes of levels; compressed and written as base64 they take about as many
RECORD = "xaicheck-record"  # the id of the element that holds the numbers
MAPS = "maps"  # the id of the viewer's element
CLASSES = "classes"  # of the viewer with the maps of both classes
STYLE = ("reading/tokens.css", "reading/panel.css", "report/page.css")
_SEAL = "<!-- sha256 of all above: {} -->\n"
_SEALED = re.compile(r"<!-- sha256 of all above: ([0-9a-f]{64}) -->\n\Z")


def start(report: Report, view: View | None = None) -> View:
    """The view that a page opens with: the one that is given, or half of the blocks by the first measure."""
    deep = report.depths
    if view is not None and view.depth in deep and view.measure in report.request.measures:
        return view
    return View(deep[len(deep) // 2], report.request.measures[0])


def build(report: Report, *, view: View | None = None, base: str = BASE, file: str = "report.html") -> str:
    """The whole page. `base`: the address of the dashboard that its link leads to; `file`: its own name.

    Equal arguments give equal pages. Errors: BadRequest for an address that is none of the web.
    """
    if not report.complete:
        raise ValueError("only a complete report is written: this one is still being computed")
    setting = Setting(start(report, view), ADDRESS.converted(base))
    reading = Reading(report)
    depth, measure = setting.view.depth, SIMILARITIES[setting.view.measure]
    pixels = side(report)
    height, width = report.view.shape[:2]
    shown = scene(reading, report.request.measures, methods=METHODS, start=setting.view, pixels=pixels)
    title = TEXT.title.format(
        picture=samples.display(report.image_name, report.request.image),
        network=MODELS[report.request.model].label,
    )
    maps = viewer.embed(encode(shown, effort=6), name=MAPS)
    pairs = _pairs(reading, measure, pixels)
    facts = record.facts(report, setting) | {"file": file, "seed": reading.seed}
    page = render(
        "report/page.html",
        policy=_policy(maps + pairs),
        title=title,
        style=style(*map(css, STYLE)),
        finding=sentences.finding(reading, measure.key, depth, METHODS),
        maps=maps,
        sections=[
            page_parts.verdict(reading, measure, depth, METHODS),
            page_parts.curves(reading, depth, METHODS),
            page_parts.bands(reading, measure, depth, METHODS),
            page_parts.classes(reading, measure, METHODS, pairs),
            page_parts.scales(reading, depth),
            page_parts.liveness(reading, depth),
            page_parts.entropies(reading, METHODS),
            page_parts.certified(reading, depth, METHODS),
            page_parts.audit(reading),
            page_parts.settings(report, METHODS),
            page_parts.again(report, setting, file),
        ],
        inside=page_parts.inside(report, factor_of(height, width, pixels)),
        record=RECORD,
        facts=_data(facts),
    )
    return sealed(f"{page}\n")


def _pairs(reading: Reading, measure: Measure, pixels: int | None) -> Markup:
    """The viewer of both classes; empty where there is none."""
    if not reading.report.class_maps:
        return Markup()
    shown = class_scene(reading, measure, METHODS, pixels=pixels)
    return viewer.embed(encode(shown, effort=6), name=CLASSES)


def side(report: Report) -> int | None:
    """How many pixels a side the maps may have, so that the page stays small; None: all of them."""
    # The viewer of both classes draws two maps for each of a second class.
    known = [a for a in record.kept(report) if a.values is not None]
    maps = sum(1 if a.target is None else 2 * (a.depth == 0) for a in known)
    whole = max(report.view.shape[:2])
    factor = 1
    while maps * (-(-whole // factor)) ** 2 > ROOM_FOR_MAPS:
        factor += 1
    return None if factor == 1 else -(-whole // factor)


def sealed(text: str) -> str:
    """The page with the SHA-256 of its own text at its end, so that a change by hand shows."""
    return text + _SEAL.format(hashlib.sha256(text.encode()).hexdigest())


def unsealed(text: str) -> str:
    """The page without the line that seals it."""
    return _SEALED.sub("", text)


def seal_holds(text: str) -> bool:
    """Whether the text is what was sealed."""
    seal = _SEALED.search(text)
    return seal is not None and hashlib.sha256(text[: seal.start()].encode()).hexdigest() == seal.group(1)


def _policy(maps: str) -> str:
    """Only the viewer's programs may run, and nothing may be fetched."""
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", maps, re.DOTALL)
    programs = [code for attributes, code in scripts if "type=" not in attributes]  # the others are data
    allowed = " ".join(f"'sha256-{_hash(code)}'" for code in programs)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(code: str) -> str:
    return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()


def _data(facts: dict[str, Any]) -> Markup:
    # Within a script element only "<" could end it.
    text = json.dumps(facts, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c"))
