"""From a request to a report: original maps first, then all depths of one seed after the other."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from typing import TYPE_CHECKING, Any

from xaicheck.arguments import listening, of_kind
from xaicheck.engine import companion, pairs
from xaicheck.engine.classes import targets_of
from xaicheck.engine.request import A_PICTURE, checked, request_for
from xaicheck.engine.scores import Scoring
from xaicheck.engine.steps import Done, Rows, Step, Steps
from xaicheck.errors import BadRequest, ModelUnavailable
from xaicheck.models import images
from xaicheck.models.device import arithmetic, undisturbed
from xaicheck.models.registry import DEFAULT_MODEL, load
from xaicheck.types import (
    ActivationScale,
    Attribution,
    Coverage,
    ImageInput,
    Listener,
    Liveness,
    MethodChoice,
    Network,
    PairRow,
    Progress,
    Report,
    Request,
)

if TYPE_CHECKING:
    import torch

    from xaicheck.batching.depth_batch import Cascade

_PACKAGES = ("torch", "torchvision", "captum", "zennit", "timm", "numpy", "scipy", "pillow")


SIGN_OF_LIFE = 1.0
"""Seconds after which a step that is not done says so."""


class _Nobody:
    """The listener of a run that nobody watches."""

    def update(self, progress: Progress) -> None:
        """Hears of a step and does nothing."""

    def check(self) -> None:
        """Never cancelled."""


@cache
def versions() -> tuple[tuple[str, str], ...]:
    """The versions of everything that a number depends on."""
    from xaicheck import __version__

    known = [("xaicheck", __version__), ("python", sys.version.split()[0])]
    for name in _PACKAGES:
        try:
            known.append((name, version(name)))
        except PackageNotFoundError:
            known.append((name, "not installed"))
    return tuple(known)


def depends_on(network: Network) -> tuple[tuple[str, str], ...]:
    """Everything beside the request that a number of this network depends on, by name."""
    return (*versions(), *arithmetic(network.device), ("weights", network.weights))


class _Run:
    """The state of one run: what is known so far, and the steps that add to it."""

    def __init__(self, request: Request, image: ImageInput, device: str, listener: Listener) -> None:
        from xaicheck.batching.memory import rows_that_fit
        from xaicheck.models.graph import private_copy

        self.request, self.image, self.listener = request, image, listener
        self.start = self.said = time.perf_counter()
        self.network = load(request.model, device)
        # The trained network in a copy of its own: methods may hook it, other runs do not see that.
        self.trained = replace(self.network, module=private_copy(self.network.module))
        self.trained.module.register_forward_pre_hook(lambda *_: self.tick())
        self.view = images.model_view(image, self.network.spec)
        x = self.network.preprocess(image)[None].to(device)
        listener.check()  # as before each of the passes that follow
        self.target, against = targets_of(self.network, x, request.target, request.against)
        self.against = None if request.against is None else against
        self.steps = Steps(request, x, self.target.index, rows_that_fit(self.network))
        self.scoring = Scoring(request)
        self.maps: list[Attribution] = []
        self.class_maps: list[Attribution] = []
        self.pairs: list[PairRow] = []
        self.activations: list[ActivationScale] = []
        self.liveness: list[Liveness] = []
        self.coverage = Coverage(0.0, (), ())

    def report(self, *, complete: bool) -> Report:
        """All that is known so far."""
        return Report(
            request=self.request,
            image_name=self.image.name,
            image_notes=self.image.notes,
            view=self.view,
            target=self.target,
            blocks=tuple(b.name for b in self.network.blocks),
            depths=self.request.depths,
            attributions=tuple(self.maps),
            scores=tuple(self.scoring.scores),
            entropies=tuple(self.scoring.entropies),
            activations=tuple(self.activations),
            liveness=tuple(self.liveness),
            coverage=self.coverage,
            versions=depends_on(self.network),
            device=self.network.device,
            seconds=time.perf_counter() - self.start,
            complete=complete,
            against=self.against,
            class_maps=tuple(self.class_maps),
            class_scores=tuple(self.scoring.class_scores),
            pairs=tuple(self.pairs),
        )

    def announce(self, note: str, left: float | None = None) -> None:
        """Tells the listener how far the run is; it may cancel here. `left`: seconds, else what steps say."""
        steps, left = self.steps, self.steps.seconds_left() if left is None else left
        self.said = time.perf_counter()
        self.listener.update(Progress(steps.done, steps.total, note, left, self.report(complete=False)))

    def tick(self) -> None:
        """Before each pass: lets the listener end the run, and gives a sign of life in a long step."""
        self.listener.check()
        if self.steps.running and time.perf_counter() - self.said > SIGN_OF_LIFE:
            self.announce(self.steps.note)

    def originals(self) -> None:
        """Computes the map of each method on the trained network, for every seed."""
        exact = self._exact(lambda _: self.trained, (0,))
        for group in self.steps.groups:
            before = len(self.maps)
            seeds = self.steps.seeds_of_original(group)
            for seed in seeds:
                for done in self.steps.original(lambda _: self.trained, group, seed, exact):
                    self._take(done)
            first = self.maps[before:]
            for seed in self.request.seeds[len(seeds) :]:  # the same map under every other seed
                for attribution in first:
                    self._keep([replace(attribution, seed=seed)])
            self.announce(f"{Step(group, (0,), 0).label}, trained network")

    def second_class(self) -> None:
        """Computes each method's map of the second class on the trained network, with the first seed."""
        second, seed = self.steps.second, self.request.seeds[0]
        if self.against is not None and second is None:
            self.scoring.same_class()
        if self.against is None or second is None:
            return
        exact = self._exact(lambda _: self.trained, (0,))
        for group in self.steps.groups:
            for done in self.steps.original(lambda _: self.trained, group, seed, exact, second):
                self._take_second(done)
            self.announce(f"{Step(group, (0,), 0).label}, {self.against.label}")

    def seed(self, seed: int) -> None:
        """Computes everything of one seed: its random network, the activation scales, all maps."""
        from xaicheck.batching.activations import measure
        from xaicheck.randomization.weights import coverage, draw

        request, steps = self.request, self.steps
        self.announce(f"drawing random weights, seed {seed}")
        cascade = self._drawn(seed, steps.deep)
        if seed == request.seeds[0]:
            rest = [b for b in self.network.blocks if b.parameters[0] not in cascade.values]
            values = cascade.values | draw(
                self.network, rest, law=request.law, batchnorm=request.batchnorm, seed=seed
            )
            self.coverage = coverage(self.network, values, mode=request.mode, depths=request.depths)

        def look(network: Network, depths: tuple[int, ...], target: int | None) -> None:
            rows = steps.x.expand(len(depths), -1, -1, -1)
            scales, alive = measure(network, rows, target, depths=depths, seed=seed)
            self.activations += scales
            self.liveness += alive
            if target is None:
                steps.answers(alive)

        look(self.trained, (0,), self.target.index)
        target = self.target.index if request.target_policy == "original" else None
        for _ in steps.pace.in_parts(steps.deep, lambda depths: look(cascade.at(depths), depths, target)):
            pass
        exact = self._exact(cascade.at, steps.deep)
        for group in steps.groups:
            for done in steps.randomized(cascade.at, group, seed, exact):
                self._take(done)
                self.announce(f"{done.step.label}, seed {seed}, depth {done.step.depths[-1]}")
        if seed == request.seeds[0] and request.against_at == "every" and steps.second is not None:
            for group in steps.groups:
                for done in steps.randomized(cascade.at, group, seed, exact, steps.second):
                    self._take_second(done)
                    self.announce(f"{done.step.label}, second class, depth {done.step.depths[-1]}")

    def beside(self) -> None:
        """Compares random networks with each other, and an only one with a companion."""
        maps = list(self.maps)
        for done in companion.explained(self.steps, self.trained, self._drawn, self.announce):
            maps += chain(*_attributions(done))
        begun = time.perf_counter()
        for label, share, row in pairs.every(self.request, maps, self.listener.check):
            if row is not None:
                self.pairs.append(row)
            if row is None or time.perf_counter() - self.said > SIGN_OF_LIFE:
                left = (time.perf_counter() - begun) * (1 / share - 1)
                self.announce(f"comparing random networks, {label}", left)

    def _drawn(self, seed: int, depths: tuple[int, ...]) -> Cascade:
        """The random network of a seed at these depths."""
        from xaicheck.batching.depth_batch import Cascade

        request = self.request
        return Cascade(
            self.network, depths=depths, mode=request.mode, law=request.law, batchnorm=request.batchnorm,
            seed=seed, check=self.tick,
        )  # fmt: skip

    def _exact(self, rows: Rows, depths: tuple[int, ...]) -> Rows | None:
        """The same networks in float64, made when first asked for; None where nothing is certified."""
        from xaicheck.batching.float64 import in_float64

        if self.request.certify == "off":
            return None
        twins: list[Network] = []

        def exactly(some: tuple[int, ...]) -> Network:
            if not twins:
                twins.append(in_float64(rows(depths)))  # of all depths: each has statistics of its own
            rows(some)  # the twin stands for the same depths
            return twins[0]

        return exactly

    def _take(self, done: Done) -> None:
        """Takes the maps of a step in, method by method; without maps the reason why there are none."""
        for i, maps in enumerate(_attributions(done)):
            self._keep(maps, None if done.on_device is None else done.on_device[i])

    def _take_second(self, done: Done) -> None:
        """Takes the maps of the second class in and holds them against those of the explained class."""
        cells = {(a.method, a.depth): a for a in self.maps if a.seed == done.step.seed}
        own = self.steps.targets(dataclasses.replace(done.step, target=None))
        for maps in _attributions(done):
            self.class_maps += maps
            for explained, one in zip(own, maps, strict=True):
                first = cells[one.method, one.depth]
                self.scoring.take_class(first, one, same=explained == one.target)

    def _keep(self, maps: list[Attribution], on_device: torch.Tensor | None = None) -> None:
        """Adds maps of one method and seed and scores them against the original, which comes first."""
        self.maps += maps
        self.scoring.take_all(maps, on_device)


