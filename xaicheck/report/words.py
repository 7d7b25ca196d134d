"""The fixed texts of the report that is taken away; `texts.toml` holds them."""

from __future__ import annotations

from xaicheck.reading.texts import beside

TEXT = beside(__file__)
