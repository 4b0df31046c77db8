"""Makes the golden images: tiny, synthetic, one ugliness each; what is expected of each stands beside it.

Run it to write the files again: `python -m tests.golden.images.make`.
"""

import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms

CANARY = b"Erika Mustermann"
HTML = b"<html><script>alert(document.cookie)</script></html>"
ZIP = b"PK\x03\x04\x14\x00\x00\x00\x00\x00" + CANARY + b"PK\x05\x06" + bytes(18)


def picture(mode: str = "RGB", size: tuple[int, int] = (24, 16)) -> Image.Image:
    """A small picture in which every pixel tells its place."""
    across = Image.linear_gradient("L").rotate(90).resize(size)
    down = Image.linear_gradient("L").resize(size)
    diagonal = Image.radial_gradient("L").resize(size)
    return Image.merge("RGB", (across, down, diagonal)).convert(mode)


def jpeg(mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    picture(mode).save(out, "JPEG", quality=90, **options)
    return out.getvalue()


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def with_segments(data: bytes, *segments: bytes) -> bytes:
    """The segments right after the start of the image."""
    return data[:2] + b"".join(segments) + data[2:]


def tiff(*, orientation: int = 1, maker: bytes = b"") -> bytes:
    """An EXIF block with an orientation and, on demand, a text in the Make tag."""
    text = maker + b"\x00"
    entries = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    if maker:
        entries = struct.pack(">HHII", 0x010F, 2, len(text), 38) + entries
    return (
        b"MM\x00*" + struct.pack(">IH", 8, len(entries) // 12) + entries + bytes(4) + (text if maker else b"")
    )


def exif(**wanted: Any) -> bytes:
    return segment(0xE1, b"Exif\x00\x00" + tiff(**wanted))


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    picture(mode).save(out, "PNG", **options)
    return out.getvalue()


def with_chunks(data: bytes, *chunks: bytes) -> bytes:
    """The chunks right after the header chunk."""
    return data[:33] + b"".join(chunks) + data[33:]


def png_of(width: int, height: int, stream: bytes, *, depth: int = 8, colour: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", stream) + chunk(b"IEND")


def adam7() -> bytes:
    """8 × 8 gray, interlaced: seven passes of unfiltered rows."""
    rows = b""
    for column, row, across, down in (
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ):  # fmt: skip
        for y in range(row, 8, down):
            rows += b"\x00" + bytes(8 * y + x for x in range(column, 8, across))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND")
    )


def profile_of(*, gamma: float = 2.2, swapped: bool = False) -> bytes:
    """A simple display profile: sRGB's own, or one with another order of primaries that no standard has."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    if swapped:
        at_red, at_green = data.index(b"rXYZ"), data.index(b"gXYZ")
        data[at_red : at_red + 4], data[at_green : at_green + 4] = b"gXYZ", b"rXYZ"
    data[24:36] = bytes(12)  # the date of its making
    return bytes(data)


def icc(profile: bytes) -> bytes:
    return segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + profile)


def frame_at(data: bytes) -> int:
    return data.index(b"\xff\xc0")


def scan_at(data: bytes) -> int:
    """Where the entropy-coded data begins."""
    place = data.index(b"\xff\xda")
    return place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")


def patched(data: bytes, place: int, new: bytes) -> bytes:
    return data[:place] + new + data[place + len(new) :]


def accepted(
    *removed: tuple[str, str],
    findings: list[str] | None = None,
    size: tuple[int, int] = (24, 16),
    colour: bool = True,
) -> dict[str, Any]:
    return {
        "accepted": True,
        "width": size[0],
        "height": size[1],
        "is_colour": colour,
        "findings": findings or [],
        "removed": [list(line) for line in removed],
    }


def refused(code: str) -> dict[str, Any]:
    return {"accepted": False, "code": code}


def golden() -> dict[str, tuple[bytes, dict[str, Any]]]:
    """Name → the file and what is expected of it."""
    plain, baseline = jpeg(), frame_at(jpeg())
    start = scan_at(plain)
    raw = zlib.compress(bytes([0, *range(4)]) * 4)
    still = png()
    camera = ("EXIF", "camera's data")
    after = ("after the end", "bytes after the picture")
    moving = chunk(b"acTL", struct.pack(">II", 2, 0))
    return {
        "gray.jpg": (jpeg("L"), accepted(colour=False)),
        "progressive.jpg": (jpeg(progressive=True), accepted()),
        "restart_markers.jpg": (jpeg(restart_marker_blocks=1), accepted()),
        "cmyk_for_print.jpg": (jpeg("CMYK"), accepted(findings=["cmyk_image"])),
        "shown_turned.jpg": (with_segments(plain, exif(orientation=6)), accepted(size=(16, 24))),
        "name_in_exif.jpg": (with_segments(plain, exif(maker=CANARY)), accepted(camera)),
        "name_in_xmp_iptc_and_comment.jpg": (
            with_segments(
                plain,
                segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + CANARY),
                segment(0xED, b"Photoshop 3.0\x00" + CANARY),
                segment(0xFE, CANARY),
                segment(0xEA, CANARY),
            ),
            accepted(
                ("XMP", "metadata"),
                ("IPTC", "metadata"),
                ("JPEG comment", "comment"),
                ("APP10", "maker's data"),
            ),
        ),
        "thumbnail_in_jfif.jpg": (
            b"\xff\xd8"
            + segment(0xE0, b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x02\x02" + CANARY[:12])
            + plain[20:],
            accepted(("JFIF", "thumbnail")),
        ),
        "html_in_comment.jpg": (
            with_segments(plain, segment(0xFE, HTML)),
            accepted(("JPEG comment", "comment")),
        ),
        "zip_after_the_end.jpg": (plain + ZIP, accepted(after)),
        "second_picture_after_the_end.jpg": (plain + plain, accepted(("after the end", "second picture"))),
        "script_between_picture_and_end.jpg": (
            plain[:-2] + HTML + plain[-2:],
            accepted(("picture data", "bytes that belong to no pixel")),
        ),
        "srgb_profile.jpg": (
            with_segments(plain, icc(profile_of())),
            accepted(("ICC profile", "colour profile")),
        ),
        "unknown_profile.jpg": (
            with_segments(plain, icc(profile_of(swapped=True))),
            accepted(("ICC profile", "colour profile"), findings=["icc_converted"]),
        ),
        "broken_profile.jpg": (
            with_segments(plain, icc(b"nothing")),
            accepted(("ICC profile", "colour profile"), findings=["icc_unreadable"]),
        ),
        "cut_in_the_picture.jpg": (plain[: start + 40], refused("truncated")),
        "half_a_picture_with_end_mark.jpg": (plain[: start + 40] + b"\xff\xd9", refused("truncated")),
        "no_end_mark.jpg": (plain[:-2], refused("truncated")),
        "segment_longer_than_the_file.jpg": (
            plain[:2] + b"\xff\xe1\xff\xff" + plain[2:],
            refused("truncated"),
        ),
        "segment_of_length_one.jpg": (plain[:2] + b"\xff\xe1\x00\x01" + plain[2:], refused("malformed")),
        "start_within_the_header.jpg": (with_segments(plain, b"\xff\xd8"), refused("malformed")),
        "two_frames.jpg": (
            plain[:baseline] + plain[baseline : baseline + 19] + plain[baseline:],
            refused("malformed"),
        ),
        "arithmetic_coding.jpg": (patched(plain, baseline + 1, b"\xc9"), refused("unsupported_jpeg")),
        "twelve_bits.jpg": (patched(plain, baseline + 4, b"\x0c"), refused("unsupported_jpeg")),
        "lossless.jpg": (patched(plain, baseline + 1, b"\xc3"), refused("unsupported_jpeg")),
        "height_after_the_picture.jpg": (
            patched(plain, baseline + 5, b"\x00\x00"),
            refused("unsupported_jpeg"),
        ),
        "65500_by_65500.jpg": (patched(plain, baseline + 5, b"\xff\xdc\xff\xdc"), refused("too_many_pixels")),
        "says_it_is_larger.jpg": (patched(plain, baseline + 5, b"\x04\x00\x04\x00"), refused("truncated")),
        "gray_16_bit.png": (
            png_of(2, 2, zlib.compress(b"\x00\x01\x02\x03\x04" * 2), depth=16),
            accepted(size=(2, 2), colour=False),
        ),
        "palette_transparent.png": (
            png("P", transparency=3),
            accepted(),
        ),
        "interlaced.png": (adam7(), accepted(size=(8, 8), colour=False)),
        "name_in_text.png": (
            with_chunks(
                still,
                chunk(b"tEXt", b"Author\x00" + CANARY),
                chunk(b"zTXt", b"Author\x00\x00" + zlib.compress(CANARY)),
                chunk(b"iTXt", b"Author\x00\x00\x00\x00\x00" + CANARY),
                chunk(b"tIME", b"\x07\xe9\x01\x01\x00\x00\x00"),
                chunk(b"prVt", CANARY),
            ),
            accepted(
                ("tEXt", "text"),
                ("zTXt", "text"),
                ("iTXt", "text"),
                ("tIME", "time of change"),
                ("prVt", "extra data"),
            ),
        ),
        "shown_turned.png": (
            with_chunks(still, chunk(b"eXIf", tiff(orientation=6))),
            accepted(("eXIf", "camera's data"), size=(16, 24)),
        ),
        "script_in_text.png": (
            with_chunks(still, chunk(b"tEXt", b"x\x00" + HTML)),
            accepted(("tEXt", "text")),
        ),
        "zip_after_the_end.png": (still + ZIP, accepted(after)),
        "script_after_the_pixels.png": (
            png_of(4, 4, raw + HTML),
            accepted(("IDAT", "bytes that belong to no pixel"), size=(4, 4), colour=False),
        ),
        "srgb_profile.png": (
            with_chunks(still, chunk(b"iCCP", CANARY + b"\x00\x00" + zlib.compress(profile_of()))),
            accepted(("iCCP", "colour profile")),
        ),
        "unknown_profile.png": (
            with_chunks(still, chunk(b"iCCP", b"x\x00\x00" + zlib.compress(profile_of(swapped=True)))),
            accepted(("iCCP", "colour profile"), findings=["icc_converted"]),
        ),
        "60000_by_60000_in_74_bytes.png": (png_of(60000, 60000, bytes(17)), refused("too_many_pixels")),
        "more_pixels_than_said.png": (png_of(4, 4, zlib.compress(bytes(1_000_000))), refused("lying_counts")),
        "fewer_pixels_than_said.png": (png_of(4, 9, raw), refused("truncated")),
        "cut_short.png": (still[:-20], refused("truncated")),
        "animated.png": (with_chunks(still, moving), refused("animated")),
        "wrong_checksum.png": (patched(still, 30, b"\x00"), refused("malformed")),
        "wrong_checksum_of_the_pixels.png": (patched(still, len(still) - 13, b"\x00"), refused("malformed")),
        "unknown_critical_chunk.png": (with_chunks(still, chunk(b"EVIL", CANARY)), refused("malformed")),
        "filter_that_does_not_exist.png": (
            png_of(1, 2, zlib.compress(b"\x00\x01\x07\x01")),
            refused("malformed"),
        ),
        "depth_that_does_not_exist.png": (png_of(4, 4, raw, depth=3), refused("malformed")),
        "svg_named.png": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', refused("not_an_image")),
    }


if __name__ == "__main__":
    folder = Path(__file__).parent
    for name, (data, expected) in golden().items():
        (folder / name).write_bytes(data)
        (folder / f"{name}.json").write_text(json.dumps(expected, indent=1) + "\n")
