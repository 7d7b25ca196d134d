"""From a request to a report: original maps first, then all depths of one seed after the other."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xaicheck.engine import request as plan
from xaicheck.engine.scores import Scoring
from xaicheck.engine.steps import Failure, Group, Step, attempt, groups, passes_of, smaller
from xaicheck.errors import BadImage, BadRequest
from xaicheck.methods import METHODS
from xaicheck.models import images
from xaicheck.models.device import arithmetic
from xaicheck.models.labels import LABELS
from xaicheck.models.registry import DEFAULT_MODEL, MODELS, load
from xaicheck.types import (
    ActivationScale,
    Attribution,
    Coverage,
    ImageInput,
    Listener,
    Liveness,
    Network,
    Progress,
    Report,
    Request,
    Target,
)

if TYPE_CHECKING:
    import torch
    from PIL import Image

    from xaicheck.batching.depth_batch import Cascade

_PACKAGES = ("torch", "torchvision", "captum", "zennit", "timm", "numpy", "scipy", "pillow")


SIGN_OF_LIFE = 1.0
"""Seconds after which a step that is not done says so."""

_At = Callable[[tuple[int, ...]], Network]  # the network whose rows are these depths


class _Nobody:
    """The listener of a run that nobody watches."""

    def update(self, progress: Progress) -> None:
        """Nothing to do."""

    def check(self) -> None:
        """Never cancelled."""


def depth_count(model: str) -> int:
    """The number of blocks of a model: the greatest depth."""
    return len(MODELS[model].blocks)


@cache
def versions() -> tuple[tuple[str, str], ...]:
    """The versions of everything that a number depends on."""
    from xaicheck import __version__

    found = [("xaicheck", __version__), ("python", sys.version.split()[0])]
    for name in _PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            found.append((name, "not installed"))
    return tuple(found)


class _Run:
    """The state of one run: what is known so far, and the steps that add to it."""

    def __init__(self, request: Request, image: ImageInput, device: str, listener: Listener) -> None:
        from xaicheck.batching.memory import rows_that_fit
        from xaicheck.models.graph import private_copy

        self.request, self.image, self.listener = request, image, listener
        self.start = self.said = time.perf_counter()
        self.note, self.begun = "", 0.0  # of the step that is being computed; 0: between steps
        self.network = load(request.model, device)
        self.pace = plan.Pace(rows_that_fit(self.network))
        self.maps: list[Attribution] = []
        self.activations: list[ActivationScale] = []
        self.liveness: list[Liveness] = []
        self.coverage = Coverage(0.0, (), ())
        self.scoring = Scoring(request)
        # The trained network in a copy of its own: methods may hook it, other runs do not see that.
        module = private_copy(self.network.module)
        module.register_forward_pre_hook(lambda *_: self._tick())
        self.trained = replace(self.network, module=module)
        self.view = images.model_view(image, self.network.spec)
        self.x = self.network.preprocess(image)[None].to(device)
        self.target = self._target()
        self.deep = tuple(d for d in request.depths if d)
        self.groups = groups(request.methods)
        maps = {g: len(self._seeds_of_original(g)) + len(request.seeds) * len(self.deep) for g in self.groups}
        self.total, self.done = sum(len(g) * count for g, count in maps.items()), 0
        self.passes = sum(self._passes(g) * count for g, count in maps.items())
        self.passes_done = 0.0

    def _target(self) -> Target:
        import torch

        with torch.no_grad():
            shares = self.trained.module(self.x)[0].double().softmax(0)
        index = int(shares.argmax()) if self.request.target is None else self.request.target
        return Target(index, LABELS[index], float(shares[index]))

    def _seeds_of_original(self, group: Group) -> tuple[int, ...]:
        """The original map depends on the seed only where the method itself draws random numbers."""
        stochastic = any(METHODS[choice.key].stochastic for choice in group)
        return self.request.seeds if stochastic else self.request.seeds[:1]

    def _passes(self, group: Group) -> float:
        return passes_of(group, self.request.copies)

    def report(self, *, complete: bool) -> Report:
        """All that is known so far."""
        return Report(
            request=self.request,
            image_name=self.image.name,
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
            versions=(*versions(), *arithmetic(self.network.device)),
            device=self.network.device,
            seconds=time.perf_counter() - self.start,
            complete=complete,
        )

    def announce(self, note: str) -> None:
        """Tell the listener how far the run is; it may cancel here."""
        now = time.perf_counter()
        left = self.pace.seconds_for(max(self.passes - self.passes_done, 0.0))
        if left is not None and self.begun:
            left = max(left - (now - self.begun), 0.0)
        self.said = now
        self.listener.update(Progress(self.done, self.total, note, left, self.report(complete=False)))

    def _tick(self) -> None:
        """Before each pass: the run may end here, and a long step gives a sign of life."""
        self.listener.check()
        if self.begun and time.perf_counter() - self.said > SIGN_OF_LIFE:
            self.announce(self.note)

    def originals(self) -> None:
        """The map of each method on the trained network, for every seed."""
        for group in self.groups:
            before = len(self.maps)
            for seed in self._seeds_of_original(group):
                self._explain(lambda _: self.trained, Step(group, (0,), seed))
            if self._seeds_of_original(group) != self.request.seeds:
                first = self.maps[before:]
                for seed in self.request.seeds[1:]:
                    for found in first:
                        self._keep([replace(found, seed=seed)])
            self.announce(f"{Step(group, (0,), 0).label}, trained network")

    def seed(self, seed: int) -> None:
        """Everything of one seed: its random network, the activation scales, all maps."""
        from xaicheck.batching.depth_batch import Cascade
        from xaicheck.randomization.weights import coverage, draw

        request = self.request
        laws: dict[str, Any] = {"law": request.law, "batchnorm": request.batchnorm, "seed": seed}
        self.announce(f"drawing random weights, seed {seed}")
        cascade = Cascade(self.network, depths=self.deep, mode=request.mode, check=self._tick, **laws)
        if seed == request.seeds[0]:
            rest = [b for b in self.network.blocks if b.parameters[0] not in cascade.values]
            values = cascade.values | draw(self.network, rest, **laws)
            self.coverage = coverage(self.network, values, mode=request.mode, depths=request.depths)
        self._measure(lambda _: self.trained, (0,), seed)
        for depths in self.pace.parts(self.deep):
            self._measure(cascade.at, depths, seed)
        for group in self.groups:
            self._sweep(cascade, group, seed)

    def _measure(self, at: _At, depths: tuple[int, ...], seed: int) -> None:
        from xaicheck.batching.activations import measure
        from xaicheck.batching.memory import out_of_memory

        rows = self.x.expand(len(depths), -1, -1, -1)
        try:
            scales, alive = measure(at(depths), rows, self.target.index, depths=depths, seed=seed)
        except Exception as error:
            if len(depths) == 1 or not out_of_memory(error):
                raise
        else:
            self.activations += scales
            self.liveness += alive
            return
        # Not within `except`: the error holds every tensor of its frames.
        self.pace.no_room_for(len(depths))
        half = len(depths) // 2
        for part in (depths[:half], depths[half:]):
            self._measure(at, part, seed)

    def _sweep(self, cascade: Cascade, group: Group, seed: int) -> None:
        """A group of methods at all depths of a seed, a part of them at a time."""
        for depths in self.pace.parts(self.deep):
            step = Step(group, depths, seed)
            self._explain(cascade.at, step)
            self.announce(f"{step.label}, seed {seed}, depth {depths[-1]}")

    def _explain(self, at: _At, step: Step) -> None:
        """The maps of a step; where it fails, in smaller steps, or the reason why there are none."""
        copies, before = self.request.copies, self.passes_done
        passes = self._passes(step.group) * len(step.depths)

        def say(done: int) -> None:
            self.note = f"{step.label}, seed {step.seed}, copy {done} of {copies}"

        where = f"depths {step.depths[0]} to {step.depths[-1]}" if step.depths[-1] else "trained network"
        self.note = f"{step.label}, seed {step.seed}, {where}"
        self.begun = begin = time.perf_counter()
        found = attempt(at, step, self.x, self.target.index, self.request, say)
        self.begun = 0.0
        if isinstance(found, Failure) and (again := smaller(step, found)):
            if found.no_room:
                self.pace.no_room_for(len(step.depths))
            for part in again:
                self._explain(at, part)
            return
        there = None if isinstance(found, Failure) or found.device.type == "cpu" else found
        maps = None if isinstance(found, Failure) else found.cpu().numpy()
        why = found.why if isinstance(found, Failure) else ""
        seconds = time.perf_counter() - begin
        self.pace.learn(passes, seconds)
        self.passes_done = before + passes
        self.done += len(step.group) * len(step.depths)
        each = seconds / (len(step.group) * len(step.depths))
        for i, choice in enumerate(step.group):
            values = [None] * len(step.depths) if maps is None else list(maps[i])
            self._keep(
                [
                    Attribution(choice.key, depth, step.seed, value, why, each)
                    for depth, value in zip(step.depths, values, strict=True)
                ],
                None if there is None else there[i],
            )

    def _keep(self, found: list[Attribution], on_device: torch.Tensor | None = None) -> None:
        """Take maps of one method and seed in and score them against the original, which comes first."""
        self.maps += found
        self.scoring.take_all(found, on_device)


def run(
    request: Request, image: ImageInput, *, device: str = "auto", listener: Listener | None = None
) -> Report:
    """The report of a request on its picture; the listener hears of each step and may cancel.

    Errors: ModelUnavailable if the weights cannot be had; Cancelled if the listener ended the run.
    """
    from xaicheck.models.device import resolve

    if image.sha256 != request.image:
        raise BadRequest("The request is about another picture.")
    work = _Run(request, image, resolve(device), listener or _Nobody())
    work.announce("trained network")
    work.originals()
    for seed in request.seeds:
        work.seed(seed)
    return work.report(complete=True)


def _image(picture: str | Path | bytes | Image.Image | ImageInput) -> ImageInput:
    if isinstance(picture, ImageInput):
        return picture
    if isinstance(picture, bytes):
        return images.decode(picture, "picture")
    if isinstance(picture, (str, Path)):
        try:
            return images.decode(Path(picture).read_bytes(), Path(picture).name)
        except OSError as error:
            raise BadImage(
                f"{picture} cannot be read ({error.strerror}); give the path of a picture."
            ) from error
    return images.from_picture(picture)


def check(
    picture: str | Path | bytes | Image.Image | ImageInput,
    *,
    model: str = DEFAULT_MODEL,
    seeds: int | Sequence[int] = 1,
    device: str = "auto",
    listener: Listener | None = None,
    **settings: Any,
) -> Report:
    """A whole randomization check of one picture.

    `seeds`: how many (0 to N - 1) or which. `settings`: methods, mode, law, batchnorm, depths, measures,
    target, normalisation, sign, copies, as in `plan.request_for`. Errors: BadImage, BadRequest, Refused,
    ModelUnavailable.
    """
    image = _image(picture)
    if isinstance(seeds, int) and seeds < 1:
        raise BadRequest(f"{seeds} seeds are too few; choose at least 1.")
    chosen = range(seeds) if isinstance(seeds, int) else seeds
    request = plan.request_for(image, model=model, seeds=tuple(chosen), **settings)
    return run(request, image, device=device, listener=listener)
