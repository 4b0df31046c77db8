"""One DICOM photograph or radiograph: judged from its first bytes, read, cleaned, and made ready to be seen."""

import io
import warnings
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydicom import config, dcmread
from pydicom.dataset import Dataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian

from arcada.core.anatomy import RecordKind
from arcada.core.deidentify import Removed
from arcada.core.errors import Unreadable
from arcada.core.images import jpeg as jpegs
from arcada.core.images.dicom.clean import cleaned_file, put_pixels, receipt_of, value_of
from arcada.core.images.dicom.grey import Grey, as_grey
from arcada.core.images.dicom.header import JPEG, LOSSY, Header, read_header
from arcada.core.images.dicom.kept import KEPT, MODALITIES
from arcada.core.images.dicom.palette import coloured
from arcada.core.images.dicom.pixels import PALETTE, Layout, decode_frame, frame_of, not_opened, read_layout
from arcada.core.images.dicom.spacing import Spacing, spacing_of
from arcada.core.images.smaller import smaller_size

# Values are checked here, one by one; the library's opinions of the others would be sentences with the value in them.
config.settings.reading_validation_mode = config.IGNORE


@dataclass(frozen=True, slots=True)
class ReadDicom:
    """Grey pixels as `grey`, colours as `colour` (rows, columns, 3) sRGB: one of the two is there."""

    header: Header
    layout: Layout
    kind: RecordKind
    modality: str
    burned_in: str  # "yes", "no" or "unknown"
    spacing: Spacing | None
    grey: Grey | None
    colour: npt.NDArray[np.uint8] | None
    removed: tuple[Removed, ...]
    cleaned: bytes


def read_dicom(data: bytes, *, uid_key: bytes, sha256: str) -> ReadDicom:
    """Raises `Unreadable` and nothing else. `uid_key`: pictures read under one key keep their study in common."""
    header = read_header(data)
    dataset = _dataset(data, header)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(dataset, header, uid_key, sha256)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # the library raises what it likes on damaged values
        raise Unreadable("The file is damaged.", code="malformed", value="DICOM attributes") from error


def smaller_dicom(data: bytes, max_pixels: int) -> bytes:
    """The same file with width × height ≤ max_pixels, unpacked; what it says of a pixel's size grows along.

    Everything else stays as it was: it takes the place of an original, and is cleaned like one.
    """
    header = read_header(data)
    dataset = _dataset(data, header)
    array, layout = _picture(dataset, header)
    columns, rows = smaller_size(layout.columns, layout.rows, max_pixels)
    if layout.is_colour:
        picture = Image.fromarray(np.asarray(array, np.uint8))
        smaller = np.asarray(picture.resize((columns, rows), Image.Resampling.LANCZOS))
    else:
        exact = Image.fromarray(array.astype(np.float32)).resize((columns, rows), Image.Resampling.LANCZOS)
        top = layout.low + (1 << layout.bits_stored) - 1
        smaller = np.clip(np.rint(np.asarray(exact)), layout.low, top)
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        check = KEPT[keyword]
        spacing = check(value_of(dataset, keyword)) if value_of(dataset, keyword) else None
        if spacing is not None:
            across = float(spacing[1]) * layout.columns / columns
            setattr(dataset, keyword, [f"{float(spacing[0]) * layout.rows / rows:.8g}", f"{across:.8g}"])
    put_pixels(dataset, replace(layout, rows=rows, columns=columns), smaller.astype(array.dtype), None)
    dataset.ImageType = ["DERIVED", "PRIMARY", ""]
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, implicit_vr=False, little_endian=True, enforce_file_format=True)
    return buffer.getvalue()


def _read(dataset: Dataset, header: Header, uid_key: bytes, sha256: str) -> ReadDicom:
    array, layout = _picture(dataset, header)
    is_photograph = header.is_photograph
    modality = str(value_of(dataset, "Modality") or "")
    grey = None if layout.is_colour else as_grey(array, dataset, layout)
    jpeg = _clean_jpeg(dataset, header, layout)
    if value_of(dataset, "SOPClassUID") not in (None, header.sop_class):
        raise Unreadable("The file says two things.", code="malformed", value="SOP class")
    return ReadDicom(
        header=header,
        layout=layout,
        kind=RecordKind.PHOTOGRAPH if is_photograph else RecordKind.RADIOGRAPH,
        modality=modality if modality in MODALITIES else "",
        burned_in={"YES": "yes", "NO": "no"}.get(
            str(value_of(dataset, "BurnedInAnnotation") or ""), "unknown"
        ),
        spacing=spacing_of(dataset, is_photograph=is_photograph),
        grey=grey,
        colour=np.asarray(array, np.uint8) if layout.is_colour else None,
        removed=(*receipt_of(dataset, header), *_in_frame(dataset, header, layout)),
        cleaned=cleaned_file(
            dataset, header, layout, array, jpeg=jpeg, grey=grey, uid_key=uid_key, sha256=sha256
        ),
    )


def _picture(dataset: Dataset, header: Header) -> tuple[npt.NDArray[np.generic], Layout]:
    """The pixels and how they lie: a palette's numbers come as the colours that they stand for."""
    layout = read_layout(dataset)
    if layout.photometric != PALETTE:
        return decode_frame(dataset, header, layout), layout
    # A number that is only nearly the stored one is another colour; tables in segments are not opened.
    if header.transfer_syntax in LOSSY or "RedPaletteColorLookupTableData" not in dataset:
        raise not_opened(PALETTE, layout)
    return coloured(decode_frame(dataset, header, layout), dataset, layout)


def _dataset(data: bytes, header: Header) -> Dataset:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = dcmread(io.BytesIO(data))
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable("The file is damaged.", code="malformed", value="DICOM attributes") from error
    if str(dataset.file_meta.get("TransferSyntaxUID") or "") != header.transfer_syntax:
        raise Unreadable("The file says two things.", code="malformed", value="transfer syntax")
    return dataset


def _clean_jpeg(dataset: Dataset, header: Header, layout: Layout) -> bytes | None:
    """The JPEG frame without its own metadata, its pixels untouched; None where the pixels go out plain."""
    if header.transfer_syntax != JPEG:
        return None
    return jpegs.strip_jpeg(frame_of(dataset, header, layout))


def _in_frame(dataset: Dataset, header: Header, layout: Layout) -> tuple[Removed, ...]:
    """What a camera wrote into the JPEG itself."""
    if header.transfer_syntax != JPEG:
        return ()
    return jpegs.read_jpeg(frame_of(dataset, header, layout)).removed
