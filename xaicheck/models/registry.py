"""MODELS, one literal a model, and `load`, which turns a key into a trained network.

A model is named by its key alone; nothing here builds a path from what a visitor typed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from xaicheck.errors import ModelUnavailable
from xaicheck.models.device import resolve, undisturbed
from xaicheck.models.images import network_input
from xaicheck.models.sources import embedded_lite, from_torchvision
from xaicheck.models.weights import digest, misfit
from xaicheck.types import BlockSpec, ModelSpec, Network, Registry

if TYPE_CHECKING:
    import torch

_BATCHNORM_FIRST = (
    "its BatchNorm layers stand before the convolutions and cannot be merged into them, "
    "so relevance would be made and lost where no rule says so"
)


def _block(name: str, *prefixes: str, output: str = "") -> BlockSpec:
    return BlockSpec(name, prefixes, output)


def _output_first(*blocks: BlockSpec) -> tuple[BlockSpec, ...]:
    """The blocks in depth order: written from input to output, stored from output to input."""
    return tuple(reversed(blocks))


def _lite_blocks(*stages: tuple[tuple[int, ...], ...]) -> tuple[BlockSpec, ...]:
    """EfficientNet-Lite: stem, the stages' residual units in the given groups, head, classifier."""
    units = [
        _block(f"stage {s}." + "+".join(str(u) for u in group), *(f"blocks.{s}.{u}" for u in group))
        for s, groups in enumerate(stages)
        for group in groups
    ]
    return _output_first(
        _block("stem", "conv_stem", "bn1"),
        *units,
        _block("head", "conv_head", "bn2"),
        _block("classifier", "classifier"),
    )


def _densenet_names(key: str) -> str:
    """DenseNet's published weights write `norm.1` where the module says `norm1`."""
    return re.sub(r"(denselayer\d+\.(?:norm|relu|conv))\.([12])\.", r"\1\2.", key)


def _dense_group(block: int, first: int, last: int) -> BlockSpec:
    layers = tuple(f"features.denseblock{block}.denselayer{i}" for i in range(first, last + 1))
    # The group's own activation is the newest layer's output; the older maps are only passed along.
    return BlockSpec(f"dense {block}.{first}-{last}", layers)


# Lite1 and Lite2 have one more residual unit in most stages; pairs keep them at 16 to 20 blocks.
_LITE_DEEPER = _lite_blocks(
    ((0,),),
    ((0,), (1, 2)),
    ((0,), (1, 2)),
    ((0,), (1, 2), (3,)),
    ((0,), (1, 2), (3,)),
    ((0,), (1, 2), (3, 4)),
    ((0,),),
)

MODELS = Registry(
    "model",
    (
        embedded_lite(
            0,
            224,
            256,
            "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            _lite_blocks(
                ((0,),),
                ((0,), (1,)),
                ((0,), (1,)),
                ((0,), (1,), (2,)),
                ((0,), (1,), (2,)),
                ((0,), (1,), (2,), (3,)),
                ((0,),),
            ),
        ),
        embedded_lite(
            1,
            240,
            272,
            "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
            _LITE_DEEPER,
        ),
        embedded_lite(
            2,
            260,
            292,
            "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
            _LITE_DEEPER,
        ),
        from_torchvision(
            "resnet18",
            "ResNet-18",
            "ResNet18_Weights",
            resize=256,
            activations=("ReLU",),
            cam_layer="layer4",
            lrp_refusal=None,
            blocks=_output_first(
                _block("stem", "conv1", "bn1", "relu"),
                *(
                    half
                    for s in (1, 2, 3, 4)
                    for u in (0, 1)
                    for half in (
                        _block(f"layer {s}.{u} conv 1", f"layer{s}.{u}.conv1", f"layer{s}.{u}.bn1"),
                        _block(
                            f"layer {s}.{u} conv 2",
                            f"layer{s}.{u}.conv2",
                            f"layer{s}.{u}.bn2",
                            f"layer{s}.{u}.downsample",
                            f"layer{s}.{u}.relu",
                            output=f"layer{s}.{u}",
                        ),
                    )
                ),
                _block("classifier", "fc"),
            ),
        ),
        from_torchvision(
            "resnet50",
            "ResNet-50",
            "ResNet50_Weights",
            resize=232,
            activations=("ReLU",),
            cam_layer="layer4",
            lrp_refusal=None,
            blocks=_output_first(
                _block("stem", "conv1", "bn1", "relu"),
                *(
                    _block(f"layer {s}.{u}", f"layer{s}.{u}")
                    for s, units in ((1, 3), (2, 4), (3, 6), (4, 3))
                    for u in range(units)
                ),
                _block("classifier", "fc"),
            ),
        ),
        from_torchvision(
            "vgg16",
            "VGG-16",
            "VGG16_Weights",
            resize=256,
            activations=("ReLU",),
            cam_layer="features.29",
            lrp_refusal=None,
            blocks=_output_first(
                *(
                    _block(f"conv {number}", f"features.{i}", f"features.{i + 1}")
                    for number, i in enumerate((0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28), start=1)
                ),
                _block("dense 1", "classifier.0", "classifier.1"),
                _block("dense 2", "classifier.3", "classifier.4"),
                _block("classifier", "classifier.6"),
            ),
        ),
        from_torchvision(
            "densenet121",
            "DenseNet-121",
            "DenseNet121_Weights",
            resize=256,
            activations=("ReLU",),
            cam_layer="features.norm5",
            lrp_refusal=_BATCHNORM_FIRST,
            rename=_densenet_names,
            blocks=_output_first(
                _block("stem", "features.conv0", "features.norm0", "features.relu0"),
                _dense_group(1, 1, 3),
                _dense_group(1, 4, 6),
                _block("transition 1", "features.transition1"),
                *(_dense_group(2, first, first + 3) for first in (1, 5, 9)),
                _block("transition 2", "features.transition2"),
                *(_dense_group(3, first, first + 5) for first in (1, 7, 13, 19)),
                _block("transition 3", "features.transition3"),
                *(_dense_group(4, first, first + 3) for first in (1, 5, 9, 13)),
                _block("classifier", "features.norm5", "classifier"),
            ),
        ),
        from_torchvision(
            "mobilenet_v3_large",
            "MobileNetV3-L",
            "MobileNet_V3_Large_Weights",
            resize=232,
            activations=("Hardsigmoid", "Hardswish", "ReLU"),
            cam_layer="features.16",
            lrp_refusal="its gates multiply activations, and no rule here makes relevance add up",
            blocks=_output_first(
                *(_block("stem" if i == 0 else f"stage {i}", f"features.{i}") for i in range(16)),
                _block("head", "features.16"),
                _block("dense 1", "classifier.0", "classifier.1"),
                _block("classifier", "classifier.3"),
            ),
        ),
        from_torchvision(
            "convnext_tiny",
            "ConvNeXt-T",
            "ConvNeXt_Tiny_Weights",
            resize=236,
            activations=("GELU",),
            cam_layer="features.7",
            lrp_refusal="GELU and LayerNorm have no rule here that makes relevance add up",
            blocks=_output_first(
                _block("stem", "features.0"),
                *(
                    # The downsampling layer belongs to the first unit of the stage it opens.
                    _block(
                        f"stage {s}.{u}",
                        *((f"features.{2 * s}",) if u == 0 and s else ()),
                        f"features.{2 * s + 1}.{u}",
                    )
                    for s, units in enumerate((3, 3, 9, 3))
                    for u in range(units)
                ),
                _block("classifier", "classifier"),
            ),
        ),
        from_torchvision(
            "vit_b_16",
            "ViT-B/16",
            "ViT_B_16_Weights",
            resize=256,
            activations=("GELU",),
            cam_layer=None,
            lrp_refusal="attention, GELU and LayerNorm have no rule here that makes relevance add up",
            blocks=_output_first(
                _block("patches", "conv_proj"),
                _block("tokens", "class_token", "encoder.pos_embedding", output="encoder.dropout"),
                *(_block(f"layer {i}", f"encoder.layers.encoder_layer_{i}") for i in range(12)),
                _block("norm", "encoder.ln"),
                _block("classifier", "heads"),
            ),
        ),
    ),
)
"""The models by key, one entry each."""

