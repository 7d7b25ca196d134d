"""The numbers behind every figure as rows of a table."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from xaicheck.engine.settings import SETTINGS
from xaicheck.models.registry import MODELS
from xaicheck.reading import certificates, class_sentences, words
from xaicheck.reading.compared import normalisation_row
from xaicheck.reading.network_sentences import alive_word
from xaicheck.reading.numbers import Reading
from xaicheck.reading.words import TEXT
from xaicheck.similarity.measures import SIMILARITIES, Measure
from xaicheck.types import Method, Report

Rows = list[dict[str, Any]]


def scores(reading: Reading, measure: Measure, methods: Mapping[str, Method]) -> Rows:
    """One row a method and depth: mean, lowest, highest, word, or the reason why there is no number."""
    rows: Rows = []
    how = reading.comparison(measure.key)
    normalisation, sign = normalisation_row(how)
    for key in reading.methods:
        for depth, s in reading.curve(key, measure.key):
            word = s.why if s.mean is None else words.score_word(how, s.mean)
            mark = certificates.mark(reading, key, depth)
            rows.append(
                {
                    "Method": methods[key].label,
                    "Blocks randomized": depth,
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


def classes(reading: Reading, methods: Mapping[str, Method]) -> Rows:
    """One row a method and depth: how alike its maps of both classes are by every measure, or why unknown."""
    rows: Rows = []
    depths = dict.fromkeys(row.depth for row in reading.report.class_scores)
    for key, depth in itertools.product(reading.methods, depths):
        found = {m: reading.second_class(key, m, depth) for m in reading.report.request.measures}
        whys = "; ".join(dict.fromkeys(score.why for score in found.values() if score.why))
        mark = class_sentences.mark(reading, key, depth)
        rows.append(
            {"Method": methods[key].label, "Blocks randomized": str(depth)}
            | {"Explained class": class_sentences.labels(reading, depth)[0]}
            | {SIMILARITIES[m].label: score.value for m, score in found.items()}
            | {TEXT.classes.why: "; ".join(filter(None, (whys, mark)))}
        )
    return rows


def entropies(reading: Reading, methods: Mapping[str, Method]) -> Rows:
    """One row a method: entropy before and after in nats, the rise over the seeds, or why there is none."""
    rows: Rows = []
    for key in reading.methods:
        row = reading.entropy(key)
        low, high = words.percent(row.rise.low), words.percent(row.rise.high)
        spread = row.rise.why if row.rise.mean is None else f"{low} to {high}" if low != high else low
        rows.append(
            {
                "Method": methods[key].label + (" (control)" if methods[key].control else ""),
                "Original": row.original.mean,
                "Randomized": row.randomized.mean,
                "Rise": words.percent(row.rise.mean),
                "Over the seeds": spread,
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
            "Blocks randomized": depth,
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
