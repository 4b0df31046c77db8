"""The one frame of a DICOM file as numbers: sizes judged before anything is decoded, hidden bits gone."""

import io
import struct
import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydicom.encaps import generate_frames
from pydicom.pixels.utils import pixel_array

from arcada.core.errors import Unreadable
from arcada.core.images.dicom.header import JPEG, JPEG_2000, JPEG_LOSSLESS, JPEG_LS, NATIVE, RLE, Header
from arcada.core.images.dicom.lossless_jpeg import (
    LOSSLESS_FRAME,
    LS_FRAME,
    decode_lossless,
    decode_ls,
    read_frame_header,
)
from arcada.core.images.image import refuse_too_many_pixels
from arcada.core.images.jpeg import read_size as read_jpeg_size

PALETTE: Final = "PALETTE COLOR"
_GREY: Final = frozenset({"MONOCHROME1", "MONOCHROME2", PALETTE})
_COLOUR: Final = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT"})


@dataclass(frozen=True, slots=True)
class Layout:
    """What the file says of its pixels; `low` is the least value that a pixel can have."""

    rows: int
    columns: int
    is_colour: bool
    is_inverted: bool
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    photometric: str

    @property
    def low(self) -> int:
        return -(1 << (self.bits_stored - 1)) if self.is_signed else 0


def read_layout(dataset: Any) -> Layout:
    """Judges the declared frame; raises Unreadable for several frames and for pixels that are not opened."""
    frames = dataset.get("NumberOfFrames")
    if frames not in (None, "") and _whole(frames) != 1:
        raise Unreadable("Several frames.", code="dicom_multi_frame", value=max(0, _whole(frames)))
    layout = Layout(
        rows=_whole(dataset.get("Rows")),
        columns=_whole(dataset.get("Columns")),
        is_colour=_whole(dataset.get("SamplesPerPixel")) == 3,
        is_inverted=str(dataset.get("PhotometricInterpretation") or "") == "MONOCHROME1",
        bits_allocated=_whole(dataset.get("BitsAllocated")),
        bits_stored=_whole(dataset.get("BitsStored")),
        high_bit=_whole(dataset.get("HighBit")),
        is_signed=_whole(dataset.get("PixelRepresentation") or 0) == 1,
        photometric=str(dataset.get("PhotometricInterpretation") or ""),
    )
    if layout.rows <= 0 or layout.columns <= 0:
        raise Unreadable("The size is missing.", code="malformed", value="rows and columns")
    refuse_too_many_pixels(layout.columns, layout.rows)
    samples = _whole(dataset.get("SamplesPerPixel"))
    known = layout.photometric in (_COLOUR if samples == 3 else _GREY) and samples in (1, 3)
    depth_fits = (
        layout.bits_allocated in (8, 16)
        and 1 <= layout.bits_stored <= layout.bits_allocated
        and layout.bits_stored - 1 <= layout.high_bit < layout.bits_allocated
        and not (layout.is_colour and (layout.bits_allocated != 8 or layout.is_signed))
    )
    if not known or not depth_fits:
        shown = layout.photometric if layout.photometric in _GREY | _COLOUR else "unknown"
        raise not_opened(shown, layout)
    return layout


def not_opened(shown: str, layout: Layout) -> Unreadable:
    return Unreadable(
        "These pixels are not opened.", code="dicom_pixels", value=f"{shown}, {layout.bits_stored} bits"
    )


def decode_frame(dataset: Any, header: Header, layout: Layout) -> npt.NDArray[np.generic]:
    """(rows, columns) uint16 or int16 of grey or of a palette's numbers, (rows, columns, 3) uint8 of RGB."""
    if "PixelData" not in dataset:
        raise Unreadable("There is no picture in it.", code="malformed", value="pixel data")
    try:
        if header.transfer_syntax in NATIVE:
            array = _native(dataset, layout)
        elif header.transfer_syntax in JPEG_LOSSLESS | JPEG_LS:
            array = _without_loss(frame_of(dataset, header, layout), header, layout)
        else:
            frame_of(dataset, header, layout)  # judges the size inside before anything is decoded
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                array = pixel_array(dataset, raw=False)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # what a library says of damaged pixels is of no fixed kind
        raise Unreadable("The picture can't be decoded.", code="malformed", value="picture data") from error
    wanted = (layout.rows, layout.columns, 3) if layout.is_colour else (layout.rows, layout.columns)
    if array.shape != wanted:
        raise Unreadable("The picture has another size.", code="malformed", value="picture data")
    return np.ascontiguousarray(array, np.uint8) if layout.is_colour else _stored_bits(array, layout)


