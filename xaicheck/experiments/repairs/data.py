"""What the repair bench is computed from: scores of real methods and exploits under every repair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaicheck.experiments.ranking.data import NetworkScores


@dataclass(frozen=True, slots=True, eq=False)
class RepairScores:
    """The scores of one repair that gives every map a score, in the repair's own direction."""

    repair: str  # key of REPAIRS
    depths: tuple[int, ...]  # randomized ones
    seeds: tuple[int, ...]
    scores: np.ndarray  # float32 [row seed picture depth]; NaN where there is none


@dataclass(frozen=True, slots=True)
class NoScore:
    """Why there is no score, of a row and a repair that lack one somewhere: the first reason."""

    row: str
    repair: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class RepairData:
    """Everything that the matrix of repairs and exploits is made of; its file has this order."""

    model: str
    pictures: tuple[str, ...]  # keys of the gallery
    real: tuple[str, ...]  # keys of METHODS
    exploits: tuple[str, ...]  # keys of EXPLOITS
    copies: int  # of a picture, in sMPRT
    scores: tuple[RepairScores, ...]
    networks: NetworkScores  # of all rows: what gate and memory read
    missing: tuple[NoScore, ...]
    versions: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> tuple[str, ...]:
        """The names of rows in every array: real methods, then exploits."""
        return (*self.real, *self.exploits)
