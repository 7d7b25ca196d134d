"""The numbers of the repair bench in a small file: read without torch."""

from __future__ import annotations

from pathlib import Path

from xaicheck.experiments.ranking.data import NetworkScores
from xaicheck.experiments.repairs.data import RepairData, RepairScores
from xaicheck.models import samples
from xaicheck.storage.codec import Store, byte_planes

FILE = samples.ASSETS / "precomputed" / "repairs.zip"
MAX_BYTES = 500_000
STORE = Store(
    RepairData,
    "repairs.json",
    arrays={
        RepairScores: {"scores": byte_planes("scores{}", bits=12)},
        NetworkScores: {
            "trained": byte_planes("trained", bits=12),
            "between": byte_planes("between", bits=12),
            "again": byte_planes("again", bits=12),
        },
    },
    most=MAX_BYTES,
)


def save(data: RepairData, path: Path | None = None) -> int:
    """The size in bytes of the file that was written."""
    return STORE.save(data, path or FILE)


def load(path: Path | None = None) -> RepairData | None:
    """The stored numbers; None when there is no file that can be read."""
    return STORE.load(path or FILE)
