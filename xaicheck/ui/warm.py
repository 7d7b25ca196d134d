"""Heavy imports in the background, after the first paint: nobody waits for torch to see the page."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import threading

log = logging.getLogger(__name__)

MODULES = (
    "plotly.graph_objects",
    "scipy.stats",
    "torch",
    "torchvision",
    "timm",
    "captum.attr",
    "zennit.composites",
)
_once = threading.Lock()
_started = False


def start() -> None:
    """Nothing; the first call in a process starts the imports, unless XAICHECK_WARM=0 forbids it."""
    global _started
    with _once:
        if _started or os.environ.get("XAICHECK_WARM") == "0":
            return
        _started = True
    threading.Thread(target=_import_all, name="xaicheck-warm", daemon=True).start()


def _import_all() -> None:
    for name in MODULES:
        try:
            importlib.import_module(name)
        except ImportError:  # the run that needs it says so, in words
            log.warning("could not import %s", name)
    # Streamlit collects garbage after every script run, with the GIL held: what was imported need not be
    # walked each time.
    gc.collect()
    gc.freeze()
