"""Who came by a share and what a share is called, for whoever reads an audit."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from arcada.apps.sharing.access import shown_name
from arcada.apps.sharing.models import Pass, Recipient, Share
from arcada.core.access import Actor, Permission, allowed
from arcada.core.errors import NotFound

MOST = 500


def share_to_audit(actor: Actor, share_id: UUID) -> Share:
    """The gate of whoever may see the audit of the share's workspace; NotFound either way."""
    found = Share.objects.select_related("case").filter(pk=share_id).first()
    if found is None or not allowed(actor, Permission.SEE_AUDIT, workspace_id=found.workspace_id):
        raise NotFound
    return found


def visitors_of(share: Share) -> set[UUID]:
    """Everybody who may stand as actor of this share: named recipients, and browsers of an open link."""
    named = Recipient.objects.filter(share=share).values_list("pk", flat=True)
    return {*named, *Pass.objects.filter(share=share).values_list("pk", flat=True)}


def names_of_visitors(ids: Iterable[UUID]) -> dict[UUID, str]:
    wanted = set(ids)
    names = {
        one.pk: f"{one.name}, {one.email}" if one.name else one.email
        for one in Recipient.objects.filter(pk__in=wanted)
    }
    passes = Pass.objects.select_related("recipient").filter(pk__in=wanted - names.keys())
    return names | {one.pk: shown_name(one.recipient, one) for one in passes}


def visitors_like(text: str, *, workspace_id: UUID) -> set[UUID]:
    named = Recipient.objects.filter(share__workspace_id=workspace_id).filter(
        Q(name__icontains=text) | Q(email__icontains=text)
    )
    unnamed = Pass.objects.filter(share__workspace_id=workspace_id, name__icontains=text)
    return {*named.values_list("pk", flat=True)[:MOST], *unnamed.values_list("pk", flat=True)[:MOST]}


def codes_of_shares(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Share.objects.filter(pk__in=set(ids)).values_list("pk", "code"))
