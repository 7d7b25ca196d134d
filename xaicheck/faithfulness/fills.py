"""What stands where pixels were removed: one function a fill, and FILLS.

A fill is fn(picture [3 H W], removed [H W], rng) -> [3 H W], float64, in the network's input units. Only the
removed pixels of the result are used; the same generator state gives the same fill for every map and step.
A fill that depends on what is removed takes tensors too, on any device: masks [N H W] give [N 3 H W].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xaicheck.faithfulness.inpaint import inpainted
from xaicheck.types import Registry

if TYPE_CHECKING:
    import torch

BLUR = 10.0  # pixels, standard deviation
NOISE = 0.01  # standard deviation, network input units


@dataclass(frozen=True, slots=True)
class Fill:
    """A replacement for removed pixels."""

    key: str
    label: str
    summary: str  # one sentence
    source: str
    fn: Callable[..., Any]
    fixed: bool = True  # the replaced picture does not depend on which pixels are removed
    stochastic: bool = False  # it depends on the seed


def mean(picture: np.ndarray, removed: np.ndarray, rng: torch.Generator) -> np.ndarray:
    """Each channel's mean over the whole picture, everywhere.

    Formula: x_cp = mean_q x_cq.
    Source: Hooker et al., "A Benchmark for Interpretability Methods in Deep Neural Networks", NeurIPS 2019.
    Differs: the mean of this picture, not of a data set.
    """
    return np.broadcast_to(picture.mean(axis=(1, 2), keepdims=True), picture.shape)


def blur(picture: np.ndarray, removed: np.ndarray, rng: torch.Generator) -> np.ndarray:
    """The picture blurred by a Gaussian of 10 pixels; large shapes and colours stay.

    Formula: x * G_10, the picture mirrored at its edges.
    Source: Fong and Vedaldi, "Interpretable Explanations of Black Boxes by Meaningful Perturbation", ICCV
        2017.
    Differs: pixels are switched to the blurred picture one by one instead of mixed.
    """
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(picture, sigma=(0, BLUR, BLUR), mode="reflect")


def uniform(picture: np.ndarray, removed: np.ndarray, rng: torch.Generator) -> np.ndarray:
    """Independent uniform values between each channel's smallest and largest value.

    Formula: x_cp ~ U(min_q x_cq, max_q x_cq), drawn once for seed and picture.
    Source: Samek et al., "Evaluating the Visualization of What a Deep Neural Network Has Learned", IEEE TNNLS
        28(11), 2017.
    Differs: the range is the picture's own; one draw a seed, so repeats are seeds.
    """
    import torch

    low, high = picture.min(axis=(1, 2), keepdims=True), picture.max(axis=(1, 2), keepdims=True)
    share = torch.rand(picture.shape, generator=rng, dtype=torch.float64).numpy()
    return low + (high - low) * share


def inpaint(picture: Any, removed: Any, rng: torch.Generator) -> Any:
    """The removed pixels as weighted means of their eight neighbours: no edge betrays what was removed.

    Formula: x_p = sum_q w_q x_q / sum_q w_q, w = 1/6 beside, above and below, 1/12 diagonally.
    Source: Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022.
    Differs: no noise; the channel means where every pixel is removed.
    """
    return inpainted(picture, removed)


def noisy_inpaint(picture: Any, removed: Any, rng: torch.Generator) -> Any:
    """The inpainted picture plus Gaussian noise, so that smoothness does not betray what was removed either.

    Formula: inpaint + e, e ~ N(0, 0.01^2).
    Source: Rong et al. 2022 (see inpaint): noisy linear imputation; the noise comes after the solution.
    Differs: 0.01 is in the network's input units, after its normalisation; one draw for seed and picture
        serves every map and step.
    """
    import torch

    noise = NOISE * torch.randn(picture.shape, generator=rng, dtype=torch.float64)
    if isinstance(picture, np.ndarray):
        return inpainted(picture, removed) + noise.numpy()
    return inpainted(picture, removed) + noise.to(picture.device)


FILLS = Registry(
    "fill",
    (
        Fill(
            "mean", "Mean colour", "One flat colour: simple, but its edges are visible to the network.",
            "Hooker et al. 2019", mean,
        ),
        Fill(
            "blur", "Blur", "The blurred picture: details go, large shapes stay.",
            "Fong and Vedaldi 2017", blur,
        ),
        Fill(
            "uniform", "Random colours",
            "Independent random values: nothing of the removed pixels, and nothing like a picture.",
            "Samek et al. 2017", uniform, stochastic=True,
        ),
        Fill(
            "inpaint", "Linear inpainting", "A smooth continuation of what is still there.",
            "Rong et al. 2022", inpaint, fixed=False,
        ),
        Fill(
            "noisy_inpaint", "Noisy linear inpainting",
            "A smooth continuation with a little noise, as in ROAD.",
            "Rong et al. 2022", noisy_inpaint, fixed=False, stochastic=True,
        ),
    )
)  # fmt: skip
"""The fills by key; the first one is the default."""
