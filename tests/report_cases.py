"""Small reports without a network: maps are drawn at random, scores are computed from them as a run does.

CASES are the special ones by name; `drawn` gives one with everything chosen at random.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from xaicheck import methods as registry
from xaicheck.engine import pairs
from xaicheck.engine.request import request_for
from xaicheck.engine.scores import Scoring
from xaicheck.models import samples
from xaicheck.models.labels import LABELS
from xaicheck.models.registry import MODELS
from xaicheck.randomization.modes import MODES
from xaicheck.types import (
    ActivationScale,
    Attribution,
    Certificate,
    Coverage,
    ImageInput,
    LedgerEntry,
    Liveness,
    Report,
    Request,
    Target,
)

SIDE = 24  # pixels of a map
METHODS = ("gradient", "lrp", "guided_backprop", "fresh_noise", "sobel")
NEVER_CHANGE = ("sobel", "fixed_noise")
KINDS = ("usual", "zero", "constant", "nan", "failed", "fades", "no original")
"""What a method's maps are: numbers; all zero; constant; not a number; none; zero once randomized; ..."""
ALIVE = {
    "alive": (1.2, 5.0),
    "dead": (0.0, 6.9077),
    "nearly silent": (0.001, 6.9),
    "saturated": (90.0, 0.001),
    "broken": (float("nan"), float("nan")),
}
"""Spread of the logits and entropy of a network in each state."""
LAYERS = (LedgerEntry("head", 1.0, 0.5, 0.0, "unpaid"), LedgerEntry("stem", 0.5, 0.25, 0.0, "unpaid"))
Alike = Callable[[str, int, int], float]


@cache
def picture() -> ImageInput:
    return samples.load("chelsea")


@cache
def _request(settings: tuple[tuple[str, Any], ...]) -> Request:
    return request_for(picture(), **dict(settings))


def fading(method: str, depth: int, seed: int) -> float:
    """How alike the maps are by default: they fade with depth, each method at its own pace."""
    pace = 3 + sum(map(ord, method)) % 11
    return float(np.exp(-depth / pace)) * (1 - 0.05 * seed)


