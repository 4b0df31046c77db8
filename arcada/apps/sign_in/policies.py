"""What a workspace demands of everybody's sign-in; it holds for live sessions from the next request on."""

from datetime import datetime
from typing import Final

from django.db import transaction

from arcada.apps.accounts.models import Workspace
from arcada.apps.audit.actions import record
from arcada.core.access import Actor
from arcada.core.errors import Refused

SESSION_POLICIES: Final = ("standard", "clinical")
FACTOR_POLICIES: Final = ("by_rule", "everyone")


@transaction.atomic
def set_sign_in_policy(
    actor: Actor, workspace: Workspace, *, session_policy: str, second_factor: str, now: datetime
) -> Workspace:
    if session_policy not in SESSION_POLICIES or second_factor not in FACTOR_POLICIES:
        raise Refused("There is no such rule for sign-in.", code="unknown_policy")
    workspace.session_policy, workspace.second_factor = session_policy, second_factor
    workspace.save(update_fields=["session_policy", "second_factor"])
    record(
        actor, "workspace.policy_changed", now=now, workspace_id=workspace.pk, about=workspace,
        ids={"session_policy": session_policy, "second_factor": second_factor},
    )  # fmt: skip
    return workspace
