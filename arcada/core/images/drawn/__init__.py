"""Drawn photographs and radiographs by seed: no patient, for the demo and the tests."""

from typing import Literal

from arcada.core.geometry.views import View
from arcada.core.images.drawn import face_front, face_profile, mouth, radiograph
from arcada.core.images.drawn.canvas import FloatArray, encoded

ImageFormat = Literal["JPEG", "PNG"]
RadiographKind = Literal["panoramic", "lateral_ceph", "periapical"]

SHADE = "SHADE"
INTRAORAL = {
    "IV01": View.RIGHT,
    "IV07": View.FRONT,
    "IV18": View.LEFT,
    "IV25": View.UPPER,
    "IV27": View.LOWER,
}
EXTRAORAL = ("EV01", "EV15", "EV19")
# All below two megapixels.
PORTRAIT, LANDSCAPE = (1200, 1600), (1600, 1200)
FILM_SIZES: dict[str, tuple[int, int]] = {
    "panoramic": (1960, 1000),
    "lateral_ceph": (1250, 1500),
    "periapical": (900, 1200),
}


def draw_photograph(
    view_code: str,
    seed: int,
    width: int | None = None,
    height: int | None = None,
    *,
    image_format: ImageFormat = "JPEG",
    with_identity: bool = False,
) -> bytes:
    """A photograph's file: EV01, EV15, EV19, IV01, IV07, IV18, IV25, IV27 or SHADE; 1.92 megapixels unless said.

    `with_identity` plants a made-up name, serial number and place in its metadata.
    """
    wide, high = PORTRAIT if view_code in EXTRAORAL else LANDSCAPE
    pixels = _photograph(view_code, seed, width or wide, height or high)
    return encoded(pixels, image_format=image_format, with_identity=with_identity)


def _photograph(view_code: str, seed: int, width: int, height: int) -> FloatArray:
    if view_code in INTRAORAL:
        return mouth.intraoral(INTRAORAL[view_code], width, height, seed)
    if view_code == SHADE:
        return mouth.shade(width, height, seed)
    if view_code == "EV01":
        return face_profile.right_profile(width, height, seed)
    if view_code in EXTRAORAL:
        return face_front.frontal(width, height, seed, smiling=view_code == "EV19")
    raise ValueError(f"There is no drawing of {view_code}.")


def draw_radiograph(
    kind: RadiographKind,
    seed: int = 1,
    width: int | None = None,
    height: int | None = None,
    *,
    image_format: ImageFormat = "JPEG",
    with_identity: bool = False,
) -> bytes:
    """A radiograph's file in grey, at most 1.96 megapixels unless said; `with_identity` as of photographs."""
    wide, high = FILM_SIZES[kind]
    draw = {
        "panoramic": radiograph.panoramic,
        "lateral_ceph": radiograph.lateral_ceph,
        "periapical": radiograph.periapical,
    }[kind]
    pixels = draw(width or wide, height or high, seed)
    return encoded(pixels, image_format=image_format, with_identity=with_identity)


__all__ = ["EXTRAORAL", "FILM_SIZES", "INTRAORAL", "SHADE", "draw_photograph", "draw_radiograph"]
