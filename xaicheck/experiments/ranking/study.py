"""A ranking gap for a visitor's own pictures, picture by picture, with progress and an end on demand."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xaicheck.arguments import listening
from xaicheck.engine import run as engine
from xaicheck.errors import BadRequest
from xaicheck.experiments.ranking.assemble import Part, assemble, compared_networks
from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.ranking.faith import faith
from xaicheck.experiments.ranking.maps import Certified, certified, stacked
from xaicheck.experiments.ranking.networks import PictureNetworks
from xaicheck.experiments.ranking.request import RankingRequest, checked, pictures_of, request_for
from xaicheck.experiments.ranking.score import PictureScores, score
from xaicheck.experiments.ranking.snr import snr
from xaicheck.models.device import resolve, undisturbed
from xaicheck.models.registry import load
from xaicheck.types import ImageInput, Listener, Network, Progress, Report


class _Steps:
    """How far the whole is: hears of the run of one picture under one variant, and passes it on."""

    def __init__(self, listener: Listener | None, total: int) -> None:
        self.listener, self.total = listener, total
        self.before = 0  # maps of the runs that are done
        self.where = ""
        self.start = time.perf_counter()

    def update(self, progress: Progress) -> None:
        """Called by the run: its maps come on top of those before."""
        self.tell(progress.done, progress.note)

    def check(self) -> None:
        """Called by the run: ends everything if whoever started it no longer waits."""
        if self.listener is not None:
            self.listener.check()

    def counted(self, note: str, every: int) -> Callable[[], None]:
        """A check for work that has no progress of its own: it tells how often it was called."""
        count = 0

        def check() -> None:
            nonlocal count
            self.check()
            if count % every == 0:
                self.tell(0, f"{note} ({count} done)" if count else note)
            count += 1

        return check

    def tell(self, done: int, note: str) -> None:
        """Tells the listener how far the whole is."""
        if self.listener is None:
            return
        now = self.before + done
        spent = time.perf_counter() - self.start
        left = spent / now * (self.total - now) if now > 20 else None
        self.listener.update(Progress(now, self.total, f"{self.where}: {note}", left, None))


def compute(
    images: Sequence[ImageInput],
    *,
    listener: Listener | None = None,
    device: str = "auto",
    **settings: Any,
) -> RankingData:
    """The ranking gap of these pictures; `settings` as in `ranking.request.request_for`.

    Errors: BadRequest, Refused, ModelUnavailable in one sentence; Cancelled if the listener ended the run.
    """
    images = pictures_of(images)
    return run(request_for(images, **settings), images, listener=listener, device=device)


@undisturbed()
def run(
    request: RankingRequest,
    images: Sequence[ImageInput],
    *,
    listener: Listener | None = None,
    device: str = "auto",
) -> RankingData:
    """The ranking gap of a request on its pictures; the listener hears of every step and may end the run."""
    request, images = checked(request), pictures_of(images)
    if tuple(image.sha256 for image in images) != request.images:
        raise BadRequest("The request is about other pictures.")
    listener = listening(listener)
    begin = time.perf_counter()
    network = load(request.model, resolve(device))
    steps = _Steps(listener, _total(request, images[0]))
    parts = []
    for i, image in enumerate(images):
        steps.where = f"Picture {i + 1} of {len(images)}"
        parts.append(_part(request, network, image, steps))
    return assemble(request, parts, versions=engine.depends_on(network), seconds=time.perf_counter() - begin)


def _total(request: RankingRequest, image: ImageInput) -> int:
    """Maps in the whole run, and one for each faithfulness score's map."""
    runs = [request.run(image.sha256, variant) for variant in request.variants]
    maps = sum(len(run.methods) * len(run.seeds) * len(run.depths) for run in runs)
    return len(request.images) * (maps + len(request.methods) * len(request.faith_seeds))


def _part(request: RankingRequest, network: Network, image: ImageInput, steps: _Steps) -> Part:
    """All of one picture."""
    from xaicheck.models.graph import private_copy

    scores: dict[tuple[str, int], PictureScores] = {}
    compared: tuple[PictureNetworks, ...] = ()
    originals: dict[str, list[np.ndarray | None]] = {}
    held: list[Certified] = []
    for variant in request.variants:
        report = engine.run(request.run(image.sha256, variant), image, device=network.device, listener=steps)
        seeds = request.seeds_of(variant)
        steps.before += len(request.methods) * len(seeds) * len(report.depths)
        maps = {seed: stacked(report, seed) for seed in seeds}
        whys = {(a.method, a.depth, a.seed): a.why for a in report.attributions if a.why}
        for seed in seeds:
            check = steps.counted(f"comparing maps, seed {seed}", every=20)
            own = {(method, depth): why for (method, depth, s), why in whys.items() if s == seed}
            scores[variant.key, seed] = score(
                maps[seed], report.depths, request.comparisons, whys=own, check=check
            )
        if not originals:
            originals, held = _originals(report, request), certified(report)
            check = steps.counted("comparing networks", every=20)
            compared = compared_networks(request, report.depths, list(maps.values()), check=check)
    x = network.preprocess(image).to(network.device)
    # A copy of its own: methods may hook it, other runs do not see that.
    trained = replace(network, module=private_copy(network.module))
    trained.module.register_forward_pre_hook(lambda *_: steps.check())
    faithful = faith(
        trained, x, originals, report.target.index, request.recipe,
        seeds=request.faith_seeds, image=image.sha256, check=steps.counted("removing regions", every=10),
    )  # fmt: skip
    ratios = snr(
        trained, x, report.target.index, request.choices,
        seed=request.seeds[0], image=image.sha256, check=steps.counted("noise of the maps", every=1),
    )  # fmt: skip
    steps.before += len(request.methods) * len(request.faith_seeds)
    return Part(image.name, report.target, scores, compared, faithful, ratios, held)


def _originals(report: Report, request: RankingRequest) -> dict[str, list[np.ndarray | None]]:
    """The maps of the trained network, one a seed, by method."""
    originals = {
        method: [report.attribution(method, 0, seed) for seed in request.faith_seeds]
        for method in request.methods
    }
    return {method: [None if a is None else a.values for a in own] for method, own in originals.items()}
