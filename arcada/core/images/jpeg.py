"""Strict JPEG reader: only the segments that the picture needs are written again, its data bit for bit."""

import io
import struct
from dataclasses import dataclass, field

from PIL import Image

from arcada.core.anatomy import FileFormat
from arcada.core.deidentify import Removed
from arcada.core.errors import Unreadable
from arcada.core.findings import Finding, Severity
from arcada.core.images import icc
from arcada.core.images.exif import read_orientation, write_orientation
from arcada.core.images.image import ReadImage, swaps_sides
from arcada.core.images.jpeg_scan import (
    UNSUPPORTED_FRAMES,
    Frame,
    ScanWalker,
    malformed,
    read_frame,
    truncated,
    unsupported,
)

SOI, EOI, SOS, DQT, DHT, DRI, DNL, DAC, COM = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xDC, 0xCC, 0xFE
APP0, APP1, APP2, APP13, APP14, APP15 = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xEF
FRAMES = {0xC0, 0xC1, 0xC2} | set(UNSUPPORTED_FRAMES)
RESTARTS = range(0xD0, 0xD8)
MAX_SEGMENTS = 20_000
CONVERTED_QUALITY = 95


@dataclass(slots=True)
class _Found:
    """What one pass over the segments gathers."""

    picture: list[bytes] = field(default_factory=list)  # every segment and scan that the picture needs
    removed: list[Removed] = field(default_factory=list)
    jfif: bytes | None = None
    adobe: bytes | None = None
    orientation: int | None = None
    profile_parts: dict[int, bytes] = field(default_factory=dict)
    profile_count: int = 0
    profile_bytes: int = 0  # of all its segments
    blurred: bool = False


def read_size(data: bytes) -> tuple[int, int]:
    """Width and height in stored pixels from the header, without decoding anything."""
    place = 2
    for _ in range(MAX_SEGMENTS):
        marker, start, end = segment(data, place)
        if marker in FRAMES:
            frame = read_frame(marker, data[start:end])
            return frame.width, frame.height
        if marker in (SOS, EOI):
            break
        place = end
    raise malformed("no frame")


def read_jpeg(data: bytes | memoryview) -> ReadImage:
    """Read one JPEG strictly; the cleaned file shows exactly the same picture."""
    data = bytes(data)
    if data[:2] != b"\xff\xd8":
        raise Unreadable("This is not a JPEG.", code="not_an_image")
    found, frame = _gather(data)
    orientation = found.orientation or 1
    findings: list[Finding] = []
    if len(frame.components) == 4:
        findings.append(Finding("cmyk_image", Severity.WARNING, value=4, limit=3))
    if found.blurred:
        # The picture is whole but coarse, so a person may still want it.
        findings.append(Finding("truncated", Severity.WARNING))
    colours = len(frame.components) > 1
    cleaned = _write(found, orientation, None)
    profile = _whole_profile(found)
    space = icc.recognise(profile) if profile is not None else None
    if profile is not None and (space is None or (space is icc.ColourSpace.GRAY_GAMMA_22) is colours):
        cleaned = _convert(cleaned, profile, orientation, findings)
    elif space is not None:
        cleaned = _write(found, orientation, icc.own_profile(space))
    if found.profile_bytes and (space is None or profile != icc.own_profile(space)):
        found.removed.append(Removed("ICC profile", "colour profile", found.profile_bytes))
    width, height = (frame.height, frame.width) if swaps_sides(orientation) else (frame.width, frame.height)
    return ReadImage(FileFormat.JPEG, width, height, colours, tuple(findings), tuple(found.removed), cleaned)


def segment(data: bytes, place: int) -> tuple[int, int, int]:
    """Marker, start and end of the payload of the segment at `place`; bare markers have an empty payload."""
    if place >= len(data):
        raise truncated()
    if data[place] != 0xFF:
        raise malformed("between segments")
    while place < len(data) and data[place] == 0xFF:  # fill bytes are allowed before a marker
        place += 1
    if place >= len(data):
        raise truncated()
    marker = data[place]
    start = place + 1
    if marker == EOI:
        return marker, start, start
    if marker < 0xC0 or marker in RESTARTS or marker == SOI:
        raise malformed("second start of image" if marker == SOI else "marker")
    if start + 2 > len(data):
        raise truncated()
    length = int.from_bytes(data[start : start + 2], "big")
    if length < 2:
        raise malformed("segment length")
    if start + length > len(data):
        raise truncated()
    return marker, start + 2, start + length


def _gather(data: bytes) -> tuple[_Found, Frame]:
    found = _Found()
    walker = ScanWalker()
    place, scans = 2, 0
    for _ in range(MAX_SEGMENTS):
        marker, start, end = segment(data, place)
        if marker == EOI:
            walker.check_complete()
            if end < len(data):
                what = "second picture" if data[end : end + 2] == b"\xff\xd8" else "bytes after the picture"
                found.removed.append(Removed("after the end", what, len(data) - end))
            assert walker.frame is not None
            found.blurred = walker.is_blurred()
            return found, walker.frame
        payload = data[start:end]
        keep = True
        if marker in FRAMES:
            walker.set_frame(read_frame(marker, payload))
        elif marker == DQT:
            walker.add_quantisers(payload)
        elif marker == DHT:
            walker.add_codes(payload)
        elif marker == DRI:
            walker.set_restart_interval(payload)
        elif marker == SOS:
            scans += 1
            scan_end = walker.walk(data, payload, end)
            end = _next_marker(data, scan_end)
            found.picture.append(_pack(SOS, payload) + data[start + len(payload) : scan_end])
            if end > scan_end:
                found.removed.append(Removed("picture data", "bytes that belong to no pixel", end - scan_end))
            keep = False
        elif marker == DNL:
            raise unsupported("height after the picture")
        elif marker == DAC:
            raise unsupported("arithmetic")
        elif APP0 <= marker <= APP15 or marker == COM:
            _take_application(found, marker, payload, before_picture=scans == 0)
            keep = False
        else:
            raise malformed("marker")
        if keep:
            found.picture.append(_pack(marker, payload))
        place = end
    raise malformed("too many segments")


