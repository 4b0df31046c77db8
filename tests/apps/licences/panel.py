"""A dentist nobody has verified yet, the operator's reviewers, and what they do in one line each."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from arcada.core.access import Actor, ActorKind, Origin, WorkspaceKind
from arcada.core.licence import Lookup, Verdict, read_number
from arcada.core.licence_authorities import Profession
from tests.cast import NOW, Person, accept_everything, hashed_password

if TYPE_CHECKING:
    from arcada.apps.licences.models import Evidence, Licence


def unverified(email: str = "nova@nova.example", *, country: str = "BR") -> Person:
    """The owner of a new clinic, an Archive workspace, at the level of their mail address."""
    from allauth.account.models import EmailAddress

    from arcada.apps.accounts.actions import create_workspace
    from arcada.apps.accounts.models import User

    user = User.objects.create(email=email, password=hashed_password(), name="Dr Nova")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    workspace = create_workspace(
        Actor.system(), user, kind=WorkspaceKind.CLINIC, name=f"Clinic of {email}", country=country, now=NOW
    )
    accept_everything(user, now=NOW)
    return Person(user, workspace, as_now(user, NOW))


def as_now(user: Any, now: datetime) -> Actor:
    """The actor that a request of this moment has."""
    from arcada.apps.accounts.models import User
    from arcada.apps.accounts.queries import actor_for_user

    actor, _ = actor_for_user(
        User.objects.get(pk=user.pk), workspace_id=None, origin=Origin(request_id="test"), now=now
    )
    return actor


def reviewer(name: str) -> Person:
    """A reviewer of the operator, without a workspace."""
    from arcada.apps.accounts.models import User

    user = User.objects.create(
        email=f"{name}@operator.example", password=hashed_password(), name=name.title(), is_staff=True
    )
    actor = Actor(kind=ActorKind.PERSON, id=user.pk, name=user.name, origin=Origin(request_id="test"))
    return Person(user, None, actor)  # type: ignore[arg-type]


def apply(
    who: Person, typed: str = "CRO-SP 12.345", *, council: str = "CRO", place: str = "SP",
    profession: Profession = Profession.DENTIST, expires_on: date | None = None, now: datetime = NOW,
) -> "Licence":  # fmt: skip
    from arcada.apps.licences.actions import apply_licence

    number = read_number(council, typed, place=place, profession=profession)
    return apply_licence(who.actor, number=number, typed=typed, expires_on=expires_on, now=now)


def lay_evidence(licence: "Licence", *, now: datetime = NOW) -> "Evidence":
    """Evidence as `add_evidence` leaves it, without judging the same picture again in each test."""
    from django.db import transaction

    from arcada.apps.files.sealed import store_bytes
    from arcada.apps.licences.models import Evidence, Licence

    data = b"%PDF-1.7 a licence"
    file = store_bytes(licence.workspace_id, data, purpose="evidence", media_type="application/pdf", now=now)
    with transaction.atomic():
        file.save(force_insert=True)
        return Evidence.objects.create(
            licence=Licence.objects.get(pk=licence.pk), file=file, sha256=file.sha256, bytes=file.bytes, suffix=".pdf",
            added_at=now,
        )  # fmt: skip


def says(
    who: Person, licence: "Licence", verdict: Verdict = Verdict.APPROVE, *, lookup: Lookup = Lookup.FOUND,
    version: int | None = None, now: datetime = NOW, reason: str = "Read in the register",
) -> "Licence":  # fmt: skip
    from arcada.apps.licences.deciding import Opinion, review_licence
    from arcada.apps.licences.models import Licence

    seen = Licence.objects.get(pk=licence.pk).version if version is None else version
    opinion = Opinion(verdict, reason, lookup, now.date())
    return review_licence(who.actor, licence, opinion=opinion, version=seen, now=now)


def events(action: str) -> list[Any]:
    from arcada.apps.audit.models import AuditEvent

    return list(AuditEvent.objects.filter(action=action).order_by("seq"))
