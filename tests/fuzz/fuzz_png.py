"""Fuzzes the PNG reader for so many seconds: `python -m tests.fuzz.fuzz_png 30`."""

from tests.fuzz.fuzzing import fuzz, instrumented

with instrumented():
    from arcada.core.images.png import pack_chunk, read_size
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


def with_right_checksums(data: bytes) -> bytes:
    """A checksum would stop nearly every mutation at the door: this one opens it."""
    pieces, place = [data[:8]], 8
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        if place + 12 + length > len(data):
            break
        pieces.append(pack_chunk(data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    return b"".join(pieces) + data[place:]


if __name__ == "__main__":
    fuzz(once, [data for name, (data, _) in golden().items() if name.endswith(".png")], with_right_checksums)
