"""Made-up numbers of a ranking with plausible sizes: noise wins the check, Grad-CAM is faithful."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from tests.ranking_data import synthetic, without
from xaicheck.experiments.ranking.data import NetworkScores, RankingData, VariantScores
from xaicheck.similarity.comparisons import comparisons
from xaicheck.similarity.measures import SIMILARITIES

# Similarity after randomization, area between the curves: invented, but of the size that is measured.
LEVELS = {
    "gradient": (0.05, 0.01),
    "input_x_gradient": (0.08, 0.03),
    "integrated_gradients": (0.1, 0.09),
    "smoothgrad": (0.12, 0.05),
    "guided_backprop": (0.5, 0.06),
    "grad_cam": (0.33, 0.35),
    "guided_grad_cam": (0.28, 0.16),
    "lrp": (0.62, 0.24),
    "sobel": (1.0, 0.12),
    "fresh_noise": (0.0, 0.0),
    "fixed_noise": (1.0, 0.0),
    "sign_flip": (-0.05, 0.02),
}
PICTURES = ("chelsea", "coffee", "rocket", "camera", "grace_hopper", "brick", "clock", "hubble")


@cache
def plausible(n_images: int = 8, *, hole: bool = False, all_comparisons: bool = False) -> RankingData:
    """Numbers of the gallery's shape; `hole`: one of Grad-CAM's is missing, with its reason."""
    more = {"comparisons": comparisons()} if all_comparisons else {}
    data = synthetic(n_images=n_images, seed=3, **more)
    rng = np.random.default_rng(5)
    check = np.array([LEVELS[m][0] for m in data.methods])
    faith = np.array([LEVELS[m][1] for m in data.methods])
    fixed = np.isin(data.methods, ("sobel", "fixed_noise"))
    shape = (len(data.methods), len(data.seeds), n_images)

    def scored(scores: VariantScores) -> VariantScores:
        depth = np.linspace(0.4, 1.3, len(scores.depths))
        base = check[:, None, None, None] ** np.where(check[:, None, None, None] > 0, depth, 1)
        base = base + 0.05 * rng.standard_normal((*shape[:2], 1, 1)) * ~fixed[:, None, None, None]
        base = base + 0.05 * rng.standard_normal((*shape, 1)) * ~fixed[:, None, None, None]
        values = []
        for c in data.comparisons:
            own = base + 0.04 * rng.standard_normal((shape[0], 1, 1, 1)) * ~fixed[:, None, None, None]
            own = np.where(fixed[:, None, None, None], 1.0, np.clip(own, -1, 1))
            values.append(2 - 2 * own if SIMILARITIES[c.measure].distance else own)
        rise = 0.2 * (1 - check[:, None, None]) * (check[:, None, None] > 0)
        rise = rise + 0.01 * rng.standard_normal(shape)
        return replace(
            scores,
            similarity=np.stack(values).astype(np.float32),
            entropy_rise=rise.astype(np.float32),
        )

    def compared(one: NetworkScores) -> NetworkScores:
        """Two random networks are less alike than the trained one and a random one."""
        level = check[None, :, None, None, None]
        arrays = {
            name: np.where(
                fixed[:, None, None, None],
                1.0,
                k * level + 0.02 * rng.standard_normal(getattr(one, name).shape),
            ).astype(np.float32)
            for name, k in (("trained", 1.0), ("between", 0.7))
        }
        return replace(one, **arrays)

    noise = rng.standard_normal(data.faithfulness.shape)
    values = faith[:, None, None] + 0.03 * noise + 0.05 * rng.standard_normal(n_images)
    values[2] = 0.5 - values[2]
    snr = np.where(fixed[:, None], np.inf, data.snr)
    data = replace(
        data,
        images=PICTURES[:n_images],
        variants=tuple(scored(v) for v in data.variants),
        faithfulness=values.astype(np.float32),
        snr=snr.astype(np.float32),
        networks=(compared(data.networks[0]), *data.networks[1:]),
    )
    return without(data, "grad_cam", image=1, seed=1, depth=1) if hole else data
