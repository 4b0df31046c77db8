"""Lossless JPEG, JPEG-LS and palettes: what radiographic devices write, bit by bit, and what breaks it."""

import io
import subprocess
import sys
import tracemalloc
from typing import Any

import jpeg_ls
import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import (
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from arcada.core.errors import Unreadable
from arcada.core.images.depth import decode_depth
from arcada.core.images.dicom.lossless_jpeg import decode_lossless
from arcada.core.images.downscale import downscale
from tests.core.images.judged_dicom import PANORAMIC, found, judged
from tests.core.lossless_encoder import lossless_jpeg
from tests.core.made_dicom import XC, dicom_of, drawn_panoramic, drawn_photograph, written

LOSSLESS = [JPEGLosslessSV1, JPEGLSLossless]


def packed(frame: bytes, array: np.ndarray, syntax: str = JPEGLosslessSV1, **said: Any) -> bytes:
    """A file around a frame that was made elsewhere."""
    dataset = pydicom.dcmread(io.BytesIO(dicom_of(array, **said)))
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
    out = io.BytesIO()
    dataset.save_as(out, implicit_vr=False, little_endian=True)
    return out.getvalue()


# ---------------------------------------------------------------- what devices write


@pytest.mark.parametrize("predictor", range(1, 8))
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_every_predictor_gives_back_every_bit(predictor: int, bits: int) -> None:
    noise = np.random.default_rng(predictor).integers(0, 1 << bits, (17, 23)).astype(np.uint16)
    for picture in (noise, drawn_panoramic(40, 50, bits=bits)):
        for restart in (0, 1, 9):
            frame = lossless_jpeg(picture, bits, predictor=predictor, restart_rows=restart)
            assert np.array_equal(decode_lossless(frame, is_signed=False)[:, :, 0], picture)


def test_bits_that_the_device_cut_away_come_back_as_zeros() -> None:
    frame = lossless_jpeg(PANORAMIC, 12, shift=2)
    assert np.array_equal(decode_lossless(frame, is_signed=False)[:, :, 0], PANORAMIC >> 2 << 2)


@pytest.mark.parametrize("one_scan_a_channel", [False, True])
@pytest.mark.parametrize("slot", ["EV15", "panoramic"])
def test_colours_of_a_lossless_jpeg_stay(one_scan_a_channel: bool, slot: str) -> None:
    frame = lossless_jpeg(drawn_photograph(), 8, one_scan_a_channel=one_scan_a_channel)
    data = packed(frame, drawn_photograph(), sop_class=XC, modality="XC")
    prepared = judged(data, slot)
    assert prepared.accepted and prepared.cleaned
    assert np.array_equal(pydicom.dcmread(io.BytesIO(prepared.cleaned)).pixel_array, drawn_photograph())
    assert b"Clara" in data and b"Clara" not in prepared.cleaned


@pytest.mark.parametrize("by_plane", [False, True])
def test_colours_of_a_jpeg_ls_stay(by_plane: bool) -> None:
    array = np.moveaxis(drawn_photograph(), 2, 0).copy() if by_plane else drawn_photograph()
    frame = jpeg_ls.encode_array(array, interleave_mode=0 if by_plane else 2)
    prepared = judged(
        packed(bytes(frame), drawn_photograph(), JPEGLSLossless, sop_class=XC, modality="XC"), "EV15"
    )
    assert prepared.accepted and prepared.cleaned
    assert np.array_equal(pydicom.dcmread(io.BytesIO(prepared.cleaned)).pixel_array, drawn_photograph())


def test_nearly_lossless_stays_as_near_as_the_device_said() -> None:
    prepared = judged(dicom_of(PANORAMIC, syntax=JPEGLSNearLossless, LossyImageCompression="01"))
    shown = decode_depth(prepared.renditions["depth.bin"]).astype(int)
    assert prepared.accepted and 0 < np.abs(shown - PANORAMIC).max() <= 2
    assert pydicom.dcmread(io.BytesIO(prepared.cleaned or b"")).LossyImageCompression == "01"


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_values_below_zero_keep_their_order(syntax: str) -> None:
    picture = (PANORAMIC.astype(np.int32) - 2048).astype(np.int16)
    stored = picture.view(np.uint16) & 0x0FFF
    frame = lossless_jpeg(stored, 12) if syntax == JPEGLosslessSV1 else bytes(jpeg_ls.encode_array(stored))
    prepared = judged(packed(frame, picture, syntax, WindowCenter=None, WindowWidth=None))
    assert np.array_equal(decode_depth(prepared.renditions["depth.bin"]), PANORAMIC)


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_what_goes_out_is_rebuilt_without_the_device_and_the_patient(syntax: str) -> None:
    """DE-06."""
    prepared = judged(dicom_of(PANORAMIC, syntax=syntax))
    again = pydicom.dcmread(io.BytesIO(prepared.cleaned or b""))
    assert again.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert again.PatientIdentityRemoved == "YES" and b"Beispiel" not in (prepared.cleaned or b"")


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_a_person_has_to_look_at_a_radiograph_however_it_is_packed(syntax: str) -> None:
    """DE-07."""
    prepared = judged(dicom_of(PANORAMIC, syntax=syntax, BurnedInAnnotation=None))
    assert prepared.accepted and prepared.facts.picture_check and "picture_to_check" in found(prepared)


# ---------------------------------------------------------------- what breaks it


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_a_picture_that_is_cut_off_anywhere_is_refused(syntax: str) -> None:
    """A viewer that fills the rest with grey would show a jaw without its end."""
    whole = pydicom.dcmread(io.BytesIO(dicom_of(PANORAMIC, syntax=syntax)))
    frame = next(pydicom.encaps.generate_frames(whole.PixelData, number_of_frames=1))
    for length in [*range(2, 200, 7), *range(200, len(frame) - 2, 211), len(frame) - 3]:
        for ending in (b"", b"\xff\xd9"):
            prepared = judged(packed(frame[:length] + ending, PANORAMIC, syntax))
            if not prepared.accepted:
                assert found(prepared)[-1] in ("malformed", "truncated") and not prepared.renditions
            else:  # without its last byte JPEG-LS may still make sense: then nothing but the very end is guessed
                assert length == len(frame) - 3 and ending
                shown = decode_depth(prepared.renditions["depth.bin"])
                assert np.array_equal(shown.ravel()[:-8], PANORAMIC.ravel()[:-8])


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_a_garbled_picture_is_refused_or_a_picture_and_never_a_crash(syntax: str) -> None:
    whole = pydicom.dcmread(io.BytesIO(dicom_of(PANORAMIC, syntax=syntax)))
    frame = next(pydicom.encaps.generate_frames(whole.PixelData, number_of_frames=1))
    random, refused = np.random.default_rng(5), 0
    for _ in range(150):
        damaged = bytearray(frame)
        place = int(random.integers(2, len(frame) - 40))
        damaged[place : place + 40] = random.bytes(40)
        prepared = judged(packed(bytes(damaged), PANORAMIC, syntax))
        refused += not prepared.accepted
        assert prepared.accepted or found(prepared)[-1] in ("malformed", "truncated", "too_many_pixels")
    assert refused > 75


@pytest.mark.parametrize(
    ("where", "becomes"),
    [
        (b"\xff\xc3\0\x0b\x0c", b"\xff\xc3\0\x0b\x11"),  # 17 bits
        (b"\xff\xc3\0\x0b\x0c", b"\xff\xc3\0\x0b\x01"),
        (b"\xff\xc3\0\x0b\x0c\0\x3c", b"\xff\xc3\0\x0b\x0c\0\x3d"),  # a row more than the file says
        (b"\xff\xc3", b"\xff\xc0"),
        (b"\xff\xda\0\x08\x01\x01\0\x01", b"\xff\xda\0\x08\x01\x01\0\x00"),  # predictor 0
        (b"\xff\xda\0\x08\x01\x01\0\x01", b"\xff\xda\0\x08\x01\x01\0\x08"),
        (b"\xff\xda\0\x08\x01\x01", b"\xff\xda\0\x08\x01\x02"),  # a channel that is not there
        (b"\xff\xda\0\x08\x01\x01\0", b"\xff\xda\0\x08\x01\x01\x30"),  # a table that is not there
        (b"\xff\xc4\0\x24\0\x01", b"\xff\xc4\0\x24\0\x02"),  # more codes than fit
        (b"\xff\xfe", b"\xff\xc8"),  # a marker that nobody knows
    ],
)
def test_a_header_that_breaks_the_rules_is_refused(where: bytes, becomes: bytes) -> None:
    frame = lossless_jpeg(PANORAMIC, 12)
    assert where in frame
    prepared = judged(packed(frame.replace(where, becomes, 1), PANORAMIC))
    assert found(prepared) in (["malformed"], ["truncated"]) and not prepared.renditions


def test_restart_markers_out_of_order_or_within_a_row_are_refused() -> None:
    frame = lossless_jpeg(PANORAMIC, 12, restart_rows=20)
    for damaged in (
        frame.replace(b"\xff\xd0", b"\xff\xd1", 1),
        frame.replace(b"\xff\xdd\0\x04\x09", b"\xff\xdd\0\x04\x08"),
    ):
        assert damaged != frame
        with pytest.raises(Unreadable):
            decode_lossless(damaged, is_signed=False)


def test_a_frame_that_claims_what_it_cannot_hold_is_not_decoded() -> None:
    """8000 × 8000 in the file and in the frame alike, with a few bytes behind."""
    frame = lossless_jpeg(PANORAMIC, 12).replace(b"\x0c\0\x3c\0\x78", b"\x0c\x1f\x40\x1f\x40", 1)
    stream = bytes(jpeg_ls.encode_array(PANORAMIC)).replace(b"\0\x3c\0\x78", b"\x1f\x40\x1f\x40", 1)
    for claimed, syntax in ((frame, JPEGLosslessSV1), (stream[:300], JPEGLSLossless)):
        data = packed(claimed, PANORAMIC, syntax, Rows=8000, Columns=8000)
        tracemalloc.start()
        prepared = judged(data)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found(prepared) == ["malformed"] and most < 5_000_000


# ---------------------------------------------------------------- palettes


TABLES = {
    "Red": np.linspace(0, 65535, 64).astype("<u2"),
    "Green": np.linspace(65535, 0, 64).astype("<u2"),
    "Blue": (np.arange(64) % 5 * 16000).astype("<u2"),
}
NUMBERS = np.random.default_rng(2).integers(0, 80, (30, 40)).astype(np.uint8)  # some beyond the table


def in_palette(
    numbers: np.ndarray = NUMBERS, *, first: int = 4, bits: int = 16, tables: Any = None, **said: Any
) -> bytes:
    for channel, table in (tables or {name: t.tobytes() for name, t in TABLES.items()}).items():
        said[f"{channel}PaletteColorLookupTableDescriptor"] = [64, first, bits]
        said[f"{channel}PaletteColorLookupTableData"] = table
    return dicom_of(
        numbers, photometric="PALETTE COLOR", **{"WindowCenter": None, "WindowWidth": None, **said}
    )


def expected(numbers: np.ndarray, first: int = 4) -> np.ndarray:
    place = np.clip(numbers.astype(int) - first, 0, 63)
    return np.stack([(TABLES[name] >> 8).astype(np.uint8)[place] for name in TABLES], axis=-1)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless, *LOSSLESS])
