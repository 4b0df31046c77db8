"""Drawn images for tests: a soft gradient, with whatever a camera would write beside it."""

import io

import numpy as np
from PIL import Image


def _gradient(width: int, height: int) -> Image.Image:
    across = np.linspace(0, 255, width, dtype=np.uint8)[None, :].repeat(height, axis=0)
    down = np.linspace(0, 255, height, dtype=np.uint8)[:, None].repeat(width, axis=1)
    return Image.fromarray(np.stack([across, down, 255 - across], axis=2))


def jpeg(width: int, height: int, *, comment: str = "") -> bytes:
    """A colour JPEG; `comment` goes into its comment segment."""
    out = io.BytesIO()
    _gradient(width, height).save(out, "JPEG", quality=80, comment=comment.encode())
    return out.getvalue()


def png(width: int, height: int, *, grey: bool = True) -> bytes:
    """A PNG in shades of grey, as radiographs come, or in colour."""
    out = io.BytesIO()
    picture = _gradient(width, height)
    (picture.convert("L") if grey else picture).save(out, "PNG")
    return out.getvalue()
