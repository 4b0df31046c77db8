"""Plans: what the operator offers, who subscribes, what is billed."""

import calendar
from datetime import datetime, timedelta

from django.db import transaction

from arcada.apps.accounts.models import Bill, Membership, Plan, Subscription, Workspace
from arcada.apps.accounts.payment import the_payment_port
from arcada.apps.audit.actions import record
from arcada.core.access import Actor
from arcada.core.errors import Conflict, Refused
from arcada.core.plans import DEFAULT_LIMITS, PlanLimits, Tier, TierVerb, check_seat, next_tier


def plan_of(workspace: Workspace) -> Plan | None:
    """The plan a workspace subscribed to; on trial, the operator's plan for trials, if there is one."""
    current = Subscription.objects.select_related("plan").filter(workspace=workspace, ended_at=None).first()
    if current is not None:
        return current.plan
    if workspace.tier == Tier.TRIAL:
        return Plan.objects.filter(tier=Tier.TRIAL.value, is_offered=True).order_by("-created_at").first()
    return None


def limits_of(workspace: Workspace) -> PlanLimits:
    plan = plan_of(workspace)
    if plan is None:
        return DEFAULT_LIMITS[Tier(workspace.tier)]
    return PlanLimits(quota_bytes=plan.quota_bytes, seats=plan.seats, days=plan.days)


def offered_plans() -> list[Plan]:
    """What one may subscribe to, cheapest first."""
    return list(Plan.objects.filter(tier=Tier.SUBSCRIBER.value, is_offered=True).order_by("price_minor"))


def bills_of(workspace: Workspace) -> list[Bill]:
    return list(Bill.objects.filter(workspace=workspace).order_by("-from_at")[:120])


def require_seat(workspace: Workspace) -> None:
    """Refused when the plan has no place for one more person; the workspace's row keeps the count true."""
    Workspace.objects.select_for_update().only("pk").get(pk=workspace.pk)
    taken = Membership.objects.filter(workspace=workspace, is_active=True).count()
    check_seat(Tier(workspace.tier), limits_of(workspace), taken=taken)


@transaction.atomic
def offer_plan(
    actor: Actor,
    *,
    code: str,
    name: str,
    tier: Tier,
    quota_bytes: int | None,
    seats: int | None,
    days: int | None,
    price_minor: int,
    currency: str,
    now: datetime,
) -> Plan:
    """A plan as the operator offers it from now on; who subscribed before keeps the price that was agreed."""
    plan, _ = Plan.objects.update_or_create(
        code=code,
        defaults={
            "name": name, "tier": tier.value, "quota_bytes": quota_bytes, "seats": seats, "days": days,
            "price_minor": price_minor, "currency": currency.upper(), "is_offered": True,
        },
        create_defaults={
            "name": name, "tier": tier.value, "quota_bytes": quota_bytes, "seats": seats, "days": days,
            "price_minor": price_minor, "currency": currency.upper(), "created_at": now,
        },
    )  # fmt: skip
    record(actor, "plan.offered", now=now, about=plan, ids={"tier": tier.value, "price_minor": price_minor})
    return plan


@transaction.atomic
def withdraw_plan(actor: Actor, plan: Plan, *, now: datetime) -> Plan:
    """Nobody new gets it; subscriptions go on."""
    plan.is_offered = False
    plan.save(update_fields=["is_offered"])
    record(actor, "plan.withdrawn", now=now, about=plan)
    return plan


def trial_ends_at(now: datetime) -> datetime | None:
    """When a trial that starts now is over."""
    plan = Plan.objects.filter(tier=Tier.TRIAL.value, is_offered=True).order_by("-created_at").first()
    days = plan.days if plan is not None else DEFAULT_LIMITS[Tier.TRIAL].days
    return None if days is None else now + timedelta(days=days)


