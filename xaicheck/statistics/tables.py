"""Scores as statistics need them: method by seed by image, complete, every method on the same images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
    def dropped_note(self) -> str:
        """How many images were left out, in a sentence; empty where none was."""
        n = len(self.dropped)
        if n == 0:
            return ""
        what = "1 image was" if n == 1 else f"{n} images were"
        return f"{what} left out for all methods, because at least one method had no score there."

    def only(self, methods: Sequence[str]) -> ScoreTable:
        """The same table with these methods alone, in this order."""
        unknown = sorted(set(methods) - set(self.methods))
        if unknown:
            raise ValueError(f"There are no scores of {', '.join(unknown)}.")
        rows = [self.methods.index(method) for method in methods]
        return _replaced(self, tuple(methods), self.images, self.values[rows], self.dropped)


def score_table(
    scores: Mapping[str, Sequence[object]],
    images: Sequence[str],
    *,
    low_is_better: bool,
) -> ScoreTable:
    """The complete table of `scores[method]`, either [seed][image] or, without seeds, [image].

    None stands for a missing score: that image is left out for all methods, and the table says so.
    Not-a-number is refused: whoever computed the score knows why there is none, and says None.
    """
    if not scores:
        raise ValueError("There are no methods to compare.")
    if len(set(images)) != len(images):
        raise ValueError("Every image needs a name of its own.")
    given = [_rows(method, rows, len(images)) for method, rows in scores.items()]
    if len({(rows.values.shape, rows.seeded) for rows in given}) > 1:
        raise ValueError("Every method needs a score, or None, for the same seeds and images.")
    values = np.stack([rows.values for rows in given])
    missing = np.stack([rows.missing for rows in given])
    kept = ~missing.any((0, 1))
    if not kept.any():
        shares = missing.mean((1, 2))
        worst = tuple(scores)[int(shares.argmax())]
        raise ValueError(f"No image has a score from every method; {worst} lacks most of them.")
    names = np.array(images, dtype=object)
    return ScoreTable(
        tuple(scores),
        tuple(names[kept]),
        values[:, :, kept],
        low_is_better,
        given[0].seeded,
        tuple(names[~kept]),
    )


def paired(first: ScoreTable, second: ScoreTable) -> tuple[ScoreTable, ScoreTable]:
    """Both tables on the images that both have; the others are dropped from both, and named in both."""
    if first.methods != second.methods:
        raise ValueError("Both scores need the same methods in the same order.")
    shared = tuple(image for image in first.images if image in set(second.images))
    if not shared:
        raise ValueError("The two scores have no image in common.")
    every = dict.fromkeys((*first.images, *first.dropped, *second.images, *second.dropped))
    dropped = tuple(image for image in every if image not in set(shared))

    def cut(table: ScoreTable) -> ScoreTable:
        columns = [table.images.index(image) for image in shared]
        return _replaced(table, table.methods, shared, table.values[:, :, columns], dropped)

    return cut(first), cut(second)


class _Rows(NamedTuple):
    """What was given for one method."""

    values: np.ndarray  # float64 [seed image], 0 where there is no score
    missing: np.ndarray  # bool [seed image]
    seeded: bool


def _rows(method: str, rows: Sequence[object], n_images: int) -> _Rows:
    given = np.array(rows, dtype=object)
    seeded = given.ndim == 2
    given = given if seeded else given[None]
    if given.ndim != 2 or given.shape[1] != n_images or given.size == 0:
        raise ValueError(f"The scores of {method} are not one number for each of the {n_images} images.")
    missing = np.array([entry is None for entry in given.flat]).reshape(given.shape)
    try:
        values = np.where(missing, 0.0, given).astype(np.float64)
    except (TypeError, ValueError) as problem:  # ragged rows end here, as lists
        raise ValueError(f"A score of {method} is neither a number nor None.") from problem
    if not np.isfinite(values).all():
        raise ValueError(f"A score of {method} is not a finite number; say None where there is none.")
    return _Rows(values, missing, seeded)


def _replaced(
    table: ScoreTable,
    methods: tuple[str, ...],
    images: tuple[str, ...],
    values: np.ndarray,
    dropped: tuple[str, ...],
) -> ScoreTable:
    return ScoreTable(methods, images, values, table.low_is_better, table.seeded, dropped)
