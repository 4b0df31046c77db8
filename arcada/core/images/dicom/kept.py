"""What a cleaned DICOM file may hold: this list and nothing else. Everything a person or a device wrote is left out.

PS3.15 Annex E lists what has to go; a vendor may put a name anywhere else too. So the list is turned round: an
attribute goes out only when it stands here, and only with a value that its check has made anew: a number within its
range, a word of a closed vocabulary, a UID mapped by key. No free text has a check, so none goes out.
"""

import math
import re
from collections.abc import Callable
from typing import Any, Final

Check = Callable[[Any], Any]

_DIRECTIONS: Final = re.compile(r"[APRLHF]{1,3}\Z")
MODALITIES: Final = frozenset({"XC", "IO", "PX", "DX", "CR", "OT", "RG", "SC"})


def word(*allowed: str) -> Check:
    """One word of a closed vocabulary, or None."""
    return lambda value: str(value) if str(value) in allowed else None


def whole(low: int, high: int) -> Check:
    def check(value: Any) -> Any:
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            return None
        return number if low <= number <= high else None

    return check


def decimals(count: int, low: float, high: float) -> Check:
    """`count` numbers within a range as short decimal strings; None when one is not."""

    def check(value: Any) -> Any:
        parts = [value] if count == 1 and not _is_list(value) else list(value) if _is_list(value) else []
        if count == 1 and len(parts) > 1:
            parts = parts[:1]  # further windows of the file are not shown
        try:
            numbers = [float(part) for part in parts]
        except (TypeError, ValueError):
            return None
        if len(numbers) != count or not all(math.isfinite(n) and low <= n <= high for n in numbers):
            return None
        said = [f"{number:.10g}" for number in numbers]
        return said[0] if count == 1 else said

    return check


def image_type(value: Any) -> Any:
    """Original or derived, primary or secondary, and an empty third value: further ones are a vendor's own."""
    parts = [str(part) for part in value] if _is_list(value) else [str(value)]
    source = parts[0] if parts and parts[0] in ("ORIGINAL", "DERIVED") else "DERIVED"
    use = parts[1] if len(parts) > 1 and parts[1] in ("PRIMARY", "SECONDARY") else "PRIMARY"
    return [source, use, ""]


def directions(value: Any) -> Any:
    """Rows and columns of the patient: two of A P R L H F each."""
    parts = [str(part) for part in value] if _is_list(value) else []
    return parts if len(parts) == 2 and all(_DIRECTIONS.match(part) for part in parts) else None


def ratio(value: Any) -> Any:
    parts = list(value) if _is_list(value) else []
    try:
        numbers = [int(part) for part in parts]
    except (TypeError, ValueError):
        return None
    return [str(n) for n in numbers] if len(numbers) == 2 and all(1 <= n <= 100 for n in numbers) else None


def _is_list(value: Any) -> bool:
    return not isinstance(value, str | bytes) and hasattr(value, "__iter__")


_MM: Final = decimals(2, 0.001, 10.0)
_SAMPLE: Final = decimals(1, -1e6, 1e6)

# By keyword: what makes the outgoing value of the stored one; None leaves the attribute out.
KEPT: Final[dict[str, Check]] = {
    "ImageType": image_type,
    "Modality": word(*sorted(MODALITIES)),
    "PresentationIntentType": word("FOR PRESENTATION", "FOR PROCESSING"),
    "ConversionType": word("DV", "DI", "DF", "WSD", "SD", "SI", "DRW", "SYN"),
    "BodyPartExamined": word("JAW", "MAXILLA", "MANDIBLE", "HEAD", "SKULL", "TMJ", "TEETH", "FACE", "MOUTH"),
    "ViewPosition": word("AP", "PA", "LL", "RL", "RLD", "LLD", "RLO", "LLO"),
    "Laterality": word("R", "L"),
    "ImageLaterality": word("R", "L", "U", "B"),
    "PatientOrientation": directions,
    "DetectorType": word("DIRECT", "SCINTILLATOR", "STORAGE", "FILM"),
    "PositionerType": word("CARM", "COLUMN", "PANORAMIC", "CEPHALOSTAT", "RIGID", "NONE"),
    "DistanceSourceToDetector": decimals(1, 0, 1e4),
    "DistanceSourceToPatient": decimals(1, 0, 1e4),
    "EstimatedRadiographicMagnificationFactor": decimals(1, 0.5, 5.0),
    "ImagerPixelSpacing": _MM,
    "NominalScannedPixelSpacing": _MM,
    "PixelSpacing": _MM,
    "PixelSpacingCalibrationType": word("GEOMETRY", "FIDUCIAL"),
    "PixelAspectRatio": ratio,
    "PixelIntensityRelationship": word("LIN", "LOG", "DISP"),
    "PixelIntensityRelationshipSign": lambda value: value if value in (1, -1) else None,
    "RescaleIntercept": _SAMPLE,
    "RescaleSlope": decimals(1, -1e6, 1e6),
    "RescaleType": word("US", "OD", "HU"),
    "PresentationLUTShape": word("IDENTITY", "INVERSE"),
    "VOILUTFunction": word("LINEAR", "LINEAR_EXACT", "SIGMOID"),
    "BurnedInAnnotation": word("YES", "NO"),
    "RecognizableVisualFeatures": word("YES", "NO"),
    "LossyImageCompression": word("00", "01"),
    "LossyImageCompressionRatio": decimals(1, 1, 1000),
    "LossyImageCompressionMethod": word("ISO_10918_1", "ISO_14495_1", "ISO_15444_1"),
}

# Attributes that the object's definition wants there, and that nobody needs to know: without a value.
EMPTY: Final = (
    "AccessionNumber", "StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID",
    "Manufacturer", "PatientName", "PatientID", "PatientBirthDate", "PatientSex",
    "SeriesNumber", "InstanceNumber",
)  # fmt: skip
EMPTY_IN_XRAY: Final = ("PatientOrientation", "DetectorType", "BodyPartExamined")

# UIDs that point to one another: mapped, so that pictures of one study stay together.
MAPPED: Final = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")

# Made anew from the pixels themselves.
MADE: Final = (
    "SpecificCharacterSet", "SOPClassUID", "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration",
    "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelData",
    "WindowCenter", "WindowWidth", "PatientIdentityRemoved", "DeidentificationMethod",
    "DeidentificationMethodCodeSequence", "LongitudinalTemporalInformationModified",
)  # fmt: skip
