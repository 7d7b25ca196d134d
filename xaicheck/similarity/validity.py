"""Which maps can be compared at all, and what is said of those that cannot."""

from __future__ import annotations

EMPTY = "is empty"
NOT_FINITE = "has values that are not finite numbers"
ZERO = "is zero everywhere"
CONSTANT = "is constant"
ONE_MAGNITUDE = "has the same magnitude everywhere"

REASONS = ("", EMPTY, NOT_FINITE, ZERO, CONSTANT, ONE_MAGNITUDE)  # by code; 0: the map can be compared
CODES = {reason: code for code, reason in enumerate(REASONS)}


class NoNumber(Exception):
    """There is no number; the text says why: of one map alone it continues "the original map ..."."""


class OnlyOnCPU(NotImplementedError):
    """A measure needs something of the maps that is not worked out on a device."""
