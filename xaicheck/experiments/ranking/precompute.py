"""The gallery's ranking gap, computed again: maps, scores, faithfulness, and the file that comes with it all.

Everything is kept in a work folder, a file a picture and step, and done once: the work can be ended and taken
up at any time, and what has maps can be scored while another process still computes maps.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from xaicheck.engine import request as engine_request, run
from xaicheck.errors import XaicheckError
from xaicheck.experiments import command
from xaicheck.experiments.ranking import maps, store
from xaicheck.experiments.ranking.assemble import Part, assemble, compared_networks
from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.ranking.faith import PictureFaith, faith
from xaicheck.experiments.ranking.networks import PictureNetworks
from xaicheck.experiments.ranking.request import RankingRequest, request_for
from xaicheck.experiments.ranking.score import Gone, PictureScores, score
from xaicheck.experiments.ranking.setting import MODEL, PICTURES, SEEDS, VARIANTS, Variant
from xaicheck.experiments.ranking.snr import snr
from xaicheck.models import gallery
from xaicheck.models.registry import load
from xaicheck.storage.archive import as_npz, whole
from xaicheck.types import Network, Target

Arrays = dict[str, np.ndarray]
Facts = dict[str, Any]  # JSON-ready


def gallery_request(
    variants: Sequence[Variant] = VARIANTS, pictures: Sequence[str] = PICTURES
) -> RankingRequest:
    """What the gallery's file is computed for."""
    images = [gallery.load(key) for key in pictures]
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

    def compute(self, share: tuple[int, int] = (1, 1)) -> None:
        """Does every step whose maps are there and whose result is not; `share` as in `maps.compute`."""
        for picture in PICTURES[share[0] - 1 :: share[1]]:
            for variant in self.variants:
                seeds = self.request.seeds_of(variant)
                there = [seed for seed in seeds if self._path(variant, picture, seed).exists()]
                for seed in there:
                    self.scores(variant, picture, seed)
                if variant == self.variants[0] and len(there) == len(seeds):
                    self.faith(picture)
                    self.networks(picture)

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

    def networks(self, picture: str) -> tuple[PictureNetworks, ...]:
        """How alike the maps of all networks of one picture are."""
        names = [field.name for field in fields(PictureNetworks)]

        def compute() -> tuple[Arrays, Facts]:
            loaded = [self._maps(self.variants[0], picture, seed) for seed in SEEDS]
            made = compared_networks(self.request, loaded[0][0], [stacks for _, stacks in loaded])
            return {f"{name}{i}": getattr(one, name) for i, one in enumerate(made) for name in names}, {
                "parts": len(made)
            }

        arrays, facts = self._kept(f"networks-{picture}", compute)
        return tuple(
            PictureNetworks(**{name: arrays[f"{name}{i}"] for name in names}) for i in range(facts["parts"])
        )

    def faith(self, picture: str) -> tuple[Target, PictureFaith, np.ndarray]:
        """The explained class, the faithfulness of the original maps, and their signal-to-noise ratios."""
        image, request = gallery.load(picture), self.request

        def compute() -> tuple[Arrays, Facts]:
            short = engine_request.request_for(
                image, model=MODEL, methods=("sobel",), depths=(1,), measures=("cosine",), band="off"
            )
            target = run.run(short, image, device="cpu").target
            seeds = request.faith_seeds
            loaded = [self._maps(self.variants[0], picture, seed)[1] for seed in seeds]
            originals = {method: [stacks[method][0] for stacks in loaded] for method in request.methods}
            x = self.network.preprocess(image)
            faithful = faith(
                self.network, x, originals, target.index, request.recipe, seeds=seeds, image=image.sha256
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
            paths = [self._path(v, picture, s) for v, s in self._runs() if v == self.variants[0]]
            target, faithful, ratios = self.faith(picture)
            parts.append(
                Part(
                    gallery.label(picture),
                    target,
                    {(v.key, s): self.scores(v, picture, s) for v, s in self._runs()},
                    self.networks(picture),
                    faithful,
                    ratios,
                    [one for path in paths for one in maps.certificates(path)],
                )
            )
        return assemble(self.request, parts, versions=run.depends_on(self.network), seconds=self._seconds())

    def lacking(self) -> int:
        """How many files of maps are not there yet."""
        return sum(not self._path(v, p, s).exists() for p in PICTURES for v, s in self._runs())

    def _runs(self) -> list[tuple[Variant, int]]:
        """Every way to randomize with each of its seeds."""
        return [(v, s) for v in self.variants for s in self.request.seeds_of(v)]

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
        return total + sum(maps.seconds(self._path(v, p, s)) for p in PICTURES for v, s in self._runs())


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
        "--share",
        type=int,
        nargs=2,
        metavar=("I", "N"),
        default=(1, 1),
        help="do only every N-th picture, from the I-th on: N processes divide the work",
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
        maps.compute(given.work, given.share)
    work = Gallery(given.work, VARIANTS[: given.variants])
    work.compute(given.share)
    lacking = work.lacking()
    if lacking:
        print(f"{lacking} files of maps are not there yet: run this again without --no-maps.")
        return
    command.written(given.out, store.save(work.whole(), given.out), store.MAX_BYTES)
