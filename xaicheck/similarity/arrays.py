"""What numpy and torch write differently, behind one face: what `Side` and `Pair` are made of.

Everything is in float64 and scaled by a power of two, so that 1e300 does not overflow, 1e-40 does not vanish
and nothing is rounded on the way. Numpy takes one map of any shape and sums give a number; torch
(`ondevice`) takes maps [N H W] and sums give [N 1 1], so one text of arithmetic serves both.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from xaicheck.similarity.hog import hog
from xaicheck.similarity.ranks import average_ranks, order_statistics
from xaicheck.similarity.validity import CODES, CONSTANT, EMPTY, NOT_FINITE, ZERO, NoNumber, OnlyOnCPU

TOP = 0.1  # share of the pixels that count as the strongest
WINDOW = 7  # pixels, height = width of the uniform window

Array = Any  # numpy or torch
Number = Any  # a float, or on a device float64 [N 1 1]


class Ends(NamedTuple):
    """The smallest and largest value of a map, and whether it can be compared."""

    low: Number
    high: Number
    exponent: Any  # largest magnitude = m · 2 ** exponent with m in [0.5, 1); a whole number
    code: Any  # of validity.REASONS


class Arrays:
    """The face, and what is the same for both; what a library has no form of raises OnlyOnCPU."""

    xp: Any  # numpy or torch: what they write alike

    def given(self, values: Array) -> Array:
        """The values in one order of summation for one content."""
        raise NotImplementedError

    def shape(self, values: Array) -> tuple[int, ...]:
        """The shape of one map."""
        raise NotImplementedError

    def ends(self, values: Array) -> Ends:
        """Both ends of the values, and whether the map is empty, not finite, zero or constant."""
        raise NotImplementedError

    def exact(self, values: Array) -> Array:
        """The values in float64."""
        raise NotImplementedError

    def absolute(self, values: Array) -> Array:
        """The magnitudes."""
        raise NotImplementedError

    def times_two_to(self, values: Array, exponent: Any) -> Array:
        """The values times a power of two, which rounds nothing that stays a normal number."""
        raise NotImplementedError

    def in_units(self, value: Number, exponent: Any) -> Number:
        """The value times a power of two; NoNumber where that is too large or too small."""
        raise NotImplementedError

    def mean(self, values: Array) -> Number:
        """The mean over a map."""
        raise NotImplementedError

    def total(self, a: Array, b: Array) -> Number:
        """The sum of the products over two maps."""
        raise NotImplementedError

    def ranks(self, values: Array) -> Array:
        """Centred average ranks in float64."""
        raise NotImplementedError

    def window_mean(self, values: Array) -> Array:
        """The mean of each window that lies wholly in the map, [... H-6 W-6]."""
        raise NotImplementedError

    def edges(self, values: Array) -> Array:
        """Centred average ranks of the HOG vector; NoNumber: there is none."""
        raise OnlyOnCPU("There is no HOG on a device.")

    def borders(self, values: Array) -> tuple[Number, Number]:
        """The values below which the lowest and above which the highest tenth lies; NoNumber: too few."""
        raise OnlyOnCPU("There are no strongest pixels on a device.")

    def mean_product(self, a: Array, b: Array) -> Number:
        """The mean of the products over two maps."""
        return self.total(a, b) / math.prod(self.shape(a))

    def correlation(self, a: Array, b: Array) -> Number:
        """The cosine of two maps as vectors; exactly 1 for equal ones, because sqrt(x x) is x."""
        return self.total(a, b) / self.xp.sqrt(self.total(a, a) * self.total(b, b))


class Numpy(Arrays):
    """One map of any shape."""

    xp = np

    def given(self, values: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(values)

    def shape(self, values: np.ndarray) -> tuple[int, ...]:
        return values.shape

    def ends(self, values: np.ndarray) -> Ends:
        if values.size == 0:
            return Ends(0.0, 0.0, 0, CODES[EMPTY])
        low, high = float(values.min()), float(values.max())
        if not (math.isfinite(low) and math.isfinite(high)):
            return Ends(low, high, 0, CODES[NOT_FINITE])
        largest = max(-low, high)
        exponent = math.frexp(largest)[1]
        # A constant map that went through an interpolation differs from itself in the last bits.
        rounding = 4 * float(np.finfo(values.dtype).eps) if values.dtype.kind == "f" else 0.0
        bottom, top = math.ldexp(low, -exponent), math.ldexp(high, -exponent)
        constant = top - bottom <= rounding * max(-bottom, top)
        return Ends(low, high, exponent, CODES[ZERO if largest == 0 else CONSTANT if constant else ""])

    def exact(self, values: np.ndarray) -> np.ndarray:
        return values.astype(np.float64)

    def absolute(self, values: np.ndarray) -> np.ndarray:
        # The smallest integer of a type has no negative there.
        return np.abs(values.astype(np.promote_types(values.dtype, np.float16), copy=False))

    def times_two_to(self, values: Any, exponent: int) -> Any:
        return np.ldexp(values, exponent)

    def in_units(self, value: float, exponent: int) -> float:
        with np.errstate(over="ignore", under="ignore"):
            shown = float(np.ldexp(value, exponent))
        if math.isinf(shown) or (shown == 0) != (value == 0):
            raise NoNumber("the distance of the raw maps is too large or too small for a number")
        return shown

    def mean(self, values: np.ndarray) -> Any:
        return values.mean()

    def total(self, a: np.ndarray, b: np.ndarray) -> Any:
        return np.einsum("i,i", a.ravel(), b.ravel())

    def ranks(self, values: np.ndarray) -> np.ndarray:
        return average_ranks(values)

    def window_mean(self, values: np.ndarray) -> np.ndarray:
        from scipy.ndimage import uniform_filter

        edge = WINDOW // 2
        return uniform_filter(values, WINDOW)[edge:-edge, edge:-edge]

    def edges(self, values: np.ndarray) -> np.ndarray:
        vector = hog(values)
        if vector.min() == vector.max():
            raise NoNumber("has no edges")
        return average_ranks(vector)

    def borders(self, values: np.ndarray) -> tuple[Any, Any]:
        count = max(1, round(TOP * values.size))
        if values.size <= count:
            raise NoNumber("has too few pixels")
        low, high = order_statistics(values.ravel(), (count, values.size - 1 - count))
        return low, high


NUMPY = Numpy()
