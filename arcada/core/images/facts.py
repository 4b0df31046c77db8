"""What is known of a photograph or radiograph once its file was read."""

from dataclasses import dataclass

from arcada.core.anatomy import FileFormat


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """`width` and `height` are as shown, after the orientation tag was applied. `megapixels` = w*h / 1e6.

    `picture_check` says that a person has to look whether a name is written in the picture.
    """

    format: FileFormat
    bytes: int
    sha256: str
    width: int
    height: int
    megapixels: float
    is_colour: bool
    kind: str = "photograph"  # "photograph" or "radiograph"
    picture_check: bool = False


@dataclass(frozen=True, slots=True)
class DicomFacts(ImageFacts):
    """What a DICOM file says on top. `spacing_mm` is between rows and between columns.

    `calibration` tells of what: "calibrated" in the patient, "estimated", on the "detector", or "none". `burned_in`
    is whether text is written in the picture: "yes", "no" or "unknown".
    """

    bits: int = 8
    modality: str = ""
    spacing_mm: tuple[float, float] | None = None
    calibration: str = "none"
    burned_in: str = "unknown"
