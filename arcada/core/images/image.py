"""What both image readers return, and the platform's own cap on pixels."""

from dataclasses import dataclass

from arcada.core.anatomy import FileFormat
from arcada.core.deidentify import Removed
from arcada.core.errors import Unreadable
from arcada.core.findings import Finding

# A bound on memory and time, not a rule of any upload standard. The worst file of this size (a progressive
# JPEG or a palette with transparency) is read, shown and reduced in less than 800 MB.
MAX_PIXELS = 64_000_000


@dataclass(frozen=True, slots=True)
class ReadImage:
    """One photograph or radiograph, strictly read. `cleaned` is the file without anything that identifies.

    `width` and `height` (pixels) are as shown, after the orientation tag. `is_colour` says that the file
    stores colour channels, not that a colour is seen.
    """

    format: FileFormat
    width: int
    height: int
    is_colour: bool
    findings: tuple[Finding, ...]
    removed: tuple[Removed, ...]
    cleaned: bytes


def refuse_too_many_pixels(width: int, height: int) -> None:
    """Refuse from the header alone, before anything is decoded."""
    if width * height > MAX_PIXELS:
        raise Unreadable(
            "The image has more pixels than can be opened here.",
            code="too_many_pixels",
            value=width * height,
            limit=MAX_PIXELS,
        )


def swaps_sides(orientation: int) -> bool:
    """True for the four EXIF orientations (5 to 8) that show the stored width as height."""
    return orientation >= 5
