"""The cleaned DICOM file: Basic Application Confidentiality Profile with Clean Graphics, from the list of `kept`."""

import io
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pydicom.datadict import dictionary_description, keyword_for_tag
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.tag import BaseTag
from pydicom.uid import PYDICOM_IMPLEMENTATION_UID, UID, ExplicitVRLittleEndian, JPEGBaseline8Bit

from arcada.core.deidentify import Removed
from arcada.core.images.dicom.grey import Grey
from arcada.core.images.dicom.header import Header
from arcada.core.images.dicom.kept import EMPTY, EMPTY_IN_XRAY, KEPT, MADE, MAPPED, decimals
from arcada.core.images.dicom.pixels import Layout
from arcada.core.sealing import keyed_hash

METHOD: Final = "PS3.15 Basic Profile, Clean Graphics"
_CODES: Final = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113103", "Clean Graphics Option"),
)
_PATIENT: Final = 0x0010  # the group that everybody looks for first
_LONGEST_RECEIPT: Final = 80  # lines of single attributes; what is beyond is told as a number


def mapped_uid(key: bytes, uid: str) -> str:
    """A UID that stands for `uid` under this key: the same every time, and no way back without the key."""
    digest = keyed_hash(key, b"dicom uid " + uid.encode())
    number = int.from_bytes(digest[:16], "big")
    # A version 5 UUID by its bits, as PS3.5 B.2 wants the number behind 2.25 to be.
    number = number & ~(0xF << 76) | (5 << 76)
    number = number & ~(0x3 << 62) | (2 << 62)
    return f"2.25.{number}"


def cleaned_file(
    source: Dataset,
    header: Header,
    layout: Layout,
    array: npt.NDArray[np.generic],
    *,
    jpeg: bytes | None,
    grey: Grey | None,
    uid_key: bytes,
    sha256: str,
) -> bytes:
    """The whole file. `jpeg`: an already cleaned frame that goes in as it is; otherwise the pixels go in plain."""
    out = Dataset()
    out.SOPClassUID = header.sop_class
    for keyword in EMPTY if header.is_photograph else (*EMPTY, *EMPTY_IN_XRAY):
        setattr(out, keyword, "")
    for keyword in MAPPED:
        said = str(value_of(source, keyword) or "") or f"{keyword} {sha256}"
        setattr(out, keyword, mapped_uid(uid_key, said))
    for keyword, check in KEPT.items():
        stored = value_of(source, keyword)
        made = check(stored) if stored not in (None, "") else None
        if made is not None:
            setattr(out, keyword, made)
    if "ImageType" not in out:
        out.ImageType = ["DERIVED", "PRIMARY", ""]
    if not header.is_photograph:
        out.AcquisitionContextSequence = []
    _say_what_was_done(out)
    put_pixels(out, layout, array, jpeg)
    if grey is not None and grey.is_own_window:
        _put_window(out, source, layout, grey)
    return _written(out, header, jpeg is not None)


def value_of(source: Dataset, keyword: str) -> Any:
    """A value, or None: a damaged one of the source is no reason to refuse the picture."""
    try:
        return source.get(keyword)
    except MemoryError:
        raise
    except Exception:  # the library's own parsers raise what they like on a damaged value
        return None


def receipt_of(source: Dataset, header: Header) -> tuple[Removed, ...]:
    """What was removed, by its name in the standard; private attributes by number and size."""
    lines: list[Removed] = []
    private, unknown, further, drawn = [0, 0], [0, 0], [0, 0], [0, 0]
    if header.preamble_used:
        lines.append(Removed("DICOM preamble", "128 bytes in front of the file", 128))
    kept = {*KEPT, *MADE}
    for tag in sorted(source.keys(), key=lambda tag: (tag.group != _PATIENT, tag)):
        length = _length_of(source, tag)
        keyword = keyword_for_tag(tag)
        if tag.is_private:
            private = [private[0] + 1, private[1] + length]
        elif keyword in MAPPED:
            lines.append(Removed(_place(tag), f"{dictionary_description(tag)}, replaced", length))
        elif keyword in kept or length == 0:
            continue
        elif 0x6000 <= tag.group <= 0x60FF or 0x5000 <= tag.group <= 0x50FF:
            drawn = [drawn[0] + 1, drawn[1] + length]
        elif not keyword:
            unknown = [unknown[0] + 1, unknown[1] + length]
        elif len(lines) < _LONGEST_RECEIPT:
            lines.append(Removed(_place(tag), dictionary_description(tag), length))
        else:
            further = [further[0] + 1, further[1] + length]
    for (count, length), what in (
        (drawn, "attributes of drawn graphics"),
        (private, "private attributes"),
        (unknown, "attributes that the standard does not know"),
        (further, "further attributes"),
    ):
        if count:
            lines.append(Removed("DICOM", f"{what}: {count}", length))
    return tuple(lines)


