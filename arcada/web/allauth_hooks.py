"""allauth's hooks: how guesses are limited, sessions of ours, another password."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from arcada.api.auth import look_at_session, origin_of
from arcada.apps.audit.actions import record
from arcada.apps.mail.actions import queue_mail
from arcada.apps.sign_in.limits import mail_to, wait_for, was_right
from arcada.apps.sign_in.sessions import end_session, end_sessions_of, person_of
from arcada.core.access import Actor
from arcada.core.sign_in_rules import Ending
from arcada.web.browser_of import begin_session, keep_device
from arcada.web.guesses import guess_keys, too_many
from arcada.web.sign_up import INVITED_KEY


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Where allauth asks us."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user = super().save_user(request, user, form, commit=False)
        user.language = getattr(request, "LANGUAGE_CODE", "en")
        if commit:
            user.save()
        return user

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose sign-ups allauth counts in its table: told apart, and no address (LG-04)."""
        return salted_hmac("arcada.limits.network", request.META.get("REMOTE_ADDR", "")).hexdigest()[:32]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Five an hour to one address (RL-02); a further one is left out, and whoever asked is told nothing of it."""
        if not wait_for((mail_to(email),), now=timezone.now()):
            super().send_mail(template_prefix, email, context)

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        """An invited person has shown the link that was mailed to exactly this address."""
        return bool(request.session.get(INVITED_KEY, "").lower() == email.lower())

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "arcada.web.second_step.SecondStep"]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted before it is looked at, so that many at once are no more than many in a row (ID-05)."""
        request.arcada_guess = guess_keys(request, "password", credentials.get("email", ""))  # type: ignore[attr-defined]
        wait = wait_for(request.arcada_guess, now=timezone.now())  # type: ignore[attr-defined]
        if wait:
            raise ImmediateHttpResponse(too_many(request, wait))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user is not None:
            was_right(request.arcada_guess, now=timezone.now())  # type: ignore[attr-defined]
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        with transaction.atomic():
            record(
                Actor.system().with_origin(origin_of(request)), "session.failed", now=timezone.now(),
                outcome="failed", reason="wrong_password",
            )  # fmt: skip

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        begin_session(request, user, second_factor=getattr(request, "arcada_second_factor", ""))

    def post_login(self, request: HttpRequest, user: Any, **given: Any) -> Any:
        answer = super().post_login(request, user, **given)
        keep_device(request, answer)
        return answer

    def logout(self, request: HttpRequest) -> None:
        look = look_at_session(request)
        if look is not None:
            now = timezone.now()
            actor = person_of(look.session.user, origin_of(request), now=now)
            end_session(actor, look.session, reason=Ending.SIGNED_OUT, now=now)
        super().logout(request)

    @transaction.atomic
    def set_password(self, user: Any, password: str) -> None:
        """Another password ends every session, here and elsewhere (SE-06)."""
        super().set_password(user, password)
        now = timezone.now()
        actor = person_of(user, origin_of(self.request), now=now)
        record(actor, "password.changed", now=now, about=user)
        end_sessions_of(actor, user.pk, reason=Ending.PASSWORD, now=now)
        queue_mail(
            "factor_changed", to=user.email, language=user.language, now=now,
            facts={"what": "changed", "kind": "password", "at": now},
        )  # fmt: skip
