"""A report file against a new computation of the same request: what differs, and whether that is rounding."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaicheck.engine import run as engine
from xaicheck.engine.request import request_from_json
from xaicheck.errors import BadRequest
from xaicheck.models import images, samples
from xaicheck.models.device import threads
from xaicheck.models.registry import MODELS
from xaicheck.reading.words import listed
from xaicheck.report import compare, files, picture, record, written
from xaicheck.report.compare import Difference
from xaicheck.report.record import Record
from xaicheck.report.words import TEXT
from xaicheck.types import ImageInput, Listener, Report, Request
from xaicheck.viewer.pool import pooled


@dataclass(frozen=True, slots=True)
class Outcome:
    """What verifying came to."""

    request: Request
    name: str  # of the picture
    changed: tuple[str, ...]  # what is not as it was written
    settings: tuple[tuple[str, str, str], ...]  # (version, weights or device, then, now) that differ
    unnamed: tuple[str, ...]  # what this version writes down and an older report does not hold
    numbers: tuple[Difference, ...]
    maps: Difference
    digests: tuple[int, int] | None  # maps with the same bits, of how many; None: the file has no digests
    seconds: float
    uncompared: tuple[str, ...] = ()  # what nobody has looked at, and why

    @property
    def exact(self) -> bool:
        """Whether every number and every map is the same to the last bit."""
        alike = self.digests is None or self.digests[0] == self.digests[1]
        return alike and all(d.exact for d in (*self.numbers, self.maps))

    @property
    def holds(self) -> bool:
        """Whether the file is as it was written and its results are the same but for rounding."""
        other = any(name == "weights" for name, _, _ in self.settings)
        return not self.changed and not other and all(d.holds for d in (*self.numbers, self.maps))


def request_of(file: Record) -> Request:
    """The request of a file. BadRequest where this version would not compute it."""
    try:
        return request_from_json(_report(file)["request"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRequest(
            "The report asks for something that this version of xaicheck does not know."
        ) from error


def picture_of(file: Record, request: Request, given: ImageInput | None = None) -> ImageInput:
    """The picture to compute with: the one that is given, else the file's own, else the sample it names."""
    spec = MODELS[request.model]
    if given is not None:
        if given.sha256 != request.image:
            raise BadRequest("The picture that is given is not the one of the report: its SHA-256 differs.")
        return given
    if file.view is not None:
        name = str(file.facts.get("name", files.PICTURE))
        return picture.stand_in(file.view, spec, request.image, images.display_name(name))
    for key in samples.SAMPLES:
        if samples.load(key).sha256 == request.image:
            return samples.load(key)
    raise BadRequest("The report holds no picture: name its file with --picture.")


def check(
    file: Record, *, device: str = "auto", given: ImageInput | None = None, listener: Listener | None = None
) -> Outcome:
    """Everything computed again and compared."""
    request = request_of(file)
    image = picture_of(file, request, given)
    then = _report(file)
    for table in compare.TABLES:
        compare.rows(table, then)  # refused before a long run, not after it
    named = then["versions"] if isinstance(then.get("versions"), dict) else {}
    with threads(_threads(named)):
        now = engine.run(request, image, device=device, listener=listener)
    fresh = _as_stored(now, file)
    text = files.as_json(fresh)
    maps = _maps(fresh, file)
    settings = [one for one in compare.texts(named, text["versions"]) if one[0] in named]
    if then.get("device") != now.device:
        settings.append(("device", str(then.get("device")), now.device))
    outcome = Outcome(
        request,
        image.name,
        (*file.changed, *_other_picture(file, request, given)),
        tuple(settings),
        tuple(_unnamed(then, text, named)),
        tuple(compare.tables(then, text)),
        compare.maps(file.maps, maps),
        _digests(fresh, file),
        now.seconds,
    )
    changed = outcome.changed
    if outcome.holds and written.by_this_version(then):  # else it is known already
        changed = written.differences(fresh, file, exact=outcome.exact)
    return dataclasses.replace(outcome, changed=changed, uncompared=tuple(_uncompared(file)))


