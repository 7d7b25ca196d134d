"""Which files are read, which picture of several, which way up, and what those that are refused hear."""

import io
import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps, features

from tests.pictures import photo, saved, tiff
from xaicheck.errors import BadImage
from xaicheck.models import images, picture_files
from xaicheck.models.images import decode

# Pillow tells the log what is wrong with a broken file; the user is told by BadImage.
pytestmark = pytest.mark.filterwarnings(r"ignore:::PIL(\..*)?")
pillow_heif = pytest.importorskip("pillow_heif")

SMOOTH = {"AVIF": {"quality": 95}, "HEIF": {"quality": 95}, "JPEG2000": {}, "WEBP": {"lossless": True}}


def orientation(value: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif.tobytes()


def far(data: bytes, expected: Image.Image | np.ndarray) -> float:
    """The greatest difference in grey levels; the shapes must agree."""
    rgb, wanted = decode(data, "a").rgb.astype(int), np.asarray(expected).astype(int)
    assert rgb.shape == wanted.shape
    return float(np.abs(rgb - wanted).max())


@pytest.mark.parametrize("fmt", SMOOTH)
def test_the_formats_of_phones_and_scanners_are_read(fmt):
    assert far(saved(photo(), fmt, **SMOOTH[fmt]), photo()) <= 12  # lossy
    assert decode(saved(photo(), fmt, **SMOOTH[fmt]), "a").notes == ()


def test_a_heic_of_ten_bits_is_read_in_eight():
    wide = np.asarray(photo()).astype(np.uint16) * 257
    out = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", (90, 60), wide.tobytes()).save(out, quality=95)
    assert pillow_heif.open_heif(io.BytesIO(out.getvalue())).info["bit_depth"] == 10
    assert far(out.getvalue(), photo()) <= 12  # lossy


@pytest.mark.parametrize("name", ["photo.jfif", "photo.heic", "photo.txt", "photo"])
def test_the_content_decides_and_not_the_name(name):
    assert (
        np.abs(decode(saved(photo(), "JPEG", quality=95), name).rgb.astype(int) - np.asarray(photo())).max()
        <= 12
    )


@pytest.mark.parametrize("value", range(1, 9))
@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_every_orientation_is_applied_once_in_every_format(fmt, value):
    """AVIF and HEIC turn by boxes of their own, which Pillow's writers make of the EXIF tag."""
    stored = photo()
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(saved(stored, "PNG", exif=orientation(value)))))
    options = SMOOTH.get(fmt, {}) | ({"quality": 95} if fmt == "JPEG" else {})
    assert far(saved(stored, fmt, exif=orientation(value), **options), upright) <= 12


def test_the_exif_of_a_heic_does_not_turn_it_a_second_time():
    data = saved(photo(), "HEIF", exif=orientation(6), quality=95)
    assert b"irot" in data and decode(data, "a").rgb.shape[:2] == (90, 60)
    unturned = data.replace(
        b"irot", b"free"
    )  # the EXIF tag alone: the standard says that it is not to be used
    assert decode(unturned, "a").rgb.shape[:2] == (60, 90)


def test_a_second_exif_block_changes_nothing():
    data = saved(photo(), "JPEG", exif=orientation(6), quality=95)
    length = int.from_bytes(data[data.index(b"\xff\xe1") + 2 :][:2]) + 2
    start = data.index(b"\xff\xe1")
    twice = data[: start + length] + data[start : start + length] + data[start + length :]
    assert np.array_equal(decode(twice, "a").rgb, decode(data, "a").rgb)


def test_what_looks_like_a_scan_outside_the_picture_does_not_count():
    data = saved(photo(), "JPEG", quality=95, comment=b"\xff\xda" * 300)
    trailer = data + b"\xff\xda" * 5000  # a phone's film behind its picture
    assert picture_files.scans(data) == picture_files.scans(trailer) == 1
    assert far(trailer, photo()) <= 12
    progressive = saved(photo(), "JPEG", progressive=True)
    assert picture_files.scans(progressive) == progressive.count(b"\xff\xda") > 5


OF_THREE = dict.fromkeys(("GIF", "PNG", "WEBP", "TIFF", "AVIF"), "the first of 3 pictures in the file")
OF_THREE["HEIF"] = "the main one of 3 pictures in the file"


