"""An engine without a network: reports from synthetic arrays, fast and always the same."""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from xaicheck.engine import pairs
from xaicheck.engine.request import request_for
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.models.images import model_view
from xaicheck.models.labels import LABELS
from xaicheck.models.registry import MODELS
from xaicheck.randomization.efficient_mprt import entropy
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import (
    ActivationScale,
    Attribution,
    Coverage,
    ImageInput,
    Listener,
    Liveness,
    MethodChoice,
    PairRow,
    Progress,
    Report,
    Request,
    Score,
    ScoreRow,
    Target,
)

# How much of the original is left at full depth, by method: invented, so that curves differ.
LEFT = {
    "grad_cam": 0.35,
    "lrp": 0.62,
    "guided_backprop": 0.45,
    "input_x_gradient": 0.1,
    "sobel": 1.0,
    "fixed_noise": 1.0,
    "fresh_noise": 0.0,
}
BETWEEN = 0.37  # similarity of two random networks' maps
RAISES = "occlusion"  # this method fails at depth 2, as a method may


def run(
    request: Request,
    image: ImageInput,
    *,
    device: str = "auto",
    listener: Listener | None = None,
    pause: float = 0.0,
) -> Report:
    """The finished synthetic report; tells the listener after each method."""
    done = report(request, image, methods=())
    total = len(request.methods) * len(done.depths) * len(request.seeds)
    for number in range(1, len(request.methods) + 1):
        if listener is not None:
            listener.check()
        known = report(request, image, methods=request.methods[:number])
        left = pause * (len(request.methods) - number)
        if listener is not None:
            note = METHODS[request.methods[number - 1].key].label
            listener.update(Progress(number * total // len(request.methods), total, note, left, known))
        until = time.monotonic() + pause
        while time.monotonic() < until:
            time.sleep(0.02)
            if listener is not None:
                listener.check()
        done = known
    return report(request, image, methods=request.methods, complete=True) if done else done


def report(
    request: Request,
    image: ImageInput,
    *,
    methods: Sequence[MethodChoice] | None = None,
    complete: bool = False,
) -> Report:
    """A report of synthetic maps and of scores computed from them."""
    spec = MODELS[request.model]
    blocks = tuple(b.name for b in spec.blocks)
    depths = request.depths
    maps = [
        _map(choice.key, depth, seed, len(blocks), spec.size)
        for choice in (request.methods if methods is None else methods)
        for seed in request.seeds
        for depth in depths
    ]
    scores = tuple(
        ScoreRow(m.method, name, m.depth, m.seed, _score(name, m, len(blocks)))
        for m in maps
        for name in request.measures
    )
    against = None if request.against is None else _target(request.against)
    every = request.against_at == "every"
    second = [
        dataclasses.replace(
            _map(m.method, 0, 99, len(blocks), spec.size), depth=m.depth, seed=m.seed, target=request.against
        )
        for m in maps
        if against is not None and m.seed == request.seeds[0] and (every or not m.depth)
    ]
    return Report(
        request=request,
        image_name=image.name,
        view=model_view(image, spec),
        target=_target(request.target),
        blocks=blocks,
        depths=depths,
        attributions=tuple(maps),
        scores=scores,
        entropies=tuple(
            ScoreRow(m.method, "entropy", m.depth, m.seed, _entropy(m))
            for m in maps
            if m.depth in (0, depths[-1])
        ),
        activations=tuple(_scales(blocks, depths, request.seeds)),
        liveness=tuple(
            Liveness(d, s, 1.9 / (1 + d / 4), 2.3 + 4.4 * d / len(blocks), _top5(d))
            for d in depths
            for s in request.seeds
        ),
        coverage=Coverage(1.0, (), tuple((d, d / len(blocks)) for d in depths)),
        versions=(("fake", "1"),),
        device="cpu",
        seconds=1.5,
        complete=complete,
        against=against,
        class_maps=tuple(second),
        class_scores=tuple(
            ScoreRow(
                m.method, name, m.depth, m.seed, _score(name, dataclasses.replace(m, depth=m.depth + 1), 20)
            )
            for m in second
            for name in request.measures
        ),
        pairs=tuple(_pairs(request)) if complete else (),
    )


def sample_report(seeds: int = 2, **settings: Any) -> Report:
    """A complete report of the first sample."""
    image = samples.load("chelsea")
    request = request_for(image, **{"seeds": range(seeds), "measures": ("spearman", "mse"), **settings})
    return report(request, image, complete=True)


def _pairs(request: Request) -> Iterator[PairRow]:
    """Two random networks are as alike as BETWEEN says; a method that draws never gives one map twice."""
    deep, seeds = pairs.depths(request), pairs.seeds(request)
    for choice, measure in itertools.product(request.methods, request.measures):
        draws = METHODS[choice.key].stochastic
        cells = [(pairs.BETWEEN, depth, *two) for depth in deep for two in itertools.combinations(seeds, 2)]
        if draws:
            cells += [(pairs.AGAIN, 0, *two) for two in itertools.combinations(seeds, 2)]
            every = itertools.product(deep, itertools.permutations(seeds, 2))
            cells += [(pairs.TRAINED, depth, *two) for depth, two in every if two[0] in request.seeds]
        for kind, depth, first, second in cells:
            yield PairRow(choice.key, measure, depth, kind, first, second, Score(0.01 if draws else BETWEEN))


@cache
def _map(method: str, depth: int, seed: int, blocks: int, size: int) -> Attribution:
    if method == RAISES and depth == 2:
        return Attribution(method, depth, seed, None, "the method raised RuntimeError: made to fail")
    name = sum(map(ord, method))
    rng = np.random.default_rng([name, 0 if method != "fresh_noise" else depth + 1, 7])
    base = _smooth(rng, size, 4 if method == "grad_cam" else 1)
    if depth and method not in ("fresh_noise", "sobel", "fixed_noise"):
        left = LEFT.get(method, 0.02) ** (depth / blocks)
        other = _smooth(np.random.default_rng([name, depth, seed]), size, 4 if method == "grad_cam" else 1)
        base = (left * base + np.sqrt(max(0.0, 1 - left**2)) * other) * 0.7**depth
    if not METHODS[method].signed:
        base = np.maximum(base, 0)
    return Attribution(method, depth, seed, (base * 0.01).astype(np.float32))


def _smooth(rng: np.random.Generator, size: int, coarse: int) -> np.ndarray:
    small = rng.standard_normal((size // (8 * coarse) + 1,) * 2)
    grown = np.kron(small, np.ones((8 * coarse, 8 * coarse)))[:size, :size]
    return grown if coarse > 1 else grown + 0.5 * rng.standard_normal((size, size))


def _score(name: str, randomized: Attribution, blocks: int) -> Score:
    """An invented score with a little spread over the seeds; best at depth 0."""
    if randomized.values is None:
        return Score(None, randomized.why)
    method, depth = randomized.method, randomized.depth
    if method in ("sobel", "fixed_noise") or depth == 0:
        alike = 1.0
    else:
        left = 0.0 if method == "fresh_noise" else max(LEFT.get(method, 0.02), 0.02) ** (depth / blocks)
        alike = left + 0.03 * ((depth * 7 + randomized.seed * 5) % 5 - 2) / 2
    return Score(2 - 2 * alike if SIMILARITIES[name].distance else alike)


@cache
def _entropy(found: Attribution) -> Score:
    return Score(None, found.why) if found.values is None else entropy(found.values)


def _scales(blocks: tuple[str, ...], depths: Sequence[int], seeds: Sequence[int]) -> list[ActivationScale]:
    out = []
    for number, block in enumerate(blocks):
        for depth in depths:
            for seed in seeds:
                touched = number < depth
                factor = (0.5 + 0.2 * ((number * 7 + seed * 3) % 9)) if touched else 1.0
                rms = (0.4 + number % 5) * factor
                quantiles = (-rms, -rms / 3, 0.0, rms / 3, rms)
                out.append(
                    ActivationScale(block, depth, seed, rms, quantiles, 0.3 if touched else 0.2, rms / 50)
                )
    return out


def _target(index: int | None) -> Target:
    return Target(282, LABELS[282], 0.43) if index is None else Target(index, LABELS[index], 0.01)


def _top5(depth: int) -> tuple[Target, ...]:
    start = 281 if depth == 0 else 500 + depth
    return tuple(Target(start + i, LABELS[start + i], 0.4 / (i + 1) / (1 + depth)) for i in range(5))
