"""Sign-up: what is asked beside e-mail and password."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

INVITED_KEY = "invited_address"  # of a session: whose invitation was opened in it


class SignUpDetails(forms.Form):
    """The name that stands beside what a person writes."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    def signup(self, request: HttpRequest, user: Any) -> None:
        user.name = " ".join(self.cleaned_data["name"].split())
        user.save(update_fields=["name"])
