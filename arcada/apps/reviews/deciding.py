"""Decisions: approve or request changes, aspect by aspect, bound to what was seen and signed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from arcada.apps.audit.actions import record as audit
from arcada.apps.cases.actions import change_case_state
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import current_records, decided_records
from arcada.apps.records.models import Record
from arcada.apps.reviews.actions import LONGEST_COMMENT
from arcada.apps.reviews.models import Decision, Thread
from arcada.apps.reviews.queries import decisions_of, standing_decisions, votes_of
from arcada.apps.reviews.telling import tell_everybody_else, workspace_name
from arcada.apps.reviews.viewer_build import viewer_build
from arcada.core.access import Actor
from arcada.core.case_flow import CaseVerb
from arcada.core.decision_paper import write_paper
from arcada.core.decisions import Verdict, chosen_aspects, outcome_of, refuse_collision
from arcada.core.errors import Conflict, NotFound, Refused

_VERB = {
    Verdict.APPROVED: CaseVerb.APPROVE,
    Verdict.CHANGES_REQUESTED: CaseVerb.REQUEST_CHANGES,
    None: CaseVerb.APPROVE_IN_PART,
}


@transaction.atomic
def decide_case(
    actor: Actor,
    case: Case,
    *,
    verdict: Verdict,
    now: datetime,
    note: str = "",
    aspects: Sequence[str] = (),
    seen: Sequence[str] | None = None,
    known: Collection[UUID] = (),
    author_verified: bool = True,
) -> Decision:
    """Approve or request changes, of all aspects or those named, bound to the versions that are current and seen.

    `seen` holds the SHA-256s the page showed, `known` the decisions on this version that it showed. A newer version,
    or a decision of somebody else that mine would talk past, is a Conflict and nothing is kept.
    """
    # Who decides at the same time waits here, and then sees what the other one decided (CO-02).
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    records = decided_records(current_records(case, actor=actor))
    if not records:
        raise Conflict("There is nothing to decide on yet.", code="nothing_to_decide")
    made_on = [_bound(record) for record in records]
    if seen is not None and set(seen) != {item["sha256"] for item in made_on}:
        raise Conflict("A newer version came in meanwhile. Look at it, then decide.", code="newer_version")
    workspace = case.workspace
    offered, quorum = workspace.aspects, workspace.decision_quorum
    named = chosen_aspects(aspects, offered)
    visible = [view.decision for view in reversed(decisions_of(actor, case)) if view.holds]
    meanwhile = [decision for decision in visible if decision.pk not in set(known)]
    standing = outcome_of(votes_of(visible), aspects=offered, quorum=quorum)
    refuse_collision(verdict, by=actor.id, meanwhile=votes_of(meanwhile), standing=standing)
    if verdict is Verdict.CHANGES_REQUESTED and not note.strip() and not _has_open_thread(case):
        raise Refused("Say what should change: in a note or in a comment.", code="note_missing")
    decision = Decision(
        case=case,
        verdict=verdict.value,
        aspects=named,
        all_aspects=offered,
        quorum=quorum,
        note=note.strip()[:LONGEST_COMMENT],
        made_on=made_on,
        by_kind=actor.kind.value,
        by_id=actor.id,
        by_name=actor.name[:120],
        by_workspace=workspace_name(actor),
        by_verified=author_verified,
        decided_at=now,
    )
    decision.paper = write_paper(_content(decision, case), seed=settings.ENV.audit_key())
    decision.save(force_insert=True)
    whole = outcome_of(votes_of(standing_decisions(case)), aspects=offered, quorum=quorum)
    change_case_state(actor, case, _VERB[whole.verdict], now=now)
    audit(
        actor, "case.decided", now=now, workspace_id=case.workspace_id, patient_id=case.patient_id, about=case,
        ids={
            "decision": decision.pk, "verdict": verdict.value, "aspects": named,
            "sha256": [item["sha256"] for item in made_on],
        },
    )  # fmt: skip
    tell_everybody_else(actor, case, "case.decided", now=now, verdict=verdict.value)
    return decision


@transaction.atomic
def paper_of(actor: Actor, case: Case, decision_id: UUID, *, now: datetime) -> Decision:
    """The decision, to be given away as a file; NotFound where the actor does not see it. One audit line each time."""
    found = next((v.decision for v in decisions_of(actor, case) if v.decision.pk == decision_id), None)
    if found is None:
        raise NotFound
    if not found.paper:
        raise Conflict(
            "This decision was made before decisions were signed. It stands in the case and in the audit.",
            code="not_signed",
        )
    audit(
        actor, "case.decision_exported", now=now, workspace_id=case.workspace_id, patient_id=case.patient_id,
        about=case, ids={"decision": found.pk},
    )  # fmt: skip
    return found


def _bound(record: Record) -> dict[str, object]:
    return {
        "record": str(record.pk),
        "chain": str(record.chain),
        "slot": record.slot,
        "version": record.version,
        "sha256": record.original.sha256 if record.original else "",
        # What the others download: the same surface without what identifies.
        "cleaned_sha256": record.cleaned.sha256 if record.cleaned else "",
    }


def _content(decision: Decision, case: Case) -> dict[str, object]:
    names = ("record", "slot", "version", "sha256", "cleaned_sha256")
    return {
        "id": decision.pk,
        "server": settings.ENV.public_url,
        "case": {"id": case.pk, "code": case.code, "workspace": case.workspace.shown_name},
        "verdict": decision.verdict,
        "aspects": decision.aspects,
        "all_aspects": decision.all_aspects,
        "quorum": decision.quorum,
        "note": decision.note,
        "by": {
            "id": decision.by_id, "name": decision.by_name, "workspace": decision.by_workspace,
            "kind": decision.by_kind, "is_verified": decision.by_verified,
        },
        "decided_at": decision.decided_at,
        "files": [{name: item[name] for name in names} for item in decision.made_on],
        "prescription": None,  # the field is there for the day a case has one
        "viewer_build": viewer_build(),
    }  # fmt: skip


def _has_open_thread(case: Case) -> bool:
    return Thread.objects.filter(case=case, state="open").exists()
