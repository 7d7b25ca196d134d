"""How much is measured, and on what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One run of the benchmarks."""

    device: str  # "cpu" or "cuda"
    quick: bool  # one small pass through everything: shows that it works, measures nothing

    @property
    def rounds(self) -> int:
        """How often the contenders take turns."""
        return 1 if self.quick else 3
