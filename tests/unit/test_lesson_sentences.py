"""Every sentence of the lesson holds of the numbers it is made from, whatever those are."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import numpy as np
import pytest
from scipy.stats import spearmanr

from tests.app import fakes
from tests.premises import Shown, found, judge, missed, number_of, sentences_of
from xaicheck.experiments.first_visit import results
from xaicheck.experiments.ranking import store as ranking
from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.scales import store as scales
from xaicheck.experiments.scales.data import BlockResult
from xaicheck.experiments.scales.setting import Setting
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.reading.numbers import Reading
from xaicheck.reading.words import score_word
from xaicheck.topics.lesson import sheets
from xaicheck.topics.lesson.material import HALF, MEASURE, REAL, Material, narrowed, request
from xaicheck.topics.lesson.steps import STEPS, guess
from xaicheck.types import Attribution, Certificate, Report, Score

# Those of two random networks are of other numbers: test_said_of_two_networks.py.
SENTENCES = {key: one for key, one in sentences_of("topics.lesson").items() if "_twice_" not in key}
BROKEN = Certificate("toy", 1.0, 0.1, found=2.0, due=1.0)


# What the lesson says, over the shipped picture, a computed one, and what neither shows


def pieces(m: Material) -> Iterator[Shown[Material]]:
    for step in STEPS.values():
        told = step.reveal(m)
        yield Shown(f"{step.key} student", told.student, m)
        yield Shown(f"{step.key} researcher", told.researcher, m)
        yield Shown(f"{step.key} expect", "\n".join(step.expect(m)), m)
        for question in step.questions(m):
            yield Shown(f"{step.key} {question.key}", question.because, m)


@cache
def computed(sample: str) -> Report:
    return fakes.report(request(sample), samples.load(sample), complete=True)


def with_scores(report: Report, value: Callable[[str, int, float], float | None]) -> Report:
    rows = [
        row
        if row.score.value is None
        else dataclasses.replace(row, score=Score(value(row.method, row.depth, row.score.value), "toy"))
        for row in report.scores
    ]
    return dataclasses.replace(report, scores=tuple(rows))


def with_maps(report: Report, change: Callable[[Attribution], Attribution]) -> Report:
    return dataclasses.replace(report, attributions=tuple(map(change, report.attributions)))


def worlds() -> Iterator[Material]:
    data, blocks = ranking.load(), scales.load()
    shipped = narrowed(results.load(), "chelsea")
    assert isinstance(data, RankingData) and shipped is not None
    coffee = computed("coffee")

    def made(report: Report | None, sample: str = "coffee", scored: RankingData | None = data) -> Material:
        return Material(sample, None if report is None else Reading(report), scored, blocks)

    yield made(shipped, "chelsea")
    for sample in ("coffee", "astronaut"):
        yield made(computed(sample), sample)
    yield Material("coffee", None)
    yield Material("coffee", Reading(coffee))
    yield made(None)
    for value in (
        lambda key, depth, old: 1 - old,
        lambda key, depth, old: -old,
        lambda key, depth, old: 0.5,
        lambda key, depth, old: 0.0,
        lambda key, depth, old: None,
        lambda key, depth, old: old if key == "lrp" else None,
        lambda key, depth, old: None if key == "fresh_noise" else old,
        lambda key, depth, old: 0.1 if depth == 19 else old,
        lambda key, depth, old: 0.9 if depth == 19 else old,
    ):
        yield made(with_scores(coffee, value))
    for change in (
        lambda a: dataclasses.replace(a, values=None, why="toy"),
        lambda a: dataclasses.replace(a, values=np.zeros_like(a.values)),
        lambda a: dataclasses.replace(a, values=np.ones_like(a.values)),
        lambda a: dataclasses.replace(a, certificates=(BROKEN,)),
        lambda a: dataclasses.replace(a, certificates=(BROKEN,) if a.method == "lrp" else ()),
    ):
        yield made(with_maps(coffee, change))
    for factor in (2.0, 1e-3):
        grown = tuple(
            dataclasses.replace(a, rms=a.rms * factor) if a.depth else a for a in coffee.activations
        )
        yield made(dataclasses.replace(coffee, activations=grown))
    assert blocks is not None
    yield Material("coffee", Reading(coffee), data, dataclasses.replace(blocks, blocks=blocks.blocks[1:]))
    variant = data.variants[0]
    for similarity in (variant.similarity[:, ::-1], variant.similarity * 0, 1 - variant.similarity):
        other = dataclasses.replace(variant, similarity=similarity)
        yield made(coffee, scored=dataclasses.replace(data, variants=(other,)))
    one = dataclasses.replace(variant, similarity=np.full_like(variant.similarity, np.nan))
    yield made(coffee, scored=dataclasses.replace(data, variants=(one,)))


# The premises, said again from rows and arrays


def kept(m: Material, depth: int) -> dict[str, float]:
    """The mean score of each real method at a depth, of unmarked maps, from the rows."""
    if m.reading is None:
        return {}
    report, means = m.reading.report, {}
    for key in REAL:
        rows = [r for r in report.scores if (r.method, r.measure, r.depth) == (key, MEASURE, depth)]
        values = [r.score.value for r in rows if r.score.value is not None]
        maps = [a for a in report.attributions if a.method == key and a.depth in (0, depth)]
        if values and not any(c.holds is False for a in maps for c in a.certificates):
            means[key] = sum(values) / len(values)
    return means


def shown(m: Material, depth: int) -> dict[str, float]:
    """The score of the maps that are shown, those of the first random network, from its rows."""
    if m.reading is None:
        return {}
    report, means = m.reading.report, kept(m, depth)
    seed = next((a.seed for a in report.attributions if a.values is not None and a.depth), 0)
    return {
        r.method: r.score.value
        for r in report.scores
        if (r.measure, r.depth, r.seed) == (MEASURE, depth, seed)
        and r.method in means
        and r.score.value is not None
    }


def least_changed(m: Material) -> int:
    """In how many random networks the map that changes least on average changes least, seed by seed."""
    means, report = kept(m, HALF), m.reading.report
    first = max(means, key=lambda key: means[key])
    found = 0
    for seed in report.request.seeds:
        own = {
            key: r.score.value
            for key in means
            for r in report.scores
            if (r.method, r.measure, r.depth, r.seed) == (key, MEASURE, HALF, seed)
            and r.score.value is not None
        }
        found += first in own and own[first] >= max(own.values())
    return found


def read(text: str) -> float:
    return number_of(text.removesuffix(" %"))


def said(value: float, text: str, digits: int = 2) -> bool:
    return abs(read(text) - value) <= 0.5 * 10**-digits + 1e-6


def named(key: str) -> str:
    return METHODS[key].label.lower().split(" (")[0]


def ends(means: dict[str, float], match: re.Match[str]) -> bool:
    if len(means) < 2:
        return False
    by_name = {named(key): value for key, value in means.items()}
    high, low = (by_name[match[end].lower().split(" (")[0]] for end in ("most", "least"))
    return (
        high == max(means.values())
        and low == min(means.values())
        and said(high, match["most_score"])
        and said(low, match["least_score"])
    )


def over_networks(m: Material, match: re.Match[str]) -> bool:
    return m.reading is not None and match["networks"].startswith(f"{len(m.reading.report.request.seeds)} ")


def alike_at_the_end(m: Material, most: str) -> bool:
    pairs = shown(m, m.blocks)
    best = max(pairs.values(), default=0.0)
    return best >= 0.5 and most.lower() in {METHODS[k].label.lower() for k, v in pairs.items() if v == best}


def list_of_scores(means: dict[str, float], match: re.Match[str]) -> bool:
    numbers = [read(n) for n in re.findall(r"−?\d\.\d\d", match["scores"])]
    wanted = sorted(means.values(), reverse=True)
    return bool(wanted) and numbers == pytest.approx(wanted, abs=0.0051)


def likeness(m: Material, match: re.Match[str]) -> bool:
    """The number of the pair that is shown, with the word that belongs to it."""
    words = {score_word(MEASURE, v) for v in shown(m, m.blocks).values() if said(v, match["score"])}
    return match["word"].rstrip(").") in words and {match["right"], match["other"]} == {"A", "B"}


def strongest(m: Material, match: re.Match[str]) -> bool:
    assert m.reading is not None
    values = np.abs(m.reading.map("lrp", 0).values.astype(np.float64)).ravel()
    least = np.partition(values, -(values.size // 100))[-(values.size // 100)]
    part = values[values > least].sum() / values.sum()
    carried = [a.certificates for a in m.reading.report.attributions if a.method == "lrp" and not a.depth]
    marked = any(c.bound is not None and c.value > c.bound for one in carried for c in one)
    # Values that tie at the edge are counted in part: a hundredth of an even map holds a hundredth.
    part = part if (values > least).any() else values.size // 100 / values.size
    return not marked and read(match["pixels"]) == values.size and abs(100 * part - read(match["share"])) <= 1


def untouched(m: Material) -> list[float]:
    assert m.reading is not None
    report = m.reading.report
    low = report.blocks[HALF:]  # output to input
    rms: dict[tuple[str, int], list[float]] = {}
    for a in report.activations:
        rms.setdefault((a.block, a.depth), []).append(a.rms)
    return [
        np.mean(rms[block, HALF]) / np.mean(rms[block, 0])
        for block in low
        if (block, HALF) in rms and np.mean(rms[block, 0])
    ]


def same(m: Material, match: re.Match[str]) -> bool:
    ratios = untouched(m)
    return (
        sum(abs(r - 1) < 1e-3 for r in ratios) == int(match["same"])
        and len(ratios) == int(match["blocks"])
        and said(float(np.mean(ratios)), match["ratio"])
    )


def all_same(m: Material) -> bool:
    return all(abs(r - 1) < 1e-3 for r in untouched(m))


def contest(m: Material) -> dict[str, float]:
    """Each contestant's similarity."""
    if m.contest is None:
        return {}
    return {line.method: line.check for line in m.contest.lines}


