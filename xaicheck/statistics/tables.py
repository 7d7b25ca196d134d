"""Scores as statistics need them: method by seed by image, complete, every method on the same images."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class ScoreTable:
    """Scores of some methods over seeds and images; every entry is a finite number."""

    methods: tuple[str, ...]
    images: tuple[str, ...]
    values: np.ndarray  # float64 [method seed image]
    low_is_better: bool  # True: similarity to the original in a randomization check
    seeded: bool = True  # False: the score has no seeds, the axis has length one
    dropped: tuple[str, ...] = ()  # images left out for all methods, because one had no score there

    @property
    def n_seeds(self) -> int:
        """Seeds; 0 where the score has none."""
        return self.values.shape[1] if self.seeded else 0

    @property
    def goodness(self) -> np.ndarray:
        """The mean score of each method, float64 [method], turned so that higher is better."""
        means = self.values.mean((1, 2))
        return -means if self.low_is_better else means

    @property
    def over_seeds(self) -> ScoreTable:
        """The table with its seeds averaged within each image: a score whose unit is the image."""
        return replace(self, values=self.values.mean(1, keepdims=True), seeded=False)

    @property
    def dropped_note(self) -> str:
        """How many images were left out, in a sentence; empty where none was."""
        n = len(self.dropped)
        if n == 0:
            return ""
        what = "1 picture was" if n == 1 else f"{n} pictures were"
        return f"{what} left out for all methods, because at least one method had no score there."


def paired(first: ScoreTable, second: ScoreTable) -> tuple[ScoreTable, ScoreTable]:
    """Both tables on the images that both have; the others are dropped from both, and named in both."""
    if first.methods != second.methods:
        raise ValueError("Both scores need the same methods in the same order.")
    shared = tuple(image for image in first.images if image in set(second.images))
    if not shared:
        raise ValueError("The two scores have no picture in common.")
    every = dict.fromkeys((*first.images, *first.dropped, *second.images, *second.dropped))
    dropped = tuple(image for image in every if image not in set(shared))

    def cut(table: ScoreTable) -> ScoreTable:
        columns = [table.images.index(image) for image in shared]
        return replace(table, images=shared, values=table.values[:, :, columns], dropped=dropped)

    return cut(first), cut(second)
