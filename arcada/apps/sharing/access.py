"""Gates of shares: the owner's, and the recipient's. Unknown, expired and revoked are one and the same."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from arcada.apps.row_scope import act_as, hold_link, system_scope
from arcada.apps.sharing.models import Code, Pass, Recipient, Share, SharedRecord
from arcada.core.access import Actor, Grant, Origin, Permission, allowed
from arcada.core.errors import NotFound
from arcada.core.sealing import hash_token
from arcada.core.share_terms import AccessLevel, needed_level


@dataclass(frozen=True, slots=True)
class Account:
    """The person who is signed in in this browser: their confirmed addresses, and how they came in."""

    user_id: UUID
    emails: frozenset[str]  # lower case
    has_second_factor: bool = False

    def is_addressed(self, recipient: Recipient | None) -> bool:
        return recipient is not None and recipient.email.lower() in self.emails


@dataclass(frozen=True, slots=True)
class Invited:
    """Whoever holds a valid link, before anything was proven: sees the sender, nothing of the contents."""

    share: Share
    recipient: Recipient | None
    browser_hash: bytes
    proof: Pass | None  # this browser's pass, if it has one
    account: Account | None = None

    @property
    def level(self) -> AccessLevel:
        return level_of(self.share)

    @property
    def is_proven(self) -> bool:
        """True when this browser has shown all that the share asks for now."""
        proof = self.proof
        if proof is None or proof.proven_at is None:
            return False
        if self.level is not AccessLevel.ACCOUNT and proof.account_id is None:
            return True
        # What an account opened is open only while that person is signed in.
        account = self.account
        return (
            account is not None
            and proof.account_id == account.user_id
            and account.is_addressed(proof.recipient)
            and not self.lacks_second_factor
        )

    @property
    def lacks_second_factor(self) -> bool:
        """True when the workspace demands one (SL-07) and this session came in without."""
        return self.share.workspace.recipients_need_account and not (
            self.account is not None and self.account.has_second_factor
        )


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


@system_scope()
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


def level_of(share: Share) -> AccessLevel:
    """What opens the share now, whatever was set when it was made."""
    return needed_level(AccessLevel(share.level), needs_account=share.workspace.recipients_need_account)


def invited_for(
    share_id: UUID,
    *,
    recipient_id: UUID | None,
    browser_secret: str,
    now: datetime,
    account: Account | None = None,
) -> Invited | Ended:
    """What this browser may see of a share; the ids come from its own signed cookie.

    NotFound when the share is unknown, expired or revoked, except for a browser that had proven itself.
    """
    with system_scope():
        share = Share.objects.select_related("case", "workspace").filter(pk=share_id).first()
    if share is None:
        raise NotFound
    hold_link(share.pk)
    browser_hash = hash_token(browser_secret)
    proof = Pass.objects.select_related("recipient").filter(share=share, secret_hash=browser_hash).first()
    if not is_live(share, now=now):
        if proof is not None and proof.proven_at is not None:
            return Ended(share)
        raise NotFound
    recipient = Recipient.objects.filter(pk=recipient_id, share=share).first() if recipient_id else None
    if recipient is None and share.token_hash is None:
        raise NotFound
    return Invited(share, recipient, browser_hash, proof, account)


def waiting_code(invited: Invited, *, now: datetime) -> Code | None:
    """The code that this browser asked for and has not used."""
    found = Code.objects.filter(
        recipient=invited.recipient, browser_hash=invited.browser_hash, used_at=None, expires_at__gt=now
    )
    return found.order_by("-created_at").first()


@system_scope()
def code_of_link(share_id: UUID, token: str, *, now: datetime) -> Code:
    """The unused code that a mailed link belongs to, in whatever browser it was opened; NotFound otherwise."""
    found = (
        Code.objects.select_related("recipient__share__workspace")
        .filter(link_hash=hash_token(token), recipient__share_id=share_id, used_at=None, expires_at__gt=now)
        .first()
    )
    if found is None or not is_live(found.recipient.share, now=now):
        raise NotFound
    return found


@system_scope()
def received_for(account: Account, recipient_id: UUID, *, now: datetime) -> Recipient:
    """A live share addressed to this person; NotFound for everybody else's."""
    found = (
        Recipient.objects.select_related("share__workspace", "share__case").filter(pk=recipient_id).first()
    )
    if found is None or not account.is_addressed(found) or not is_live(found.share, now=now):
        raise NotFound
    return found


def recipient_for(invited: Invited, *, origin: Origin) -> Actor:
    """The actor of a browser that has proven itself; NotFound otherwise."""
    proof = invited.proof
    if proof is None or not invited.is_proven:
        raise NotFound
    share, recipient = invited.share, proof.recipient
    actor = Actor.recipient(
        id=recipient.pk if recipient else proof.pk,
        name=shown_name(recipient, proof),
        grants=[grant_of(share)],
        origin=origin,
    )
    act_as(actor)
    return actor


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
