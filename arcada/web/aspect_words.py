"""The aspects of a decision as a page says them, and as somebody typed them."""

from django.utils.translation import gettext

from arcada.core.decisions import ASPECT_WORDS, WHOLE


def say_aspect(name: str) -> str:
    """A shipped aspect in the reader's language; one that the workspace named stays as it was typed."""
    if name == WHOLE:
        return gettext("The whole")
    return gettext(ASPECT_WORDS[name]) if name in ASPECT_WORDS else name


def read_aspects(typed: str) -> list[str]:
    """One a line; a shipped aspect under its shown name is that aspect again, so that others read it in theirs."""
    shown = {say_aspect(code).casefold(): code for code in ASPECT_WORDS} | {
        code: code for code in ASPECT_WORDS
    }
    lines = (" ".join(line.split()) for line in typed.splitlines())
    return [shown.get(line.casefold(), line) for line in lines if line]
