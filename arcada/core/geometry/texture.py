"""Takes the colours of a texture to a mesh's points."""

import io
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from arcada.core.anatomy import FileFormat
from arcada.core.deidentify import Removed
from arcada.core.errors import Unreadable
from arcada.core.geometry.mesh import ColourArray
from arcada.core.geometry.mtl import TextureUse
from arcada.core.images.jpeg import read_jpeg
from arcada.core.images.png import read_png

_ENDINGS = {FileFormat.JPEG: ".jpg", FileFormat.PNG: ".png"}


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """One texture without metadata; `ending` is that of its outgoing name."""

    cleaned: bytes
    ending: str
    removed: tuple[Removed, ...]

    def pixels(self) -> npt.NDArray[np.uint8]:
        """(height, width, 3) as stored: texture coordinates do not follow an orientation tag."""
        try:
            with Image.open(io.BytesIO(self.cleaned), formats=("JPEG", "PNG")) as image:
                return np.asarray(image.convert("RGB"))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise Unreadable("The texture cannot be decoded.", code="malformed") from error


def read_texture(data: bytes) -> Texture:
    """Reads a JPEG or PNG strictly, by content; the pixel cap holds before anything is decoded."""
    if data[:2] == b"\xff\xd8":
        image = read_jpeg(data)
    elif data[:4] == b"\x89PNG":
        image = read_png(data)
    else:
        raise Unreadable("The texture is neither JPEG nor PNG.", code="unsupported_texture")
    removed = tuple(replace(line, file="texture") for line in image.removed)
    return Texture(image.cleaned, _ENDINGS[image.format], removed)


def sample_colours(
    pixels: npt.NDArray[np.uint8], places: npt.NDArray[np.float32], use: TextureUse
) -> ColourArray:
    """Bilinear colours at (n, 2) texture coordinates, whose origin is the lower left corner."""
    height, width = pixels.shape[:2]
    u = np.nan_to_num(places[:, 0].astype(np.float64) * use.scale[0] + use.offset[0], posinf=0.0, neginf=0.0)
    v = np.nan_to_num(places[:, 1].astype(np.float64) * use.scale[1] + use.offset[1], posinf=0.0, neginf=0.0)
    if use.clamped:
        u, v = np.clip(u, 0, 1), np.clip(v, 0, 1)
    else:
        # A coordinate of exactly 1 is the far edge and not the near one.
        u = np.where((u < 0) | (u > 1), u - np.floor(u), u)
        v = np.where((v < 0) | (v > 1), v - np.floor(v), v)
    x = np.clip(u * width - 0.5, 0, width - 1)
    y = np.clip((1 - v) * height - 0.5, 0, height - 1)
    left, top = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = (x - left)[:, None], (y - top)[:, None]
    upper = pixels[top, left] * (1 - across) + pixels[top, right] * across
    lower = pixels[bottom, left] * (1 - across) + pixels[bottom, right] * across
    colours: ColourArray = np.rint(upper * (1 - down) + lower * down).astype(np.uint8)
    return colours
