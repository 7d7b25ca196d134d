"""A report -> the scene of its maps, curves and sentences."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np

from xaicheck.methods.certificates import kinds
from xaicheck.reading import (
    band_sentences,
    certificates,
    charts,
    class_sentences,
    compared,
    heatmap,
    network_sentences,
    sentences,
    words,
)
from xaicheck.reading.band_sentences import Behind
from xaicheck.reading.bands import Bands
from xaicheck.reading.line_styles import LineStyle, styles_of
from xaicheck.reading.numbers import Reading, part
from xaicheck.reading.seen import Seen
from xaicheck.similarity.comparisons import unrelated
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.storage.int8 import quantised, restored
from xaicheck.types import Method
from xaicheck.viewer import TEXT
from xaicheck.viewer.pool import factor_of, pooled
from xaicheck.viewer.scene import (
    Answer,
    Between,
    Change,
    Check,
    Map,
    Mark,
    Panel,
    Parts,
    Scale,
    Scene,
    State,
    View,
)


def scene(
    reading: Reading,
    measures: Sequence[str],
    *,
    methods: Mapping[str, Method],
    depths: Sequence[int] | None = None,
    parts: Parts = Parts(),  # noqa: B008 (frozen)
    start: View | None = None,
    pixels: int | None = None,
) -> Scene:
    """All that the viewer shows of a report.

    `depths`: the states whose maps are carried, None = all. `pixels`: maps are pooled by the mean to at most
    so many pixels a side, None = as they are.
    """
    reading = _narrowed(reading, methods)
    report = reading.report
    height, width = report.view.shape[:2]
    factor = factor_of(height, width, pixels)
    shown = [methods[key] for key in reading.methods]
    carried = set(report.depths if depths is None else depths) | {0}
    bands = Bands(reading)
    captions = [
        *([words.TEXT.bands.caption.student] if band_sentences.compared(report) else []),
        *certificates.why(reading, methods),
        *(words.TEXT.difference_caption, words.TEXT.clip_caption, TEXT.levels_caption),
    ]
    if factor > 1:
        captions.append(TEXT.pooled_caption.format(factor=factor))
    target = report.target
    explained = TEXT.explained if report.request.target_policy == "original" else TEXT.explained_own
    explained = explained.format(label=target.label, share=_share(target.probability))
    styles = styles_of(shown)
    seen = {
        key: [Seen(reading, SIMILARITIES[key], depth, methods) for depth in report.depths] for key in measures
    }
    behind = {
        key: [band_sentences.behind(bands, SIMILARITIES[key], depth, methods) for depth in report.depths]
        for key in (measures if band_sentences.compared(report) else ())
    }
    return Scene(
        size=(-(-height // factor), -(-width // factor)),
        pooled=factor,
        photo=heatmap.photograph(report.view),
        photo_alt=TEXT.photo_alt.format(height=height, width=width),
        kicker=sentences.kicker(report),
        explained=explained if target.index >= 0 else "",
        counted=reading.mode.counted,
        axis=reading.mode.axis,
        states=tuple(_state(reading, depth, methods) for depth in report.depths),
        panels=tuple(_panel(reading, m, seen, behind, styles[m.key], carried, factor) for m in shown),
        measures=tuple(_measure(reading, key, methods) for key in measures),
        captions=tuple(captions),
        start=start or View(report.depths[len(report.depths) // 2], measures[0]),
        parts=parts,
    )


def _narrowed(reading: Reading, methods: Mapping[str, Method]) -> Reading:
    """The report's methods that are among `methods`: sentences must not speak of others."""
    request = reading.report.request
    kept = tuple(choice for choice in request.methods if choice.key in methods)
    if kept == request.methods:
        return reading
    less = part(reading.report, dataclasses.replace(request, methods=kept))
    return reading if less is None else Reading(less)


def _state(reading: Reading, depth: int, methods: Mapping[str, Method]) -> State:
    return State(
        depth=depth,
        tick=charts.tick(reading, depth),
        position=_position(reading, depth),
        place=sentences.where(reading, depth),
        blocks=sentences.blocks_line(reading, depth),
        left_out=certificates.left_out(reading, depth, methods),
        answers=_answers(reading, depth),
        alive=network_sentences.alive_title(reading.liveness(depth)) if depth else "",
    )


def _position(reading: Reading, depth: int) -> str:
    """Where the scrubber stands, in a few words."""
    if depth == 0:
        return "original"
    if not reading.mode.cumulative:
        return f"block {depth} of {reading.blocks}"
    return f"{depth} of {reading.blocks} blocks"


def _share(probability: float) -> str:
    """A probability in percent."""
    return words.share(probability, 1)


def _answers(reading: Reading, depth: int) -> tuple[Answer, ...]:
    alive, explained = reading.alive(depth), reading.explained(depth)
    index = None if explained is None else explained.index
    named = alive.top5[:5] if alive else ()
    return tuple(Answer(t.label, _share(t.probability), t.index == index) for t in named)


