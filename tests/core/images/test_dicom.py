"""DICOM photographs and radiographs: the picture bit by bit, what is refused and by which name, window and scale."""

import io
import tracemalloc

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.uid import (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from arcada.apps.records.limits import in_child
from arcada.core.anatomy import RecordKind
from arcada.core.images.depth import decode_depth, encode_depth
from arcada.core.images.dicom.samples import dicom_samples
from arcada.core.images.downscale import downscale
from arcada.core.intake import prepare
from arcada.core.prepared import Declared
from arcada.core.rehearsal import rehearse
from tests.core.images.judged_dicom import PANORAMIC, found, judged
from tests.core.made_dicom import DX, IO, XC, dataset_of, dicom_of, drawn_panoramic, drawn_photograph, written

CT, MULTI_FRAME = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.7.3"


# ---------------------------------------------------------------- the picture


@pytest.mark.parametrize(
    "syntax",
    [
        ExplicitVRLittleEndian,
        ImplicitVRLittleEndian,
        JPEG2000Lossless,
        JPEGLossless,
        JPEGLosslessSV1,
        JPEGLSLossless,
        RLELossless,
    ],
)
@pytest.mark.parametrize("bits", [10, 12, 16])
def test_every_bit_of_a_radiograph_is_in_its_depth_and_in_the_cleaned_file(syntax: str, bits: int) -> None:
    picture = drawn_panoramic(60, 120, bits=bits)
    prepared = judged(dicom_of(picture, bits=bits, syntax=syntax))
    assert prepared.accepted and prepared.kind is RecordKind.RADIOGRAPH and prepared.cleaned
    assert np.array_equal(decode_depth(prepared.renditions["depth.bin"]), picture)
    assert np.array_equal(pydicom.dcmread(io.BytesIO(prepared.cleaned)).pixel_array, picture)
    assert (prepared.facts.bits, prepared.facts.width, prepared.facts.height) == (bits, 120, 60)


def test_a_negative_is_shown_as_a_positive_and_kept_as_it_is() -> None:
    prepared = judged(dicom_of(PANORAMIC, photometric="MONOCHROME1"))
    assert np.array_equal(decode_depth(prepared.renditions["depth.bin"]), 4095 - PANORAMIC)
    assert np.array_equal(pydicom.dcmread(io.BytesIO(prepared.cleaned)).pixel_array, PANORAMIC)


def test_values_below_zero_keep_their_order() -> None:
    picture = (PANORAMIC.astype(np.int32) - 2048).astype(np.int16)
    prepared = judged(dicom_of(picture, WindowCenter=None, WindowWidth=None))
    assert np.array_equal(decode_depth(prepared.renditions["depth.bin"]), PANORAMIC)
    assert np.array_equal(pydicom.dcmread(io.BytesIO(prepared.cleaned)).pixel_array, picture)


def test_a_name_drawn_into_the_unused_bits_is_gone_and_the_picture_is_not() -> None:
    """DE-06, Clean Graphics: overlays once lay in the bits above the stored ones."""
    hidden = PANORAMIC | np.uint16(0x8000)
    prepared = judged(dicom_of(hidden))
    raw = pydicom.dcmread(io.BytesIO(prepared.cleaned)).PixelData
    assert np.array_equal(np.frombuffer(raw, "<u2").reshape(PANORAMIC.shape), PANORAMIC)


@pytest.mark.parametrize("planar", [0, 1])
def test_the_colours_of_a_photograph_stay(planar: int) -> None:
    dataset = dataset_of(drawn_photograph(), sop_class=XC, modality="XC")
    dataset.PlanarConfiguration = planar
    if planar:
        dataset.PixelData = np.moveaxis(drawn_photograph(), 2, 0).tobytes()
    prepared = judged(written(dataset), "EV15")
    assert (
        prepared.accepted
        and prepared.kind is RecordKind.PHOTOGRAPH
        and "depth.bin" not in prepared.renditions
    )
    assert np.array_equal(pydicom.dcmread(io.BytesIO(prepared.cleaned)).pixel_array, drawn_photograph())


def test_a_jpeg_inside_keeps_its_pixels_and_loses_its_comment() -> None:
    data = dicom_of(drawn_photograph(), sop_class=XC, modality="XC", syntax=JPEGBaseline8Bit)
    prepared = judged(data, "EV15")
    before, after = (pydicom.dcmread(io.BytesIO(part)).pixel_array for part in (data, prepared.cleaned))
    assert np.array_equal(before, after)
    assert b"Clara" in data and b"Clara" not in prepared.cleaned
    assert "JPEG comment" in [line.where for line in prepared.receipt]


def test_the_first_look_follows_the_window_of_the_file() -> None:
    narrow = judged(dicom_of(PANORAMIC, WindowCenter=1500, WindowWidth=400))
    view = np.asarray(Image.open(io.BytesIO(narrow.renditions["view.webp"])).convert("L")).astype(int)
    assert view[PANORAMIC <= 1280].mean() < 10 and view[PANORAMIC >= 1720].mean() > 245
    assert narrow.renditions["depth.bin"][16:24] == np.array([1300, 1699], "<i4").tobytes()


def test_without_a_window_nearly_all_greys_are_seen() -> None:
    for missing in ({"WindowCenter": None}, {"WindowCenter": 900_000, "WindowWidth": 2}):
        low, high = np.frombuffer(
            judged(dicom_of(PANORAMIC, **missing)).renditions["depth.bin"][16:24], "<i4"
        )
        assert PANORAMIC.min() - 1 <= low < np.percentile(PANORAMIC, 2)
        assert np.percentile(PANORAMIC, 98) < high <= PANORAMIC.max() + 1


@pytest.mark.parametrize("bits", [8, 9, 12, 16])
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (300, 7)])
def test_depth_gives_back_every_value(bits: int, size: tuple[int, int]) -> None:
    values = np.random.default_rng(bits).integers(0, 1 << bits, size).astype(np.uint16)
    assert np.array_equal(decode_depth(encode_depth(values, bits=bits, low=0, high=1)), values)


