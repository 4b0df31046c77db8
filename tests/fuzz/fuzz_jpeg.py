"""Fuzzes the JPEG reader for so many seconds: `python -m tests.fuzz.fuzz_jpeg 30`."""

from tests.fuzz.fuzzing import fuzz, instrumented

with instrumented():
    from arcada.core.images.jpeg import read_size
    from arcada.core.images.read import read_image
    from arcada.core.images.thumbnail import make_views

from arcada.core.errors import Unreadable
from tests.golden.images.make import golden


def once(data: bytes) -> None:
    try:
        read_size(data)
        image = read_image(data)
        assert read_image(image.cleaned).cleaned == image.cleaned
        if image.width * image.height < 250_000:
            make_views(image.cleaned)
    except Unreadable:
        return


if __name__ == "__main__":
    fuzz(once, [data for name, (data, _) in golden().items() if name.endswith(".jpg")])
