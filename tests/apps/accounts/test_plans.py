"""Plans: quota to the byte, seats, bills once, and never a right in a case."""

from datetime import UTC, datetime, timedelta

import pytest

from arcada.apps.accounts import plans
from arcada.apps.accounts.actions import create_workspace, invite_member
from arcada.apps.accounts.models import Bill, Subscription, User, Workspace
from arcada.apps.accounts.queries import actor_for_user
from arcada.apps.files.actions import open_upload
from arcada.apps.files.models import Upload
from arcada.core.access import Actor, Origin, Role, WorkspaceKind
from arcada.core.errors import Conflict, Refused
from arcada.core.plans import Tier
from tests.cast import NOW, Person
from tests.parallel import all_at_once, needs_postgresql

pytestmark = pytest.mark.django_db


@pytest.fixture
def tom(db: None) -> Person:
    """Tom tries Arcada for his lab: on trial, without a licence."""
    user = User.objects.create_user("tom@trial.example", "correct horse battery staple", name="Tom")
    workspace = create_workspace(
        Actor.system(), user, kind=WorkspaceKind.LAB, name="Trial Lab", now=NOW,
        tier=Tier.TRIAL, tier_ends_at=plans.trial_ends_at(NOW),
    )  # fmt: skip
    actor, _ = actor_for_user(user, workspace_id=workspace.pk, origin=Origin(), now=NOW)
    return Person(user, workspace, actor)


def offer(code: str = "lab-2", **changed: object) -> plans.Plan:
    facts: dict[str, object] = {
        "name": code, "tier": Tier.SUBSCRIBER, "quota_bytes": None, "seats": None, "days": None,
        "price_minor": 12_000, "currency": "EUR",
    }  # fmt: skip
    return plans.offer_plan(Actor.system(), code=code, now=NOW, **(facts | changed))  # type: ignore[arg-type]


def open_one(who: Person, size: int) -> Upload:
    return open_upload(
        who.actor, workspace_id=who.workspace.pk, subject_kind="record", subject_id=who.workspace.pk,
        name="a.stl", size=size, now=NOW,
    )  # fmt: skip


def test_a_trial_takes_what_its_quota_has_room_for_and_not_a_byte_more(tom):
    offer("try", tier=Tier.TRIAL, quota_bytes=1000, seats=1, days=30)
    open_one(tom, 600)
    open_one(tom, 400)
    with pytest.raises(Refused) as refusal:
        open_one(tom, 1)
    assert refusal.value.code == "quota_full"


def test_an_upload_that_ends_gives_its_room_back(tom):
    from arcada.apps.files.actions import end_upload

    offer("try", tier=Tier.TRIAL, quota_bytes=1000, seats=1, days=30)
    first = open_one(tom, 1000)
    with pytest.raises(Refused):
        open_one(tom, 1)
    end_upload(tom.actor, first, now=NOW)
    open_one(tom, 1000)


def test_a_verified_dentist_has_no_quota(dr_ada):
    """C7: storage is unmetered for a verified dentist, whatever the plan."""
    plans.subscribe(dr_ada.actor, dr_ada.workspace, offer("tiny", quota_bytes=10), now=NOW)
    open_one(dr_ada, 10**9)


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_thirty_uploads_at_once_never_pass_the_quota(tom):
    """UP-10: the quota is exact with 30 parallel uploads."""
    offer("try", tier=Tier.TRIAL, quota_bytes=1000, seats=1, days=30)

    def one(number: int) -> bool:
        try:
            open_one(tom, 100)
        except Refused:
            return False
        return True

    answers = all_at_once(one, range(30))
    assert answers.count(True) == 10, answers
    assert sum(Upload.objects.values_list("size", flat=True)) == 1000
    print(len(answers), "checked")


def test_what_is_kept_is_counted_to_the_byte(dr_ada, ready_records):
    """I5: the quota's sum is the sum of the sizes."""
    from arcada.apps.files.models import StoredFile, Upload
    from arcada.apps.files.queries import bytes_kept
    from arcada.apps.files.usage import count_in, counted_anew

    before = bytes_kept(dr_ada.workspace.pk)
    file = StoredFile.objects.filter(workspace=dr_ada.workspace, purpose="original").first()
    count_in(dr_ada.workspace.pk, file)
    assert bytes_kept(dr_ada.workspace.pk) == before + file.bytes
    assert counted_anew(dr_ada.workspace.pk) == sum(
        Upload.objects.filter(state="complete").values_list("size", flat=True)
    )


