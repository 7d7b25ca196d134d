"""The results that come with the program: stored small, loaded without torch, for a first visit.

Maps are stored for drawing: 8 bits a pixel, spaced by the square root of the value, so that weak pixels keep
their shape beside strong ones and the root mean square of a map moves by less than 1 %. Scores and all other
numbers were computed from the full maps and are stored in full. Only the maps of the first seed are kept.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from xaicheck.models import samples
from xaicheck.storage.archive import entry
from xaicheck.storage.int8 import quantised, restored
from xaicheck.types import (
    ActivationScale,
    Attribution,
    Coverage,
    Liveness,
    Progress,
    Report,
    Request,
    Score,
    ScoreRow,
    Target,
)

FILE = samples.ASSETS / "precomputed" / "first.zip"
FORMAT = 1
MAX_BYTES = 8_000_000
SEEDS = 3  # what the page asks for when nobody has chosen anything


def save(report: Report, path: Path | None = None) -> int:
    """The size in bytes of the file that was written."""
    path = path or FILE
    first = report.request.seeds[0]
    maps: dict[str, np.ndarray] = {}
    heads: list[dict[str, Any]] = []
    for a in report.attributions:
        if a.seed != first:
            continue
        head: dict[str, Any] = {"method": a.method, "depth": a.depth, "seed": a.seed, "why": a.why}
        head["seconds"] = round(a.seconds, 4)
        if a.values is not None:
            levels, head["peak"] = quantised(a.values)
            maps[f"m{len(heads)}"] = levels
        heads.append(head)
    facts = {
        "format": FORMAT,
        "request": report.request.to_json(),
        "image_name": report.image_name,
        "target": asdict(report.target),
        "blocks": report.blocks,
        "depths": report.depths,
        "maps": heads,
        "scores": [[s.method, s.measure, s.depth, s.seed, s.score.value, s.score.why] for s in report.scores],
        "entropies": [[e.method, e.depth, e.seed, e.score.value, e.score.why] for e in report.entropies],
        "activations": [asdict(a) for a in report.activations],
        "liveness": [asdict(a) for a in report.liveness],
        "coverage": asdict(report.coverage),
        "versions": report.versions,
        "device": report.device,
        "seconds": report.seconds,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(entry("report.json"), json.dumps(facts, separators=(",", ":"), allow_nan=True))
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, view=report.view, **maps)
        archive.writestr(entry("arrays.npz"), buffer.getvalue())
    return path.stat().st_size


def load(path: Path | None = None) -> Report | None:
    """The stored report; None when there is no file or it was written for another format."""
    path = path or FILE
    if not path.is_file():
        return None
    with zipfile.ZipFile(path) as archive:
        facts = json.loads(archive.read("report.json"))
        if facts.get("format") != FORMAT:
            return None
        arrays = np.load(io.BytesIO(archive.read("arrays.npz")), allow_pickle=False)
        maps = tuple(
            Attribution(
                head["method"],
                head["depth"],
                head["seed"],
                restored(arrays[f"m{i}"], head["peak"]) if f"m{i}" in arrays else None,
                head["why"],
                head["seconds"],
            )
            for i, head in enumerate(facts["maps"])
        )
        view = arrays["view"]
    return Report(
        request=Request.from_json(facts["request"]),
        image_name=facts["image_name"],
        view=view,
        target=Target(**facts["target"]),
        blocks=tuple(facts["blocks"]),
        depths=tuple(facts["depths"]),
        attributions=maps,
        scores=tuple(ScoreRow(m, q, d, s, Score(v, why)) for m, q, d, s, v, why in facts["scores"]),
        entropies=tuple(
            ScoreRow(m, "entropy", d, s, Score(v, why)) for m, d, s, v, why in facts.get("entropies", ())
        ),
        activations=tuple(_scale(a) for a in facts["activations"]),
        liveness=tuple(_liveness(a) for a in facts["liveness"]),
        coverage=Coverage(
            facts["coverage"]["changed_share"],
            tuple(facts["coverage"]["untouched"]),
            tuple((int(d), float(s)) for d, s in facts["coverage"]["by_depth"]),
        ),
        versions=tuple((name, version) for name, version in facts["versions"]),
        device=facts["device"],
        seconds=facts["seconds"],
    )


def _scale(data: dict[str, Any]) -> ActivationScale:
    return ActivationScale(**{**data, "quantiles": tuple(data["quantiles"])})


def _liveness(data: dict[str, Any]) -> Liveness:
    return Liveness(**{**data, "top5": tuple(Target(**t) for t in data["top5"])})


def first_request() -> Request:
    """What the page asks for when nobody has chosen anything."""
    from xaicheck.engine import request as plan
    from xaicheck.models import samples
    from xaicheck.similarity.measures import SIMILARITIES

    measures = [key for key in SIMILARITIES if key in plan.DEFAULT_MEASURES]
    image = samples.load(next(iter(samples.SAMPLES)))
    return plan.request_for(image, seeds=range(SEEDS), measures=measures)


class _Printer:
    """Says on one line of the terminal how far the run is."""

    def update(self, progress: Progress) -> None:
        """Nothing; the line is written over."""
        print(f"\r{progress.done} of {progress.total} maps: {progress.note:60.60}", end="", flush=True)

    def check(self) -> None:
        """Never cancelled."""


def main() -> None:
    """Nothing; computes the first visit's results again and writes them."""
    from xaicheck.engine import run as study
    from xaicheck.models import samples

    image = samples.load(next(iter(samples.SAMPLES)))
    size = save(study.run(first_request(), image, listener=_Printer()))
    print(f"\n{FILE}: {size / 1e6:.2f} MB")
    if size > MAX_BYTES:
        raise SystemExit(f"The file is larger than {MAX_BYTES / 1e6:.0f} MB.")


if __name__ == "__main__":
    main()
