"""The photographs of `assets/gallery`: whose they are, what the files hold, what the network says of them."""

import io
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from xaicheck.models.images import decode, network_input
from xaicheck.models.labels import LABELS
from xaicheck.models.registry import load
from xaicheck.models.samples import SAMPLES, load as sample

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "gallery"
ROWS = {row["file"]: row for row in tomllib.loads((FOLDER / "pictures.toml").read_text("utf-8"))["picture"]}
FREE = {"public domain", "CC0 1.0", "CC BY 2.0", "CC BY 3.0", "CC BY 4.0"}
SAID = ("shows", "title", "author", "licence", "origin", "package", "path", "changes")

# p0 stands there with three digits; sums of float32 in another order move it by far less than this.
CLOSE = 0.002


@pytest.fixture(scope="module")
def answers():
    """File name to (first class, its probability) by the default network, from one pass over all pictures."""
    import torch

    network = load("efficientnet_lite0")
    seen = [network_input(decode((FOLDER / name).read_bytes(), name), network.spec) for name in ROWS]
    with torch.inference_mode():
        probability, first = network.module(torch.stack(seen)).softmax(1).max(1)
    return dict(zip(ROWS, zip(first.tolist(), probability.tolist(), strict=True), strict=True))


def test_every_picture_has_a_row_and_every_row_a_picture_and_together_they_are_small():
    pictures = {path.name for path in FOLDER.iterdir()} - {"LICENSES.md", "pictures.toml"}
    assert pictures == set(ROWS)
    assert sum((FOLDER / name).stat().st_size for name in pictures) < 2_500_000


def test_at_least_forty_count_and_no_class_counts_more_than_three_times():
    classes = Counter(row["class"] for row in ROWS.values() if row["counts"])
    assert classes.total() >= 40
    assert max(classes.values()) <= 3


@pytest.mark.parametrize("name", ROWS)
def test_each_picture_is_free_and_says_whose_it_is_where_it_comes_from_and_what_was_changed(name):
    row = ROWS[name]
    assert row["licence"] in FREE
    assert row["origin"].startswith("https://")
    assert all(row[what].strip() for what in SAID)


def test_the_table_of_licences_says_the_same():
    lines = (FOLDER / "LICENSES.md").read_text("utf-8").splitlines()
    table = {cells[1].strip(" `"): cells[2:-1] for line in lines if len(cells := line.split("|")) > 5}
    for name, row in ROWS.items():
        shows, author, licence, source, changes = (cell.strip() for cell in table[name])
        assert (shows, author, licence, changes) == tuple(
            row[what] for what in ("shows", "author", "licence", "changes")
        )
        origin = row["origin"].replace("(", "%28").replace(")", "%29")  # they would end a link of Markdown
        assert source == f"{row['package'].rsplit(' ', 1)[0]}, from [{row['title']}]({origin})"
    assert len(table) == len(ROWS) + 2  # the names of the columns and the line below


@pytest.mark.parametrize("name", ROWS)
def test_each_file_is_an_srgb_jpeg_of_eight_bits_without_profile_and_metadata_as_recorded(name):
    data = (FOLDER / name).read_bytes()
    with Image.open(io.BytesIO(data)) as file:
        assert (file.format, file.mode, file.bits) == ("JPEG", "RGB", 8)
        assert not {"icc_profile", "exif", "xmp", "photoshop", "comment"} & set(file.info)
    picture = decode(data, name)
    assert picture.sha256 == ROWS[name]["sha256"]
    assert picture.notes == ()
    assert min(picture.rgb.shape[:2]) >= 200  # the network sees 256: enlarged by a quarter at most


def test_no_picture_is_there_twice_or_among_the_samples():
    digests = [row["sha256"] for row in ROWS.values()] + [sample(key).sha256 for key in SAMPLES]
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize("name", ROWS)
def test_the_class_has_its_name_and_a_picture_that_does_not_count_says_why(name):
    row = ROWS[name]
    assert ("class" in row) == ("label" in row)
    assert "label" not in row or LABELS[row["class"]] == row["label"]
    assert set(row) & {"p0", "why_not"} == ({"p0"} if row["counts"] else {"why_not"})


@pytest.mark.parametrize("name", ROWS)
def test_a_picture_counts_where_the_network_is_right_with_at_least_a_half(name, answers):
    row = ROWS[name]
    first, probability = answers[name]
    assert row["counts"] == (first == row.get("class") and probability >= 0.5)
    if row["counts"]:
        assert probability == pytest.approx(row["p0"], abs=CLOSE)
    else:
        assert row["why_not"].startswith("right") == (first == row.get("class"))
        assert row["why_not"].startswith("none of the 1,000") == ("class" not in row)
