"""Heavy imports in the background, after the first paint: nobody waits for torch to see the page.

When the script has ended, the browser still fetches pictures and the scripts of the charts. An import holds
the interpreter for long stretches, so the first visitor's charts came up to twice as late when it began at
once.
"""

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
DELAY = 4.0  # seconds after the first script run; by then the page is painted
_once = threading.Lock()
_started = False


def start() -> None:
    """Has the imports begin soon, once a process, unless XAICHECK_WARM=0 forbids it."""
    global _started
    with _once:
        if _started or os.environ.get("XAICHECK_WARM") == "0":
            return
        _started = True
    timer = threading.Timer(DELAY, _import_all)
    timer.name, timer.daemon = "xaicheck-warm", True
    timer.start()


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
