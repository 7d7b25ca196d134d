"""The page Noise wins."""

from __future__ import annotations

from xaicheck.ui import page


def draw() -> None:
    """The page."""
    page.level()
