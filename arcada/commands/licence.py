"""Decide about licences at the command line, as the operator: list, verify, reject, suspend.

  arcada licence list
  arcada licence verify --user ada@lima.example --reason "Found in the council's register on 17 March"
  arcada licence verify --user ada@lima.example --council CRO:SP --number 12345 --reason "Seen on paper"
  arcada licence reject --user ada@lima.example --reason "The number is somebody else's"
  arcada licence suspend --user ada@lima.example --reason "The council suspended it"

A council is a code, with its state where there is one in each (CRO:SP, GDC, US-BOARD:NY). Named together with a
number it is stated for the person, who then need not apply.

The usual way is the review queue (/review/licences), where two people look where one is not enough. What is
decided here is recorded as the system's, with the reason; the person gets the same mail.
"""

import argparse
import sys
from datetime import datetime

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
        if name == "verify":
            action.add_argument(
                "--council", default="", help="where the person has not applied: CRO:SP, GDC …"
            )
            action.add_argument(
                "--number", default="", help="where the person has not applied: as it is written"
            )
            action.add_argument("--profession", default="dentist", help="(default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    setup_django()
    if options.action == "list":
        return _list(options)
    from django.db import transaction
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
    rows = Licence.objects.filter(user__email=options.user.lower(), state=wanted).order_by("-applied_at")
    now = timezone.now()
    try:
        with transaction.atomic():
            if verb is LicenceVerb.APPROVE and options.number:
                _state_for(options, now)
            found = rows.first()
            if found is None:
                print(f"{options.user} has no licence that is {wanted.value}.", file=sys.stderr)
                return 1
            decided = decide_as_operator(found, verb, reason=options.reason, now=now)
    except ArcadaError as refusal:
        print(refusal.text, file=sys.stderr)
        return 1
    print(_line(decided))
    return 0


def _state_for(options: argparse.Namespace, now: datetime) -> None:
    """What the person would have typed, stated by the operator."""
    from arcada.apps.accounts.models import Membership
    from arcada.apps.licences.actions import apply_licence
    from arcada.core.access import Actor
    from arcada.core.errors import Refused
    from arcada.core.licence import read_number
    from arcada.core.licence_authorities import Profession

    members = Membership.objects.filter(user__email=options.user.lower(), is_active=True)
    member = members.order_by("created_at").first()
    if member is None or options.profession not in set(Profession):
        raise Refused("There is no such member of a workspace, or no such profession.", code="unknown_person")
    code, _sep, place = options.council.partition(":")
    number = read_number(code, options.number, place=place, profession=Profession(options.profession))
    apply_licence(
        Actor.system(), number=number, typed=options.number, expires_on=None, now=now, on_behalf_of=member
    )


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
