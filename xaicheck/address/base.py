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
        wrong = _wrong(found)
        if wrong is not None:
            raise Unfit(value, hint=wrong and f"; this one {wrong}")
        return found

    def allowed(self, spec: Any = None) -> str:
        """How it begins."""
        return "an address that begins with http:// or https://"

    def read(self, written: str) -> str:
        """The address."""
        return written.strip()


def _wrong(found: str) -> str | None:
    """What is wrong with an address; empty where it does not even begin as one, None where nothing is."""
    try:
        parts = urlsplit(found)
    except ValueError:
        return "has brackets that are no host"
    if parts.scheme not in _SCHEMES:
        return ""
    if not found.isprintable() or set(found) & set(" \"'<>\\`"):
        return "has a blank or another sign that no address has"
    if parts.username is not None or parts.password is not None:
        return "has a user name, which everyone who gets the report would see"
    if not parts.hostname:
        return "names no host"
    try:
        return "has a port that is none" if parts.port == 0 else None
    except ValueError:
        return "has a port that is none"


ADDRESS = Argument(
    "address", "Address", WebAddress(), BASE, option="of the dashboard that the report links to"
)


def joined(base: str, query: str) -> str:
    """The link to a query, "" or "?...", at an address that may have a query and a fragment of its own."""
    parts = urlsplit(base)
    queries = filter(None, (parts.query, query.removeprefix("?")))
    return urlunsplit(parts._replace(query="&".join(queries)))
