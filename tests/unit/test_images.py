"""Every file an upload can be either decodes properly or gives one clear sentence."""

import hashlib
import io
import struct
import threading
import tracemalloc
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageOps

from tests.pictures import photo, saved
from xaicheck.errors import BadImage
from xaicheck.models import images, picture_files
from xaicheck.models.images import decode, display_name, from_picture, model_view
from xaicheck.types import ImageInput

# Pillow tells the log what is wrong with a broken file; the user is told by BadImage.
pytestmark = pytest.mark.filterwarnings(r"ignore:::PIL(\..*)?")


def empty_png(width: int, height: int) -> bytes:
    """A PNG of zeros whose pixels are never held in memory: what a decompression bomb is."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def refusal(data: bytes) -> str:
    with pytest.raises(BadImage) as caught:
        decode(data, "picture.png")
    text = str(caught.value)
    # One sentence: it ends once, says what to do after a colon, and shows nothing of Python's.
    assert text.endswith(".") and text.count(". ") == 0 and ": " in text and "\n" not in text
    assert "Error" not in text and "0x" not in text and "PIL" not in text
    return text


def near(rgb: np.ndarray, expected: np.ndarray | Image.Image, tolerance: float) -> bool:
    expected = np.asarray(expected)
    return rgb.shape == expected.shape and np.abs(rgb.astype(float) - expected).max() <= tolerance


def test_a_png_comes_back_pixel_by_pixel():
    result = decode(saved(photo()), "cat.png")
    assert near(result.rgb, photo(), 0)
    assert result.rgb.dtype == np.uint8 and result.name == "cat.png"


def test_the_digest_is_of_the_bytes_as_given():
    data = saved(photo())
    assert decode(data, "a.png").sha256 == hashlib.sha256(data).hexdigest()
    assert decode(data, "a.png").sha256 != decode(saved(photo(), compress_level=0), "a.png").sha256


def test_decoded_pixels_cannot_be_changed_by_a_neighbour():
    with pytest.raises(ValueError, match="read-only"):
        decode(saved(photo()), "a.png").rgb[0, 0] = 0


@pytest.mark.parametrize("fmt", ["JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_the_usual_formats_decode(fmt):
    assert near(decode(saved(photo(), fmt), "a").rgb, photo(), 60)  # JPEG, WebP and GIF lose something


def test_an_empty_file_is_refused():
    assert "empty" in refusal(b"")


def test_a_file_of_more_than_ten_megabytes_is_refused_and_one_of_ten_is_read():
    data = saved(photo())
    assert near(decode(data + bytes(images.MAX_BYTES - len(data)), "a").rgb, photo(), 0)
    assert "10 MB" in refusal(data + bytes(images.MAX_BYTES - len(data) + 1))


@pytest.mark.parametrize(
    "data",
    [
        b"hello",
        b"\x00" * 5000,
        b"<!doctype html><html><body><script>alert(1)</script></body></html>",
        b"PK\x03\x04" + bytes(200),
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"RIFF\x00\x00\x00\x00WEBP",
    ],
    ids=[
        "text",
        "zeros",
        "html",
        "zip",
        "png-head",
        "jpeg-head",
        "gif-head",
        "webp-head",
    ],
)
def test_what_is_not_a_picture_is_refused_whatever_its_name(data):
    assert all(kind in refusal(data) for kind in ("JPEG", "PNG", "WebP"))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("fmt", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_a_truncated_picture_is_refused(fmt, share):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (80, 90, 3), dtype=np.uint8))
    data = saved(noise, fmt)
    refusal(data[: int(len(data) * share)])


def test_a_picture_with_a_wrong_checksum_is_refused():
    data = bytearray(saved(photo()))
    data[len(data) // 2] ^= 0xFF
    assert "damaged" in refusal(bytes(data))


@pytest.mark.parametrize("fmt", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_damaged_bytes_anywhere_never_raise_anything_else(fmt):
    options = {"exif": orientation(6)} if fmt in ("JPEG", "PNG", "WEBP", "TIFF") else {}
    whole, draw = saved(photo(), fmt, **options), np.random.default_rng(5)
    outcomes = set()
    for _ in range(150):
        data = bytearray(whole)
        for place in draw.integers(0, len(data), 6):
            data[place] = draw.integers(256)
        try:
            outcomes.add(decode(bytes(data), "a").rgb.dtype.name)
        except BadImage:
            outcomes.add("refused")
    assert "refused" in outcomes and outcomes <= {"uint8", "refused"}


@pytest.mark.parametrize(("side", "says"), [(9000, "9000 × 9000"), (12000, "million"), (20000, "million")])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(side, says):
    data = empty_png(side, side)
    assert len(data) < 100_000
    tracemalloc.start()
    try:
        assert says in refusal(data)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_small_rgb_file_that_decodes_to_243_megabytes_is_refused(monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    head = empty_png(9000, 9000)[:33]  # the header alone decides
    with pytest.raises(BadImage, match="9000 × 9000"):
        decode(head + empty_png(1, 1)[33:], "bomb.png")


@pytest.mark.parametrize("size", [(1, 20000), (20000, 1), (15, 15), (15, 100), (1000, 49)])
def test_a_picture_too_thin_to_look_at_is_refused(size):
    assert f"{size[0]} × {size[1]}" in refusal(empty_png(*size))


@pytest.mark.parametrize("size", [(16, 16), (16, 320), (320, 16)])
def test_the_thinnest_pictures_allowed_decode(size):
    assert decode(empty_png(*size), "a").rgb.shape == (size[1], size[0], 3)


def test_cmyk_keeps_its_colours():
    result = decode(saved(photo(mode="CMYK"), "JPEG", quality=95), "print.jpg")
    assert near(result.rgb, photo(), 12)


@pytest.mark.parametrize("fmt", ["PNG", "TIFF"])
def test_sixteen_bit_grey_looks_like_its_eight_bit_copy_and_not_white(fmt):
    grey = np.asarray(photo(mode="L"))
    wide = Image.fromarray(grey.astype(np.uint16) * 257)
    result = decode(saved(wide, fmt), "scan")
    assert near(result.rgb, np.stack([grey] * 3, -1), 0)


def test_a_dark_sixteen_bit_picture_stays_dark():
    dark = Image.fromarray(np.full((40, 40), 3000, np.uint16))
    assert decode(saved(dark), "a").rgb.max() == 11


def test_a_grey_declared_transparent_in_sixteen_bits_becomes_white():
    values = np.full((40, 40), 1000, np.uint16)
    values[:20] = 513
    result = decode(saved(Image.fromarray(values), transparency=513), "a")
    assert (result.rgb[:20] == 255).all() and (result.rgb[20:] == 3).all()


@pytest.mark.parametrize("kind", [np.int32, np.float32])
def test_grey_in_32_bits_is_stretched_to_its_own_range(kind):
    ramp = np.linspace(-7000, 90000, 60 * 90).reshape(60, 90).astype(kind)
    rgb = decode(saved(Image.fromarray(ramp), "TIFF"), "a.tif").rgb
    assert rgb.min() == 0 and rgb.max() == 255
    assert near(rgb[..., 0], (ramp - ramp.min()) / (ramp.max() - ramp.min()) * 255, 1)


def test_a_float_picture_without_one_finite_pixel_is_refused_and_a_hole_is_not():
    values = np.full((40, 40), np.nan, np.float32)
    refusal(saved(Image.fromarray(values), "TIFF"))
    values[:] = np.linspace(0, 1, 40)
    values[3, 4], values[5, 6] = np.nan, np.inf
    rgb = decode(saved(Image.fromarray(values), "TIFF"), "a").rgb
    assert rgb[3, 4, 0] == 0 and rgb[5, 6, 0] == 255


def test_transparent_parts_lie_over_white():
    picture = photo(mode="RGBA")
    alpha = np.zeros((60, 90), np.uint8)
    alpha[:, 30:60], alpha[:, 60:] = 128, 255
    picture.putalpha(Image.fromarray(alpha))
    rgb, solid = decode(saved(picture), "a").rgb, np.asarray(photo()).astype(float)
    assert (rgb[:, :30] == 255).all()
    assert near(rgb[:, 30:60], solid[:, 30:60] * 128 / 255 + 127, 1)
    assert near(rgb[:, 60:], solid[:, 60:], 0)


def test_grey_with_alpha_lies_over_white():
    picture = Image.merge("LA", [Image.new("L", (40, 40), 50), Image.new("L", (40, 40), 0)])
    picture.paste((50, 255), (0, 0, 20, 40))
    rgb = decode(saved(picture), "a").rgb
    assert (rgb[:, :20] == 50).all() and (rgb[:, 20:] == 255).all()


def test_a_large_transparent_picture_shrinks_without_a_dark_rim():
    values = np.zeros((1600, 1600, 4), np.uint8)  # black and transparent ...
    values[:, 801:] = (200, 100, 50, 255)  # ... beside a solid colour, edge inside a pixel of the result
    rgb = decode(saved(Image.fromarray(values)), "a").rgb
    assert rgb.shape == (1024, 1024, 3)
    assert (rgb[..., 2] >= 45).all()


@pytest.mark.parametrize("transparency", [0, b"\x00"])
def test_a_palette_with_transparency_lies_over_white(transparency):
    picture = Image.new("P", (40, 40), 1)
    picture.putpalette([0, 0, 0, 200, 10, 20])
    picture.paste(0, (0, 0, 20, 40))
    rgb = decode(saved(picture, transparency=transparency), "a").rgb
    assert (rgb[:, :20] == 255).all() and (rgb[:, 20:] == (200, 10, 20)).all()


def test_one_colour_declared_transparent_lies_over_white():
    picture = Image.new("RGB", (40, 40), (1, 2, 3))
    picture.paste((9, 9, 9), (0, 0, 20, 40))
    rgb = decode(saved(picture, transparency=(1, 2, 3)), "a").rgb
    assert (rgb[:, 20:] == 255).all() and (rgb[:, :20] == 9).all()


def test_one_bit_pictures_are_black_and_white():
    bits = np.random.default_rng(1).random((40, 50)) > 0.5
    assert near(decode(saved(Image.fromarray(bits)), "a").rgb, np.stack([bits * 255] * 3, -1), 0)


@pytest.mark.parametrize("fmt", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_an_animation_the_first_frame_is_taken(fmt):
    first, second = Image.new("RGB", (40, 40), (250, 0, 0)), Image.new("RGB", (40, 40), (0, 0, 250))
    data = saved(first, fmt, save_all=True, append_images=[second, first])
    assert decode(data, "a").rgb[..., 0].min() > 240


def orientation(value: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


@pytest.mark.parametrize("value", range(10))
@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP"])
def test_every_exif_orientation_is_turned_upright(fmt, value):
    data = saved(photo(), fmt, exif=orientation(value))
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    assert near(decode(data, "a").rgb, expected, 0)
    assert decode(data, "a").rgb.shape[:2] == ((90, 60) if value in (5, 6, 7, 8) else (60, 90))


@pytest.mark.parametrize("exif", [b"II*\x00\xff\xff\xff\xff garbage", b"no exif at all", b"II"])
def test_broken_exif_does_not_cost_the_picture(exif):
    data = saved(photo(), exif=b"Exif\x00\x00" + exif)
    assert near(decode(data, "a").rgb, photo(), 0)


@pytest.mark.parametrize("size", [(3000, 1500), (1500, 3000), (1025, 400)])
def test_the_longer_side_is_at_most_1024_and_the_shape_stays(size):
    rgb = decode(saved(photo(*size), "JPEG"), "a").rgb
    assert max(rgb.shape) == 1024
    assert rgb.shape[1] / rgb.shape[0] == pytest.approx(size[0] / size[1], rel=0.003)
    assert rgb[2, 2].tolist() == pytest.approx([0, 0, 60], abs=12)


def test_a_picture_within_the_limit_is_not_resampled():
    assert near(decode(saved(photo(1024, 300)), "a").rgb, photo(1024, 300), 0)


def test_a_48_megapixel_jpeg_is_decoded():
    rgb = decode(saved(Image.new("RGB", (8000, 6000), (10, 200, 30)), "JPEG"), "phone.jpg").rgb
    assert rgb.shape == (768, 1024, 3) and near(rgb[5, 5], np.array([10, 200, 30]), 3)


@pytest.mark.parametrize(("side", "allowed"), [(5000, True), (5001, False)])
def test_the_limit_for_other_formats_is_25_megapixels(side, allowed):
    if allowed:
        assert decode(empty_png(side, side), "a").rgb.shape == (1024, 1024, 3)
    else:
        assert "25 million" in refusal(empty_png(side, side))


def test_a_jpeg_with_hundreds_of_scans_is_refused():
    data = saved(photo(), "JPEG", progressive=True)
    start = data.rindex(b"\xff\xda")
    assert data.count(b"\xff\xda") > 1 and near(decode(data, "a").rgb, photo(), 30)
    refusal(data[:-2] + data[start:-2] * 200 + data[-2:])


def test_a_picture_of_several_frames_in_one_jpeg_is_read():
    data = saved(photo(), "MPO", save_all=True, append_images=[photo(mode="L").convert("RGB")], quality=95)
    assert near(decode(data, "phone.jpg").rgb, photo(), 20)


def test_pillow_is_left_as_it_was():
    decode(saved(photo()), "a")  # the first picture of all registers the formats
    before = Image.MAX_IMAGE_PIXELS, dict(Image.OPEN), list(Image.ID)
    decode(saved(photo()), "a")
    refusal(b"hello")
    assert (Image.MAX_IMAGE_PIXELS, dict(Image.OPEN), list(Image.ID)) == before


def test_no_more_than_two_pictures_are_decoded_at_once(monkeypatch):
    running, most, lock, real = [], [], threading.Lock(), picture_files.opened
    both = threading.Barrier(2)

    def slow(data: bytes) -> Image.Image:
        with lock:
            running.append(1)
            most.append(len(running))
        try:
            both.wait(20)  # passes only if two are in here together
            return real(data)
        finally:
            with lock:
                running.pop()

    monkeypatch.setattr(picture_files, "opened", slow)
    threads = [threading.Thread(target=decode, args=(saved(photo()), "a")) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert max(most) == 2 and len(most) == 6


def test_a_refused_picture_gives_its_place_back():
    for _ in range(5):
        refusal(b"hello")
    assert near(decode(saved(photo()), "a").rgb, photo(), 0)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("cat.png", "cat.png"),
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\me\\cat.png", "cat.png"),
        ("![a](http://x.y/z.png)", "z.png)"),
        ("<b onclick=alert(1)>cat.png", "<b onclick=alert(1)>cat.png"),
        ("a\x00b\x1b[31m\r\nc.png", "ab[31mc.png"),
        ("cat\u202egnp.exe", "catgnp.exe"),
        ("a\u2028b\ud800.png", "ab.png"),
        ("Kätzchen 猫.png", "Kätzchen 猫.png"),
        ("", "picture"),
        ("..", "picture"),
        ("photos/", "picture"),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "…"),
    ],
)
def test_the_name_shown_has_no_path_no_control_characters_and_at_most_40_letters(given, shown):
    assert display_name(given) == shown
    assert decode(saved(photo()), given).name == shown


def test_a_picture_from_memory_is_an_input_too():
    first = from_picture(photo(mode="RGBA"), "me.png")
    assert near(first.rgb, photo(), 0) and first.name == "me.png"
    assert first.sha256 == from_picture(photo()).sha256 != from_picture(photo(91)).sha256
    with pytest.raises(BadImage, match="1 × 300"):
        from_picture(Image.new("RGB", (1, 300)))


def test_a_picture_from_memory_stays_as_it_was():
    picture = photo(2000, 1000)
    assert from_picture(picture).rgb.shape == (512, 1024, 3)
    assert picture.size == (2000, 1000)


# What the network sees.


def spec(resize: int = 256, size: int = 224, interpolation: str = "bilinear") -> SimpleNamespace:
    return SimpleNamespace(resize=resize, size=size, interpolation=interpolation)


def noisy(width: int, height: int) -> Image.Image:
    values = np.random.default_rng(width * 7919 + height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize(
    "resized", [(256, 224), (224, 224), (232, 224), (255, 224), (300, 280), (200, 224), (97, 224)]
)
@pytest.mark.parametrize(
    "size",
    [
        (451, 300),
        (300, 451),
        (256, 256),
        (224, 224),
        (64, 64),
        (1024, 52),
        (52, 1024),
        (333, 334),
        (257, 640),
    ],
)
def test_the_view_has_the_pixels_of_torchvisions_transforms(size, resized, interpolation):
    transforms = pytest.importorskip("torchvision.transforms")
    picture = noisy(*size)
    mode = transforms.InterpolationMode(interpolation)
    theirs = transforms.Compose(
        [transforms.Resize(resized[0], mode, antialias=True), transforms.CenterCrop(resized[1])]
    )(picture)
    ours = model_view(picture, spec(*resized, interpolation))
    assert ours.dtype == np.uint8 and ours.shape == (resized[1], resized[1], 3)
    assert np.array_equal(ours, np.asarray(theirs))


def test_the_view_is_the_same_from_a_picture_an_array_and_an_input():
    picture = noisy(300, 200)
    rgb = np.asarray(picture)
    views = [model_view(p, spec()) for p in (picture, rgb, ImageInput("0", "a", rgb))]
    assert np.array_equal(views[0], views[1]) and np.array_equal(views[0], views[2])


def test_the_view_of_a_transparent_picture_lies_over_white():
    assert (model_view(Image.new("RGBA", (50, 50), (0, 0, 0, 128)), spec()) == 127).all()
    assert (model_view(Image.new("L", (50, 50), 7), spec()) == 7).all()


def test_the_view_of_a_pil_image_is_the_one_that_is_explained():
    """Turned by its tag, stretched to its range: as the picture is read from its file."""
    data = saved(Image.fromarray(np.asarray(photo(mode="L")).astype(np.uint16) * 16), exif=orientation(6))
    opened = Image.open(io.BytesIO(data))
    assert np.array_equal(model_view(opened, spec()), model_view(decode(data, "a"), spec()))


def test_the_view_may_be_changed_without_changing_the_picture():
    source = decode(saved(photo(224, 224)), "a")
    view = model_view(source, spec(224, 224))
    view[:] = 0
    assert source.rgb.max() > 0
