"""Forms that know what they showed: who keeps an older view is shown both, and loses nothing (CO-05)."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext as _

from arcada.core.errors import ArcadaError
from arcada.core.seen import CHANGED_MEANWHILE, mark_of
from arcada.web.refusal_words import say_refusal


class SeenForm(forms.Form):
    """Carries the mark of the values it was opened on; a form without one (a program's) overwrites."""

    # Several such forms stand on one page, so the hidden field has no id.
    seen = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput(attrs={"id": False}))

    @property
    def mark(self) -> str | None:
        return self.cleaned_data.get("seen") or None


def is_stale(error: ArcadaError) -> bool:
    return error.code == CHANGED_MEANWHILE


def opened_on(values: Mapping[str, object]) -> dict[str, object]:
    """The first values of a form, with their mark."""
    return {**values, "seen": mark_of(values)}


def show_both(
    form: forms.Form,
    error: ArcadaError,
    standing: Mapping[str, object],
    mark: Mapping[str, object] | None = None,
) -> None:
    """What was typed stays in the fields; beside each stands what somebody else wrote. Sent again, it is kept."""
    form.add_error(None, say_refusal(error))
    for name, value in standing.items():
        if name in form.fields and str(form.data.get(name, "")).strip() != str(value or ""):
            form.add_error(name, _("It is now: %(value)s") % {"value": value or _("(empty)")})
    typed = form.data.copy()  # type: ignore[attr-defined]
    typed["seen"] = mark_of(standing if mark is None else mark)
    form.data = typed
