"""What the certificates of a report's maps say: a line beside each map, a mark, and the bounds behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from xaicheck.experiments.ranking.data import RankingData
from xaicheck.methods import METHODS
from xaicheck.methods.certificates import kinds
from xaicheck.reading.numbers import Reading
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import TEXT, inside, listed, method_name, share, share_of, short, verb
from xaicheck.types import Attribution, Certificate, CertificateKind, Method, Request

SAYS = TEXT.certificates
GRADIENTS = METHODS["integrated_gradients"]
MARK = SAYS.symbol  # beside a number or a name; `SAYS.mark` is the same with words


def line(reading: Reading, method: Method, depth: int) -> str:
    """What the map of the shown seed carries, beside what the original does; empty where nothing is known."""
    before = _of(reading.map(method.key, 0), reading.report.request, method)
    if not depth:
        return before and f"{before[0].upper()}{before[1:]}."
    after = _of(reading.map(method.key, depth), reading.report.request, method)
    return SAYS.both.format(before=before, after=after) if before and after else ""


def mark(reading: Reading, method: str, depth: int) -> str:
    """The words of the mark where a map that a method's numbers at a depth rest on has one; else empty."""
    return "" if reading.usable(method, depth) else str(SAYS.mark)


def why(reading: Reading, methods: Mapping[str, Method]) -> tuple[str, ...]:
    """What each mark in the report means and what was not measured: one sentence or two each."""
    said = []
    for kind, found in _found(reading, methods).items():
        if any(certificate.holds is False for certificate in found):
            said.append(bound(kind))
        if not found:
            said.append(SAYS.not_measured.format(label=kind.label))
    return tuple(said)


def about(kind: CertificateKind) -> str:
    """What a kind of certificate tells, and its bound if it has one."""
    return f"{kind.label}: {kind.summary}" if kind.bound is None else bound(kind)


def bound(kind: CertificateKind) -> str:
    """What a mark by a kind of certificate means, with its bound."""
    return str(
        SAYS.bound.format(
            mark=MARK, label=kind.label, summary=kind.summary, bound=short(kind.bound), why=kind.why_bound
        )
    )


@dataclass(frozen=True)
class Marks:
    """The marked maps of a report; `depth`: that of the numbers that are spoken of."""

    reading: Reading
    methods: Mapping[str, Method]
    depth: int = 0

    @property
    def maps(self) -> list[Attribution]:
        """Those that carry a certificate."""
        return [a for a in self.reading.report.certified if a.method in self.methods]

    @property
    def marked(self) -> list[Attribution]:
        """Those with one beyond its bound."""
        return [a for a in self.maps if a.marked]

    def named(self, keys: Iterable[str]) -> str:
        """Methods in words, each once."""
        return listed([method_name(self.methods, key) for key in dict.fromkeys(keys) if key in self.methods])


LEFT_OUT = Sentence[Marks](
    "certificates.left_out",
    SAYS.left_out,
    lambda seen: seen.depth > 0 and bool(seen.named(seen.reading.marked(seen.depth))),
    lambda seen: {"methods": seen.named(seen.reading.marked(seen.depth))},
)
SUMMARY = (
    Sentence[Marks](
        "certificates.marked",
        SAYS.marked,
        lambda seen: bool(seen.marked),
        lambda seen: {
            "marked": share_of(len(seen.marked), len(seen.maps), "map"),
            "are": verb(len(seen.marked), "is", "are"),
            "methods": seen.named(a.method for a in seen.marked),
        },
    ),
    Sentence[Marks](
        "certificates.none_marked",
        SAYS.none_marked,
        lambda seen: bool(seen.maps) and not seen.marked,
    ),
)


class Stored(Protocol):
    """Numbers that were computed beforehand from maps of these methods."""

    @property
    def methods(self) -> tuple[str, ...]: ...
    @property
    def certified(self) -> bool: ...


