"""The numbers about noise in a small file: read without torch."""

from __future__ import annotations

from pathlib import Path

from xaicheck.experiments.noise.data import Contest, NoiseData
from xaicheck.models import samples
from xaicheck.storage.codec import Store, in_full, whole_steps

FILE = samples.ASSETS / "precomputed" / "noise.zip"
MAX_BYTES = 400_000
STEP = 2e-4  # similarities are stored in these steps, as whole numbers: a squared distance reaches 4
STORE = Store(
    NoiseData,
    "noise.json",
    arrays={
        NoiseData: {
            "similarity": whole_steps("similarity", STEP),
            "faithfulness": in_full("faithfulness"),
        },
        Contest: {
            "scores": whole_steps("contest.scores", STEP),
            "faithfulness": in_full("contest.faithfulness"),
        },
    },
    most=MAX_BYTES,
)


def save(data: NoiseData, path: Path | None = None) -> int:
    """The size in bytes of the file that was written."""
    return STORE.save(data, path or FILE)


def load(path: Path | None = None) -> NoiseData | None:
    """The stored numbers; None when there is no file that can be read."""
    return STORE.load(path or FILE)
