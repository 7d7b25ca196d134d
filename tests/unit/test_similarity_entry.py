"""One entry in SIMILARITIES is the whole edit for a measure: a toy is asked for, scored, named and listed."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import numpy as np
import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

import torch  # isort: skip

from xaicheck.cli import listings
from xaicheck.engine.request import request_for
from xaicheck.engine.scores import Scoring
from xaicheck.errors import BadRequest
from xaicheck.experiments.ranking import score as ranking_score
from xaicheck.models import samples
from xaicheck.reading.compared import full_name
from xaicheck.reading.words import TEXT
from xaicheck.similarity import ondevice
from xaicheck.similarity.arrays import Number
from xaicheck.similarity.comparisons import canonical, compare, comparisons, several, span, unrelated
from xaicheck.similarity.measures import SIMILARITIES, Measure
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS, Normalisation, normalise
from xaicheck.similarity.pair import Pair
from xaicheck.similarity.validity import CONSTANT
from xaicheck.topics.methods import catalog
from xaicheck.topics.methods.docstrings import doc_of
from xaicheck.types import Attribution, Comparison


def product(pair: Pair, normalisation: Normalisation, flip: bool) -> Number:
    """The mean product of the normalised maps.

    Formula: mean (N a)(N b).
    Source: this test.
    Differs: from nothing.
    Undefined when: never for these maps.
    """
    a, b = pair.under(normalisation, flip)
    return a.scale * b.scale * pair.covariance + a.mean * b.mean


TOY = Measure(
    key="toy", label="Product", summary="Do the maps multiply well?", source="This test", formula="mean ab",
    read=product, low=-1, high=1, best=1, undefined="never",
    normalisations=("max", "minmax", "second_moment"), unrelated=None,
)  # fmt: skip
DECLARED = [Comparison("toy", n, s) for n in TOY.normalisations for s in TOY.signs]


@pytest.fixture(autouse=True)
def added() -> Iterator[None]:
    with SIMILARITIES.with_entry(TOY):
        yield


def maps(seed: int, dtype: type = np.float64) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.random.default_rng((5, seed)).standard_normal((2, 60, 50))
    return (0.4 + a).astype(dtype), (0.1 - 0.6 * a + b).astype(dtype)


def by_definition(one: Comparison, a: np.ndarray, b: np.ndarray) -> float:
    if one.sign == "magnitude":
        a, b = np.abs(a), np.abs(b)
    first, second = (normalise(m, one.normalisation) for m in (a, b))
    others = [second, NORMALISATIONS[one.normalisation].flip - second] if one.sign == "either" else [second]
    return max(float(np.mean(first * other)) for other in others)


def test_it_can_be_asked_for_and_is_refused_once_it_is_gone() -> None:
    image = samples.load("chelsea")
    assert request_for(image, measures=("toy", "mse")).measures == ("toy", "mse")
    with pytest.raises(BadRequest, match="toy"):
        request_for(image, measures=("nothing",))


def test_its_comparisons_are_what_it_declares() -> None:
    own = [one for one in comparisons() if one.measure == "toy"]
    assert own[0] == Comparison("toy") and len(own) == len(DECLARED) and set(own) == set(DECLARED)
    assert {canonical(Comparison("toy", n, s)) for n in NORMALISATIONS for s in SIGNS} == set(DECLARED)
    assert canonical(Comparison("toy", "none", "either")) == Comparison("toy", sign="either")


def test_its_numbers_are_its_definition_under_every_normalisation_and_sign_on_both_libraries() -> None:
    a, b = maps(1, np.float32)
    here = compare(a, DECLARED)(b)
    (there,) = ondevice.compare(torch.tensor(a), DECLARED)(torch.tensor(b)[None]).scores()
    for one, cpu, device in zip(DECLARED, here, there, strict=True):
        expected = by_definition(one, a, b)
        assert cpu.value == pytest.approx(expected, abs=1e-12), one
        assert device.value == pytest.approx(expected, abs=1e-12), one
        low, high = span(one)
        assert low <= expected <= high
    constant = compare(a, DECLARED)(np.ones_like(a))
    assert {score.why for score in constant} == {f"the randomized map {CONSTANT}"}


def test_what_unrelated_maps_give_is_what_it_declares() -> None:
    assert all(unrelated(one) is None for one in DECLARED)


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_a_run_scores_it_on_the_cpu_and_in_one_batch_on_a_device(normalisation: str, sign: str) -> None:
    a, b = maps(2, np.float32)
    request = request_for(
        samples.load("chelsea"), methods=("gradient",), depths=(1,), measures=("toy", "spearman"),
        normalisation=normalisation, sign=sign,
    )  # fmt: skip
    alone, batch = Scoring(request), Scoring(request)
    first, second = Attribution("gradient", 0, 0, a), Attribution("gradient", 1, 0, b)
    alone.take(first)
    alone.take(second)
    batch.take(first)
    batch.take_all([second], torch.tensor(b)[None])
    expected = [
        score.value for score in several(request.measures, a, normalisation=normalisation, sign=sign)(b)
    ]
    for scoring in (alone, batch):
        assert [row.measure for row in scoring.scores] == ["toy", "spearman"] * 2
        assert [row.score.value for row in scoring.scores[2:]] == pytest.approx(expected, abs=1e-12)
    one = canonical(Comparison("toy", normalisation, sign))
    assert expected[0] == pytest.approx(by_definition(one, a, b), abs=1e-12)


def test_the_ranking_has_its_scores_beside_the_others() -> None:
    a, b = maps(3)
    scores = ranking_score.score({"gradient": np.stack([a, b])}, (0, 1), comparisons())
    assert scores.similarity.shape == (len(comparisons()), 1, 1)
    at = comparisons().index(Comparison("toy"))
    assert scores.similarity[at, 0, 0] == np.float32(by_definition(Comparison("toy"), a, b))


def test_it_has_a_name_in_every_setting_and_stands_in_the_list_and_the_catalogue() -> None:
    names = [full_name(one) for one in comparisons()]
    compared = TEXT.compared
    assert len(set(names)) == len(names)
    assert full_name(Comparison("toy")) == (
        f"Product of {compared.maps.signed} {compared.normalised.second_moment}"
    )
    assert "toy" in [row["key"] for row in listings.measures()] and "Product" in listings.measures_text()
    entries = {entry.key: entry for entry in catalog.SECTIONS["similarity"].entries}
    facts = {fact.label: fact.text for fact in entries["toy"].facts}
    assert (facts["Formula"], facts["Source"], facts["No number when"]) == ("mean ab", "this test.", "never")
    assert facts["Differs"] == "from nothing."


@pytest.mark.parametrize("key", [*SIMILARITIES, "toy"])
def test_a_measure_as_a_function_says_what_its_text_says(key: str) -> None:
    measure = SIMILARITIES[key]
    assert measure.fn.__name__ == key and inspect.getdoc(measure.fn) == inspect.getdoc(measure.read)
    assert doc_of(measure.fn).get("Undefined when")
    assert list(inspect.signature(measure.fn).parameters) == ["original", "randomized"]
    a, b = maps(4)
    assert measure.fn(a, b) == compare(a, (Comparison(key),))(b)[0]
