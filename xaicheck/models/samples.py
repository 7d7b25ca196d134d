"""The sample photographs that come with the project: CC0 or public domain, see assets/samples/LICENSES.md."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from xaicheck.models.images import decode
from xaicheck.types import ImageInput, Registry

ASSETS = Path(__file__).resolve().parents[2] / "assets"
FOLDER = ASSETS / "samples"


@dataclass(frozen=True, slots=True)
class Sample:
    """A photograph of the gallery and where it comes from."""

    key: str
    label: str
    path: Path
    licence: str
    source: str
    author: str
    what_to_see: str  # one sentence


_SAMPLES = (
    Sample(
        "chelsea", "Cat", FOLDER / "chelsea.png", "CC0 1.0",
        "scikit-image, data.chelsea()", "Stefan van der Walt",
        "Three cat classes share the probability: do the maps mark the face or only the fur’s edges?",
    ),
    Sample(
        "coffee", "Cup of coffee", FOLDER / "coffee.jpg", "CC0 1.0",
        "scikit-image, data.coffee()", "Rachel Michetti",
        "The network is almost certain of espresso: one object with clear edges on a busy table.",
    ),
    Sample(
        "rocket", "Rocket", FOLDER / "rocket.jpg", "Public domain",
        "scikit-image, data.rocket()", "SpaceX",
        "A thin object on a smooth sky: edges alone already draw it, so a good-looking map proves little.",
    ),
    Sample(
        "camera", "Photographer", FOLDER / "camera.png", "CC0 1.0",
        "scikit-image, data.camera()", "Lav Varshney",
        "The answer is the small tripod and not the large man: look which of the two a map marks.",
    ),
    Sample(
        "grace_hopper", "Naval officer", FOLDER / "grace_hopper.jpg", "Public domain",
        "Matplotlib, sample data grace_hopper.jpg", "United States Navy",
        "The network hesitates between gown and uniform: choose another target and see if the map follows.",
    ),
    Sample(
        "astronaut", "Astronaut", FOLDER / "astronaut.jpg", "Public domain",
        "scikit-image, data.astronaut()", "NASA",
        "None of the classes fits, and the network guesses: a map exists even where the answer is wrong.",
    ),
    Sample(
        "brick", "Brick pavement", FOLDER / "brick.png", "CC0 1.0",
        "scikit-image, data.brick(), from a CC0Textures photograph", "CC0Textures; cropped by scikit-image",
        "Edges everywhere and no object: compare the maps with the edge detector.",
    ),
    Sample(
        "clock", "Blurred clock", FOLDER / "clock.png", "Public domain",
        "scikit-image, data.clock()", "Stefan van der Walt",
        "Hardly any sharp edge: methods that copy the picture’s edges have nothing to copy.",
    ),
    Sample(
        "hubble", "Deep sky", FOLDER / "hubble.jpg", "Public domain",
        "scikit-image, data.hubble_deep_field()", "NASA (Hubble Space Telescope)",
        "Small bright spots on black: maps multiplied with the input light up whatever the network knows.",
    ),
)  # fmt: skip

SAMPLES = Registry("sample", _SAMPLES)
"""The samples by key; the first one is the default."""


def load(key: str) -> ImageInput:
    """The decoded sample; the same object every time. Raises BadRequest for an unknown key."""
    return _decoded(SAMPLES.chosen(key).key)


def display(name: str, sha256: str) -> str:
    """The label of the sample with that file name and content; the name itself for any other picture."""
    same = (s for s in SAMPLES.values() if s.path.name == name and load(s.key).sha256 == sha256)
    return next((sample.label for sample in same), name)


@cache
def _decoded(key: str) -> ImageInput:
    path = SAMPLES[key].path
    return decode(path.read_bytes(), path.name)
