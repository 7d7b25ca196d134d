"""The closed forms behind the argument: what scores and orders are to be expected when nothing is shared.

laws: how weights are drawn; pair, order, top, scale, places: what becomes of the order of activations;
baseline: what a map keeps of them; convergence: how alike random directions are; maps, ssim: what unrelated
maps score; noise: what noise in the maps does to a score. Everything is float64 and free of randomness; a
value outside a formula's domain raises ValueError with one sentence.
"""

from __future__ import annotations

from xaicheck.theory.baseline import (
    activation_norm,
    baseline_cosine,
    effective_count,
    expected_magnitude,
    mean_over_sd,
    residual_cosine,
)
from xaicheck.theory.convergence import median_absolute_cosine
from xaicheck.theory.laws import CONSTANT, GAUSSIAN, LAPLACE, UNIFORM, WEIGHT_LAWS, WeightLaw, permuted
from xaicheck.theory.maps import (
    FLATNESS,
    INDEPENDENT_MSE,
    flatness,
    independent_mse,
    independent_mse_sd,
    mse_of_cosine,
    shared_zeros_spearman,
)
from xaicheck.theory.noise import observed_correlation, observed_mse, snr_of_mixture, snr_of_split_half
from xaicheck.theory.order import ExpectedOrder, expected_kendall, expected_spearman
from xaicheck.theory.pair import order_kept, order_kept_by_norm, order_kept_by_sum, order_lost_far_out
from xaicheck.theory.places import coherence, coherent_magnitude
from xaicheck.theory.scale import log_correlation, log_correlation_by_norm
from xaicheck.theory.ssim import (
    expected_ssim,
    expected_window_ssim,
    flipped_noise_cs,
    flipped_noise_ssim,
    independent_plug_in_ssim,
    noise_ssim,
    plug_in_ssim,
)
from xaicheck.theory.top import expected_overlap, stays_in_top

__all__ = [
    "CONSTANT",
    "FLATNESS",
    "GAUSSIAN",
    "INDEPENDENT_MSE",
    "LAPLACE",
    "UNIFORM",
    "WEIGHT_LAWS",
    "ExpectedOrder",
    "WeightLaw",
    "activation_norm",
    "baseline_cosine",
    "coherence",
    "coherent_magnitude",
    "effective_count",
    "expected_kendall",
    "expected_magnitude",
    "expected_overlap",
    "expected_spearman",
    "expected_ssim",
    "expected_window_ssim",
    "flatness",
    "flipped_noise_cs",
    "flipped_noise_ssim",
    "independent_mse",
    "independent_mse_sd",
    "independent_plug_in_ssim",
    "log_correlation",
    "log_correlation_by_norm",
    "median_absolute_cosine",
    "mean_over_sd",
    "mse_of_cosine",
    "noise_ssim",
    "observed_correlation",
    "observed_mse",
    "order_kept",
    "order_kept_by_norm",
    "order_kept_by_sum",
    "order_lost_far_out",
    "permuted",
    "plug_in_ssim",
    "residual_cosine",
    "shared_zeros_spearman",
    "snr_of_mixture",
    "snr_of_split_half",
    "stays_in_top",
]
