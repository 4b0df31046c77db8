"""The only errors that apps raise; api and web turn each into one kind of answer."""


class ArcadaError(Exception):
    """Something expected went wrong; `code` is stable, `text` is for a person."""

    code = "error"

    def __init__(self, text: str, *, code: str | None = None, **facts: object) -> None:
        super().__init__(text)
        self.text = text
        self.code = code or self.code
        self.facts = facts


class Refused(ArcadaError):
    """The request is understood and not allowed by a rule (HTTP 400/403/422)."""

    code = "refused"


class NotFound(ArcadaError):
    """Missing or forbidden: the two are never told apart (HTTP 404)."""

    code = "not_found"

    def __init__(self, text: str = "There is nothing here, or it is not yours to see.") -> None:
        super().__init__(text)


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
