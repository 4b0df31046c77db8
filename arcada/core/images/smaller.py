"""The size an image is offered in when it has too many pixels; apart from the readers, so that it costs nothing."""

import math


def smaller_size(width: int, height: int, max_pixels: int) -> tuple[int, int]:
    """The largest size of the same shape with width × height ≤ max_pixels, at least one pixel each way."""
    if width * height <= max_pixels:
        return width, height
    scale = math.sqrt(max_pixels / (width * height))
    across, down = max(1, int(width * scale)), max(1, int(height * scale))
    return (min(across, max_pixels), 1) if down == 1 else (across, min(down, max(1, max_pixels // across)))
