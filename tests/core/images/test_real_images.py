"""Every awkward image that other projects keep: accepted or refused, quickly, with equal pixels."""

import io
import time
import warnings
from collections import Counter

import pytest
from PIL import Image

from arcada.core.errors import Unreadable
from arcada.core.images.read import read_image
from arcada.core.images.thumbnail import make_views


def opened(data: bytes) -> Image.Image | None:
    """What Pillow makes of the original, or None where it can't read it: no judge of the file, then."""
    try:
        image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
        image.load()
    except Exception:
        return None
    return image


@pytest.mark.filterwarnings("ignore")
def test_every_awkward_image_ends_as_accepted_or_as_a_clear_refusal(real_files):
    outcome: Counter[str] = Counter()
    for path in sorted((real_files / "bad-images").rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        begun = time.monotonic()
        try:
            image = read_image(data)
            make_views(image.cleaned)
        except Unreadable as refusal:
            outcome[refusal.code] += 1
        else:
            outcome["accepted"] += 1
            before = opened(data)
            if before is not None and not any(finding.code == "icc_converted" for finding in image.findings):
                with Image.open(io.BytesIO(image.cleaned)) as after:
                    if after.size == before.size:
                        assert after.tobytes() == before.tobytes(), path.name
        assert time.monotonic() - begun < 20, path.name
    assert outcome["accepted"] > 350


def test_the_real_photographs_are_accepted_without_a_touched_pixel(real_files):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path in sorted((real_files / "photos").iterdir()):
            image = read_image(path.read_bytes())
            assert image.findings == (), path.name
            with Image.open(path) as before, Image.open(io.BytesIO(image.cleaned)) as after:
                assert after.tobytes() == before.tobytes(), path.name
