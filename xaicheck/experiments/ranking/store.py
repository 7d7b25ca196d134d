"""A ranking gap in a file: read without torch, small enough to come with the program.

Similarities are stored as float32 with 12 bits behind the leading one: each is off by less than 0.0125 % of
itself, so by less than 0.0005 up to 4, the largest value that is not a raw distance. The rest is whole.
"""

from __future__ import annotations

from pathlib import Path

from xaicheck.experiments.ranking.data import NetworkScores, RankingData, VariantScores
from xaicheck.models import samples
from xaicheck.storage.codec import Store, byte_planes

FILE = samples.ASSETS / "precomputed" / "gallery.zip"
MAX_BYTES = 10_000_000
STORE = Store(
    RankingData,
    "gap.json",
    arrays={
        RankingData: {"faithfulness": byte_planes("faithfulness"), "snr": byte_planes("snr")},
        VariantScores: {
            "similarity": byte_planes("similarity{}", bits=12),
            "entropy_rise": byte_planes("entropy{}"),
        },
        NetworkScores: {
            "trained": byte_planes("trained{}", bits=12),
            "between": byte_planes("between{}", bits=12),
            "again": byte_planes("again{}", bits=12),
        },
    },
    most=MAX_BYTES,
)


def save(data: RankingData, path: Path | None = None) -> int:
    """The size in bytes of the file that was written."""
    return STORE.save(data, path or FILE)


def load(path: Path | None = None) -> RankingData | None:
    """The stored gap; None when there is no file that can be read."""
    return STORE.load(path or FILE)
