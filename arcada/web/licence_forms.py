"""The forms of licences: what one states, a file, a reviewer's word."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from arcada.core.errors import Refused
from arcada.core.licence import LicenceNumber, Verdict, read_number
from arcada.core.licence_authorities import OTHER, Profession
from arcada.web.licence_words import councils, lookups, professions
from arcada.web.refusal_words import say_refusal

# Where on the form a refusal of core.licence belongs.
_FIELD_OF = {
    "unknown_authority": "council", "unknown_place": "council", "unknown_profession": "profession",
    "unknown_country": "other_country", "other_profession": "profession", "other_place": "council",
}  # fmt: skip


class LicenceForm(forms.Form):
    council = forms.ChoiceField(
        label=gettext_lazy("Council or board that gave the licence"), choices=councils
    )
    other_name = forms.CharField(
        label=gettext_lazy("Name of the other council"), max_length=120, required=False,
        help_text=gettext_lazy("Only where yours is not in the list."),
    )  # fmt: skip
    other_country = forms.CharField(
        label=gettext_lazy("Its country"), max_length=2, required=False,
        help_text=gettext_lazy("Two letters, such as NZ."),
    )  # fmt: skip
    profession = forms.ChoiceField(label=gettext_lazy("Profession"), choices=professions)
    number = forms.CharField(
        label=gettext_lazy("Number"), max_length=40, help_text=gettext_lazy("As it stands on the licence.")
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"), required=False,
        help_text=gettext_lazy("Left empty where the licence has none."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    read: LicenceNumber

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not {"council", "profession", "number"} <= given.keys():
            return given
        code, _sep, place = given["council"].partition(":")
        if code == OTHER and not given.get("other_name"):
            self.add_error("other_name", gettext_lazy("Give the name of the council."))
        try:
            self.read = read_number(
                code, given["number"], place=place, profession=Profession(given["profession"]),
                country=given.get("other_country") or "",
            )  # fmt: skip
        except Refused as refusal:
            self.add_error(_FIELD_OF.get(refusal.code, "number"), say_refusal(refusal))
        return given


class EvidenceForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Picture or PDF of the licence"),
        help_text=gettext_lazy("JPG, PNG or PDF, 10 MB at most."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(choices=[(verdict.value, verdict.value) for verdict in Verdict])
    lookup = forms.ChoiceField(label=gettext_lazy("What the council's register says"), choices=lookups)
    looked_up_on = forms.DateField(
        label=gettext_lazy("Looked up on"), initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The person and the next reviewer read it."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)
