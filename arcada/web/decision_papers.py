"""Giving a decision away: the signed file, and the same to read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase

from arcada.apps.files.serving import as_attachment
from arcada.apps.reviews.deciding import paper_of
from arcada.core.access import Actor
from arcada.core.outgoing import decision_name
from arcada.web.decision_pdf import decision_pdf

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case


def answer_paper(
    actor: Actor, case: Case, decision_id: UUID, *, form: str, now: datetime
) -> HttpResponseBase:
    """The decision as an attachment, `form` json or pdf; Conflict for one that was made before there were papers."""
    decision = paper_of(actor, case, decision_id, now=now)
    if form == "pdf":
        answer = HttpResponse(decision_pdf(decision.paper), content_type="application/pdf")
    else:
        answer = HttpResponse(decision.paper + "\n", content_type="application/json")
    version = max(int(item["version"]) for item in decision.made_on)
    name = decision_name(case.code, version=version, number=str(decision.pk)[:8], form=form)
    return as_attachment(answer, name)