def place(m: Material, method: str) -> int:
    scores = contest(m)
    return 1 + sum(value < scores[method] for value in scores.values())


def noise(m: Material, match: re.Match[str]) -> bool:
    return bool(contest(m)) and int(match["place"][:-2]) == place(m, "fresh_noise")


def won(m: Material, match: re.Match[str]) -> bool:
    flip = m.flip
    return flip is not None and int(match["settings"]) == flip.settings == sum(n for _, n in flip.winners)


def twice(m: Material, match: re.Match[str]) -> bool:
    block = below(m)
    if block is None:
        return False
    near = next(b for b in block.orders[0].bins if b.low == 1.8)
    return (
        (int(match["random"]), match["block"]) == (HALF, block.block)
        and read(match["pairs"]) == near.pairs
        and said(100 * near.kept.mean, match["share"], 0)
    )


def below(m: Material) -> BlockResult | None:
    """The channels that enter as many random blocks as the step speaks of."""
    return (
        None if m.scales is None else next((b for b in m.scales.blocks if b.setting == Setting(HALF)), None)
    )


def tendency(m: Material, match: re.Match[str]) -> bool:
    """The shares of the step's own setting: of all pairs, weighed by how many there are, and of the first."""
    block = below(m)
    if block is None:
        return False
    bins = [b for b in block.orders[0].bins if b.pairs]
    pairs = sum(b.pairs * b.kept.mean for b in bins) / sum(b.pairs for b in bins)
    first = block.orders[0].tops[0].measured.mean
    return (
        int(match["random"]) == HALF
        and int(match["seeds"]) == block.seeds
        and said(100 * pairs, match["share"], 0)
        and said(100 * first, match["first"], 1)
        and said(100 / block.shape[0], match["chance"], 1)
    )


