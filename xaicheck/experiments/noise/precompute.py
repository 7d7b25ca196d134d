"""Computes the numbers about noise: `python -m xaicheck.experiments.noise`.

The maps come from the gallery's folder.

Maps that are not in the folder yet are computed first. What is known of a picture is kept in the folder too,
so that an interrupted run goes on where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from xaicheck.engine import request, run
from xaicheck.experiments.noise import mixing
from xaicheck.experiments.noise.data import Contest, NoiseData, NoMap
from xaicheck.experiments.noise.setting import CONTESTED, Setting
from xaicheck.experiments.ranking import maps
from xaicheck.experiments.ranking.setting import MODEL, REGION, STEPS, VARIANTS
from xaicheck.faithfulness import faithfulness
from xaicheck.methods import METHODS as ALL
from xaicheck.models import samples
from xaicheck.models.device import resolve, undisturbed
from xaicheck.models.registry import load as load_model
from xaicheck.similarity.comparisons import against, compare
from xaicheck.similarity.normalise import normalise
from xaicheck.similarity.validity import NoNumber
from xaicheck.storage.archive import whole
from xaicheck.types import Comparison, ImageInput, Network, Target

Stacks = dict[str, np.ndarray]  # float32 [depth H W] by method


def without_score(stacks: Stacks, depths: tuple[int, ...], setting: Setting, picture: str) -> list[NoMap]:
    """The maps that nothing can be mixed into, and why."""
    missing = []
    for method in setting.panel:
        for index, depth in enumerate(depths):
            try:
                normalise(stacks[method][index])
            except NoNumber as reason:
                missing.append(NoMap(picture, method, depth, 0, f"the map at depth {depth} {reason}"))
    return missing


def similarities(stacks: Stacks, setting: Setting, gone: list[NoMap]) -> np.ndarray:
    """[measure method depth share draw], randomized depths only; NaN where there is no map."""
    wanted = [Comparison(key) for key in setting.measures]
    count = len(stacks[setting.panel[0]]) - 1
    shape = (len(wanted), len(setting.panel), count, len(setting.shares), len(mixing.DRAWS))
    alike = np.full(shape, np.nan)
    holes = {(one.method, one.depth) for one in gone}
    for m, method in enumerate(setting.panel):
        if (method, 0) in holes:
            continue
        for s, share in enumerate(setting.shares):
            for n, seed in enumerate(mixing.DRAWS):
                if share == 0 and n:
                    alike[:, m, :, s, n] = alike[:, m, :, s, 0]
                    continue
                to_original = compare(mixing.mixed(stacks[method][0], share, seed, mixing.SIDES[0]), wanted)
                for d in range(count):
                    if (method, d + 1) not in holes:
                        b = mixing.mixed(stacks[method][d + 1], share, seed, mixing.SIDES[1])
                        alike[:, m, d, s, n] = [float(score) for score in to_original(b)]
    return alike


def faithful(
    network: Network, image: ImageInput, target: int, originals: dict[str, np.ndarray], fills: tuple[str, ...]
) -> dict[tuple[str, str], float]:
    """ABPC / SRG by (map, fill), signed ranking, probability of the class."""
    results = faithfulness(
        network, network.preprocess(image), originals, target, fills=fills, outputs=("softmax",),
        region=REGION, steps=STEPS, image=image.sha256,
    )  # fmt: skip
    return {(one.map, one.fill): float(one.score("abpc")) for one in results}


def mixed_faithfulness(
    network: Network,
    image: ImageInput,
    target: int,
    original: np.ndarray,
    setting: Setting,
) -> np.ndarray:
    """ABPC / SRG of an original map with noise in it, [fill share draw]."""
    shape = (len(setting.fills), len(setting.shares), len(setting.draws))
    wanted, places = {}, {}
    for s, share in enumerate(setting.shares):
        for n, seed in enumerate(setting.draws):
            name = f"{share} {0 if share == 0 else n}"  # without noise every draw is the same
            places[s, n] = name
            if name not in wanted:
                wanted[name] = mixing.mixed(original, share, seed)
    scores = faithful(network, image, target, wanted, setting.fills)
    values = np.empty(shape)
    for (s, n), name in places.items():
        for f, fill in enumerate(setting.fills):
            values[f, s, n] = scores[name, fill]
    return values


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
    draws = tuple(len(setting.many_draws) if ALL[key].stochastic else 1 for key in names)
    faith = np.full((len(setting.fills), len(names), len(setting.many_draws)), np.nan)
    for m, method in enumerate(names):
        seeds = setting.many_draws[: draws[m]]
        given = {str(n): original_map(network, image, target, method, n) for n in seeds}
        by_seed_and_fill = faithful(network, image, target, given, setting.fills)
        for f, fill in enumerate(setting.fills):
            faith[f, m, : draws[m]] = [by_seed_and_fill[str(n), fill] for n in seeds]
    done = Contest(picture, names, measures, depths, setting.seeds, _float32(scores), _float32(faith), draws)
    return done, missing


def original_map(network: Network, image: ImageInput, target: int, method: str, seed: int) -> np.ndarray:
    """The raw map of a method on the trained network, float32 [H W]."""
    from xaicheck.methods.explain import draws_for, explain

    x = network.preprocess(image)[None].to(network.device)
    draws = draws_for(seed, method, image.sha256, (0,))
    return explain(ALL[method], network, x, target, draws=draws, params=request.choice_of(ALL[method]))[0]


def target_of(network: Network, image: ImageInput) -> Target:
    """The class that the trained network sees."""
    import torch

    from xaicheck.models.labels import LABELS

    with torch.no_grad():
        shares = network.module(network.preprocess(image)[None].to(network.device))[0].double().softmax(0)
    index = int(shares.argmax())
    return Target(index, LABELS[index], float(shares[index]))


@undisturbed()
def compute(
    setting: Setting | None = None,
    *,
    folder: Path = maps.FOLDER,
    device: str = "auto",
    say: Callable[[str], None] = print,
) -> NoiseData:
    """All numbers of the setting."""
    setting = setting or Setting()
    start = time.perf_counter()
    network = load_model(MODEL, resolve(device))
    images = {picture: samples.load(picture) for picture in setting.pictures}
    targets = {picture: target_of(network, image) for picture, image in images.items()}
    alike, faith = [], []
    missing: list[NoMap] = []
    depths: tuple[int, ...] = ()
    for picture, image in images.items():
        depths, stacks = maps.load(maps.made(folder, VARIANTS[0], picture, 0))
        say(f"{picture}: similarities")
        gone = without_score(stacks, depths, setting, picture)
        missing += gone
        kept = folder / f"noise-{picture}-similarity-{setting.comparing}.npy"
        alike.append(_kept(kept, partial(similarities, stacks, setting, gone)))
        scores = []
        for method in setting.panel:
            say(f"{picture}: faithfulness, {method}")
            kept = folder / f"noise-{picture}-{method}-{setting.recipe}.npy"
            index, original = targets[picture].index, stacks[method][0]
            scores.append(_kept(kept, partial(mixed_faithfulness, network, image, index, original, setting)))
        faith.append(np.stack(scores, axis=1))
    first = setting.pictures[0]
    say(f"{first}: contest")
    by_seed = {seed: maps.load(maps.made(folder, VARIANTS[0], first, seed)) for seed in setting.seeds}
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
        versions=run.depends_on(network),
        seconds=time.perf_counter() - start,
    )


def _kept(path: Path, compute: Callable[[], np.ndarray]) -> np.ndarray:
    """What the file holds; computed and written first where there is none."""
    if not path.exists():
        values = compute()
        whole(path, lambda file: np.save(file, values))
    return np.load(path)


def _float32(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32)
