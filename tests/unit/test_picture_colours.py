"""Colours as a file declares them: converted to sRGB and said, or said that they are not."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.pictures import photo, saved
from xaicheck.models import samples
from xaicheck.models.images import decode
from xaicheck.models.picture_colours import SAME, printable

# Display P3 by its definition: SMPTE EG 432-1 primaries, D65, the curve of sRGB.
P3_TO_XYZ = np.array([[0.48657095, 0.26566769, 0.19821729],
                      [0.22897456, 0.69173852, 0.07928691],
                      [0.0, 0.04511338, 1.04394437]])  # fmt: skip
SRGB_TO_XYZ = np.array([[0.41239080, 0.35758434, 0.18048079],
                        [0.21263901, 0.71516868, 0.07219232],
                        [0.01933082, 0.11919478, 0.95053215]])  # fmt: skip
D65_TO_D50 = np.array([[1.0479298, 0.0229468, -0.0501922],
                       [0.0296278, 0.9904345, -0.0170738],
                       [-0.0092430, 0.0150552, 0.7518742]])  # fmt: skip


def light(values: np.ndarray) -> np.ndarray:
    v = np.asarray(values) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def level(linear: np.ndarray) -> np.ndarray:
    v = np.clip(linear, 0, 1)
    return np.rint(255 * np.where(v <= 0.0031308, v * 12.92, 1.055 * v ** (1 / 2.4) - 0.055))


def profile(kind: bytes, columns: np.ndarray | None, gamma: float | None, name: str = "Display P3") -> bytes:
    """A version-2 ICC profile of three primaries or of grey, by the letter of ICC.1:2001."""

    def xyz(v: np.ndarray) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(x * 65536)) for x in v)

    curve = b"curv\0\0\0\0"
    if gamma is None:
        points = np.rint(light(np.arange(1024) * 255 / 1023) * 65535).astype(">u2")
        curve += struct.pack(">I", 1024) + points.tobytes()
    else:
        curve += struct.pack(">IH", 1, round(gamma * 256))
    text = name.encode() + b"\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78),
        b"wtpt": xyz(np.array([0.9642, 1.0, 0.8249])),
    }
    if columns is None:
        tags[b"kTRC"] = curve
    else:
        for letter, column in zip((b"r", b"g", b"b"), (D65_TO_D50 @ columns).T, strict=True):
            tags[letter + b"XYZ"] = xyz(column)
            tags[letter + b"TRC"] = curve
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        data += bytes(-len(data) % 4)
        table += tag + struct.pack(">II", at + len(body), len(data))
        body += data
    out = bytearray(bytes(128) + struct.pack(">I", len(tags)) + table + body)
    out[0:4] = struct.pack(">I", len(out))
    out[8:12] = b"\2\x10\0\0"
    out[12:24] = b"mntr" + kind + b"XYZ "
    out[36:40] = b"acsp"
    out[68:80] = xyz(np.array([0.9642, 1.0, 0.8249]))[8:]
    return bytes(out)


P3 = profile(b"RGB ", P3_TO_XYZ, None)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def in_srgb(values: np.ndarray) -> np.ndarray:
    """The closed form of Display P3 to sRGB."""
    return level(light(values) @ (np.linalg.inv(SRGB_TO_XYZ) @ P3_TO_XYZ).T)


@pytest.mark.parametrize("fmt", ["PNG", "TIFF", "WEBP", "JPEG", "AVIF", "HEIF"])
def test_a_profile_is_converted_and_said_in_every_format(fmt):
    options = {"PNG": {}, "TIFF": {}, "WEBP": {"lossless": True}}.get(fmt, {"quality": 100})
    data = saved(photo(), fmt, icc_profile=P3, **options)
    with Image.open(io.BytesIO(data)) as picture:
        given = np.asarray(picture.convert("RGB"))
    result = decode(data, "a")
    assert result.notes == ("colours converted from Display P3 to sRGB",)
    assert np.abs(result.rgb - in_srgb(given)).max() <= 1  # rounding, and the profile's 16-bit numbers
    assert np.abs(given - in_srgb(given)).max() > 40


def test_a_profile_of_srgb_changes_no_pixel_and_is_not_said():
    result = decode(saved(photo(), icc_profile=SRGB), "a")
    assert np.array_equal(result.rgb, np.asarray(photo())) and result.notes == ()
    own = decode(saved(photo(), icc_profile=profile(b"RGB ", SRGB_TO_XYZ, None)), "a")
    assert np.array_equal(own.rgb, np.asarray(photo())) and own.notes == ()
    assert SAME < 3


def test_a_profile_that_differs_by_a_few_levels_is_converted_too():
    """The primaries of sRGB with a plain power: up to 8 levels apart, in the dark."""
    result = decode(saved(photo(), icc_profile=profile(b"RGB ", SRGB_TO_XYZ, 2.2, "Plain")), "a")
    expected = level((np.asarray(photo()) / 255) ** (round(2.2 * 256) / 256))
    assert np.abs(result.rgb - expected).max() <= 1  # rounding, and the profile's 16-bit numbers
    assert 4 <= np.abs(np.asarray(photo()) - expected).max() <= 9
    assert result.notes == ("colours converted from Plain to sRGB",)


def test_a_profile_of_grey_is_converted():
    grey = photo(mode="L")
    result = decode(saved(grey, icc_profile=profile(b"GRAY", None, 1.0, "Linear grey")), "a")
    expected = level(np.asarray(grey) / 255)
    assert np.abs(result.rgb[..., 0] - expected).max() <= 1
    assert result.notes == ("colours converted from Linear grey to sRGB",)
    wide = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    deep = decode(saved(wide, icc_profile=profile(b"GRAY", None, 1.0)), "a")
    assert np.array_equal(deep.rgb, result.rgb)


def test_a_profile_of_colours_on_a_grey_picture_is_used_for_its_curve():
    data = saved(photo(mode="L"), icc_profile=profile(b"RGB ", SRGB_TO_XYZ, 1.0, "Linear"))
    assert np.abs(decode(data, "a").rgb[..., 1] - level(np.asarray(photo(mode="L")) / 255)).max() <= 1


def test_alpha_and_palette_keep_their_places_under_a_profile():
    clear = photo(mode="RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, 45, 60))
    result = decode(saved(clear, icc_profile=P3), "a")
    assert (result.rgb[:, :45] == 255).all()
    assert np.abs(result.rgb[:, 45:] - in_srgb(np.asarray(photo())[:, 45:])).max() <= 1
    assert len(result.notes) == 2
    indexed = photo().quantize(64)
    flat = np.asarray(indexed.convert("RGB"))
    assert np.abs(decode(saved(indexed, icc_profile=P3), "a").rgb - in_srgb(flat)).max() <= 1


@pytest.mark.parametrize(
    "broken",
    [
        b"no profile",
        P3[:200],
        P3[:128] + bytes(300),
        profile(b"GRAY", None, 1.0),
        P3.replace(b"acsp", b"XXXX"),
    ],
    ids=["text", "cut", "empty", "of grey", "no signature"],
)
def test_a_profile_that_cannot_be_used_is_said_and_does_not_cost_the_picture(broken):
    result = decode(saved(photo(), icc_profile=broken), "a")
    assert np.array_equal(result.rgb, np.asarray(photo()))
    assert result.notes == ("its colour profile cannot be used: colours read as sRGB",)


def test_cmyk_without_a_profile_is_said_and_looks_the_same_with_adobes_marker_and_without():
    data = saved(photo(mode="CMYK"), "JPEG", quality=95)
    at = data.find(b"\xff\xee")
    assert at < 0 or b"Adobe" in data[at : at + 20]
    marked = data if at >= 0 else None
    bare = data if at < 0 else data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4]) :]
    results = [decode(d, "a") for d in (bare, marked) if d]
    for result in results:
        assert np.abs(result.rgb.astype(int) - np.asarray(photo())).max() <= 12
        assert result.notes == ("CMYK without a profile: its colours are approximate",)


def test_a_jpeg_of_ycck_keeps_its_colours():
    """Written by hand: luma and chroma of the inks, and Adobe's marker saying so."""
    cmyk = np.asarray(photo(mode="CMYK"))
    ycck = np.dstack([np.asarray(Image.fromarray(cmyk[..., :3]).convert("YCbCr")), 255 - cmyk[..., 3]])
    stored = Image.frombytes(
        "CMYK", (90, 60), (255 - ycck).astype(np.uint8).tobytes()
    )  # Pillow stores inverted
    data = bytearray(saved(stored, "JPEG", quality=98))
    data[data.index(b"Adobe") + 11] = 2
    assert np.abs(decode(bytes(data), "a").rgb.astype(int) - np.asarray(photo())).max() <= 8  # lossy


