"""Create, list and revoke API tokens.

  arcada token create --user ada@lima.example --name "Front desk PC"
  arcada token list --user ada@lima.example
  arcada token revoke TOKEN_ID

The secret is printed once and stored nowhere.
"""

import argparse
import sys
from uuid import UUID

from arcada.commands.setup_django import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="create|list|revoke", required=True)
    create = actions.add_parser("create", help="a new token for a person in a workspace")
    create.add_argument("--user", required=True, metavar="EMAIL")
    create.add_argument("--name", required=True, help="what it is for")
    create.add_argument("--workspace", default="", help="the workspace's name, where the person has several")
    create.add_argument(
        "--scope", action="append", default=None, help="a permission; repeat; default: the role's"
    )
    create.add_argument("--days", type=int, default=None, help="ends after so many days (default: never)")
    listing = actions.add_parser("list", help="the tokens of a person")
    listing.add_argument("--user", required=True, metavar="EMAIL")
    revoke = actions.add_parser("revoke", help="end a token at once")
    revoke.add_argument("token_id", type=UUID)


def run(options: argparse.Namespace) -> int:
    setup_django()
    from django.utils import timezone

    from arcada.apps.accounts.actions import revoke_token
    from arcada.apps.accounts.models import ApiToken
    from arcada.core.access import Actor

    if options.action == "create":
        return _create(options)
    if options.action == "list":
        for token in ApiToken.objects.filter(user__email=options.user.lower(), revoked_at=None):
            print(f"{token.pk}\t{token.prefix}…\t{token.name}\tlast used {token.last_used_at or 'never'}")
        return 0
    found = ApiToken.objects.filter(pk=options.token_id).first()
    if found is None:
        print("There is no such token.", file=sys.stderr)
        return 1
    revoke_token(Actor.system(), found, now=timezone.now())
    return 0


def _create(options: argparse.Namespace) -> int:
    from datetime import timedelta

    from django.utils import timezone

    from arcada.apps.accounts.actions import create_token
    from arcada.apps.accounts.models import User
    from arcada.apps.accounts.queries import memberships_of
    from arcada.core.access import Actor, Permission

    user = User.objects.filter(email=options.user.lower()).first()
    found = [m for m in memberships_of(user) if options.workspace in ("", m.workspace.name)] if user else []
    if user is None or not found:
        print(f"{options.user} is not a member of such a workspace.", file=sys.stderr)
        return 1
    try:
        scopes = frozenset(Permission(scope) for scope in options.scope) if options.scope else None
    except ValueError as wrong:
        print(f"{wrong}; known: {', '.join(Permission)}.", file=sys.stderr)
        return 2
    now = timezone.now()
    new = create_token(
        Actor.system(),
        user,
        workspace_id=found[0].workspace_id,
        name=options.name,
        scopes=scopes,
        expires_at=now + timedelta(days=options.days) if options.days else None,
        now=now,
    )
    print(new.secret)
    return 0
