"""The maps of the real methods, computed once and kept, and a name for the weights of every network."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from xaicheck.engine import request, run
from xaicheck.experiments.ranking.maps import load, stacked
from xaicheck.experiments.ranking.setting import MODEL
from xaicheck.experiments.repairs.setting import HELPERS, Source
from xaicheck.models import gallery
from xaicheck.models.registry import load as load_model
from xaicheck.randomization.modes import randomized_blocks
from xaicheck.randomization.weights import draw
from xaicheck.seeds import derived
from xaicheck.storage.archive import as_npz, whole
from xaicheck.types import Report

FOLDER = Path("build") / "repairs"
Stacks = dict[str, np.ndarray]  # float32 [depth H W] by method, the trained network's map first


def path_of(folder: Path, source: Source, picture: str, seed: int) -> Path:
    """The file of one picture's maps under one random network."""
    return folder / f"{source.key}-{picture}-{seed}.npz"


def made(
    folder: Path, source: Source, picture: str, seeds: Sequence[int]
) -> list[tuple[tuple[int, ...], Stacks]]:
    """For each seed: depths, 0 first, and the maps of real methods and helpers; computed where not kept."""
    variant = source.variant
    lacking = tuple(seed for seed in seeds if not path_of(folder, source, picture, seed).exists())
    if lacking:
        folder.mkdir(parents=True, exist_ok=True)
        image = gallery.load(picture)
        wanted = request.request_for(
            image, model=MODEL, methods=(*source.real, *HELPERS), mode=variant.mode, law=variant.law,
            batchnorm=variant.batchnorm, seeds=lacking, depths=variant.depths, copies=source.copies,
            measures=("cosine",), band="off",
        )  # fmt: skip
        report = run.run(wanted, image, device="cpu")
        for seed in lacking:
            _keep(path_of(folder, source, picture, seed), report, seed)
    return [load(path_of(folder, source, picture, seed)) for seed in seeds]


def strength(picture: str) -> np.ndarray:
    """How strong the network's input is at each pixel: the root mean square over its channels, [H W]."""
    x = load_model(MODEL, "cpu").preprocess(gallery.load(picture)).double().numpy()
    return np.asarray(np.sqrt(np.square(x).mean(0)))


def weights_of(source: Source, seed: int, depths: Sequence[int]) -> tuple[int, ...]:
    """A number for the weights of the network at each depth: equal weights, equal number."""
    trained, drawn = _trained(), _drawn(source.variant.law, source.variant.batchnorm, seed)
    blocks = load_model(MODEL, "cpu").blocks
    found = []
    for depth in depths:
        new = {
            n
            for i in randomized_blocks(source.variant.mode, depth, len(blocks))
            for n in blocks[i].parameters
        }
        found.append(derived(*((drawn if name in new else trained)[name] for name in sorted(trained))))
    return tuple(found)


@cache
def _trained() -> dict[str, str]:
    module = load_model(MODEL, "cpu").module
    return {name: _digest(one.detach().numpy()) for name, one in module.named_parameters()}


@cache
def _drawn(law: str, batchnorm: str, seed: int) -> dict[str, str]:
    network = load_model(MODEL, "cpu")
    values = draw(network, network.blocks, law=law, batchnorm=batchnorm, seed=seed)
    return {name: _digest(one.detach().numpy()) for name, one in values.items()}


def _keep(path: Path, report: Report, seed: int) -> None:
    data = as_npz({"depths": np.array(report.depths), **stacked(report, seed)})
    whole(path, lambda file: file.write(data))


def _digest(values: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
