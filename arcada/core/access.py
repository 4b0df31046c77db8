"""Who may do what: one actor, a table of roles, and `allowed()`. The table is the truth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from arcada.core.errors import Barred, NotFound
from arcada.core.words import gettext_noop


class Permission(StrEnum):
    VIEW = "view"
    DOWNLOAD = "download"  # the cleaned file
    ORIGINAL = "original"  # the stored original, own workspace only (DE-13)
    SEE_IDENTITY = "see_identity"  # a patient's name and birth date
    ADD_PATIENT = "add_patient"
    EDIT_PATIENT = "edit_patient"
    ADD_RECORD = "add_record"
    EDIT_RECORD = "edit_record"
    OPEN_CASE = "open_case"
    EDIT_CASE = "edit_case"
    ADD_DESIGN = "add_design"
    COMMENT = "comment"
    DECIDE = "decide"
    SHARE = "share"
    INVITE_PARTICIPANT = "invite_participant"
    EDIT_STANDARDS = "edit_standards"
    MANAGE_WORKSPACE = "manage_workspace"  # brand, members, tokens of others
    SEE_AUDIT = "see_audit"
    MANAGE_PLAN = "manage_plan"  # plan and bills


class Role(StrEnum):
    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    DENTIST = "dentist"
    ASSISTANT = "assistant"
    TECHNICIAN = "technician"
    DESIGNER = "designer"
    BILLING = "billing"
    AUDITOR = "auditor"
    VIEWER = "viewer"


class WorkspaceKind(StrEnum):
    CLINIC = "clinic"
    LAB = "lab"
    MANUFACTURING_LAB = "manufacturing_lab"


class Bar(StrEnum):
    """Why something that the role allows is not possible now (arcada.core.standing)."""

    LICENCE = "licence_needed"
    PLAN_ENDED = "plan_ended"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"


BAR_TEXTS: dict[Bar, str] = {
    Bar.LICENCE: gettext_noop(
        "This needs the verified licence of a dentist. Add yours under Settings, Licence."
    ),
    Bar.PLAN_ENDED: gettext_noop(
        "The plan has ended: everything can be seen and exported, nothing new uploaded."
    ),
    Bar.RESTRICTED: gettext_noop(
        "The account is restricted: it can't upload or share until the matter is settled."
    ),
    Bar.SUSPENDED: gettext_noop(
        "The account is suspended: everything of your own can be seen and exported, nothing changed."
    ),
}


_P = Permission
_LOOK = frozenset({_P.VIEW})
_BENCH = _LOOK | {_P.DOWNLOAD, _P.ADD_RECORD, _P.EDIT_RECORD, _P.ADD_DESIGN, _P.COMMENT}
_CHAIR = _BENCH | {
    _P.ORIGINAL, _P.SEE_IDENTITY, _P.ADD_PATIENT, _P.EDIT_PATIENT,
    _P.OPEN_CASE, _P.EDIT_CASE, _P.SHARE, _P.INVITE_PARTICIPANT,
}  # fmt: skip

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMINISTRATOR: frozenset(Permission) - {_P.DECIDE},
    Role.DENTIST: _CHAIR | {_P.DECIDE, _P.EDIT_STANDARDS},
    Role.ASSISTANT: _CHAIR,
    Role.TECHNICIAN: _BENCH | {_P.ADD_PATIENT, _P.OPEN_CASE, _P.EDIT_CASE, _P.SHARE, _P.DECIDE},
    Role.DESIGNER: _BENCH,
    Role.BILLING: frozenset({_P.MANAGE_PLAN}),
    Role.AUDITOR: _LOOK | {_P.SEE_AUDIT},
    Role.VIEWER: _LOOK,
}

# What an owner may grant to another workspace in a case, and to a link. Never the original, never identity.
GRANTABLE_TO_PARTICIPANT = frozenset({_P.VIEW, _P.DOWNLOAD, _P.COMMENT, _P.ADD_DESIGN, _P.DECIDE})
GRANTABLE_TO_RECIPIENT = frozenset({_P.VIEW, _P.DOWNLOAD, _P.COMMENT, _P.DECIDE})
# What the operator's support may do in somebody's workspace, however it came in: look, by codes (TA-10).
SUPPORT_MAY = _LOOK


class ActorKind(StrEnum):
    PERSON = "person"
    TOKEN = "token"  # noqa: S105 - a kind of actor, not a secret
    RECIPIENT = "recipient"
    SUPPORT = "support"  # staff of the operator, for a time, in a workspace that let them in
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, as far as the audit may know it: no full address, no secret."""

    request_id: str = ""
    session_hash: str = ""
    ip_truncated: str = ""
    session_id: UUID | None = None  # what a running download goes by


