"""HTML of the small pictures: the most active channels, and the maps made of all channels."""

from __future__ import annotations

from html import escape

import numpy as np

from xaicheck.experiments.scales.data import BlockResult, Maps
from xaicheck.reading import heatmap, words

STYLE = """
.xc-chs{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,270px),1fr));gap:14px 22px}
.xc-ch h3{font-size:.875rem;font-weight:600;margin:0 0 4px;padding:0}
.xc-ch div{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:6px}
.xc-ch figure,.xc-four figure{margin:0;min-width:0}
.xc-ch img,.xc-four img{display:block;width:100%;aspect-ratio:1;border-radius:5px;image-rendering:pixelated;
 max-width:none}
.xc-ch figcaption,.xc-four figcaption{font-size:var(--xc-xs);line-height:1.35;margin-top:4px;
 color:var(--xc-ink-2);font-variant-numeric:tabular-nums}
.xc-four{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:14px;max-width:900px}
@media (max-width:640px){.xc-four{grid-template-columns:repeat(2,minmax(0,1fr))}}
"""


def channels(result: BlockResult) -> str:
    """One card a channel: its activation, its contribution before, and after in the first random network."""
    pictures = result.pictures
    cards = []
    for place, channel in enumerate(pictures.channels):
        triple = (
            ("activation", pictures.activation[place]),
            ("contribution, trained", pictures.before[place]),
            ("contribution, random", pictures.after[place]),
        )
        figures = "".join(_figure(f"Channel {channel}, {name}", name, values) for name, values in triple)
        title = f"{place + 1}. channel {channel}: activation {words.short(float(result.activation[channel]))}"
        cards.append(f'<section class="xc-ch"><h3>{escape(title)}</h3><div>{figures}</div></section>')
    return f'<div class="xc-chs">{"".join(cards)}</div>'


def four_maps(maps: Maps, seeds: int) -> str:
    """The norm map beside the unsigned maps of the trained, of one random, and of all random networks."""
    parts = (
        ("activation norm ‖x(p)‖", maps.norm),
        ("|gradient × activation|, trained", np.abs(maps.before)),
        ("the same, one random network", np.abs(maps.after)),
        (f"the same, mean of {seeds} random networks", maps.average),
    )
    return f'<div class="xc-four">{"".join(_figure(n, n, v, signed=False) for n, v in parts)}</div>'


def _figure(alt: str, caption: str, values: np.ndarray, *, signed: bool = True) -> str:
    why = heatmap.why_not_drawn(values)
    limit = heatmap.map_range(values)
    if why or limit is None:
        return (
            f'<figure><div class="xc-frame xc-why">{escape(why or "")}</div>'
            f"<figcaption>{escape(caption)}</figcaption></figure>"
        )
    src = heatmap.data_url(heatmap.png(values, limit, signed=signed))
    scale = f"±{words.short(limit)}" if signed else f"0 to {words.short(limit)}"
    return (
        f'<figure><img src="{src}" alt="{escape(alt)}, colours to {scale}">'
        f"<figcaption>{escape(caption)}<br>{scale}</figcaption></figure>"
    )
