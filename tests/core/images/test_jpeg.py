"""JPEG: lossless cleaning, strict reading, the one tag that stays."""

import io
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from arcada.core.errors import Unreadable
from arcada.core.images.exif import read_orientation, write_orientation
from arcada.core.images.image import MAX_PIXELS
from arcada.core.images.jpeg import read_jpeg, read_size
from tests.golden.images.make import exif, frame_at, jpeg, patched, picture, scan_at, segment, with_segments


def code_of(data: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read_jpeg(data)
    return refusal.value.code


def noise(width: int, height: int, mode: str = "RGB", **options: object) -> bytes:
    random.seed(width * 1000 + height)
    channels = {"RGB": 3, "L": 1, "CMYK": 4}[mode]
    image = Image.frombytes(mode, (width, height), random.randbytes(width * height * channels))
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_of_the_eight_orientations_is_shown_as_before(orientation):
    """DE-03."""
    data = with_segments(jpeg(), exif(orientation=orientation, maker=b"Camera"))
    image = read_jpeg(data)
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(image.cleaned)) as after:
        shown = ImageOps.exif_transpose(after)
        assert shown.tobytes() == ImageOps.exif_transpose(before).tobytes()
        assert shown.size == (image.width, image.height)
        assert dict(after.getexif()) == ({0x0112: orientation} if orientation > 1 else {})


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("restart", [0, 1, 3])
def test_noise_of_awkward_sizes_is_followed_to_its_last_bit(progressive, subsampling, restart):
    for width, height in ((1, 1), (7, 9), (8, 8), (17, 33), (64, 5)):
        data = noise(
            width,
            height,
            progressive=progressive,
            subsampling=subsampling,
            quality=95,
            restart_marker_blocks=restart,
        )
        image = read_jpeg(data)
        assert image.cleaned == data
        assert image.removed == ()


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_one_and_four_channels_are_followed_too(mode):
    for progressive in (False, True):
        data = noise(19, 11, mode, progressive=progressive)
        assert scan_data(read_jpeg(data).cleaned) == scan_data(data)


def scan_data(data: bytes) -> bytes:
    return data[data.index(b"\xff\xda") :]


@pytest.mark.parametrize("progressive", [False, True])
def test_no_truncation_of_the_picture_data_hides_behind_an_end_mark(progressive):
    data = noise(16, 16, quality=100, progressive=progressive)  # every block is full to its last coefficient
    for end in range(scan_at(data), len(data) - 2):
        cut = data[:end].rstrip(b"\xff") + b"\xff\xd9"
        try:
            image = read_jpeg(cut)
        except Unreadable as refusal:
            assert refusal.code in ("truncated", "malformed")
        else:
            assert progressive
            assert [finding.code for finding in image.findings] == ["truncated"]


def test_density_stays_because_a_radiograph_takes_its_scale_from_it():
    with Image.open(io.BytesIO(read_jpeg(jpeg(dpi=(300, 300))).cleaned)) as image:
        assert image.info["dpi"] == (300, 300)


def test_two_million_pixels_and_one_more_are_told_apart_from_the_header():
    data = jpeg()
    frame = frame_at(data)
    for width, height in ((2000, 1000), (2001, 1000), (1, 65535), (65500, 65500)):
        assert read_size(patched(data, frame + 5, struct.pack(">HH", height, width))) == (width, height)


def test_the_size_is_refused_before_the_picture_is_looked_at():
    header_only = jpeg()[: frame_at(jpeg()) + 19]
    large = patched(header_only, frame_at(header_only) + 5, struct.pack(">HH", 8_001, 8_000))
    assert code_of(large) == "too_many_pixels"
    assert 8_001 * 8_000 > MAX_PIXELS >= 8_000 * 8_000


def test_too_many_scans_are_refused_before_they_take_time():
    data = noise(16, 16, progressive=True)
    refining = data[data.rindex(b"\xff\xda") : -2]
    assert code_of(data[:-2] + refining * 100 + b"\xff\xd9") == "malformed"


def test_a_code_that_no_decoder_allows_is_refused_even_where_no_pixel_uses_it():
    data = jpeg()
    place = data.index(b"\xff\xc4\x00\x1f\x00") + 4 + 1 + 16 + 11
    assert code_of(patched(data, place, b"\x10")) == "malformed"


def test_a_channel_without_its_quantisation_table_is_refused():
    data = jpeg("L")
    assert code_of(patched(data, frame_at(data) + 12, b"\x01")) == "malformed"


def test_colours_of_a_file_without_jfif_stay_what_they_were():
    rgb = io.BytesIO()
    picture().save(rgb, "JPEG", keep_rgb=True)
    image = read_jpeg(rgb.getvalue())
    with Image.open(rgb) as before, Image.open(io.BytesIO(image.cleaned)) as after:
        assert before.tobytes() == after.tobytes()


def test_a_profile_in_several_segments_is_put_together():
    profile = Image.open(io.BytesIO(jpeg()))
    parts = [segment(0xE2, b"ICC_PROFILE\x00" + bytes([n, 2]) + b"x") for n in (2, 1)]
    profile.close()
    image = read_jpeg(with_segments(jpeg(), *parts))
    assert [finding.code for finding in image.findings] == ["icc_unreadable"]
    assert [(line.where, line.length) for line in image.removed] == [("ICC profile", 38)]


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_orientation_is_found_in_either_byte_order(order):
    mark = b"II*\x00" if order == "<" else b"MM\x00*"
    block = mark + struct.pack(order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, 5, 0, 0)
    assert read_orientation(block) == 5


@given(st.binary(max_size=80))
def test_any_bytes_in_place_of_exif_are_survived(tail):
    assert 1 <= read_orientation(b"MM\x00*" + tail) <= 8
    assert read_orientation(write_orientation(7)) == 7


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_file_with_wrong_bytes_is_read_or_refused_and_pillow_agrees_on_its_size(data):
    bytes_ = bytearray(data.draw(st.sampled_from([jpeg(), jpeg(progressive=True), jpeg("CMYK")])))
    for place in data.draw(st.lists(st.integers(2, len(bytes_) - 1), min_size=1, max_size=4)):
        bytes_[place] = data.draw(st.integers(0, 255))
    try:
        image = read_jpeg(bytes(bytes_))
    except Unreadable:
        return
    with Image.open(io.BytesIO(image.cleaned)) as shown:
        shown.load()
        assert ImageOps.exif_transpose(shown).size == (image.width, image.height)
