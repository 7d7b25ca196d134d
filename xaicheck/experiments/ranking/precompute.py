"""The gallery's ranking gap, computed again: maps, scores, faithfulness, and the file that comes with it all.

Everything is kept in a work folder, a file a picture and step, and done once: the work can be ended and taken
up at any time, and what has maps can be scored while another process still computes maps.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from xaicheck.engine import request as engine_request, run
from xaicheck.errors import XaicheckError
from xaicheck.experiments import command
from xaicheck.experiments.ranking import maps, store
from xaicheck.experiments.ranking.assemble import Part, assemble, has_null
from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.ranking.faith import PictureFaith, faith
from xaicheck.experiments.ranking.request import RankingRequest, request_for
from xaicheck.experiments.ranking.score import Gone, PictureScores, null, score
from xaicheck.experiments.ranking.setting import MODEL, PICTURES, SEEDS, VARIANTS, Variant
from xaicheck.experiments.ranking.snr import snr
from xaicheck.models import samples
from xaicheck.models.registry import load
from xaicheck.storage.archive import as_npz, whole
from xaicheck.types import Network, Target

Arrays = dict[str, np.ndarray]
Facts = dict[str, Any]  # JSON-ready


def gallery_request(variants: Sequence[Variant] = VARIANTS) -> RankingRequest:
    """What the gallery's file is computed for."""
    images = [samples.load(key) for key in PICTURES]
    return request_for(images, model=MODEL, variants=variants, seeds=SEEDS)


class Gallery:
    """A work folder: what is there is read, what is not is computed and kept."""

    def __init__(self, folder: Path, variants: Sequence[Variant] = VARIANTS) -> None:
        self.folder, self.variants, self.request = folder, variants, gallery_request(variants)
        facts = (self.request.comparisons, self.request.recipe, self.request.methods)
        self.tag = hashlib.sha256(repr(facts).encode()).hexdigest()[:8]  # parts of other settings are others

    @cached_property
    def network(self) -> Network:
        """The trained network, this process's own."""
        return load(MODEL, "cpu")

    def compute(self) -> None:
        """Does every step whose maps are there and whose result is not."""
        for variant in self.variants:
            for picture in PICTURES:
                there = [seed for seed in SEEDS if self._path(variant, picture, seed).exists()]
                for seed in there:
                    self.scores(variant, picture, seed)
                if has_null(variant):
                    for first, second in combinations(there, 2):
                        self.null(variant, picture, first, second)
                if variant == self.variants[0] and len(there) == len(SEEDS):
                    self.faith(picture)

    def scores(self, variant: Variant, picture: str, seed: int) -> PictureScores:
        """The scores of one picture under one random network."""

        def compute() -> tuple[Arrays, Facts]:
            depths, stacks = self._maps(variant, picture, seed)
            own = score(stacks, depths, self.request.comparisons)
            return {"similarity": own.similarity, "rise": own.entropy_rise}, {
                "depths": own.depths,
                "gone": [astuple(gone) for gone in own.gone],
            }

        arrays, facts = self._kept(f"scores-{variant.key}-{picture}-{seed}", compute)
        gone = tuple(Gone(*entry) for entry in facts["gone"])
        return PictureScores(tuple(facts["depths"]), arrays["similarity"], arrays["rise"], gone)

    def null(self, variant: Variant, picture: str, first: int, second: int) -> np.ndarray:
        """How alike the maps of two random networks are, [comparison method]."""

        def compute() -> tuple[Arrays, Facts]:
            pair = [self._maps(variant, picture, seed)[1] for seed in (first, second)]
            a, b = ({method: stack[-1] for method, stack in stacks.items()} for stacks in pair)
            return {"null": null(a, b, self.request.comparisons)}, {}

        return self._kept(f"null-{variant.key}-{picture}-{first}-{second}", compute)[0]["null"]

    def faith(self, picture: str) -> tuple[Target, PictureFaith, np.ndarray]:
        """The explained class, the faithfulness of the original maps, and their signal-to-noise ratios."""
        image, request = samples.load(picture), self.request

        def compute() -> tuple[Arrays, Facts]:
            short = engine_request.request_for(
                image, model=MODEL, methods=("sobel",), depths=(1,), measures=("cosine",)
            )
            target = run.run(short, image, device="cpu").target
            loaded = [self._maps(self.variants[0], picture, seed)[1] for seed in SEEDS]
            originals = {method: [stacks[method][0] for stacks in loaded] for method in request.methods}
            x = self.network.preprocess(image)
            faithful = faith(
                self.network, x, originals, target.index, request.recipe, seeds=SEEDS, image=image.sha256
            )
            ratios = snr(self.network, x, target.index, request.choices, seed=SEEDS[0], image=image.sha256)
            return {"faith": faithful.scores, "snr": ratios}, {
                "target": asdict(target),
                "gone": faithful.gone,
            }

        arrays, facts = self._kept(f"faith-{picture}", compute)
        gone = tuple((method, seed, why) for method, seed, why in facts["gone"])
        return Target(**facts["target"]), PictureFaith(arrays["faith"], gone), arrays["snr"]

    def whole(self) -> RankingData:
        """All parts in one."""
        parts = []
        for picture in PICTURES:
            scores = {(v.key, s): self.scores(v, picture, s) for v in self.variants for s in SEEDS}
            nulls = {
                (v.key, a, b): self.null(v, picture, a, b)
                for v in self.variants
                if has_null(v)
                for a, b in combinations(SEEDS, 2)
            }
            target, faithful, ratios = self.faith(picture)
            parts.append(Part(samples.SAMPLES[picture].label, target, scores, nulls, faithful, ratios))
        return assemble(self.request, parts, versions=run.depends_on(self.network), seconds=self._seconds())

    def lacking(self) -> int:
        """How many files of maps are not there yet."""
        wanted = [self._path(v, p, s) for v in self.variants for p in PICTURES for s in SEEDS]
        return sum(not path.exists() for path in wanted)

    def _path(self, variant: Variant, picture: str, seed: int) -> Path:
        return maps.path_of(self.folder, variant, picture, seed)

    def _maps(self, variant: Variant, picture: str, seed: int) -> tuple[tuple[int, ...], Arrays]:
        depths, stacks = maps.load(self._path(variant, picture, seed))
        return depths, {method: stacks[method] for method in self.request.methods}

    def _kept(self, name: str, compute: Callable[[], tuple[Arrays, Facts]]) -> tuple[Arrays, Facts]:
        """The arrays and facts of that name: read, or computed, with the seconds it took, and written."""
        path = self.folder / "parts" / f"{name}-{self.tag}.npz"
        if not path.exists():
            begin = time.perf_counter()
            arrays, facts = compute()
            facts["seconds"] = time.perf_counter() - begin
            print(f"{name}: {facts['seconds']:.1f} s", flush=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            data = as_npz({"facts": np.array(json.dumps(facts)), **arrays})
            whole(path, lambda file: file.write(data))
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files if key != "facts"}
            return arrays, json.loads(str(file["facts"]))

    def _seconds(self) -> float:
        """What all parts took, without the maps themselves where their time was not kept."""
        total = 0.0
        for path in sorted((self.folder / "parts").glob(f"*-{self.tag}.npz")):
            with np.load(path, allow_pickle=False) as file:
                total += json.loads(str(file["facts"]))["seconds"]
        for variant in self.variants:
            for picture in PICTURES:
                for seed in SEEDS:
                    total += maps.seconds(self._path(variant, picture, seed))
        return total


