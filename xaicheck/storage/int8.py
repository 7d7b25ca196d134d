"""Maps with 8 bits a pixel, spaced by the square root of the value.

Weak pixels keep their shape beside strong ones, and the root mean square of a map moves by less than 1 %.
"""

from __future__ import annotations

import numpy as np

LEVELS = 127
HOLE = -128  # the level of a pixel that is not a finite number


def quantised(values: np.ndarray) -> tuple[np.ndarray, float]:
    """(int8 levels [H W], the largest finite |value|): 127 times the signed root of value / largest.

    Pixels that are not finite numbers have the level -128.
    """
    finite = np.isfinite(values)
    whole = bool(finite.all())
    known = values if whole else np.where(finite, values, 0)
    peak = float(np.max(np.abs(known), initial=0.0))
    if peak == 0:
        levels = np.zeros(values.shape, np.int8)
    else:
        share = known / np.float64(peak)
        root = np.sqrt(np.abs(share))
        root *= LEVELS
        levels = np.rint(np.copysign(root, share, out=root), out=root).astype(np.int8)
    if not whole:
        levels[~finite] = HOLE
    return levels, peak


def restored(levels: np.ndarray, peak: float) -> np.ndarray:
    """The values, float32 [H W], that `quantised` stored; not-a-number at its holes."""
    root = levels.astype(np.float32) / LEVELS
    values = (np.sign(root) * root * root * np.float32(peak)).astype(np.float32)
    holes = levels == HOLE
    if holes.any():
        values[holes] = np.nan
    return values
