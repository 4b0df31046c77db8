"""The drawn pictures are pictures of the right kind and size, and carry identity only where it was planted."""

import io

import numpy as np
import pytest
from PIL import Image

from arcada.core.anatomy import FileFormat
from arcada.core.images.drawn import EXTRAORAL, FILM_SIZES, INTRAORAL, SHADE, draw_photograph, draw_radiograph
from arcada.core.images.drawn.canvas import IDENTITY, SERIAL_NUMBER
from arcada.core.images.read import read_image

SMALL = (320, 240)


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def grey(data: bytes) -> np.ndarray:
    return np.asarray(opened(data).convert("L"), dtype=float)


@pytest.mark.parametrize("code", [*INTRAORAL, *EXTRAORAL, SHADE])
def test_every_view_is_a_colour_photograph_of_the_asked_size(code):
    picture = opened(draw_photograph(code, 1, *SMALL))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", SMALL)
    pixels = np.asarray(picture, dtype=float)
    assert pixels.std() > 15  # something is on it
    assert np.abs(pixels[..., 0] - pixels[..., 2]).mean() > 8  # and it is not grey


@pytest.mark.parametrize("kind", list(FILM_SIZES))
def test_every_radiograph_is_grey_and_has_bright_crowns_on_dark_air(kind):
    picture = opened(draw_radiograph(kind, 1))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "L", FILM_SIZES[kind])
    assert picture.width * picture.height <= 2_000_000
    low, high = np.quantile(np.asarray(picture), [0.05, 0.995])
    assert low < 60
    assert high > 170


def test_photographs_are_below_two_megapixels_unless_said():
    for code in ("EV15", "IV25"):
        width, height = opened(draw_photograph(code, 1)).size
        assert width * height == 1_920_000


def test_the_same_seed_draws_the_same_file_and_another_seed_another_one():
    assert draw_photograph("EV19", 5, *SMALL) == draw_photograph("EV19", 5, *SMALL)
    assert draw_photograph("EV19", 5, *SMALL) != draw_photograph("EV19", 6, *SMALL)
    assert draw_radiograph("periapical", 5, *SMALL) == draw_radiograph("periapical", 5, *SMALL)
    assert draw_radiograph("periapical", 5, *SMALL) != draw_radiograph("periapical", 6, *SMALL)


def test_the_profile_looks_to_the_right():
    picture = np.asarray(opened(draw_photograph("EV01", 1, 300, 400)), dtype=float)
    skin = (picture[..., 0] - picture[..., 2]) > 25
    at_the_nose = skin[190:215]  # rows between eye and lips
    assert np.flatnonzero(at_the_nose.any(0)).max() > 235
    assert not skin[:, 290:].any()


def test_a_smile_shows_teeth_where_a_face_at_rest_shows_lips():
    rest, smile = (grey(draw_photograph(code, 1, 300, 400))[236:250, 138:162] for code in ("EV15", "EV19"))
    assert smile.mean() > rest.mean() + 40


def test_upper_and_lower_occlusal_views_lie_as_on_a_chart():
    def ivory(code: str) -> np.ndarray:  # rows where teeth lie near the midline
        pixels = np.asarray(opened(draw_photograph(code, 1, *SMALL)), dtype=float)[:, 150:170]
        return np.flatnonzero((pixels[..., 1] / pixels[..., 0] > 0.85).mean(1) > 0.5)

    assert ivory("IV25").max() < 100  # upper incisors at the top
    assert ivory("IV27").min() > 140  # lower ones at the bottom


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_planted_identity_is_there_and_the_readers_take_it_out(image_format):
    secrets = [IDENTITY[0x010E].encode(), IDENTITY[0x013B].encode(), SERIAL_NUMBER.encode()]
    planted = draw_photograph("EV15", 1, *SMALL, image_format=image_format, with_identity=True)
    clean = draw_photograph("EV15", 1, *SMALL, image_format=image_format)
    assert all(secret in planted for secret in secrets)
    assert not any(secret in clean for secret in secrets)
    assert opened(planted).getexif().get_ifd(0x8825)[1] == "S"
    assert np.array_equal(np.asarray(opened(planted)), np.asarray(opened(clean)))

    read = read_image(planted)
    assert read.format is (FileFormat.JPEG if image_format == "JPEG" else FileFormat.PNG)
    assert read.removed
    assert not any(secret in read.cleaned for secret in secrets)


def test_a_radiograph_may_carry_identity_too():
    assert SERIAL_NUMBER.encode() in draw_radiograph("panoramic", 1, *SMALL, with_identity=True)


def test_a_view_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="no drawing of EV99"):
        draw_photograph("EV99", 1)
