"""Strict PNG reader: only the chunks that the picture needs are written again, the pixel stream bit for bit."""

import io
import struct
import zlib
from dataclasses import dataclass, field

from PIL import Image

from arcada.core.anatomy import FileFormat
from arcada.core.deidentify import Removed
from arcada.core.errors import Unreadable
from arcada.core.findings import Finding, Severity
from arcada.core.images import icc
from arcada.core.images.exif import read_orientation
from arcada.core.images.image import ReadImage, refuse_too_many_pixels, swaps_sides
from arcada.core.images.png_pixels import GRAY, RGB, Header, checked_stream, malformed, read_header, truncated

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 200_000
MAX_PROFILE_BYTES = 4_000_000
WRITTEN_PIECE = 1 << 20

# What a chunk that goes may have carried, in the receipt's words.
NAMES = {
    b"tEXt": "text",
    b"zTXt": "text",
    b"iTXt": "text",
    b"eXIf": "camera's data",
    b"tIME": "time of change",
    b"iCCP": "colour profile",
    b"cICP": "colour space",
}


@dataclass(slots=True)
class _Found:
    """What one pass over the chunks gathers."""

    header: Header
    stream: list[bytes] = field(default_factory=list)
    palette: bytes | None = None
    kept: dict[bytes, bytes] = field(default_factory=dict)  # tRNS, pHYs, sRGB, gAMA, cHRM
    profile: bytes | None = None
    profile_bytes: int = 0  # of its chunk
    orientation: int = 1
    removed: list[Removed] = field(default_factory=list)


