"""The numbers behind every figure as rows of a table."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from xaicheck.engine.settings import SETTINGS
from xaicheck.models.registry import MODELS
from xaicheck.reading import certificates, class_sentences, words
from xaicheck.reading.band_sentences import Behind
from xaicheck.reading.compared import normalisation_row
from xaicheck.reading.network_sentences import alive_word
from xaicheck.reading.numbers import Reading
from xaicheck.reading.seen import Seen
from xaicheck.reading.words import TEXT
from xaicheck.similarity.measures import SIMILARITIES, Measure
from xaicheck.types import Method, Report

Rows = list[dict[str, Any]]


def filled(rows: Sequence[Mapping[str, Any]]) -> Rows:
    """The rows without the columns in which none of them has anything."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    there = [name for name in names if any(row.get(name) not in (None, "") for row in rows)]
    return [{name: row.get(name) for name in there} for row in rows]


def scores(reading: Reading, measure: Measure, methods: Mapping[str, Method]) -> Rows:
    """One row a method and depth: mean, lowest, highest, word, or the reason why there is no number."""
    rows: Rows = []
    how = reading.comparison(measure.key)
    normalisation, sign = normalisation_row(how)
    for key in reading.methods:
        for depth, s in reading.curve(key, measure.key):
            word = s.why if s.mean is None else Seen(reading, measure, depth, methods).word(key)
            mark = certificates.mark(reading, key, depth)
            rows.append(
                {
                    "Method": methods[key].label,
                    reading.mode.counted: depth,
                    measure.label: s.mean,
                    "Normalisation": normalisation,
                    "Sign": sign,
                    "Lowest": s.low,
                    "Highest": s.high,
                    "Seeds": s.seeds,
                    "In words": "; ".join(filter(None, (word, mark))),
                }
            )
    return rows


def bands(at: Behind) -> Rows:
    """One row a method, in the order of the run: none by these numbers; or the reason why there is none."""
    heads, rows = TEXT.bands.columns, []
    for key, band in at.found.items():
        whys = dict.fromkeys(one for one in (band.r.why, band.b.why, band.t.why) if one)
        mark = certificates.mark(at.reading, key, at.depth)
        rows.append(
            {
                "Method": at.methods[key].label,
                at.reading.mode.counted: str(at.depth),
                heads.r: band.r.mean,
                heads.b: band.b.mean,
                heads.low: band.b.low,
                heads.high: band.b.high,
                heads.t: band.t.value,
                heads.gate: band.gate,
                heads.memory: band.memory,
                heads.memory_low: None if band.interval is None else band.interval.low,
                heads.memory_high: None if band.interval is None else band.interval.high,
                heads.p_value: band.p_value,
                "In words": "; ".join(filter(None, (*whys, mark))),
            }
        )
    return rows


def classes(reading: Reading, methods: Mapping[str, Method]) -> Rows:
    """One row a method and depth: how alike its maps of both classes are by every measure, or why unknown."""
    rows: Rows = []
    depths = dict.fromkeys(row.depth for row in reading.report.class_scores)
    for key, depth in itertools.product(reading.methods, depths):
        found = {m: reading.second_class(key, m, depth) for m in reading.report.request.measures}
        whys = "; ".join(dict.fromkeys(score.why for score in found.values() if score.why))
        mark = class_sentences.mark(reading, key, depth)
        rows.append(
            {"Method": methods[key].label, reading.mode.counted: str(depth)}
            | {"Explained class": class_sentences.labels(reading, depth)[0]}
            | {SIMILARITIES[m].label: score.value for m, score in found.items()}
            | {TEXT.classes.why: "; ".join(filter(None, (whys, mark)))}
        )
    return rows


def entropies(reading: Reading, methods: Mapping[str, Method]) -> Rows:
    """One row a method: entropy before and after, its rise, a mark, or why there is no rise."""
    rows: Rows = []
    for key in reading.methods:
        row = reading.entropy(key)
        mark = certificates.mark(reading, key, reading.report.depths[-1])
        rows.append(
            {
                "Method": methods[key].label + (" (control)" if methods[key].control else ""),
                "Original (nats)": row.original.mean,
                "Randomized (nats)": row.randomized.mean,
                "Rise": words.percent(row.rise.mean),
                "Over the seeds": words.percents(row.rise),
                "In words": "; ".join(filter(None, ("" if row.rise.seeds else row.rise.why, mark))),
            }
        )
    return rows


def scales(reading: Reading, depth: int) -> Rows:
    """One row a block, input to output."""
    return [
        {
            "Block": row.block,
            "RMS original": row.original.rms,
            "RMS randomized": row.rms,
            "Ratio": row.ratio,
            "Dead share original": row.original.dead,
            "Dead share randomized": row.dead,
            "Gradient RMS original": row.original.gradient_rms,
            "Gradient RMS randomized": row.gradient_rms,
        }
        for row in reading.scales(depth)
    ]


def liveness(reading: Reading) -> Rows:
    """One row a depth and seed."""
    return [
        {
            reading.mode.counted: depth,
            "Seed": alive.seed,
            "Spread of the logits": alive.logit_std,
            "Entropy (nats)": alive.entropy,
            "State": alive_word(alive) if depth else "trained",
            "Likeliest class": alive.top5[0].label if alive.top5 else None,
        }
        for depth in reading.report.depths
        for alive in reading.liveness(depth)
    ]


_LONGER = {"weights": "weights (SHA-256)", "cpu": "CPU instructions"}


def settings(report: Report, methods: Mapping[str, Method]) -> Rows:
    """One row a setting of the run, versions included: all a reader needs to repeat it."""
    request = report.request
    rows = [
        ("Picture", f"{report.image_name} (sha256 {request.image[:12]}…)"),
        *([("Picture as read", "; ".join(report.image_notes))] if report.image_notes else []),
        ("Network", MODELS[request.model].label),
    ]
    for choice in request.methods:
        values = ", ".join(f"{key} {value:g}" for key, value in choice.params)
        rows.append(("Method", methods[choice.key].label + (f": {values}" if values else "")))
    for setting in SETTINGS.values():
        if setting.shown is not None:
            rows.append((setting.label, setting.shown(getattr(request, setting.key))))
    rows += [
        ("Explained class", f"{report.target.label} ({report.target.index})"),
        ("Blocks, output to input", ", ".join(report.blocks)),
        ("Device", report.device),
        ("Seconds", words.number(report.seconds, 1)),
        *((_LONGER.get(name, name), value) for name, value in report.versions),
    ]
    return [{"Setting": name, "Value": str(value)} for name, value in rows]
