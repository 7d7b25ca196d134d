"""Every sentence of the page on noise holds where it appears, said again from the stored arrays alone.

The numbers are those that come with the program, and the same turned round: faithfulness negated, the shares
from behind, the contest's lines permuted, a noise that loses, a cheater that does not flip, one draw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.premises import NUMBER, Restated, Shown, found, judge, missed, number_of, sentences_of
from xaicheck.experiments.noise import store, truths, zeros
from xaicheck.experiments.noise.contest import standings
from xaicheck.experiments.noise.data import NoiseData
from xaicheck.faithfulness import FILLS
from xaicheck.methods import METHODS
from xaicheck.topics.noise import sentences, sentences_contest
from xaicheck.topics.noise.numbers import mix_of, stored_curve, tally
from xaicheck.topics.noise.verdict import verdict

SAYS = {key: one for key, one in sentences_of("topics.noise").items() if key.startswith("noise.")}
Where = tuple[str, str, int, float, str, str]  # picture, method, depth, share, measure, fill
Raw = tuple[NoiseData, Where, truths.TruthTable, zeros.SharedZeros]


def numbers(text: str) -> list[float]:
    return [number_of(one) for one in NUMBER.findall(text)]


def near(said: str, wanted: float, half: float = 0.0051) -> bool:
    return abs(numbers(said)[-1] - wanted) <= half


def alike(raw: Raw, share: float) -> float:
    """The mean similarity over the draws."""
    data, (picture, method, depth, _, measure, _), *_ = raw
    at = (data.pictures.index(picture), data.measures.index(measure), data.methods.index(method))
    return float(data.similarity[at][data.depths.index(depth), data.shares.index(share)].astype(float).mean())


def faith(raw: Raw, share: float) -> np.ndarray:
    """The faithfulness of every draw."""
    data, (picture, method, _, _, _, fill), *_ = raw
    at = (data.pictures.index(picture), data.fills.index(fill), data.methods.index(method))
    return data.faithfulness[at][data.shares.index(share)].astype(float)


def known(raw: Raw) -> bool:
    return bool(np.isfinite(alike(raw, 0.0)))


def moved(raw: Raw, share: float) -> float:
    """How much more changed the map counts as than without noise."""
    return (alike(raw, share) - alike(raw, 0.0)) * (1 if raw[1][4] == "mse" else -1)


def gained(raw: Raw) -> int:
    """1 or -1 where the t interval of the draws lies above or below the value without noise, by SciPy."""
    from scipy.stats import t

    now, before = faith(raw, raw[1][3]), float(faith(raw, 0.0).mean())
    if len(now) < 2:
        return 0
    half = t.ppf(0.975, len(now) - 1) * now.std(ddof=1) / np.sqrt(len(now))
    return int(now.mean() - half > before) - int(now.mean() + half < before)


def way(raw: Raw, least: float, most: float) -> bool:
    return known(raw) and raw[1][3] > 0 and least <= moved(raw, raw[1][3]) < most


def faithful(raw: Raw, match: re.Match[str], sign: int) -> bool:
    now, before = faith(raw, raw[1][3]).mean(), faith(raw, 0.0).mean()
    return gained(raw) == sign and near(match["pure"], before, 6e-4) and near(match["faith"], now, 6e-4)


def line(raw: Raw, method: str, measure: str) -> float:
    """A contestant's mean score over the seeds."""
    contest = raw[0].contest
    at = contest.measures.index(measure), contest.methods.index(method), contest.depths.index(raw[1][2])
    return float(contest.scores[at].astype(float).mean())


def gains(raw: Raw, method: str) -> float:
    """A contestant's mean faithfulness over its draws."""
    contest = raw[0].contest
    m = contest.methods.index(method)
    own = contest.faithfulness[raw[0].fills.index(raw[1][5]), m, : contest.draws[m]]
    return float(own.astype(float).mean())


def winners(raw: Raw) -> dict[str, set[str]]:
    contest = raw[0].contest
    best = {}
    for measure in contest.measures:
        scores = {m: line(raw, m, measure) * (1 if measure == "mse" else -1) for m in contest.methods}
        best[measure] = {m for m, score in scores.items() if score > max(scores.values()) - 1e-7}
    return best


def held(raw: Raw, measure: str) -> int:
    """In how many random networks one that wins by its mean changed most."""
    contest = raw[0].contest
    scores = contest.scores[contest.measures.index(measure), :, contest.depths.index(raw[1][2])].astype(float)
    best = scores.max(0) if measure == "mse" else scores.min(0)
    at = [contest.methods.index(m) for m in winners(raw)[measure]]
    return int((np.abs(scores[at] - best) < 1e-7).any(0).sum())


