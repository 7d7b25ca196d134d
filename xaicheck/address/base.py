"""Where a dashboard is: the part of a link in front of its query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from xaicheck.arguments import Argument, Domain, Unfit, text

BASE = "http://localhost:8501/"  # where `make run` puts the dashboard
_SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class WebAddress(Domain):
    """An address of the web, which a page may link to."""

    metavar: ClassVar[str] = "URL"

    def converted(self, value: Any, spec: Any = None) -> str:
        """The address."""
        found = text(value)
        try:
            parts = urlsplit(found)
            there = parts.scheme in _SCHEMES and parts.hostname and parts.port != 0
        except ValueError:  # brackets or a port that are none
            there = False
        if not there or not found.isprintable() or set(found) & set(" \"'<>\\`"):
            raise Unfit(value)
        return found

    def allowed(self, spec: Any = None) -> str:
        """How it begins."""
        return "an address that begins with http:// or https://"

    def read(self, written: str) -> str:
        """The address."""
        return written.strip()


ADDRESS = Argument(
    "address", "Address", WebAddress(), BASE, option="of the dashboard that the report links to"
)


def joined(base: str, query: str) -> str:
    """The link to a query, "" or "?...", at an address that may have a query and a fragment of its own."""
    parts = urlsplit(base)
    queries = filter(None, (parts.query, query.removeprefix("?")))
    return urlunsplit(parts._replace(query="&".join(queries)))
