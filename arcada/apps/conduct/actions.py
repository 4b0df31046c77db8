"""Report misuse, decide a report, sanction, appeal: each with its reason, a notice and its audit line."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from arcada.apps.accounts.actions import set_standing
from arcada.apps.accounts.models import Membership, User, Workspace
from arcada.apps.audit.actions import record
from arcada.apps.conduct.models import Appeal, MisuseReport, Sanction
from arcada.apps.mail.actions import queue_mail
from arcada.core.access import Actor, Role
from arcada.core.conduct import REASON_LEAST, Misuse, ReportState, SanctionVerb, next_standing
from arcada.core.errors import Conflict, Refused
from arcada.core.standing import Standing


@transaction.atomic
def report_misuse(
    actor: Actor,
    *,
    workspace_id: UUID,
    about_kind: str,
    about_id: UUID,
    category: Misuse,
    text: str,
    now: datetime,
) -> MisuseReport:
    """Tell the operator of something wrong with a share or a record; whoever could see it may report it."""
    said = text.strip()
    if len(said) < REASON_LEAST:
        raise Refused(
            "Say in a sentence or two what is wrong; no patient names, please.", code="report_too_short"
        )
    made = MisuseReport.objects.create(
        workspace_id=workspace_id, about_kind=about_kind, about_id=about_id, category=category.value,
        text=said[:4000], reporter_kind=actor.kind.value, reporter_id=actor.id, created_at=now,
    )  # fmt: skip
    record(
        actor, "misuse.reported", now=now, workspace_id=workspace_id, about=made,
        ids={about_kind: about_id, "category": category.value},
    )  # fmt: skip
    for person in User.objects.filter(is_staff=True, is_active=True):
        queue_mail("misuse_reported", to=person.email, language=person.language, now=now, facts={})
    return made


@transaction.atomic
def decide_report(
    actor: Actor, report: MisuseReport, *, moderator: User, is_upheld: bool, reason: str, now: datetime
) -> MisuseReport:
    """Dismissed or upheld, once, with the reason; what follows from an upheld one is a sanction of its own."""
    said = _reason(reason)
    report = MisuseReport.objects.select_for_update().get(pk=report.pk)
    if report.state != ReportState.OPEN:
        raise Conflict("Somebody decided this report meanwhile.", code="already_decided")
    _not_own(moderator, workspace_id=report.workspace_id, user=None)
    report.state = (ReportState.UPHELD if is_upheld else ReportState.DISMISSED).value
    report.reason, report.decided_by, report.decided_at = said, moderator, now
    report.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    record(
        actor, "misuse.decided", now=now, workspace_id=report.workspace_id, about=report,
        ids={"state": report.state},
    )  # fmt: skip
    return report


@transaction.atomic
def sanction(
    actor: Actor,
    *,
    moderator: User,
    against: User | Workspace,
    verb: SanctionVerb,
    reason: str,
    now: datetime,
    report: MisuseReport | None = None,
    authority: str = "",
) -> Sanction:
    """One step on the ladder, told to whom it concerns; an end names the authority it is reported to."""
    said = _reason(reason)
    locked: User | Workspace
    if isinstance(against, User):
        locked = User.objects.select_for_update().get(pk=against.pk)
        _not_own(moderator, workspace_id=None, user=locked)
    else:
        locked = Workspace.objects.select_for_update().get(pk=against.pk)
        _not_own(moderator, workspace_id=locked.pk, user=None)
    if verb is SanctionVerb.TERMINATE and not authority.strip():
        raise Refused(
            "Name the authority that the end of an account is reported to.", code="authority_missing"
        )
    before = Standing(locked.standing)
    after = next_standing(before, verb)
    set_standing(locked, after)
    user, workspace = (locked, None) if isinstance(locked, User) else (None, locked)
    made = Sanction.objects.create(
        report=report, user=user, workspace=workspace, verb=verb.value, before=before.value,
        after=after.value, reason=said, authority=authority.strip()[:160], decided_by=moderator, created_at=now,
    )  # fmt: skip
    record(
        actor, "standing.changed", now=now, workspace_id=workspace.pk if workspace else None, about=made,
        ids={
            "user": user.pk if user else None, "verb": verb.value, "before": before.value, "after": after.value,
            "report": report.pk if report else None,
        },
    )  # fmt: skip
    for person in _people_concerned(locked):
        queue_mail("standing_changed", to=person.email, language=person.language, now=now, facts={})
    return made


@transaction.atomic
def appeal(actor: Actor, sanction: Sanction, *, by: User, text: str, now: datetime) -> Appeal:
    """Answer a sanction once; it holds until another moderator decided."""
    said = text.strip()
    if len(said) < REASON_LEAST:
        raise Refused("Say why the decision should be changed.", code="appeal_too_short")
    if sanction.verb == SanctionVerb.LIFT:
        raise Refused("There is nothing to appeal against.", code="nothing_to_appeal")
    made, is_new = Appeal.objects.get_or_create(
        sanction=sanction, defaults={"by": by, "text": said[:4000], "created_at": now}
    )
    if not is_new:
        raise Conflict("An appeal was sent already.", code="already_appealed")
    record(actor, "standing.appealed", now=now, about=made, ids={"sanction": sanction.pk})
    return made


@transaction.atomic
def decide_appeal(
    actor: Actor, appeal: Appeal, *, moderator: User, is_granted: bool, reason: str, now: datetime
) -> Appeal:
    """Granted: the step is taken back. Never by the moderator who took it."""
    said = _reason(reason)
    appeal = Appeal.objects.select_for_update().select_related("sanction").get(pk=appeal.pk)
    if appeal.is_granted is not None:
        raise Conflict("Somebody decided this appeal meanwhile.", code="already_decided")
    decided = appeal.sanction
    if decided.decided_by_id == moderator.pk:
        raise Refused("Another moderator decides an appeal.", code="own_decision")
    appeal.is_granted, appeal.reason, appeal.decided_by, appeal.decided_at = is_granted, said, moderator, now
    appeal.save(update_fields=["is_granted", "reason", "decided_by", "decided_at"])
    record(
        actor, "appeal.decided", now=now, about=appeal, ids={"granted": is_granted, "sanction": decided.pk}
    )
    against = decided.user or decided.workspace
    if is_granted and against is not None and against.standing == decided.after:
        set_standing(against, Standing(decided.before))
        record(
            actor, "standing.changed", now=now, about=decided, workspace_id=decided.workspace_id,
            ids={"user": decided.user_id, "verb": "appeal", "before": decided.after, "after": decided.before},
        )  # fmt: skip
    queue_mail("standing_changed", to=appeal.by.email, language=appeal.by.language, now=now, facts={})
    return appeal


def _reason(text: str) -> str:
    said = text.strip()
    if len(said) < REASON_LEAST:
        raise Refused(
            "A decision needs its reason, in a sentence that can be answered.", code="reason_missing"
        )
    return said[:4000]


def _not_own(moderator: User, *, workspace_id: UUID | None, user: User | None) -> None:
    """Nobody moderates themselves or a workspace they belong to."""
    own = Membership.objects.filter(user=moderator, is_active=True)
    is_member = workspace_id is not None and own.filter(workspace_id=workspace_id).exists()
    if is_member or (user is not None and user.pk == moderator.pk):
        raise Refused("Somebody else decides what concerns yourself.", code="own_matter")


def _people_concerned(of: User | Workspace) -> list[User]:
    if isinstance(of, User):
        return [of]
    owners = Membership.objects.select_related("user").filter(
        workspace=of, is_active=True, role__in=(Role.OWNER.value, Role.ADMINISTRATOR.value)
    )
    return [membership.user for membership in owners]