def _next_marker(data: bytes, place: int) -> int:
    """Position of the next marker that is no restart, past bytes that no scan needs."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            raise truncated()
        following = data[place + 1]
        if following == 0xFF:
            place += 1
        elif following == 0 or following in RESTARTS:
            place += 2
        else:
            return place


def _take_application(found: _Found, marker: int, payload: bytes, *, before_picture: bool) -> None:
    """Keep what colour and orientation need of an application segment or comment, note the rest as removed."""
    length = len(payload) + 4
    if marker == APP0 and payload[:5] == b"JFIF\x00" and len(payload) >= 14 and before_picture:
        found.jfif = b"JFIF\x00\x01\x01" + _density(payload) + b"\x00\x00"
        if len(payload) > 14:
            found.removed.append(Removed("JFIF", "thumbnail", len(payload) - 14))
        return
    if marker == APP14 and payload[:5] == b"Adobe" and len(payload) >= 12 and before_picture:
        found.adobe = b"Adobe\x00\x64\x00\x00\x00\x00" + payload[11:12]
        if len(payload) > 12:
            found.removed.append(Removed("Adobe segment", "extra bytes", len(payload) - 12))
        return
    if marker == APP1 and payload[:6] in (b"Exif\x00\x00", b"Exif\x00\xff"):
        tiff = payload[6:]
        if found.orientation is None and before_picture:
            found.orientation = read_orientation(tiff)
        if tiff != write_orientation(found.orientation or 1):
            found.removed.append(Removed("EXIF", "camera's data", length))
        return
    if marker == APP2 and payload[:12] == b"ICC_PROFILE\x00" and len(payload) >= 14:
        if before_picture:
            found.profile_parts.setdefault(payload[12], payload[14:])
            found.profile_count = found.profile_count or payload[13]
        found.profile_bytes += length
        return
    where, what = _name_application(marker, payload)
    found.removed.append(Removed(where, what, length))


def _name_application(marker: int, payload: bytes) -> tuple[str, str]:
    if marker == COM:
        return "JPEG comment", "comment"
    if marker == APP1 and payload.startswith(b"http://ns.adobe.com/"):
        return "XMP", "metadata"
    if marker == APP2 and payload[:4] == b"MPF\x00":
        return "MPF", "list of further pictures"
    if marker == APP13:
        return "IPTC", "metadata"
    if marker == APP0 and payload[:5] == b"JFXX\x00":
        return "JFIF", "thumbnail"
    return f"APP{marker - APP0}", "maker's data"


def _density(jfif: bytes) -> bytes:
    """Unit, x and y density: they give a radiograph its scale. Nonsense becomes square pixels."""
    unit, across, down = struct.unpack_from(">BHH", jfif, 7)
    return jfif[7:12] if unit <= 2 and across and down else b"\x00\x00\x01\x00\x01"


def _whole_profile(found: _Found) -> bytes | None:
    """The profile put together from its numbered parts; None where there is none or a part is missing."""
    parts = [found.profile_parts.get(number) for number in range(1, found.profile_count + 1)]
    if not parts or any(part is None for part in parts):
        return None
    return b"".join(part for part in parts if part is not None)


def _pack(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def _write(found: _Found, orientation: int, profile: bytes | None) -> bytes:
    pieces = [b"\xff\xd8"]
    if found.jfif is not None:
        pieces.append(_pack(APP0, found.jfif))
    if orientation != 1:
        pieces.append(_pack(APP1, b"Exif\x00\x00" + write_orientation(orientation)))
    if profile is not None:
        pieces.append(_pack(APP2, b"ICC_PROFILE\x00\x01\x01" + profile))
    if found.adobe is not None:
        pieces.append(_pack(APP14, found.adobe))
    return b"".join([*pieces, *found.picture, b"\xff\xd9"])


def _convert(cleaned: bytes, profile: bytes, orientation: int, findings: list[Finding]) -> bytes:
    """The one case that re-encodes: an unknown profile, whose colours are written in sRGB instead."""
    try:
        with Image.open(io.BytesIO(cleaned), formats=("JPEG",)) as image:
            image.load()
            converted = icc.convert_to_srgb(image, profile)
            out = io.BytesIO()
            converted.save(out, "JPEG", quality=CONVERTED_QUALITY, subsampling=0)
    except Unreadable:
        # A profile that no program can use changes nothing that anybody sees: it just goes.
        findings.append(Finding("icc_unreadable", Severity.NOTE))
        return cleaned
    except (OSError, ValueError, SyntaxError) as error:
        raise malformed("picture data") from error
    findings.append(
        Finding("icc_converted", Severity.WARNING, value=profile[16:20].decode("ascii", "replace").strip())
    )
    found, _ = _gather(out.getvalue())
    return _write(found, orientation, None)


def strip_jpeg(data: bytes) -> bytes:
    """The JPEG of a PDF page without metadata: there neither orientation nor profile count."""
    if data[:2] != b"\xff\xd8":
        raise Unreadable("This is not a JPEG.", code="not_an_image")
    found, _ = _gather(data)
    return _write(found, 1, None)
