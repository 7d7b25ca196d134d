"""From a request to a report: original maps first, then all depths of one seed after the other."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xaicheck import images, plan
from xaicheck.errors import BadImage, BadRequest, Cancelled
from xaicheck.labels import LABELS
from xaicheck.methods import METHODS
from xaicheck.models import DEFAULT_MODEL, MODELS, load
from xaicheck.scoring import Scoring
from xaicheck.types import (
    ActivationScale,
    Attribution,
    Coverage,
    ImageInput,
    Listener,
    Liveness,
    MethodChoice,
    Network,
    Progress,
    Report,
    Request,
    Target,
)

if TYPE_CHECKING:
    import numpy as np
    import torch
    from PIL import Image

    from xaicheck.cascade import Cascade

_PACKAGES = ("torch", "torchvision", "captum", "zennit", "timm", "numpy", "scipy", "pillow")


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
        from xaicheck.wiring import private_copy

        self.request, self.image, self.listener = request, image, listener
        self.start = time.perf_counter()
        self.network = load(request.model, device)
        self.pace = plan.Pace()
        self.maps: list[Attribution] = []
        self.activations: list[ActivationScale] = []
        self.liveness: list[Liveness] = []
        self.coverage = Coverage(0.0, (), ())
        self.scoring = Scoring(request)
        # The trained network in a copy of its own: methods may hook it, other runs do not see that.
        module = private_copy(self.network.module)
        module.register_forward_pre_hook(lambda *_: listener.check())
        spec, blocks, merges = self.network.spec, self.network.blocks, self.network.merges
        self.trained = Network(spec, module, blocks, device, merges)
        self.view = images.model_view(image, spec)
        self.x = self.network.preprocess(image)[None].to(device)
        self.target = self._target()
        self.deep = tuple(d for d in request.depths if d)
        maps = {
            c.key: len(self._seeds_of_original(c)) + len(request.seeds) * len(self.deep)
            for c in request.methods
        }
        self.total, self.done = sum(maps.values()), 0
        self.passes = sum(self._passes(c) * maps[c.key] for c in request.methods)
        self.passes_done, self.said = 0.0, 0.0

    def _target(self) -> Target:
        import torch

        with torch.no_grad():
            shares = self.trained.module(self.x)[0].double().softmax(0)
        index = int(shares.argmax()) if self.request.target is None else self.request.target
        return Target(index, LABELS[index], float(shares[index]))

    def _seeds_of_original(self, choice: MethodChoice) -> tuple[int, ...]:
        """The original map depends on the seed only where the method itself draws random numbers."""
        return self.request.seeds if METHODS[choice.key].stochastic else self.request.seeds[:1]

    def _passes(self, choice: MethodChoice) -> float:
        return METHODS[choice.key].passes(**dict(choice.params)) * self.request.copies

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
            versions=versions(),
            device=self.network.device,
            seconds=time.perf_counter() - self.start,
            complete=complete,
        )

    def announce(self, note: str) -> None:
        """Tell the listener how far the run is; it may cancel here."""
        self.said = time.perf_counter()
        left = self.pace.seconds_for(max(self.passes - self.passes_done, 0.0))
        self.listener.update(Progress(self.done, self.total, note, left, self.report(complete=False)))

    def originals(self) -> None:
        """The map of each method on the trained network, for every seed."""
        for choice in self.request.methods:
            for seed in self._seeds_of_original(choice):
                self._explain(lambda _: self.trained, choice, (0,), seed)
            if not METHODS[choice.key].stochastic:
                first = self.maps[-1]
                for seed in self.request.seeds[1:]:
                    self._keep(replace(first, seed=seed))
            self.announce(f"{METHODS[choice.key].label}, trained network")

    def seed(self, seed: int) -> None:
        """Everything of one seed: its random network, the activation scales, all maps."""
        from xaicheck.cascade import Cascade
        from xaicheck.randomize import coverage, draw

        request = self.request
        laws: dict[str, Any] = {"law": request.law, "batchnorm": request.batchnorm, "seed": seed}
        self.announce(f"drawing random weights, seed {seed}")
        cascade = Cascade(
            self.network, depths=self.deep, mode=request.mode, check=self.listener.check, **laws
        )
        if seed == request.seeds[0]:
            rest = [b for b in self.network.blocks if b.parameters[0] not in cascade.values]
            values = cascade.values | draw(self.network, rest, **laws)
            self.coverage = coverage(self.network, values, mode=request.mode, depths=request.depths)
        self._measure(lambda _: self.trained, (0,), seed)
        for depths in _parts(self.deep, self.pace.most_rows):
            self._measure(cascade.at, depths, seed)
        for choice in request.methods:
            self._sweep(cascade, choice, seed)

    def _measure(self, at: _At, depths: tuple[int, ...], seed: int) -> None:
        from xaicheck.activations import measure

        rows = self.x.expand(len(depths), -1, -1, -1)
        scales, alive = measure(at(depths), rows, self.target.index, depths=depths, seed=seed)
        self.activations += scales
        self.liveness += alive

    def _sweep(self, cascade: Cascade, choice: MethodChoice, seed: int) -> None:
        """One method at all depths of a seed, a few at a time."""
        left = self.deep
        while left:
            count = self.pace.rows(self._passes(choice))
            depths, left = left[:count], left[count:]
            self._explain(cascade.at, choice, depths, seed)
            self.announce(f"{METHODS[choice.key].label}, seed {seed}, depth {depths[-1]}")

    def _explain(self, at: _At, choice: MethodChoice, depths: tuple[int, ...], seed: int) -> None:
        """The maps of some depths; where the method raises, each depth alone, or the reason why not."""
        from xaicheck.denoise import averaged
        from xaicheck.methods.explain import draws_for, explain

        method, copies, before = METHODS[choice.key], self.request.copies, self.passes_done
        passes = self._passes(choice) * len(depths)

        def maps(x: torch.Tensor, image: str) -> np.ndarray:
            return explain(
                method,
                network,
                x,
                self.target.index,
                draws=draws_for(seed, choice.key, image, depths),
                params=choice,
                pooling=self.request.pooling,
            )

        def say(done: int) -> None:
            """Copies of one step may take minutes."""
            self.passes_done = before + passes * done / copies
            if time.perf_counter() - self.said > 1:
                self.announce(f"{method.label}, seed {seed}, copy {done} of {copies}")

        begin = time.perf_counter()
        why = ""
        found: Sequence[np.ndarray | None]
        try:
            network = at(depths)
            x = self.x.expand(len(depths), -1, -1, -1)
            found = list(averaged(maps, x, self.image.sha256, copies, say))
        except Cancelled:
            raise
        except Exception as error:  # a method may fail in any way; the other cells go on
            if len(depths) > 1:
                self.passes_done = before
                for depth in depths:
                    self._explain(at, choice, (depth,), seed)
                return
            found, why = [None], f"{type(error).__name__}: {error}"
        seconds = time.perf_counter() - begin
        self.pace.learn(passes, seconds)
        self.passes_done = before + passes
        self.done += len(depths)
        for depth, values in zip(depths, found, strict=True):
            self._keep(Attribution(choice.key, depth, seed, values, why, seconds / len(depths)))

    def _keep(self, attribution: Attribution) -> None:
        """Take the map in and score it against the original, which always comes first."""
        self.maps.append(attribution)
        self.scoring.take(attribution)


def _parts(depths: Sequence[int], size: int) -> Iterator[tuple[int, ...]]:
    for start in range(0, len(depths), size):
        yield tuple(depths[start : start + size])


def run(
    request: Request, image: ImageInput, *, device: str = "auto", listener: Listener | None = None
) -> Report:
    """The report of a request on its picture; the listener hears of each step and may cancel.

    Errors: ModelUnavailable if the weights cannot be had; Cancelled if the listener ended the run.
    """
    from xaicheck.device import resolve

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
