"""A DICOM file as intake judges it, and a small radiograph to write into one."""

from arcada.core.intake import prepare
from arcada.core.prepared import Declared, Prepared
from tests.core.made_dicom import drawn_panoramic

PANORAMIC = drawn_panoramic(60, 120)


def judged(data: bytes, slot: str = "panoramic") -> Prepared:
    return prepare(data, Declared("image.dcm", slot=slot))


def found(prepared: Prepared) -> list[str]:
    return [finding.code for finding in prepared.findings]