def report(
    *,
    methods: Sequence[str] = METHODS,
    kinds: Mapping[str, str] | None = None,
    alike: Alike | float = fading,
    seeds: int = 1,
    depths: Sequence[int] = (0, 1, 9, 19),
    measures: Sequence[str] = ("spearman", "mse"),
    complete: bool = True,
    until: int | None = None,
    states: Sequence[str] = ("alive",),
    says: int | None = None,
    ratio: Callable[[int, int], float] = lambda block, seed: 0.3 + 0.2 * ((3 * block + seed) % 5),
    untouched: Sequence[str] = (),
    spike: Alike = lambda method, depth, seed: 0.0,
    lost: Sequence[tuple[str, int, int]] = (),
    noise: float = 0.0,
    marked: Sequence[tuple[str, int]] = (),
    certified: bool = False,
    ledger: bool = False,
    classes: Callable[[str], float | str] | float | None = None,
    shared: Mapping[str, float] | None = None,
    **settings: Any,
) -> Report:
    """One report.

    `kinds`: by method, one of KINDS. `alike`: correlation of a map with its original, by method, depth and
    seed. `until`: how many maps there are yet. `states`: of the random networks, one a seed, the last one
    for all others. `says`: the class that random networks name first. `ratio`: randomized over original RMS
    of a block. `spike`: the height of a lone pixel by method, depth and seed: the higher, the lower the
    entropy, for most values fall into few bins. `lost`: maps that failed. `noise`: how alike fresh noise
    is. `marked`: maps, by method and depth, with a certificate beyond its bound;
    `certified`: all others have one within it. `ledger`: LRP's maps have theirs, which closes unless marked.
    `classes`: correlation of a map with that of a second class, by method, or one of KINDS; "marked" is an
    equal map with a mark. `shared`: by method, the share of what random maps have beside the original that is
    the same in every random network. Random networks are compared with each other as a run does,
    unless `band` is off.
    """
    request = _request(
        tuple(
            {
                "methods": tuple(methods), "seeds": tuple(range(seeds)), "depths": tuple(depths),
                "measures": tuple(measures), **settings,
            }.items()
        )
    )  # fmt: skip
    blocks = tuple(block.name for block in MODELS[request.model].blocks)
    how = alike if callable(alike) else lambda *_: alike
    maps: list[Attribution] = []
    companion = pairs.companion(request)
    for choice in request.methods:
        kind = (kinds or {}).get(choice.key, "usual")
        for seed in request.seeds if companion is None else (*request.seeds, companion):
            for depth in request.depths:
                left = noise if choice.key == "fresh_noise" else how(choice.key, depth, seed)
                gone = (choice.key, depth, seed) in lost
                share = (shared or {}).get(choice.key, 0.0)
                values = None if gone else _values(choice.key, depth, seed, kind, left, spike, share)
                why = "" if values is not None else "the method raised RuntimeError: made to fail"
                beyond = (choice.key, depth) in marked
                mark = (Certificate("test", 0.2 if beyond else 0.1, 0.1),) * (certified or beyond)
                if ledger and choice.key == "lrp":
                    mark += (Certificate("ledger", 0.2 * beyond, 1e-4, "", 1 - 0.2 * beyond, 1.0, LAYERS),)
                maps.append(Attribution(choice.key, depth, seed, values, why, certificates=mark))
    rows = [row for _, _, row in pairs.every(request, maps) if row is not None and until is None]
    maps = [one for one in maps if one.seed != companion]
    maps = maps if until is None else sorted(maps, key=lambda m: m.depth)[:until]
    scoring = Scoring(request)
    for one in maps:
        scoring.take(one)
    known = sorted({one.depth for one in maps})
    rng = np.random.default_rng(5)
    view = rng.integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8)
    touched = {d: set(MODES[request.mode].blocks(d, len(blocks))) for d in request.depths}
    scales = [
        _scale(block, depth, seed, ratio(i, seed) if i in touched[depth] else 1.0)
        for seed in request.seeds
        for depth in known
        for i, block in enumerate(blocks)
    ]
    alive = [
        Liveness(depth, seed, *ALIVE[state if depth else "alive"], _top5(says if depth else 282, depth))
        for depth in known
        for seed, state in zip(request.seeds, [*states, *[states[-1]] * seeds], strict=False)
    ]
    target = 282 if request.target is None else request.target
    second = [] if classes is None else _class_maps(request, classes)
    if request.against == target:
        scoring.same_class()
    else:
        firsts = {one.method: one for one in maps if (one.depth, one.seed) == (0, 0)}
        for one in second:
            if one.method in firsts:
                scoring.take_class(firsts[one.method], one)
    return Report(
        request=request,
        image_name="chelsea.png",
        view=view,
        target=Target(target, LABELS[target], 0.43),
        blocks=blocks,
        depths=request.depths,
        attributions=tuple(maps),
        scores=tuple(scoring.scores),
        entropies=tuple(scoring.entropies),
        activations=tuple(scales),
        liveness=tuple(alive),
        coverage=Coverage(0.75 if untouched else 1.0, tuple(untouched), ()),
        versions=(("xaicheck", "test"),),
        device="cpu",
        seconds=1.5,
        complete=complete,
        against=None if request.against is None else Target(request.against, LABELS[request.against], 0.1),
        class_maps=tuple(second),
        class_scores=tuple(scoring.class_scores),
        pairs=tuple(rows),
    )


def _class_maps(request: Request, classes: Callable[[str], float | str] | float) -> list[Attribution]:
    found = []
    for choice in request.methods:
        how = classes(choice.key) if callable(classes) else classes
        kind = how if isinstance(how, str) and how != "marked" else "usual"
        left = 1.0 if isinstance(how, str) else how
        values = _values(choice.key, 0 if left == 1 else 1, 99, kind, left, lambda *_: 0.0)
        marks = (Certificate("test", 0.2, 0.1),) * (how == "marked")
        why = "" if values is not None else "made to fail"
        found.append(Attribution(choice.key, 0, 0, values, why, certificates=marks, target=request.against))
    return found


