"""The small pictures of the page Activation scales: the most active channels, and maps of all channels."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from xaicheck.experiments.scales.data import BlockResult, Maps
from xaicheck.reading import heatmap, words
from xaicheck.reading.templates import pieces

_PIECES = "topics/scales/pictures.html"


def channels(result: BlockResult) -> Markup:
    """One card a channel: its activation, its contribution before, and after in the first random network."""
    shown = result.pictures
    cards = []
    for place, channel in enumerate(shown.channels):
        triple = (
            ("activation", shown.activation[place]),
            ("contribution, trained", shown.before[place]),
            ("contribution, random", shown.after[place]),
        )
        title = f"{place + 1}. channel {channel}: activation {words.short(float(result.activation[channel]))}"
        cards.append((title, [_picture(f"Channel {channel}, {name}", name, v) for name, v in triple]))
    return pieces(_PIECES).channels(cards)


def four_maps(maps: Maps, seeds: int) -> Markup:
    """The norm map beside the unsigned maps of the trained, of one random, and of all random networks."""
    parts = (
        ("activation norm ‖x(p)‖", maps.norm),
        ("|gradient × activation|, trained", np.abs(maps.before)),
        ("the same, one random network", np.abs(maps.after)),
        (f"the same, mean of {seeds} random networks", maps.average),
    )
    return pieces(_PIECES).four([_picture(name, name, values, signed=False) for name, values in parts])


def _picture(alt: str, caption: str, values: np.ndarray, *, signed: bool = True) -> dict[str, str]:
    """One map [h w] for the template: its picture and range, or why there is none."""
    why, limit = heatmap.why_not_drawn(values), heatmap.map_range(values)
    if why or limit is None:
        return {"caption": caption, "src": "", "why": why or ""}
    return {
        "alt": alt,
        "caption": caption,
        "src": heatmap.data_url(heatmap.png(values, limit, signed=signed)),
        "scale": f"±{words.colour_end(limit)}" if signed else f"0 to {words.colour_end(limit)}",
    }
