"""The visitor's own pictures in the ranking gap."""

from __future__ import annotations

from xaicheck.ui.ranking_views import Views


def draw() -> Views | None:
    """The views of the visitor's own numbers; None: the gallery's are shown."""
    return None