def _place(tag: BaseTag) -> str:
    return f"DICOM ({tag.group:04X},{tag.element:04X})"


def _length_of(source: Dataset, tag: BaseTag) -> int:
    element: Any = source.get_item(tag)
    length = getattr(element, "length", None)
    if isinstance(length, int) and length != 0xFFFFFFFF:
        return length
    value = getattr(element, "value", None)
    return len(value) if value is not None and hasattr(value, "__len__") else 0


def _say_what_was_done(out: Dataset) -> None:
    out.PatientIdentityRemoved = "YES"
    out.DeidentificationMethod = METHOD
    items = []
    for value, meaning in _CODES:
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
        items.append(item)
    out.DeidentificationMethodCodeSequence = items
    out.LongitudinalTemporalInformationModified = "REMOVED"


def put_pixels(out: Dataset, layout: Layout, array: npt.NDArray[np.generic], jpeg: bytes | None) -> None:
    """The picture and all that says how it is stored."""
    out.Rows, out.Columns = layout.rows, layout.columns
    out.SamplesPerPixel = 3 if layout.is_colour else 1
    out.PixelRepresentation = int(layout.is_signed)
    out.BitsAllocated, out.BitsStored = layout.bits_allocated, layout.bits_stored
    out.HighBit = layout.bits_stored - 1
    if layout.is_colour:
        out.PlanarConfiguration = 0
        out.PhotometricInterpretation = layout.photometric if jpeg else "RGB"
    else:
        out.PhotometricInterpretation = layout.photometric
    if jpeg is not None:
        out.PixelData = encapsulate([jpeg])
        out["PixelData"].VR = "OB"
        out["PixelData"].is_undefined_length = True
        return
    kind = np.dtype(np.uint8) if layout.bits_allocated == 8 else np.dtype("<u2")
    data = np.ascontiguousarray(array).astype(kind, copy=False).tobytes()
    out.PixelData = data + b"\0" * (len(data) % 2)
    out["PixelData"].VR = "OB" if layout.bits_allocated == 8 else "OW"


def _put_window(out: Dataset, source: Dataset, layout: Layout, grey: Grey) -> None:
    """The file's first window; one that came as a table goes out as the line that stands for it."""
    within = decimals(1, -1e6, 1e6)
    centre, width = (value_of(source, name) for name in ("WindowCenter", "WindowWidth"))
    said = (within(centre), within(width)) if centre not in (None, "") else (None, None)
    if said[0] is not None and said[1] is not None:
        out.WindowCenter, out.WindowWidth = said
        return
    top = (1 << layout.bits_stored) - 1
    low, high = (top - grey.high, top - grey.low) if layout.is_inverted else (grey.low, grey.high)
    out.WindowCenter = f"{layout.low + (low + high + 1) / 2:.10g}"
    out.WindowWidth = f"{high - low + 1:.10g}"


def _written(out: Dataset, header: Header, is_jpeg: bool) -> bytes:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(header.sop_class)
    meta.MediaStorageSOPInstanceUID = out.SOPInstanceUID
    meta.TransferSyntaxUID = JPEGBaseline8Bit if is_jpeg else ExplicitVRLittleEndian
    meta.ImplementationClassUID = PYDICOM_IMPLEMENTATION_UID
    meta.ImplementationVersionName = "ARCADA"
    out.file_meta = meta
    buffer = io.BytesIO()
    dcmwrite(buffer, out, enforce_file_format=True)
    return buffer.getvalue()
