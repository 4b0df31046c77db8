"""What a role would allow and something unmet bars: licence, standing, ended plan. Reading and exporting stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from arcada.core.access import Bar, Permission, Role, WorkspaceKind
from arcada.core.plans import Tier

_P = Permission
# N18: one's own files can be read and exported whatever happened to plan, licence or standing; and paid for.
READ_AND_EXPORT = frozenset(
    {_P.VIEW, _P.DOWNLOAD, _P.ORIGINAL, _P.SEE_IDENTITY, _P.SEE_AUDIT, _P.MANAGE_PLAN}
)
STORING_PATIENTS = frozenset({_P.ADD_PATIENT, _P.EDIT_PATIENT, _P.ADD_RECORD})
UPLOADING = frozenset({_P.ADD_RECORD, _P.ADD_DESIGN})
SPREADING = STORING_PATIENTS | UPLOADING | {_P.SHARE, _P.INVITE_PARTICIPANT, _P.OPEN_CASE}


class Level(StrEnum):
    """How far a person's licence is proven (C6); signing up proves nothing."""

    EMAIL = "email"
    LICENCE_CHECKED = "licence_checked"  # the number's form is right, which proves nothing (LV-05)
    LICENCE_VERIFIED = "licence_verified"  # a person decided, on evidence


class Standing(StrEnum):
    """The ladder of sanctions (N17); each step is decided by a moderator, with reason, notice and appeal."""

    GOOD = "good"
    WARNED = "warned"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides, beside the role, about one person in one workspace at one moment."""

    role: Role
    kind: WorkspaceKind
    is_archive: bool
    is_verified: bool  # the person's own licence
    has_verified_dentist: bool  # somebody active in the workspace
    standing: Standing  # of the person
    workspace_standing: Standing
    tier: Tier
    tier_ends_at: datetime | None


def bars(situation: Situation, *, now: datetime) -> Mapping[Permission, Bar]:
    """Each barred permission with its reason; the gravest reason wins."""
    found: dict[Permission, Bar] = {}
    if situation.tier_ends_at is not None and situation.tier_ends_at <= now:
        found |= dict.fromkeys(UPLOADING, Bar.PLAN_ENDED)
    if situation.is_archive and not _may_store(situation):
        found |= dict.fromkeys(STORING_PATIENTS, Bar.LICENCE)
    # In a clinic a decision is a dentist's act; a lab's technician decides for the lab.
    if situation.kind is WorkspaceKind.CLINIC and not situation.is_verified:
        found[Permission.DECIDE] = Bar.LICENCE
    standings = {situation.standing, situation.workspace_standing}
    if Standing.RESTRICTED in standings:
        found |= dict.fromkeys(SPREADING, Bar.RESTRICTED)
    if standings & {Standing.SUSPENDED, Standing.TERMINATED}:
        found |= dict.fromkeys(frozenset(Permission) - READ_AND_EXPORT, Bar.SUSPENDED)
    return MappingProxyType(found)


def _may_store(situation: Situation) -> bool:
    """A dentist needs a licence of their own; the others work under a dentist of the workspace (LV-02)."""
    if situation.role is Role.DENTIST:
        return situation.is_verified
    return situation.has_verified_dentist


def is_verified(level: Level, level_until: datetime | None, *, now: datetime) -> bool:
    """True while a decided licence has not run out (LV-06)."""
    return level is Level.LICENCE_VERIFIED and (level_until is None or level_until > now)
