"""The only errors that apps raise; api and web turn each into one kind of answer."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from arcada.core.words import gettext_noop

_VALUE: Final = re.compile(r"\{([a-z_]+)\}")


def fill(template: str, facts: Mapping[str, object], said: Callable[[object], str]) -> str:
    """`template` with each `{name}` that `facts` knows said by `said`; any other brace stays as it is."""
    return _VALUE.sub(lambda found: said(facts[found[1]]) if found[1] in facts else found[0], template)


def in_english(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


class ArcadaError(Exception):
    """Something expected went wrong; `code` is stable, `text` is for a person.

    `template` is the sentence that the catalogues know: values stand in it as `{name}` and come by keyword.
    """

    code = "error"

    def __init__(self, template: str, *, code: str | None = None, **facts: object) -> None:
        self.template = template
        self.facts = facts
        self.text = fill(template, facts, in_english)
        self.code = code or self.code
        super().__init__(self.text)


class Refused(ArcadaError):
    """The request is understood and not allowed by a rule (HTTP 400/403/422)."""

    code = "refused"


class Barred(Refused):
    """One's own thing, allowed by the role, and something is unmet: licence, plan, standing (HTTP 403)."""

    code = "barred"


class NotFound(ArcadaError):
    """Missing or forbidden: the two are never told apart (HTTP 404)."""

    code = "not_found"

    def __init__(
        self, template: str = gettext_noop("There is nothing here, or it is not yours to see.")
    ) -> None:
        super().__init__(template)


class Conflict(ArcadaError):
    """The thing changed meanwhile, or the move is not in its life cycle (HTTP 409)."""

    code = "conflict"


class Unavailable(ArcadaError):
    """Something that Arcada stands on is out of reach or damaged; trying again may help (HTTP 503)."""

    code = "unavailable"


class Unreadable(ArcadaError):
    """A file does not hold what its format demands; `code` is a finding's code.

    The only exception that may leave a reader of `core.geometry`, `core.images` or `core.documents`.
    """

    code = "unreadable"
