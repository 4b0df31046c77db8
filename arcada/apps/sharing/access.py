"""Gates of shares: the owner's, and the recipient's. Unknown, expired and revoked are one and the same."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from arcada.apps.sharing.models import Pass, Recipient, Share, SharedRecord
from arcada.core.access import Actor, Grant, Origin, Permission, allowed
from arcada.core.errors import NotFound
from arcada.core.sealing import hash_token


@dataclass(frozen=True, slots=True)
class Invited:
    """Whoever holds a valid link, before anything was proven: sees the sender, nothing of the contents."""

    share: Share
    recipient: Recipient | None
    browser_hash: bytes
    proof: Pass | None  # this browser's pass, if it has one

    @property
    def is_proven(self) -> bool:
        return self.proof is not None and self.proof.proven_at is not None


@dataclass(frozen=True, slots=True)
class Ended:
    """A share that this very browser had opened before: it may know that it ended, and whom to ask."""

    share: Share


def share_for(actor: Actor, share_id: UUID) -> Share:
    """The owner's gate."""
    found = Share.objects.select_related("case", "workspace").filter(pk=share_id).first()
    if found is None or not allowed(actor, Permission.SHARE, workspace_id=found.workspace_id):
        raise NotFound
    return found


def link_of(token: str, *, now: datetime) -> tuple[Share, Recipient | None]:
    """The live share behind a link's secret, and whose link it is; NotFound for everything else."""
    hashed = hash_token(token)
    recipient = Recipient.objects.select_related("share").filter(token_hash=hashed).first()
    share = recipient.share if recipient else Share.objects.filter(token_hash=hashed).first()
    if share is None or not is_live(share, now=now):
        raise NotFound
    return share, recipient


def is_live(share: Share, *, now: datetime) -> bool:
    return share.revoked_at is None and share.expires_at > now


def invited_for(
    share_id: UUID, *, recipient_id: UUID | None, browser_secret: str, now: datetime
) -> Invited | Ended:
    """What this browser may see of a share; the ids come from its own signed cookie.

    NotFound when the share is unknown, expired or revoked, except for a browser that had proven itself.
    """
    share = Share.objects.select_related("case", "workspace").filter(pk=share_id).first()
    if share is None:
        raise NotFound
    browser_hash = hash_token(browser_secret)
    proof = Pass.objects.select_related("recipient").filter(share=share, secret_hash=browser_hash).first()
    if not is_live(share, now=now):
        if proof is not None and proof.proven_at is not None:
            return Ended(share)
        raise NotFound
    recipient = Recipient.objects.filter(pk=recipient_id, share=share).first() if recipient_id else None
    if recipient is None and share.token_hash is None:
        raise NotFound
    return Invited(share, recipient, browser_hash, proof)


def recipient_for(invited: Invited, *, origin: Origin) -> Actor:
    """The actor of a browser that has proven itself; NotFound otherwise."""
    proof = invited.proof
    if proof is None or proof.proven_at is None:
        raise NotFound
    share, recipient = invited.share, proof.recipient
    return Actor.recipient(
        id=recipient.pk if recipient else proof.pk,
        name=shown_name(recipient, proof),
        grants=[grant_of(share)],
        origin=origin,
    )


def grant_of(share: Share) -> Grant:
    """What the share gives, as it travels in the actor."""
    records = None
    if not share.whole_case:
        records = frozenset(SharedRecord.objects.filter(share=share).values_list("record_id", flat=True))
    return Grant(
        share_id=share.pk,
        case_id=share.case_id,
        permissions=frozenset(Permission(name) for name in share.permissions),
        record_ids=records,
    )


def shown_name(recipient: Recipient | None, proof: Pass) -> str:
    """The name beside what a recipient writes: verified by mail, or given on an open link."""
    if recipient is not None:
        return recipient.name or recipient.email.split("@")[0]
    return proof.name


def recipient_of_share(share: Share, recipient_id: UUID) -> Recipient:
    """One of the share's own recipients; ids of another share's are not found."""
    found = Recipient.objects.filter(pk=recipient_id, share=share).first()
    if found is None:
        raise NotFound
    return found
