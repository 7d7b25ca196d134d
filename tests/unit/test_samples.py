"""The sample photographs and the class names."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xaicheck.errors import BadRequest
from xaicheck.models import labels, samples
from xaicheck.models.labels import LABELS, display
from xaicheck.models.samples import FOLDER, SAMPLES, load

ROOT = Path(__file__).resolve().parents[2]


def test_there_are_at_least_eight_samples_and_the_cat_comes_first():
    assert len(SAMPLES) >= 8 and next(iter(SAMPLES)) == "chelsea"
    assert all(sample.key == key for key, sample in SAMPLES.items())
    assert len({sample.label for sample in SAMPLES.values()}) == len(SAMPLES)


@pytest.mark.parametrize("key", SAMPLES)
def test_each_sample_is_free_and_says_whose_it_is_and_what_to_see(key):
    sample = SAMPLES[key]
    assert sample.licence in ("CC0 1.0", "Public domain")
    assert sample.author and sample.source and sample.label
    assert sample.what_to_see[-1] in ".?" and sample.what_to_see.count(". ") == 0


@pytest.mark.parametrize("key", SAMPLES)
def test_each_sample_decodes_and_is_decoded_once(key):
    image = load(key)
    assert image is load(key)
    assert image.rgb.dtype == np.uint8 and image.rgb.ndim == 3
    assert max(image.rgb.shape) <= 640 and min(image.rgb.shape[:2]) >= 224
    assert np.array_equal(image.rgb, np.asarray(Image.open(SAMPLES[key].path).convert("RGB")))


def test_an_unknown_sample_is_refused_with_the_names_there_are():
    with pytest.raises(BadRequest, match=r"'\.\./secret'.*chelsea, coffee"):
        load("../secret")


def test_every_file_in_the_folder_is_a_sample_with_its_licence_and_together_they_are_small():
    pictures = {path for path in FOLDER.iterdir() if path.suffix != ".md"}
    assert pictures == {sample.path for sample in SAMPLES.values()}
    assert sum(path.stat().st_size for path in pictures) < 1_500_000
    rows = {
        cells[1].strip().strip("`"): cells
        for line in (FOLDER / "LICENSES.md").read_text(encoding="utf-8").splitlines()
        if len(cells := line.split("|")) > 5
    }
    for sample in SAMPLES.values():
        licence, row = sample.licence.casefold(), rows[sample.path.name]
        assert licence in row[4].casefold()
        assert all(cell.strip() for cell in row[1:-1])


@pytest.mark.parametrize("key", ["chelsea", "camera", "brick", "clock", "rocket"])
def test_the_unchanged_samples_are_scikit_images_pixels(key):
    data = pytest.importorskip("skimage.data")
    theirs = np.asarray(getattr(data, key)())
    ours = load(key).rgb
    assert np.array_equal(ours, theirs if theirs.ndim == 3 else np.stack([theirs] * 3, -1))


def test_a_recompressed_sample_stays_close_to_the_original():
    data = pytest.importorskip("skimage.data")
    difference = load("coffee").rgb.astype(float) - data.coffee()
    assert np.sqrt(np.mean(difference**2)) < 3


def test_samples_and_labels_are_found_from_another_folder_and_without_torch(tmp_path):
    code = (
        "import sys; import xaicheck.models.samples as g, xaicheck.models.labels as l;"
        "import xaicheck.similarity.measures;"
        "assert not l._read.cache_info().currsize, 'labels are read on import';"
        "g.load('chelsea'); assert l.LABELS[282] == 'tiger cat' and l.LABELS is l.LABELS;"
        "heavy = {'torch', 'torchvision', 'skimage', 'scipy', 'streamlit'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_labels_are_torchvisions():
    models = pytest.importorskip("torchvision.models")
    assert list(LABELS) == models.ResNet18_Weights.DEFAULT.meta["categories"]
    assert len(LABELS) == 1000


def test_every_class_can_be_told_apart_in_a_list_ignoring_case():
    shown = [display(index) for index in range(1000)]
    assert len({text.casefold() for text in shown}) == 1000
    assert display(517) == "crane (517)"
    assert LABELS[264].casefold() == LABELS[474].casefold()  # two classes that only the number tells apart


def test_an_unknown_attribute_of_the_labels_is_an_attribute_error():
    with pytest.raises(AttributeError, match="LABLES"):
        _ = labels.LABLES


def test_a_sample_has_its_label_and_another_picture_of_that_file_name_its_own() -> None:
    coffee = samples.load("coffee")
    assert samples.display(coffee.name, coffee.sha256) == "Cup of coffee"
    assert samples.display(coffee.name, samples.load("rocket").sha256) == coffee.name
    assert samples.display("mine.png", coffee.sha256) == "mine.png"
