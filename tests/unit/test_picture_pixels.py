"""Bit depth, range, sign, gaps and transparency: what a file declares is kept, what was guessed is said."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.pictures import photo, saved, tiff
from xaicheck.errors import BadImage
from xaicheck.models.images import decode, read
from xaicheck.types import ImageInput

GREY = np.asarray(photo(mode="L"))
WIDE = GREY.astype(np.uint16) * 257
TWELVE = np.rint(GREY.astype(float) * 4095 / 255).astype(np.uint16)
WHITE_IS_ZERO = {262: 0}


def grey_of(data: bytes) -> np.ndarray:
    rgb = decode(data, "a").rgb.astype(int)
    assert (rgb == rgb[..., :1]).all()
    return rgb[..., 0]


def stretched(values: np.ndarray) -> np.ndarray:
    """The closed form, in float64."""
    values = values.astype(float)
    return np.rint((values - values.min()) / np.ptp(values) * 255).astype(int)


def notes(data: bytes) -> str:
    return "; ".join(decode(data, "a").notes)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 16])
def test_min_is_white_is_honoured_in_every_depth(bits, order):
    values = GREY if bits == 8 else WIDE
    assert np.array_equal(grey_of(tiff(values, {}, order)), GREY)
    data = tiff(values, WHITE_IS_ZERO, order)
    if bits == 16 and order == ">":  # Pillow does not know this one
        with pytest.raises(BadImage, match="a TIFF of a kind that cannot be read here: save it as PNG"):
            decode(data, "a")
    else:
        assert np.array_equal(grey_of(data), 255 - GREY.astype(int))


def test_min_is_white_is_honoured_in_one_bit_and_in_floats():
    bits = np.asarray(photo(mode="1"))
    ordinary = decode(saved(photo(mode="1"), "TIFF"), "a").rgb
    data = bytearray(saved(photo(mode="1"), "TIFF"))
    at = data.index(b"\x06\x01\x03\x00\x01\x00\x00\x00\x01\x00")
    data[at + 8] = 0
    assert np.array_equal(decode(bytes(data), "a").rgb, 255 - ordinary) and ordinary.max() == 255
    assert bits.any()
    floats = (GREY / 300).astype(np.float32)
    assert np.array_equal(grey_of(tiff(floats, WHITE_IS_ZERO)), 255 - stretched(floats))


def test_min_is_white_holds_where_twelve_bits_are_stretched():
    assert np.array_equal(grey_of(tiff(TWELVE, WHITE_IS_ZERO)), 255 - stretched(TWELVE))


MAKERS = {
    "PNG": lambda v: saved(Image.fromarray(v)),
    "TIFF": lambda v: tiff(v, {}),
    "JPEG2000": lambda v: saved(Image.fromarray(v), "JPEG2000"),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_twelve_bits_in_sixteen_are_stretched_like_the_same_values_in_32_bits_and_said(make):
    same = tiff(TWELVE.astype(np.float32), {})
    assert np.array_equal(grey_of(make(TWELVE)), grey_of(same))
    assert (
        notes(make(TWELVE))
        == f"16-bit values from {TWELVE.min()} to {TWELVE.max()} stretched to the full range"
    )


def test_an_offset_of_a_scanner_does_not_eat_the_contrast():
    shifted = (TWELVE + 31000).astype(np.uint16)
    assert np.array_equal(grey_of(tiff(shifted, {})), stretched(TWELVE)) and notes(tiff(shifted, {}))


def test_sixteen_bits_in_use_are_not_stretched_and_nothing_is_said():
    values = (WIDE // 2 + 1).astype(np.uint16)
    assert np.array_equal(grey_of(tiff(values, {})), values >> 8) and not notes(tiff(values, {}))


def test_the_dark_sixteen_bit_copy_of_an_eight_bit_picture_stays_dark():
    dark = (GREY // 8).astype(np.uint16) * 257
    assert np.array_equal(grey_of(tiff(dark, {})), GREY // 8) and not notes(tiff(dark, {}))


def test_twelve_bits_declared_are_read_as_twelve():
    low = TWELVE // 5
    packed = np.stack([low[:, ::2] >> 4, (low[:, ::2] & 15) << 4 | low[:, 1::2] >> 8, low[:, 1::2] & 255], -1)
    rows = packed.reshape(60, -1).astype(np.uint8)
    data = tiff(rows, {256: 90, 258: 12})
    assert np.array_equal(grey_of(data), low >> 4) and not notes(data)


def test_dark_colours_of_16_bits_are_said():
    dark = np.stack([TWELVE] * 3, -1)
    assert "darkest quarter" in notes(tiff(dark, {}))
    assert not notes(tiff(np.stack([WIDE] * 3, -1), {}))


KINDS = [(k, o) for k in (np.int8, np.int16, np.int32, np.uint32, np.float32) for o in "<>"]
KINDS.remove((np.uint32, ">"))  # Pillow does not know this one: refused, as others in test_picture_files.py


@pytest.mark.parametrize(("kind", "order"), KINDS)
def test_every_kind_of_number_keeps_its_sign_and_its_range(kind, order):
    ramp = (GREY.astype(float) * 13 - 1100).clip(*([-128, 127] if kind is np.int8 else [-1100, 9999]))
    if kind is np.uint32:
        ramp = ramp + 3e9
    data = tiff(ramp.astype(kind), {}, order)
    values = ramp.astype(kind).astype(float)
    assert np.array_equal(grey_of(data), stretched(values))
    assert notes(data).startswith(f"values from {values.min():.6g} to {values.max():.6g} stretched")


GAPS = {
    "the lowest float": (np.float32(-3.4028235e38), {}),
    "the greatest float": (np.float32(3.4028235e38), {}),
    "not a number": (np.float32(np.nan), {}),
    "declared": (np.float32(-9999), {42113: b"-9999\0"}),
    "declared in words": (np.float32(np.nan), {42113: b"nan\0"}),
}


@pytest.mark.parametrize("what", GAPS)
def test_what_is_no_value_does_not_eat_the_range_and_is_said(what):
    gap, tags = GAPS[what]
    values = (GREY / 255 + 0.5).astype(np.float32)
    expected = stretched(values)
    values[3:7, 10:20] = gap
    grey = grey_of(tiff(values, tags))
    rest = np.ones(values.shape, bool)
    rest[3:7, 10:20] = False
    assert np.array_equal(grey[rest], expected[rest]) and (grey[~rest] == 0).all()
    assert "40 pixels without a value left out" in notes(tiff(values, tags))


def test_the_lowest_of_16_signed_bits_is_no_value_where_it_stands_alone():
    heights = (GREY.astype(np.int16) * 10 + 300).astype(np.int16)
    heights[:2] = -32768
    assert np.array_equal(grey_of(tiff(heights, {}))[2:], stretched(heights[2:]))
    assert "180 pixels without a value" in notes(tiff(heights, {}))
    whole = np.linspace(-32768, 32767, 5400).reshape(60, 90).astype(np.int16)
    assert np.array_equal(grey_of(tiff(whole, {})), stretched(whole)) and "without" not in notes(
        tiff(whole, {})
    )


def test_gaps_do_not_bleed_into_their_neighbours_when_a_picture_shrinks():
    values = np.tile(np.linspace(0.2, 0.8, 2048, dtype=np.float32), (128, 1))
    values[:, ::512] = -3.4e38
    grey = grey_of(tiff(values, {}))
    assert grey.shape == (64, 1024) and abs(int(grey[0, 700]) - 174) <= 2


def empty_alpha(mode: str = "RGBA") -> Image.Image:
    picture = photo(mode=mode)
    picture.putalpha(0)
    return picture


def test_the_unused_alpha_of_a_bitmap_is_no_transparency():
    body = np.dstack([np.asarray(photo())[..., ::-1], np.zeros((60, 90, 1), np.uint8)])[::-1].tobytes()
    masks = b"".join(m.to_bytes(4, "little") for m in (0xFF0000, 0xFF00, 0xFF, 0xFF000000))
    head = b"BM" + (138 + len(body)).to_bytes(4, "little") + bytes(4) + (138).to_bytes(4, "little")
    info = (
        b"".join(n.to_bytes(4, "little") for n in (124, 90, 60)) + b"\1\0\x20\0" + (3).to_bytes(4, "little")
    )
    data = head + (info + bytes(20) + masks).ljust(124, b"\0") + body
    assert Image.open(io.BytesIO(data)).mode == "RGBA"
    assert np.array_equal(decode(data, "a").rgb, np.asarray(photo())) and not notes(data)


@pytest.mark.parametrize("fmt", ["PNG", "WEBP", "TIFF"])
def test_a_picture_that_is_transparent_everywhere_is_refused_with_what_to_do(fmt):
    with pytest.raises(BadImage, match="Every pixel of the picture is transparent: save it without"):
        decode(saved(empty_alpha(), fmt, **({"exact": True} if fmt == "WEBP" else {})), "a")


def test_transparency_is_said_and_only_where_there_is_some():
    picture = photo(mode="RGBA")
    assert not notes(saved(picture))
    picture.putpixel((3, 3), (0, 0, 0, 200))
    assert notes(saved(picture)) == "transparent parts shown on white"


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_premultiplied_alpha_of_a_tiff_is_divided_out(depth):
    colours, alpha = np.asarray(photo()).astype(float), 128
    values = np.dstack([np.rint(colours * alpha / 255), np.full((60, 90), alpha)])
    factor = 257 if depth is np.uint16 else 1
    data = tiff((values * factor).astype(depth), {338: 1})
    expected = colours * alpha / 255 + 255 - alpha
    assert np.abs(decode(data, "a").rgb - expected).max() <= 2


def test_an_extra_channel_that_is_no_alpha_is_left_out():
    values = np.dstack([np.asarray(photo()), np.full((60, 90), 9, np.uint8)])
    assert np.array_equal(decode(tiff(values, {338: 0}), "a").rgb, np.asarray(photo()))


def test_a_colour_of_16_bits_declared_transparent_lies_over_white():
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    values = np.full((40, 40, 3), (1000, 20000, 60000), ">u2")
    values[:, 20:] = (513, 40000, 7)
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 40, 16, 2, 0, 0, 0))
    data += (
        chunk(b"tRNS", struct.pack(">HHH", 513, 40000, 7))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    rgb = decode(data, "a").rgb
    assert (rgb[:, 20:] == 255).all() and (rgb[:, :20] == (3, 78, 234)).all()
    assert notes(data) == "transparent parts shown on white"


MODES = ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "LA", "PA", "RGBX", "RGBa", "La")


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_of_a_pil_image_shows_the_picture(mode):
    base = photo(mode="RGB")
    if mode == "LAB":
        from PIL import ImageCms

        profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        picture = ImageCms.profileToProfile(base, *profiles, outputMode="LAB")
    elif mode in ("RGBa", "La"):
        picture = base.convert(mode[:-1] + "A").convert(mode)
    elif mode == "PA":
        picture = base.convert("P").convert("PA")
    else:
        picture = base.convert(mode)
    grey = mode in ("1", "L", "LA", "La")
    expected = np.asarray(base.convert("L").convert("RGB") if grey else base).astype(int)
    tolerance = {"1": 256, "P": 51, "PA": 51, "LAB": 32, "HSV": 6, "YCbCr": 3}.get(mode, 0)
    given = read(picture)
    assert isinstance(given, ImageInput)
    assert np.abs(given.rgb.astype(int) - expected).max() <= tolerance
    assert given.rgb.mean() == pytest.approx(expected.mean(), abs=12)


@pytest.mark.parametrize("mode", ["I;16", "I;16L", "I;16B", "I;16N"])
def test_every_order_of_16_bits_is_read(mode):
    kind = {"I;16B": ">u2", "I;16N": "=u2"}.get(mode, "<u2")
    picture = Image.frombytes("I;16" if mode == "I;16N" else mode, (90, 60), WIDE.astype(kind).tobytes())
    assert np.array_equal(read(picture).rgb[..., 0], GREY)