def differ(m: Material) -> bool:
    means = kept(m, HALF).values()
    return len(means) > 1 and min(means) < max(means)


def chance_of(match: re.Match[str]) -> bool:
    return said(200 / np.pi * np.arctan(2), match["share"], 0)


def both_levels(
    key: str, premise: Callable[[Material, re.Match[str]], bool]
) -> Mapping[str, Callable[[Material, re.Match[str]], bool]]:
    return {f"{key}_student": premise, f"{key}_researcher": premise}


RESTATED: Mapping[str, Callable[[Material, re.Match[str]], bool]] = {
    **both_levels("lesson_attribution", strongest),
    "lesson_guess_because": likeness,
    "lesson_guess_because_plain": lambda m, t: m.reading is not None and len(shown(m, m.blocks)) < len(REAL),
    **both_levels("lesson_guess", lambda m, t: ends(shown(m, m.blocks), t)),
    **both_levels("lesson_guess_alike", lambda m, t: alike_at_the_end(m, t["most"])),
    "lesson_guess_expect": lambda m, t: list_of_scores(shown(m, m.blocks), t),
    "lesson_check_because": lambda m, t: list_of_scores(kept(m, HALF), t) and over_networks(m, t),
    **both_levels("lesson_check", lambda m, t: ends(kept(m, HALF), t) and over_networks(m, t)),
    **both_levels("lesson_check_noise", lambda m, t: said(
        np.mean([r.score.value for r in m.reading.report.scores
                 if (r.method, r.measure, r.depth) == ("fresh_noise", MEASURE, HALF)]), t["noise"])),
    **both_levels("lesson_check_look", lambda m, t: bool(kept(m, HALF))),
    "lesson_check_expect": lambda m, t: list_of_scores(kept(m, m.blocks), t) and over_networks(m, t),
    "lesson_noise_because": lambda m, t: noise(m, t) and said(contest(m)["fresh_noise"], t["score"]),
    **both_levels("lesson_noise", lambda m, t: noise(m, t) and said(contest(m)["sobel"], t["edges_score"])),
    "lesson_flip_because": lambda m, t: m.flip is not None and int(t["from_place"]) > 1 < int(t["to_place"]),
    **both_levels("lesson_flip", won),
    "lesson_scales_same": lambda m, t: all_same(m) and same(m, t),
    "lesson_scales_changed": lambda m, t: not all_same(m) and same(m, t),
    "lesson_scales_computed": lambda m, t: chance_of(t),
    "lesson_scales_measured": twice,
    **both_levels("lesson_scales_order", tendency),
    "lesson_scales_student": lambda m, t: np.arctan(2) * 2 / np.pi > 0.5,
    "lesson_scales_researcher": lambda m, t: said(np.arctan(2) * 2 / np.pi, t["share"]),
    "lesson_claim_score": lambda m, t: (
        differ(m)
        and said(max(kept(m, HALF).values()), t["score"])
        and int(t["held"]) == least_changed(m)
        and int(t["networks"].split()[0]) == len(m.reading.report.request.seeds)
    ),
    "lesson_claim_both": lambda m, t: differ(m) and said(min(kept(m, HALF).values()), t["low"]),
    "lesson_claim_elsewhere": lambda m, t: int(t["pictures"]) > 1 and read(t["low"]) <= read(t["high"]),
    "lesson_claim_edges": lambda m, t: said(contest(m)["sobel"], t["edges"]),
    "lesson_claim_alike": lambda m, t: alike_at_the_end(m, t["method"])
    and said(max(shown(m, m.blocks).values()), t["score"]),
    "lesson_claim_noise": lambda m, t: said(contest(m)["fresh_noise"], t["score"]),
    "lesson_claim_winners": lambda m, t: m.flip is not None and int(t["methods"]) == len(m.flip.winners) > 1,
}  # fmt: skip
ALWAYS = {"lesson_scales_computed", "lesson_scales_student", "lesson_scales_researcher"}  # of no picture


