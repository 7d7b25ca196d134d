"""The numbers of a run's maps: each map against its original, and the entropies that eMPRT needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from xaicheck.randomization.efficient_mprt import entropy
from xaicheck.similarity.comparisons import compare
from xaicheck.similarity.validity import OnlyOnCPU
from xaicheck.types import Attribution, Comparison, Request, Score, ScoreRow

if TYPE_CHECKING:
    import numpy as np
    import torch

    from xaicheck.similarity.ondevice import Pending

NO_MAP = Score(None, "the map could not be computed")
_NO_ORIGINAL = Score(None, "the original map could not be computed")
_NO_FIRST = Score(None, "the map of the explained class could not be computed")
_SAME_CLASS = Score(None, "both classes are the same")


def wanted(request: Request) -> list[Comparison]:
    """What the scores of a request are: each of its measures, with its normalisation and sign."""
    return [Comparison(measure, request.normalisation, request.sign) for measure in request.measures]


class _Scorer:
    """Scores maps against one original, whose part of the work is done once."""

    def __init__(self, request: Request, original: np.ndarray) -> None:
        self.original = original
        self.wanted = wanted(request)
        self.one = compare(original, self.wanted)
        self._there: Callable[[torch.Tensor], Pending] | None = None
        self._needs_cpu = False

    def of_batch(self, maps: torch.Tensor) -> list[tuple[Score, ...]] | None:
        """The scores of maps [N H W] that lie on a device; None where a measure needs the CPU."""
        import torch

        from xaicheck.similarity import ondevice

        if self._needs_cpu:
            return None
        if self._there is None:
            original = torch.tensor(self.original, device=maps.device)  # a copy: a map may not be written to
            self._there = ondevice.compare(original, self.wanted)
        try:
            return self._there(maps).scores()
        except OnlyOnCPU:
            self._needs_cpu = True
            return None


class Scoring:
    """Takes maps in, the original of a method and seed before its others."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.scores: list[ScoreRow] = []
        self.entropies: list[ScoreRow] = []  # at depth 0 and the greatest depth
        self.class_scores: list[ScoreRow] = []
        self._scorers: dict[tuple[str, int], _Scorer] = {}

    def take(self, attribution: Attribution, scores: Sequence[Score] | None = None) -> None:
        """Adds the map's scores by every measure of the request; `scores`: those that are known already."""
        request, values = self.request, attribution.values
        method, depth, seed = attribution.method, attribution.depth, attribution.seed
        if depth == 0 and values is not None:
            self._scorers[method, seed] = _Scorer(request, values)
        scorer = self._scorers.get((method, seed))
        if values is None or scorer is None:
            scores = [NO_MAP if values is None else _NO_ORIGINAL] * len(request.measures)
        elif scores is None:
            scores = scorer.one(values)
        self.scores += [
            ScoreRow(method, measure, depth, seed, score)
            for measure, score in zip(request.measures, scores, strict=True)
        ]
        if depth in (0, request.depths[-1]):
            of_map = NO_MAP if values is None else entropy(values)
            self.entropies.append(ScoreRow(method, "entropy", depth, seed, of_map))

    def take_class(self, first: Attribution, second: Attribution, *, same: bool = False) -> None:
        """Adds how alike the maps of two classes are, by every measure of the request: the random-logit test.

        `same`: both are of one class, which has no number.

        Formula: s(e(x, y), e(x, y')), for each measure s of the request, with its normalisation and sign.
        Source: Sixt, Granz & Landgraf, "When Explanations Lie: Why Many Modified BP Attributions Fail", ICML
            2020, section 5; as RandomLogit in Quantus.
        Differs: y' is chosen, not drawn; both maps of a method that draws random numbers get the same ones.
        """
        request = self.request
        if same or second.values is None or first.values is None:
            why = _SAME_CLASS if same else NO_MAP if second.values is None else _NO_FIRST
            scores: Sequence[Score] = (why,) * len(request.measures)
        else:
            scores = compare(first.values, wanted(request), ("first", "second"))(second.values)
        self._class_rows(second.method, second.depth, scores)

    def same_class(self) -> None:
        """Says of every method that there are no two classes to compare."""
        for choice in self.request.methods:
            self._class_rows(choice.key, 0, (_SAME_CLASS,) * len(self.request.measures))

    def _class_rows(self, method: str, depth: int, scores: Sequence[Score]) -> None:
        seed = self.request.seeds[0]
        self.class_scores += [
            ScoreRow(method, measure, depth, seed, score)
            for measure, score in zip(self.request.measures, scores, strict=True)
        ]

    def take_all(self, maps: Sequence[Attribution], on_device: torch.Tensor | None = None) -> None:
        """Adds the scores of maps of one method and seed by every measure of the request.

        `on_device`: the values of `maps`, float32 [N H W], where they still lie on a GPU: they are compared
        there, and only the numbers travel.
        """
        scorer = self._scorers.get((maps[0].method, maps[0].seed))
        known = None if on_device is None or scorer is None else scorer.of_batch(on_device)
        for i, one in enumerate(maps):
            self.take(one, None if known is None else known[i])
