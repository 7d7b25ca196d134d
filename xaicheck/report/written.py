"""Whether a file is what this version writes: made again from its own numbers and maps.

It is asked once those are the same but for rounding as those computed again. So what is compared here is
equal or changed; only what a page draws of its maps may move as they do.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, TypeVar

from xaicheck.engine import run as engine
from xaicheck.errors import BadRequest
from xaicheck.report import bundle, compare, files, page
from xaicheck.report.record import Record
from xaicheck.report.words import TEXT
from xaicheck.types import Attribution, Certificate, PairRow, Report, Score, ScoreRow, Target
from xaicheck.viewer import encode
from xaicheck.viewer.scene import View

Row = TypeVar("Row", ScoreRow, PairRow)
OF_A_DEVICE = {"cpu": ("cpu", "threads"), "cuda": ("gpu", "tf32")}  # named beside the versions
CLOSE_DRAWN = 0.05  # relative, of a number that a page draws of one map: of its peak, say
HELD = (page.RECORD, f"{page.MAPS}-maps", f"{page.CLASSES}-maps")  # ids of what a page holds for programs
_LONGEST = 60  # characters of what is quoted


def version_of(then: Mapping[str, Any]) -> str | None:
    """The version that a report.json says it is of; None: it says none."""
    named = then.get("versions")
    return named.get("xaicheck") if isinstance(named, dict) else None


def by_this_version(then: Mapping[str, Any]) -> bool:
    """Whether a report.json says that this version wrote it."""
    return version_of(then) == dict(engine.versions())["xaicheck"]


def differences(now: Report, file: Record, *, exact: bool) -> tuple[str, ...]:
    """What is missing in a file, more than it should hold, or not as this version writes it.

    `now`: its results computed again; `exact`: to the last bit the same.
    """
    then = file.facts["report"]
    try:
        said = _as_said(now, then, {} if file.drawn else file.maps, file.facts.get("name"))
        return tuple(dict.fromkeys(_differences(said, file, exact)))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise BadRequest("The settings in the report cannot be read.") from error


def _differences(said: Report, file: Record, exact: bool) -> Iterator[str]:
    then = file.facts["report"]
    named = set(then["versions"])
    here = {*dict(engine.versions()), "weights", *OF_A_DEVICE[said.device]}
    if named != here:
        yield TEXT.changed.parts.format(name=files.REPORT, parts="versions")
    folder = file.page is None
    numbers = files.numbers(said) if folder else files.as_json(said)
    yield from _parts(files.REPORT, numbers, then)
    if folder:
        return
    setting = file.facts["setting"]
    look = {"view": View(**setting["view"]), "base": setting["base"]}
    name = str(file.facts["file"])
    again = page.build(said, **look, file=name)
    yield from _page(again, file.page or "", exact)
    if file.members is not None:
        yield from _members(said, look, file.members)


def _parts(name: str, now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
    """One sentence with the entries of a JSON object that are other than they should be."""
    keys = [key for key in {**now, **then} if _json(now.get(key)) != _json(then.get(key)) or key not in then]
    if keys:
        yield TEXT.changed.parts.format(name=name, parts=", ".join(keys))


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True)  # True, 1 and 1.0 are three texts


def drawn_here(members: Mapping[str, bytes]) -> bool:
    """Whether the figures of a zip are drawn by what draws them here."""
    return bool(json.loads(members[bundle.MANIFEST]).get("figures") == bundle.drawn_by())


def _members(said: Report, look: Mapping[str, Any], there: Mapping[str, bytes]) -> Iterator[str]:
    """The files of a zip but for its page and maps, which are compared on their own."""
    manifest = json.loads(there[bundle.MANIFEST])
    same = drawn_here(there)
    known = bundle.members(said, **look, file=bundle.file_of(manifest))
    wanted = bundle.manifest(said, {}, bundle.file_of(manifest), page.start(said, look["view"]), look["base"])
    figures = {} if same else {"figures": manifest.get("figures")}
    yield from _parts(bundle.MANIFEST, wanted | {"files": manifest.get("files")} | figures, manifest)
    for name in {**known, bundle.MANIFEST: b"", **there}:
        drawing = name.startswith("figures/")
        if name not in there:
            yield TEXT.changed.missing.format(name=name)
        elif name not in known and name != bundle.MANIFEST:
            yield TEXT.changed.extra.format(name=name)
        elif name in (bundle.MANIFEST, bundle.PAGE, files.MAPS, files.REPORT) or drawing and not same:
            continue
        elif hashlib.sha256(known[name]).digest() != hashlib.sha256(there[name]).digest():
            yield TEXT.changed.other.format(name=name)


# --- the page ----------------------------------------------------------------------------------------


class _Parts(HTMLParser):
    """A page as its tags with their attributes and what stands between them, however it is spelled."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._named: str | None = None  # the id of the script that is being read
        self.data: dict[str, str] = {}  # of the scripts that are none, by their id

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found.append(f"<{tag} {sorted((k, v or '') for k, v in attrs)}>")
        plain = tag == "script" and len(given) == len(attrs) and "type" in given
        self._named = given.get("id") if plain else None

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"</{tag}>")
        self._named = None

    def handle_data(self, data: str) -> None:
        if self._named in HELD and self._named not in self.data:
            self.data[self._named] = data
        elif text := data if self.cdata_elem else " ".join(data.split()):  # scripts and styles as they stand
            self.found.append(text)

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data}>")


