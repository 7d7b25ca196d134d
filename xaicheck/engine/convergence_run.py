"""A run of cosine similarity convergence: several backward rules on one picture, block by block."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from xaicheck.engine.convergence import MOST_VECTORS, RULES, VECTORS, Convergence, along, checked
from xaicheck.engine.run import versions
from xaicheck.errors import BadRequest
from xaicheck.methods import METHODS, refusal
from xaicheck.models.device import arithmetic, resolve
from xaicheck.models.registry import DEFAULT_MODEL, load, spec_of
from xaicheck.types import ImageInput, Listener, Progress

START = 2  # below the classifier: the highest block whose output has places
MOST_SEED = 2**31 - 1


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

    def key(self) -> str:
        """A name for the result: equal requests have equal keys in every process."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return f"convergence:{hashlib.sha256(text.encode()).hexdigest()}"


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
    model: str = DEFAULT_MODEL,
    methods: Sequence[str] | None = None,
    start: int = START,
    depths: Sequence[int] | None = None,
    vectors: int = VECTORS,
    seed: int = 0,
) -> ConvergenceRequest:
    """A request in its one canonical form. Blocks are counted from the output: 1 is the classifier.

    `methods`: None for every rule that the model does not refuse; `depths`: None for all blocks below.
    Errors: BadRequest names what is allowed; Refused says why a rule is wrong on the model.
    """
    spec = spec_of(model)
    offered = [key for key in RULES if refusal(METHODS[key], spec) is None]
    wanted = offered if methods is None else list(methods)
    for key in wanted:
        checked(key, spec)
    if not wanted:
        raise BadRequest("No method is chosen; choose at least one.")
    names = [block.name for block in spec.blocks]
    _within("Start", (start,), 1, len(names) - 1)
    below = range(start + 1, len(names) + 1) if depths is None else depths
    _within("Depth", below, start + 1, len(names))
    _within("Number of starts", (vectors,), 2, MOST_VECTORS)
    _within("Seed", (seed,), 0, MOST_SEED)
    return ConvergenceRequest(
        image=image.sha256,
        model=model,
        methods=tuple(key for key in RULES if key in wanted),
        start=names[start - 1],
        blocks=tuple(names[depth - 1] for depth in sorted(set(below))),
        vectors=vectors,
        seed=seed,
    )


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
    if image.sha256 != request.image:
        raise BadRequest("The request is about another picture.")
    begun = time.perf_counter()
    device = resolve(device)
    network = load(request.model, device)
    x = network.preprocess(image)[None].to(device)
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
        versions() + arithmetic(device),
        device,
        time.perf_counter() - begun,
    )


def _within(what: str, values: Iterable[int], low: int, high: int) -> None:
    """Raises BadRequest for the first value that is out of range, and where there is none at all."""
    given = list(values)
    wrong = [value for value in given if not low <= value <= high]
    if wrong or not given:
        shown = wrong[0] if wrong else "none"
        raise BadRequest(f"{what} {shown} is not allowed; choose whole numbers from {low} to {high}.")
