"""Who is behind the ids in an audit: looked up when it is shown, so that an erased name is nowhere else."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from arcada.apps.accounts.models import User

MOST = 500


def names_of_people(ids: Iterable[UUID]) -> dict[UUID, str]:
    return {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=set(ids))}


def people_like(text: str) -> set[UUID]:
    """Ids of people whose name or address contains the text."""
    found = User.objects.filter(Q(name__icontains=text) | Q(email__icontains=text))
    return set(found.values_list("pk", flat=True)[:MOST])