def _page(again: str, given: str, exact: bool) -> Iterator[str]:
    """The first thing that a page says otherwise than it should."""
    now, then = _read(again), _read(given)
    for wanted, found in zip([*now.found, ""], [*then.found, ""], strict=False):
        if wanted != found:
            where = found[:_LONGEST] + "…" * (len(found) > _LONGEST)
            yield TEXT.changed.words.format(found=where or "its end")
            return
    for name in [name for name in HELD if name in now.data]:
        header = json.loads if name == page.RECORD else encode.header
        held = [header(one.data[name]) for one in (now, then)]
        if not (_json(held[0]) == _json(held[1]) if exact else _alike(held[0], held[1])):
            yield TEXT.changed.record


def _read(text: str) -> _Parts:
    parts = _Parts()
    parts.feed(page.unsealed(text))
    parts.close()
    return parts


def _alike(now: Any, then: Any, key: str = "") -> bool:
    """Whether two JSON values are the same but for what depends on the last bits of a page's maps."""
    if isinstance(now, dict) and isinstance(then, dict):
        return now.keys() == then.keys() and all(_alike(now[k], then[k], k) for k in now)
    if isinstance(now, list) and isinstance(then, list):
        return len(now) == len(then) and all(_alike(a, b, key) for a, b in zip(now, then, strict=True))
    if key in ("at", "filter") and type(now) is type(then):
        return True  # where a map stands among the others: they are compared one by one
    if key in ("peak", "limit", "rms") and isinstance(now, float) and isinstance(then, float):
        return math.isclose(now, then, rel_tol=CLOSE_DRAWN)
    if key.count("/") in (2, 3) and isinstance(now, str) and isinstance(then, str):  # a map's digest
        return len(now) == len(then)
    return _json(now) == _json(then)


# --- the report with the numbers that a file gives ---------------------------------------------------


def _as_said(now: Report, then: Mapping[str, Any], maps: Mapping[str, Any], name: object) -> Report:
    """The report with the numbers, and where the file has them all the maps, that the file gives."""
    rows = {table.name: compare.rows(table, then) for table in compare.TABLES}

    def of(table: str, *key: object) -> Mapping[str, Any]:
        return rows[table].get(tuple(map(str, key)), {})

    def row(kind: str, one: Row, *key: object) -> Row:
        value = of(kind, *key).get("value", one.score.value)
        return dataclasses.replace(one, score=Score(value, one.score.why))

    def certificate(a: Attribution, one: Certificate) -> Certificate:
        found = of("certificates", a.method, a.depth, a.seed, one.key)
        layers = tuple(
            _with(layer, of("ledger", a.method, a.depth, a.seed, one.key, layer.layer), *files.SHARES[:3])
            for layer in one.layers
        )
        return dataclasses.replace(_with(one, found, "value", "found", "due"), layers=layers)

    def attribution(a: Attribution) -> Attribution:
        kept = tuple(certificate(a, one) for one in a.certificates)
        values = None if a.values is None else maps.get(files.map_name(a), a.values)
        return dataclasses.replace(a, values=values, certificates=kept)

    def target(one: Target, *key: object) -> Target:
        return _with(one, of("top5", *key) if key else of("target", one.index, one.label), "probability")

    return dataclasses.replace(
        now,
        target=target(now.target),
        attributions=tuple(map(attribution, now.attributions)),
        class_maps=tuple(map(attribution, now.class_maps)),
        class_scores=tuple(row("class_scores", s, s.method, s.measure, s.depth) for s in now.class_scores),
        against=now.against
        and _with(now.against, of("against", now.against.index, now.against.label), "probability"),
        unkept=tuple(map(attribution, now.unkept)),
        scores=tuple(row("scores", s, s.method, s.measure, s.depth, s.seed) for s in now.scores),
        pairs=tuple(
            row("pairs", p, p.method, p.measure, p.depth, p.kind, p.first, p.second) for p in now.pairs
        ),
        entropies=tuple(row("entropies", e, e.method, e.depth, e.seed) for e in now.entropies),
        activations=tuple(
            dataclasses.replace(
                _with(a, found := of("activations", a.block, a.depth, a.seed), "rms", "dead", "gradient_rms"),
                quantiles=tuple(
                    value if found.get(name) is None else found[name]
                    for name, value in zip(files.QUANTILES, a.quantiles, strict=True)
                ),
            )
            for a in now.activations
        ),
        liveness=tuple(
            dataclasses.replace(
                _with(alive, of("liveness", alive.depth, alive.seed), "logit_std", "entropy"),
                top5=tuple(target(one, alive.depth, alive.seed, i) for i, one in enumerate(alive.top5, 1)),
            )
            for alive in now.liveness
        ),
        coverage=_with(now.coverage, then["coverage"], "changed_share"),
        image_name=str(name or now.image_name),
        image_notes=tuple(then.get("picture_as_read", ())),
        versions=tuple(then["versions"].items()),
        device=then["device"],
        seconds=then["seconds"],
    )


def _with(one: Any, found: Mapping[str, Any], *names: str) -> Any:
    """A value with these numbers as they were found; one that is not there stays."""
    return dataclasses.replace(one, **{name: found[name] for name in names if found.get(name) is not None})
