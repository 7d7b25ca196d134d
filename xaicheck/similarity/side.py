"""One side of a comparison: a map, or on a device maps, and what the measures read of it alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

from xaicheck.similarity.arrays import NUMPY, TOP, WINDOW, Array, Arrays, Ends, Number
from xaicheck.similarity.validity import CODES, ONE_MAGNITUDE, REASONS, NoNumber


class Facts(NamedTuple):
    """The numbers of a map that a normalisation may use."""

    low: Number
    high: Number
    largest: Number  # of the magnitudes
    mean: Number
    rms: Number


class Windows(NamedTuple):
    """What is in each whole window of a map, [... H-6 W-6]."""

    mean: Array
    variance: Array  # sample variance


class Side:
    """A map, in units of two to the power of `exponent`; everything is worked out once, when it is read."""

    def __init__(self, values: Array, name: str = "", arrays: Arrays = NUMPY) -> None:
        self.name, self.arrays = name, arrays
        self.values = arrays.given(values)
        self.ends: Ends = arrays.ends(self.values)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one map."""
        return self.arrays.shape(self.values)

    @property
    def code(self) -> Number:
        """0, or the place in REASONS that says why the map cannot be compared."""
        return self.ends.code

    @property
    def exponent(self) -> Number:
        """The power of two whose multiple the scaled map is: largest magnitude in [0.5, 1)."""
        return self.ends.exponent

    def checked(self) -> Side:
        """The side itself; NoNumber where a map of numpy's cannot be compared."""
        if self.code:
            raise self.refusal(REASONS[self.code])
        return self

    def refusal(self, reason: object) -> NoNumber:
        """What to raise where the map has no number for a measure; with the map's name if it has one."""
        return NoNumber(f"the {self.name} map {reason}" if self.name else f"{reason}")

    @cached_property
    def magnitudes(self) -> Side:
        """The map without its signs."""
        side = Side(self.arrays.absolute(self.values), self.name, self.arrays)
        flat = (side.code > 0) * CODES[ONE_MAGNITUDE]
        side.ends = side.ends._replace(code=self.code + (self.code == 0) * flat)
        return side

    @property
    def scaled(self) -> Array:
        """The map in float64, divided by two to the power of `exponent`."""
        return self.arrays.times_two_to(self.arrays.exact(self.values), -self.exponent)

    @cached_property
    def _split(self) -> tuple[Number, Array]:
        """The scaled map's mean, and the rest; the second round removes the rounding of the first mean."""
        unit = self.scaled
        mean = self.arrays.mean(unit)
        rest = unit - mean
        rest -= self.arrays.mean(rest)
        return mean, rest

    @property
    def centred(self) -> Array:
        """The scaled map less its mean."""
        return self._split[1]

    @cached_property
    def power(self) -> Number:
        """The mean square of the centred map."""
        return self.arrays.mean_product(self.centred, self.centred)

    @cached_property
    def facts(self) -> Facts:
        """The numbers of the scaled map."""
        low, high = (self.arrays.times_two_to(end, -self.exponent) for end in self.ends[:2])
        mean, xp = self._split[0], self.arrays.xp
        return Facts(low, high, xp.maximum(-low, high), mean, xp.sqrt(self.power + mean * mean))

    @cached_property
    def ranks(self) -> Array:
        """Centred average ranks of the given values: scaled ones could tie where those do not."""
        return self.arrays.ranks(self.values)

    @cached_property
    def edges(self) -> Array:
        """Centred average ranks of the HOG vector."""
        return self._named(lambda: self.arrays.edges(self.scaled))

    @cached_property
    def _borders(self) -> tuple[Number, Number]:
        return self._named(lambda: self.arrays.borders(self.values))

    @cached_property
    def highest(self) -> Array:
        """Where the highest tenth of the values is; less of it where values tie at its border."""
        return self._some(self.values > self._borders[1])

    @cached_property
    def lowest(self) -> Array:
        """Where the lowest tenth is: the highest one of the map's negative."""
        return self._some(self.values < self._borders[0])

    def _some(self, chosen: Array) -> Array:
        if not chosen.any():
            raise self.refusal(f"has its extreme value at more than {TOP:.0%} of the pixels")
        return chosen

    def _named(self, make: Callable[[], Any]) -> Any:
        """What `make` gives; the reason of its NoNumber becomes that of this map."""
        try:
            return make()
        except NoNumber as reason:
            raise self.refusal(reason) from None

    @cached_property
    def windows(self) -> Windows:
        """Of the centred map; NoNumber where no window fits, ValueError unless it has two dimensions."""
        if len(self.shape) != 2:
            raise ValueError(f"The maps must have two dimensions, not {len(self.shape)}.")
        if min(self.shape) < WINDOW:
            raise self.refusal(f"is smaller than the window of {WINDOW} × {WINDOW} pixels")
        mean = self.arrays.window_mean(self.centred)
        square = self.arrays.window_mean(self.centred * self.centred)
        return Windows(mean, sample(square - mean * mean))


def sample(covariance: Array) -> Array:
    """The population covariance of a window as the sample covariance."""
    return covariance * (WINDOW**2 / (WINDOW**2 - 1))
