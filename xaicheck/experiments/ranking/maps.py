"""All maps of the gallery, computed once and kept in files, so that scoring them again costs no passes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from xaicheck.engine import request, run
from xaicheck.experiments.ranking.setting import METHODS, MODEL, PICTURES, SEEDS, VARIANTS, Variant
from xaicheck.models import samples
from xaicheck.storage.archive import as_npz, whole
from xaicheck.types import Report

FOLDER = Path("build") / "gallery"


def path_of(folder: Path, variant: Variant, picture: str, seed: int) -> Path:
    """The file of one picture's maps under one random network."""
    return folder / f"{variant.key}-{picture}-{seed}.npz"


def made(folder: Path, variant: Variant, picture: str, seed: int) -> Path:
    """The file of one picture's maps under one random network, computed first where there is none."""
    path = path_of(folder, variant, picture, seed)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        image = samples.load(picture)
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
        )
        save(run.run(wanted, image), path)
    return path


def compute(folder: Path) -> None:
    """Writes the maps that are not in the folder yet, one file a picture, variant and seed."""
    files = [(v, p, s) for v in VARIANTS for s in SEEDS for p in PICTURES]
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
        return depths, {name: file[name] for name in file.files if name not in ("depths", "seconds")}


def seconds(path: Path) -> float:
    """What it took to compute the maps of this file; 0 where that was not kept."""
    with np.load(path, allow_pickle=False) as file:
        return float(file["seconds"]) if "seconds" in file.files else 0.0


def save(report: Report, path: Path) -> None:
    """Writes the maps of the first seed and their depths."""
    stacks = stacked(report, report.request.seeds[0])
    facts = {"depths": np.array(report.depths), "seconds": np.array(report.seconds)}
    data = as_npz({**facts, **stacks})
    whole(path, lambda file: file.write(data))