def test_depth_is_much_smaller_than_the_pixels_themselves() -> None:
    picture = drawn_panoramic(400, 800)
    assert len(encode_depth(picture, bits=12, low=0, high=1)) < 0.5 * picture.nbytes


# ---------------------------------------------------------------- scale


@pytest.mark.parametrize(
    ("said", "spacing", "calibration"),
    [
        ({}, (0.1, 0.1), "detector"),
        ({"ImagerPixelSpacing": None}, None, "none"),
        ({"PixelSpacing": [0.1, 0.1]}, (0.1, 0.1), "detector"),
        ({"PixelSpacing": [0.08, 0.09]}, (0.08, 0.09), "calibrated"),
        ({"PixelSpacing": [0.1, 0.1], "PixelSpacingCalibrationType": "FIDUCIAL"}, (0.1, 0.1), "calibrated"),
        ({"EstimatedRadiographicMagnificationFactor": 1.25}, (0.08, 0.08), "estimated"),
        ({"EstimatedRadiographicMagnificationFactor": 900}, (0.1, 0.1), "detector"),
        ({"ImagerPixelSpacing": [0, -1]}, None, "none"),
        ({"ImagerPixelSpacing": [1e9, 1e9]}, None, "none"),
    ],
)
def test_a_file_says_how_large_a_pixel_is_and_of_what(said: dict, spacing: object, calibration: str) -> None:
    facts = judged(dicom_of(PANORAMIC, **said)).facts
    assert facts.spacing_mm == (pytest.approx(spacing) if spacing else None)
    assert facts.calibration == calibration


# ---------------------------------------------------------------- what is refused, by its name


@pytest.mark.parametrize(
    ("change", "code", "value"),
    [
        ({"NumberOfFrames": 40}, "dicom_multi_frame", 40),
        (
            {"sop_class": MULTI_FRAME},
            "dicom_multi_frame",
            "Multi-frame Grayscale Word Secondary Capture Image Storage",
        ),
        ({"sop_class": CT}, "dicom_volume", "CT Image Storage"),
        ({"sop_class": "1.2.840.10008.5.1.4.1.1.104.1"}, "dicom_kind", "Encapsulated PDF Storage"),
        ({"sop_class": "1.2.3.4"}, "dicom_kind", "not in the standard"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "dicom_pixels", "PALETTE COLOR, 12 bits"),
        ({"BitsAllocated": 32, "BitsStored": 32}, "dicom_pixels", "MONOCHROME2, 32 bits"),
        ({"BitsStored": 40}, "dicom_pixels", "MONOCHROME2, 40 bits"),
        ({"Rows": 65535, "Columns": 65535}, "too_much_to_show", None),
        ({"Rows": 200}, "malformed", "picture data"),
        ({"Rows": 0}, "malformed", "rows and columns"),
        ({"Columns": None}, "malformed", "rows and columns"),
        ({"PixelData": None}, "malformed", "pixel data"),
    ],
)
def test_what_is_not_opened_is_refused_by_its_name(change: dict, code: str, value: object) -> None:
    prepared = judged(dicom_of(PANORAMIC, **change))
    assert found(prepared)[-1] == code and not prepared.renditions and prepared.cleaned is None
    assert prepared.accepted is (
        code == "too_much_to_show"
    )  # kept for its own workspace, seen by nobody else
    assert value is None or prepared.findings[-1].value == value


@pytest.mark.parametrize(
    ("syntax", "name"),
    [
        ("1.2.840.10008.1.2.4.51", "JPEG Extended (Process 2 and 4)"),
        ("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Image Compression (Lossless Only)"),
        ("1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian"),
        ("1.2.840.10008.1.2.2", "Explicit VR Big Endian"),
        ("1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile / Level 4.1"),
        ("1.2.3.99", "not in the standard"),
    ],
)  # fmt: skip
def test_a_compression_that_is_not_opened_is_called_by_its_name(syntax: str, name: str) -> None:
    data = dicom_of(PANORAMIC)
    old = b"1.2.840.10008.1.2.1\0"
    padded = syntax.encode() + b"\0" * (len(syntax) % 2)
    place = data.index(old)
    length = len(padded).to_bytes(2, "little")
    prepared = judged(data[: place - 2] + length + padded + data[place + len(old) :])
    assert found(prepared) == ["dicom_compression"] and prepared.findings[0].value == name