def _uncompared(file: Record) -> Iterator[str]:
    """What of a file nobody has looked at, and why."""
    then, text = _report(file), TEXT.uncompared
    if not written.by_this_version(then):
        other = written.version_of(then)
        yield text.wording.format(by=f"made by version {other}" if other else "it names no version")
    elif file.members is not None and not written.drawn_here(file.members):
        yield text.figures
    if file.beside:
        yield text.beside.format(names=listed(file.beside[:3] + ("more",) * (len(file.beside) > 3)))


def _report(file: Record) -> Mapping[str, Any]:
    report = file.facts.get("report")
    if not isinstance(report, dict):
        raise BadRequest("The report holds no numbers.")
    if type(report.get("schema")) is not int or report["schema"] != files.SCHEMA:
        raise BadRequest(
            f"The report has the schema {report.get('schema')!r}; this version of xaicheck reads schema "
            f"{files.SCHEMA}: verify it with the version that wrote it."
        )
    return report


def _as_stored(now: Report, file: Record) -> Report:
    """The new results as exact as the file's: a stored report keeps maps of the first seed, with 8 bits."""
    if file.facts.get("stored") != record.EIGHT_BIT:
        return now
    first, coarse = now.request.seeds[0], []
    for a in record.kept(now):
        values = None if a.values is None else record.eight_bit(a.values)
        coarse.append(dataclasses.replace(a, values=values))
    return dataclasses.replace(
        now,
        attributions=tuple(a for a in coarse if a.target is None),
        class_maps=tuple(a for a in coarse if a.target is not None),
        unkept=tuple(dataclasses.replace(a, values=None) for a in now.certified if a.seed != first),
    )


def _maps(now: Report, file: Record) -> dict[str, np.ndarray]:
    """The new maps as the file should hold them: a page at its own size, with 8 bits, of the first seed."""
    if not file.drawn:
        return {files.map_name(a): a.values for a in now.every_map if a.values is not None}
    shape = next((values.shape for values in file.maps.values()), None)
    out = {}
    for a in record.kept(now):
        if a.values is None or a.target is not None and a.depth:  # of a second class a page draws depth 0
            continue
        factor = max(1, -(-max(a.values.shape) // max(shape))) if shape else 1
        values = pooled(a.values, factor)
        if np.any(values[np.isfinite(values)]):  # else the viewer says why there is nothing to see
            out[files.map_name(a)] = record.eight_bit(values)
    return out


def _digests(now: Report, file: Record) -> tuple[int, int] | None:
    then = file.facts.get("maps")
    if not isinstance(then, dict):
        return None
    digests = files.digests(record.kept(now))
    return compare.digests(then, digests), len({*then, *digests})


def _threads(named: Mapping[str, Any]) -> int | None:
    """The number of threads that a report was computed with; None: it names none that could be set."""
    count = re.fullmatch("[1-9][0-9]{0,2}", str(named.get("threads")))
    return int(count.group()) if count else None


def _unnamed(then: Mapping[str, Any], now: Mapping[str, Any], named: Mapping[str, Any]) -> Iterator[str]:
    """What this version writes into a report, and this report does not hold."""
    for there, name in ((named, "versions"), (then["request"], "request")):
        yield from (key for key in now[name] if key not in there)
    yield from (key for key in now if key not in then)
    said = then.get("sha256")
    if isinstance(said, dict):  # of a folder
        known = (files.MAPS, files.PICTURE, files.REPORT)
        yield from (TEXT.verify.digest.format(name=name) for name in known if name not in said)


def _other_picture(file: Record, request: Request, given: ImageInput | None) -> tuple[str, ...]:
    """Whether the picture in the file is not the one whose digest it gives, as far as that can be known."""
    known = (samples.load(key) for key in samples.SAMPLES)
    original = given or next((s for s in known if s.sha256 == request.image), None)
    if original is None:
        return ()
    view, notes = file.view, _report(file).get("picture_as_read", list(original.notes))
    same = view is None or np.array_equal(images.model_view(original, MODELS[request.model]), view)
    told = () if notes == list(original.notes) else (TEXT.changed.notes,)
    return (*(() if same else (TEXT.changed.picture,)), *told)
