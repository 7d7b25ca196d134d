"""What a ranking gap is computed for: strings and numbers only, checked, with a key of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from xaicheck.arguments import (
    Argument,
    SomeEntries,
    WholeNumber,
    all_of_kind,
    items,
    kept_plain,
    of_kind,
    plain,
    text,
)
from xaicheck.engine.request import A_PICTURE, MODEL, checked as checked_check, choice_of
from xaicheck.engine.settings import SETTINGS
from xaicheck.errors import BadRequest
from xaicheck.experiments.ranking import setting
from xaicheck.experiments.ranking.faith import Recipe
from xaicheck.experiments.ranking.setting import Variant
from xaicheck.faithfulness import FAITHFULNESS, FILLS, OUTPUTS, RANKINGS
from xaicheck.methods import METHODS, refusal
from xaicheck.models.registry import DEFAULT_MODEL, MODELS
from xaicheck.similarity.comparisons import canonical, comparisons
from xaicheck.types import Comparison, ImageInput, MethodChoice, ModelSpec, Request

MOST_PICTURES = 50
_PARTS = ("variants", "comparisons")  # of a request; all others are texts, numbers and tuples of them


@dataclass(frozen=True, slots=True)
class RankingRequest:
    """Everything a ranking gap depends on; equal requests give equal results."""

    images: tuple[str, ...]  # sha256 of each picture's bytes
    model: str
    methods: tuple[str, ...]  # with the parameters that they have by default
    variants: tuple[Variant, ...]
    seeds: tuple[int, ...]
    comparisons: tuple[Comparison, ...]
    measures: tuple[str, ...]
    fills: tuple[str, ...]
    outputs: tuple[str, ...]
    rankings: tuple[str, ...]
    steps: int
    region: int  # pixels

    def __post_init__(self) -> None:
        for name in self.__slots__:
            form = items if name in _PARTS else plain
            object.__setattr__(self, name, kept_plain(name, getattr(self, name), form))

    @property
    def recipe(self) -> Recipe:
        """How faithfulness is measured."""
        return Recipe(self.measures, self.fills, self.outputs, self.rankings, self.steps, self.region)

    @property
    def choices(self) -> tuple[MethodChoice, ...]:
        """The methods with their parameters."""
        return tuple(choice_of(METHODS[key]) for key in self.methods)

    def seeds_of(self, variant: Variant) -> tuple[int, ...]:
        """The random networks under a way to randomize."""
        return variant.seeds or self.seeds

    def depths_of(self, variant: Variant) -> tuple[int, ...]:
        """The randomized depths under a way to randomize."""
        known = variant.depths or range(1, len(MODELS[self.model].blocks) + 1)
        return tuple(depth for depth in known if depth)

    @property
    def faith_seeds(self) -> tuple[int, ...]:
        """Those with which faithfulness is measured."""
        return self.seeds[: setting.FAITH_SEEDS]

    def run(self, image: str, variant: Variant) -> Request:
        """The request for the maps of one picture, by its SHA-256, under one variant."""
        settings = {
            "mode": variant.mode,
            "law": variant.law,
            "batchnorm": variant.batchnorm,
            "seeds": self.seeds if variant.seeds == () else variant.seeds,
            "depths": None if variant.depths == () else variant.depths,
            "measures": ("cosine",),  # the gap scores the maps itself
            "band": "off",
        }
        return checked_check(Request(image, self.model, self.choices, settings.items()))

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict; `from_json` gives an equal request back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RankingRequest:
        """The request that `to_json` wrote."""
        parts = {
            "comparisons": [Comparison(**one) for one in data["comparisons"]],
            "variants": [Variant(**one) for one in data["variants"]],
        }
        return cls(**{**data, **parts})

    def key(self) -> str:
        """SHA-256 of the canonical JSON: equal requests have equal keys in every process."""
        canonical_json = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical_json.encode()).hexdigest()


def arguments(spec: ModelSpec) -> tuple[Argument, ...]:
    """All that a ranking gap is asked with on a model, beside its pictures, variants and comparisons."""
    usual = tuple(key for key in setting.METHODS if refusal(METHODS[key], spec) is None)
    return (
        Argument("methods", "Methods", SomeEntries(METHODS, usual), None),
        SETTINGS["seeds"],
        Argument("measures", "Measures", SomeEntries(FAITHFULNESS, tuple(FAITHFULNESS)), None),
        Argument("fills", "Fills", SomeEntries(FILLS), setting.FILLS),
        Argument("outputs", "Outputs", SomeEntries(OUTPUTS), setting.OUTPUTS),
        Argument("rankings", "Rankings", SomeEntries(RANKINGS), setting.RANKINGS),
        Argument("steps", "Steps", WholeNumber(1, spec.size**2), setting.STEPS),
        Argument("region", "Region", WholeNumber(1, spec.size), setting.REGION),
    )


def pictures_of(images: Any) -> tuple[ImageInput, ...]:
    """The pictures, read once where they are a generator; BadRequest for what is no picture that was read."""
    return all_of_kind("images", images, ImageInput, A_PICTURE)


def request_for(
    images: Sequence[ImageInput],
    *,
    model: Any = DEFAULT_MODEL,
    variants: Sequence[Variant] = setting.VARIANTS[:1],
    seeds: Any = setting.FEW_SEEDS,
    comparisons: Sequence[Comparison] | None = None,
    **settings: Any,
) -> RankingRequest:
    """A request in its one canonical form; by default all methods that the model takes, and all measures.

    `settings`: by the keys of `arguments`, each as its entry there says; what is left out is the default.
    Errors: BadRequest names the allowed values; Refused says why a method is wrong on the model.
    """
    digests = [image.sha256 for image in pictures_of(images)]
    return _converted(digests, model, variants, comparisons, {"seeds": seeds, **settings})


def checked(request: RankingRequest) -> RankingRequest:
    """Any request in its one canonical form. Errors: as of `request_for`."""
    request = of_kind("request", request, RankingRequest, "one that ranking.request.request_for gives")
    settings = {name: getattr(request, name) for name in request.__slots__}
    images, model, variants, wanted = (
        settings.pop(name) for name in ("images", "model", "variants", "comparisons")
    )
    return _converted(items(images), model, variants, wanted, settings)


def _converted(
    images: Sequence[str], model: Any, variants: Any, wanted: Any, given: Mapping[str, Any]
) -> RankingRequest:
    model = MODEL.converted(model)
    spec = MODELS[model]
    variants = all_of_kind("variants", variants, Variant, "one or more Variant(mode, law)")
    if not 1 <= len(images) <= MOST_PICTURES:
        raise BadRequest(f"{len(images)} pictures are not possible; choose 1 to {MOST_PICTURES}.")
    if len(set(images)) < len(images):
        raise BadRequest("One picture is there twice; leave one of the two out.")
    if not variants:
        raise BadRequest("No way to randomize is chosen; choose at least one.")
    table = {argument.key: argument for argument in arguments(spec)}
    unknown = [key for key in given if key not in table]
    if unknown:
        raise BadRequest(f"There is no setting {unknown[0]!r}; choose from {', '.join(table)}.")
    request = RankingRequest(
        images=tuple(kept_plain("images", image, text) for image in images),
        model=model,
        variants=tuple(dict.fromkeys(variants)),
        comparisons=_canonical(wanted),
        **{key: one.converted(given.get(key, one.default), spec) for key, one in table.items()},
    )
    runs = [request.run(images[0], variant) for variant in request.variants]  # these check all that is left
    keys = [variant.key for variant in request.variants]
    if len(set(keys)) < len(keys):
        raise BadRequest("Two variants have the same mode and law; leave one of the two out.")
    shallow = [key for key, run in zip(keys, runs, strict=True) if run.depths == (0,)]
    if shallow:
        raise BadRequest(f"{shallow[0]} randomizes nothing; choose at least one depth above 0.")
    variants = tuple(
        Variant(
            run.mode,
            run.law,
            run.batchnorm,
            SETTINGS["depths"].domain.plain(run.depths, spec) or (),
            () if run.seeds == request.seeds else run.seeds,
        )
        for run in runs
    )
    return replace(request, variants=variants)


_all_comparisons: Callable[[], tuple[Comparison, ...]] = comparisons


def _canonical(wanted: Any) -> tuple[Comparison, ...]:
    if wanted is None:
        return _all_comparisons()
    given = all_of_kind("comparisons", wanted, Comparison, "one or more Comparison(measure)")
    chosen = tuple(dict.fromkeys(map(canonical, given)))
    if not chosen:
        raise BadRequest("No comparison is chosen; choose at least one.")
    return chosen
