"""The page Ranking gap."""

from __future__ import annotations

from xaicheck.ui import page


def draw() -> None:
    """The page."""
    page.level()
