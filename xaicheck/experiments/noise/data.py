"""What is computed beforehand for the page on noise: arrays with named axes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaicheck.types import Target


@dataclass(frozen=True, slots=True)
class NoMap:
    """A map that cannot be compared, and why; its numbers are NaN."""

    picture: str
    method: str
    depth: int
    seed: int
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """Real methods and maps that do not explain the network, under the same measures, for one picture."""

    picture: str
    methods: tuple[str, ...]
    measures: tuple[str, ...]
    depths: tuple[int, ...]  # randomized ones only
    seeds: tuple[int, ...]
    scores: np.ndarray  # float32 [measure method depth seed], in the measure's own direction
    faithfulness: np.ndarray  # float32 [fill method draw]; NaN beyond `draws`
    draws: tuple[int, ...]  # one a method: how many original maps it has, 1 where it draws nothing


@dataclass(frozen=True, slots=True, eq=False)
class NoiseData:
    """Everything that the page on noise does not compute while it is looked at; its file has this order."""

    model: str
    pictures: tuple[str, ...]  # keys of the gallery
    targets: tuple[Target, ...]  # one a picture
    methods: tuple[str, ...]
    measures: tuple[str, ...]
    shares: tuple[float, ...]  # of the noise
    depths: tuple[int, ...]  # randomized ones only
    fills: tuple[str, ...]
    similarity: np.ndarray  # float32 [picture measure method depth share draw]
    faithfulness: np.ndarray  # float32 [picture fill method share draw]: ABPC / SRG of the mixed original
    missing: tuple[NoMap, ...]
    steps: int
    region: int  # pixels
    versions: tuple[tuple[str, str], ...]
    seconds: float  # of the run that wrote this; what an earlier run had kept is not in it
    contest: Contest
    certified: bool = False  # whether the maps behind the numbers were held against their certificates
