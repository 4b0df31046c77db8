"""What all drawn pictures share: curves, soft shapes, grain, and the way into a file."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter
from PIL.PngImagePlugin import PngInfo

FloatArray = npt.NDArray[np.float32]
Point = tuple[float, float]
Colour = tuple[float, float, float]  # sRGB, 0 to 255

# Made up; planted where a test or the demo wants something to be removed.
IDENTITY = {
    0x010E: "Jane Roe, born 1990-01-02, A-1042",
    0x010F: "Arcada Camera Works",
    0x0110: "Field 1",
    0x013B: "Dr. Ada Example",
    0x0132: "2024:05:06 07:08:09",
    0x8298: "Copyright Ada Example",
}
SERIAL_NUMBER = "SN-0042-JANE-ROE"
LATITUDE, LONGITUDE = (23.0, 33.0, 1.0), (46.0, 38.0, 2.0)


def outline(text: str) -> list[Point]:
    """Points written as "x,y x,y …", as drawings are."""
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]


def curve(points: Sequence[Point], *, closed: bool = False, steps: int = 12) -> list[Point]:
    """A smooth line through all points (Catmull-Rom)."""
    given = np.array(points, dtype=float)
    ends = (given[-1:], given[:2]) if closed else (2 * given[:1] - given[1:2], 2 * given[-1:] - given[-2:-1])
    padded = np.concatenate([ends[0], given, ends[1]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        )
    line = np.concatenate(pieces if closed else [*pieces, given[-1:]])
    return [(float(x), float(y)) for x, y in line]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture's size and how its drawing units become pixels: x * scale + left, y * scale + top."""

    width: int
    height: int
    scale: float
    left: float
    top: float

    @classmethod
    def fitting(cls, width: int, height: int, wide: float, high: float) -> "Sheet":
        """A drawing of wide x high units, as large as covers the picture, in its middle."""
        scale = max(width / wide, height / high)
        return cls(width, height, scale, (width - wide * scale) / 2, (height - high * scale) / 2)

    def _shape(self, points: Sequence[Point], soft: float, line: float | None) -> FloatArray:
        radius = max(soft * self.scale, 0.7)  # at least as soft as a pixel: no steps at edges
        places = np.array(points, dtype=float) * self.scale + (self.left, self.top)
        wide = 0.0 if line is None else line * self.scale
        margin = 3 * radius + wide + 2
        left, top = np.clip((places.min(0) - margin).astype(int), 0, (self.width, self.height))
        right, bottom = np.clip((places.max(0) + margin).astype(int), 0, (self.width, self.height))
        layer = np.zeros((self.height, self.width), dtype=np.float32)
        if right <= left or bottom <= top:
            return layer
        window = Image.new("L", (int(right - left), int(bottom - top)))
        draw = ImageDraw.Draw(window)
        inside = [(float(x), float(y)) for x, y in places - (left, top)]
        if line is None:
            draw.polygon(inside, fill=255)
        else:
            draw.line(inside, fill=255, width=max(round(wide), 1), joint="curve")
        blurred = window.filter(ImageFilter.GaussianBlur(radius))
        layer[top:bottom, left:right] = np.asarray(blurred, dtype=np.float32) / np.float32(255)
        return layer

    def filled(self, points: Sequence[Point], soft: float = 0.0) -> FloatArray:  # (height, width), 0 to 1
        """A filled outline, its edge softened over `soft` units."""
        return self._shape(points, soft, None)

    def stroke(self, points: Sequence[Point], line: float, soft: float = 0.0) -> FloatArray:
        """A line of a given width."""
        return self._shape(points, soft, line)

    def blob(self, x: float, y: float, wide: float, high: float | None = None) -> FloatArray:
        """A soft spot, 1 in its middle, falling like a bell."""
        high = wide if high is None else high
        across = (np.arange(self.width, dtype=np.float32) - self.left) / self.scale - x
        down = (np.arange(self.height, dtype=np.float32) - self.top) / self.scale - y
        return np.asarray(
            np.exp(-((down / high) ** 2))[:, None] * np.exp(-((across / wide) ** 2)), dtype=np.float32
        )

    def places(self) -> tuple[FloatArray, FloatArray]:
        """x (1, width) and y (height, 1) of every pixel in drawing units."""
        across = (np.arange(self.width, dtype=np.float32) - self.left) / self.scale
        down = (np.arange(self.height, dtype=np.float32) - self.top) / self.scale
        return across[None, :], down[:, None]

    def grain(self, rng: np.random.Generator, size: float, octaves: int = 3) -> FloatArray:
        """Cloudy noise of mean 0 and about ±1, its largest clouds `size` units wide."""
        total = np.zeros((self.height, self.width), dtype=np.float32)
        weights = 0.0
        for octave in range(octaves):
            cell = max(size * self.scale / 2**octave, 1.0)
            small = (int(self.width / cell) + 4, int(self.height / cell) + 4)
            noise = Image.fromarray(rng.normal(0, 1, (small[1], small[0])).astype(np.float32))
            large = noise.resize((int(small[0] * cell), int(small[1] * cell)), Image.Resampling.BICUBIC)
            total += np.asarray(large)[: self.height, : self.width] * 0.6**octave
            weights += 0.36**octave
        return total / np.float32(np.sqrt(weights) * 0.75)