def in_every(raw: Raw) -> tuple[int, int]:
    """(columns that a control wins in every random network, those that it wins by its mean)."""
    won = [m for m, who in winners(raw).items() if any(METHODS[one].control for one in who)]
    return sum(held(raw, m) == len(raw[0].contest.seeds) for m in won), len(won)


def named(text: str) -> set[str]:
    labels = {key: method.label.casefold() for key, method in METHODS.items()}
    keys, text = set(), text.casefold()
    for key in sorted(labels, key=lambda key: -len(labels[key])):
        keys |= {key} if labels[key] in text else set()
        text = text.replace(labels[key], "")
    return keys


def controls_win(raw: Raw, match: re.Match[str]) -> bool:
    controls = {m for m in raw[0].contest.methods if METHODS[m].control}
    won = [who for who in winners(raw).values() if who & controls]
    by_name = re.findall(r"([\w -]+) \((\d+)(?:, (\d+) shared)?\)", match["names"].replace(" and ", ", "))
    return (
        len(won) == int(match["won"]) > 0
        and named(match["names"]) == {m for who in won for m in who & controls}
        and all(
            int(n) == sum(bool(named(name) & who) for who in won)
            and int(shared or 0) == sum(len(who) > 1 for who in won if named(name) & who)
            for name, n, shared in by_name
        )
    )


def honest(raw: Raw, match: re.Match[str]) -> bool:
    rest = [line(raw, "fresh_noise", m) for m in raw[0].contest.measures if m != "mse"]
    return (
        near(match["mse"], line(raw, "fresh_noise", "mse"))
        and near(match["least"], min(rest))
        and near(match["most"], max(rest))
    )


def cheats(raw: Raw) -> bool:
    return line(raw, "sign_flip", "spearman_abs") > 0.99999 and line(raw, "sign_flip", "mse") > 2


def noise_scores(raw: Raw, match: re.Match[str]) -> bool:
    contest, distance = raw[0].contest, line(raw, "fresh_noise", "mse")
    scores = contest.scores[contest.measures.index("mse"), :, contest.depths.index(raw[1][2])].astype(float)
    noise = scores[contest.methods.index("fresh_noise")]
    real = [scores[i] for i, m in enumerate(contest.methods) if not METHODS[m].control]
    return (
        near(match["distance"], distance)
        and int(match["beaten"]) == sum((d < noise).all() for d in real) > 0
        and match["methods"] == f"{len(real)} attribution methods"
        and near(match["faith"], gains(raw, "fresh_noise"), 6e-4)
    )


def most_faithful(raw: Raw) -> set[str]:
    best = max(gains(raw, m) for m in raw[0].contest.methods)
    return {m for m in raw[0].contest.methods if gains(raw, m) > best - 1e-9}


def half(raw: Raw, match: re.Match[str]) -> bool:
    before, end = alike(raw, 0.0), alike(raw, 1.0)
    left = [s for s in raw[0].shares if abs(alike(raw, s) - end) <= abs(before - end) / 2]
    share = numbers(match["share"])[0] / 100
    return (
        abs(before - end) >= 0.05
        and abs(share - left[0]) < 1e-6
        and near(match["there"], faith(raw, left[0]).mean(), 6e-4)
        and near(match["empty"], faith(raw, 1.0).mean(), 6e-4)
    )


def beyond(raw: Raw, said: str, at: str, sign: int) -> bool:
    """Whether the curve of faithfulness goes beyond its ends there, and nowhere further."""
    curve = sign * np.array([faith(raw, share).mean() for share in raw[0].shares])
    share = raw[0].shares[int(curve.argmax())]
    return (
        curve.max() > max(curve[0], curve[-1])
        and near(said, sign * float(curve.max()), 6e-4)
        and abs(numbers(at)[0] - 100 * share) < 1e-6
    )


def on_the_line(raw: Raw, match: re.Match[str]) -> bool:
    """A bound that holds, and that one less in its last place does not."""
    data, (picture, method, depth, _, measure, _), *_ = raw
    at = (data.pictures.index(picture), data.measures.index(measure), data.methods.index(method))
    means = data.similarity[at][data.depths.index(depth)].astype(float).mean(-1)
    snr = np.array([np.inf if s == 0 else ((1 - s) / s) ** 2 for s in data.shares])
    gain = np.where(np.isinf(snr), 1.0, snr / (1 + np.where(np.isinf(snr), 0, snr)))
    line = gain * means[0] if measure == "cosine" else 2 - gain * (2 - means[0])
    off, said = float(np.abs(means - line).max()), numbers(match["error"])[0]
    return said - 0.001 < off <= said + 1e-9


def ssims(raw: Raw) -> list[float]:
    return [
        cell.measured
        for row in raw[2].cells.values()
        for key, cell in row.items()
        if not truths.SCORINGS[key].distance
    ]