def test_further_people_need_a_subscription_and_a_seat(tom):
    """S5."""

    def invite(email: str) -> object:
        workspace = Workspace.objects.get(pk=tom.workspace.pk)
        return invite_member(
            tom.actor, workspace, email=email, role=Role.TECHNICIAN, invited_by=tom.user, now=NOW
        )

    with pytest.raises(Refused) as refusal:
        invite("una@trial.example")
    assert refusal.value.code == "seats"
    plans.subscribe(tom.actor, tom.workspace, offer("one", seats=1), now=NOW)
    with pytest.raises(Refused):
        invite("una@trial.example")
    plans.subscribe(tom.actor, tom.workspace, offer("two", seats=2), now=NOW)
    invite("una@trial.example")


def test_subscribing_ends_the_trial_and_bills_the_first_month_once(tom):
    plan = offer()
    made = plans.subscribe(tom.actor, tom.workspace, plan, now=NOW)
    workspace = Workspace.objects.get(pk=tom.workspace.pk)
    assert (workspace.tier, workspace.tier_ends_at) == ("subscriber", None)
    assert plans.bill_subscriptions(NOW) == 0
    [bill] = Bill.objects.filter(subscription=made)
    assert (bill.price_minor, bill.currency, bill.until_at) == (
        12_000,
        "EUR",
        datetime(2026, 4, 17, 9, 30, tzinfo=UTC),
    )
    with pytest.raises(Conflict):
        plans.subscribe(tom.actor, tom.workspace, plan, now=NOW)


def test_every_month_is_billed_once_also_when_the_clock_comes_late_and_twice(tom):
    offer_january = plans.subscribe(tom.actor, tom.workspace, offer(), now=datetime(2026, 1, 31, tzinfo=UTC))
    late = datetime(2026, 4, 2, tzinfo=UTC)
    assert plans.bill_subscriptions(late) == 2
    assert plans.bill_subscriptions(late) == 0
    ends = [
        f"{bill.until_at:%m-%d}"
        for bill in Bill.objects.filter(subscription=offer_january).order_by("from_at")
    ]
    assert ends == ["02-28", "03-31", "04-30"]


def test_whoever_ends_a_subscription_uploads_to_the_end_of_the_paid_month_and_reads_for_good(tom):
    """N18: reading and exporting stay."""
    from arcada.core.access import Bar, Permission

    plans.subscribe(tom.actor, tom.workspace, offer(), now=NOW)
    plans.end_subscription(tom.actor, tom.workspace, now=NOW + timedelta(days=3))

    def bars_on(day: int) -> dict[Permission, Bar]:
        moment = NOW + timedelta(days=day)
        actor, _ = actor_for_user(tom.user, workspace_id=tom.workspace.pk, origin=Origin(), now=moment)
        return dict(actor.bars)

    assert Permission.ADD_RECORD not in bars_on(30)
    assert bars_on(31)[Permission.ADD_RECORD] is Bar.PLAN_ENDED
    assert (
        not {Permission.VIEW, Permission.DOWNLOAD, Permission.ORIGINAL, Permission.SHARE} & bars_on(31).keys()
    )
    assert plans.bill_subscriptions(NOW + timedelta(days=90)) == 0


def test_upgrading_changes_no_right_but_the_quota(tom):
    """TA-12."""
    before, _ = actor_for_user(tom.user, workspace_id=tom.workspace.pk, origin=Origin(), now=NOW)
    plans.subscribe(tom.actor, tom.workspace, offer(), now=NOW)
    after, _ = actor_for_user(tom.user, workspace_id=tom.workspace.pk, origin=Origin(), now=NOW)
    assert before.permissions == after.permissions
    assert Subscription.objects.filter(workspace=tom.workspace, ended_at=None).count() == 1
