"""The texts around a visitor's own pictures in the ranking gap."""

from __future__ import annotations

from types import MappingProxyType

from xaicheck.reading.words import count

SOURCES = MappingProxyType({"gallery": "Gallery", "own": "Yours"})
LABELS = MappingProxyType(
    {
        "source": "Pictures",
        "upload": "Photographs of yours",
        "upload_help": "Two or more say more than one. They stay in your session and are never stored.",
        "methods": "Attribution methods",
        "controls": "Controls",
        "seeds": "Seeds",
        "seeds_help": "Each seed is another random network. More of them take longer and say more.",
        "variant": "Order and new weights",
        "run": "Compare both orders",
        "stop": "Stop",
    }
)
CHOOSE = "Choose pictures first; the gallery’s results stay until yours are there."
TWO = "Choose at least two methods: one has no order."
PRESS = "Press “Compare both orders” to compute them: about {minutes} if nobody else computes."
STALE = "These results are for earlier settings or pictures. Press “Compare both orders” to compute these."
GALLERY_SHOWN = "The results below are the gallery’s."
RUNNING = "Changing pictures or methods stops the run; the switches below do not."


def bad_file(name: str, why: str) -> str:
    """Which file is no picture, and what to do."""
    return f"{name}: {why}"


def press(seconds: float) -> str:
    """What the button does, and how long it takes."""
    minutes = max(1, round(seconds / 60))
    return PRESS.format(minutes=count(minutes, "minute"))
