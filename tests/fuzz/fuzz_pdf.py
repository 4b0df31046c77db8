"""Fuzzes the PDF reader for so many seconds: `python -m tests.fuzz.fuzz_pdf 30`."""

from tests.fuzz.fuzzing import fuzz, instrumented

with instrumented():
    from arcada.core.documents.pdf import read_pdf

from arcada.core.errors import Unreadable
from tests.golden.documents.make import golden


def once(data: bytes) -> None:
    try:
        document = read_pdf(data)
    except Unreadable:
        return
    assert read_pdf(document.cleaned).cleaned == document.cleaned


if __name__ == "__main__":
    fuzz(once, [data for name, (data, _) in golden().items() if name.endswith(".pdf")])
