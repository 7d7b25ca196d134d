"""A part of the gallery's ranking gap computed anew, beside the numbers in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xaicheck.engine import request, run
from xaicheck.errors import BadRequest
from xaicheck.experiments.ranking import store
from xaicheck.experiments.ranking.faith import Recipe, faith
from xaicheck.experiments.ranking.maps import stacked
from xaicheck.experiments.ranking.score import score
from xaicheck.experiments.ranking.setting import MODEL, PICTURES, VARIANTS
from xaicheck.models import gallery
from xaicheck.models.registry import load
from xaicheck.types import Comparison

METHODS = ("gradient", "guided_backprop", "sobel", "fresh_noise")  # quick ones


@dataclass(frozen=True, slots=True, eq=False)
class Fresh:
    """Stored and fresh numbers of one picture and seed, cut to the same methods and depths."""

    comparisons: tuple[Comparison, ...]
    methods: tuple[str, ...]
    depths: tuple[int, ...]
    similarity: tuple[np.ndarray, np.ndarray]  # stored, fresh: [comparison method depth]
    faithfulness: tuple[np.ndarray, np.ndarray]  # stored, fresh: [measure output method]; first fill, ranking

    def __str__(self) -> str:
        """The largest differences, in two sentences."""
        stored, fresh = self.similarity
        apart = np.abs(stored - fresh) / np.maximum(
            1, np.abs(fresh)
        )  # raw distances have no scale of their own
        where = np.unravel_index(np.nanargmax(apart), apart.shape)
        one = self.comparisons[where[0]]
        faithful = float(np.nanmax(np.abs(self.faithfulness[0] - self.faithfulness[1])))
        return (
            f"{stored.size} similarities of {', '.join(self.methods)} at depths "
            f"{', '.join(map(str, self.depths))}: largest difference {apart[where]:.5f} "
            f"({one.measure}, {one.normalisation}, {one.sign}, {self.methods[where[1]]}). "
            f"{self.faithfulness[0].size} faithfulness scores: largest difference {faithful:.5f}."
        )


def fresh(
    picture: str,
    seed: int,
    depths: Sequence[int],
    *,
    methods: Sequence[str] = METHODS,
    curves: Sequence[str] = METHODS,
    path: Path | None = None,
) -> Fresh:
    """The part of the gallery's file and of a fresh computation; faithfulness for the methods in `curves`."""
    data = store.load(path)
    if data is None:
        raise BadRequest("There is no file to compare with; run the command without --part first.")
    if picture not in PICTURES or seed not in data.seeds:
        known = f"{', '.join(PICTURES)}, and seeds {', '.join(map(str, data.seeds))}"
        raise BadRequest(f"The file has no picture {picture!r} with seed {seed}; it has {known}.")
    image, variant, scores = gallery.load(picture), VARIANTS[0], data.variants[0]
    report = run.run(
        request.request_for(
            image, model=MODEL, methods=methods, mode=variant.mode, law=variant.law,
            batchnorm=variant.batchnorm, seeds=(seed,), depths=depths, measures=("cosine",),
            band="off",
        ),
        image,
        device="cpu",
    )  # fmt: skip
    maps = stacked(report, seed)
    now = score(maps, report.depths, data.comparisons)
    place, own = data.seeds.index(seed), PICTURES.index(picture)
    rows = [data.methods.index(method) for method in maps]
    columns = [scores.depths.index(depth) for depth in now.depths]
    before = scores.similarity[:, rows][:, :, place, own][..., columns]

    network = load(MODEL, "cpu")
    fill, ranking = data.fills[0], data.rankings[0]
    recipe = Recipe(data.faithfulness_measures, (fill,), data.outputs, (ranking,), data.steps, data.region)
    faithful = faith(
        network, network.preprocess(image), {m: [maps[m][0]] for m in curves}, report.target.index, recipe,
        seeds=(seed,), image=image.sha256,
    )  # fmt: skip
    wanted = [data.methods.index(method) for method in curves]
    kept = data.faithfulness[:, 0, :, 0][:, :, wanted][..., place, own]
    return Fresh(
        data.comparisons,
        tuple(maps),
        now.depths,
        (before, now.similarity),
        (kept, faithful.scores[:, 0, :, 0, :, 0]),
    )
