"""The viewer's own texts: names in braces are filled in where the text is shown, with plain text."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xaicheck.reading.numbers import Reading

VIEWER: Mapping[str, str] = MappingProxyType(
    {
        "depth": "Blocks randomized",
        "play": "Play",
        "pause": "Pause",
        "play_help": "Goes through the depths, one after the other",
        "measure": "Similarity",
        "mode": "Compare",
        "side": "Side by side",
        "blink": "Blink",
        "swipe": "Swipe",
        "opacity": "Map over photo",
        "opacity_value": "{value} %",
        "scale": "Colour range",
        "own": "Own",
        "shared": "Shared",
        "scale_help": "Colour range, own: each map from its own values, which shows its shape; shared: "
        "original and randomized on one range, which shows the magnitude too.",
        "original": "Original",
        "randomized": "Randomized",
        "difference": "Difference",
        "control": "control",
        "before": "Trained network says",
        "after": "Randomized network says",
        "waiting": "Computing …",
        "away": "Loading …",
        "own_range": "Colours: each map its own range, up to {original} and {randomized}.",
        "shared_range": "Colours: one range for both maps, up to {original}.",
        "alt": "{label}, {which}, {place}: colours up to {limit}",
        "swipe_alt": "Left original, right randomized",
        "divider": "Divider between original and randomized",
        "divider_value": "original on the left {value} % of the picture",
        "blink_stop": "Stop blinking",
        "blink_start": "Blink",
        "blink_next": "Show the other",
        "read": "x {x}, y {y}: original {original}, randomized {randomized}, difference {difference}",
        "read_hint": "Point at a map, or focus it and press the arrow keys, to read its values.",
        "maps": "{label}: maps. Arrow keys move the cross, with Shift by 10 pixels; Escape removes it.",
        "card": "{label}: {score}",
        "curve_alt": "{name} against depth, 0 to {deepest}. At depth {depth}: {scores}.",
        "curve_score": "{label} {score}",
        "point": "{label}, {position}: {score}",
        "controls": "Controls of the maps",
        "picture": "The picture and what the networks say",
        "broken": "This browser cannot open the maps: it has no DecompressionStream.",
        "no_script": "The maps need JavaScript; nothing is fetched from another server.",
    }
)
LEVELS_CAPTION = (
    "Maps are drawn and read with 8 bits a pixel, finer near zero: a value under the cross is within 0.8 % "
    "of the map’s largest."
)


def pooled_caption(factor: int) -> str:
    """That maps are shown smaller than they are."""
    return f"To keep this file small, each pixel of a map here is the mean of {factor} × {factor} pixels."


def position(reading: Reading, depth: int) -> str:
    """Where the scrubber stands, in a few words."""
    if depth == 0:
        return "original"
    if reading.report.request.mode == "independent":
        return f"block {depth} of {reading.blocks}"
    return f"{depth} of {reading.blocks} blocks"


def photo_alt(height: int, width: int) -> str:
    """The alternative text of the photograph."""
    return f"The picture as the network sees it: {width} by {height} pixels"


def explained(label: str, probability: float) -> str:
    """Which class all maps explain."""
    return f"Explained class, at every depth: {label} (trained network: {share(probability)})."


def share(probability: float) -> str:
    """A probability in percent."""
    return f"{100 * probability:.1f} %"


def badge(magnitude: str) -> str:
    """How large the randomized map is."""
    return f"Randomized map: {magnitude}"


NO_DIFFERENCE = "No difference."
