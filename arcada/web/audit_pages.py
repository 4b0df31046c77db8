"""Who saw this: of a patient, a case, a share; and the whole audit of a workspace. Codes only, no patient's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from arcada.apps.accounts.access import workspace_for
from arcada.apps.accounts.naming import names_of_people, people_like
from arcada.apps.audit.actions import record
from arcada.apps.audit.queries import (
    Asked,
    events_in,
    events_touching_case,
    events_touching_patient,
    events_touching_share,
    narrowed,
)
from arcada.apps.cases.access import case_for
from arcada.apps.cases.traces import codes_of, ids_in_case, ids_of_cases_of, slots_of
from arcada.apps.patients.access import patient_for
from arcada.apps.sharing.naming import (
    codes_of_shares,
    names_of_visitors,
    share_to_audit,
    visitors_like,
    visitors_of,
)
from arcada.core.access import Actor, Permission
from arcada.core.csv_lines import csv_lines
from arcada.core.slots import title_of
from arcada.web.audit_words import say_audit
from arcada.web.event_words import say_actor_kind
from arcada.web.here import signed_in

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from arcada.apps.audit.models import AuditEvent

PAGE = 50
MOST_LINES = 100_000


class Find(forms.Form):
    who = forms.CharField(label=gettext_lazy("Who"), required=False, max_length=120)
    what = forms.ChoiceField(
        label=gettext_lazy("What"), required=False,
        choices=[("seen", gettext_lazy("Seen and taken along")), ("all", gettext_lazy("Everything"))],
    )  # fmt: skip
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One event as a page shows it."""

    at: datetime
    who: str
    kind: str
    role: str
    what: str
    about: str
    network: str
    request: str


@require_safe
@signed_in
def of_workspace(request: HttpRequest, actor: Actor) -> HttpResponse:
    workspace = workspace_for(actor, Permission.SEE_AUDIT)
    return _answer(
        request, actor, events_in(workspace.pk), title=_("Audit"), back=("settings", _("Settings"), None),
        subject="workspace", usual="all",
    )  # fmt: skip


@require_safe
@signed_in
def of_patient(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    patient = patient_for(actor, patient_id, Permission.SEE_AUDIT)
    events = events_touching_patient(
        patient.workspace_id, patient_id=patient.pk, case_ids=ids_of_cases_of(patient.pk)
    )
    return _answer(
        request, actor, events, title=_("Who saw this"), back=("patients-show", patient.code, patient.pk),
        subject="patient",
    )  # fmt: skip


@require_safe
@signed_in
def of_case(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    case = case_for(actor, case_id, Permission.SEE_AUDIT)
    events = events_touching_case(
        case.workspace_id, ids=ids_in_case(case), case_id=case.pk, patient_id=case.patient_id
    )
    return _answer(
        request,
        actor,
        events,
        title=_("Who saw this"),
        back=("cases-show", case.code, case.pk),
        subject="case",
    )


@require_safe
@signed_in
def of_share(request: HttpRequest, actor: Actor, share_id: UUID) -> HttpResponse:
    share = share_to_audit(actor, share_id)
    events = events_touching_share(share.workspace_id, share_id=share.pk, visitors=visitors_of(share))
    return _answer(
        request, actor, events, title=_("Who saw this"), back=("shares-show", share.code, share.pk),
        subject="share",
    )  # fmt: skip


def _answer(
    request: HttpRequest,
    actor: Actor,
    events: "QuerySet[AuditEvent]",
    *,
    title: str,
    back: tuple[str, str, UUID | None],
    subject: str,
    usual: str = "seen",
) -> HttpResponse:
    given = {"what": usual, **request.GET.dict()}
    form = Find(given)
    found = narrowed(events, _asked(form, actor)) if form.is_valid() else events.none()
    if "csv" in request.GET:
        return _as_csv(actor, found, subject=subject)
    before = request.GET.get("before", "")
    # As many digits as a seq can have: more would be none that any database takes.
    if before.isascii() and before.isdigit() and len(before) <= 18:
        found = found.filter(seq__lt=int(before))
    rows = list(found[: PAGE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    facts = {
        "title": title, "form": form, "lines": _lines(actor, rows[:PAGE]), "query": query.urlencode(),
        "following": rows[PAGE - 1].seq if len(rows) > PAGE else None, "is_first": not before,
        "back": reverse(back[0], args=[back[2]] if back[2] else []), "back_name": back[1],
    }  # fmt: skip
    return render(request, "audit/list.html", facts, status=200 if form.is_valid() else 422)


def _asked(form: Find, actor: Actor) -> Asked:
    typed = form.cleaned_data
    who = " ".join(typed["who"].split())
    return Asked(
        seen_only=typed["what"] != "all",
        who=frozenset(people_like(who) | visitors_like(who, workspace_id=actor.own_workspace_id))
        if who
        else None,
        since=_start(typed["since"]) if typed["since"] else None,
        until=_start(typed["until"] + timedelta(days=1)) if typed["until"] else None,
    )


def _start(day: date) -> datetime:
    """The first moment of a day by the workspace's clock."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _lines(actor: Actor, events: Sequence["AuditEvent"]) -> list[Line]:
    people = {event.actor_id for event in events if event.actor_kind in ("person", "token", "support")}
    visitors = {event.actor_id for event in events if event.actor_kind == "recipient"}
    names = names_of_people(people) | names_of_visitors(visitors)
    things = {event.object_id for event in events if event.object_id}
    codes = codes_of(things) | codes_of_shares(things)
    places = slots_of(things)
    cases = codes_of({event.case_id for event in events if event.case_id})

    def about(event: "AuditEvent") -> str:
        if event.object_id in codes:
            return codes[event.object_id]
        place = _(title_of(places[event.object_id])) if event.object_id in places else ""
        return ", ".join(
            part for part in (cases.get(event.case_id, "") if event.case_id else "", place) if part
        )

    return [
        Line(
            at=event.at, who=names.get(event.actor_id) or say_actor_kind(event.actor_kind), kind=event.actor_kind,
            role=event.role, what=say_audit(event.action), about=about(event), network=event.ip_truncated,
            request=event.request_id,
        )
        for event in events
    ]  # fmt: skip


def _as_csv(actor: Actor, events: "QuerySet[AuditEvent]", *, subject: str) -> HttpResponse:
    """The lines of the page and of all that follow; that they were taken along is recorded first."""
    rows = list(events[:MOST_LINES])
    with transaction.atomic():
        record(actor, "audit.exported", now=timezone.now(), ids={"of": subject, "lines": len(rows)})
    said: list[list[Any]] = [
        [_("When"), _("Who"), _("Kind"), _("Role"), _("What"), _("About"), _("Network"), _("Request")]
    ]
    for start in range(0, len(rows), 1000):
        said += [
            [
                line.at.isoformat(),
                line.who,
                line.kind,
                line.role,
                line.what,
                line.about,
                line.network,
                line.request,
            ]
            for line in _lines(actor, rows[start : start + 1000])
        ]
    answer = HttpResponse("\ufeff" + "".join(csv_lines(said)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{subject}.csv"'
    return answer


urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/audit", of_workspace, name="settings-audit"),
    path("patients/<uuid:patient_id>/audit", of_patient, name="patients-audit"),
    path("cases/<uuid:case_id>/audit", of_case, name="cases-audit"),
    path("shares/<uuid:share_id>/audit", of_share, name="shares-audit"),
]