@pytest.mark.parametrize("fmt", OF_THREE)
def test_of_several_pictures_it_is_said_which_was_taken(fmt):
    others = [Image.new("RGB", (90, 60), colour) for colour in ("blue", "red")]
    options = {} if fmt == "GIF" else SMOOTH.get(fmt, {})
    result = decode(saved(photo(), fmt, save_all=True, append_images=others, **options), "a")
    assert result.notes == (OF_THREE[fmt],)
    assert np.abs(result.rgb.astype(int) - np.asarray(photo())).mean() < 12


def test_what_a_phone_adds_to_its_jpeg_is_not_another_picture():
    data = saved(photo(), "MPO", save_all=True, append_images=[photo(45, 30)], quality=95)
    assert Image.open(io.BytesIO(data)).n_frames == 2
    assert far(data, photo()) <= 12 and decode(data, "a").notes == ()


def test_the_main_picture_of_a_heic_need_not_be_the_first():
    blue = Image.new("RGB", (90, 60), "blue")
    data = saved(blue, "HEIF", save_all=True, append_images=[photo()], primary_index=1, quality=95)
    assert far(data, photo()) <= 12


def test_a_damaged_later_page_does_not_cost_the_first():
    data = bytearray(saved(photo(), "TIFF", save_all=True, append_images=[photo()]))
    data[-60:] = b"\xff" * 60
    assert far(bytes(data), photo()) == 0


def test_the_tags_of_a_damaged_later_page_are_not_those_of_the_first():
    grey = np.asarray(photo(mode="L"))
    data = bytearray(tiff(grey.astype(np.uint16) * 257, {262: 0}))
    end = data.index(
        b"\0\0\0\0", 8 + grey.size * 2 + 2 + 12 * 10
    )  # of the first directory: where the next one is
    data[end : end + 4] = len(data).to_bytes(4, "little")
    data += b"\2\0" + b"\xff" * 12
    assert np.array_equal(decode(bytes(data), "a").rgb[..., 0], 255 - grey)


