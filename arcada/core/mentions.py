"""Who is mentioned in a text: “@” and a name, as the page offers it."""

import re
from collections.abc import Iterable, Iterator


def mentioned_names(text: str, names: Iterable[str]) -> list[str]:
    """Those of `names` that stand in the text after an “@”, each once; the longest that fits counts, in any case."""
    found = {name: None for kind, name in parts_of(text, names) if kind}
    return list(found)


def parts_of(text: str, names: Iterable[str]) -> Iterator[tuple[bool, str]]:
    """The text in pieces: (True, name) for a mention, (False, text) for what stands between."""
    known = {name.casefold(): name for name in names if name}
    if not known:
        yield False, text
        return
    longest_first = sorted(known, key=len, reverse=True)
    # Not inside a word: an address such as carl@arco.example mentions nobody.
    pattern = re.compile(
        r"(?<![\w.@])@(" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.IGNORECASE
    )
    at = 0
    for hit in pattern.finditer(text):
        name = known.get(hit[1].casefold())
        if name is None:
            continue
        if hit.start() > at:
            yield False, text[at : hit.start()]
        yield True, name
        at = hit.end()
    if at < len(text):
        yield False, text[at:]