def softened(layer: FloatArray, pixels: float) -> FloatArray:
    """A layer (height, width) of 0 to 1, blurred."""
    picture = Image.fromarray((np.clip(layer, 0, 1) * 255).astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(pixels)), dtype=np.float32) / np.float32(255)


class Painting:
    """Colours laid over each other; every stroke touches only the window it needs."""

    def __init__(self, sheet: Sheet, rgb: Colour) -> None:
        self.sheet = sheet
        self.pixels: FloatArray = np.full((sheet.height, sheet.width, 3), rgb, dtype=np.float32)

    def _window(self, points: Sequence[Point], margin: float) -> tuple[Sheet, slice, slice] | None:
        sheet = self.sheet
        x, y = np.array(points, dtype=float).T
        x0 = max(int((x.min() - margin) * sheet.scale + sheet.left), 0)
        y0 = max(int((y.min() - margin) * sheet.scale + sheet.top), 0)
        x1 = min(int((x.max() + margin) * sheet.scale + sheet.left) + 2, sheet.width)
        y1 = min(int((y.max() + margin) * sheet.scale + sheet.top) + 2, sheet.height)
        if x1 <= x0 or y1 <= y0:
            return None
        window = Sheet(x1 - x0, y1 - y0, sheet.scale, sheet.left - x0, sheet.top - y0)
        return window, slice(y0, y1), slice(x0, x1)

    def _lay(self, rows: slice, columns: slice, layer: FloatArray, rgb: Colour, amount: float) -> None:
        part = self.pixels[rows, columns]
        part += (np.array(rgb, dtype=np.float32) - part) * (layer * np.float32(amount))[..., None]

    def fill(self, points: Sequence[Point], rgb: Colour, soft: float = 0.0, amount: float = 1.0) -> None:
        """A filled outline, its edge softened over `soft` units."""
        found = self._window(points, 3 * soft + 1)
        if found:
            window, rows, columns = found
            self._lay(rows, columns, window.filled(points, soft), rgb, amount)

    def line(
        self, points: Sequence[Point], rgb: Colour, wide: float, soft: float = 0.0, amount: float = 1.0
    ) -> None:
        """A line of a given width."""
        found = self._window(points, wide + 3 * soft + 1)
        if found:
            window, rows, columns = found
            self._lay(rows, columns, window.stroke(points, wide, soft), rgb, amount)

    def spot(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        rgb: Colour,
        amount: float,
        within: FloatArray | None = None,
    ) -> None:
        """A soft spot, kept inside a mask (height, width) where one is given."""
        found = self._window([(x - 2.4 * wide, y - 2.4 * high), (x + 2.4 * wide, y + 2.4 * high)], 0)
        if found:
            window, rows, columns = found
            layer = window.blob(x, y, wide, high)
            if within is not None:
                layer = layer * within[rows, columns]
            self._lay(rows, columns, layer, rgb, amount)


def encoded(
    pixels: FloatArray, *, image_format: Literal["JPEG", "PNG"] = "JPEG", with_identity: bool = False
) -> bytes:
    """A file of pixels 0 to 255, (height, width) or (height, width, 3); with made-up identity where asked."""
    picture = Image.fromarray(np.clip(pixels + 0.5, 0, 255).astype(np.uint8))
    out = io.BytesIO()
    if image_format == "PNG":
        info = PngInfo()
        if with_identity:
            info.add_text("Author", IDENTITY[0x013B])
            info.add_text("Title", IDENTITY[0x010E])
            picture.save(out, "PNG", pnginfo=info, exif=_exif(), compress_level=6)
        else:
            picture.save(out, "PNG", compress_level=6)
    elif with_identity:
        picture.save(out, "JPEG", quality=90, exif=_exif(), comment=IDENTITY[0x010E].encode())
    else:
        picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    for tag, text in IDENTITY.items():
        exif[tag] = text
    exif.get_ifd(0x8769)[0xA431] = SERIAL_NUMBER
    exif.get_ifd(0x8769)[0x9003] = IDENTITY[0x0132]
    exif.get_ifd(0x8825).update({1: "S", 2: LATITUDE, 3: "W", 4: LONGITUDE})
    return exif
