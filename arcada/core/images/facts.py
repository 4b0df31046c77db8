"""What is known of a photograph or radiograph once its file was read."""

from dataclasses import dataclass

from arcada.core.anatomy import FileFormat


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """`width` and `height` are as shown, after the orientation tag was applied. `megapixels` = w*h / 1e6."""

    format: FileFormat
    bytes: int
    sha256: str
    width: int
    height: int
    megapixels: float
    is_colour: bool
    kind: str = "photograph"  # "photograph" or "radiograph"
