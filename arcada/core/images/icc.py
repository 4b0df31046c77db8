"""Colour profiles: the four standard ones are recognised by what they do, and written in own fixed bytes."""

import io
import struct
from collections.abc import Callable
from enum import StrEnum

from PIL import Image, ImageCms

from arcada.core.errors import Unreadable

MAX_TAGS = 100
SAMPLES = 33
# One step of an 8-bit channel is 1/255; a curve or a primary that differs by less shows the same picture.
CURVE_TOLERANCE = 0.004
PRIMARY_TOLERANCE = 0.002

Curve = Callable[[float], float]


class ColourSpace(StrEnum):
    """What a profile means. SRGB needs no profile: a file without one is shown as sRGB."""

    SRGB = "sRGB"
    ADOBE_RGB = "Adobe RGB (1998)"
    DISPLAY_P3 = "Display P3"
    GRAY_GAMMA_22 = "Gray gamma 2.2"


# Red, green and blue in XYZ, adapted to D50 as every ICC profile stores them.
PRIMARIES = {
    ColourSpace.SRGB: (0.43607, 0.22249, 0.01392, 0.38515, 0.71687, 0.09708, 0.14307, 0.06061, 0.71410),
    ColourSpace.ADOBE_RGB: (0.60974, 0.31111, 0.01947, 0.20528, 0.62567, 0.06087, 0.14919, 0.06322, 0.74457),
    ColourSpace.DISPLAY_P3: (
        0.51512,
        0.24120,
        -0.00105,
        0.29198,
        0.69225,
        0.04189,
        0.15710,
        0.06657,
        0.78407,
    ),
}
D50 = (0.96420, 1.0, 0.82491)
GAMMA_22 = 563 / 256


def _srgb_curve(x: float) -> float:
    return float(x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4)


def _gamma_22_curve(x: float) -> float:
    return float(x**GAMMA_22)


def recognise(profile: bytes) -> ColourSpace | None:
    """The standard space that this profile describes, or None for any other."""
    try:
        return _recognise(profile)
    except (KeyError, IndexError, struct.error, ValueError, TypeError, ArithmeticError):
        return None


