"""What an upload standard says of itself, as a page says it."""

from django.utils.translation import gettext

from arcada.core.finding_texts import REASONS
from arcada.core.standard_words import STANDARD_WORDS

_KNOWN = frozenset(STANDARD_WORDS + REASONS)


def say_standard(text: str | None) -> str:
    """A title, description or reason: a shipped standard's is translated, one's own is as its author wrote it."""
    return gettext(text) if text in _KNOWN else text or ""
