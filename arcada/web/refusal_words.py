"""A refusal as a page says it: its sentence and its values, in the reader's language."""

from django.utils.translation import gettext

from arcada.core.errors import ArcadaError, fill
from arcada.web.finding_words import number


def say_refusal(refusal: ArcadaError) -> str:
    """The translated sentence, with the values that the refusal carries."""
    return fill(gettext(refusal.template) if refusal.template else "", refusal.facts, _value)


def _value(value: object) -> str:
    return number(value) if isinstance(value, int | float) else str(value)
