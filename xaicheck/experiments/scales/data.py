"""The results about activation scales: frozen, typed, small enough to be shipped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaicheck.experiments.scales.setting import Setting
from xaicheck.types import Target

ENOUGH = 30  # pairs of channels; of fewer nothing is said or drawn


@dataclass(frozen=True, slots=True)
class Measured:
    """A mean over random networks with its 95 % t interval over seeds; None where there is none."""

    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Bin:
    """The pairs of channels whose activation ratio lies in [low, high)."""

    low: float
    high: float
    pairs: int
    ratio: float | None  # geometric mean; None: no pair
    kept: Measured  # share of pairs whose more active channel contributes at least as much
    predicted: float | None  # None: no closed form
    trained: float | None  # the same share in the trained network
    coherent: float | None = None  # as predicted, with the measured coherence of the gradient; None: no such


@dataclass(frozen=True, slots=True)
class Rank:
    """A rank correlation of activations and contributions, over channels that are not zero."""

    measured: Measured
    predicted: float | None
    trained: float | None
    coherent: float | None = None  # as predicted, with the measured coherence of the gradient; None: no such


@dataclass(frozen=True, slots=True)
class Top:
    """The share of the k most active channels among the k largest contributions."""

    k: int
    measured: Measured
    predicted: float | None
    trained: float | None
    chance: float


@dataclass(frozen=True, slots=True)
class Order:
    """How much of the order of channels the contributions keep, for so many output units joined."""

    outputs: int
    seeds: int
    dead: float  # share of channels that are exactly zero
    bins: tuple[Bin, ...]
    kendall: Rank
    spearman: Rank
    tops: tuple[Top, ...]

    def largest_difference(self, least: int = ENOUGH, *, coherent: bool = False) -> tuple[float, Bin] | None:
        """(|measured - expected|, its bin), the largest over bins of at least so many pairs.

        `coherent`: expected with the measured coherence of the gradient. None: nothing is expected.
        """
        expected = [(b.coherent if coherent else b.predicted, b) for b in self.bins if b.pairs >= least]
        differences = [
            (abs(b.kept.mean - value), b)
            for value, b in expected
            if b.kept.mean is not None and value is not None
        ]
        return max(differences, key=lambda pair: pair[0], default=None)


@dataclass(frozen=True, slots=True)
class MapRow:
    """One kind of map: how alike original and randomized are, and how much of that the norm map explains."""

    key: str
    seeds: int
    alike: Measured  # Spearman of the magnitudes, original against randomized
    norm_before: float | None  # Spearman of the original's magnitude and the activation-norm map
    norm_after: Measured
    left: Measured  # of `alike` when the activation-norm map is partialled out
    common_before: float | None  # Spearman of the original's magnitude and the mean map of random networks
    left_common: Measured  # of `alike` when the mean map of the other random networks is partialled out
    signed: Measured  # cosine of the maps with their signs
    between: Measured  # cosine of two random networks' maps; nothing but x is shared
    between_predicted: float | None  # the same by the closed form for i.i.d. weights; None: none


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """Maps at the grid of the block below the randomized ones."""

    norm: np.ndarray  # float32 [h w]: L2 norm over channels
    before: np.ndarray  # float32 [h w]: gradient x activation, trained, signed
    after: np.ndarray  # the same in the first random network
    average: np.ndarray  # float32 [h w]: mean over random networks of |map| / its root mean square
    average_norm: float  # Pearson's correlation of the two: the closed form says 1
    effective: float  # mean effective number of channels a place
    rows: tuple[MapRow, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """The most active channels as small maps, most active first."""

    channels: tuple[int, ...]
    activation: np.ndarray  # float32 [8 h w]
    before: np.ndarray  # float32 [8 h w]: contribution, trained
    after: np.ndarray  # float32 [8 h w]: contribution, first random network


@dataclass(frozen=True, slots=True, eq=False)
class BlockResult:
    """What becomes of the channels below a block when it and everything above it are drawn anew."""

    setting: Setting
    block: str  # the lowest randomized one
    reading: str  # the first layer of that block: "dense", "pointwise", "depthwise" or "spatial"
    shape: tuple[int, ...]  # channels, height, width of the activations below it
    target: Target
    classes: tuple[int, ...]  # the output units, most probable first
    seeds: int
    identical: int  # random networks in which the activations below were bit-identical
    activation: np.ndarray  # float32 [n]: magnitude, before and after alike
    before: np.ndarray  # float32 [n]: contribution to the target, signed, trained network
    after: np.ndarray  # float32 [n]: first random network
    spread: np.ndarray  # float32 [3 n]: 5, 50, 95 % of |after| over seeds, activation's own scale
    orders: tuple[Order, ...]  # one for each number of output units
    coherence: Measured  # of the gradient across places; no number: not read place by place, alike for all
    logit_std: tuple[float, Measured]  # spread of the logits: trained, randomized
    maps: Maps
    pictures: Pictures
    seconds: float

    def order(self, outputs: int) -> Order:
        """The order for so many output units."""
        return next(o for o in self.orders if o.outputs == outputs)


@dataclass(frozen=True, slots=True, eq=False)
class LayerData:
    """The last layer of the trained network on one picture: all that its experiment needs."""

    picture: str
    target: Target
    classes: tuple[int, ...]  # most probable first
    activation: np.ndarray  # float32 [n]: pooled features
    weights: np.ndarray  # float32 [classes n]: trained rows, 0 for channels that are not active
    quantiles: np.ndarray  # float32: evenly spaced quantiles of all trained weights
    moments: tuple[float, float]  # mean and standard deviation of all trained weights
    expected: tuple[tuple[str, Order], ...]  # (law's key, closed forms) by law and number of outputs

    def expectation(self, law: str, outputs: int) -> Order | None:
        """The closed forms of a law; None where there are none."""
        return next((o for key, o in self.expected if key == law and o.outputs == outputs), None)


@dataclass(frozen=True, slots=True)
class ResidualRow:
    """What a randomized residual block does to its input."""

    block: str
    way: str  # "usual": the layers' own init, BatchNorm reset; "alive": He normal, recalibrated
    cosine: Measured  # of output and input, over seeds
    branch: float  # E|F|^2 / E|x|^2
    predicted: float  # from the branch's share, if it is uncorrelated with the input


@dataclass(frozen=True, slots=True)
class NormRow:
    """The order of channels below a depthwise block, its first BatchNorm changed in one respect."""

    way: str  # a key of first_norm.WAYS
    seeds: int
    kendall: Measured  # one output unit


@dataclass(frozen=True, slots=True, eq=False)
class Shipped:
    """All that comes with the program."""

    layer: LayerData
    blocks: tuple[BlockResult, ...]
    methods: tuple[tuple[int, tuple[MapRow, ...]], ...]  # (depth, one row a method), default setting
    residual: tuple[ResidualRow, ...]
    norms: tuple[NormRow, ...]  # default setting, the depthwise block
    versions: tuple[tuple[str, str], ...]
    seconds: float

    def block(self, setting: Setting) -> BlockResult | None:
        """The result of that setting; None if it was not computed."""
        return next((b for b in self.blocks if b.setting == setting), None)

    def method_rows(self, depth: int) -> tuple[MapRow, ...]:
        """The shipped methods' maps at a depth; empty where they were not computed."""
        return next((rows for d, rows in self.methods if d == depth), ())
