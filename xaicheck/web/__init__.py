"""What all pages share of Streamlit: the frame, the link, widgets, the broker's client. No maths."""

from __future__ import annotations

from dataclasses import dataclass

from xaicheck.reading.texts import beside

TEXT = beside(__file__)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the navigation: `xaicheck/topics/KEY` makes it, `pages/KEY.py` serves it at `/KEY`."""

    key: str
    title: str
    icon: str  # of Material Symbols
    parameters: tuple[str, ...] = ()  # of its address, beside those that begin with its key

    @property
    def file(self) -> str:
        """The file as Streamlit names it."""
        return f"pages/{self.key}.py"
