"""Gives a person of a benchmark's own installation a verified licence and accepted terms: `… EMAIL`."""

import sys

from arcada.commands.setup_django import setup_django


def main(email: str) -> None:
    setup_django()
    from django.utils import timezone

    from arcada.apps.accounts.actions import set_level
    from arcada.apps.accounts.models import Membership, User
    from arcada.core.standing import Level
    from tests.cast import accept_everything

    user = User.objects.get(email=email)
    accept_everything(user, now=timezone.now())
    set_level(user, level=Level.LICENCE_VERIFIED, until=None)
    # Links for anyone, as a benchmark's reviewer has one, are there outside the clinical mode.
    workspace = Membership.objects.get(user=user).workspace
    workspace.privacy_mode = "deidentified"
    workspace.save(update_fields=["privacy_mode"])


if __name__ == "__main__":
    main(sys.argv[1])
