"""The person signed in in this browser, as far as shares by link ask for one."""

from django.http import HttpRequest

from arcada.api.auth import look_at_session
from arcada.apps.row_scope import act_as_person
from arcada.apps.sharing.access import Account
from arcada.apps.sharing.queries import confirmed_addresses, received_by
from arcada.core.sign_in_rules import SessionState


def account_in(request: HttpRequest) -> Account | None:
    """Their confirmed addresses, and whether this session came in by a second factor; None when nobody is."""
    if not hasattr(request, "arcada_account"):
        look = look_at_session(request)
        account = None
        if look is not None and look.state is SessionState.OPEN:
            user_id = look.session.user_id
            act_as_person(user_id)
            account = Account(
                user_id=user_id,
                emails=confirmed_addresses(user_id),
                has_second_factor=look.session.second_factor_at is not None,
            )
        request.arcada_account = account  # type: ignore[attr-defined]
    found: Account | None = request.arcada_account  # type: ignore[attr-defined]
    return found


def look_again(request: HttpRequest) -> None:
    """Forget who was here: the next question asks the database, as a long download must."""
    for kept in ("arcada_look", "arcada_account"):
        if hasattr(request, kept):
            delattr(request, kept)


def first_page(request: HttpRequest) -> str:
    """Where a person without a workspace begins: at what was shared with them, or by making a workspace (S3)."""
    account = account_in(request)
    has_received = account is not None and received_by(account.emails, at_most=1) != []
    return "shared" if has_received else "workspace-new"