@transaction.atomic
def subscribe(actor: Actor, workspace: Workspace, plan: Plan, *, now: datetime) -> Subscription:
    """From trial to subscriber, or from one plan to another: quota and seats change, no right in a case does."""
    workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
    if plan.tier != Tier.SUBSCRIBER or not plan.is_offered:
        raise Refused("This plan is not offered.", code="plan_not_offered")
    seats = Membership.objects.filter(workspace=workspace, is_active=True).count()
    if plan.seats is not None and seats > plan.seats:
        raise Refused("More people work here than this plan has seats.", code="seats", limit=plan.seats)
    current = Subscription.objects.filter(workspace=workspace, ended_at=None).first()
    if current is not None and current.plan_id == plan.pk:
        raise Conflict("This is the plan already.", code="same_plan")
    if workspace.tier != Tier.SUBSCRIBER:
        workspace.tier = next_tier(Tier(workspace.tier), TierVerb.SUBSCRIBE).value
    workspace.tier_ends_at = None
    workspace.save(update_fields=["tier", "tier_ends_at"])
    billed_until = now
    if current is not None:
        current.ended_at = now
        current.save(update_fields=["ended_at"])
        billed_until = max(now, current.billed_until)  # the month that is paid for counts
    made = Subscription.objects.create(
        workspace=workspace, plan=plan, price_minor=plan.price_minor, currency=plan.currency,
        started_at=now, billed_until=billed_until,
    )  # fmt: skip
    record(
        actor, "plan.subscribed", now=now, workspace_id=workspace.pk, about=made,
        ids={"plan": plan.pk, "price_minor": plan.price_minor, "currency": plan.currency},
    )  # fmt: skip
    _bill(made, now=now)
    return made


@transaction.atomic
def end_subscription(actor: Actor, workspace: Workspace, *, now: datetime) -> Subscription:
    """No further bill; uploads go on to the end of the month that was billed, reading and exporting for good."""
    current = Subscription.objects.select_for_update().filter(workspace=workspace, ended_at=None).first()
    if current is None:
        raise Conflict("There is no subscription to end.", code="no_subscription")
    current.ended_at = now
    current.save(update_fields=["ended_at"])
    Workspace.objects.filter(pk=workspace.pk).update(tier_ends_at=max(now, current.billed_until))
    record(actor, "plan.ended", now=now, workspace_id=workspace.pk, about=current)
    return current


@transaction.atomic
def mark_paid(actor: Actor, bill: Bill, *, now: datetime) -> Bill:
    if bill.paid_at is None:
        bill.paid_at = now
        bill.save(update_fields=["paid_at"])
        record(actor, "bill.paid", now=now, workspace_id=bill.workspace_id, about=bill)
    return bill


def bill_subscriptions(now: datetime) -> int:
    """Bill every month that has begun and was not billed; running it twice bills nothing twice."""
    due = Subscription.objects.filter(ended_at=None, billed_until__lte=now).values_list("pk", flat=True)
    made = 0
    for pk in due:
        with transaction.atomic():
            current = Subscription.objects.select_for_update().get(pk=pk)
            while current.ended_at is None and current.billed_until <= now:
                _bill(current, now=now)
                made += 1
    return made


def _bill(subscription: Subscription, *, now: datetime) -> None:
    if subscription.billed_until > now:
        return
    start = subscription.billed_until
    until = month_later(start, anchor_day=subscription.started_at.day)
    bill = Bill(
        workspace_id=subscription.workspace_id, subscription=subscription, from_at=start, until_at=until,
        price_minor=subscription.price_minor, currency=subscription.currency, created_at=now,
    )  # fmt: skip
    bill.number = f"{start:%Y%m}-{bill.pk.hex[:12]}"
    bill.reference = the_payment_port().present(bill)
    bill.save(force_insert=True)
    subscription.billed_until = until
    subscription.save(update_fields=["billed_until"])
    record(
        Actor.system(), "bill.made", now=now, workspace_id=subscription.workspace_id, about=bill,
        ids={"price_minor": bill.price_minor, "currency": bill.currency},
    )  # fmt: skip


def month_later(moment: datetime, *, anchor_day: int) -> datetime:
    """The same day of the next month, or its last day where the month is shorter."""
    year, month = moment.year + moment.month // 12, moment.month % 12 + 1
    return moment.replace(year=year, month=month, day=min(anchor_day, calendar.monthrange(year, month)[1]))