def box(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + bytes(100)


FOREIGN = {
    "svg": (
        b'<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
        "SVG",
        "PNG",
    ),
    "bare svg": (b'  <svg width="9"/>', "SVG", "PNG"),
    "pdf": (b"%PDF-1.7\n1 0 obj\n", "PDF", "PNG"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 90 60\nshowpage\n", "PostScript", "PNG"),
    "photoshop": (b"8BPS\0\1" + bytes(50), "Photoshop", "PNG"),
    "jpeg xl": (b"\xff\x0a" + bytes(50), "JPEG XL", "PNG"),
    "jpeg xl in a box": (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(50), "JPEG XL", "PNG"),
    "dicom": (bytes(128) + b"DICM" + bytes(50), "DICOM", "TIFF"),
    "numpy": (b"\x93NUMPY\1\0" + bytes(50), "NumPy", "array"),
    "fits": (b"SIMPLE  =    T" + bytes(50), "scientific", "PNG"),
    "canon raw": (b"II*\0\x10\0\0\0CR\2\0" + bytes(50), "raw", "JPEG"),
    "new canon raw": (box(b"crx "), "raw", "JPEG"),
    "fujifilm raw": (b"FUJIFILMCCD-RAW 0201" + bytes(50), "raw", "JPEG"),
    "broken heic": (box(b"heic"), "HEIC", "JPEG"),
    "broken avif": (box(b"avif"), "AVIF", "PNG"),
    "film": (box(b"isom"), "film", "take one picture"),
    "64-bit tiff": (tiff(np.zeros((40, 40)), {}), "TIFF", "8 bits"),
    "float colours": (tiff(np.zeros((40, 40, 3), np.float32), {}), "TIFF", "PNG"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_cannot_be_read_is_named_with_what_to_do(what):
    data, name, do = FOREIGN[what]
    with pytest.raises(BadImage) as caught:
        decode(data, "a.jpg")
    text = str(caught.value)
    assert (
        text.startswith("This file is ") and name in text and do in text and text.endswith(" and try again.")
    )


@pytest.mark.parametrize("tags", [{254: 1}, {50706: 1}])
def test_the_preview_of_a_cameras_raw_file_is_not_taken_for_the_picture(tags):
    with pytest.raises(BadImage, match="small preview, as a camera’s raw files do: export"):
        decode(tiff(np.asarray(photo()), tags), "a.nef")


def test_without_the_plugin_a_heic_is_named_and_the_rest_is_read(monkeypatch):
    heic = saved(photo(), "HEIF")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    picture_files.formats.cache_clear()
    try:
        assert far(saved(photo()), photo()) == 0
        with pytest.raises(BadImage, match="a HEIC picture that cannot be read here: export it as JPEG"):
            decode(heic, "a.heic")
    finally:
        monkeypatch.undo()
        picture_files.formats.cache_clear()
    assert decode(heic, "a.heic")


def test_this_installation_reads_avif():
    assert features.check("avif") and "AVIF" in picture_files.formats() and "HEIF" in picture_files.formats()


def seeds() -> dict[str, bytes]:
    """A small file of every format, with the metadata that decoding looks at."""
    icc = {"icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()}
    exif = {"exif": orientation(6)}
    clear = photo(mode="RGBA")
    clear.putpixel((0, 0), (0, 0, 0, 9))
    wide = Image.fromarray(np.asarray(photo(mode="L")).astype(np.uint16) * 16)

    def pages(fmt: str) -> bytes:
        return saved(photo(), fmt, save_all=True, append_images=[photo()])

    return {
        "JPEG": saved(photo(), "JPEG", **exif, **icc),
        "JPEG CMYK": saved(photo(mode="CMYK"), "JPEG"),
        "JPEG progressive": saved(photo(), "JPEG", progressive=True),
        "MPO": pages("MPO"),
        "PNG": saved(clear, "PNG", **exif, **icc),
        "PNG 16 bit": saved(wide),
        "PNG palette": saved(photo(mode="P"), transparency=3),
        "APNG": pages("PNG"),
        "WEBP": saved(clear, "WEBP", **exif, **icc),
        "WEBP animated": pages("WEBP"),
        "GIF": pages("GIF"),
        "BMP": saved(photo(), "BMP"),
        "TIFF": saved(photo(), "TIFF", **exif, **icc),
        "TIFF packed": saved(photo(), "TIFF", compression="tiff_lzw"),
        "TIFF pages": pages("TIFF"),
        "TIFF float": tiff(np.asarray(photo(mode="F")), {42113: b"-9999\0"}),
        "TIFF signed": tiff(np.asarray(photo(mode="L")).astype(np.int16), {}),
        "JPEG2000": saved(photo(), "JPEG2000"),
        "AVIF": saved(clear, "AVIF", **exif, **icc),
        "HEIF": saved(clear, "HEIF", **exif, **icc),
    }


SEEDS = seeds()


@pytest.mark.parametrize("what", SEEDS)
def test_damaged_files_give_a_picture_or_one_sentence(what):
    """Bytes changed, cut out, doubled and cut off, mostly near the head, where the structure is."""
    whole, draw = SEEDS[what], np.random.default_rng(list(what.encode()))
    refused = 0
    for round_ in range(60):
        data = bytearray(whole)
        reach = len(data) if round_ % 2 else min(len(data), 400)
        for place in draw.integers(0, reach, 1 + round_ % 5):
            data[place] = draw.integers(256)
        start, length = int(draw.integers(0, reach)), int(draw.integers(1, 40))
        if round_ % 4 == 1:
            del data[start : start + length]
        elif round_ % 4 == 3:
            data[start:start] = data[start : start + length]
        elif round_ % 8 == 6:
            del data[start + length :]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                result = decode(bytes(data), "a")
            except BadImage as error:
                text = str(error)
                assert text.endswith(".") and text.count(". ") == 0 and ": " in text and "\n" not in text
                refused += 1
            else:
                assert result.rgb.dtype == np.uint8 and result.rgb.ndim == 3 and max(result.rgb.shape) <= 1024
                assert all(note and note == note.strip() and "\n" not in note for note in result.notes)
    assert refused > 0


def test_a_pipe_and_a_device_are_refused_before_they_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    for path in (tmp_path / "pipe.png", Path("/dev/zero")):
        with pytest.raises(BadImage, match=f"{path}: it is no plain file; give the path of a JPEG"):
            images.read(path)