def _measure(reading: Reading, key: str, methods: Mapping[str, Method]) -> Scale:
    measure, how = SIMILARITIES[key], reading.comparison(key)
    return Scale(
        key=key,
        label=measure.label,
        name=compared.full_name(how),
        axis=f"{measure.label} ({charts.best(measure)})",
        line=compared.compared_line(reading, measure),
        best=measure.best,
        unrelated=unrelated(how),
        distance=measure.distance,
        title=sentences.curves_title(reading, measure, methods),
        findings=tuple(sentences.finding(reading, key, d, methods) for d in reading.report.depths),
    )


def _panel(
    reading: Reading,
    method: Method,
    seen: Mapping[str, Sequence[Seen]],
    behind: Mapping[str, Sequence[Behind | None]],
    style: LineStyle,
    carried: set[int],
    factor: int,
) -> Panel:
    depths = reading.report.depths
    values = {d: _values(reading, method.key, d, factor) for d in depths}
    maps = tuple(_map(reading, method.key, d, values[d], d in carried) for d in depths)
    changes = tuple(_change(values[0], values[d], maps[0], one) for d, one in zip(depths, maps, strict=True))
    return Panel(
        key=method.key,
        label=method.label,
        control=method.control,
        signed=method.signed,
        colour=style.colour,
        dash=style.dash,
        marker=style.marker,
        maps=maps,
        changes=changes,
        badges=tuple(_badge(reading, method.key, d) for d in depths),
        checks=tuple(_check(reading, method, d) for d in depths),
        scores={key: tuple(_mark(at, method.key) for at in every) for key, every in seen.items()},
        between={
            key: tuple(
                _between(at, method.key, depth, waits=not reading.report.complete)
                for at, depth in zip(every, depths, strict=True)
            )
            for key, every in behind.items()
        },
    )


def _values(reading: Reading, method: str, depth: int, factor: int) -> np.ndarray | None:
    attribution = reading.map(method, depth)
    if attribution is None or attribution.values is None:
        return None
    return pooled(attribution.values, factor)


def _map(reading: Reading, method: str, depth: int, values: np.ndarray | None, carried: bool) -> Map:
    attribution = reading.map(method, depth)
    if attribution is None and not reading.report.complete:
        return Map(None, state="waiting")
    why = heatmap.why_not_drawn(values, attribution.why if attribution else "")
    if why or values is None:
        return Map(None, state="why", why=why or "")
    if not carried:
        return Map(None, state="away")
    levels, peak = quantised(values)
    rms = float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))
    # Of what is drawn: the same number whether the map was stored with 8 bits before or not.
    limit = heatmap.map_range(restored(levels, peak))
    return Map(levels, peak, limit, _finite(rms))


def _change(original: np.ndarray | None, values: np.ndarray | None, before: Map, after: Map) -> Change:
    waits = next((m.state for m in (before, after) if m.state in ("waiting", "away")), "")
    if waits:
        return Change(state=waits)
    change = heatmap.difference(original, values)
    why = change.why or heatmap.why_not_drawn(change.values) or ""
    if change.values is not None and not np.any(change.values):
        why = TEXT.no_difference
    return Change(state="why", why=why) if why else Change(heatmap.map_range(change.values))


def _badge(reading: Reading, method: str, depth: int) -> str:
    ratio = reading.magnitude(method, depth)
    return str(TEXT.badge.format(magnitude=words.magnitude(ratio))) if depth and ratio is not None else ""


def _check(reading: Reading, method: Method, depth: int) -> Check:
    mark = certificates.mark(reading, method.key, depth)
    return Check(
        certificates.line(reading, method, depth), mark, _why(reading, method, depth) if mark else ""
    )


def _why(reading: Reading, method: Method, depth: int) -> str:
    """What the marks on a method's maps at a depth mean."""
    maps = [a for a in reading.report.attributions if a.method == method.key and a.depth in (0, depth)]
    beyond = {one.key for a in maps for one in a.certificates if one.holds is False}
    return " ".join(certificates.bound(kind) for kind in kinds(method) if kind.key in beyond)


def _mark(at: Seen, method: str) -> Mark:
    summary = at.reading.score(method, at.measure.key, at.depth)
    word = at.word(method)
    alike = math.nan if summary.mean is None else words.alike(at.how, summary.mean)
    return Mark(
        _finite(summary.mean),
        _finite(summary.low),
        _finite(summary.high),
        at.number(summary.mean),
        "" if word == words.DASH else word,
        class_sentences.beside(at.reading, method, at.measure.key, words.score_line(summary, at.number)),
        None if math.isnan(alike) else min(max(alike, 0.0), 1.0),
    )


def _between(at: Behind | None, method: str, depth: int, *, waits: bool) -> Between:
    band = at.found.get(method) if at is not None and at.depth == depth else None
    line = band_sentences.card(at, method, depth) or (words.TEXT.bands.waits if waits and depth else "")
    if at is None or band is None:
        return Between(None, None, None, "", line)
    b = band.b
    text = "" if b.mean is None else at.number(b.mean)
    return Between(_finite(b.mean), _finite(b.low), _finite(b.high), text, line)


def _finite(value: float | None) -> float | None:
    """The number, or None where it cannot be drawn."""
    return value if value is not None and math.isfinite(value) else None
