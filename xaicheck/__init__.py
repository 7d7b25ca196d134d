"""xaicheck: what randomization-based sanity checks of explanations really measure.

`check(picture)` runs a whole check; `load_model`, `randomized` and `SIMILARITIES` are its parts.
Names are resolved on first use, so that importing the package does not import torch.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

# Before torch loads its OpenMP: waiting threads spin for some microseconds, then sleep. Without that, a pass
# through the network took twenty times longer on two cores that were busy with anything else; without the
# short spin it took nearly twice as long on idle ones.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "5000")

# Feature maps of many megabytes come and go with every pass. By default the C library hands such memory back
# each time and gets it again page by page; kept, it saves a fifth of a pass's processor time. The peak of
# memory stays the same.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
try:
    _libc = ctypes.CDLL(None)
    _libc.mallopt(_TRIM_THRESHOLD, 2**31 - 1)
    _libc.mallopt(_MMAP_THRESHOLD, 32 << 20)
except (AttributeError, OSError, TypeError):  # another C library
    pass

__version__ = "0.4.0"

_WHERE = {
    "check": ("xaicheck.engine.run", "check"),
    "load_model": ("xaicheck.models.registry", "load_model"),
    "randomized": ("xaicheck.randomization.weights", "randomized"),
    "MODELS": ("xaicheck.models.registry", "MODELS"),
    "METHODS": ("xaicheck.methods", "METHODS"),
    "SIMILARITIES": ("xaicheck.similarity.measures", "SIMILARITIES"),
    "Report": ("xaicheck.types", "Report"),
    "Network": ("xaicheck.types", "Network"),
}
__all__ = sorted(_WHERE)


_FORMER = {
    "xaicheck.gap": "experiments/ranking/__main__.py",
    "xaicheck.noise": "experiments/noise/__main__.py",
    "xaicheck.lab": "experiments/scales/__main__.py",
    "xaicheck.report.shipped": "experiments/first_visit/results.py",
    "xaicheck.report.examples": "experiments/first_visit/examples.py",
}


class _FormerCommands:
    """`python -m` by a name that a command had before: the file that it is now."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """The place of the command; None for every other name."""
        if name not in _FORMER:
            return None
        from importlib.util import spec_from_file_location

        return spec_from_file_location(name, os.path.join(os.path.dirname(__file__), _FORMER[name]))


sys.meta_path.append(_FormerCommands)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'xaicheck' has no attribute {name!r}")
    module, attribute = _WHERE[name]
    return getattr(importlib.import_module(module), attribute)


def __dir__() -> list[str]:
    return [*globals(), *_WHERE]
