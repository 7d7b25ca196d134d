"""The results about activation scales in one small file: read without torch.

Arrays that are only drawn keep 8 bits a number, other arrays of two axes 16 bits relative to their largest
number; one number a channel and everything that was computed from the full arrays is stored in full.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xaicheck.experiments.scales import data
from xaicheck.models import samples
from xaicheck.storage.codec import Store, eight_bits, in_full, sixteen_bits

FILE = samples.ASSETS / "precomputed" / "scales.zip"
MAX_BYTES = 600_000
WHOLE, HALF, DRAWN = in_full("a{}"), sixteen_bits("a{}"), eight_bits("a{}")
STORE = Store(
    data.Shipped,
    "results.json",
    arrays={
        data.LayerData: {"activation": WHOLE, "weights": HALF, "quantiles": WHOLE},
        data.BlockResult: {"activation": WHOLE, "before": WHOLE, "after": WHOLE, "spread": HALF},
        data.Maps: dict.fromkeys(("norm", "before", "after", "average"), DRAWN),
        data.Pictures: dict.fromkeys(("activation", "before", "after"), DRAWN),
    },
    most=MAX_BYTES,
    together=True,
    tagged=True,
)


def save(value: Any, path: Path | None = None) -> int:
    """The size in bytes of the file that was written, for all results or any part of them."""
    return STORE.save(value, path or FILE)


def load(path: Path | None = None, kind: Any = data.Shipped) -> Any:
    """The stored value, of that kind; None when there is no file that can be read."""
    return STORE.load(path or FILE, kind)
