"""PNG: lossless cleaning, bombs that die before decoding."""

import io
import resource
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from arcada.core.errors import Unreadable
from arcada.core.images.png import read_png, read_size
from tests.golden.images.make import adam7, chunk, png, png_of, tiff, with_chunks


def code_of(data: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read_png(data)
    return refusal.value.code


def kinds(data: bytes) -> list[str]:
    place, found = 8, []
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        found.append(data[place + 4 : place + 8].decode())
        place += 12 + length
    return found


def test_a_bomb_of_74_bytes_dies_without_memory():
    bomb = png_of(60000, 60000, bytes(17))
    assert len(bomb) == 74
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert code_of(bomb) == "too_many_pixels"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_a_stream_that_inflates_to_more_than_was_said_stops_at_once():
    bomb = png_of(4, 4, zlib.compress(bytes(300_000_000), 9))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert code_of(bomb) == "lying_counts"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_a_profile_that_inflates_for_ever_is_left_out():
    bomb = with_chunks(png(), chunk(b"iCCP", b"x\x00\x00" + zlib.compress(bytes(50_000_000), 9)))
    image = read_png(bomb)
    assert [line.where for line in image.removed] == ["iCCP"]
    assert "iCCP" not in kinds(image.cleaned)


def test_two_million_pixels_and_one_more_are_told_apart_from_the_header():
    assert read_size(png_of(2000, 1000, b"")) == (2000, 1000)
    assert read_size(png_of(2_000_001, 1, b"")) == (2_000_001, 1)
    assert read_size(png_of(60_000, 60_000, b"")) == (60_000, 60_000)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "LA"])
def test_each_of_the_eight_orientations_is_applied_to_the_pixels(orientation, mode):
    """DE-03."""
    data = with_chunks(png(mode), chunk(b"eXIf", tiff(orientation=orientation, maker=b"Camera")))
    image = read_png(data)
    assert "eXIf" not in kinds(image.cleaned)
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(image.cleaned)) as after:
        shown = ImageOps.exif_transpose(before)
        assert after.size == shown.size == (image.width, image.height)
        assert after.convert("RGBA").tobytes() == shown.convert("RGBA").tobytes()


def test_sixteen_bits_of_colour_are_never_thinned_to_turn_a_picture():
    deep = png_of(2, 1, zlib.compress(b"\x00" + bytes(12)), depth=16, colour=2)
    image = read_png(with_chunks(deep, chunk(b"eXIf", tiff(orientation=6))))
    assert [(finding.code, finding.value) for finding in image.findings] == [("orientation_not_applied", 6)]
    assert image.cleaned[24] == 16


def test_what_colour_and_scale_need_stays_and_the_rest_goes():
    data = with_chunks(
        png("RGBA"),
        chunk(b"gAMA", struct.pack(">I", 50000)),
        chunk(b"cHRM", bytes(32)),
        chunk(b"pHYs", struct.pack(">IIB", 11811, 11811, 1)),
        chunk(b"bKGD", bytes(6)),
        chunk(b"sBIT", bytes(4)),
        chunk(b"hIST", bytes(2)),
    )
    assert kinds(read_png(data).cleaned) == ["IHDR", "gAMA", "cHRM", "pHYs", "IDAT", "IEND"]


def test_a_wrong_checksum_in_a_chunk_that_goes_costs_nothing():
    text = chunk(b"tEXt", b"a\x00b")
    assert read_png(with_chunks(png(), text[:-1] + b"\x00")).cleaned == png()


@pytest.mark.parametrize(
    "body",
    [bytes(2), bytes(7), b"\x01\x00" * 3],
    ids=["gray on colour", "too long", "more than eight bits are cut"],
)
def test_transparency_belongs_to_its_kind_of_picture(body):
    data = with_chunks(png(), chunk(b"tRNS", body))
    if len(body) == 6:
        assert chunk(b"tRNS", bytes(6)) in read_png(data).cleaned
    else:
        assert code_of(data) == "malformed"


def test_a_palette_is_needed_where_the_header_says_so():
    data = png("P")
    place = data.index(b"PLTE") - 4
    (length,) = struct.unpack_from(">I", data, place)
    assert code_of(data[:place] + data[place + 12 + length :]) == "malformed"


def test_picture_chunks_must_follow_each_other():
    data = adam7()
    place = data.index(b"IDAT") - 4
    stream = data[place + 8 : place + 8 + struct.unpack_from(">I", data, place)[0]]
    apart = data[:place] + chunk(b"IDAT", stream[:9]) + chunk(b"tEXt", b"a\x00") + chunk(b"IDAT", stream[9:])
    assert code_of(apart + chunk(b"IEND")) == "malformed"
    together = data[:place] + chunk(b"IDAT", stream[:9]) + chunk(b"IDAT", stream[9:]) + chunk(b"IEND")
    assert read_png(together).cleaned == data


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_file_with_wrong_bytes_is_read_or_refused_and_pillow_opens_what_is_read(data):
    original = data.draw(st.sampled_from([png(), png("P"), png("LA"), adam7()]))
    bytes_ = bytearray(original)
    for place in data.draw(st.lists(st.integers(8, len(bytes_) - 1), min_size=1, max_size=3)):
        bytes_[place] = data.draw(st.integers(0, 255))
    try:
        image = read_png(_with_right_checksums(bytes(bytes_)))
    except Unreadable:
        return
    with Image.open(io.BytesIO(image.cleaned)) as shown:
        shown.load()
        assert shown.size == (image.width, image.height)


def _with_right_checksums(data: bytes) -> bytes:
    """The same chunks with checksums that agree, so that a wrong byte reaches the checks behind them."""
    place, pieces = 8, [data[:8]]
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        if place + 12 + length > len(data):
            break
        pieces.append(chunk(data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    return b"".join(pieces) + data[place:]
