"""Offer plans, see who subscribed, mark bills paid.

  arcada plan offer lab-50 --name "Lab, 50 people" --quota-gb 500 --seats 50 --price 120.00 EUR
  arcada plan offer try --tier trial --name "Trial" --quota-gb 5 --seats 1 --days 30
  arcada plan withdraw lab-50
  arcada plan list
  arcada plan bills
  arcada plan paid NUMBER

Without --quota-gb or --seats there is no such limit. Verified dentists store unmetered in every plan.
"""

import argparse
import sys
from decimal import Decimal

from arcada.commands.setup_django import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="offer|withdraw|list|bills|paid", required=True)
    offer = actions.add_parser("offer", help="a plan that workspaces can have from now on")
    offer.add_argument("code", help="a short name without spaces")
    offer.add_argument("--name", required=True, help="what people read")
    offer.add_argument("--tier", choices=("trial", "subscriber"), default="subscriber")
    offer.add_argument("--quota-gb", type=Decimal, default=None, help="in GB of 10^9 bytes")
    offer.add_argument("--seats", type=int, default=None, help="how many people may work in it")
    offer.add_argument("--days", type=int, default=None, help="how long a trial lasts")
    offer.add_argument("--price", nargs=2, metavar=("AMOUNT", "CURRENCY"), default=("0", ""), help="a month")
    withdraw = actions.add_parser("withdraw", help="nobody new gets it; subscriptions go on")
    withdraw.add_argument("code")
    actions.add_parser("list", help="the plans and how many subscribed")
    actions.add_parser("bills", help="the bills that are not paid")
    paid = actions.add_parser("paid", help="the money of a bill has come")
    paid.add_argument("number")


def run(options: argparse.Namespace) -> int:
    setup_django()
    return {"offer": _offer, "withdraw": _withdraw, "list": _list, "bills": _bills, "paid": _paid}[
        options.action
    ](options)


def _offer(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from arcada.apps.accounts.plans import offer_plan
    from arcada.core.access import Actor
    from arcada.core.plans import Tier

    amount, currency = options.price
    plan = offer_plan(
        Actor.system(), code=options.code, name=options.name, tier=Tier(options.tier),
        quota_bytes=None if options.quota_gb is None else int(options.quota_gb * 10**9),
        seats=options.seats, days=options.days, price_minor=int(Decimal(amount) * 100), currency=currency,
        now=timezone.now(),
    )  # fmt: skip
    print(f"{plan.code} is offered.")
    return 0


def _withdraw(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from arcada.apps.accounts.models import Plan
    from arcada.apps.accounts.plans import withdraw_plan
    from arcada.core.access import Actor

    plan = Plan.objects.filter(code=options.code).first()
    if plan is None:
        print(f"There is no plan {options.code}.", file=sys.stderr)
        return 1
    withdraw_plan(Actor.system(), plan, now=timezone.now())
    print(f"{plan.code} is not offered any more.")
    return 0


def _list(options: argparse.Namespace) -> int:
    from arcada.apps.accounts.models import Plan, Subscription

    for plan in Plan.objects.order_by("tier", "price_minor"):
        taken = Subscription.objects.filter(plan=plan, ended_at=None).count()
        quota = "unmetered" if plan.quota_bytes is None else f"{plan.quota_bytes / 10**9:g} GB"
        seats = "any number of people" if plan.seats is None else f"{plan.seats} people"
        offered = "" if plan.is_offered else "\tnot offered"
        print(
            f"{plan.code}\t{plan.tier}\t{quota}\t{seats}\t{plan.price_minor / 100:.2f} {plan.currency}"
            f"\t{taken} subscribed{offered}"
        )
    return 0


def _bills(options: argparse.Namespace) -> int:
    from arcada.apps.accounts.models import Bill

    for bill in Bill.objects.select_related("workspace").filter(paid_at=None).order_by("from_at"):
        print(
            f"{bill.number}\t{bill.workspace.name}\t{bill.from_at:%Y-%m-%d} to {bill.until_at:%Y-%m-%d}"
            f"\t{bill.price_minor / 100:.2f} {bill.currency}"
        )
    return 0


def _paid(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from arcada.apps.accounts.models import Bill
    from arcada.apps.accounts.plans import mark_paid
    from arcada.core.access import Actor

    bill = Bill.objects.filter(number=options.number).first()
    if bill is None:
        print(f"There is no bill {options.number}.", file=sys.stderr)
        return 1
    mark_paid(Actor.system(), bill, now=timezone.now())
    print(f"{bill.number} is paid.")
    return 0
