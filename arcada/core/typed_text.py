"""What somebody typed or sent: which texts can be stored at all."""


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
