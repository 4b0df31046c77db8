"""What somebody typed or sent: which texts can be stored at all, and which can be written in a line."""

import unicodedata


def is_storable(value: object) -> bool:
    """False when a text in `value` holds NUL or half a character (a lone surrogate): no database takes those."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            if "\x00" in part or not _is_whole(part):
                return False
        elif isinstance(part, dict):
            waiting.extend(part.keys())
            waiting.extend(part.values())
        elif isinstance(part, list | tuple):
            waiting.extend(part)
    return True


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def without_controls(text: str) -> str:
    """The text with every control character as U+FFFD: no line of a log can be faked, no terminal be told things."""
    return "".join("\ufffd" if unicodedata.category(letter) in _CONTROLS else letter for letter in text)


# Controls, line and paragraph separators, and marks that turn the direction of what follows.
_CONTROLS = frozenset({"Cc", "Zl", "Zp", "Cf", "Cs"})
