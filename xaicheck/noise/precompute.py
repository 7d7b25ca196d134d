"""Computes the numbers about noise: `python -m xaicheck.noise`; the maps come from the gallery's folder.

Maps that are not in the folder yet are computed first. What is known of a picture is kept in the folder too,
so that an interrupted run goes on where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xaicheck import gallery, plan, study
from xaicheck.comparable import NoNumber
from xaicheck.device import resolve
from xaicheck.faithfulness import faithfulness
from xaicheck.gap import maps
from xaicheck.gap.setting import CONTROLS, METHODS, MODEL, REGION, SEEDS, STEPS, VARIANTS
from xaicheck.methods import DEFAULT_PANEL
from xaicheck.methods import METHODS as ALL
from xaicheck.models import load as load_model
from xaicheck.noise import mixing
from xaicheck.noise.data import Contest, NoiseData, NoMap
from xaicheck.similarity import against, compare
from xaicheck.types import Comparison, ImageInput, Network, Target

FOLDER = Path(__file__).resolve().parents[2] / "build" / "gallery"
PICTURES = ("chelsea", "coffee", "camera")
PANEL = tuple(key for key in DEFAULT_PANEL if key not in CONTROLS)  # whose maps come with the program
MEASURES = ("cosine", "mse", "spearman", "spearman_abs", "ssim", "cs")
CONTESTED = MEASURES[1:]  # the cosine is the squared distance over again
FILLS = ("mean", "blur")
DRAWS = (0, 1, 2, 3, 4)  # of the noise, for faithfulness

Stacks = dict[str, np.ndarray]  # float32 [depth H W] by method


@dataclass(frozen=True, slots=True)
class Setting:
    """All that the numbers depend on, so that a test can compute a part again."""

    pictures: tuple[str, ...] = PICTURES
    panel: tuple[str, ...] = PANEL
    contestants: tuple[str, ...] = METHODS
    measures: tuple[str, ...] = MEASURES
    shares: tuple[float, ...] = mixing.SHARES
    draws: tuple[int, ...] = DRAWS
    fills: tuple[str, ...] = FILLS
    seeds: tuple[int, ...] = SEEDS


def stacks_of(picture: str, seed: int, folder: Path = FOLDER) -> tuple[tuple[int, ...], Stacks]:
    """(depths, maps [depth H W] by method) under one random network, from the folder or computed now."""
    path = maps.path_of(folder, VARIANTS[0], picture, seed)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        image, variant = gallery.load(picture), VARIANTS[0]
        request = plan.request_for(
            image, model=MODEL, methods=METHODS, mode=variant.mode, law=variant.law,
            batchnorm=variant.batchnorm, seeds=(seed,), measures=("cosine",),
        )  # fmt: skip
        maps.save(study.run(request, image), path)
    return maps.load(path)


def similarities(
    stacks: Stacks, depths: Iterable[int], setting: Setting, picture: str
) -> tuple[np.ndarray, list[NoMap]]:
    """(similarity [measure method depth share draw], the maps that have none)."""
    deep = [i for i, depth in enumerate(depths) if depth]
    named = list(depths)
    wanted = [Comparison(key) for key in setting.measures]
    shape = (len(wanted), len(setting.panel), len(deep), len(setting.shares), len(mixing.DRAWS))
    found, missing = np.full(shape, np.nan), []
    for m, method in enumerate(setting.panel):
        original = stacks[method][0]
        for d, index in enumerate(deep):
            for s, share in enumerate(setting.shares):
                for n, seed in enumerate(mixing.DRAWS):
                    if share == 0 and n:
                        found[:, m, d, s, n] = found[:, m, d, s, 0]
                        continue
                    try:
                        a = mixing.mixed(original, share, seed, mixing.SIDES[0])
                        b = mixing.mixed(stacks[method][index], share, seed, mixing.SIDES[1])
                    except NoNumber as reason:
                        missing.append(NoMap(picture, method, named[index], 0, f"a map {reason}"))
                        break
                    found[:, m, d, s, n] = [float(score) for score in compare(a, wanted)(b)]
                else:
                    continue
                break
    return found, missing


def faithful(
    network: Network, image: ImageInput, target: int, originals: dict[str, np.ndarray], fills: tuple[str, ...]
) -> dict[tuple[str, str], float]:
    """ABPC / SRG by (map, fill), signed ranking, probability of the class."""
    found = faithfulness(
        network, network.preprocess(image), originals, target, fills=fills, outputs=("softmax",),
        region=REGION, steps=STEPS, image=image.sha256,
    )  # fmt: skip
    return {(one.map, one.fill): float(one.score("abpc")) for one in found}


def mixed_faithfulness(
    network: Network,
    image: ImageInput,
    target: int,
    stacks: Stacks,
    setting: Setting,
    note: str = "",
    say: Callable[[str], None] = print,
) -> np.ndarray:
    """ABPC / SRG of the mixed original maps, [fill method share draw].

    A map of noise alone is the same for all methods and is asked about once.
    """
    shape = (len(setting.fills), len(setting.panel), len(setting.shares), len(setting.draws))
    found = np.full(shape, np.nan)
    for m, method in enumerate(setting.panel):
        say(note + method)
        wanted = {}  # one map serves several places: without noise all draws, with noise alone all methods
        for s, share in enumerate(setting.shares):
            for n, seed in enumerate(setting.draws):
                at = (s, 0 if share == 0 else n)
                if share == 1 and m:
                    found[:, m, s, n] = found[:, 0, s, n]
                elif at == (s, n):
                    wanted[f"{s} {n}"] = mixing.mixed(stacks[method][0], share, seed)
        scores = faithful(network, image, target, wanted, setting.fills)
        for f, fill in enumerate(setting.fills):
            for s, share in enumerate(setting.shares):
                for n in range(len(setting.draws)):
                    key = (f"{s} {0 if share == 0 else n}", fill)
                    if key in scores:
                        found[f, m, s, n] = scores[key]
    return found


def contest(
    network: Network,
    image: ImageInput,
    picture: str,
    target: int,
    by_seed: dict[int, tuple[tuple[int, ...], Stacks]],
    setting: Setting,
) -> tuple[Contest, list[NoMap]]:
    """(The contest, the maps that have no score)."""
    depths = tuple(d for d in by_seed[setting.seeds[0]][0] if d)
    names, measures = setting.contestants, tuple(k for k in setting.measures if k in CONTESTED)
    scores = np.full((len(measures), len(names), len(depths), len(setting.seeds)), np.nan)
    missing = []
    for s, seed in enumerate(setting.seeds):
        stacks = by_seed[seed][1]
        for m, method in enumerate(names):
            for q, measure in enumerate(measures):
                to_original = against(measure, stacks[method][0])
                for d in range(len(depths)):
                    score = to_original(stacks[method][d + 1])
                    scores[q, m, d, s] = float(score)
                    if score.value is None:
                        missing.append(NoMap(picture, method, depths[d], seed, score.why))
    draws = tuple(len(setting.draws) if ALL[key].stochastic else 1 for key in names)
    faith = np.full((len(setting.fills), len(names), len(setting.draws)), np.nan)
    for m, method in enumerate(names):
        given = {str(n): original_map(network, image, target, method, n) for n in setting.draws[: draws[m]]}
        found = faithful(network, image, target, given, setting.fills)
        for f, fill in enumerate(setting.fills):
            for n, seed in enumerate(setting.draws[: draws[m]]):
                faith[f, m, n] = found[str(seed), fill]
    done = Contest(picture, names, measures, depths, setting.seeds, _float32(scores), _float32(faith), draws)
    return done, missing


def original_map(network: Network, image: ImageInput, target: int, method: str, seed: int) -> np.ndarray:
    """The raw map of a method on the trained network, float32 [H W]."""
    from xaicheck.methods.explain import draws_for, explain

    x = network.preprocess(image)[None].to(network.device)
    draws = draws_for(seed, method, image.sha256, (0,))
    return explain(ALL[method], network, x, target, draws=draws, params=plan.choice_of(ALL[method]))[0]


def target_of(network: Network, image: ImageInput) -> Target:
    """The class that the trained network sees."""
    import torch

    from xaicheck.labels import LABELS

    with torch.no_grad():
        shares = network.module(network.preprocess(image)[None].to(network.device))[0].double().softmax(0)
    index = int(shares.argmax())
    return Target(index, LABELS[index], float(shares[index]))


def compute(
    setting: Setting | None = None,
    *,
    folder: Path = FOLDER,
    device: str = "auto",
    say: Callable[[str], None] = print,
) -> NoiseData:
    """All numbers of the setting."""
    setting = setting or Setting()
    start = time.perf_counter()
    network = load_model(MODEL, resolve(device))
    images = {picture: gallery.load(picture) for picture in setting.pictures}
    targets = {picture: target_of(network, image) for picture, image in images.items()}
    alike, faith, missing = [], [], []
    depths: tuple[int, ...] = ()
    for picture, image in images.items():
        depths, stacks = stacks_of(picture, 0, folder)
        say(f"{picture}: similarities")
        found, gone = similarities(stacks, depths, setting, picture)
        alike.append(found)
        missing += gone
        kept = folder / f"noise-{picture}.npy"
        shape = (len(setting.fills), len(setting.panel), len(setting.shares), len(setting.draws))
        if not kept.exists() or np.load(kept).shape != shape:
            scores = mixed_faithfulness(
                network, image, targets[picture].index, stacks, setting, f"{picture}: faithfulness, ", say
            )
            np.save(kept, scores)
        faith.append(np.load(kept))
    first = setting.pictures[0]
    say(f"{first}: contest")
    by_seed = {seed: stacks_of(first, seed, folder) for seed in setting.seeds}
    done, gone = contest(network, images[first], first, targets[first].index, by_seed, setting)
    return NoiseData(
        model=MODEL,
        pictures=setting.pictures,
        targets=tuple(targets[picture] for picture in setting.pictures),
        methods=setting.panel,
        measures=setting.measures,
        shares=setting.shares,
        depths=tuple(d for d in depths if d),
        fills=setting.fills,
        similarity=_float32(np.stack(alike)),
        faithfulness=_float32(np.stack(faith)),
        contest=done,
        missing=tuple(dict.fromkeys(missing + gone)),
        steps=STEPS,
        region=REGION,
        versions=study.versions(),
        seconds=time.perf_counter() - start,
    )


def _float32(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32)
