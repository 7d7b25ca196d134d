"""What a ranking gap is computed for: strings and numbers only, checked, with a key of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from xaicheck.arguments import Argument, SomeEntries, WholeNumber, items, of_kind
from xaicheck.engine.request import A_PICTURE, MODEL, choice_of, request_for as check_request_for
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

MOST_PICTURES = 12
_TUPLES = ("images", "methods", "seeds", "measures", "fills", "outputs", "rankings")


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

    @property
    def recipe(self) -> Recipe:
        """How faithfulness is measured."""
        return Recipe(self.measures, self.fills, self.outputs, self.rankings, self.steps, self.region)

    @property
    def choices(self) -> tuple[MethodChoice, ...]:
        """The methods with their parameters."""
        return tuple(choice_of(METHODS[key]) for key in self.methods)

    def run(self, image: ImageInput, variant: Variant, seeds: Sequence[int] | None = None) -> Request:
        """The request for the maps of one picture under one variant."""
        return check_request_for(
            image,
            model=self.model,
            methods=self.methods,
            mode=variant.mode,
            law=variant.law,
            batchnorm=variant.batchnorm,
            seeds=self.seeds if seeds is None else seeds,
            depths=variant.depths or None,
            measures=("cosine",),  # the gap scores the maps itself
        )

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict; `from_json` gives an equal request back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RankingRequest:
        """The request that `to_json` wrote."""
        plain = dict(data)
        for name in _TUPLES:
            plain[name] = tuple(plain[name])
        plain["comparisons"] = tuple(Comparison(**one) for one in plain["comparisons"])
        plain["variants"] = tuple(
            Variant(**{**one, "depths": tuple(one["depths"])}) for one in plain["variants"]
        )
        return cls(**plain)

    def key(self) -> str:
        """SHA-256 of the canonical JSON: equal requests have equal keys in every process."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


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
    return tuple(of_kind("images", one, ImageInput, A_PICTURE) for one in items(images))


def request_for(
    images: Sequence[ImageInput],
    *,
    model: Any = DEFAULT_MODEL,
    variants: Sequence[Variant] = setting.VARIANTS[:1],
    seeds: Any = setting.SEEDS,
    comparisons: Sequence[Comparison] | None = None,
    **settings: Any,
) -> RankingRequest:
    """A request in its one canonical form; by default all methods that the model takes, and all measures.

    `settings`: by the keys of `arguments`, each as its entry there says; what is left out is the default.
    Errors: BadRequest names the allowed values; Refused says why a method is wrong on the model.
    """
    model = MODEL.converted(model)
    spec = MODELS[model]
    images = pictures_of(images)
    variants = tuple(
        of_kind("variants", one, Variant, "one or more Variant(mode, law)") for one in items(variants)
    )
    if not 1 <= len(images) <= MOST_PICTURES:
        raise BadRequest(f"{len(images)} pictures are not possible; choose 1 to {MOST_PICTURES}.")
    if len({image.sha256 for image in images}) < len(images):
        raise BadRequest("One picture is there twice; leave one of the two out.")
    if not variants:
        raise BadRequest("No way to randomize is chosen; choose at least one.")
    table = {argument.key: argument for argument in arguments(spec)}
    given = {"seeds": seeds, **settings}
    unknown = [key for key in settings if key not in table]
    if unknown:
        raise BadRequest(f"There is no setting {unknown[0]!r}; choose from {', '.join(table)}.")
    request = RankingRequest(
        images=tuple(image.sha256 for image in images),
        model=model,
        variants=tuple(dict.fromkeys(variants)),
        comparisons=_canonical(comparisons),
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
        Variant(run.mode, run.law, run.batchnorm, variant.depths and run.depths)
        for variant, run in zip(request.variants, runs, strict=True)
    )
    return replace(request, variants=variants)


_all_comparisons: Callable[[], tuple[Comparison, ...]] = comparisons


def _canonical(wanted: Iterable[Comparison] | None) -> tuple[Comparison, ...]:
    if wanted is None:
        return _all_comparisons()
    given = (
        of_kind("comparisons", one, Comparison, "one or more Comparison(measure)") for one in items(wanted)
    )
    chosen = tuple(dict.fromkeys(map(canonical, given)))
    if not chosen:
        raise BadRequest("No comparison is chosen; choose at least one.")
    return chosen
