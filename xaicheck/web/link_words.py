"""The words of the copy-link button."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

COPY: Mapping[str, str] = MappingProxyType(
    {
        "button": "Copy link",
        "done": "Link copied.",
        "by_hand": "This browser does not let the page copy. The link is selected: copy it yourself.",
        "field": "Link to this page with all its settings",
        "help": "The link opens this page with the same settings.",
    }
)
PRIVATE = "Your own picture is not part of the link: whoever opens it sees a sample picture instead."
