"""The numbers of a report as CSV: one row a number, keys as in report.json, empty where there is none."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from types import MappingProxyType

from xaicheck.reading.bands import Bands
from xaicheck.reading.numbers import Reading
from xaicheck.report import files
from xaicheck.types import Report


def scores(report: Report) -> str:
    """One row a method, measure, depth and seed."""
    head = ("method", "measure", "normalisation", "sign", "depth", "seed", "value", "why")
    how = (report.request.normalisation, report.request.sign)
    return _csv(
        head,
        ((s.method, s.measure, *how, s.depth, s.seed, s.score.value, s.score.why) for s in report.scores),
    )


def pairs(report: Report) -> str:
    """One row a method, measure, depth, kind of pair and two seeds."""
    head = ("method", "measure", "normalisation", "sign", "depth", "kind", "first_seed", "second_seed")
    how = (report.request.normalisation, report.request.sign)
    return _csv(
        (*head, "value", "why"),
        (
            (p.method, p.measure, *how, p.depth, p.kind, p.first, p.second, p.score.value, p.score.why)
            for p in report.pairs
        ),
    )


def bands(report: Report) -> str:
    """One row a method, measure and depth: r, b, t, D = t - b, E = r - b; of a distance D, E are turned."""
    head = ("method", "measure", "normalisation", "sign", "depth", "networks")
    numbers = ("r", "b", "b_lowest", "b_highest", "t", "D", "D_low", "D_high", "E", "E_low", "E_high")
    how = (report.request.normalisation, report.request.sign)
    found, rows = Bands(Reading(report)), []
    for measure, depth in product(report.request.measures, found.depths):
        for method, band in found.every(measure, depth).items():
            gate, memory = (
                (None, None) if one is None else (one.low, one.high)
                for one in (band.gate_interval, band.interval)
            )
            values = (band.r.mean, band.b.mean, band.b.low, band.b.high, band.t.value, band.gate, *gate)
            place = (method, measure, *how, depth, band.networks)
            rows.append((*place, *values, band.memory, *memory, band.p_value, band.rank))
    return _csv((*head, *numbers, "E_p_Holm", "E_rank"), rows)


def classes(report: Report) -> str:
    """One row a method, measure and depth: how alike the maps of both classes are."""
    head = ("method", "measure", "normalisation", "sign", "depth", "class", "against", "value", "why")
    how = (report.request.normalisation, report.request.sign)
    second = None if report.against is None else report.against.index
    rows = []
    for s in report.class_scores:
        first = report.explained(s.depth, s.seed)
        pair = (None if first is None else first.index, second)
        rows.append((s.method, s.measure, *how, s.depth, *pair, s.score.value, s.score.why))
    return _csv(head, rows)


def certificates(report: Report) -> str:
    """One row a method, depth, seed and certificate; `marked`: beyond the bound."""
    head = ("method", "depth", "seed", "certificate", "found", "due", "value", "bound", "marked", "why")
    rows = (
        (a.method, a.depth, a.seed, c.key, c.found, c.due, c.value, c.bound, c.holds is False, c.why)
        for a in report.certified
        for c in a.certificates
    )
    return _csv(head, rows)


def ledger(report: Report) -> str:
    """One row a layer of a pass, from the output to the input, of the maps of the first seed."""
    head = ("method", "depth", "seed", "certificate", "layer", *files.SHARES, "cause")
    return _csv(head, ([row[name] for name in head] for row in files.ledger(report)))


def entropies(report: Report) -> str:
    """One row a method, depth and seed, in nats."""
    return _csv(
        ("method", "depth", "seed", "nats", "why"),
        ((e.method, e.depth, e.seed, e.score.value, e.score.why) for e in report.entropies),
    )


def activations(report: Report) -> str:
    """One row a block, depth and seed."""
    head = ("block", "depth", "seed", "rms", *files.QUANTILES, "dead_share", "gradient_rms")
    return _csv(
        head,
        ((a.block, a.depth, a.seed, a.rms, *a.quantiles, a.dead, a.gradient_rms) for a in report.activations),
    )


def liveness(report: Report) -> str:
    """One row a depth and seed: spread of the logits, entropy in nats, the likeliest class."""
    head = ("depth", "seed", "logit_std", "entropy_nats", "class", "label", "probability")
    rows = []
    for alive in report.liveness:
        best = alive.top5[0] if alive.top5 else None
        what = ("", "", None) if best is None else (best.index, best.label, best.probability)
        rows.append((alive.depth, alive.seed, alive.logit_std, alive.entropy, *what))
    return _csv(head, rows)


TABLES: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {
        "scores": scores,
        "pairs": pairs,
        "bands": bands,
        "classes": classes,
        "entropies": entropies,
        "activations": activations,
        "liveness": liveness,
        "certificates": certificates,
        "ledger": ledger,
    }
)


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    """Numbers with all their digits; nothing for a missing or infinite one, which not every reader knows."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return value
