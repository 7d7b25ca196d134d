"""What `verify` prints: numbers as everywhere else."""

from __future__ import annotations

import pytest

from tests.report_cases import CASES
from xaicheck.cli import verify_text
from xaicheck.report.compare import Difference
from xaicheck.report.verify import Outcome


@pytest.mark.parametrize(
    ("seconds", "largest", "said", "apart"),
    [(1.54, 2e-5, "1.5 s", "2.0·10⁻⁵"), (0.004, 0.0123456, "0.004 s", "0.0123"), (12.0, 1.0, "12.0 s", "1")],
)
def test_seconds_and_differences_are_written_as_all_other_numbers(
    seconds: float, largest: float, said: str, apart: str
) -> None:
    scores = Difference("scores", 8, 7, largest, "lrp", 1e-3)
    same = Difference("maps", 0, 0)
    request = CASES["usual"]().request
    outcome = Outcome(request, "cat", (), (), (), (scores,), same, None, seconds)
    lines = list(verify_text.lines(outcome, "a"))
    assert lines[-1].endswith(f"(computed again in {said})")
    (line,) = (line for line in lines if "largest" in line)
    more = ", more than rounding (0.001)" if largest > 1e-3 else ""
    assert line.endswith(f"largest difference {apart}{more}: lrp")
