"""The entries that tell what each check is: complete, and each at its own place in the program."""

import math

from xaicheck.randomization.checks import checks
from xaicheck.randomization.modes import MODES

CHECKS = checks()


def test_the_orders_of_the_page_and_the_repairs_are_all_told_of():
    assert set(CHECKS) == {*MODES, "smprt", "emprt", "csc"}


def test_no_entry_leaves_out_its_formula_its_limits_or_its_loophole():
    for check in CHECKS.values():
        words = (check.label, check.summary, check.formula, check.source, check.good, check.undefined)
        assert all(len(text) > 10 for text in (*words, check.loophole)), check.key
        assert check.low < check.high and not math.isnan(check.high)
