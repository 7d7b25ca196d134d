"""u itself, and what one backward pass can serve."""

from __future__ import annotations

from functools import partial

from benchmarks import engine
from benchmarks.clock import divided, interleaved
from benchmarks.networks import EMBEDDED, network, picture, spaced
from benchmarks.quantus_peer import LAW
from benchmarks.rows import Section, row
from benchmarks.setting import Setting
from benchmarks.unit import BATCH, bare
from xaicheck.batching.depth_batch import Cascade


def unit(setting: Setting) -> Section:
    """One bare forward and backward pass a picture, in milliseconds."""
    keys = (EMBEDDED,) if setting.quick else (EMBEDDED, "resnet18", "resnet50")
    nets = [network(key, setting) for key in keys]
    calls = {net.spec.label: bare(net, picture(net)) for net in nets}
    for call in calls.values():
        call()
    times = interleaved(calls, 1 if setting.quick else 5)
    rows = [row(name, divided(found, BATCH / 1e3), "ms", quoted=True) for name, found in times.items()]
    return Section("u: one bare forward and backward pass to the input", tuple(rows))


def together(setting: Setting) -> Section:
    """Gradient, input x gradient and Grad-CAM in one request against the gradient alone."""
    net = network(EMBEDDED, setting)
    x, depths = picture(net), spaced(len(net.blocks), 2 if setting.quick else 99)
    cascade = Cascade(net, depths=depths, **LAW)
    three = [engine.choice(key) for key in ("gradient", "input_x_gradient", "grad_cam")]
    engine.sweep(cascade, x, three, depths[:1])
    times = interleaved(
        {
            "alone": partial(engine.sweep, cascade, x, three[:1], depths),
            "three": partial(engine.sweep, cascade, x, three, depths),
        },
        1 if setting.quick else 5,
    )
    ratios = [three / alone for three, alone in zip(times["three"], times["alone"], strict=True)]
    what = "Gradient + input × gradient + Grad-CAM"
    return Section("Methods that share a pass", (row(what, ratios, "× gradient", quoted=True),))