def _values(
    method: str, depth: int, seed: int, kind: str, left: float, spike: Alike, share: float = 0.0
) -> np.ndarray | None:
    name = sum(map(ord, method))
    if kind == "failed" or (kind == "no original" and depth == 0):
        return None
    if kind == "zero" or (kind == "fades" and depth):
        return np.zeros((SIDE, SIDE), np.float32)
    if kind in ("constant", "nan"):
        return np.full((SIDE, SIDE), 2.0 if kind == "constant" else np.nan, np.float32)
    own = [name, seed] if seed and registry.METHODS[method].stochastic else name
    base = np.random.default_rng(own).standard_normal((SIDE, SIDE))
    if depth and method not in NEVER_CHANGE:
        other = np.random.default_rng([name, depth, seed]).standard_normal((SIDE, SIDE))
        if share:
            same = np.random.default_rng([name, depth, 99]).standard_normal((SIDE, SIDE))
            other = np.sqrt(share) * same + np.sqrt(1 - share) * other
        other -= base * (base * other).sum() / (base * base).sum()
        base = left * base + np.sqrt(max(0.0, 1 - left * left)) * other
    base[0, 0] += spike(method, depth, seed)
    return base.astype(np.float32)


def _scale(block: str, depth: int, seed: int, ratio: float) -> ActivationScale:
    rms = 0.7 * ratio
    quantiles = (-rms, -rms / 2, 0.0, rms / 2, rms)
    return ActivationScale(block, depth, seed, rms, quantiles, 0.2 if ratio == 1 else 0.4, rms / 9)


def _top5(first: int | None, depth: int) -> tuple[Target, ...]:
    start = 500 + depth if first is None else first
    return tuple(Target(start + i, LABELS[start + i], 0.4 / (i + 1)) for i in range(5))


HEIGHTS = {"gradient": 25.0, "lrp": 90.0, "guided_backprop": 45.0}


def FALLS(method: str, depth: int, seed: int) -> float:
    """The entropy of every map falls."""
    return 80.0 * bool(depth)


def RISES(method: str, depth: int, seed: int) -> float:
    """The entropy of the attribution methods' maps rises in every network, most for LRP."""
    return 0.0 if depth else HEIGHTS.get(method, 0.0)


def OPEN(method: str, depth: int, seed: int) -> float:
    """The same but for LRP, whose entropy falls with the first seed."""
    return 300.0 if method == "lrp" and depth and seed == 0 else RISES(method, depth, seed)