def test_every_premise_is_said_again() -> None:
    assert set(RESTATED) == set(SENTENCES)


def test_no_sentence_is_said_without_its_premise() -> None:
    everything = [piece for m in worlds() for piece in pieces(m)]
    wrong = list(judge(SENTENCES, everything, RESTATED))
    assert not wrong, "\n".join(wrong[:5])
    assert found(SENTENCES, everything) == set(SENTENCES)


@pytest.mark.parametrize("key", sorted(set(SENTENCES) - ALWAYS))
def test_a_premise_that_is_taken_away_is_missed(key: str) -> None:
    assert missed(SENTENCES[key], (piece for m in worlds() for piece in pieces(m)), RESTATED)


def test_noise_comes_first_for_every_picture_that_was_scored() -> None:
    data = ranking.load()
    assert data is not None
    scored = [key for key, one in samples.SAMPLES.items() if one.label in data.images]
    assert set(scored) == {"coffee", "camera"}
    for key in samples.SAMPLES:  # the others take the mean over all pictures
        assert place(Material(key, None, data), "fresh_noise") == 1, key


def test_claims_about_methods_have_no_right_answer_while_their_numbers_are_not_known() -> None:
    claims = {q.key: q.right for q in STEPS["conclude"].questions(Material("coffee", None, ranking.load()))}
    assert {key for key, right in claims.items() if right is None} == {"insensitive", "bounded", "bad"}
    assert guess.pairs("coffee")


