"""How much of what two maps have in common is the activation-norm map that both are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from xaicheck import theory
from xaicheck.experiments.scales.data import MapRow, Maps, Measured
from xaicheck.experiments.scales.order import measured
from xaicheck.similarity.measures import SIMILARITIES

spearman, cosine = SIMILARITIES["spearman"].fn, SIMILARITIES["cosine"].fn

# From the contributions of all channels at all places, [n h w], to a map [h w].
FROM_CHANNELS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "signed": lambda places: places.sum(0),
    "positive": lambda places: np.maximum(places, 0).sum(0),
}


def shared(first: float, second: float) -> float:
    """The correlation of two things whose only link is a third one with which they correlate so much."""
    return first * second


def left_over(direct: float, first: float, second: float) -> float | None:
    """The partial correlation of two things, a third one that they correlate with taken out of both.

    Formula: (r_ab - r_an r_bn) / sqrt((1 - r_an^2)(1 - r_bn^2)), r Spearman's.
    Source: Yule, "On the Theory of Correlation for any Number of Variables", Proc. R. Soc. A 79, 1907.
    Undefined when: one of the two is the third one up to a monotone change.
    """
    rest = (1 - first**2) * (1 - second**2)
    if rest <= 1e-12:
        return None
    return (direct - shared(first, second)) / float(np.sqrt(rest))


def row(
    key: str,
    before: np.ndarray,
    after: np.ndarray,
    norm: np.ndarray,
    *,
    between_predicted: float | None = None,
) -> MapRow:
    """One kind of map [H W] against those of random networks [seeds H W], with the norm map [h w].

    Rank correlations are taken of magnitudes on the norm map's grid, cosines of the maps as they are. What
    all random networks draw (`common`): the mean of the others, so that none is compared with itself.
    """
    grid = (norm.shape[0], norm.shape[1])
    size, sizes = pooled(before, grid), np.stack([_scaled(b) for b in pooled(after, grid)])
    direct = [spearman(size, b).value for b in sizes]
    norm_before = spearman(size, norm).value
    norm_after = [spearman(b, norm).value for b in sizes]
    left = [_left(d, norm_before, n) for d, n in zip(direct, norm_after, strict=True)]
    others = (sizes.sum(0) - sizes) / max(len(sizes) - 1, 1)
    common_before = [spearman(size, other).value for other in others]
    common_after = [spearman(b, other).value for b, other in zip(sizes, others, strict=True)]
    signed = [cosine(before, b).value for b in after]
    pairs = [cosine(a, b).value for a, b in zip(after[:-1:2], after[1::2], strict=True)]
    return MapRow(
        key,
        len(after),
        _over(direct),
        norm_before,
        _over(norm_after),
        _over(left),
        _over(common_before).mean,
        _over([_left(d, a, b) for d, a, b in zip(direct, common_before, common_after, strict=True)]),
        _over(signed),
        _over(pairs),
        between_predicted,
    )


def summarised(
    activation: np.ndarray, before: np.ndarray, after: Mapping[str, np.ndarray], first: np.ndarray
) -> Maps:
    """The maps of a block: activations, trained and first random contributions [n h w]; `after`: random maps
    [seeds h w] by kind.
    """
    norm = theory.activation_norm(activation)
    size = np.abs(activation.astype(np.float64))
    predicted: Mapping[str, float | None] = {"signed": 0.0, "positive": theory.baseline_cosine(size)}
    rows = tuple(
        row(key, pool(before), after[key], norm, between_predicted=predicted[key])
        for key, pool in FROM_CHANNELS.items()
    )
    random = np.abs(after["signed"].astype(np.float64))
    rms = np.sqrt(np.square(random).mean((1, 2), keepdims=True))
    average = (random / np.where(rms > 0, rms, 1)).mean(0)
    return Maps(
        norm.astype(np.float32),
        FROM_CHANNELS["signed"](before).astype(np.float32),
        FROM_CHANNELS["signed"](first).astype(np.float32),
        average.astype(np.float32),
        float(np.corrcoef(average.ravel(), norm.ravel())[0, 1]),
        float(theory.effective_count(size).mean()),
        rows,
    )


def pooled(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The means of |values| [... H W] over the cells of a coarser grid [... h w] that divides it evenly."""
    h, w = shape
    high, wide = values.shape[-2] // h, values.shape[-1] // w
    if high * h != values.shape[-2] or wide * w != values.shape[-1]:
        raise ValueError(f"A map of {values.shape[-2:]} has no cells of {shape}.")
    return np.abs(values).reshape(*values.shape[:-2], h, high, w, wide).mean((-3, -1))


def _scaled(values: np.ndarray) -> np.ndarray:
    """The map divided by its root mean square, so that no network counts more than another in a mean."""
    rms = float(np.sqrt(np.square(values, dtype=np.float64).mean()))
    return values / rms if rms > 0 else values


def _left(direct: float | None, first: float | None, second: float | None) -> float | None:
    if direct is None or first is None or second is None:
        return None
    return left_over(direct, first, second)


def _over(values: list[float | None]) -> Measured:
    """The mean over seeds; None where a seed has no number, which the caller shows as such."""
    return measured(np.array([np.nan if v is None else v for v in values]))
