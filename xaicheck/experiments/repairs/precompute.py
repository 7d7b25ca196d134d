"""Computes the repair bench: `python -m xaicheck.experiments.repairs`.

The maps of every picture and random network are kept in a folder, so that an interrupted run goes on where it
was; scoring them takes minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from xaicheck.engine import run
from xaicheck.experiments.ranking.data import NetworkScores
from xaicheck.experiments.ranking.networks import PictureNetworks, networks
from xaicheck.experiments.ranking.setting import MODEL
from xaicheck.experiments.repairs import maps, score
from xaicheck.experiments.repairs.data import NoScore, RepairData, RepairScores
from xaicheck.experiments.repairs.exploits import EXPLOITS, Seen, exploits
from xaicheck.experiments.repairs.setting import COPIES, PICTURES, REAL, REPAIRS, SOURCES, Repair, Source
from xaicheck.models.device import undisturbed
from xaicheck.models.registry import load as load_model

LEFT_OUT = "its maps are means over noisy copies without the repair"


def rows(folder: Path, source: Source, picture: str) -> list[maps.Stacks]:
    """By seed: the maps [depth H W] of all rows, real methods and then exploits; NaN where none is made."""
    found = []
    seeds = source.variant.seeds
    for seed, (depths, stacks) in zip(seeds, maps.made(folder, source, picture, seeds), strict=True):
        seen = Seen((source.key, picture, seed), depths, maps.weights_of(source, seed, depths), stacks)
        none = np.full_like(stacks["sobel"], np.nan)
        found.append({key: stacks.get(key, none) for key in REAL} | exploits(seen))
    return found


@undisturbed()
def compute(
    pictures: Sequence[str] = PICTURES,
    *,
    folder: Path = maps.FOLDER,
    say: Callable[[str], None] = print,
) -> RepairData:
    """All numbers of these pictures of the gallery."""
    found: dict[str, list[np.ndarray]] = {key: [] for key in REPAIRS}  # by repair: [row seed depth], pictures
    missing: dict[tuple[str, str], str] = {}
    pairs: list[PictureNetworks] = []
    for source in SOURCES:
        repairs = [one for one in REPAIRS.values() if one.source == source]
        for picture in pictures:
            say(f"{source.key}: {picture}")
            stacks = rows(folder, source, picture)
            strength = maps.strength(picture)
            for repair in repairs:
                if repair.reads == "networks":
                    pairs.append(networks(stacks, (repair.comparison,)))
                else:
                    found[repair.key].append(_scored(stacks, repair, strength, missing))
    return RepairData(
        MODEL,
        tuple(pictures),
        REAL,
        tuple(EXPLOITS),
        COPIES.copies,
        tuple(_of_repair(REPAIRS[key], values) for key, values in found.items() if values),
        _networks(pairs),
        tuple(NoScore(row, repair, why) for (row, repair), why in missing.items()),
        run.depends_on(load_model(MODEL, "cpu")),
    )


def _scored(
    stacks: Sequence[maps.Stacks], repair: Repair, strength: np.ndarray, missing: dict[tuple[str, str], str]
) -> np.ndarray:
    """[row seed depth] of one picture; notes the first reason of each row that lacks a number."""
    values = []
    for own in stacks:
        one = score.scores(own, repair, strength)
        values.append(score.values(one))
        for name, row in zip(own, one, strict=True):
            if why := score.reason(row):
                left_out = name in REAL and name not in repair.source.real
                missing.setdefault((name, repair.key), LEFT_OUT if left_out else why)
    return np.stack(values, 1)


def _of_repair(repair: Repair, pictures: Sequence[np.ndarray]) -> RepairScores:
    depths = repair.source.variant.depths
    return RepairScores(
        repair.key,
        depths[-1:] if repair.reads == "entropy" else depths,
        repair.source.variant.seeds,
        np.stack(pictures, 2),
    )


def _networks(pictures: Sequence[PictureNetworks]) -> NetworkScores:
    repair = REPAIRS["memory"]
    variant = repair.source.variant
    return NetworkScores(
        (*REAL, *EXPLOITS), (repair.comparison,), variant.depths, variant.seeds,
        np.stack([one.trained for one in pictures], 3), np.stack([one.between for one in pictures], 3),
        np.stack([one.again for one in pictures], 3),
    )  # fmt: skip
