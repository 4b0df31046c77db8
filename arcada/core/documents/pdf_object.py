"""Two ways to look at a PDF object: through its references, and at its length as written."""

import io
from typing import Any, cast

from pypdf.generic import DictionaryObject


def entry(thing: DictionaryObject, key: str) -> object:
    """The entry itself, never a reference to it; None where there is none. (`get` of pypdf does not follow.)"""
    return thing[key] if key in thing else None  # noqa: SIM401 - get() is the thing to avoid


def written_length(thing: object) -> int:
    """Bytes that this object takes in a file, without what it refers to."""
    out = io.BytesIO()
    cast(Any, thing).write_to_stream(out)
    return out.tell()
