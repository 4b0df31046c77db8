"""Every golden image is accepted or refused as the file beside it says, and nothing of it leaks."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from arcada.core.errors import Unreadable
from arcada.core.images.read import read_image, read_size
from arcada.core.images.thumbnail import make_views
from tests.golden.images.make import CANARY, golden

FOLDER = Path(__file__).parents[2] / "golden" / "images"
NAMES = sorted(path.name.removesuffix(".json") for path in FOLDER.glob("*.json"))
ACCEPTED = [name for name in NAMES if json.loads((FOLDER / f"{name}.json").read_text())["accepted"]]
FOREIGN = (CANARY, b"<html", b"<script", b"PK\x03\x04", b"PK\x05\x06", b"alert(")


def data_of(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def test_every_golden_image_has_its_expectation_beside_it():
    assert (
        set(golden())
        == set(NAMES)
        == {path.name for path in FOLDER.iterdir() if path.suffix in (".jpg", ".png")}
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_image_is_judged_as_expected(name):
    expected = json.loads((FOLDER / f"{name}.json").read_text())
    try:
        image = read_image(data_of(name))
    except Unreadable as refusal:
        assert expected == {"accepted": False, "code": refusal.code}
    else:
        assert expected == {
            "accepted": True,
            "width": image.width,
            "height": image.height,
            "is_colour": image.is_colour,
            "findings": [finding.code for finding in image.findings],
            "removed": [[line.where, line.what] for line in image.removed],
        }


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_cleaned_image_shows_the_same_pixels(name):
    image = read_image(data_of(name))
    if any(finding.code == "icc_converted" for finding in image.findings):
        return
    with Image.open(io.BytesIO(data_of(name))) as before, Image.open(io.BytesIO(image.cleaned)) as after:
        shown_before, shown_after = ImageOps.exif_transpose(before), ImageOps.exif_transpose(after)
        assert shown_after.size == (image.width, image.height)
        assert shown_after.mode == shown_before.mode
        assert shown_after.tobytes() == shown_before.tobytes()
        assert shown_after.getpalette() == shown_before.getpalette()


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_cleaned_image_holds_nothing_foreign_and_no_name(name):
    """UP-05."""
    cleaned = read_image(data_of(name)).cleaned
    assert [mark for mark in FOREIGN if mark in cleaned] == []
    assert cleaned.endswith(b"\xff\xd9" if name.endswith(".jpg") else b"IEND\xaeB`\x82")


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_cleaned_image_has_nothing_left_to_clean(name):
    cleaned = read_image(data_of(name)).cleaned
    again = read_image(cleaned)
    assert again.cleaned == cleaned
    assert again.removed == ()


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_views_of_an_image_have_its_shape_and_no_metadata(name):
    image = read_image(data_of(name))
    for view in make_views(image.cleaned).values():
        with Image.open(io.BytesIO(view)) as shown:
            assert shown.format == "WEBP"
            assert shown.size == (image.width, image.height)
            assert not {"exif", "icc_profile", "xmp"} & set(shown.info)


@pytest.mark.parametrize("name", NAMES)
def test_every_truncation_of_a_golden_image_is_accepted_or_refused(name):
    data = data_of(name)
    for length in range(len(data)):
        for read in (read_image, read_size):
            try:
                read(data[:length])
            except Unreadable as refusal:
                assert refusal.code
