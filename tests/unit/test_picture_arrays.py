"""Pictures from Python: arrays, tensors, open files; ranges that are declared, or one sentence."""

import io
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.pictures import photo, saved
from xaicheck.engine import run as engine
from xaicheck.errors import BadImage
from xaicheck.models.images import MAX_BYTES, read

torch = pytest.importorskip("torch")

RGB = np.asarray(photo())
GREY = np.asarray(photo(mode="L"))
CLEAR = np.dstack([RGB, np.full((60, 90), 255, np.uint8)])
CLEAR_HALF = CLEAR.copy()
CLEAR_HALF[:, :45, 3] = 0
THREE = np.stack([GREY] * 3, -1)

SAME = {
    "colours": (RGB, RGB),
    "grey": (GREY, THREE),
    "grey with an axis": (GREY[..., None], THREE),
    "opaque": (CLEAR, RGB),
    "floats": (RGB / 255, RGB),
    "single floats": ((RGB / 255).astype(np.float32), RGB),
    "half floats": ((RGB / 255).astype(np.float16), RGB),
    "grey floats": (GREY / 255, THREE),
    "16 bits": (RGB.astype(np.uint16) * 257, RGB),
    "16 bits and alpha": (CLEAR.astype(np.uint16) * 257, RGB),
    "16-bit grey": (GREY.astype(np.uint16) * 257, THREE),
    "black and white": (GREY > 99, np.stack([(GREY > 99) * 255] * 3, -1)),
    "big-endian": (RGB.astype(">u2") * 257, RGB),
    "turned in memory": (np.asfortranarray(RGB), RGB),
    "every other": (np.repeat(RGB, 2, 1)[:, ::2], RGB),
    "tensor": (torch.from_numpy(RGB.copy()).permute(2, 0, 1), RGB),
    "tensor of grey": (torch.from_numpy(GREY.copy()), THREE),
    "tensor of grey with an axis": (torch.from_numpy(GREY.copy())[None], THREE),
    "tensor of floats": (torch.from_numpy(RGB / 255).permute(2, 0, 1).float().requires_grad_(), RGB),
    "tensor with alpha": (torch.from_numpy(CLEAR.copy()).permute(2, 0, 1), RGB),
}


@pytest.mark.parametrize("what", SAME)
def test_arrays_and_tensors_are_pictures(what):
    given, expected = SAME[what]
    result = read(given)
    # Half floats are exact to 1/2048, an eighth of a grey level.
    assert np.array_equal(result.rgb, expected) and result.notes == ()


def test_bfloat_is_a_float():
    given = torch.from_numpy(RGB / 255).permute(2, 0, 1).bfloat16()
    assert np.abs(read(given).rgb.astype(int) - RGB).max() <= 1  # it has 8 bits


def test_transparency_and_twelve_bits_are_said():
    result = read(CLEAR_HALF)
    assert (result.rgb[:, :45] == 255).all() and result.notes == ("transparent parts shown on white",)
    twelve = RGB.astype(np.uint16) * 16
    result = read(twelve)
    assert result.notes == (f"16-bit values from 0 to {255 * 16} stretched to the full range",)
    assert np.array_equal(result.rgb, RGB)
    opaque = np.dstack([twelve, np.full((60, 90), 65535, np.uint16)])  # of a range of its own
    assert np.array_equal(read(opaque).rgb, RGB)


