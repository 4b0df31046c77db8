"""Posters, views and the smaller file that is offered: as shown, in sRGB, without metadata."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from arcada.core.anatomy import FileFormat
from arcada.core.errors import Unreadable
from arcada.core.images.decode import decode
from arcada.core.images.downscale import downscale
from arcada.core.images.icc import ColourSpace, own_profile, recognise
from arcada.core.images.read import read_image
from arcada.core.images.smaller import smaller_size
from arcada.core.images.thumbnail import make_views
from tests.golden.images.make import (
    chunk,
    exif,
    icc,
    jpeg,
    png,
    png_of,
    profile_of,
    tiff,
    with_chunks,
    with_segments,
)


def large(width: int, height: int, form: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, form, **options)
    return out.getvalue()


def test_the_poster_and_the_view_have_their_longest_sides():
    views = make_views(read_image(large(3000, 1200)).cleaned)
    sizes = {name: Image.open(io.BytesIO(view)).size for name, view in views.items()}
    assert sizes == {"poster.webp": (512, 205), "view.webp": (2048, 819)}


def test_a_turned_photograph_has_an_upright_poster():
    views = make_views(read_image(with_segments(large(1000, 500), exif(orientation=6))).cleaned)
    with Image.open(io.BytesIO(views["poster.webp"])) as poster:
        assert poster.size == (256, 512)
        # The gradient runs from dark on top to bright below; turned to the right it is bright on the left.
        assert poster.getpixel((10, 256))[0] > 200 > 50 > poster.getpixel((245, 256))[0]


def test_a_radiograph_of_16_bits_keeps_its_brightness_in_the_view():
    stream = b"".join(b"\x00" + struct.pack(">8H", *(8192 * x for x in range(8))) for _ in range(8))
    cleaned = read_image(png_of(8, 8, zlib.compress(stream), depth=16)).cleaned
    assert [decode(cleaned).getpixel((x, 0)) for x in range(8)] == [32 * x for x in range(8)]


def test_gamma_is_honoured_where_nothing_better_is_known():
    stream = zlib.compress(b"\x00\x80")
    linear = with_chunks(png_of(1, 1, stream), chunk(b"gAMA", struct.pack(">I", 100_000)))
    assert decode(read_image(linear).cleaned).getpixel((0, 0)) == pytest.approx(186, abs=1)
    usual = with_chunks(png_of(1, 1, stream), chunk(b"gAMA", struct.pack(">I", 45_455)))
    assert decode(read_image(usual).cleaned).getpixel((0, 0)) == 128


@pytest.mark.parametrize("limit", [1, 2, 7, 1000, 99_999, 2_000_000])
@pytest.mark.parametrize("size", [(3000, 1200), (1201, 3001), (4000, 2)])
def test_the_smaller_size_uses_the_limit_and_never_passes_it(size, limit):
    width, height = smaller_size(*size, limit)
    assert 1 <= width * height <= max(limit, 1)
    if limit >= 99_999 and size[0] * size[1] > limit:
        assert width * height > 0.99 * limit
        assert width / height == pytest.approx(size[0] / size[1], rel=0.01)


@pytest.mark.parametrize(("form", "kept"), [("JPEG", FileFormat.JPEG), ("PNG", FileFormat.PNG)])
def test_the_offered_file_has_the_same_format_and_fewer_pixels(form, kept):
    offered = read_image(downscale(large(1800, 1200, form), 2_000_000))
    assert (offered.format, offered.removed, offered.findings) == (kept, (), ())
    assert 1_980_000 < offered.width * offered.height <= 2_000_000


def test_the_offered_file_of_a_turned_photograph_is_upright_and_says_nothing_else():
    offered = read_image(
        downscale(with_segments(large(1000, 500), exif(orientation=8, maker=b"Camera")), 10_000)
    )
    assert (offered.width, offered.height) == (70, 141)
    assert b"Exif" not in offered.cleaned


def test_an_image_that_is_small_enough_is_not_touched():
    assert downscale(jpeg(), 24 * 16) == jpeg()


def test_a_palette_with_transparency_survives_the_reduction():
    with Image.open(io.BytesIO(downscale(png("P", transparency=3), 100))) as image:
        assert image.mode == "RGBA"


def test_only_unreadable_leaves_the_decoder():
    with pytest.raises(Unreadable):
        decode(b"\xff\xd8\xff\xd9")


@pytest.mark.parametrize("space", [ColourSpace.ADOBE_RGB, ColourSpace.DISPLAY_P3, ColourSpace.GRAY_GAMMA_22])
def test_our_own_profiles_are_recognised_and_littlecms_can_use_them(space):
    profile = own_profile(space)
    assert recognise(profile) is space
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    assert ImageCms.getProfileDescription(opened).strip() == space.value


def test_display_p3_stays_in_the_file_and_becomes_srgb_in_the_view():
    p3 = own_profile(ColourSpace.DISPLAY_P3)
    out = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 100, 50)).save(out, "PNG", icc_profile=p3)
    image = read_image(out.getvalue())
    with Image.open(io.BytesIO(image.cleaned)) as kept:
        assert kept.info["icc_profile"] == p3
        assert kept.getpixel((0, 0)) == (200, 100, 50)
    red, green, blue = decode(image.cleaned).getpixel((0, 0))
    assert (red, green, blue) == pytest.approx((214, 97, 33), abs=4)


def test_srgb_by_its_curves_needs_no_profile():
    assert recognise(profile_of()) is ColourSpace.SRGB
    assert own_profile(ColourSpace.SRGB) is None
    assert read_image(with_segments(jpeg(), icc(profile_of()))).cleaned == jpeg()


@pytest.mark.parametrize("cut", range(0, 600, 7))
def test_a_damaged_profile_is_never_taken_for_a_standard_one(cut):
    profile = own_profile(ColourSpace.ADOBE_RGB)
    if cut < len(profile):
        assert recognise(profile[:cut]) is None


def test_an_unknown_profile_is_converted_and_the_turn_stays():
    data = with_segments(jpeg(), exif(orientation=6), icc(profile_of(swapped=True)))
    image = read_image(data)
    assert (image.width, image.height) == (16, 24)
    with Image.open(io.BytesIO(image.cleaned)) as shown:
        assert dict(shown.getexif()) == {0x0112: 6}
        assert "icc_profile" not in shown.info


def test_a_turned_png_keeps_its_colour_space():
    p3 = own_profile(ColourSpace.DISPLAY_P3)
    data = with_chunks(png(icc_profile=p3), chunk(b"eXIf", tiff(orientation=3)))
    with Image.open(io.BytesIO(read_image(data).cleaned)) as turned:
        assert turned.info["icc_profile"] == p3
