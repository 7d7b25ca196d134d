"""The numbers of cosine similarity convergence as a chart and as rows."""

from __future__ import annotations

from typing import Any

from xaicheck.engine.convergence_run import ConvergenceReport
from xaicheck.methods import METHODS
from xaicheck.reading.charts import Axis, Chart, Places, Series
from xaicheck.reading.line_styles import CONTROL, LineStyle, styles_of
from xaicheck.topics.check.convergence_words import CSC, alt, finding


def chart(report: ConvergenceReport, *, signed: bool) -> Chart:
    """The median of the cosines block by block, a line a rule, the middle half of them as a band.

    `signed`: as they are; else their magnitudes, with those of unrelated directions as a line of its own.
    """
    styles = styles_of([METHODS[profile.method] for profile in report.profiles])
    series = []
    for profile in report.profiles:
        ends = [(at.middle if signed else at.middle_absolute) or (None, None) for at in profile.blocks]
        series.append(
            Series(
                METHODS[profile.method].label,
                styles[profile.method],
                tuple(at.median if signed else at.absolute for at in profile.blocks),
                tuple(low for low, _ in ends),
                tuple(high for _, high in ends),
            )
        )
    if not signed:
        unrelated = tuple(at.baseline for at in report.profiles[0].blocks)
        series.append(Series(CSC.unrelated, LineStyle(CONTROL, "dot", "circle-open"), unrelated))
    return Chart(
        "convergence-signed" if signed else "convergence",
        finding(report),
        alt(report, signed=signed),
        Places(CSC.axis, report.request.blocks),
        Axis(CSC.signed.axis) if signed else Axis(CSC.magnitude.axis, "amount"),
        tuple(series),
    )


def rows(report: ConvergenceReport) -> list[dict[str, Any]]:
    """One row a rule and block; an empty cell where there is no number, and the reason beside it."""
    table = []
    for profile in report.profiles:
        for block, at in zip(report.request.blocks, profile.blocks, strict=True):
            low, high = at.middle or (None, None)
            near, far = at.middle_absolute or (None, None)
            table.append(
                {
                    "method": METHODS[profile.method].label,
                    "block": block,
                    "median |cosine|": at.absolute,
                    "quarter below": near,
                    "quarter above": far,
                    "unrelated |cosine|": at.baseline,
                    "median cosine": at.median,
                    "mean cosine": at.mean,
                    "signed, quarter below": low,
                    "signed, quarter above": high,
                    "channels": at.channels,
                    "left out": at.empty,
                    "why": at.why,
                }
            )
    return table