def test_the_claim_on_the_least_sensitive_says_in_how_many_networks_it_was() -> None:
    m = Material("chelsea", Reading(narrowed(results.load(), "chelsea")), ranking.load())
    (claim,) = (q for q in STEPS["conclude"].questions(m) if q.key == "insensitive")
    assert "least, on average over 3 random networks" in claim.ask
    assert "it changed least in 3 of 3 random networks" in claim.because


def test_a_pair_has_the_number_of_its_own_two_maps_and_not_a_mean() -> None:
    m = Material("chelsea", Reading(narrowed(results.load(), "chelsea")), None, scales.load())
    because = {q.key: q.because for q in STEPS["guess"].questions(m)}
    assert m.reading is not None
    for key in REAL:
        maps = (m.reading.map(key, depth).values for depth in (0, m.blocks))
        own = float(spearmanr(*(np.abs(values, dtype=np.float64).ravel() for values in maps)).statistic)
        # The scores are of the full maps; those that are shipped have eight bits.
        assert abs(read(re.search(r"strong each pixel is: (−?[\d.]+) ", because[key])[1]) - own) < 0.02, key
    assert said(-0.083, re.search(r"is: (−?[\d.]+) ", because["grad_cam"])[1])  # the mean of three is 0.08


def test_the_why_asks_and_answers_about_one_setting() -> None:
    m = Material("chelsea", Reading(narrowed(results.load(), "chelsea")), None, scales.load())
    step = STEPS["scales"]
    told, asked = step.reveal(m), step.questions(m)[1]
    assert f"the last {HALF} blocks have random" in step.task(m).student.replace("The", "the", 1)
    assert f"with {HALF} random blocks" in asked.because and f"last {HALF} of" in told.student
    assert "in 56 %" in told.student and "in 6.5 %" in told.student  # what the scales page shows there
    everything = "\n".join((told.student, told.researcher, step.remember, *step.pitfalls, sheets.teacher(m)))
    assert "which of them contribute" not in everything and "go on leading" not in everything
    assert "(Binder et al., CVPR 2023)" in step.remember


def test_a_sheet_names_laws_and_policies_as_the_page_does() -> None:
    m = Material("chelsea", Reading(narrowed(results.load(), "chelsea")), None, scales.load())
    for sheet in (sheets.teacher(m), sheets.worksheet(m)):
        words = re.sub(r"data:[^\"]+", "", str(sheet))
        keys = {*LAWS, *BATCHNORM, *METHODS, MEASURE}
        assert not [key for key in keys if "_" in key and re.search(rf"\b{key}\b", words)]
        assert "new weights: He normal" in words
