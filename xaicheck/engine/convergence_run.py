"""A run of cosine similarity convergence: several backward rules on one picture, block by block."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from xaicheck.arguments import (
    Argument,
    Domain,
    SomeEntries,
    WholeNumber,
    items,
    kept_plain,
    listening,
    of_kind,
    text,
)
from xaicheck.engine.classes import targets_of
from xaicheck.engine.convergence import RULES, SEED, STARTS, VECTORS, Convergence, along, rule_of
from xaicheck.engine.request import A_PICTURE, MODEL
from xaicheck.engine.run import depends_on
from xaicheck.engine.settings import Depths
from xaicheck.errors import BadRequest
from xaicheck.methods import METHODS, refusal
from xaicheck.models.device import DEVICE, resolve, undisturbed
from xaicheck.models.registry import DEFAULT_MODEL, MODELS, load
from xaicheck.types import ImageInput, Listener, Progress

START = 2  # below the classifier: the highest block whose output has places


@dataclass(frozen=True, slots=True)
class _AboveOthers(Domain):
    """A block below which there is another, by its number from the output."""

    def converted(self, value: Any, spec: Any = None) -> int:
        """The number."""
        return WholeNumber(1, len(spec.blocks) - 1).converted(value)

    def allowed(self, spec: Any = None) -> str:
        """Both limits."""
        last = "the number of the network’s blocks less 1" if spec is None else len(spec.blocks) - 1
        return f"a whole number from 1 to {last}"


@dataclass(frozen=True, slots=True)
class _Rules(SomeEntries):
    """Methods with a rule of their own; None is all that the network allows."""

    @property
    def none(self) -> str:
        """All."""
        return "all that the network allows"

    def converted(self, value: Any, spec: Any = None) -> tuple[str, ...]:
        """The keys in the order of RULES; Refused where the network rules one out."""
        if value is None:
            return tuple(key for key in RULES if refusal(METHODS[key], spec) is None)
        keys = SomeEntries.converted(self, value)
        for key in keys:
            rule_of(key, spec)
        return tuple(key for key in RULES if key in keys)


def arguments(start: int = START) -> tuple[Argument, ...]:
    """All that such a run is asked with beside its picture, the starts being put in at block `start`."""
    return (
        MODEL,
        Argument("methods", "Rule", _Rules(RULES), None, option="methods with a rule of their own"),
        Argument(
            "start", "Start", _AboveOthers(), START,
            option="block where the starts are put in, counted from the output",
        ),
        Argument(
            "depths", "Depths", Depths(start + 1), None,
            option="blocks below the start where they are compared, counted from the output",
        ),
        STARTS,
        SEED,
        DEVICE,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConvergenceRequest:
    """Everything such a run depends on: strings and numbers only."""

    image: str  # sha256 of the picture's bytes
    model: str
    methods: tuple[str, ...]  # keys of RULES, in their order
    start: str  # the block at whose output random vectors are put in
    blocks: tuple[str, ...]  # the blocks at whose outputs they are compared, output to input
    vectors: int = VECTORS
    seed: int = 0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, kept_plain(name, getattr(self, name)))

    def key(self) -> str:
        """A name for the result: equal requests have equal keys in every process."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return f"convergence:{hashlib.sha256(canonical.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Profile:
    """One method's rule, from block to block; as many as the request names."""

    method: str
    blocks: tuple[Convergence, ...]


@dataclass(frozen=True, slots=True)
class ConvergenceReport:
    """The answer to a request, and what it was computed with."""

    request: ConvergenceRequest
    image_name: str
    profiles: tuple[Profile, ...]  # one a method
    versions: tuple[tuple[str, str], ...]
    device: str
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """JSON-ready values; a number that is not there is None and its `why` says the reason."""
        return {
            "request": asdict(self.request),
            "versions": dict(self.versions),
            "device": self.device,
            "seconds": self.seconds,
            "methods": {
                profile.method: [
                    {"block": block} | asdict(at)
                    for block, at in zip(self.request.blocks, profile.blocks, strict=True)
                ]
                for profile in self.profiles
            },
        }


def request_for(
    image: ImageInput,
    *,
    model: Any = DEFAULT_MODEL,
    methods: Any = None,
    start: Any = START,
    depths: Any = None,
    vectors: Any = VECTORS,
    seed: Any = 0,
) -> ConvergenceRequest:
    """A request in its one canonical form. Blocks are counted from the output: 1 is the classifier.

    `methods`: one or more keys, None for every rule that the model does not refuse. `start`, `depths`: block
    numbers; None for all blocks below the start. `vectors`: how many starts. `seed`: of the starts.
    Errors: BadRequest names what is allowed; Refused says why a rule is wrong on the model.
    """
    image = of_kind("image", image, ImageInput, A_PICTURE)
    given = {"methods": methods, "start": start, "depths": depths, "vectors": vectors, "seed": seed}
    return _converted(image.sha256, model, given)


def checked(request: ConvergenceRequest) -> ConvergenceRequest:
    """Any request in its one canonical form. Errors: as of `request_for`."""
    request = of_kind("request", request, ConvergenceRequest, "one that convergence_run.request_for gives")
    model = MODEL.converted(request.model)
    depth = {block.name: number for number, block in enumerate(MODELS[model].blocks, 1)}
    given = {name: getattr(request, name) for name in ("methods", "vectors", "seed")}
    given["start"] = depth.get(request.start, request.start)
    given["depths"] = [depth.get(block, block) for block in items(request.blocks)]
    return _converted(request.image, model, given)


def _converted(image: str, model: Any, given: Mapping[str, Any]) -> ConvergenceRequest:
    model = MODEL.converted(model)
    spec = MODELS[model]
    names = [block.name for block in spec.blocks]
    first = {argument.key: argument for argument in arguments()}["start"].converted(given["start"], spec)
    known = {a.key: a.converted(given[a.key], spec) for a in arguments(first) if a.key in given}
    return ConvergenceRequest(
        image=kept_plain("image", image, text),
        model=model,
        methods=known["methods"],
        start=names[first - 1],
        blocks=tuple(names[depth - 1] for depth in known["depths"]),
        vectors=known["vectors"],
        seed=known["seed"],
    )


@undisturbed()
def run(
    request: ConvergenceRequest,
    image: ImageInput,
    *,
    device: str = "auto",
    listener: Listener | None = None,
) -> ConvergenceReport:
    """The report of a request on its picture; the listener hears of each rule and may cancel before it.

    Errors: ModelUnavailable if the weights cannot be had; Cancelled if the listener ended the run.
    """
    request = checked(request)
    if of_kind("image", image, ImageInput, A_PICTURE).sha256 != request.image:
        raise BadRequest("The request is about another picture.")
    listener = listening(listener)
    begun = time.perf_counter()
    device = resolve(device)
    network = load(request.model, device)
    x = network.preprocess(image)[None].to(device)
    targets_of(network, x)  # refuses a network that does not answer
    profiles: list[Profile] = []
    for done, method in enumerate(request.methods):
        if listener is not None:
            listener.check()
            left = (time.perf_counter() - begun) / done * (len(request.methods) - done) if done else None
            listener.update(Progress(done, len(request.methods), METHODS[method].label, left, None))
        profiles.append(
            Profile(
                method,
                along(
                    network,
                    x,
                    method,
                    start=request.start,
                    ends=request.blocks,
                    vectors=request.vectors,
                    seed=request.seed,
                ),
            )
        )
    return ConvergenceReport(
        request,
        image.name,
        tuple(profiles),
        depends_on(network),
        device,
        time.perf_counter() - begun,
    )