NOT_HELD = (
    Sentence[Stored]("certificates.not_held", SAYS.not_held, lambda data: not data.certified),
    Sentence[Stored](
        "certificates.steps",
        SAYS.steps,
        lambda data: not data.certified and GRADIENTS.key in data.methods,
        lambda data: {p.key: p.default for p in GRADIENTS.params},
    ),
)


MARKED_TOO = Sentence[RankingData](
    "certificates.marked_too",
    SAYS.marked_too,
    lambda data: bool(_beyond(data)),
    lambda data: {"methods": listed([f"{name} ({share(part)})" for name, part in _beyond(data).items()])},
)


def marked_too(data: RankingData) -> str:
    """Of which methods maps beyond a bound are behind stored numbers, and which share; empty for none."""
    return MARKED_TOO(data)


def _beyond(data: RankingData) -> dict[str, float]:
    """The largest share of its maps beyond a bound, by the name of each method that has such maps."""
    found: dict[str, float] = {}
    for one in data.held:
        if one.marked:
            name = _with_steps(one.method)
            found[name] = max(one.marked, found.get(name, 0.0))
    return found


def _with_steps(key: str) -> str:
    """A method's name, that of the integrated gradients with their steps."""
    name = method_name(METHODS, key)
    return f"{name} with {GRADIENTS.params[0].default} steps" if key == GRADIENTS.key else name


def not_held(data: Stored) -> str:
    """That the maps behind stored numbers carry no certificate; empty where they do."""
    return say(NOT_HELD, data)


def left_out(reading: Reading, depth: int, methods: Mapping[str, Method]) -> str:
    """That no sentence leans on the marked maps at a depth, which it names; empty where there is none."""
    return LEFT_OUT(Marks(reading, methods, depth))


def summary(reading: Reading, methods: Mapping[str, Method]) -> str:
    """How many of the maps that were checked are marked, and of which methods."""
    return say(SUMMARY, Marks(reading, methods))


def rows(reading: Reading, methods: Mapping[str, Method]) -> list[dict[str, Any]]:
    """One row a map of the shown seed and certificate that was measured."""
    table = []
    for a in reading.report.attributions:
        if a.seed != reading.seed or a.method not in methods:
            continue
        labels = {kind.key: kind.label for kind in kinds(methods[a.method])}
        for one in a.certificates:
            table.append(
                {
                    "Method": methods[a.method].label,
                    reading.mode.counted: a.depth,
                    "Certificate": labels.get(one.key, one.key),
                    "Found": one.found,
                    "Due": one.due,
                    "Off by": one.value,
                    "Bound": one.bound,
                    "In words": SAYS.mark if one.holds is False else one.why,
                }
            )
    return table


def _found(reading: Reading, methods: Mapping[str, Method]) -> dict[CertificateKind, list[Certificate]]:
    """What was measured of each kind that the report's methods have; nothing before the first map."""
    maps = [a for a in reading.report.attributions if a.values is not None and a.method in methods]
    found: dict[CertificateKind, list[Certificate]] = {}
    for a in maps:
        for kind in kinds(methods[a.method]):
            found.setdefault(kind, []).extend(one for one in a.certificates if one.key == kind.key)
    return found


def _of(one: Attribution | None, request: Request, method: Method) -> str:
    """The certificates of a map, as the middle of a sentence."""
    if one is None:
        return ""
    params = next((dict(choice.params) for choice in request.methods if choice.key == method.key), {})
    by_key = {kind.key: kind for kind in kinds(method)}
    return "; ".join(_said(by_key[c.key], c, params) for c in one.certificates if c.key in by_key)


def _said(kind: CertificateKind, one: Certificate, params: Mapping[str, Any]) -> str:
    if one.value is None:
        return SAYS.no_number.format(label=inside(kind.label), why=one.why)
    numbers = {"found": short(one.found), "due": short(one.due), "value": short(one.value)}
    return kind.line.format(**params, **numbers) + (f" {MARK}" if one.holds is False else "")
