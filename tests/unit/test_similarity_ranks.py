"""Orders found by counting are those that a sort finds, at every corner of the number type."""

import numpy as np
import pytest

from xaicheck.similarity.ranks import ascending, order_statistics

ENDS = np.finfo(np.float32)
CORNERS = [-0.0, 0.0, ENDS.max, -ENDS.max, ENDS.tiny, -ENDS.tiny, ENDS.smallest_subnormal, 1, -1]
PLACES = (0, 3, 250, 499, 500, 501, 998, 999)


def drawn(name: str) -> np.ndarray:
    g = np.random.default_rng(61)
    values = g.standard_normal(1000).astype(np.float32)
    return {
        "normal": values,
        "rectified": values.clip(0, 1),
        "corners": np.where(np.arange(1000) % 2, values, g.choice(np.float32(CORNERS), 1000)),
        "infinite": np.where(values > 1, np.inf, np.where(values < -1, -np.inf, values)).astype(np.float32),
        "constant": np.full(1000, -2.5, np.float32),
        "close": np.float32(1) + g.integers(0, 9, 1000).astype(np.float32) * ENDS.eps,
        "negative": -np.exp(values * 9),
        "float64": g.standard_normal(1000) * 1e-300,
        "float16": values.astype(np.float16),
        "integers": g.integers(-(2**40), 2**40, 1000),
    }[name]


FLOATS = ("normal", "rectified", "corners", "infinite", "constant", "close", "negative")
NAMES = (*FLOATS, "float64", "float16", "integers")


@pytest.mark.parametrize("name", NAMES)
def test_order_statistics_are_those_of_a_sort(name):
    values = drawn(name)
    given = values.copy()
    assert np.array_equal(order_statistics(values, PLACES), np.sort(values)[list(PLACES)])
    assert np.array_equal(values, given)


@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_not_a_number_is_last_whatever_its_sign_bit(sign):
    values = drawn("normal")
    values[[5, 9]] = np.copysign(np.float32(np.nan), sign)
    assert np.array_equal(order_statistics(values, PLACES), np.sort(values)[list(PLACES)], equal_nan=True)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_is_a_permutation_that_ascends(name):
    values = drawn(name).reshape(40, 25)[:, 1:]  # not in one piece
    order = ascending(values)
    assert np.array_equal(np.sort(order), np.arange(values.size))
    assert np.array_equal(values.ravel()[order], np.sort(values, axis=None))