def test_cmyk_with_a_broken_profile_is_said_once():
    data = saved(photo(mode="CMYK"), "JPEG", quality=95, icc_profile=b"no profile")
    assert decode(data, "a").notes == ("its colour profile cannot be used: colours read as sRGB",)


def test_a_profile_counts_more_than_what_else_a_file_declares():
    data = saved(photo(), icc_profile=P3)
    cicp = chunks((b"cICP", b"\x0c\x0d\0\1"))[33:49]
    assert decode(data[:33] + cicp + data[33:], "a").notes == ("colours converted from Display P3 to sRGB",)


def test_a_profile_of_cmyk_for_a_picture_of_rgb_is_not_used():
    assert (
        "cannot be used"
        in decode(saved(photo(), icc_profile=profile(b"CMYK", P3_TO_XYZ, None)), "a").notes[0]
    )


def chunks(*more: tuple[bytes, bytes]) -> bytes:
    """The picture as a PNG with more chunks behind its head."""
    data = saved(photo())
    extra = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in more
    )
    return data[:33] + extra + data[33:]


def test_the_gamma_of_a_png_is_followed():
    result = decode(chunks((b"gAMA", struct.pack(">I", 100000))), "a")
    expected = np.rint(255 * (np.asarray(photo()) / 255) ** (1 / 2.2))
    assert np.abs(result.rgb - expected).max() <= 1
    assert result.notes == ("converted from gamma 1 to that of sRGB",)


