"""The receipt: what was removed, and from where. Never the removed value itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Removed:
    """One line of the receipt.

    `file` is a role ("main", "material", "texture"), `where` the place in the field's words
    ("STL header", "EXIF", "PLY comment"), `what` the kind of thing, `length` its size in bytes.
    """

    where: str
    what: str
    length: int
    file: str = "main"