def main(arguments: list[str] | None = None) -> None:
    """Writes the gallery's file, or compares a part of it with a fresh computation."""
    parser = command.parser("xaicheck.experiments.ranking", __doc__, store.FILE)
    parser.add_argument(
        "--work", type=Path, default=maps.FOLDER, help="folder of maps and parts (%(default)s)"
    )
    parser.add_argument(
        "--no-maps", action="store_true", help="compute no maps: score those that are there, then end"
    )
    parser.add_argument(
        "--variants", type=int, default=len(VARIANTS), help="only the first so many ways to randomize"
    )
    parser.add_argument(
        "--part",
        nargs=2,
        metavar=("PICTURE", "SEED"),
        help="compute a part anew and compare it with the file",
    )
    parser.add_argument("--depths", type=int, nargs="+", default=[1, 9], help="of the part (%(default)s)")
    given = parser.parse_args(arguments)
    if given.part:
        from xaicheck.experiments.ranking.part import fresh

        try:
            print(fresh(given.part[0], int(given.part[1]), given.depths, path=given.out))
        except XaicheckError as problem:
            raise SystemExit(str(problem)) from None
        return
    if not given.no_maps:
        maps.compute(given.work)
    work = Gallery(given.work, VARIANTS[: given.variants])
    work.compute()
    lacking = work.lacking()
    if lacking:
        print(f"{lacking} files of maps are not there yet: run this again without --no-maps.")
        return
    command.written(given.out, store.save(work.whole(), given.out), store.MAX_BYTES)
