"""Reads of sharing: lists of shares, who saw what, what was received."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Count, Max, QuerySet

from arcada.apps.cases.models import Case
from arcada.apps.row_scope import system_scope
from arcada.apps.sharing.models import Pass, Recipient, Share, SharedRecord, Visit


def shares_of(workspace_id: UUID) -> QuerySet[Share]:
    """Newest first; page through it by (created_at, id)."""
    return (
        Share.objects.select_related("case").filter(workspace_id=workspace_id).order_by("-created_at", "-id")
    )


def shares_of_case(case: Case) -> QuerySet[Share]:
    return Share.objects.filter(case=case).order_by("-created_at")


def recipients_of(share: Share) -> QuerySet[Recipient]:
    return Recipient.objects.filter(share=share).order_by("email")


def recipients_by_share(shares: list[Share]) -> dict[UUID, list[Recipient]]:
    grouped: dict[UUID, list[Recipient]] = {}
    for recipient in Recipient.objects.filter(share__in=shares).order_by("email"):
        grouped.setdefault(recipient.share_id, []).append(recipient)
    return grouped


def visits_of(share: Share) -> QuerySet[Visit]:
    return Visit.objects.select_related("recipient", "pass_used").filter(share=share).order_by("-opened_at")


def confirmed_addresses(user_id: UUID) -> frozenset[str]:
    """The mail addresses that this person has shown to be theirs, in lower case."""
    rows = EmailAddress.objects.filter(user_id=user_id, verified=True).values_list("email", flat=True)
    return frozenset(email.lower() for email in rows)


@system_scope()
def received_by(emails: Iterable[str], *, at_most: int) -> list[Recipient]:
    """What was ever shared with these confirmed addresses, newest first: also what has ended, as history (S15)."""
    found = Recipient.objects.select_related("share__workspace", "share__case")
    return list(found.filter(email__in=list(emails)).order_by("-share__created_at", "-id")[:at_most])


def senders_to(emails: Iterable[str]) -> list[dict[str, Any]]:
    """Who shared with these addresses: brand, how often, and when last (S14); the latest first."""
    received = Recipient.objects.filter(email__in=list(emails)).values("share_id")
    rows = Share.objects.filter(pk__in=received).values("workspace_id", "brand_name")
    return [
        dict(row) for row in rows.annotate(shares=Count("id"), last=Max("created_at")).order_by("-last")[:200]
    ]


def visits_by_recipient(recipients: Iterable[Recipient]) -> dict[UUID, list[Visit]]:
    """When each of them came in, newest first."""
    grouped: dict[UUID, list[Visit]] = {}
    for visit in Visit.objects.filter(recipient__in=list(recipients)).order_by("-opened_at"):
        if visit.recipient_id is not None:
            grouped.setdefault(visit.recipient_id, []).append(visit)
    return grouped


def people_of(share: Share) -> dict[UUID, str]:
    """Everybody who acts by this share, by the id that stands in the audit: recipients, and visitors by name."""
    people = {one.pk: one.name or one.email for one in Recipient.objects.filter(share=share)}
    visitors = Pass.objects.filter(share=share, recipient=None).exclude(proven_at=None)
    return people | {one.pk: one.name for one in visitors}


def shared_record_ids(share: Share) -> set[UUID]:
    return set(SharedRecord.objects.filter(share=share).values_list("record_id", flat=True))


def sent_counts(workspace_id: UUID) -> dict[str, int]:
    return Share.objects.filter(workspace_id=workspace_id).aggregate(sent=Count("id"))