def read_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels from the first 33 bytes, without decoding anything."""
    header = _first_chunk(data)
    return header.width, header.height


def read_png(data: bytes | memoryview) -> ReadImage:
    """Read one PNG strictly; the cleaned file shows exactly the same picture."""
    data = bytes(data)
    found = _gather(data)
    header = found.header
    findings: list[Finding] = []
    stream, spare = checked_stream(header, found.stream)
    if spare:
        found.removed.append(Removed("IDAT", "bytes that belong to no pixel", spare))
    cleaned = _write(found, stream, None)
    space = icc.recognise(found.profile) if found.profile is not None else None
    if found.profile is not None and (
        space is None or (space is icc.ColourSpace.GRAY_GAMMA_22) is header.is_colour
    ):
        cleaned = _convert(cleaned, found, findings)
    elif space is not None:
        cleaned = _write(found, stream, space)
    if found.profile_bytes and (space is None or found.profile != icc.own_profile(space)):
        found.removed.append(Removed("iCCP", "colour profile", found.profile_bytes))
    width, height = header.width, header.height
    if found.orientation != 1:
        turned = _turn(cleaned, header, found.orientation)
        if turned is None:
            findings.append(Finding("orientation_not_applied", Severity.WARNING, value=found.orientation))
        else:
            cleaned = turned
            if swaps_sides(found.orientation):
                width, height = height, width
    return ReadImage(
        FileFormat.PNG, width, height, header.is_colour, tuple(findings), tuple(found.removed), cleaned
    )


def _first_chunk(data: bytes) -> Header:
    if data[:8] != SIGNATURE:
        raise Unreadable("This is not a PNG.", code="not_an_image")
    if len(data) < 33:
        raise truncated()
    length, kind = struct.unpack_from(">I4s", data, 8)
    if length != 13 or kind != b"IHDR":
        raise malformed("IHDR")
    if zlib.crc32(data[12:29]) != int.from_bytes(data[29:33], "big"):
        raise malformed("checksum of IHDR")
    return read_header(data[16:29])


def _gather(data: bytes) -> _Found:
    found = _Found(_first_chunk(data))
    refuse_too_many_pixels(found.header.width, found.header.height)
    place, picture_over = 33, False
    for _ in range(MAX_CHUNKS):
        if place + 12 > len(data):
            raise truncated()
        length, kind = struct.unpack_from(">I4s", data, place)
        end = place + 12 + length
        if length > 0x7FFFFFFF or not kind.isalpha():
            raise malformed("chunk")
        if end > len(data):
            raise truncated()
        body = data[place + 8 : end - 4]
        sound = zlib.crc32(data[place + 4 : end - 4]) == int.from_bytes(data[end - 4 : end], "big")
        place = end
        if kind[0] < 0x60 and not sound:  # an upper-case first letter marks what the picture can't do without
            raise malformed(f"checksum of {kind.decode()}")
        if kind == b"IEND":
            if body or not found.stream:
                raise malformed("IEND") if body else truncated()
            if end < len(data):
                found.removed.append(Removed("after the end", "bytes after the picture", len(data) - end))
            if found.header.is_palette and found.palette is None:
                raise malformed("PLTE")
            return found
        if kind == b"IDAT":
            if picture_over:
                raise malformed("IDAT")
            found.stream.append(body)
            continue
        picture_over = bool(found.stream)
        if kind == b"PLTE":
            _take_palette(found, body)
        elif kind[0] < 0x60:
            raise malformed("chunk")
        elif kind in (b"acTL", b"fcTL", b"fdAT"):
            raise Unreadable("An animated PNG is not a photograph.", code="animated")
        elif not _take_colour(found, kind, body if sound else None):
            if kind == b"eXIf" and sound:
                found.orientation = read_orientation(body)
            found.removed.append(Removed(kind.decode(), NAMES.get(kind, "extra data"), length))
    raise malformed("too many chunks")


def _take_palette(found: _Found, body: bytes) -> None:
    entries, rest = divmod(len(body), 3)
    header = found.header
    most = 1 << header.depth if header.is_palette else 256
    if rest or not 1 <= entries <= most or found.palette is not None or found.stream or not header.is_colour:
        raise malformed("PLTE")
    if header.is_palette:
        found.palette = body
    else:
        found.palette = b""
        found.removed.append(Removed("PLTE", "suggested palette", len(body)))


def _take_colour(found: _Found, kind: bytes, body: bytes | None) -> bool:
    """Take what colour, transparency and scale need; False for a chunk that goes."""
    header = found.header
    lengths = {b"pHYs": 9, b"sRGB": 1, b"gAMA": 4, b"cHRM": 32}
    if kind == b"iCCP" and body is not None and not found.stream and found.profile is None:
        found.profile = _inflate_profile(body)
        found.profile_bytes = len(body)
        return True
    if kind == b"tRNS":
        transparent = _transparency(header, found.palette, body)
        if transparent is None or found.stream or kind in found.kept:
            raise malformed("tRNS")
        found.kept[kind] = transparent
        return True
    if kind not in lengths or found.stream or kind in found.kept:
        return False
    if body is None or len(body) != lengths[kind]:
        return False
    if (kind == b"pHYs" and body[8] > 1) or (kind == b"gAMA" and body == bytes(4)):
        return False
    found.kept[kind] = body
    return True


def _transparency(header: Header, palette: bytes | None, body: bytes | None) -> bytes | None:
    """The tRNS body with unused high bits cleared; None where it does not belong to this kind of picture."""
    if body is None:
        return None
    if header.is_palette:
        return body if palette is not None and 1 <= len(body) <= len(palette) // 3 else None
    count = {GRAY: 1, RGB: 3}.get(header.colour_type)
    if count is None or len(body) != 2 * count:
        return None
    return struct.pack(
        f">{count}H", *(value & ((1 << header.depth) - 1) for value in struct.unpack(f">{count}H", body))
    )


def _inflate_profile(body: bytes) -> bytes | None:
    name_end = body.find(b"\x00", 0, 80)
    if name_end < 0 or body[name_end + 1 : name_end + 2] != b"\x00":
        return None
    inflater = zlib.decompressobj()
    try:
        profile = inflater.decompress(body[name_end + 2 :], MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if inflater.eof else None


def pack_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _write(found: _Found, stream: bytes, space: icc.ColourSpace | None) -> bytes:
    """The file of known chunks in one fixed order; a recognised profile is written in our own bytes."""
    pieces = [SIGNATURE, pack_chunk(b"IHDR", found.header.packed())]
    own = icc.own_profile(space) if space is not None else None
    if own is not None:
        pieces.append(pack_chunk(b"iCCP", b"ICC\x00\x00" + zlib.compress(own, 9)))
    elif space is icc.ColourSpace.SRGB or b"sRGB" in found.kept:
        pieces.append(pack_chunk(b"sRGB", b"\x00"))
    else:
        pieces.extend(pack_chunk(kind, found.kept[kind]) for kind in (b"gAMA", b"cHRM") if kind in found.kept)
    if b"pHYs" in found.kept:
        pieces.append(pack_chunk(b"pHYs", found.kept[b"pHYs"]))
    if found.palette:
        pieces.append(pack_chunk(b"PLTE", found.palette))
    if b"tRNS" in found.kept:
        pieces.append(pack_chunk(b"tRNS", found.kept[b"tRNS"]))
    for start in range(0, len(stream), WRITTEN_PIECE):
        pieces.append(pack_chunk(b"IDAT", stream[start : start + WRITTEN_PIECE]))
    return b"".join([*pieces, pack_chunk(b"IEND", b"")])


def _convert(cleaned: bytes, found: _Found, findings: list[Finding]) -> bytes:
    """The one case that re-encodes: an unknown profile, whose colours are written in sRGB instead."""
    assert found.profile is not None
    try:
        with Image.open(io.BytesIO(cleaned), formats=("PNG",)) as image:
            picture = image.convert("RGBA") if "transparency" in image.info else image
            converted = icc.convert_to_srgb(picture, found.profile)
    except Unreadable:
        # A profile that no program can use changes nothing that anybody sees: it just goes.
        findings.append(Finding("icc_unreadable", Severity.NOTE))
        return cleaned
    except (OSError, ValueError, SyntaxError) as error:
        raise malformed("picture data") from error
    findings.append(
        Finding(
            "icc_converted", Severity.WARNING, value=found.profile[16:20].decode("ascii", "replace").strip()
        )
    )
    return _saved(converted, found.kept.get(b"pHYs"))


def _turn(cleaned: bytes, header: Header, orientation: int) -> bytes | None:
    """The same pixels in the order that the orientation tag shows; None where Pillow would lose depth."""
    if header.depth == 16 and header.colour_type != 0:
        return None
    steps = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    found = _gather(cleaned)
    with Image.open(io.BytesIO(cleaned), formats=("PNG",)) as image:
        turned = image.transpose(steps[orientation])
        transparency = image.info.get("transparency")
    saved = _saved(turned, None, transparency)
    kept = {kind: body for kind, body in found.kept.items() if kind != b"tRNS"}
    again = _gather(saved)
    again.kept |= kept
    space = icc.recognise(found.profile) if found.profile is not None else None
    return _write(again, b"".join(again.stream), space)


def _saved(image: Image.Image, density: bytes | None, transparency: object = None) -> bytes:
    out = io.BytesIO()
    if transparency is None:
        image.save(out, "PNG")
    else:
        image.save(out, "PNG", transparency=transparency)
    again = _gather(out.getvalue())
    if density is not None:
        again.kept[b"pHYs"] = density
    return _write(again, b"".join(again.stream), icc.ColourSpace.SRGB if transparency is None else None)
