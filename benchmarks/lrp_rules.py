"""`python -m benchmarks.lrp_rules FOLDER`: candidates for LRP's rule, by the criteria of `lrp_rules.md`."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.same_place import RULES, positive_alone
from xaicheck.batching.depth_batch import Cascade
from xaicheck.experiments.ranking.setting import REGION, STEPS
from xaicheck.experiments.ranking.snr import snr
from xaicheck.faithfulness import faithfulness
from xaicheck.methods import METHODS
from xaicheck.methods.explain import draws_for, explain
from xaicheck.methods.ledger import relevance_and_ledger
from xaicheck.methods.rules_lrp import Convolutions, relevance
from xaicheck.models.images import decode
from xaicheck.models.registry import load
from xaicheck.seeds import derived
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import ImageInput, Method, MethodChoice, Network

HERE = Path(__file__).parent
NETWORKS = ("efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2")
CLASSES = 1000
PICTURES = 30
DEEP = 4  # pictures whose ledger is kept at other depths too
DRAWS = 10_000
ERROR = 0.025  # one-sided
MARGINS = {"snr": float(np.log(0.8)), "srg": -0.02, "srg_p0": -0.03}
TODAY = next(iter(RULES))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and writes the results, after every picture anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="pictures; 1,000 are one a class, in the order of their names"
    )
    parser.add_argument("--source", default="", help="where they come from, for the results")
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--out", type=Path, default=HERE / "lrp_rules.json")
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)
    networks = [load(key) for key in NETWORKS]
    rows: list[dict[str, Any]] = []
    with ExitStack() as stack:
        for name, rule in RULES.items():
            stack.enter_context(METHODS.with_entry(_method(name, rule)))
        for picture, target in chosen(given.folder, networks, given.pictures):
            for network in networks:
                rows.append(measured(network, picture, target))
                if len(rows) <= DEEP * len(networks):
                    rows[-1] |= ledgers(network, network.preprocess(picture), target)
                print(json.dumps(rows[-1]), flush=True)
            result = {"source": given.source, "verdict": verdict(rows), "rows": rows}
            given.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _method(name: str, rule: Convolutions) -> Method:
    def fn(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: object) -> torch.Tensor:
        return relevance(network, x, target, convolutions=rule)

    return Method(name, name, "LRP by another rule.", "", fn)


def chosen(folder: Path, networks: Sequence[Network], count: int) -> list[tuple[ImageInput, int]]:
    """The first pictures, in an order drawn with a fixed seed, on whose class all networks agree.

    That class is the picture's own where the folder has one for each class.
    """
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    found: list[tuple[ImageInput, int]] = []
    for place in np.random.default_rng(derived("lrp rules", "pictures")).permutation(len(files)):
        picture = decode(files[place].read_bytes(), files[place].name)
        answers = {int(n.module(n.preprocess(picture)[None]).argmax(1)) for n in networks}
        if len(answers) == 1 and (len(files) != CLASSES or answers == {int(place)}):
            found.append((picture, answers.pop()))
        if len(found) == count:
            break
    return found


def measured(network: Network, picture: ImageInput, target: int) -> dict[str, Any]:
    """All numbers of one picture and network, each by rule."""
    x, image = network.preprocess(picture), picture.sha256
    choices = [MethodChoice(name) for name in RULES]
    draws = draws_for(0, "lrp", image, (0,))
    maps = {
        c.key: explain(METHODS[c.key], network, x[None], target, draws=draws, params=c)[0] for c in choices
    }
    curves = faithfulness(
        network, x, maps, target,
        fills=("mean",), outputs=("softmax",), region=REGION, steps=STEPS, seed=0, image=image,
    )  # fmt: skip
    srg = {curve.map: float(curve.score("abpc")) for curve in curves}
    with torch.no_grad():
        p0 = float(network.module(x[None]).softmax(1)[0, target])
    ratios = snr(network, x, target, choices, seed=0, image=image)
    rank = SIMILARITIES["spearman"].fn
    own = relevance(network, x[None], torch.tensor([target]), convolutions=positive_alone)
    return {
        "sha256": image,
        "network": network.spec.key,
        "target": target,
        "p0": round(p0, 6),
        "snr": {name: round(float(v), 5) for name, v in zip(RULES, ratios, strict=True)},
        "srg": {name: round(v, 6) for name, v in srg.items()},
        "spearman_to_today": {name: round(float(rank(maps[name], maps[TODAY])), 4) for name in RULES},
        "kept": {name: round(float(maps[name].sum(dtype=np.float64)), 5) for name in RULES},
        "kept_without_convention": round(float(own.double().sum()), 5),
    }


def ledgers(network: Network, x: torch.Tensor, target: int) -> dict[str, Any]:
    """By rule: what reaches the input and the ledger's gap at each depth; CPU seconds for all depths."""
    blocks = len(network.blocks)
    depths = (0, blocks // 3, 2 * blocks // 3, blocks)
    branched = Cascade(network, depths=depths).at(depths)
    batch = x[None].contiguous(memory_format=torch.channels_last).expand(len(depths), -1, -1, -1)
    targets = torch.full((len(depths),), target)
    shares, seconds = {}, {}
    for name, rule in (RULES | {"without_convention": positive_alone}).items():
        began = time.process_time()
        _, found = relevance_and_ledger(branched, batch, targets, rule)
        seconds[name] = round(time.process_time() - began, 3)
        shares[name] = {
            d: [round(one.kept, 5), round(one.gap, 8)] for d, one in zip(depths, found, strict=True)
        }
    return {"kept_and_gap_by_depth": shares, "cpu_seconds": seconds}


def lower_bound(differences: np.ndarray, error: float = ERROR) -> float:
    """The one-sided lower bound of a mean by bootstrap-t."""
    n = len(differences)
    drawn = differences[np.random.default_rng(derived("lrp rules", "bootstrap")).integers(0, n, (DRAWS, n))]
    spread = drawn.std(1, ddof=1)
    t = (drawn.mean(1) - differences.mean())[spread > 0] / (spread[spread > 0] / n**0.5)
    return float(differences.mean() - np.quantile(t, 1 - error) * differences.std(ddof=1) / n**0.5)


_DIFFERENCES: Mapping[str, Callable[[Mapping[str, Any], str], float]] = {
    "snr": lambda row, rule: float(np.log(row["snr"][rule] / row["snr"][TODAY])),
    "srg": lambda row, rule: row["srg"][rule] - row["srg"][TODAY],
    "srg_p0": lambda row, rule: (row["srg"][rule] - row["srg"][TODAY]) / row["p0"],
}


def verdict(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Each candidate by the criteria: mean, lower bound, means by network, and whether it holds."""
    pictures = list(dict.fromkeys(row["sha256"] for row in rows))
    result: dict[str, Any] = {}
    for rule in RULES:
        if rule == TODAY or len(pictures) < 2:
            continue  # nothing to compare, no spread
        result[rule] = {}
        for key, difference in _DIFFERENCES.items():
            by_cell = {(r["sha256"], r["network"]): difference(r, rule) for r in rows}
            table = np.array([[by_cell[p, n] for n in NETWORKS] for p in pictures])
            means = table.mean(0)
            bound = lower_bound(table.mean(1))
            result[rule][key] = {
                "mean": round(float(table.mean()), 4),
                "lower": round(bound, 4),
                "by_network": [round(float(m), 4) for m in means],
                "margin": round(MARGINS[key], 4),
                "holds": bool(bound > MARGINS[key] and means.min() > MARGINS[key]),
            }
        result[rule]["holds"] = all(result[rule][key]["holds"] for key in _DIFFERENCES)
    return result


if __name__ == "__main__":
    main()
