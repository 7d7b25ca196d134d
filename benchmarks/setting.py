"""How much is measured, and on what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

# The settings of a check that only shows that it works.
SMALL_CHECK: Mapping[str, Any] = MappingProxyType(
    {"methods": ("gradient",), "depths": (1, 2), "batchnorm": "reset"}
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One run of the benchmarks."""

    device: str  # "cpu" or "cuda"
    quick: bool  # one small pass through everything: shows that it works, measures nothing

    @property
    def pixels(self) -> int | None:
        """The side of the picture; None: the network's own."""
        return 32 if self.quick else None

    @property
    def rounds(self) -> int:
        """How often the contenders take turns."""
        return 1 if self.quick else 3
