"""A picture is read as its file stands, whatever the caller's Pillow is set to; what it lacks is said."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageFile

from tests.pictures import photo, saved, tiff
from xaicheck.errors import BadImage
from xaicheck.models.images import decode, read

pytestmark = pytest.mark.filterwarnings(r"ignore:::PIL(\..*)?")
GREY = np.asarray(photo(mode="L"))
DAMAGED = "damaged or cut short"


@pytest.mark.parametrize("fmt", ["JPEG", "PNG"])
def test_half_a_file_is_refused_though_the_caller_lets_pillow_read_it(fmt, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    data = saved(photo(900, 600), fmt)
    with pytest.raises(BadImage, match=DAMAGED):
        decode(data[: len(data) // 2], "a")
    with pytest.raises(BadImage, match=DAMAGED):
        read(Image.open(io.BytesIO(data[: len(data) // 2])))
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


def test_the_callers_limit_of_pixels_is_not_ours(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert decode(saved(photo()), "a").rgb.shape == (60, 90, 3)
    assert Image.MAX_IMAGE_PIXELS == 10


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 3}])
@pytest.mark.parametrize("side", [60, 2600])
def test_a_jpeg_that_was_cut_and_closed_again_is_refused(options, side):
    noise = np.random.default_rng(1).integers(0, 256, (side // 10, side // 10, 3), np.uint8)
    whole = saved(Image.fromarray(noise).resize((side, side)), "JPEG", quality=90, **options)
    decode(whole, "a")
    for part in (0.6, 0.8, 0.95):
        with pytest.raises(BadImage, match=DAMAGED):
            decode(whole[: int(len(whole) * part)].rstrip(b"\xff") + b"\xff\xd9", "a")


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_whole_jpeg_that_ends_in_mid_grey_is_read(mode, progressive):
    grey = Image.new(mode, (90, 60), (128,) * len(mode) if mode != "L" else 128)
    assert decode(saved(grey, "JPEG", progressive=progressive), "a")


def test_of_a_picture_that_was_moved_on_the_frame_is_said():
    frames = [Image.new("RGB", (90, 60), colour) for colour in ("blue", "red")]
    picture = Image.open(io.BytesIO(saved(frames[0], "PNG", save_all=True, append_images=frames[1:])))
    assert read(picture).notes == ("the first of 2 pictures in the file",)
    picture.seek(1)
    result = read(picture)
    assert result.notes == ("number 2 of 2 pictures in the file",)
    assert tuple(result.rgb[0, 0]) == (255, 0, 0)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_the_declared_gaps_of_whole_numbers_are_black_and_said(kind):
    values = np.minimum(GREY, 254).astype(kind) * kind(1 if kind is np.uint8 else 13)
    rest = decode(tiff(values, {}), "a").rgb[8:]
    values = values.copy()
    values[3:7, 10:20] = gap = np.iinfo(kind).max
    result = decode(tiff(values, {42113: str(gap).encode() + b"\0"}), "a")
    assert np.array_equal(result.rgb[8:], rest) and not result.rgb[3:7, 10:20].any()
    assert result.notes[-1] == "40 pixels without a value shown in black"
    outside = decode(tiff(values, {42113: b"-9999\0"}), "a")
    assert not any("without a value" in note for note in outside.notes)


def test_one_value_everywhere_is_mid_grey():
    result = decode(tiff(np.full((60, 90), 0.5, np.float32), {}), "a")
    assert (result.rgb == 128).all() and result.notes == ("one value, 0.5, everywhere: shown in mid grey",)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize(
    ("red", "more", "said"),
    [
        (0.64, b"", ()),
        (0.68, b"", ("colours read as sRGB, though the file declares other primary colours",)),
        (0.68, chunk(b"sRGB", b"\0"), ()),
    ],
)
def test_the_primaries_of_a_png_are_said(red, more, said):
    primaries = (0.3127, 0.329, red, 0.33, 0.3, 0.6, 0.15, 0.06)
    chrm = chunk(b"cHRM", struct.pack(">8I", *(round(v * 1e5) for v in primaries)))
    data = saved(photo())
    with_gamma = data[:33] + chunk(b"gAMA", struct.pack(">I", 45455)) + chrm + more + data[33:]
    assert decode(with_gamma, "a").notes == said


@pytest.mark.parametrize("fmt", ["WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_phones_file_that_was_cut_is_called_so(fmt, part):
    data = saved(photo(), fmt)
    with pytest.raises(BadImage, match=DAMAGED):
        decode(data[: int(len(data) * part)], "a")
