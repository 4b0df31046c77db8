"""Reads of sharing: lists of shares, who saw what, what was received."""

from uuid import UUID

from django.db.models import Count, QuerySet

from arcada.apps.cases.models import Case
from arcada.apps.sharing.models import Recipient, Share, SharedRecord, Visit


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


def shares_received_by(email: str) -> QuerySet[Recipient]:
    return (
        Recipient.objects.select_related("share", "share__workspace")
        .filter(email=email.lower(), share__revoked_at=None)
        .order_by("-share__created_at")
    )


def shared_record_ids(share: Share) -> set[UUID]:
    return set(SharedRecord.objects.filter(share=share).values_list("record_id", flat=True))


def sent_counts(workspace_id: UUID) -> dict[str, int]:
    return Share.objects.filter(workspace_id=workspace_id).aggregate(sent=Count("id"))
