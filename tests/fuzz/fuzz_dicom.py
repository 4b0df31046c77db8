"""Fuzzes the DICOM reader for so many seconds: `python -m tests.fuzz.fuzz_dicom 30`."""

from tests.fuzz.fuzzing import fuzz, instrumented

with instrumented():
    from arcada.core.images.depth import encode_depth
    from arcada.core.images.dicom.grey import eight_bits
    from arcada.core.images.dicom.read import read_dicom
    from arcada.core.images.dicom.samples import dicom_samples

from arcada.core.errors import Unreadable

KEY, SHA256 = b"k" * 32, "0" * 64
PREAMBLE = bytes(128) + b"DICM"


def once(data: bytes) -> None:
    try:
        image = read_dicom(data, uid_key=KEY, sha256=SHA256)
        # What goes out is read again by the same reader, and has nothing left to take out.
        again = read_dicom(image.cleaned, uid_key=KEY, sha256=SHA256)
        # A frame of odd length is filled up with a zero byte, as the standard wants.
        assert all(line.what.endswith("replaced") or line.length == 1 for line in again.removed)
        if image.grey is not None and image.grey.values.size < 250_000:
            eight_bits(image.grey)
            encode_depth(image.grey.values, bits=image.grey.bits, low=image.grey.low, high=image.grey.high)
    except Unreadable:
        return


def with_its_mark(data: bytes) -> bytes:
    """Nearly every mutation would stop at the mark: this one puts it back."""
    return PREAMBLE + data[len(PREAMBLE) :]


if __name__ == "__main__":
    fuzz(once, dicom_samples(), with_its_mark)
