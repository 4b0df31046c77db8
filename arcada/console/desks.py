"""What an operator has on the desk: workspaces, people, plans, jobs and mails. Nothing of a patient, no mail's text."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from arcada.apps.accounts.models import Plan, User, Workspace
from arcada.apps.accounts.plans import offer_plan, plan_of, withdraw_plan
from arcada.apps.accounts.queries import seats_taken
from arcada.apps.jobs.models import Job
from arcada.apps.mail.models import OutgoingMail
from arcada.apps.sign_in.models import Passkey, Totp
from arcada.console.desk import Desk
from arcada.console.who import staff_actor
from arcada.core.plans import Tier


class WorkspaceDesk(Desk):
    columns = (
        "name", "kind", "country", "tier", "tier_ends_at", "standing", "session_policy", "second_factor", "created_at",
    )  # fmt: skip
    list_display = ("name", "kind", "tier", "tier_ends_at", "standing", "created_at")
    list_filter = ("kind", "tier", "standing")
    search_fields = ("name",)
    ordering = ("-created_at",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.columns, "plan", "people")

    get_readonly_fields = get_fields

    @admin.display(description=gettext_lazy("Plan"))
    def plan(self, one: Workspace) -> str:
        found = plan_of(one)
        return found.name if found else "–"

    @admin.display(description=gettext_lazy("People"))
    def people(self, one: Workspace) -> int:
        return seats_taken(one.pk)


class UserDesk(Desk):
    columns = ("email", "name", "level", "level_until", "standing", "is_active", "is_staff", "created_at")
    list_display = ("email", "name", "level", "standing", "is_active", "is_staff", "has_factor")
    list_filter = ("level", "standing", "is_staff", "is_active")
    search_fields = ("email", "name")
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        confirmed = Totp.objects.filter(user=OuterRef("pk")).exclude(confirmed_at=None)
        passkeys = Passkey.objects.filter(user=OuterRef("pk"))
        return super().get_queryset(request).annotate(factor=Exists(confirmed) | Exists(passkeys))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.columns, "has_factor")

    get_readonly_fields = get_fields

    @admin.display(description=gettext_lazy("Second factor"), boolean=True)
    def has_factor(self, one: Any) -> bool:
        return bool(one.factor)


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Plan
        fields = (
            "code",
            "name",
            "tier",
            "quota_bytes",
            "seats",
            "days",
            "price_minor",
            "currency",
            "is_offered",
        )
        labels = {
            "quota_bytes": gettext_lazy("Storage in bytes"),
            "seats": gettext_lazy("People"),
            "days": gettext_lazy("Days of a trial"),
            "price_minor": gettext_lazy("Price a month, in cents"),
            "is_offered": gettext_lazy("On offer"),
        }
        help_texts = {
            "quota_bytes": gettext_lazy("Left empty: no limit."),
            "seats": gettext_lazy("Left empty: no limit."),
            "price_minor": gettext_lazy("Whoever subscribed before keeps the price that was agreed."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("quota_bytes", "seats", "days"):
            self.fields[name].required = False
            self.fields[name].widget.attrs["min"] = 0


class PlanDesk(Desk):
    """Plans can be offered, changed and withdrawn here, as by `arcada plan`."""

    columns = (
        "code", "name", "tier", "quota_bytes", "seats", "days", "price_minor", "currency", "is_offered", "created_at",
    )  # fmt: skip
    form = PlanForm
    list_display = (
        "code",
        "name",
        "tier",
        "quota_bytes",
        "seats",
        "days",
        "price_minor",
        "currency",
        "is_offered",
    )
    list_filter = ("tier", "is_offered")
    ordering = ("tier", "price_minor")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return PlanForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code",) if obj is not None else ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """By the actions: each change is a line of the audit, in its own transaction."""
        actor, now = staff_actor(request), timezone.now()
        made = offer_plan(
            actor, code=obj.code, name=obj.name, tier=Tier(obj.tier), quota_bytes=obj.quota_bytes,
            seats=obj.seats, days=obj.days, price_minor=obj.price_minor, currency=obj.currency, now=now,
        )  # fmt: skip
        obj.pk = made.pk
        if not form.cleaned_data["is_offered"]:
            withdraw_plan(actor, made, now=now)


class JobDesk(Desk):
    """Kind, state, attempts: what a job was about stays out of sight."""

    columns = (
        "task", "queue", "state", "attempts", "max_attempts", "run_after", "created_at", "started_at", "ended_at",
    )  # fmt: skip
    list_display = ("task", "state", "attempts", "run_after", "started_at", "ended_at")
    list_filter = ("state", "queue")
    search_fields = ("task",)
    ordering = ("-created_at",)


class MailDesk(Desk):
    """Kind, state, attempts: neither to whom nor what."""

    columns = ("kind", "state", "attempts", "created_at", "sent_at")
    list_display = ("kind", "state", "attempts", "created_at", "sent_at")
    list_filter = ("state", "kind")
    ordering = ("-created_at",)


DESKS: dict[Any, type[Desk]] = {
    Workspace: WorkspaceDesk,
    User: UserDesk,
    Plan: PlanDesk,
    Job: JobDesk,
    OutgoingMail: MailDesk,
}