REAL = ("gradient", "lrp", "guided_backprop")
_EACH: dict[str, dict[str, Any]] = {
    "usual": {"seeds": 2},
    "three seeds": {"seeds": 3},
    "zero maps": {"kinds": dict.fromkeys(METHODS[:3], "zero")},
    "every map zero": {"kinds": dict.fromkeys(METHODS, "zero")},
    "constant maps": {"kinds": dict.fromkeys(METHODS[:3], "constant"), "seeds": 2},
    "maps of not-a-number": {"kinds": dict.fromkeys(METHODS[:3], "nan")},
    "one method's maps zero": {"kinds": {"lrp": "zero"}},
    "maps that fade to zero": {"kinds": {"gradient": "fades", "lrp": "fades"}},
    "controls only": {"methods": ("sobel", "fixed_noise", "sign_flip"), "alike": -1.0, "depths": (0, 3)},
    "noise only": {"methods": ("fresh_noise",)},
    "controls only, all zero": {"methods": ("sobel",), "kinds": {"sobel": "zero"}},
    "no controls": {"methods": REAL},
    "one depth": {"depths": (0, 5), "measures": ("spearman",)},
    "one depth, one block": {"depths": (0, 1)},
    "depth 0 only": {"depths": (0,), "seeds": 2},
    "all blocks only": {"depths": (0, 19)},
    "one method": {"methods": ("gradient",), "alike": 0.6},
    "one method that kept little": {"methods": ("gradient", "fresh_noise"), "alike": 0.1},
    "one method that hardly changed": {"methods": ("gradient", "fresh_noise"), "alike": 0.97},
    "two methods": {"methods": ("gradient", "lrp", "fresh_noise"), "seeds": 2},
    "all refused": {"kinds": dict.fromkeys(METHODS, "failed")},
    "methods refused, controls not": {"kinds": dict.fromkeys(REAL, "failed")},
    "one refused": {"kinds": {"gradient": "failed"}},
    "no original": {"kinds": {"gradient": "no original"}},
    "noise refused": {"kinds": {"fresh_noise": "failed"}},
    "failed cells": {"lost": (("gradient", 9, 0), ("lrp", 19, 0), ("fresh_noise", 9, 0)), "seeds": 2},
    "a seed failed": {"lost": tuple((m, d, 0) for m in METHODS for d in (1, 9, 19)), "seeds": 3},
    "marked": {"marked": (("lrp", 9), ("gradient", 0)), "alike": 0.95, "seeds": 2},
    "none marked": {"certified": True},
    "a ledger": {"ledger": True, "marked": (("lrp", 9),)},
    "all marked": {"marked": [(method, 0) for method in METHODS]},
    "bottom-up": {"mode": "bottom_up", "seeds": 2},
    "bottom-up, one block": {"mode": "bottom_up", "depths": (0, 1)},
    "independent": {"mode": "independent"},
    "independent, two seeds": {"mode": "independent", "seeds": 2, "depths": (0, 7)},
    "kept BatchNorm": {"batchnorm": "keep", "untouched": ("bn1.running_mean", "bn1.running_var")},
    "one tensor kept": {"batchnorm": "keep", "untouched": ("bn1.bias",)},
    "many tensors kept": {"batchnorm": "keep", "untouched": ("a", "b", "c", "d")},
    "nothing yet": {"complete": False, "until": 0},
    "originals only": {"complete": False, "until": 5},
    "unfinished": {"complete": False, "until": 12, "seeds": 2},
    "unfinished controls": {"complete": False, "until": 1, "methods": ("sobel", "sign_flip")},
    "noise before the methods": {"complete": False, "until": 12, "kinds": dict.fromkeys(REAL, "failed")},
    "a distance": {"measures": ("mse",), "alike": 0.4},
    "without normalisation": {"measures": ("mse", "spearman"), "normalisation": "none"},
    "magnitudes": {"sign": "magnitude"},
    "either sign": {"sign": "either", "measures": ("spearman",)},
    "no words": {"measures": ("mse",), "normalisation": "none"},
    "asked for a class": {"target": 967},
    "asked, and it says so": {"target": 967, "says": 967},
    "still says so": {"says": 282},
    "all hardly change": {"alike": 0.97, "seeds": 2},
    "none is alike": {"alike": 0.05},
    "inverted": {"alike": -0.9},
    "noise is alike": {"noise": 0.7, "alike": 0.3},
    "a method beats noise": {"alike": -0.4},
    "a dead network": {"states": ("dead",)},
    "saturated networks": {"states": ("saturated",), "seeds": 2},
    "silent networks": {"states": ("nearly silent",)},
    "broken networks": {"states": ("broken",), "seeds": 2},
    "networks of two minds": {"states": ("alive", "dead"), "seeds": 3},
    "entropy falls": {"spike": FALLS, "seeds": 2},
    "entropy of one falls": {"spike": FALLS, "methods": ("gradient",)},
    "entropy rises": {"spike": RISES, "seeds": 3},
    "entropy of one rises": {"spike": RISES, "methods": ("lrp", "sobel"), "seeds": 2},
    "entropy rises most for a marked one": {"spike": RISES, "seeds": 2, "marked": (("lrp", 19),)},
    "entropy rises in some networks": {"spike": OPEN, "seeds": 3},
    "entropy of one rises in some networks": {"spike": OPEN, "methods": ("lrp",), "seeds": 3},
    "entropy rises on average only": {"spike": lambda m, d, s: (60, 300, 0, 0)[d and 1 + s], "seeds": 3},
    "signals die": {"ratio": lambda block, seed: 0.0},
    "signals are not finite": {"ratio": lambda block, seed: float("inf")},
    "signals alike": {"ratio": lambda block, seed: 0.5},
    "each its own class": {"target_policy": "randomized", "seeds": 2},
    "two classes": {"against": 281, "classes": 0.4, "seeds": 2},
    "two classes, one map alike": {"against": 281, "classes": lambda key: 0.98 if key == "lrp" else 0.3},
    "two classes, maps alike": {"against": 281, "classes": 0.95},
    "two classes, equal maps": {"against": 281, "classes": 1.0},
    "two classes, no maps": {"against": 281, "classes": lambda key: "failed"},
    "two classes, zero maps": {"against": 281, "classes": lambda key: "zero"},
    "two classes, marked": {"against": 281, "classes": lambda key: "marked" if key == "lrp" else 0.97},
    "two classes, no words": {"against": 281, "classes": 0.97, "measures": ("mse",), "normalisation": "none"},
    "twice the same class": {"against": 282, "classes": None},
    "two random networks alike": {"methods": REAL, "alike": 0.3, "shared": dict.fromkeys(REAL, 0.25)},
    "one network beside another": {"methods": ("lrp",), "alike": 0.5, "shared": {"lrp": 0.9}},
    "not compared with each other": {"band": "off", "seeds": 2},
    "common noise": {"methods": ("gradient", "smoothgrad", "fixed_noise"), "alike": 0.9, "seeds": 2},
    "eight networks": {
        "methods": ("gradient", "lrp", "guided_backprop", "smoothgrad", "sobel"),
        "seeds": 8,
        "depths": (0, 9, 19),
        "alike": lambda m, d, s: {"smoothgrad": 0.9, "guided_backprop": 0.99}.get(m, 0.5),
        "shared": {"lrp": 0.8},
        "measures": ("spearman",),
    },
    "eight networks, one marked": {
        "methods": ("gradient", "lrp"),
        "seeds": 8,
        "depths": (0, 19),
        "marked": (("lrp", 19),),
        "alike": 0.5,
    },
    "eight networks, nothing clear": {
        "methods": ("gradient", "lrp"),
        "seeds": 8,
        "depths": (0, 9),
        "alike": 0.0,
    },
    "eight networks, zero maps": {"methods": ("gradient", "lrp"), "kinds": {"lrp": "fades"}, "seeds": 8},
    "one block only touched": {"ratio": lambda block, seed: 2.0, "depths": (0, 1, 18)},
}


