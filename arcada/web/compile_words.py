"""Turns .po into .mo with Python alone: nothing to install on a machine that runs Arcada."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_words(source: Path) -> None:
    """Write `source`'s .mo beside it; entries that are not translated fall back to English."""
    with source.open("rb") as po:
        catalog = read_po(po, abort_invalid=True)
    with source.with_suffix(".mo").open("wb") as mo:
        write_mo(mo, catalog)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        compile_words(Path(name))
