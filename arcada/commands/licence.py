"""Decide about licences at the command line, as the operator: list, verify, reject, suspend.

  arcada licence list
  arcada licence verify --user ada@lima.example --reason "Found in the council's register on 17 March"
  arcada licence reject --user ada@lima.example --reason "The number is somebody else's"
  arcada licence suspend --user ada@lima.example --reason "The council suspended it"

The usual way is the review queue (/review/licences), where two people look where one is not enough. What is
decided here is recorded as the system's, with the reason; the person gets the same mail.
"""

import argparse
import sys

from arcada.commands.setup_django import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="list|verify|reject|suspend", required=True)
    listing = actions.add_parser("list", help="the licences that wait, or all of one person")
    listing.add_argument("--user", default="", metavar="EMAIL", help="all licences of this person")
    listing.add_argument("--all", action="store_true", help="decided ones too")
    for name, line in (
        ("verify", "what the person states is right: they may store patients and decide"),
        ("reject", "it can't be verified"),
        ("suspend", "stop a verified licence at once; reading and exporting stay"),
    ):
        action = actions.add_parser(name, help=line)
        action.add_argument("--user", required=True, metavar="EMAIL")
        action.add_argument("--reason", required=True, help="kept with the decision; the person reads it")


def run(options: argparse.Namespace) -> int:
    setup_django()
    if options.action == "list":
        return _list(options)
    from django.utils import timezone

    from arcada.apps.licences.deciding import decide_as_operator
    from arcada.apps.licences.models import Licence
    from arcada.core.errors import ArcadaError
    from arcada.core.licence import LicenceState, LicenceVerb

    verb, wanted = {
        "verify": (LicenceVerb.APPROVE, LicenceState.PENDING),
        "reject": (LicenceVerb.REJECT, LicenceState.PENDING),
        "suspend": (LicenceVerb.SUSPEND, LicenceState.VERIFIED),
    }[options.action]
    found = (
        Licence.objects.filter(user__email=options.user.lower(), state=wanted).order_by("-applied_at").first()
    )
    if found is None:
        print(f"{options.user} has no licence that is {wanted.value}.", file=sys.stderr)
        return 1
    try:
        decided = decide_as_operator(found, verb, reason=options.reason, now=timezone.now())
    except ArcadaError as refusal:
        print(refusal.text, file=sys.stderr)
        return 1
    print(_line(decided))
    return 0


def _list(options: argparse.Namespace) -> int:
    from arcada.apps.licences.models import Licence
    from arcada.core.licence import LicenceState

    rows = Licence.objects.select_related("user").order_by("applied_at")
    if options.user:
        rows = rows.filter(user__email=options.user.lower())
    elif not options.all:
        rows = rows.filter(state=LicenceState.PENDING)
    for licence in rows:
        print(_line(licence))
    return 0


def _line(licence) -> str:  # type: ignore[no-untyped-def]
    holds = f"until {licence.holds_until:%Y-%m-%d}" if licence.holds_until else ""
    return "\t".join(
        (licence.user.email, licence.state, licence.authority, licence.jurisdiction, licence.profession,
         licence.number, licence.form, holds)
    ).rstrip()  # fmt: skip
