"""The numbers of a run's maps: each map against its original, and the entropies that eMPRT needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xaicheck.randomization.efficient_mprt import entropy
from xaicheck.similarity.against import is_direct, several
from xaicheck.similarity.comparisons import canonical
from xaicheck.types import Attribution, Comparison, Request, Score, ScoreRow

if TYPE_CHECKING:
    import numpy as np
    import torch

    from xaicheck.similarity.ondevice import Against

_NO_MAP = Score(None, "the map could not be computed")
_NO_ORIGINAL = Score(None, "the original map could not be computed")


class _Scorer:
    """Scores maps against one original, whose part of the work is done once."""

    def __init__(self, request: Request, original: np.ndarray) -> None:
        self.original = original
        wanted = [canonical(Comparison(m, request.normalisation, request.sign)) for m in request.measures]
        self.direct = [one.measure for one in wanted] if all(map(is_direct, wanted)) else None
        self.one = several(request.measures, original, normalisation=request.normalisation, sign=request.sign)
        self.there: Against | None = None

    def of_batch(self, maps: torch.Tensor) -> list[tuple[Score, ...]] | None:
        """The scores of maps [N H W] that lie on a device; None where a measure needs the CPU."""
        import torch

        from xaicheck.similarity.ondevice import Against, scores

        if self.direct is None:
            return None
        if self.there is None:
            self.there = Against(self.direct, torch.as_tensor(self.original, device=maps.device))
        return scores(self.there(maps))


class Scoring:
    """Takes maps in, the original of a method and seed before its others."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.scores: list[ScoreRow] = []
        self.entropies: list[ScoreRow] = []  # at depth 0 and the greatest depth
        self._scorers: dict[tuple[str, int], _Scorer] = {}

    def take(self, found: Attribution, scores: Sequence[Score] | None = None) -> None:
        """Nothing; scores the map by every measure of the request, or keeps the scores that are known."""
        request, values = self.request, found.values
        if found.depth == 0 and values is not None:
            self._scorers[found.method, found.seed] = _Scorer(request, values)
        scorer = self._scorers.get((found.method, found.seed))
        if values is None or scorer is None:
            scores = [_NO_MAP if values is None else _NO_ORIGINAL] * len(request.measures)
        elif scores is None:
            scores = scorer.one(values)
        self.scores += [
            ScoreRow(found.method, measure, found.depth, found.seed, score)
            for measure, score in zip(request.measures, scores, strict=True)
        ]
        if found.depth in (0, request.depths[-1]):
            known = _NO_MAP if values is None else entropy(values)
            self.entropies.append(ScoreRow(found.method, "entropy", found.depth, found.seed, known))

    def take_all(self, found: Sequence[Attribution], on_device: torch.Tensor | None = None) -> None:
        """Nothing; scores maps of one method and seed by every measure of the request.

        `on_device`: the values of `found`, float32 [N H W], where they still lie on a GPU: they are compared
        there, and only the numbers travel.
        """
        scorer = self._scorers.get((found[0].method, found[0].seed))
        known = None if on_device is None or scorer is None else scorer.of_batch(on_device)
        for i, one in enumerate(found):
            self.take(one, None if known is None else known[i])
