"""The stage between the password and being signed in.

Apart from the adapter: allauth's stages and its adapter import each other, so neither may begin with the other.
"""

from allauth.account.stages import LoginStage
from django.http import HttpResponseBase
from django.shortcuts import redirect

from arcada.apps.sign_in.queries import has_second_factor


class SecondStep(LoginStage):  # type: ignore[misc]
    """After the password: the code or the passkey of whoever has set one up. A reset password changes nothing of it."""

    key = "second_step"
    urlname = "account_second_step"

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        user = self.login.user
        done = getattr(self.request, "arcada_second_factor", "")
        if user is None or done or not has_second_factor(user):
            return None, True
        return redirect(self.urlname), True
