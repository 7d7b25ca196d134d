"""The faithfulness of one map: its curves, and what is concluded from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xaicheck.faithfulness.measures import FAITHFULNESS, Curve
from xaicheck.types import Score


@dataclass(frozen=True, slots=True, eq=False)
class Faithfulness:
    """One map under one fill and one output; no curves and a reason where there can be none."""

    map: str
    protocol: str  # "flipping" or "road"
    fill: str
    output: str
    ranking: str
    region: int  # pixels, side of the squares
    seed: int
    target: int
    curves: tuple[Curve, ...]
    why: str = ""  # why there are no curves

    def curve(self, order: str) -> Curve | None:
        """The curve of that order; None where it was not asked for or cannot be had."""
        return next((curve for curve in self.curves if curve.order == order), None)

    def score(self, measure: str) -> Score:
        """The number of that measure, or None and why. Errors: BadRequest for an unknown measure."""
        entry = FAITHFULNESS.chosen(measure)
        if self.why:
            return Score(None, self.why)
        curves = [curve for order in entry.orders if (curve := self.curve(order)) is not None]
        if entry.protocol != self.protocol or len(curves) < len(entry.orders):
            return Score(None, "the curves for it were not asked for")
        if not all(np.isfinite(curve.values).all() for curve in curves):
            return Score(None, "the network's answer is not a finite number")
        return Score(entry.fn(*curves))

    @property
    def scores(self) -> Mapping[str, Score]:
        """The numbers of every measure of this protocol."""
        return {key: self.score(key) for key, m in FAITHFULNESS.items() if m.protocol == self.protocol}
