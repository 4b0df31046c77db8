"""The two pictures of an image that pages show: a small poster and a large view, without metadata."""

import numpy as np
from PIL import Image

from arcada.core.images.decode import decode
from arcada.core.images.webp import encode_webp

POSTER_PIXELS = 512
VIEW_PIXELS = 2048


def make_views(cleaned: bytes) -> dict[str, bytes]:
    """`poster.webp` (≤ 512 pixels on the longer side) and `view.webp` (≤ 2048) as shown, in sRGB."""
    return views_of(decode(cleaned, longest=VIEW_PIXELS))


def views_of(view: Image.Image) -> dict[str, bytes]:
    """The same of a picture that is decoded already; it may be larger."""
    if max(view.size) > VIEW_PIXELS:
        view = view.copy()
        view.thumbnail((VIEW_PIXELS, VIEW_PIXELS), Image.Resampling.LANCZOS, reducing_gap=3.0)
    poster = view.copy()
    poster.thumbnail((POSTER_PIXELS, POSTER_PIXELS), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return {"poster.webp": encode_webp(np.asarray(poster)), "view.webp": encode_webp(np.asarray(view))}
