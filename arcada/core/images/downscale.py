"""The offer for an image with too many pixels: a new, smaller file of the same format."""

import io

from PIL import Image

from arcada.core.anatomy import FileFormat
from arcada.core.images.decode import decode
from arcada.core.images.dicom.header import PREAMBLE
from arcada.core.images.dicom.read import smaller_dicom
from arcada.core.images.read import read_image
from arcada.core.images.smaller import smaller_size

JPEG_QUALITY = 95


def downscale(data: bytes, max_pixels: int) -> bytes:
    """The picture as shown, in sRGB, without metadata, with width × height ≤ max_pixels.

    A picture that is small enough already comes back as its cleaned file. A DICOM file stays one, in its depth.
    """
    if data[PREAMBLE : PREAMBLE + 4] == b"DICM":
        return smaller_dicom(data, max_pixels)
    image = read_image(data)
    if image.width * image.height <= max_pixels:
        return image.cleaned
    picture = decode(image.cleaned)
    size = smaller_size(picture.width, picture.height, max_pixels)
    smaller = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    out = io.BytesIO()
    if image.format is FileFormat.JPEG:
        smaller.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=0, optimize=True)
    else:
        smaller.save(out, "PNG")
    return read_image(out.getvalue()).cleaned