RESTATED: Restated = {
    "noise.no_score": lambda raw, m: not known(raw),
    "noise.without_noise": lambda raw, m: (
        known(raw)
        and raw[1][3] == 0
        and near(m["before"], alike(raw, 0.0))
        and near(m["end"], alike(raw, 1.0))
        and near(m["empty"], faith(raw, 1.0).mean(), 6e-4)
    ),
    "noise.better": lambda raw, m: way(raw, 0.02, np.inf),
    "noise.no_worse": lambda raw, m: way(raw, -0.02, 0.02),
    "noise.worse": lambda raw, m: way(raw, -np.inf, -0.02),
    "noise.from_to": lambda raw, m: (
        known(raw) and near(m["before"], alike(raw, 0.0)) and near(m["now"], alike(raw, raw[1][3]))
    ),
    "noise.common": lambda raw, m: (
        raw[1][4] == "cosine" and raw[1][1] == "grad_cam" and near(m["common"], 0.6)
    ),
    "noise.grows": lambda raw, m: faithful(raw, m, 1),
    "noise.stays": lambda raw, m: faithful(raw, m, 0),
    "noise.falls": lambda raw, m: faithful(raw, m, -1),
    "noise.half": half,
    "noise.moved": lambda raw, m: (
        known(raw)
        and moved(raw, 1.0) >= 0.02
        and near(m["start"], alike(raw, 0.0))
        and near(m["end"], alike(raw, 1.0))
    ),
    "noise.on_the_line": lambda raw, m: raw[1][4] in ("cosine", "mse") and known(raw) and on_the_line(raw, m),
    "noise.highest": lambda raw, m: beyond(raw, m["top"], m["at"], 1),
    "noise.lowest": lambda raw, m: beyond(raw, m["bottom"], m["low"], -1),
    "noise.low_is_sensitive_why": lambda raw, m: (
        way(raw, 0.02, np.inf) and near(m["now"], alike(raw, raw[1][3]))
    ),
    "noise.controls_win": controls_win,
    "noise.in_every": lambda raw, m: int(m["sure"]) == in_every(raw)[0] < in_every(raw)[1],
    "noise.no_control_wins": lambda raw, m: (
        not any(METHODS[m].control for who in winners(raw).values() for m in who)
    ),
    "noise.honest_why": honest,
    "noise.cheater_why": lambda raw, m: cheats(raw) and near(m["ssim"], line(raw, "sign_flip", "ssim")),
    "noise.unchanging_why": lambda raw, m: (
        min(line(raw, key, "spearman") for key in ("sobel", "fixed_noise")) > 0.99999
        and near(m["edges"], gains(raw, "sobel"), 6e-4)
        and near(m["noise"], gains(raw, "fixed_noise"), 6e-4)
        and m["fill"] == FILLS[raw[1][5]].label.lower()
    ),
    "noise.noise_scores": noise_scores,
    "noise.most_changed_why": lambda raw, m: (
        named(m.group().split(" change")[0]) == winners(raw)["spearman_abs"]
        and int(m["held"]) == held(raw, "spearman_abs")
        and m["networks"] == f"{len(raw[0].contest.seeds)} random networks"
        and (" changes most" in m.group()) == (len(winners(raw)["spearman_abs"]) == 1)
        and not winners(raw)["spearman_abs"] & most_faithful(raw)
        and named(m["best"]) == most_faithful(raw)
    ),
    "noise.most_faithful_why": lambda raw, m: (
        all(METHODS[one].control for one in most_faithful(raw)) and named(m["best"]) == most_faithful(raw)
    ),
    "noise.zero_is_worst_why": lambda raw, m: (
        cheats(raw)
        and line(raw, "sign_flip", "mse") > line(raw, "fresh_noise", "mse")
        and line(raw, "sign_flip", "cs") < 0
        and near(m["cs"], line(raw, "sign_flip", "cs"))
    ),
    "noise.high_ssim_why": lambda raw, m: (
        max(ssims(raw)) >= 0.7 and near(m["least"], min(ssims(raw))) and near(m["most"], max(ssims(raw)))
    ),
    "noise.high_rank_why": lambda raw, m: (
        raw[3].magnitude >= 0.7
        and near(m["magnitude"], raw[3].magnitude, 5.1e-4 if raw[3].magnitude > 0.995 else 0.0051)
    ),
}


