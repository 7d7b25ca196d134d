"""How the last layer's weights are drawn, each way with the law that its order of channels must follow.

A law of LAWS that has no entry here is measured in the real network and compared with nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import betainc, gammainc, gammaincinv

from xaicheck import theory
from xaicheck.randomization.laws import LAWS
from xaicheck.seeds import derived
from xaicheck.theory import WeightLaw
from xaicheck.types import Registry

Draw = Callable[[np.random.Generator, "Trained", tuple[int, ...]], np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What a draw may take from the trained layer."""

    rows: np.ndarray  # [outputs n]: the weights of the outputs in question
    quantiles: np.ndarray  # of all weights of the layer
    moments: tuple[float, float]  # their mean and standard deviation


@dataclass(frozen=True, slots=True)
class LayerLaw:
    """A way to draw the last layer's weights."""

    key: str
    label: str
    summary: str
    draw: Draw  # (generator, trained layer, (draws, outputs, n)) -> float32 weights
    theory: Callable[[Trained], WeightLaw | None]  # None: the weights are not drawn alike for all channels

    @property
    def simulated(self) -> bool:
        """Whether the law of several outputs joined is that of 200 000 draws, for want of a closed form."""
        single = self.theory(_ANY)
        return not (single is None or single is theory.CONSTANT or single is theory.GAUSSIAN)


_ANY = Trained(np.ones((1, 2), np.float32), np.array([1, 2], np.float32), (0.0, 1.0))


def _normal(g: np.random.Generator, _trained: Trained, shape: tuple[int, ...]) -> np.ndarray:
    return g.standard_normal(shape, dtype=np.float32)


def _uniform(g: np.random.Generator, _trained: Trained, shape: tuple[int, ...]) -> np.ndarray:
    return 2 * g.random(shape, dtype=np.float32) - 1


def _laplace(g: np.random.Generator, _trained: Trained, shape: tuple[int, ...]) -> np.ndarray:
    return g.standard_exponential(shape, dtype=np.float32) * _signs(g, shape)


def _moments(g: np.random.Generator, trained: Trained, shape: tuple[int, ...]) -> np.ndarray:
    mean, sd = trained.moments
    return (mean + sd * g.standard_normal(shape, dtype=np.float32)).astype(np.float32)


def _permuted(g: np.random.Generator, trained: Trained, shape: tuple[int, ...]) -> np.ndarray:
    # A layer has far more values than a draw takes, so with or without replacement is the same.
    return trained.quantiles[g.integers(0, trained.quantiles.size, shape, dtype=np.int32)]


def _flipped(g: np.random.Generator, trained: Trained, shape: tuple[int, ...]) -> np.ndarray:
    return trained.rows * _signs(g, shape)


def _signs(g: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return (2 * g.integers(0, 2, shape, dtype=np.int8) - 1).astype(np.float32)


def _dealt(values: np.ndarray) -> WeightLaw:
    """The law of values drawn from so many that taking one leaves the others as they were."""
    size = np.sort(np.abs(values.astype(np.float64)))
    return replace(
        theory.permuted(values),
        size=None,
        cdf=lambda t: np.searchsorted(size, t, side="right") / size.size,
        quantile=lambda u: size[np.minimum((u * size.size).astype(int), size.size - 1)],
    )


def _of(key: str, draw: Draw, law: Callable[[Trained], WeightLaw | None]) -> LayerLaw:
    """The last layer's part of a law of LAWS."""
    return LayerLaw(key, LAWS[key].label, LAWS[key].summary, draw, law)


LAYER_LAWS = Registry(
    "law",
    (
        _of("he_normal", _normal, lambda _: theory.GAUSSIAN),
        _of("own_init", _uniform, lambda _: theory.UNIFORM),
        LayerLaw(
            "laplace",
            "Laplace",
            "Heavier tails than the normal law: most weights small, a few large.",
            _laplace,
            lambda _: theory.LAPLACE,
        ),
        # The mean is taken for 0 in the closed form.
        _of("normal_moments", _moments, lambda _: theory.GAUSSIAN),
        _of("permutation", _permuted, lambda t: _dealt(t.quantiles)),
        _of("sign_flip", _flipped, lambda _: None),
        LayerLaw(
            "constant",
            "Equal magnitude",
            "Every weight is +1 or −1: only signs are random.",
            lambda g, _, shape: _signs(g, shape),
            lambda _: theory.CONSTANT,
        ),
    ),
)
"""The ways by key; the first one is the default."""


def joined(law: LayerLaw, trained: Trained, outputs: int) -> WeightLaw | None:
    """The law of |w|_2 over K outputs, one weight each, in units of its own scale; None as for one weight.

    Gaussian and equal weights: closed form (|w|_2^2 is a Gamma variable, or a constant). Others: the law of
    200 000 draws, so P(order kept) is known to 0.003, four standard errors.
    """
    single = law.theory(trained)
    if outputs == 1 or single is None or single is theory.CONSTANT:
        return single
    return _simulated(law, trained, outputs) if law.simulated else norm_of_gaussians(outputs)


def norm_of_gaussians(outputs: int) -> WeightLaw:
    """The law of the L2 norm of K Gaussian weights.

    Formula: P(order kept) = I_{r^2 / (1 + r^2)}(K/2, K/2), see theory.order_kept_by_norm; |w|_2^2 / 2 is a
        Gamma variable of shape K/2.
    """
    half = outputs / 2
    return replace(
        theory.GAUSSIAN,
        keeps=lambda r: betainc(half, half, np.sin(np.arctan(r)) ** 2),
        cdf=lambda t: gammainc(half, t * t / 2),
        quantile=lambda u: np.sqrt(2 * gammaincinv(half, u)),
    )


def _simulated(law: LayerLaw, trained: Trained, outputs: int) -> WeightLaw:
    g = np.random.default_rng(derived("lab", "law", law.key, outputs))
    blocks = [law.draw(g, trained, (20_000, outputs)) for _ in range(10)]
    size = np.sort(np.concatenate([np.linalg.norm(w.astype(np.float64), axis=1) for w in blocks]))
    # A smooth curve in log r: straight lines between 120 points are exact to 0.0005.
    logs = np.linspace(0, np.log(40), 120)
    thin = size[::20]
    curve = np.array([np.searchsorted(size, np.exp(t) * thin, side="right").mean() / size.size for t in logs])
    share = (np.arange(0, size.size, 100) + 0.5) / size.size
    steps = size[::100]
    return replace(
        theory.GAUSSIAN,
        keeps=lambda r: _mirrored(logs, curve, np.asarray(r, dtype=np.float64)),
        cdf=lambda t: np.interp(t, steps, share, left=0.0, right=1.0),
        quantile=lambda u: np.interp(u, share, steps),
    )


def _mirrored(logs: np.ndarray, curve: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """The curve at a ratio in [0, inf]: what one channel of a pair keeps, the other loses."""
    with np.errstate(divide="ignore"):
        at = np.log(ratio)
    above: np.ndarray = np.interp(np.abs(at), logs, curve, right=1.0)
    return np.where(at >= 0, above, 1 - above)