@pytest.mark.parametrize(
    "more", [[(b"gAMA", struct.pack(">I", 45455))], [(b"gAMA", struct.pack(">I", 100000)), (b"sRGB", b"\0")],
             [(b"gAMA", struct.pack(">I", 0))]],
)  # fmt: skip
def test_a_gamma_that_says_nothing_new_changes_nothing(more):
    result = decode(chunks(*more), "a")
    assert np.array_equal(result.rgb, np.asarray(photo())) and result.notes == ()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (chunks((b"cICP", b"\x0c\x0d\0\1")), "P3 colours"),
        (chunks((b"cICP", b"\x09\x10\0\1")), "the wide colours of BT.2020 and HDR brightness (PQ)"),
        (chunks((b"cICP", b"\1\x0d\0\1")), ""),
    ],
)
def test_colours_that_are_not_followed_are_said(data, says):
    expected = (f"colours read as sRGB, though the file declares {says}",) if says else ()
    assert decode(data, "a").notes == expected


@pytest.mark.parametrize("fmt", ["HEIF", "AVIF"])
def test_colours_of_a_phones_format_that_are_not_followed_are_said(fmt):
    data = saved(photo(), fmt, quality=90)
    at = data.index(b"colrnclx") + 8
    hdr = data[:at] + b"\0\x09\0\x12" + data[at + 4 :]
    assert decode(data, "a").notes == ()
    assert decode(hdr, "a").notes == (
        "colours read as sRGB, though the file declares the wide colours of BT.2020 and HDR brightness (HLG)",
    )


def test_the_adobe_colours_of_a_camera_without_a_profile_are_said():
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA005] = {1: "R03", 2: b"0100"}
    data = saved(photo(), "JPEG", exif=exif)
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(0xA005).get(1) == "R03"
    assert decode(data, "a").notes == ("colours read as sRGB, though the file declares Adobe RGB",)


def test_the_samples_are_read_as_their_shipped_numbers_were_computed():
    for key, sample in samples.SAMPLES.items():
        with Image.open(sample.path) as picture:
            assert np.array_equal(samples.load(key).rgb, np.asarray(picture.convert("RGB"))), key
        declares = ("colours read as sRGB, though the file declares Adobe RGB",) if key == "rocket" else ()
        assert samples.load(key).notes == declares


def test_names_of_profiles_are_one_short_line():
    assert printable("a\nb\x00c\u202e " + "x" * 99, 10) == "abc xxxxx…"
