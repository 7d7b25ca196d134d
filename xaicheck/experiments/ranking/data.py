"""All numbers of a ranking gap: arrays with named axes, and a reason for every number that is missing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from xaicheck.errors import BadRequest
from xaicheck.experiments.ranking.setting import Variant
from xaicheck.types import Comparison, Target


@dataclass(frozen=True, slots=True)
class Missing:
    """A number that there is none of, and why."""

    method: str
    image: str
    seed: int
    depth: int | None  # None: the original map, so every depth
    why: str
    variant: str = ""  # a variant's key; empty: faithfulness


@dataclass(frozen=True, slots=True, eq=False)
class VariantScores:
    """The randomization scores under one way to randomize; NaN where `RankingData.missing` has a reason."""

    variant: Variant
    depths: tuple[int, ...]  # randomized ones only, ascending
    seeds: tuple[int, ...]
    similarity: np.ndarray  # float32 [comparison method seed image depth], in the measure's own direction
    entropy_rise: np.ndarray  # float32 [method seed image]: eMPRT, original against the greatest depth


@dataclass(frozen=True, slots=True, eq=False)
class NetworkScores:
    """The trained network and random ones, all with each other, under the first way to randomize.

    A method with random numbers draws them for each network anew here. NaN: a map has no such number.
    """

    methods: tuple[str, ...]  # keys; behind a colon the method whose maps were changed: "blurred:gradient"
    comparisons: tuple[Comparison, ...]
    depths: tuple[int, ...]
    seeds: tuple[int, ...]
    trained: np.ndarray  # float32 [comparison method seed image depth]: the trained network and a random one
    between: np.ndarray  # float32 [comparison method pair image depth]: two random networks
    again: np.ndarray  # float32 [comparison method pair image]: the trained network, twice

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The pairs of seeds, by their places."""
        return tuple(combinations(range(len(self.seeds)), 2))


@dataclass(frozen=True, slots=True)
class Held:
    """How a method's maps under the first way to randomize stand to one kind of certificate."""

    method: str
    kind: str  # the key of the CertificateKind
    trained: float | None  # median value over pictures, maps of the trained network
    marked: float  # share of the maps, of trained and random networks, that are beyond the bound
    maps: int  # that have a number


@dataclass(frozen=True, slots=True, eq=False)
class RankingData:
    """What every view of the ranking gap is computed from; no torch, no maps. Its file has this order."""

    images: tuple[str, ...]  # display names
    methods: tuple[str, ...]
    seeds: tuple[int, ...]  # of the first variant, which has the most
    faithfulness_measures: tuple[str, ...]  # keys of FAITHFULNESS
    fills: tuple[str, ...]
    outputs: tuple[str, ...]
    rankings: tuple[str, ...]
    model: str
    steps: int
    region: int  # pixels
    seconds: float
    targets: tuple[Target, ...]  # one an image
    comparisons: tuple[Comparison, ...]
    faithfulness: np.ndarray  # float32 [measure fill output ranking method seed image], the first seeds
    snr: np.ndarray  # float32 [method image]: split-half signal-to-noise ratio of the original map; NaN: none
    variants: tuple[VariantScores, ...]
    missing: tuple[Missing, ...]
    versions: tuple[tuple[str, str], ...]
    networks: tuple[NetworkScores, ...] = ()
    held: tuple[Held, ...] = ()  # empty: the maps were made without certificates

    @property
    def certified(self) -> bool:
        """Whether maps behind the numbers were held against their certificates."""
        return bool(self.held)

    def variant(self, key: str) -> VariantScores:
        """The scores under that way to randomize. Errors: BadRequest names those that there are."""
        for scores in self.variants:
            if scores.variant.key == key:
                return scores
        known = ", ".join(scores.variant.key for scores in self.variants)
        raise BadRequest(f"There is no variant {key!r}; choose one of {known}.")