DEFAULT_MODEL = "efficientnet_lite0"

_loaded: dict[tuple[str, str], tuple[Network, tuple[object, ...]]] = {}  # with what it was like then
_locks: dict[tuple[str, str], threading.Lock] = {}  # one each: a download keeps no other model waiting


def spec_of(key: str) -> ModelSpec:
    """The literal of a model; an unknown key is a BadRequest that names the known ones."""
    return MODELS.chosen(key)


@undisturbed()
def load(key: str, device: str = "cpu") -> Network:
    """The trained network of a key on a device: frozen, in evaluation mode, one copy a process.

    `key`: of MODELS. `device`: "auto", "cpu" or "cuda". Its input is float32 [B 3 S S], as its `preprocess`
    makes it of a picture, and its output logits [B classes]. Whoever wants to hook or change it works on
    `graph.private_copy`; one that was changed all the same is loaded again.
    Errors: BadRequest for an unknown key or device; ModelUnavailable where the weights cannot be had.
    """
    from xaicheck.models.graph import state_of

    spec, device = spec_of(key), resolve(device)
    with _locks.setdefault((key, device), threading.Lock()):
        known, then = _loaded.get((key, device), (None, ()))
        if known is None or known.spec is not spec or state_of(known.module) != then:
            known = assemble(spec, spec.weights(), device)
            _loaded[key, device] = known, state_of(known.module)
        return known


@undisturbed()
def load_model(key: str, device: str = "cpu") -> Network:
    """A trained network of one's own: whatever is done to it, checks compute with the trained one.

    `key`: of MODELS. `device`: "auto", "cpu" or "cuda". Its module is frozen and in evaluation mode; its
    input is float32 [B 3 S S], as its `preprocess` makes it of a picture, and its output logits [B classes].
    Errors: BadRequest for an unknown key or device; ModelUnavailable where the weights cannot be had.
    """
    import copy

    network = load(key, device)
    return replace(network, module=copy.deepcopy(network.module))


@undisturbed()
def assemble(spec: ModelSpec, state: Mapping[str, torch.Tensor] | None, device: str = "cpu") -> Network:
    """A network of the spec's architecture with the given tensors (None: as the library initialises it).

    Errors: ModelUnavailable for tensors that do not fit; ValueError for a spec that is not true of it.
    """
    import torch

    from xaicheck.models.graph import blocks_of, trace

    with torch.random.fork_rng(devices=[], enabled=state is not None):
        module = spec.build().float()  # whatever the default kind of numbers is
    if state is not None:
        wrong = misfit(state, module.state_dict())
        if wrong:
            raise ModelUnavailable(
                f"{spec.label} is not available: its weights do not fit the architecture (they hold {wrong});"
                " give it a state dict of this architecture."
            )
        module.load_state_dict(state)
    # One memory format everywhere: about a fifth faster on a CPU, and a row's result is that of any batch.
    module.eval().requires_grad_(False).to(memory_format=torch.channels_last)
    wiring = trace(module, spec.size)
    blocks = blocks_of(module, spec, wiring)
    return Network(
        spec,
        module.to(device),
        blocks,
        device,
        wiring.merges,
        wiring.units,
        wiring.row_bytes,
        wiring.row_work,
        network_input,
        digest(module.state_dict()),
    )