@dataclass(frozen=True, slots=True)
class Grant:
    """What a link gives: one case, all of its records (None) or only those named; or files into one collection."""

    share_id: UUID
    case_id: UUID | None
    permissions: frozenset[Permission]
    record_ids: frozenset[UUID] | None = None
    collection_id: UUID | None = None

    def covers(self, record_id: UUID) -> bool:
        return self.record_ids is None or record_id in self.record_ids


@dataclass(frozen=True, slots=True)
class SupportAccess:
    """By what the operator's support looks: a grant of the workspace or a broken glass, how far, until when."""

    id: UUID
    until: datetime
    patient_id: UUID | None = None
    case_id: UUID | None = None
    is_break_glass: bool = False

    def covers(self, *, patient_id: UUID | None, case_id: UUID | None) -> bool:
        """True inside what was opened. What names neither patient nor case is open to the whole workspace only."""
        if self.case_id is not None:
            return case_id == self.case_id
        return self.patient_id is None or patient_id == self.patient_id


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a person or token inside one workspace, a share's recipient, support, or the system."""

    kind: ActorKind
    id: UUID
    name: str = ""
    workspace_id: UUID | None = None
    role: Role | None = None
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[Permission] | None = None  # a token's own limit; None = all of the role
    bars: Mapping[Permission, Bar] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    is_verified: bool = False  # a dentist whose licence a person has verified
    support: SupportAccess | None = None
    origin: Origin = field(default_factory=Origin)

    @classmethod
    def system(cls) -> "Actor":
        return cls(kind=ActorKind.SYSTEM, id=UUID(int=0), name="Arcada")

    @classmethod
    def recipient(
        cls, *, id: UUID, name: str, grants: Iterable[Grant], origin: Origin | None = None
    ) -> "Actor":
        return cls(
            kind=ActorKind.RECIPIENT, id=id, name=name, grants=tuple(grants), origin=origin or Origin()
        )

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the actor may do in its own workspace now."""
        return self.permissions_of_role - self.bars.keys()

    @property
    def permissions_of_role(self) -> frozenset[Permission]:
        """What role and scopes allow, before anything bars it."""
        if self.kind is ActorKind.SYSTEM:
            return frozenset(Permission)
        if self.support is not None:
            return SUPPORT_MAY
        if self.role is None:
            return frozenset()
        granted = ROLE_PERMISSIONS[self.role]
        return granted if self.scopes is None else granted & self.scopes

    def has(self, permission: Permission) -> bool:
        """True when the actor may; Barred, with the reason, when only something unmet stands in the way."""
        if permission not in self.permissions_of_role:
            return False
        if (bar := self.bars.get(permission)) is not None:
            raise Barred(BAR_TEXTS[bar], code=bar.value)
        return True

    @property
    def own_workspace_id(self) -> UUID:
        """The workspace the actor works in; NotFound for recipients and for people without one."""
        if self.workspace_id is None:
            raise NotFound
        return self.workspace_id

    def grant_for(self, case_id: UUID) -> Grant | None:
        return next((grant for grant in self.grants if grant.case_id == case_id), None)

    def may_send_into(self, collection_id: UUID) -> bool:
        """True for somebody who was asked to send files into this collection; it lets them see nothing."""
        return any(
            grant.collection_id == collection_id and Permission.ADD_RECORD in grant.permissions
            for grant in self.grants
        )

    def with_origin(self, origin: Origin) -> "Actor":
        return replace(self, origin=origin)


def allowed(
    actor: Actor,
    permission: Permission,
    *,
    workspace_id: UUID,
    patient_id: UUID | None = None,
    case_id: UUID | None = None,
) -> bool:
    """True when `actor` may do `permission` to what `workspace_id` owns, by membership or as support let in.

    `patient_id` and `case_id` say whose the thing is: support that was let in to one of them sees nothing else.
    Raises Barred where the thing is the actor's own and something unmet stands in the way (HTTP 403, with the
    reason); whoever does not belong to the workspace learns nothing of it.
    """
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.support is not None and not actor.support.covers(patient_id=patient_id, case_id=case_id):
        return False
    return actor.workspace_id == workspace_id and actor.has(permission)


def allowed_as_participant(actor: Actor, permission: Permission, *, granted: Iterable[str]) -> bool:
    """True when another workspace was granted `permission` in a case and the actor's role there has it too.

    Raises Barred like `allowed`. Support that one workspace let in sees nothing of another's.
    """
    if actor.support is not None:
        return False
    return (
        permission in GRANTABLE_TO_PARTICIPANT and permission.value in set(granted) and actor.has(permission)
    )
