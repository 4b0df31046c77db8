"""The person signed in in this browser, as far as shares by link ask for one."""

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from arcada.apps.sharing.access import Account
from arcada.apps.sharing.queries import confirmed_addresses, received_by


def account_in(request: HttpRequest) -> Account | None:
    """Their confirmed addresses, and whether this session came in by a second factor; None when nobody is."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_active:
        return None
    if not hasattr(request, "arcada_account"):
        methods = {record.get("method") for record in get_authentication_records(request)}
        request.arcada_account = Account(  # type: ignore[attr-defined]
            user_id=user.pk, emails=confirmed_addresses(user.pk), has_second_factor="mfa" in methods
        )
    found: Account = request.arcada_account  # type: ignore[attr-defined]
    return found


def first_page(request: HttpRequest) -> str:
    """Where a person without a workspace begins: at what was shared with them, or by making a workspace (S3)."""
    account = account_in(request)
    has_received = account is not None and received_by(account.emails).exists()
    return "shared" if has_received else "workspace-new"
