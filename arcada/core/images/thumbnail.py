"""The two pictures of an image that pages show: a small poster and a large view, without metadata."""

import io

from PIL import Image

from arcada.core.images.decode import decode

POSTER_PIXELS = 512
VIEW_PIXELS = 2048
QUALITY = 82
SPEED = 2  # of libwebp, 0 fastest to 6; beyond 2 the bytes hardly shrink


def make_views(cleaned: bytes) -> dict[str, bytes]:
    """`poster.webp` (≤ 512 pixels on the longer side) and `view.webp` (≤ 2048) as shown, in sRGB."""
    view = decode(cleaned, longest=VIEW_PIXELS)
    poster = view.copy()
    poster.thumbnail((POSTER_PIXELS, POSTER_PIXELS), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return {"poster.webp": _webp(poster), "view.webp": _webp(view)}


def _webp(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=SPEED)
    return out.getvalue()
