"""A ranking of a visitor's pictures: the request's canonical form, and a run from end to end."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)
from xaicheck.errors import BadRequest, Cancelled, Refused
from xaicheck.experiments.ranking import study
from xaicheck.experiments.ranking.assemble import distinct
from xaicheck.experiments.ranking.rank import default_choice, flips, rank
from xaicheck.experiments.ranking.request import MOST_PICTURES, RankingRequest, request_for
from xaicheck.experiments.ranking.setting import VARIANTS, Variant
from xaicheck.faithfulness import FAITHFULNESS
from xaicheck.methods import METHODS
from xaicheck.models import images, samples
from xaicheck.types import Comparison, Progress

CAT, CUP = samples.load("chelsea"), samples.load("coffee")
SMALL = {
    "methods": ("gradient", "fresh_noise", "sobel"),
    "variants": (Variant("cascade", "he_normal", depths=(1, 19)),),
    "seeds": (0, 1),
    "comparisons": (Comparison("ssim"), Comparison("spearman_abs")),
    "fills": ("mean",),
    "steps": 3,
    "region": 56,
}


class Witness:
    """Keeps what a run says; cancels it at the given call of check."""

    def __init__(self, cancel_at: int = 10**9) -> None:
        self.said: list[Progress] = []
        self.checks, self.cancel_at = 0, cancel_at

    def update(self, progress: Progress) -> None:
        self.said.append(progress)

    def check(self) -> None:
        self.checks += 1
        if self.checks >= self.cancel_at:
            raise Cancelled("nobody listens")


# Requests


def test_a_request_survives_json_and_equal_settings_have_equal_keys():
    request = request_for([CAT, CUP], **SMALL)
    assert RankingRequest.from_json(json.loads(json.dumps(request.to_json()))) == request
    same = {**SMALL, "seeds": [1, np.int64(0), 1], "steps": np.int8(3), "methods": list(SMALL["methods"])}
    assert request == request_for([CAT, CUP], **same)
    assert request.key() == request_for([CAT, CUP], **SMALL).key()
    assert len({hash(request), hash(request_for([CUP, CAT], **SMALL))}) == 2
    assert request.key() != request_for([CAT, CUP], **{**SMALL, "steps": 4}).key()


def test_comparisons_that_are_one_by_algebra_are_asked_once():
    twins = (Comparison("spearman", "max", "magnitude"), Comparison("spearman_abs", "none"))
    assert request_for([CAT], comparisons=twins).comparisons == (Comparison("spearman_abs"),)
    assert len(request_for([CAT]).comparisons) > 40


def test_a_measure_added_to_the_registry_is_computed_without_being_named_anywhere():
    toy = replace(FAITHFULNESS["aopc"], key="toy", label="Toy")
    with FAITHFULNESS.with_entry(toy):
        assert request_for([CAT], **SMALL).measures == tuple(FAITHFULNESS)
        assert "toy" in request_for([CAT], **SMALL).measures


def test_methods_that_the_model_refuses_are_left_out_by_default_and_named_when_asked_for(monkeypatch):
    refusing = replace(METHODS["lrp"], refuses=lambda spec: "it would be wrong")
    monkeypatch.setattr("xaicheck.experiments.ranking.request.METHODS", {**METHODS, "lrp": refusing})
    monkeypatch.setattr("xaicheck.engine.request.METHODS", {**METHODS, "lrp": refusing})
    assert "lrp" not in request_for([CAT]).methods
    with pytest.raises(Refused, match="it would be wrong"):
        request_for([CAT], methods=("lrp",))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "magic"}, "magic"),
        ({"methods": ("magic",)}, "methods: 'magic' is"),
        ({"methods": ()}, "methods: .* one or more of"),
        ({"variants": ()}, "choose at least one"),
        ({"variants": (Variant("magic", "he_normal"),)}, "magic"),
        ({"variants": (Variant("cascade", "magic"),)}, "magic"),
        ({"variants": (Variant("cascade", "he_normal", depths=(20,)),)}, "depths: 20 "),
        ({"variants": (Variant("cascade", "he_normal", depths=(0,)),)}, "above 0"),
        ({"variants": (VARIANTS[0], replace(VARIANTS[0], depths=(1,)))}, "same mode and law"),
        ({"seeds": ()}, r"seeds: \(\) "),
        ({"seeds": (-1,)}, "seeds: -1 "),
        ({"comparisons": ()}, "at least one"),
        ({"comparisons": (Comparison("magic"),)}, "magic"),
        ({"comparisons": (Comparison("ssim", "magic"),)}, "magic"),
        ({"measures": ("magic",)}, "measures: 'magic' is"),
        ({"fills": ("magic",)}, "fills: 'magic' is"),
        ({"fills": ()}, "fills: .* one or more of"),
        ({"outputs": ("magic",)}, "outputs: 'magic' is"),
        ({"rankings": ("magic",)}, "rankings: 'magic' is"),
        ({"steps": 0}, "steps: 0 is not allowed; choose a whole number from 1"),
        ({"region": 500}, "region: 500 is not allowed; choose a whole number from 1 to 224"),
    ],
)
def test_a_bad_setting_is_refused_in_one_sentence(changes, said):
    with pytest.raises(BadRequest, match=said) as caught:
        request_for([CAT], **{**SMALL, **changes})
    assert str(caught.value).count("\n") == 0


def flat(value: int) -> images.ImageInput:
    return images.from_picture(Image.new("RGB", (64, 64), (value, 0, 0)))


def test_no_picture_too_many_and_one_picture_twice_are_refused():
    with pytest.raises(BadRequest, match="0 pictures"):
        request_for([])
    with pytest.raises(BadRequest, match=f"{MOST_PICTURES + 1} pictures"):
        request_for([flat(i) for i in range(MOST_PICTURES + 1)])
    with pytest.raises(BadRequest, match="twice"):
        request_for([CAT, CUP, CAT])
    with pytest.raises(BadRequest, match="other pictures"):
        study.run(request_for([CAT], **SMALL), [CUP])


# A run


@pytest.fixture(scope="module")
def whole():
    """A small ranking of one picture, and what was heard of it."""
    witness = Witness()
    return study.compute([CAT], listener=witness, device="cpu", **SMALL), witness


@pytest.mark.slow
def test_a_run_gives_every_number_that_was_asked_for(whole):
    data, _ = whole
    scores = data.variants[0]
    assert scores.depths == (1, 19)
    assert scores.similarity.shape == (2, 3, 2, 1, 2)
    whole, changed = data.networks
    assert (whole.methods, whole.depths) == (data.methods, (1, 19))
    assert whole.between.shape == whole.trained[:, :, :1].shape == (8, 3, 1, 1, 2)
    assert changed.methods == ("blurred:gradient", "shuffled:gradient")
    assert data.faithfulness_measures == tuple(FAITHFULNESS)
    assert data.faithfulness.shape == (len(FAITHFULNESS), 1, 2, 2, 3, 2, 1)
    assert np.isfinite(scores.similarity).all()
    assert np.isfinite(data.faithfulness).all()
    assert data.images == (CAT.name,)
    assert data.missing == ()
    sobel, noise = data.methods.index("sobel"), data.methods.index("fresh_noise")
    assert (scores.similarity[:, sobel] == 1).all()
    assert (whole.between[:, sobel] == 1).all() and (whole.again[:, sobel] == 1).all()
    assert np.abs(scores.similarity[:, noise]).max() < 0.05
    cosine = whole.comparisons.index(Comparison("cosine"))
    assert np.abs(whole.between[cosine, noise]).max() < 0.05
    assert np.abs(whole.again[cosine, noise]).max() < 0.05  # drawn anew for each network
    assert data.snr[noise].max() < 0.02


def test_what_a_run_gives_can_be_ranked_at_once(whole):
    data, _ = whole
    view = rank(data, default_choice(data))
    assert view.check.methods[int(np.argmax(view.check.goodness))] == "fresh_noise"
    assert view.gap.tau.estimate is not None
    assert flips(data, controls=True).all.rate is not None


def test_progress_rises_from_nothing_to_all_and_names_the_picture(whole):
    _, witness = whole
    done = [progress.done for progress in witness.said]
    assert done == sorted(done)
    assert done[0] == 0
    assert witness.said[-1].total - done[-1] == 6  # the faithfulness of six maps is told with the result
    assert all("1 of 1" in progress.note for progress in witness.said)
    notes = " ".join(progress.note for progress in witness.said)
    assert all(part in notes for part in ("comparing", "removing", "noise of"))


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_run_can_be_ended_anywhere(whole, share):
    _, witness = whole
    with pytest.raises(Cancelled):
        study.compute([CAT], listener=Witness(int(share * witness.checks)), device="cpu", **SMALL)


def test_two_pictures_of_one_name_are_told_apart():
    assert distinct(["cat", "dog", "cat", "cat (2)", "cat"]) == (
        "cat",
        "dog",
        "cat (2)",
        "cat (2) (2)",
        "cat (3)",
    )