def _attributions(done: Done) -> Iterator[list[Attribution]]:
    """The maps of a step, method by method."""
    step = done.step
    each = done.seconds / (len(step.group) * len(step.depths))
    for i, choice in enumerate(step.group):
        values = [None] * len(step.depths) if done.maps is None else list(done.maps[i])
        yield [
            Attribution(choice.key, depth, step.seed, value, done.why, each, certificates, step.target)
            for depth, value, certificates in zip(step.depths, values, done.certificates[i], strict=True)
        ]


@undisturbed()
def run(
    request: Request, image: ImageInput, *, device: str = "auto", listener: Listener | None = None
) -> Report:
    """The report of a request on its picture.

    `request`: as `request_for` makes it. `image`: the picture whose digest the request names.
    `device`: "auto" takes a GPU where there is one; else "cpu" or "cuda". `listener`: hears of each
    step of about a second and may end the run.
    A method that fails costs its own maps only: they are None, with the reason.
    Errors: BadRequest for another picture or device; ModelUnavailable if the weights cannot be had, give no
    answer or were changed on the way; Cancelled if the listener ended the run.
    """
    from xaicheck.models.device import resolve

    request = checked(request)
    if of_kind("image", image, ImageInput, A_PICTURE).sha256 != request.image:
        raise BadRequest("The request is about another picture.")
    work = _Run(request, image, resolve(device), listening(listener) or _Nobody())
    work.announce("trained network")
    work.originals()
    work.second_class()
    for seed in request.seeds:
        work.seed(seed)
    work.beside()
    if load(request.model, work.network.device) is not work.network:
        raise ModelUnavailable(
            f"{work.network.spec.label} was changed while it was explained, so the numbers hold for no "
            "network; leave out the method that writes into it, and run the check again."
        )
    return work.report(complete=True)