CASES: Mapping[str, Callable[[], Report]] = {
    name: cache(lambda name=name: report(**_EACH[name])) for name in _EACH
}


def drawn(number: int) -> Report:
    """A report with its settings, maps and gaps chosen at random; the same one for the same number."""
    rng = np.random.default_rng([number, 11])

    def one(*values: Any) -> Any:
        return values[rng.integers(len(values))]

    every = (*METHODS, "grad_cam", "fixed_noise", "sign_flip", "integrated_gradients")
    methods = tuple(str(m) for m in rng.permutation(every)[: rng.integers(1, 6)])
    inner = sorted({int(d) for d in rng.integers(1, 20, rng.integers(0, 4))})
    levels = {m: float(rng.uniform(-1, 1)) for m in methods}
    return report(
        methods=methods,
        kinds={m: one(*["usual"] * 6, *KINDS) for m in methods},
        alike=lambda method, depth, seed: levels[method] * (1 - 0.02 * depth - 0.05 * seed),
        seeds=one(1, 1, 2, 3),
        depths=(0, *inner),
        measures=one(("spearman",), ("mse",), ("spearman", "mse"), ("spearman_abs",)),
        complete=(complete := bool(rng.random() < 0.8)),
        until=None if complete else int(rng.integers(0, 20)),
        states=tuple(str(s) for s in rng.choice(list(ALIVE), 2)),
        says=one(None, 282, 300),
        mode=one("cascade", "cascade", "bottom_up", "independent"),
        normalisation=one("second_moment", "second_moment", "none", "max"),
        sign=one("signed", "signed", "magnitude", "either"),
        noise=float(rng.choice([0.0, 0.0, 0.5])),
        target=one(None, None, 967),
        marked=[(method, one(*inner, 0)) for method in methods if rng.random() < 0.2],
    )
