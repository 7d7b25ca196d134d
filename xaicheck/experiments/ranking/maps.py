"""All maps of the gallery, computed once and kept in files, so that scoring them again costs no passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from xaicheck.engine import request, run
from xaicheck.experiments.ranking.setting import METHODS, MODEL, PICTURES, SEEDS, VARIANTS, Variant
from xaicheck.models import gallery
from xaicheck.storage.archive import as_npz, whole
from xaicheck.types import Report

FOLDER = Path("build") / "gallery"
_FACTS = ("depths", "seconds", "certificates")


class Certified(NamedTuple):
    """A certificate of one map."""

    method: str
    depth: int
    kind: str
    value: float | None
    marked: bool


def path_of(folder: Path, variant: Variant, picture: str, seed: int) -> Path:
    """The file of one picture's maps under one random network."""
    return folder / f"{variant.key}-{picture}-{seed}.npz"


def made(folder: Path, variant: Variant, picture: str, seed: int) -> Path:
    """The file of one picture's maps under one random network, computed first where there is none."""
    path = path_of(folder, variant, picture, seed)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        image = gallery.load(picture)
        wanted = request.request_for(
            image,
            model=MODEL,
            methods=METHODS,
            mode=variant.mode,
            law=variant.law,
            batchnorm=variant.batchnorm,
            seeds=(seed,),
            depths=variant.depths or None,
            measures=("cosine",),
            band="off",
        )
        save(run.run(wanted, image), path)
    return path


def compute(folder: Path, share: tuple[int, int] = (1, 1)) -> None:
    """Writes the maps that are not in the folder yet, one file a picture, variant and seed.

    `share` (i, n): every n-th picture from the i-th on, so that n processes divide the work.
    """
    pictures = PICTURES[share[0] - 1 :: share[1]]
    files = [(v, p, s) for p in pictures for v in VARIANTS for s in v.seeds or SEEDS]
    for i, wanted in enumerate(files):
        if not path_of(folder, *wanted).exists():
            print(f"maps {i + 1} of {len(files)}: {path_of(folder, *wanted).stem}", flush=True)
            made(folder, *wanted)


def stacked(report: Report, seed: int) -> dict[str, np.ndarray]:
    """The maps of a seed as float32 [depth H W] by method; a map that there is none of is NaN."""
    blank = np.full(report.view.shape[:2], np.nan, np.float32)
    stacks = {}
    for choice in report.request.methods:
        maps = [report.attribution(choice.key, d, seed) for d in report.depths]
        stacks[choice.key] = np.stack([blank if a is None or a.values is None else a.values for a in maps])
    return stacks


def load(path: Path) -> tuple[tuple[int, ...], dict[str, np.ndarray]]:
    """(depths, maps [depth H W] by method) as `save` wrote them."""
    with np.load(path, allow_pickle=False) as file:
        depths = tuple(int(d) for d in file["depths"])
        return depths, {name: file[name] for name in file.files if name not in _FACTS}


def seconds(path: Path) -> float:
    """What it took to compute the maps of this file; 0 where that was not kept."""
    with np.load(path, allow_pickle=False) as file:
        return float(file["seconds"]) if "seconds" in file.files else 0.0


def certificates(path: Path) -> list[Certified]:
    """Every certificate in this file."""
    with np.load(path, allow_pickle=False) as file:
        return [Certified(*one) for one in json.loads(str(file["certificates"]))]


def certified(report: Report) -> list[Certified]:
    """Every certificate of a report's maps."""
    return [
        Certified(one.method, one.depth, c.key, c.value, c.holds is False)
        for one in report.attributions
        for c in one.certificates
    ]


def save(report: Report, path: Path) -> None:
    """Writes the maps of the first seed, their depths and certificates."""
    stacks = stacked(report, report.request.seeds[0])
    facts = {
        "depths": np.array(report.depths),
        "seconds": np.array(report.seconds),
        "certificates": np.array(json.dumps(certified(report))),
    }
    data = as_npz({**facts, **stacks})
    whole(path, lambda file: file.write(data))
