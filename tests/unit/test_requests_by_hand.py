"""A request that somebody made by hand, field by field, is what `request_for` gives, or is refused."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)
from tests.odd import ODD, Named, Word
from xaicheck.engine import convergence_run as convergence, request as check, run as engine
from xaicheck.errors import BadRequest, Refused
from xaicheck.experiments.ranking import request as ranking, study
from xaicheck.experiments.ranking.setting import Variant
from xaicheck.models import samples
from xaicheck.types import Comparison, MethodChoice, Request

CAT = samples.load("chelsea")
CHECK = check.request_for(CAT, methods="gradient", depths=1)
CONVERGENCE = convergence.request_for(CAT, depths=(4, 6))
RANKING = ranking.request_for(
    [CAT], variants=[Variant("cascade", "he_normal", depths=(0, 1, 19))],
    comparisons=[Comparison("spearman_abs"), Comparison("mse", "max")],
)  # fmt: skip
RUNS: dict[str, tuple[Any, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "check": (CHECK, check.checked, lambda r: engine.run(r, CAT, device="cpu")),
    "convergence": (CONVERGENCE, convergence.checked, lambda r: convergence.run(r, CAT, device="cpu")),
    "ranking": (RANKING, ranking.checked, lambda r: study.run(r, [CAT], device="cpu")),
}


def changed(request: Any, name: str, value: Any) -> Any:
    """The request with another field; variants and comparisons are made by hand too."""
    part, _, inner = name.partition(".")
    if not inner:
        return dataclasses.replace(request, **{part: value})
    own = getattr(request, part)
    return dataclasses.replace(request, **{part: (dataclasses.replace(own[0], **{inner: value}),)})


FIELDS = [
    *(("check", field.name) for field in dataclasses.fields(Request)),
    *(("convergence", field.name) for field in dataclasses.fields(convergence.ConvergenceRequest)),
    *(("ranking", field.name) for field in dataclasses.fields(ranking.RankingRequest)),
    *(("ranking", f"variants.{field.name}") for field in dataclasses.fields(Variant)),
    *(("ranking", f"comparisons.{field.name}") for field in dataclasses.fields(Comparison)),
]


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_field_made_by_hand_is_converted_or_refused_in_one_sentence(kind: str, name: str) -> None:
    usual, checked, _ = RUNS[kind]
    refused = 0
    for odd, make in ODD.items():
        try:
            found = checked(changed(usual, name, make()))
        except (BadRequest, Refused) as error:
            refused += 1
            assert str(error).endswith(".") and "\n" not in str(error) and len(str(error)) < 1000, odd
            continue
        assert checked(found) == found and hash(found) == hash(checked(found)), odd
        text = json.dumps(found.to_json() if hasattr(found, "to_json") else dataclasses.asdict(found))
        again = json.loads(text)
        if hasattr(found, "from_json"):
            assert type(found).from_json(again) == found, odd
        assert found.key() == checked(found).key() and "something else" not in text, odd
    assert refused > len(ODD) / 2


@pytest.mark.parametrize("kind", RUNS)
@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_request_is_refused_in_one_sentence(kind: str, odd: str) -> None:
    _, _, run = RUNS[kind]
    with pytest.raises(BadRequest, match="^request: .* is not allowed; choose one that .* gives.$"):
        run(ODD[odd]())


@pytest.mark.parametrize(
    ("usual", "changes"),
    [
        (CONVERGENCE, {"vectors": np.int8(5), "seed": Fraction(0), "blocks": list(CONVERGENCE.blocks)}),
        (CONVERGENCE, {"methods": [Word(m) for m in reversed(CONVERGENCE.methods)]}),
        (CONVERGENCE, {"start": 2, "blocks": (6, 4, 4)}),
        (
            RANKING,
            {"seeds": 3, "steps": np.int64(14), "fills": np.array(["mean", "inpaint"])},
        ),
        (RANKING, {"variants": Variant(Word("cascade"), "he_normal", depths=np.array([1, 19]))}),
        (RANKING, {"comparisons": [*RANKING.comparisons, Comparison(Word("spearman_abs"), "max")]}),
        (CHECK, {"methods": ["gradient"], "model": Word(CHECK.model)}),
    ],
)
def test_what_means_the_same_is_the_same_request(usual: Any, changes: dict[str, Any]) -> None:
    """Ranks see no factor: a rank correlation under "max" is the usual one."""
    _, checked, _ = next(run for run in RUNS.values() if type(run[0]) is type(usual))
    found = checked(dataclasses.replace(usual, **changes))
    assert found == usual and repr(found) == repr(usual) and found.key() == usual.key()


def test_a_variant_of_all_depths_is_one_however_it_is_said_and_one_of_none_is_refused() -> None:
    for depths in (None, "all", range(20), ()):
        every = Variant("cascade", "he_normal", depths=depths)
        (variant,) = ranking.request_for([CAT], variants=every).variants
        assert variant.depths == ()
    for mode in (Named.MODE, np.str_("independent")):
        (variant,) = ranking.request_for([CAT], variants=Variant(mode, "he_normal")).variants
        assert type(variant.mode) is str
    with pytest.raises(BadRequest, match="choose at least one depth above 0"):
        ranking.request_for([CAT], variants=Variant("cascade", "he_normal", depths=0))


def test_a_run_computes_with_the_converted_request_only(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stop(Exception):
        pass

    seen: list[Any] = []

    def work(first: Any, *_: Any, **others: Any) -> None:
        seen.append(first if isinstance(first, ranking.RankingRequest) else others)
        raise Stop

    monkeypatch.setattr(study, "_total", work)
    monkeypatch.setattr(convergence, "along", work)
    with pytest.raises(Stop):
        study.run(dataclasses.replace(RANKING, seeds=3, steps=np.int64(14)), [CAT], device="cpu")
    with pytest.raises(Stop):
        convergence.run(dataclasses.replace(CONVERGENCE, start=2, vectors=5.0), CAT, device="cpu")
    assert seen[0] == RANKING and repr(seen[0]) == repr(RANKING)
    expected = {"start": CONVERGENCE.start, "ends": CONVERGENCE.blocks, "vectors": 5, "seed": 0}
    assert repr(seen[1]) == repr(expected)


@pytest.mark.parametrize("picture", [None, "cat.png", CAT.rgb, 3, [CAT]])
@pytest.mark.parametrize("kind", ["check", "convergence"])
def test_what_is_no_picture_is_refused_by_the_run_too(kind: str, picture: Any) -> None:
    run, request = {"check": (engine.run, CHECK), "convergence": (convergence.run, CONVERGENCE)}[kind]
    with pytest.raises(BadRequest, match="^image: .* that xaicheck.models.images.read has read.$"):
        run(request, picture, device="cpu")
    assert isinstance(CHECK.methods[0], MethodChoice)
