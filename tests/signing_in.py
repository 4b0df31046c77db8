"""Browsers that are signed in with everything their person's work demands: password and second factor, just now."""

from typing import Any

from django.test import Client

_plain_force_login = Client.force_login


def force_login(self: Client, user: Any, backend: str | None = None) -> None:
    """As after a whole sign-in: a session of ours stands beside Django's, proven by a second factor."""
    from django.utils import timezone

    from arcada.api.auth import SESSION_KEY
    from arcada.apps.sign_in.models import Session
    from arcada.core.sealing import hash_token

    _plain_force_login(self, user, backend)
    now = timezone.now()
    kept = self.session
    row = Session.objects.create(
        user=user, key_hash=hash_token(kept.session_key or ""), started_at=now, fully_authenticated_at=now,
        proven_at=now, second_factor_at=now, last_active_at=now, device_name="Test", level=user.level,
        standing=user.standing,
    )  # fmt: skip
    kept[SESSION_KEY] = str(row.pk)
    kept.save()


def use_whole_sign_in() -> None:
    """Every test client's `force_login` is a whole sign-in from now on."""
    Client.force_login = force_login  # type: ignore[method-assign]
