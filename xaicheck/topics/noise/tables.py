"""The numbers behind the page on noise as rows of tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xaicheck.experiments.noise.contest import Standings
from xaicheck.experiments.noise.truths import MARGINALS, SCORINGS, TruthTable
from xaicheck.experiments.noise.zeros import SharedZeros
from xaicheck.methods import METHODS
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import Interval
from xaicheck.topics.noise.numbers import Mix
from xaicheck.topics.noise.words import fill_name, percent

Rows = list[dict[str, Any]]


def mix(view: Mix) -> Rows:
    """One row a share of noise."""
    label = SIMILARITIES[view.measure].label
    line = view.curve.predicted
    rows = []
    for i, share in enumerate(view.faithful_shares):
        row: dict[str, Any] = {"Noise": percent(share)}
        if view.curve.why:
            row[label] = view.curve.why
        else:
            row |= _interval(label, view.similarity[i])
            row["Closed form"] = None if line is None else float(line[i])
        for fill in view.faithfulness:
            row |= _interval(f"ABPC / SRG, {fill_name(fill)}", view.faithful(fill)[i])
        rows.append(row)
    return rows


def contest(standings: Standings) -> Rows:
    """One row a contestant."""
    rows = []
    for entry in standings.entries:
        row: dict[str, Any] = {"Map": METHODS[entry.method].label, "Control": METHODS[entry.method].control}
        for key, spread in entry.scores.items():
            label = SIMILARITIES[key].label
            row |= {label: spread.mean, f"{label} lowest": spread.low, f"{label} highest": spread.high}
        for fill, interval in entry.faithfulness.items():
            row |= _interval(f"ABPC / SRG, {fill_name(fill)}", interval)
        rows.append(row)
    return rows


def truths(table: TruthTable) -> Rows:
    """One row a spread of values."""
    rows = []
    for marginal, cells in table.cells.items():
        row: dict[str, Any] = {"Values": MARGINALS[marginal].label}
        for key, cell in cells.items():
            name = f"{SCORINGS[key].label} ({SCORINGS[key].detail})"
            row |= {name: cell.measured, f"{name} predicted": cell.predicted}
        rows.append(row)
    return rows


def zeros(curve: Sequence[SharedZeros]) -> Rows:
    """One row a share of common zeros."""
    return [
        {
            "Common zeros": percent(one.share),
            "Magnitudes, measured": one.magnitude,
            "Magnitudes, formula": one.predicted,
            "Signed, measured": one.signed,
        }
        for one in curve
    ]


def _interval(name: str, interval: Interval) -> dict[str, Any]:
    """The columns of a mean and of its interval."""
    return {name: interval.estimate, f"{name} from": interval.low, f"{name} to": interval.high}
