"""Create a person, set a password, list who may sign in.

  arcada user create ada@lima.example --name "Dr Ada Lima" --workspace "Lima Dental" --kind clinic
  arcada user create rev@operator.example --name "Rita" --staff
  arcada user password ada@lima.example
  arcada user list

The password is asked for, or read from standard input when that is not a terminal.
"""

import argparse
import getpass
import sys

from arcada.commands.setup_django import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="create|password|list", required=True)
    create = actions.add_parser(
        "create", help="a new person, with a workspace of their own or in an existing one"
    )
    create.add_argument("email")
    create.add_argument("--name", default="")
    create.add_argument("--workspace", default="", help="the workspace's name; made when there is none")
    create.add_argument("--kind", default="clinic", choices=["clinic", "lab", "manufacturing_lab"])
    create.add_argument(
        "--role", default="owner", help="role in an existing workspace (default: %(default)s)"
    )
    create.add_argument(
        "--staff", action="store_true", help="of the operator: reviews licences, moderates, sees no patient"
    )
    password = actions.add_parser("password", help="set a new password")
    password.add_argument("email")
    actions.add_parser("list", help="e-mail, name and workspaces of everybody")


def run(options: argparse.Namespace) -> int:
    setup_django()
    from arcada.apps.accounts.models import Membership, User

    if options.action == "list":
        for membership in Membership.objects.select_related("user", "workspace").order_by("user__email"):
            user = membership.user
            print(f"{user.email}\t{user.name}\t{membership.workspace.name}\t{membership.role}")
        return 0
    if options.action == "password":
        user = User.objects.filter(email=options.email.lower()).first()
        if user is None:
            print(f"Nobody signs in as {options.email}.", file=sys.stderr)
            return 1
        return _set_password(user)
    return _create(options)


def _create(options: argparse.Namespace) -> int:
    from allauth.account.models import EmailAddress

    from arcada.apps.accounts.models import User
    from arcada.core.access import Role

    email = options.email.lower()
    if User.objects.filter(email=email).exists():
        print(f"{email} is already there.", file=sys.stderr)
        return 1
    try:
        role = Role(options.role)
    except ValueError:
        print(f"There is no role {options.role}; known: {', '.join(Role)}.", file=sys.stderr)
        return 2
    if not options.workspace and not options.staff:
        print("Name a workspace (--workspace), or make a person of the operator (--staff).", file=sys.stderr)
        return 2
    user = User(email=email, name=options.name, is_staff=options.staff)
    code = _set_password(user)
    if code:
        return code
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if options.workspace:
        _join(user, options, role)
    print(f"{email} can sign in.")
    return 0


def _join(user, options, role) -> None:  # type: ignore[no-untyped-def]
    """Into the workspace of that name, or a new one of their own."""
    from django.utils import timezone

    from arcada.apps.accounts.actions import add_member, create_workspace
    from arcada.apps.accounts.models import Workspace
    from arcada.core.access import Actor, WorkspaceKind

    now = timezone.now()
    workspace = Workspace.objects.filter(name=options.workspace).first()
    if workspace is None:
        create_workspace(
            Actor.system(), user, kind=WorkspaceKind(options.kind), name=options.workspace, now=now
        )
    else:
        add_member(Actor.system(), workspace, user=user, role=role, now=now)


def _set_password(user) -> int:  # type: ignore[no-untyped-def]
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    plain = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        validate_password(plain, user)
    except ValidationError as refusal:
        print("\n".join(refusal.messages), file=sys.stderr)
        return 1
    user.set_password(plain)
    user.save()
    return 0
