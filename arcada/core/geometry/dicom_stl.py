"""A scan as DICOM Encapsulated STL (PS3.3 A.85.1), under a code in place of the patient."""

import io
import re
import uuid
from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, ExplicitVRLittleEndian

ENCAPSULATED_STL: Final = UID("1.2.840.10008.5.1.4.1.1.104.3")
# Names the program that wrote the file; a UID of its own under the arc of UUIDs.
_IMPLEMENTATION: Final = UID("2.25.281637829041735930811623049150182406315")
_NAMESPACE: Final = uuid.UUID("8f0c6a43-0a5e-4f0c-9c53-0d8b4f7c2f11")


@dataclass(frozen=True, slots=True)
class Naming:
    """What the file says of whose it is: a code, and what belongs together."""

    code: str  # stands in the place of the patient's name and number
    study: str  # what was taken together: the collection
    series: str  # all versions of one scan
    record: str
    version: int
    title: str
    software: str


def encapsulate_stl(stl: bytes, naming: Naming) -> bytes:
    """A DICOM file around a binary STL in millimetres. It holds no name, no birth date and no date of any kind."""
    file = FileDataset("", {}, file_meta=_meta(naming), preamble=b"\0" * 128)
    _patient_and_study(file, naming)
    _series_and_equipment(file, naming)
    _document(file, stl, naming)
    _model(file)
    out = io.BytesIO()
    dcmwrite(out, file, enforce_file_format=True)
    return out.getvalue()


def _uid(*parts: str) -> UID:
    """The same parts give the same UID; another code gives another, so that no two patients share one."""
    return UID(f"2.25.{uuid.uuid5(_NAMESPACE, '/'.join(parts)).int}")


def _meta(naming: Naming) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ENCAPSULATED_STL
    meta.MediaStorageSOPInstanceUID = _instance(naming)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = _IMPLEMENTATION
    meta.ImplementationVersionName = "ARCADA"
    return meta


def _instance(naming: Naming) -> UID:
    return _uid("instance", naming.record, naming.code)


def _patient_and_study(file: Dataset, naming: Naming) -> None:
    file.SpecificCharacterSet = "ISO_IR 192"
    file.SOPClassUID = ENCAPSULATED_STL
    file.SOPInstanceUID = _instance(naming)
    code = re.sub(r"[\\^=\x00-\x1f\x7f]", "-", naming.code)  # these have a meaning in DICOM's texts
    file.PatientName = f"{code}^"
    file.PatientID = code
    file.PatientBirthDate = ""
    file.PatientSex = ""
    file.PatientIdentityRemoved = "YES"
    file.DeidentificationMethod = "A code in place of identity and dates; text of the file removed"
    file.StudyInstanceUID = _uid("study", naming.study, naming.code)
    file.StudyDate = ""
    file.StudyTime = ""
    file.ReferringPhysicianName = ""
    file.StudyID = ""
    file.AccessionNumber = ""


def _series_and_equipment(file: Dataset, naming: Naming) -> None:
    file.Modality = "M3D"
    file.SeriesInstanceUID = _uid("series", naming.series, naming.code)
    file.SeriesNumber = 1
    file.Manufacturer = "Arcada"
    file.ManufacturerModelName = "Arcada"
    file.DeviceSerialNumber = "NONE"  # a program has no number of its own; the attribute must not be empty
    file.SoftwareVersions = naming.software
    # Scans of one visit may lie in frames of their own: only versions of one scan are said to share theirs.
    file.FrameOfReferenceUID = _uid("frame", naming.series, naming.code)
    file.PositionReferenceIndicator = ""


def _document(file: Dataset, stl: bytes, naming: Naming) -> None:
    file.InstanceNumber = naming.version
    file.ContentDate = ""
    file.ContentTime = ""
    file.AcquisitionDateTime = ""
    file.BurnedInAnnotation = "NO"
    # A dentition is as good as a face to whoever holds another scan of it.
    file.RecognizableVisualFeatures = "YES"
    file.DocumentTitle = naming.title
    file.ConceptNameCodeSequence = []
    file.MIMETypeOfEncapsulatedDocument = "model/stl"
    file.EncapsulatedDocumentLength = len(stl)
    file.EncapsulatedDocument = stl + b"\0" * (len(stl) % 2)


def _model(file: Dataset) -> None:
    unit = Dataset()
    unit.CodeValue = "mm"
    unit.CodingSchemeDesignator = "UCUM"
    unit.CodeMeaning = "mm"
    file.MeasurementUnitsCodeSequence = [unit]
    file.ModelModification = "NO"
    file.ModelMirroring = "NO"
