"""DICOM files made for tests: a radiograph or photograph with a known picture, and patient data all over it."""

import io
from typing import Any

import jpeg_ls
import numpy as np
import numpy.typing as npt
from PIL import Image
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    PYDICOM_IMPLEMENTATION_UID,
    UID,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tests.core.lossless_encoder import lossless_jpeg

DX = "1.2.840.10008.5.1.4.1.1.1.1"
IO = "1.2.840.10008.5.1.4.1.1.1.3"
XC = "1.2.840.10008.5.1.4.1.1.77.1.4"
STUDY, SERIES, INSTANCE = (
    "1.2.826.0.1.3680043.10.1",
    "1.2.826.0.1.3680043.10.1.1",
    "1.2.826.0.1.3680043.10.1.1.1",
)


PACKED = (
    JPEGBaseline8Bit,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)


def drawn_panoramic(
    rows: int = 300, columns: int = 600, bits: int = 12, seed: int = 7
) -> npt.NDArray[np.uint16]:
    """Something like a panoramic: a bright horseshoe of teeth on a slope of grey, with noise of the detector."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float64)
    across, down = (x - columns / 2) / (columns / 2), y / rows
    arch = np.exp(-(((down - 0.45 - 0.25 * across**2) / 0.12) ** 2))
    teeth = 0.75 + 0.25 * np.cos(across * 16 * np.pi)
    grey = 0.18 + 0.15 * down + 0.5 * arch * teeth
    noise = np.random.default_rng(seed).normal(0, 0.004, grey.shape)
    top = (1 << bits) - 1
    return np.clip((grey + noise) * top, 0, top).astype(np.uint16)


def drawn_photograph() -> npt.NDArray[np.uint8]:
    """48 × 64 pixels, each of another colour."""
    rows, columns = np.mgrid[0:48, 0:64]
    return np.stack([rows * 5, columns * 3, (rows + columns) * 2], axis=-1).astype(np.uint8)


def dicom_of(
    array: npt.NDArray[Any],
    *,
    sop_class: str = DX,
    modality: str = "PX",
    bits: int = 12,
    syntax: str = ExplicitVRLittleEndian,
    photometric: str = "MONOCHROME2",
    name: str = "Beispiel^Clara",
    **attributes: Any,
) -> bytes:
    """The file. Further attributes come by keyword; one that is None is left out."""
    dataset = dataset_of(
        array, sop_class=sop_class, modality=modality, bits=bits, photometric=photometric, name=name
    )
    for keyword, value in attributes.items():
        if value is None:
            dataset.pop(keyword, None)
        else:
            setattr(dataset, keyword, value)
    return written(dataset, syntax)


def dataset_of(
    array: npt.NDArray[Any],
    *,
    sop_class: str = DX,
    modality: str = "PX",
    bits: int = 12,
    photometric: str = "MONOCHROME2",
    name: str = "Beispiel^Clara",
) -> Dataset:
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, INSTANCE
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = STUDY, SERIES
    dataset.Modality = modality
    dataset.PatientName, dataset.PatientID = name, "4711-CPF"
    dataset.PatientBirthDate, dataset.PatientSex = "19810203", "F"
    dataset.StudyDate, dataset.StudyTime = "20260714", "101500"
    dataset.AccessionNumber, dataset.StudyID = "ACC77", "S77"
    dataset.ReferringPhysicianName = "Silva^Ada"
    dataset.InstitutionName = "Praxis Beispiel"
    dataset.Manufacturer, dataset.DeviceSerialNumber = "Roentgenwerk", "SN-0815"
    dataset.SeriesNumber, dataset.InstanceNumber = 1, 1
    dataset.ImageType = ["ORIGINAL", "PRIMARY", ""]
    if sop_class != XC:
        dataset.BurnedInAnnotation = "NO"
        dataset.PresentationIntentType = "FOR PRESENTATION"
        dataset.PixelIntensityRelationship, dataset.PixelIntensityRelationshipSign = "LOG", -1
        dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = 0, 1, "US"
        dataset.PresentationLUTShape = "IDENTITY"
        dataset.LossyImageCompression = "00"
        dataset.ImageLaterality, dataset.PatientOrientation = "U", ["L", "F"]
        dataset.WindowCenter, dataset.WindowWidth = (1 << bits) / 2, 1 << bits
        dataset.ImagerPixelSpacing = [0.1, 0.1]
    put_pixels(dataset, array, bits=bits, photometric=photometric)
    return dataset


def put_pixels(dataset: Dataset, array: npt.NDArray[Any], *, bits: int, photometric: str) -> None:
    dataset.Rows, dataset.Columns = array.shape[:2]
    dataset.SamplesPerPixel = 3 if array.ndim == 3 else 1
    if array.ndim == 3:
        dataset.PlanarConfiguration, photometric = 0, "RGB" if photometric.startswith("MONO") else photometric
    dataset.PhotometricInterpretation = photometric
    dataset.BitsAllocated = 8 if array.dtype == np.uint8 else 16
    dataset.BitsStored = 8 if array.dtype == np.uint8 else bits
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(array.dtype.kind == "i")
    dataset.PixelData = array.tobytes()
    dataset["PixelData"].VR = "OB" if array.dtype == np.uint8 else "OW"


def written(
    dataset: Dataset, syntax: str = ExplicitVRLittleEndian, *, preamble: bytes = b"\0" * 128
) -> bytes:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(dataset.SOPClassUID)
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = UID(syntax)
    meta.ImplementationClassUID = PYDICOM_IMPLEMENTATION_UID
    file = FileDataset(None, dataset, file_meta=meta, preamble=preamble)
    if syntax in PACKED:
        file.PixelData = encapsulate([_packed(dataset, syntax)])
        file["PixelData"].is_undefined_length = True
        file["PixelData"].VR = "OB"
    elif syntax == RLELossless:
        file.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        file.compress(RLELossless, generate_instance_uid=False)
    buffer = io.BytesIO()
    dcmwrite(
        buffer,
        file,
        enforce_file_format=False,
        implicit_vr=syntax == ImplicitVRLittleEndian,
        little_endian=True,
    )
    return buffer.getvalue()


def _packed(dataset: Dataset, syntax: str) -> bytes:
    kind = np.uint8 if dataset.BitsAllocated == 8 else np.uint16
    shape = (dataset.Rows, dataset.Columns) + ((3,) if dataset.SamplesPerPixel == 3 else ())
    array = np.frombuffer(dataset.PixelData, kind).reshape(shape)
    if syntax in (JPEGLossless, JPEGLosslessSV1):
        return lossless_jpeg(array, dataset.BitsStored, predictor=1 if syntax == JPEGLosslessSV1 else 6)
    if syntax in (JPEGLSLossless, JPEGLSNearLossless):
        loss = 2 if syntax == JPEGLSNearLossless else 0
        return bytes(jpeg_ls.encode_array(array, loss, interleave_mode=2 if array.ndim == 3 else 0))
    picture = Image.fromarray(array)
    out = io.BytesIO()
    if syntax == JPEGBaseline8Bit:
        picture.save(out, "JPEG", quality=92, comment=b"taken by Clara Beispiel")
        if dataset.SamplesPerPixel == 3:
            dataset.PhotometricInterpretation = "YBR_FULL_422"
    else:
        picture.save(out, "JPEG2000", irreversible=False, no_jp2=True)
    return out.getvalue()
