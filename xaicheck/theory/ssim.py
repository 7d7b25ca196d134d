"""What SSIM gives to maps that have nothing in common, and to a map with its sign flipped."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfcx, exp1, roots_genlaguerre

from xaicheck.similarity.arrays import WINDOW
from xaicheck.similarity.normalise import windows
from xaicheck.similarity.validity import NoNumber
from xaicheck.theory.domain import above, at_least, finite, whole

K1, K2 = 0.01, 0.03
NODES = 40  # of the quadrature over a window's variance: more change nothing in float64
SMALLEST, LARGEST = 5, 11  # windows for which those nodes do


def plug_in_ssim(
    covariance: ArrayLike,
    variance_a: ArrayLike,
    variance_b: ArrayLike,
    mean_a: ArrayLike = 0.0,
    mean_b: ArrayLike = 0.0,
    *,
    dynamic_range: float = 1.0,
) -> np.ndarray:
    """SSIM of one window with these statistics, in [-1, 1]; broadcast shape.

    Formula: (2 m m' + c1)(2 s_ab + c2) / ((m^2 + m'^2 + c1)(s_a^2 + s_b^2 + c2)), with
        c1 = (0.01 L)^2, c2 = (0.03 L)^2.
    Assumes: nothing. Where m m' >= 0 it rises with the covariance, so among maps with non-negative covariance
        those with none score lowest; they are not the lowest of all (b = -a has less covariance still).
    Source: Wang et al. 2004, eq. 13; its use for this is derived.
    """
    c1, c2 = _constants(dynamic_range)
    first, second = at_least("variance", variance_a, 0), at_least("variance", variance_b, 0)
    m, n, s = finite("means", mean_a), finite("means", mean_b), finite("covariance", covariance)
    return (2 * m * n + c1) * (2 * s + c2) / ((m * m + n * n + c1) * (first + second + c2))


def independent_plug_in_ssim(sd: ArrayLike, *, dynamic_range: float = 1.0) -> np.ndarray:
    """About the SSIM of two independent maps of this standard deviation, in (0, 1]; shape of it.

    Formula: c2 / (2 sd^2 + c2).
    Assumes: both window means are nearly the same and far from zero (maps brought to [0, 1] by min and max);
        window statistics near those of the whole map, which heavy-tailed and sparse maps do not obey.
    Source: derived: plug_in_ssim with covariance 0 and equal means.
    """
    return plug_in_ssim(0.0, np.square(sd), np.square(sd), dynamic_range=dynamic_range)


def expected_window_ssim(
    mean: ArrayLike,
    variance: ArrayLike,
    *,
    noise_sd: float = 1.0,
    dynamic_range: float = 1.0,
    window: int = WINDOW,
) -> np.ndarray:
    """E[SSIM | a] of a window of map a with this mean and sample variance, and noise; broadcast shape.

    Formula: E[c1 / (m_a^2 + m_b^2 + c1)] E[c2 / (s_a^2 + s_b^2 + c2)], which is above 0. With m_b Gaussian
        the first is c1 sqrt(pi/2) / (t sqrt(q)) erfcx(sqrt(q/2) / t), q = m_a^2 + c1, t = sd / window; the
        second is a Gauss-Laguerre sum over the chi-squared law of s_b^2.
    Assumes: the noise is independent of a and from pixel to pixel, mean zero; a uniform window.
    Source: derived: given m_b, flipping the rest of the noise flips the covariance alone; flipping m_b flips
        the product of the means alone; both are independent for Gaussian noise.
    """
    c1, c2 = _constants(dynamic_range)
    sd = float(above("standard deviation of the noise", noise_sd, 0))
    pixels = _pixels(window)
    q = np.square(finite("means", mean)) + c1
    luminance = c1 * _over_square(q, sd / np.sqrt(pixels))
    structure = c2 * _over_variance(at_least("variance", variance, 0) + c2, sd**2, pixels - 1)
    return luminance * structure


def expected_ssim(original: np.ndarray) -> float:
    """E of the SSIM between this map [H W] and fresh Gaussian noise.

    Formula: the mean of expected_window_ssim over all windows.
    Assumes: as expected_window_ssim; the noise's own root mean square is 1 up to O(1/d).
    Source: derived.
    """
    try:
        of_map = windows(original)
    except NoNumber as reason:
        raise ValueError(f"The map {reason}.") from reason
    return float(expected_window_ssim(of_map.mean, of_map.variance).mean())


def noise_ssim(*, dynamic_range: float = 1.0, window: int = WINDOW) -> float:
    """E[SSIM] of two independent maps of Gaussian noise with standard deviation 1, in (0, 1).

    Formula: z e^z E_1(z) * E[c2 / (s_a^2 + s_b^2 + c2)], z = c1 n / 2 for windows of n pixels.
    Assumes: as expected_window_ssim, for both maps.
    Source: derived: m_a^2 + m_b^2 has an exponential law.
    """
    c1, c2 = _constants(dynamic_range)
    pixels = _pixels(window)
    z = c1 * pixels / 2
    # Beyond 500 the product is 1 - 1/z + 2/z^2 to nine places, and e^z would overflow.
    luminance = z * np.exp(z) * exp1(z) if z < 500 else 1 - 1 / z + 2 / z**2
    # s_a^2 + s_b^2 is twice the variance of a sample with twice the degrees of freedom.
    return float(luminance * c2 * _over_variance(c2, 2.0, 2 * (pixels - 1)))


def flipped_noise_cs(*, dynamic_range: float = 1.0, window: int = WINDOW) -> float:
    """E of SSIM's contrast-structure term between Gaussian noise of standard deviation 1 and its negative.

    Formula: -1 + c2 E[1 / (s^2 + c2 / 2)]; -0.999 for L = 1 and 7 x 7 windows.
    Assumes: pixels independent; a uniform window.
    Source: derived: plug_in_ssim with covariance -s^2.
    """
    _, c2 = _constants(dynamic_range)
    dof = _pixels(window) - 1
    return float(-1 + c2 * _over_variance(c2 / 2, 1.0, dof))


def flipped_noise_ssim(*, dynamic_range: float = 1.0, window: int = WINDOW) -> float:
    """E[SSIM] of Gaussian noise of standard deviation 1 and its negative; +0.88 for L = 1: blind to the flip.

    Formula: (-1 + c1 E[1 / (m^2 + c1 / 2)]) times flipped_noise_cs: the product of two numbers near -1.
    Assumes: as flipped_noise_cs.
    Source: derived: mean and variance of a Gaussian sample are independent.
    """
    c1, _ = _constants(dynamic_range)
    luminance = -1 + c1 * _over_square(c1 / 2, 1 / np.sqrt(_pixels(window)))
    return float(luminance * flipped_noise_cs(dynamic_range=dynamic_range, window=window))


def _constants(dynamic_range: float) -> tuple[float, float]:
    """c1 and c2 for the dynamic range L."""
    size = float(above("dynamic range", dynamic_range, 0))
    return (K1 * size) ** 2, (K2 * size) ** 2


def _pixels(window: int) -> int:
    """How many pixels a window has; its size is given as height = width."""
    return whole("window", window, SMALLEST, LARGEST) ** 2


def _over_square(q: ArrayLike, sd: float) -> np.ndarray:
    """E[1 / (z^2 + q)] for z Gaussian with mean 0, q > 0."""
    root = np.sqrt(q)
    return np.sqrt(np.pi / 2) / (sd * root) * erfcx(root / (np.sqrt(2) * sd))


def _over_variance(q: ArrayLike, power: float, dof: int) -> np.ndarray:
    """E[1 / (s^2 + q)] for the sample variance s^2 of Gaussian values of this power, q >= 0."""
    nodes, weights = roots_genlaguerre(NODES, dof / 2 - 1)
    variance = power * 2 * nodes / dof
    return (1 / (variance + np.asarray(q)[..., None])) @ (weights / weights.sum())