REFUSED = {
    "a batch": (torch.zeros(1, 3, 40, 40), "1×3×40×40: a tensor has the shape"),
    "colours first in an array": (np.zeros((3, 40, 40), np.uint8), "3×40×40: an array has the shape"),
    "colours last in a tensor": (torch.zeros(40, 40, 3), "40×40×3: a tensor has the shape"),
    "a row": (np.zeros(40, np.uint8), "shape 40: "),
    "a number": (np.array(3.0), "shape none: "),
    "nothing": (np.zeros((0, 40), np.uint8), "shape 0×40"),
    "two channels": (np.zeros((40, 40, 2), np.uint8), "40×40×2"),
    "whole numbers": (np.zeros((40, 40), np.int64), "int64 do not say what is white: give uint8"),
    "a tensor of whole numbers": (torch.zeros(3, 40, 40, dtype=torch.int64), "int64 do not say"),
    "complex": (np.zeros((40, 40), complex), "complex128 do not say"),
    "texts": (np.full((40, 40), "a"), "do not say what is white"),
    "objects": (np.full((40, 40), None), "object do not say"),
    "floats to 255": (RGB.astype(np.float32), "from 0 to 255: scale them to 0 for black and 1 for white"),
    "normalised": (torch.linspace(-2, 2.6, 4800).reshape(3, 40, 40), "from -2 to 2.6: scale"),
    "not a number": (np.where(GREY > 9, GREY / 255, np.nan), "nan to nan: scale"),
    "infinite": (np.where(GREY > 9, 0.5, np.inf), "to inf: scale"),
    "masked": (np.ma.masked_less(RGB, 9), "masked pixels: fill them"),
    "sparse": (torch.eye(40).to_sparse(), "no plain values"),
    "without storage": (torch.zeros(3, 40, 40, device="meta"), "no plain values"),
    "too small": (np.zeros((4, 4, 3), np.uint8), "4 × 4 pixels: choose one"),
    "all transparent": (np.zeros((40, 40, 4), np.uint8), "Every pixel of the picture is transparent"),
    "none": (None, "NoneType is no picture: give a path, the bytes"),
    "a list": ([[0, 1]], "list is no picture"),
    "a number of Python": (3, "int is no picture"),
    "a missing path": (
        "no/such.png",
        "no/such.png: No such file or directory; give the path of a JPEG",
    ),
    "a folder": (Path(__file__).parent, "Is a directory; give the path"),
    "a path with a zero": ("a\0b.png", "null byte; give the path"),
    "an empty path": ("", "An empty path: No such file or directory; give"),
    "empty bytes": (b"", "The file is empty"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_ambiguous_or_no_picture_is_refused_in_one_sentence(what):
    given, says = REFUSED[what]
    with pytest.raises(BadImage) as caught:
        engine.check(given)
    text = str(caught.value)
    assert says in text and text.endswith(".") and text.count(". ") == 0 and "\n" not in text


def test_bytes_in_every_wrapping_are_one_picture(tmp_path):
    data = saved(photo())
    path = tmp_path / "cat.png"
    path.write_bytes(data)
    with open(path, "rb") as file:
        results = [
            read(given)
            for given in (data, bytearray(data), memoryview(data), io.BytesIO(data), path, str(path), file)
        ]
    assert len({(r.sha256, r.rgb.tobytes()) for r in results}) == 1
    assert [r.name for r in results] == ["picture"] * 4 + ["cat.png"] * 3
    assert read(results[0]) is results[0]


def test_a_file_that_gives_no_bytes_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "cat.png"
    path.write_bytes(saved(photo()))
    with open(path, encoding="latin-1") as text, pytest.raises(BadImage, match='open it with mode "rb"'):
        read(text)
    closed = io.BytesIO(b"")
    closed.close()
    with pytest.raises(BadImage, match="open it again"):
        read(closed)


def test_no_more_is_read_of_a_file_than_is_allowed():
    class Endless(io.RawIOBase):
        asked: int = 0

        def read(self, size: int = -1) -> bytes:
            self.asked += size
            return bytes(size)

    endless = Endless()
    with pytest.raises(BadImage, match="more than the 10 MB allowed"):
        read(endless)
    assert endless.asked == MAX_BYTES + 1


def test_no_more_is_read_of_a_path_than_is_allowed(tmp_path):
    path = tmp_path / "film.png"
    path.touch()
    os.truncate(path, 500 * 2**20)  # of nothing: it takes no space on the disk
    tracemalloc.start()
    try:
        with pytest.raises(BadImage, match="film.png: The file has more than the 10 MB allowed"):
            read(path)
        assert tracemalloc.get_traced_memory()[1] < 3 * MAX_BYTES
    finally:
        tracemalloc.stop()


def test_a_pil_image_of_any_mode_is_read_whether_loaded_or_not():
    opened = Image.open(io.BytesIO(saved(photo(), "TIFF")))
    assert np.array_equal(read(opened).rgb, RGB)
    assert np.array_equal(read(photo(mode="RGBX")).rgb, RGB)
    broken = Image.open(io.BytesIO(saved(photo(), "BMP")[:500]))
    with pytest.raises(BadImage, match="damaged or cut short"):
        read(broken)


def test_two_arrays_of_one_picture_have_one_digest():
    assert read(RGB).sha256 == read(photo()).sha256 == read(RGB / 255).sha256 != read(GREY).sha256