@cache
def datas() -> dict[str, NoiseData]:
    """The stored numbers, and the same with something turned round."""
    data = store.load()
    assert data is not None
    contest = data.contest
    fresh, flip = (contest.methods.index(key) for key in ("fresh_noise", "sign_flip"))
    like = contest.scores.copy()
    like[:, flip] = like[:, contest.methods.index("sobel")]
    loses = contest.scores.copy()
    loses[:, fresh] = loses[:, contest.methods.index("sobel")]
    real = [i for i, key in enumerate(contest.methods) if not METHODS[key].control]
    ahead = contest.scores.copy()
    for q, measure in enumerate(contest.measures):
        ahead[q, real[0]] = 4.5 if measure == "mse" else -1.5
    control_best = contest.faithfulness.copy()
    control_best[:, fresh] += 2
    own_best = contest.faithfulness.copy()
    own_best[:, real[1]] += 2
    edges = contest.scores.copy()
    edges[contest.measures.index("spearman"), contest.methods.index("sobel")] = 0.5
    level = contest.scores.copy()
    level[:, contest.methods.index("fixed_noise")] = level[:, fresh]  # two controls tie wherever noise wins
    magnitudes = contest.measures.index("spearman_abs")
    level[magnitudes, real[0]] = level[magnitudes, fresh]  # and one method with both
    nothing = data.similarity.copy()
    nothing[0, :, 0] = np.nan
    return {
        "stored": data,
        "faithfulness negated": replace(data, faithfulness=-data.faithfulness),
        "shares from behind": replace(
            data, similarity=data.similarity[..., ::-1, :], faithfulness=data.faithfulness[..., ::-1, :]
        ),
        "one draw": replace(data, faithfulness=data.faithfulness[..., :1]),
        "nothing moves": replace(
            data, similarity=np.broadcast_to(data.similarity[..., :1, :], data.similarity.shape).copy()
        ),
        "no score": replace(data, similarity=nothing),
        "the cheater does not flip": replace(data, contest=replace(contest, scores=like)),
        "noise loses": replace(data, contest=replace(contest, scores=loses)),
        "a method wins all": replace(data, contest=replace(contest, scores=ahead)),
        "noise is faithful": replace(data, contest=replace(contest, faithfulness=control_best)),
        "a method is faithful": replace(data, contest=replace(contest, faithfulness=own_best)),
        "three tie": replace(data, contest=replace(contest, scores=level)),
        "edges change": replace(data, contest=replace(contest, scores=edges)),
    }


def looks(data: NoiseData) -> Iterator[Where]:
    for share in (0.0, data.shares[3], 0.9, 1.0):
        for measure in ("cosine", "mse", "ssim"):
            for method in (data.methods[0], "grad_cam", "guided_backprop"):
                yield data.pictures[0], method, 9, share, measure, data.fills[-1]
    yield data.pictures[1], "lrp", data.depths[-1], 0.9, "spearman_abs", data.fills[0]


@cache
def random_maps() -> tuple[truths.TruthTable, zeros.SharedZeros, zeros.SharedZeros]:
    return truths.table(0), zeros.measured(0.0), zeros.measured(0.8)


def rendered(name: str) -> Iterator[Shown[Raw]]:
    data = datas()[name]
    table, none, many = random_maps()
    for number, where in enumerate(looks(data)):
        picture, method, depth, share, measure, fill = where
        curve = stored_curve(data, picture, method, depth, measure)
        if measure == "cosine":  # as measured on maps, which the stored numbers do not have
            curve = replace(curve, common=0.6 if method == "grad_cam" else 0.05)
        mix = mix_of(data, picture, method, depth, share, fill, curve)
        fought = standings(data.contest, data.fills, depth) if depth in data.contest.depths else None
        zero = none if number % 2 else many
        raw = data, where, table, zero
        concluded = verdict(data, mix, _tally(name), fought, table, zero)
        texts = [
            *re.split("; (?=its faithfulness)", sentences.finding(mix)),
            sentences.chart_title(mix),
            *concluded.may,
        ]
        texts += [why for _, why in concluded.may_not]
        if fought is not None:
            texts.append(sentences_contest.contest_title(fought))
            texts += [why for _, why in sentences_contest.contest_notes(fought, fill)]
        for text in texts:
            yield Shown(f"{name}, {where}", text, raw)


@cache
def _tally(name: str) -> object:
    data = datas()[name]
    return tally(data, 9, 0.9, "cosine", data.fills[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", datas())
def test_every_sentence_that_appears_holds(name: str) -> None:
    wrong = list(judge(SAYS, rendered(name), RESTATED))
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_every_sentence_appears_and_has_its_premise_said_again() -> None:
    assert set(SAYS) == set(RESTATED)
    assert found(SAYS, (piece for name in datas() for piece in rendered(name))) == set(SAYS)


# Their premises hold of all these numbers: noise has scores, and the random maps do not change.
HELD = {"noise.honest_why", "noise.high_ssim_why", "noise.from_to"}


@pytest.mark.slow
@pytest.mark.parametrize("key", sorted(set(SAYS) - HELD))
def test_a_sentence_without_its_premise_is_found_out(key: str) -> None:
    """Said wrongly of some of the numbers, or without the numbers that it needs."""
    assert missed(SAYS[key], (piece for name in datas() for piece in rendered(name)), RESTATED)
