"""Pixels of a cleaned image as they are shown: turned, in sRGB, 8 bits a channel."""

import io

import numpy as np
from PIL import Image, ImageOps

from arcada.core.errors import Unreadable
from arcada.core.images import icc

MIDDLE_GAMMA = 1 / 2.2
GAMMA_TOLERANCE = 0.02


def decode(cleaned: bytes, *, longest: int | None = None) -> Image.Image:
    """The shown picture in mode "L", "RGB", "LA" or "RGBA".

    With `longest` (pixels) the longer side is shrunk to it; a JPEG is then decoded at a fraction of its size.
    """
    try:
        with Image.open(io.BytesIO(cleaned), formats=("JPEG", "PNG")) as image:
            if longest is not None and image.format == "JPEG":
                image.draft(image.mode, (longest, longest))
            image.load()
            picture = _eight_bits(image)
            if longest is not None and max(picture.size) > longest:
                picture.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=3.0)
            profile, gamma = image.info.get("icc_profile"), image.info.get("gamma")
            picture.info.clear()
            if profile:
                picture = icc.convert_to_srgb(picture, profile)
            elif gamma and "srgb" not in image.info:
                picture = _with_gamma(picture, gamma)
            turned = Image.Exif()
            turned[0x0112] = image.getexif().get(0x0112, 1)
            picture.info["exif"] = turned.tobytes()
            picture = ImageOps.exif_transpose(picture)
    except Unreadable:
        raise
    except (OSError, ValueError, SyntaxError, ArithmeticError, Image.DecompressionBombError) as error:
        raise Unreadable("The picture can't be decoded.", code="malformed", value="picture data") from error
    picture.info.clear()
    return picture


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16-bit gray
        high = np.asarray(image).astype(np.uint16) >> 8
        return Image.fromarray(high.astype(np.uint8))
    if "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in ("L", "LA", "RGB", "RGBA"):
        return image.copy() if image.readonly else image
    return image.convert("L" if image.mode == "1" else "RGB")


def _with_gamma(picture: Image.Image, gamma: float) -> Image.Image:
    """Samples stored with another gamma than a screen's, as a browser would show them."""
    if abs(gamma - MIDDLE_GAMMA) <= GAMMA_TOLERANCE or not 0.01 <= gamma <= 10:
        return picture
    curve = [round(255 * (value / 255) ** (MIDDLE_GAMMA / gamma)) for value in range(256)]
    bands = picture.split()
    colours = len(bands) - (picture.mode in ("LA", "RGBA"))
    changed = [band.point(curve) if index < colours else band for index, band in enumerate(bands)]
    return Image.merge(picture.mode, changed)
