"""Random numbers by name: every draw has its own generator, the global ones are never touched."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

MOST_SEED = 2**31 - 1  # that a caller may choose


def derived(*parts: object) -> int:
    """A 63-bit seed that depends on all parts and on nothing else."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def generator(*parts: object) -> torch.Generator:
    """A CPU generator of its own for these parts: draw there, then move to the device."""
    import torch

    return torch.Generator().manual_seed(derived(*parts))


@dataclass(frozen=True, slots=True)
class Draws:
    """A stochastic method's random numbers, for a batch whose rows are depths of one picture."""

    parts: tuple[object, ...]  # seed, method, picture
    depths: tuple[int, ...]  # of the rows

    def shared(self) -> torch.Generator:
        """The generator for noise that the original and every randomized network see alike."""
        return generator("method", *self.parts)

    def row(self, row: int) -> torch.Generator:
        """A generator of its own for a row's depth."""
        return generator("method", *self.parts, "depth", self.depths[row])
