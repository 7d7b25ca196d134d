"""A dashboard on a free port and a headless Chromium, for as long as a `with` block lasts."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
START = 60  # seconds that a server may take


class CannotStart(RuntimeError):
    """There is no browser here, or the server did not come up; the message says which."""


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium with a profile of its own; CannotStart where there is none."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        raise CannotStart("there is no chromium on this machine")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise CannotStart("playwright is not installed") from None
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def dashboard() -> Iterator[str]:
    """The address of a dashboard that was started for this block, on a free port of the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port),
             "--server.address", "127.0.0.1"],
            cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            if not _answers(f"http://127.0.0.1:{port}/_stcore/health", process):
                log.seek(0)
                raise CannotStart(f"the server did not start: {log.read().decode()[-2000:]}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return True
        except OSError:
            time.sleep(0.2)
    return False