def check(
    picture: object,
    *,
    model: str = DEFAULT_MODEL,
    methods: Sequence[str | MethodChoice] | None = None,
    seeds: int | Sequence[int] = 1,
    device: str = "auto",
    listener: Listener | None = None,
    **settings: Any,
) -> Report:
    """A whole randomization check of one picture.

    `picture`: a path; the bytes of a picture file, or the file open for reading; a PIL image; an array H×W,
    H×W×3 or H×W×4, or a tensor H×W or 3×H×W, in uint8 (0 to 255), uint16 (0 to 65535), floats (0 to 1) or
    bool; a decoded picture. The report's `image_notes` say what was done to it.
    `model`: a key of MODELS. `methods`: keys of METHODS, or choices with values for their parameters; None is
    the default panel. `seeds`: how many random networks (seeds 0 to N - 1), or which seeds, 0 to 2^31 - 1, at
    most 50. `device`, `listener`: as in `run`.
    `settings`: any other key of `xaicheck.engine.settings.SETTINGS`: mode, law, batchnorm, pooling,
    normalisation, sign, certify (keys), depths (numbers of randomized blocks; None or "all"), measures (keys
    of SIMILARITIES), target and against (a class by its number or name; None is the network's own answer, and
    no second class), target_policy and against_at (keys), copies (1 to 300), band (a key). A number of numpy
    or torch counts, and one key or number counts as a list of it.
    The report's `pairs` say how alike the maps of two random networks are, of a run with one seed at a few
    depths; `xaicheck.reading.bands.Bands` sets them beside the scores. band="off" leaves them out.
    `python -m xaicheck settings` lists every argument with its values and its default.
    Errors: BadImage, BadRequest and Refused say in one sentence what is wrong; ModelUnavailable if the
    weights cannot be had.
    """
    image = images.read(picture)
    request = request_for(image, model=model, methods=methods, seeds=seeds, **settings)
    return run(request, image, device=device, listener=listener)
