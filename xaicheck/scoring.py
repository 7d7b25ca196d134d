"""The numbers of a run's maps: each map against its original, and the entropies that eMPRT needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from xaicheck.complexity import entropy
from xaicheck.similarity import several
from xaicheck.types import Attribution, Request, Score, ScoreRow

if TYPE_CHECKING:
    import numpy as np

_NO_MAP = Score(None, "the map could not be computed")
_NO_ORIGINAL = Score(None, "the original map could not be computed")


class Scoring:
    """Takes maps in, the original of a method and seed before its others."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.scores: list[ScoreRow] = []
        self.entropies: list[ScoreRow] = []  # at depth 0 and the greatest depth
        self._scorers: dict[tuple[str, int], Callable[[np.ndarray], tuple[Score, ...]]] = {}

    def take(self, found: Attribution) -> None:
        """Nothing; scores the map by every measure of the request."""
        request, values = self.request, found.values
        if found.depth == 0 and values is not None:
            self._scorers[found.method, found.seed] = several(
                request.measures, values, normalisation=request.normalisation, sign=request.sign
            )
        scores: Sequence[Score] = [_NO_MAP if values is None else _NO_ORIGINAL] * len(request.measures)
        scorer = self._scorers.get((found.method, found.seed))
        if values is not None and scorer is not None:
            scores = scorer(values)
        self.scores += [
            ScoreRow(found.method, measure, found.depth, found.seed, score)
            for measure, score in zip(request.measures, scores, strict=True)
        ]
        if found.depth in (0, request.depths[-1]):
            known = _NO_MAP if values is None else entropy(values)
            self.entropies.append(ScoreRow(found.method, "entropy", found.depth, found.seed, known))