def frame_of(dataset: Any, header: Header, layout: Layout) -> bytes:
    """The compressed frame; Unreadable when the size in it is not the declared one."""
    frame = next(iter(generate_frames(bytes(dataset["PixelData"].value), number_of_frames=1)))
    size = (layout.columns, layout.rows)
    if header.transfer_syntax == JPEG:
        fits = read_jpeg_size(frame) == size
    elif header.transfer_syntax in JPEG_2000:
        with Image.open(io.BytesIO(frame), formats=("JPEG2000",)) as picture:
            fits = picture.size == size
    elif header.transfer_syntax in JPEG_LOSSLESS:
        # Every sample takes a bit at least, so a short frame can't hold much.
        samples = layout.columns * layout.rows * (3 if layout.is_colour else 1)
        fits = _is_declared(frame, LOSSLESS_FRAME, layout) and samples <= 8 * len(frame)
    elif header.transfer_syntax in JPEG_LS:
        fits = _is_declared(frame, LS_FRAME, layout) and layout.rows <= 8 * len(frame)  # here every row
    else:
        # A run of RLE is 128 samples of two bytes at most, so a short frame can't hold much.
        segments = struct.unpack_from("<I", frame)[0]
        fits = header.transfer_syntax == RLE and 1 <= segments <= 3 * layout.bits_allocated // 8
        fits = fits and layout.columns * layout.rows <= len(frame) * 64
    if not fits:
        raise Unreadable("The picture has another size.", code="malformed", value="picture data")
    return frame


def _is_declared(frame: bytes, kind: int, layout: Layout) -> bool:
    """The frame says of itself what the file says of it."""
    said = read_frame_header(frame, kind)
    return (
        (said.columns, said.rows) == (layout.columns, layout.rows)
        and len(said.channels) == (3 if layout.is_colour else 1)
        and said.bits <= layout.bits_allocated
    )


def _without_loss(frame: bytes, header: Header, layout: Layout) -> npt.NDArray[np.generic]:
    if header.transfer_syntax in JPEG_LS:
        array = decode_ls(frame)
    else:
        array = decode_lossless(frame, is_signed=layout.is_signed)
    if not layout.is_colour:
        return array[:, :, 0]
    if layout.photometric == "RGB":
        return array
    if layout.photometric not in ("YBR_FULL", "YBR_FULL_422"):
        raise not_opened(layout.photometric, layout)
    return _rgb(array.astype(np.uint8))


def _rgb(array: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.fromarray(np.ascontiguousarray(array), "YCbCr").convert("RGB"))


def _native(dataset: Any, layout: Layout) -> npt.NDArray[np.generic]:
    """Own: the library copies, and some 3-sample files lie by planes."""
    data = bytes(dataset["PixelData"].value)
    samples = 3 if layout.is_colour else 1
    if layout.photometric == "YBR_FULL_422" or layout.photometric in ("YBR_RCT", "YBR_ICT"):
        raise Unreadable("These pixels are not opened.", code="dicom_pixels", value=layout.photometric)
    count = layout.rows * layout.columns * samples
    if len(data) < count * layout.bits_allocated // 8:
        raise Unreadable("The picture is cut off.", code="malformed", value="picture data")
    kind = np.dtype(np.uint8) if layout.bits_allocated == 8 else np.dtype("<u2")
    flat = np.frombuffer(data, kind, count)
    if not layout.is_colour:
        return flat.reshape(layout.rows, layout.columns)
    if _whole(dataset.get("PlanarConfiguration") or 0) == 1:
        array = np.moveaxis(flat.reshape(3, layout.rows, layout.columns), 0, 2)
    else:
        array = flat.reshape(layout.rows, layout.columns, 3)
    if layout.photometric == "YBR_FULL":
        return _rgb(array)
    return array


def _stored_bits(array: npt.NDArray[np.generic], layout: Layout) -> npt.NDArray[np.generic]:
    """Bits beside the stored ones once held overlays (names, arrows): they go, the value stays."""
    shift = layout.high_bit + 1 - layout.bits_stored
    values = array.astype(np.uint16)
    values >>= shift
    values &= (1 << layout.bits_stored) - 1
    if not layout.is_signed:
        return values
    sign = np.uint16(1 << (layout.bits_stored - 1))
    values ^= sign
    values -= sign
    return values.view(np.int16)


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return -1
