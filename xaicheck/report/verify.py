"""A report file against a new computation of the same request: what differs, and whether that is rounding."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaicheck.engine import run as engine
from xaicheck.engine.request import request_from_json
from xaicheck.errors import BadRequest
from xaicheck.models import images, samples
from xaicheck.models.device import threads
from xaicheck.models.registry import MODELS
from xaicheck.report import compare, files, opening, page, picture, record
from xaicheck.report.compare import Difference
from xaicheck.report.record import Record
from xaicheck.report.words import TEXT
from xaicheck.types import Attribution, ImageInput, Listener, Report, Request
from xaicheck.viewer.pool import pooled
from xaicheck.viewer.scene import View


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
    text = files.as_json(now)
    maps = _maps(fresh, file)
    settings = [one for one in compare.texts(named, text["versions"]) if one[0] in named]
    if then.get("device") != now.device:
        settings.append(("device", str(then.get("device")), now.device))
    outcome = Outcome(
        request,
        image.name,
        (*file.changed, *_without_digests(file), *_other_picture(file, request, given)),
        tuple(settings),
        tuple(_unnamed(then, text, named)),
        tuple(compare.tables(then, text)),
        compare.maps(file.maps, maps),
        _digests(fresh, file),
        now.seconds,
    )
    if outcome.exact and not outcome.changed and not settings and file.page is not None:
        said, again = (
            opening.numbers_said(text, "the page") for text in (file.page, _page_again(fresh, file))
        )
        if said != again:
            outcome = dataclasses.replace(outcome, changed=(TEXT.changed.shown,))
    return outcome


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
    """The new results with maps as exact as the file's."""
    if file.facts.get("stored") != record.EIGHT_BIT:
        return now

    def coarse(maps: Iterable[Attribution]) -> tuple[Attribution, ...]:
        return tuple(
            a if a.values is None else dataclasses.replace(a, values=record.eight_bit(a.values)) for a in maps
        )

    return dataclasses.replace(now, attributions=coarse(now.attributions), class_maps=coarse(now.class_maps))


def _maps(now: Report, file: Record) -> dict[str, np.ndarray]:
    """The new maps that the file holds too, at its size and depth of bits; all of its seeds' maps."""
    seeds = {name.rsplit("/", 1)[-1] for name in file.maps}
    shape = next((values.shape for values in file.maps.values()), None)
    out = {}
    for a in now.every_map:
        if a.values is None or str(a.seed) not in seeds or shape is None:
            continue
        if file.drawn and a.target is not None and a.depth:  # a page draws the second class's of depth 0
            continue
        factor = max(1, -(-max(a.values.shape) // max(shape)))
        values = pooled(a.values, factor)
        drawn = file.drawn and bool(np.any(values[np.isfinite(values)]))
        if file.drawn and not drawn:
            continue  # the viewer says why there is nothing to see, and carries no map
        out[files.map_name(a)] = record.eight_bit(values) if drawn else values
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


def _without_digests(file: Record) -> tuple[str, ...]:
    """The page where somebody took its maps' digests out."""
    lost = file.page is not None and not isinstance(file.facts.get("maps"), dict)
    return (TEXT.changed.digests.format(name="the page"),) if lost else ()


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


def without_certificates(report: Report) -> Report:
    """The report as an earlier version would have given it: no map carries a certificate."""
    bare = tuple(dataclasses.replace(a, certificates=()) for a in report.attributions)
    return dataclasses.replace(report, attributions=bare, unkept=())


def _page_again(now: Report, file: Record) -> str:
    """The page made of the new results, with everything else as the file says."""
    try:
        return _page_of(now, file.facts, _report(file))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRequest("The settings of the page in the report cannot be read.") from error


def _page_of(now: Report, facts: Mapping[str, Any], then: Mapping[str, Any]) -> str:
    setting = facts["setting"]
    if "certificates" not in then:  # an earlier version measured none
        now = without_certificates(now)
    report = dataclasses.replace(
        now,
        image_name=facts["name"],
        image_notes=tuple(then.get("picture_as_read", ())),
        seconds=then["seconds"],
        versions=tuple(then["versions"].items()),
    )
    return page.build(report, view=View(**setting["view"]), base=setting["base"], file=facts["file"])