def test_a_size_that_is_only_claimed_takes_no_memory() -> None:
    """A packed frame that is declared as 8000 × 8000 and holds next to nothing."""
    for syntax in (JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless, RLELossless, ExplicitVRLittleEndian):
        data = dicom_of(PANORAMIC, syntax=syntax)
        for tag, was, claimed in ((b"\x28\0\x10\0US\2\0", 60, 8000), (b"\x28\0\x11\0US\2\0", 120, 8000)):
            assert tag + was.to_bytes(2, "little") in data
            data = data.replace(tag + was.to_bytes(2, "little"), tag + claimed.to_bytes(2, "little"))
        tracemalloc.start()
        prepared = judged(data)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found(prepared) == ["malformed"] and most < 5_000_000


def test_a_file_cut_off_anywhere_is_refused_or_whole() -> None:
    data = dicom_of(PANORAMIC)
    for length in [*range(130, 1400, 37), len(data) - 1, len(data) // 2]:
        prepared = judged(data[:length])
        assert not prepared.accepted and not prepared.renditions


@pytest.mark.parametrize("kind", ["XC", "radiograph"])
def test_a_picture_in_the_other_kinds_place_is_taken_with_a_warning(kind: str) -> None:
    if kind == "XC":
        prepared = judged(dicom_of(drawn_photograph(), sop_class=XC, modality="XC"), "panoramic")
    else:
        prepared = judged(dicom_of(PANORAMIC), "EV15")
    assert prepared.accepted and "dicom_other_kind" in found(prepared)


def test_in_a_place_for_everything_the_file_says_what_it_is() -> None:
    assert judged(dicom_of(PANORAMIC, sop_class=IO, modality="IO"), "other").kind is RecordKind.RADIOGRAPH
    assert (
        judged(dicom_of(drawn_photograph(), sop_class=XC, modality="XC"), "other").kind
        is RecordKind.PHOTOGRAPH
    )


def test_a_scanners_own_dcm_is_still_sent_back_with_what_to_export() -> None:
    prepared = prepare(b'<HPS version="1.1">', Declared("upper.3shape.dcm", slot="upper_jaw"))
    assert "scanner_vendor_format" in found(prepared)


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("YES", DX, "burned_in_text"),
        (None, DX, "picture_to_check"),
        ("NO", DX, None),
        (None, XC, None),
        ("YES", XC, "burned_in_text"),
    ],
)
def test_a_person_has_to_look_where_text_may_be_in_the_picture(
    said: str | None, kind: str, code: str | None
) -> None:
    """DE-07."""
    picture, slot = (drawn_photograph(), "EV15") if kind == XC else (PANORAMIC, "panoramic")
    prepared = judged(dicom_of(picture, sop_class=kind, BurnedInAnnotation=said), slot)
    assert prepared.accepted and prepared.facts.picture_check is (code is not None)
    assert [c for c in found(prepared) if c in ("burned_in_text", "picture_to_check")] == (
        [code] if code else []
    )


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLosslessSV1])
def test_a_radiograph_that_is_too_large_is_made_smaller_in_its_depth_and_to_scale(syntax: str) -> None:
    picture = drawn_panoramic(200, 400)
    smaller = downscale(dicom_of(picture, syntax=syntax, PixelSpacing=[0.05, 0.05]), 20_000)
    prepared = judged(smaller)
    assert (prepared.facts.width, prepared.facts.height, prepared.facts.bits) == (200, 100, 12)
    assert prepared.facts.spacing_mm == pytest.approx((0.1, 0.1))
    shown = decode_depth(prepared.renditions["depth.bin"]).astype(int)
    assert np.abs(shown - picture.reshape(100, 2, 200, 2).mean(axis=(1, 3))).mean() < 20


def test_a_photograph_in_dicom_is_made_smaller_in_its_colours() -> None:
    smaller = downscale(
        dicom_of(drawn_photograph(), sop_class=XC, modality="XC", syntax=JPEGBaseline8Bit), 768
    )
    prepared = judged(smaller, "EV15")
    assert (
        prepared.accepted
        and (prepared.facts.width, prepared.facts.height) == (32, 24)
        and prepared.facts.is_colour
    )


def test_every_way_of_packing_is_opened_where_nothing_else_can_be() -> None:
    """UP-13: a worker rehearses them before it forks; its child can open neither file nor library."""
    rehearse()
    for data in dicom_samples():
        assert (
            in_child(lambda write, data=data: write(b"%d" % prepare(data, Declared("a.dcm")).accepted))
            == b"1"
        )
