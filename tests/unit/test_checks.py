"""The entries that tell what each check is: complete, and each at its own place in the program."""

import math

from xaicheck.randomization.checks import CHECKS
from xaicheck.randomization.weights import MODES


def test_the_orders_of_the_page_and_the_repairs_are_all_told_of():
    assert tuple(CHECKS) == ("cascade", "bottom_up", "independent", "smprt", "emprt", "csc")
    assert set(MODES) <= set(CHECKS)
    assert all(check.key == key for key, check in CHECKS.items())


def test_no_entry_leaves_out_its_formula_its_limits_or_its_loophole():
    for check in CHECKS.values():
        words = (check.label, check.summary, check.formula, check.source, check.good, check.undefined)
        assert all(len(text) > 10 for text in (*words, check.loophole)), check.key
        assert check.low < check.high and not math.isnan(check.high)
