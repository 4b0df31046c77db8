"""What a signed file may say of itself: a signature tells who signed it, never that what it says has a good form."""

from typing import Any, Final

_LONGEST: Final = 200
_MOST: Final = 50
_LARGEST: Final = 2**53


def is_word(value: object) -> bool:
    """As Arcada itself writes an address, a time or a hash: one printable word."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable() and " " not in value


def is_name(value: object) -> bool:
    """Text that somebody typed; it may hold signs that cannot be printed as they are."""
    return isinstance(value, str) and len(value) <= _LONGEST


def are_names(values: object) -> bool:
    return isinstance(values, list) and len(values) <= _MOST and all(map(is_name, values))


def are_files(values: object) -> bool:
    """Files with place, version and hashes; that of the cleaned file is missing or empty where there is none."""
    return isinstance(values, list) and all(map(_is_file, values))


def _is_file(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and is_name(value.get("slot"))
        and is_count(value.get("version"))
        and is_name(value.get("sha256"))
        and is_name(value.get("cleaned_sha256", ""))
    )


def is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST
