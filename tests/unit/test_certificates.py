"""Certificates: what marks a map, and which numbers a sentence may lean on."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from tests.unit.test_report_verify import report as a_run  # noqa: F401 (a fixture)
from xaicheck.reading.numbers import Reading
from xaicheck.types import Attribution, Certificate, Report

GOOD, BAD = Certificate("toy", 0.05, 0.05), Certificate("toy", 0.06, 0.05)


@pytest.mark.parametrize(
    ("certificate", "holds"),
    [
        (GOOD, True),  # at the bound
        (BAD, False),
        (Certificate("toy", 9.0), None),  # a number without a bound
        (Certificate("toy", None, 0.05, "nothing is due"), None),
        (Certificate("toy", math.inf, 0.05), False),
    ],
)
def test_a_map_is_marked_by_what_is_beyond_its_bound_and_by_nothing_else(
    certificate: Certificate, holds: bool | None
) -> None:
    assert certificate.holds is holds
    assert Attribution("m", 0, 0, None, certificates=(GOOD, certificate)).marked is (holds is False)
    assert not Attribution("m", 0, 0, np.zeros((2, 2), np.float32)).marked


def marked(report: Report, method: str, depth: int, certificate: Certificate = BAD) -> Report:
    """The report with that certificate at one of its maps."""
    there = {(method, depth)}
    changed = tuple(
        dataclasses.replace(a, certificates=(certificate,)) if (a.method, a.depth) in there else a
        for a in report.attributions
    )
    return dataclasses.replace(report, attributions=changed)


def test_a_mark_at_depth_0_spoils_every_depth_and_another_only_its_own(a_run: Report) -> None:  # noqa: F811
    def usable(report: Report) -> list[tuple[str, int]]:
        reading = Reading(report)
        return [(key, d) for key in reading.methods for d in report.depths if reading.usable(key, d)]

    everything = [("gradient", 0), ("gradient", 1), ("fresh_noise", 0), ("fresh_noise", 1)]
    assert usable(a_run) == usable(marked(a_run, "gradient", 0, GOOD)) == everything
    assert usable(marked(a_run, "gradient", 0)) == everything[2:]
    assert usable(marked(a_run, "gradient", 1)) == [everything[0], *everything[2:]]
    assert Reading(marked(a_run, "gradient", 1)).marked(1) == ("gradient",)
