"""A made-up RankingData of any size: methods of known order, so that what is made of it can be known too."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np

from xaicheck.experiments.ranking.data import Missing, NetworkScores, RankingData, VariantScores
from xaicheck.experiments.ranking.networks import CHANGES, COMPARISONS as COMPARED
from xaicheck.experiments.ranking.setting import FEW_SEEDS, METHODS, VARIANTS, Variant
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Comparison, Target

COMPARISONS = tuple(
    Comparison(measure, normalisation, sign)
    for measure, normalisation, sign in product(
        ("ssim", "spearman", "mse"), ("second_moment", "max"), ("signed", "magnitude", "either")
    )
)


def synthetic(
    *,
    methods: tuple[str, ...] = METHODS,
    n_images: int = 8,
    seeds: tuple[int, ...] = FEW_SEEDS,
    depths: tuple[int, ...] = tuple(range(1, 19)),
    comparisons: tuple[Comparison, ...] = COMPARISONS,
    variants: tuple[Variant, ...] = VARIANTS,
    agreement: float = -1.0,
    noise: float = 0.05,
    seed: int = 0,
) -> RankingData:
    """Method i scores i / M in the check (0 = best) and `agreement` times its rank in faithfulness.

    `agreement` 1: both orders are the same but for the noise; -1: reversed; 0: faithfulness is noise alone.
    Distances are turned round, so that every comparison gives the same order.
    """
    g = np.random.default_rng(seed)
    m, s, i = len(methods), len(seeds), n_images
    level = np.arange(m) / m
    turn = np.array([-1.0 if SIMILARITIES[c.measure].distance else 1.0 for c in comparisons])

    def around(shape: tuple[int, ...]) -> np.ndarray:
        return noise * g.standard_normal(shape)

    def scores(variant: Variant) -> VariantScores:
        own = tuple(d for d in variant.depths if d) or depths
        base = level[:, None, None, None] + around((m, s, 1, 1)) + around((m, s, i, len(own)))
        values = turn[:, None, None, None, None] * base[None]
        values = values + 0.2 * around((len(comparisons), *base.shape))
        rise = 1 - level[:, None, None] + around((m, s, i))
        return VariantScores(variant, own, seeds, values.astype(np.float32), rise.astype(np.float32))

    def networks() -> tuple[NetworkScores, ...]:
        """b is 0.8 r, and a method is nearly sure of one map of the trained network."""
        pairs = len(tuple(combinations(seeds, 2)))
        known = tuple(c for c in comparisons if c in COMPARED)
        if not pairs or not known:
            return ()
        ends = (depths[0], depths[-1])
        base = np.broadcast_to(level[:, None, None, None], (len(known), m, 1, 1, 1))[..., 0, 0]
        trained = base[..., None, None] + around((len(known), m, s, 1, 2)) + around((len(known), m, s, i, 2))
        own = around((len(known), m, s))
        one, other = np.triu_indices(s, 1)
        between = 0.8 * base[..., None, None] + (own[..., one] + own[..., other])[..., None, None]
        between = between + around((len(known), m, pairs, i, 2))
        again = np.full((len(known), m, pairs, i), 0.95)
        arrays = [a.astype(np.float32) for a in (trained, between, again)]
        # Controls at the last depth: a blur makes maps more alike, shuffled pixels change little.
        last = [a[..., -1:] for a in arrays[:2]] + arrays[2:]
        controls = [
            np.concatenate([0.4 + 0.6 * a, a + 0.01 * g.standard_normal(a.shape)], 1).astype(np.float32)
            for a in last
        ]
        names = tuple(f"{change}:{method}" for change in CHANGES for method in methods)
        return (
            NetworkScores(methods, known, ends, seeds, *arrays),
            NetworkScores(names, known, ends[-1:], seeds, *controls),
        )

    faith = 0.3 * -agreement * level[:, None, None] + 0.3 * around((4, 2, 2, 2, m, s, i))
    faith[2] *= -1  # the deletion area: lower is better
    return RankingData(
        model="efficientnet_lite0",
        images=tuple(f"picture {n}" for n in range(i)),
        targets=tuple(Target(n, f"class {n}", 0.5) for n in range(i)),
        methods=methods,
        seeds=seeds,
        comparisons=comparisons,
        variants=tuple(scores(v) for v in variants),
        faithfulness_measures=("abpc", "aopc", "auc_morf", "auc_lerf"),
        fills=("mean", "inpaint"),
        outputs=("softmax", "logit"),
        rankings=("signed", "magnitude"),
        faithfulness=faith.astype(np.float32),
        snr=np.exp(g.standard_normal((m, i))).astype(np.float32),
        steps=14,
        region=16,
        missing=(),
        versions=(("xaicheck", "0"),),
        seconds=1.0,
        networks=networks(),
    )


def without(
    data: RankingData, method: str, *, image: int, seed: int = 0, depth: int | None = None, variant: int = 0
) -> RankingData:
    """The same data without the scores of a method for an image and a seed, at one depth or at all."""
    scores = data.variants[variant]
    values = scores.similarity.copy()
    columns = slice(None) if depth is None else scores.depths.index(depth)
    values[:, data.methods.index(method), data.seeds.index(seed), image, columns] = np.nan
    gone = Missing(method, data.images[image], seed, depth, "the map is zero everywhere", scores.variant.key)
    variants = list(data.variants)
    variants[variant] = replace(scores, similarity=values)
    return replace(data, variants=tuple(variants), missing=(*data.missing, gone))


def with_road(data: RankingData, *, noise: float = 0.05, seed: int = 0) -> RankingData:
    """The same data with both measures of ROAD: the first measure's numbers turned round, and noise."""
    g = np.random.default_rng(seed)
    first = -data.faithfulness[0, :1, :1]
    road = [first + noise * g.standard_normal(first.shape) for _ in range(2)]
    everywhere = np.broadcast_to(road, (2, *data.faithfulness.shape[1:])).astype(np.float32)
    return replace(
        data,
        faithfulness_measures=(*data.faithfulness_measures, "road_accuracy", "road_probability"),
        faithfulness=np.concatenate([data.faithfulness, everywhere]),
    )