def _recognise(profile: bytes) -> ColourSpace | None:
    tags = _tags(profile)
    kind = profile[16:20]
    # Lookup tables overrule primaries and curves, so a profile that has them is none of the simple ones.
    if tags is None or profile[20:24] != b"XYZ " or any(name[:3] in (b"A2B", b"D2B") for name in tags):
        return None
    if kind == b"GRAY":
        return _recognise_gray(_curve(tags[b"kTRC"]))
    if kind != b"RGB ":
        return None
    primaries = [value for name in (b"rXYZ", b"gXYZ", b"bXYZ") for value in _xyz(tags[name])]
    curves = [_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC")]
    for space, wanted in PRIMARIES.items():
        curve = _gamma_22_curve if space is ColourSpace.ADOBE_RGB else _srgb_curve
        near = all(abs(a - b) < PRIMARY_TOLERANCE for a, b in zip(primaries, wanted, strict=True))
        if near and all(_same_curve(found, curve) for found in curves):
            return space
    return None


def _recognise_gray(curve: Curve) -> ColourSpace | None:
    # The sRGB curve on one channel is how an untagged gray file is shown anyway.
    if _same_curve(curve, _srgb_curve):
        return ColourSpace.SRGB
    return ColourSpace.GRAY_GAMMA_22 if _same_curve(curve, _gamma_22_curve) else None


def _tags(profile: bytes) -> dict[bytes, bytes] | None:
    if len(profile) < 132 or profile[36:40] != b"acsp":
        return None
    (count,) = struct.unpack_from(">I", profile, 128)
    if count > MAX_TAGS:
        return None
    tags = {}
    for index in range(count):
        name, offset, size = struct.unpack_from(">4sII", profile, 132 + 12 * index)
        tags[name] = profile[offset : offset + size]
    return tags


def _xyz(tag: bytes) -> tuple[float, float, float]:
    kind, _, x, y, z = struct.unpack_from(">4sIiii", tag)
    if kind != b"XYZ ":
        raise ValueError("not an XYZ tag")
    return x / 65536, y / 65536, z / 65536


def _curve(tag: bytes) -> Curve:
    kind, _ = struct.unpack_from(">4sI", tag)
    if kind == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count == 0:
            return lambda x: x
        if count == 1:
            gamma = struct.unpack_from(">H", tag, 12)[0] / 256
            return lambda x: float(x**gamma)
        if 12 + 2 * count > len(tag):
            raise ValueError("a curve longer than its tag")
        table = struct.unpack_from(f">{count}H", tag, 12)
        return lambda x: _in_table(table, x)
    if kind == b"para":
        (shape,) = struct.unpack_from(">H", tag, 8)
        lengths = (1, 3, 4, 5, 7)
        values = (
            [value / 65536 for value in struct.unpack_from(f">{lengths[shape]}i", tag, 12)]
            if shape < 5
            else []
        )
        return _parametric(shape, values)
    raise ValueError("not a curve")


def _in_table(table: tuple[int, ...], x: float) -> float:
    place = x * (len(table) - 1)
    low = min(int(place), len(table) - 2)
    return (table[low] + (table[low + 1] - table[low]) * (place - low)) / 65535


def _parametric(shape: int, values: list[float]) -> Curve:
    if shape == 0:
        return lambda x: float(x ** values[0])
    if shape == 3:
        g, a, b, c, d = values
        return lambda x: float((a * x + b) ** g) if x >= d else c * x
    if shape == 4:
        g, a, b, c, d, e, f = values
        return lambda x: float((a * x + b) ** g) + e if x >= d else c * x + f
    raise ValueError("a shape that no standard profile uses")


def _same_curve(found: Curve, wanted: Curve) -> bool:
    points = [i / (SAMPLES - 1) for i in range(SAMPLES)]
    return all(abs(found(x) - wanted(x)) < CURVE_TOLERANCE for x in points)


def own_profile(space: ColourSpace) -> bytes | None:
    """The fixed profile that stands for this space in a cleaned file; None for sRGB, which needs none."""
    if space is ColourSpace.SRGB:
        return None
    tags: dict[bytes, bytes] = {
        b"desc": _text(space.value),
        b"cprt": _text("No copyright"),
        b"wtpt": _xyz_tag(D50),
    }
    gamma = struct.pack(">4sIIH", b"curv", 0, 1, round(GAMMA_22 * 256)) + b"\x00\x00"
    if space is ColourSpace.GRAY_GAMMA_22:
        tags[b"kTRC"] = gamma
    else:
        numbers = [round(v * 65536) for v in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)]
        srgb = struct.pack(">4sIHH5i", b"para", 0, 3, 0, *numbers)
        curve = gamma if space is ColourSpace.ADOBE_RGB else srgb
        values = PRIMARIES[space]
        for index, channel in enumerate((b"r", b"g", b"b")):
            tags[channel + b"XYZ"] = _xyz_tag(values[3 * index : 3 * index + 3])
            tags[channel + b"TRC"] = curve
    return _pack_profile(b"GRAY" if space is ColourSpace.GRAY_GAMMA_22 else b"RGB ", tags)


def _xyz_tag(values: tuple[float, ...]) -> bytes:
    return struct.pack(">4sI3i", b"XYZ ", 0, *(round(value * 65536) for value in values))


def _text(text: str) -> bytes:
    words = text.encode("utf-16-be")
    return struct.pack(">4sIII2s2sII", b"mluc", 0, 1, 12, b"en", b"US", len(words), 28) + words


def _pack_profile(kind: bytes, tags: dict[bytes, bytes]) -> bytes:
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    size = start + len(body)
    header = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x04200000, b"mntr", kind, b"XYZ ")
    header += struct.pack(">6H4s", 2000, 1, 1, 0, 0, 0, b"acsp")
    header = header.ljust(68, b"\x00") + struct.pack(">3i", *(round(value * 65536) for value in D50))
    return header.ljust(128, b"\x00") + struct.pack(">I", len(tags)) + table + body


def convert_to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The same picture in sRGB ("RGB", "RGBA" or "L"); `Unreadable` where the profile can't be used."""
    gray = image.mode in ("L", "LA", "1", "I;16")
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    colours = image.convert("RGB") if image.mode in ("RGBA", "P") else image
    if gray:
        colours = image.convert("L")
    try:
        converted = ImageCms.profileToProfile(
            colours,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        raise Unreadable(
            "The colour profile can't be used.", code="malformed", value="ICC profile"
        ) from error
    if converted is None:
        raise Unreadable("The colour profile can't be used.", code="malformed", value="ICC profile")
    if gray:
        converted = converted.convert("L")
    if alpha is not None:
        converted.putalpha(alpha)
    return converted
