"""The notice where storing waits for a licence: why, and the way on; no dead button."""

from typing import Any

from django import template
from django.template import Context

from arcada.apps.licences.queries import licences_of
from arcada.core.access import Actor, Bar, Permission, Role, WorkspaceKind
from arcada.core.licence import LicenceState

register = template.Library()


@register.inclusion_tag("licences/notice.html", takes_context=True)
def storing_notice(context: Context) -> dict[str, Any]:
    """Shown to whoever could store here but for a licence; asks the database only then."""
    actor: Actor | None = context.get("actor")
    if actor is None or actor.bars.get(Permission.ADD_RECORD) is not Bar.LICENCE:
        return {"shown": ""}
    if Permission.ADD_RECORD not in actor.permissions_of_role:
        return {"shown": ""}
    if licences_of(actor).filter(state=LicenceState.PENDING).exists():
        return {"shown": "waiting"}
    workspace = context.get("workspace")
    in_clinic = workspace is not None and workspace.kind == WorkspaceKind.CLINIC
    is_theirs = actor.role in (Role.OWNER, Role.DENTIST) and in_clinic
    return {"shown": "dentist" if is_theirs else "colleague"}
