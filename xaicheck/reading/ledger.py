"""What the layers of a pass do with what it hands back: a table of those that lose most, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from xaicheck.methods.certificates import kinds
from xaicheck.reading.numbers import Reading
from xaicheck.reading.sentence import Sentence
from xaicheck.reading.sentences import where
from xaicheck.reading.templates import pieces
from xaicheck.reading.words import DASH, TEXT, count, fixed, number, short
from xaicheck.types import Certificate, CertificateKind, LedgerEntry, Method

SAYS = TEXT.ledger
MOST = 6  # layers with a row of their own
SEEN = 0.0005  # shares are shown with three digits
Row = tuple[str, str, str, str, str]  # layer, arrives, handed on, by convention, lost


@dataclass(frozen=True, slots=True)
class Shown:
    """The ledger of the map that is shown at a depth."""

    method: Method
    kind: CertificateKind
    certificate: Certificate
    place: str  # which blocks are randomized

    @property
    def lost(self) -> float:
        """What all layers lose, as a share of the start."""
        return _share(self, sum(entry.lost for entry in self.certificate.layers))


def _share(shown: Shown, size: float) -> float:
    return size / (shown.certificate.due or 1.0)


def _kept(shown: Shown) -> float:
    return _share(shown, shown.certificate.found or 0.0) - shown.lost


SUM = Sentence[Shown](
    "ledger.sum",
    SAYS.sum,
    lambda shown: shown.certificate.holds is True,
    lambda shown: {
        "kept": number(_kept(shown), 3),
        "lost": number(shown.lost, 3),
        "layers": count(len(shown.certificate.layers), "layer"),
        "gap": short(shown.certificate.value),
    },
)


def shown(reading: Reading, methods: Mapping[str, Method], depth: int) -> Iterator[Shown]:
    """The ledgers at a depth, in the order of the methods."""
    for key in reading.methods:
        one = reading.map(key, depth)
        if one is None or key not in methods:
            continue
        by_key = {kind.key: kind for kind in kinds(methods[key])}
        for certificate in one.certificates:
            if certificate.layers and certificate.key in by_key:
                yield Shown(methods[key], by_key[certificate.key], certificate, where(reading, depth))


def lines(shown: Shown) -> list[str]:
    """What the table says: the sum, and why something is lost; nothing where the ledger does not close."""
    if not (total := SUM(shown)):
        return []
    return [total, *_causes(shown)]


def _causes(shown: Shown) -> Iterator[str]:
    for cause, words in shown.kind.causes:
        lost = [_share(shown, entry.lost) for entry in shown.certificate.layers if entry.cause == cause]
        if any(abs(share) >= SEEN for share in lost):
            yield words.format(share=number(sum(lost), 3))


def rows(shown: Shown) -> list[Row]:
    """The layers that lose most, output to input; all others in one row; the whole in the last."""
    entries = shown.certificate.layers
    most = sorted(range(len(entries)), key=lambda i: -abs(entries[i].lost))[:MOST]
    others = [entry for i, entry in enumerate(entries) if i not in most]
    table = [_row(shown, entries[i].layer, [entries[i]], several=False) for i in sorted(most)]
    if others:
        table.append(
            _row(shown, SAYS.others.format(layers=count(len(others), "layer")), others, several=True)
        )
    convention = _share(shown, sum(entry.convention for entry in entries))
    whole = (1.0, _kept(shown), convention, shown.lost)
    return [*table, (SAYS.whole, *_numbers(whole))]


def _row(shown: Shown, name: str, entries: Iterable[LedgerEntry], *, several: bool) -> Row:
    found = list(entries)
    sums = [
        _share(shown, sum(getattr(entry, what) for entry in found))
        for what in ("arrives", "passed_on", "convention", "lost")
    ]
    arrives, passed_on, convention, lost = _numbers(sums)
    # The same relevance passes through many layers: their sums are no share of anything.
    return (name, DASH, DASH, convention, lost) if several else (name, arrives, passed_on, convention, lost)


def _numbers(shares: Iterable[float]) -> tuple[str, str, str, str]:
    a, b, c, d = map(fixed, shares)
    return a, b, c, d


def tables(reading: Reading, methods: Mapping[str, Method], depth: int) -> Markup:
    """The tables of all ledgers at a depth, each with what it says; empty where there is none."""
    made = [
        pieces("reading/ledger.html").ledger(
            f"{one.kind.layered}: {one.method.label}, {one.place}", SAYS, rows(one), lines(one)
        )
        for one in shown(reading, methods, depth)
    ]
    return Markup().join(made)
