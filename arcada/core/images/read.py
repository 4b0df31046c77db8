"""One door to the image readers, whatever the format."""

from arcada.core.errors import Unreadable
from arcada.core.images import jpeg, png
from arcada.core.images.image import MAX_PIXELS, ReadImage

__all__ = ["MAX_PIXELS", "ReadImage", "read_image", "read_size"]


def read_image(data: bytes | memoryview) -> ReadImage:
    """Read a JPEG or PNG strictly; raises `Unreadable` and nothing else."""
    data = bytes(data)
    if data[:2] == b"\xff\xd8":
        return jpeg.read_jpeg(data)
    if data[:8] == png.SIGNATURE:
        return png.read_png(data)
    raise Unreadable("This is neither a JPEG nor a PNG.", code="not_an_image")


def read_size(data: bytes | memoryview) -> tuple[int, int]:
    """Width and height in stored pixels, from the header alone."""
    data = bytes(data)
    if data[:2] == b"\xff\xd8":
        return jpeg.read_size(data)
    return png.read_size(data)
