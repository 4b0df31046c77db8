"""Marks the core's English source strings for makemessages, without knowing Django."""


def gettext_noop(text: str) -> str:
    """The text itself; the edge translates it when it is shown."""
    return text