def test_a_palette_is_seen_and_goes_out_as_its_colours(syntax: str) -> None:
    prepared = judged(in_palette(syntax=syntax), "other")
    assert prepared.accepted and prepared.facts.is_colour and prepared.cleaned
    out = pydicom.dcmread(io.BytesIO(prepared.cleaned))
    assert out.PhotometricInterpretation == "RGB" and "RedPaletteColorLookupTableData" not in out
    assert np.array_equal(out.pixel_array, expected(NUMBERS))


def test_a_palette_of_eight_bits_is_read_one_entry_a_byte_or_a_word() -> None:
    narrow = {name: (table >> 8).astype(np.uint8) for name, table in TABLES.items()}
    for tables in (
        {name: table.tobytes() for name, table in narrow.items()},
        {name: table.astype("<u2").tobytes() for name, table in narrow.items()},
    ):
        prepared = judged(in_palette(bits=8, tables=tables), "other")
        shown = pydicom.dcmread(io.BytesIO(prepared.cleaned or b"")).pixel_array
        assert np.array_equal(shown, expected(NUMBERS))


def test_a_picture_in_a_palette_is_made_smaller_in_its_colours() -> None:
    flat = np.full((40, 60), 30, np.uint8)
    prepared = judged(downscale(in_palette(flat), 600), "other")
    shown = pydicom.dcmread(io.BytesIO(prepared.cleaned or b"")).pixel_array
    assert shown.shape == (20, 30, 3) and np.abs(shown.astype(int) - expected(flat)[0, 0]).max() <= 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"RedPaletteColorLookupTableData": None}, "dicom_pixels"),
        ({"GreenPaletteColorLookupTableData": None}, "malformed"),
        ({"BluePaletteColorLookupTableData": b"\0" * 20}, "malformed"),
        ({"RedPaletteColorLookupTableDescriptor": [64, 0, 12]}, "malformed"),
        ({"RedPaletteColorLookupTableDescriptor": None}, "malformed"),
    ],
)
def test_a_damaged_palette_is_refused(said: dict[str, Any], code: str) -> None:
    dataset = pydicom.dcmread(io.BytesIO(in_palette()))
    for keyword, value in said.items():
        if value is None:
            del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    prepared = judged(written(dataset), "other")
    assert found(prepared) == [code] and not prepared.renditions


def test_a_palette_in_a_lossy_jpeg_has_no_colours_to_trust() -> None:
    assert found(judged(in_palette(syntax=JPEGBaseline8Bit), "other")) == ["dicom_pixels"]


# ---------------------------------------------------------------- where it is loaded

WEB = """
import sys
import arcada.config.asgi, arcada.config.urls
from django.urls import get_resolver
get_resolver().url_patterns
print(sorted({"jpeg_ls", "_CharLS", "pydicom", "numba", "numpy"} & set(sys.modules)))
"""


def test_a_web_process_carries_no_decoder() -> None:
    """Files are decoded in a worker's child; what serves pages never loads what they are decoded with."""
    ran = subprocess.run([sys.executable, "-c", WEB], capture_output=True, check=True, text=True)
    assert ran.stdout.strip() == "[]"
