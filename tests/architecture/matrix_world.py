"""The people and things of the authorisation matrix: every role, and the same things laid in for each side.

All of them work in the clinic *Lima Dental*, each in one role. What they ask for is
- own:     of Lima Dental itself;
- beside:  of the same people's other clinic, *Lima Two* (a person works in one workspace at a time);
- shared:  of *Arco Lab*, in the one case in which Lima Dental takes part with everything that can be granted;
- apart:   of *Arco Lab* too, but of a patient outside that case;
- foreign: of mallory's *Else Dental*, where every text holds a word that nobody else may ever read;
- nothing: numbers of nothing.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from django.test import Client
from django.utils import timezone

from arcada.core.access import GRANTABLE_TO_PARTICIPANT, Actor, Origin, Role, WorkspaceKind
from arcada.core.plans import Tier
from arcada.core.standing import Level, Situation, Standing
from tests.cast import (
    PASSWORD,
    Given,
    Person,
    accept_everything,
    code_mailed_to,
    lay_in_comparison,
    lay_in_judged,
    make_share,
)


class Relation(StrEnum):
    OWN = "own"
    BESIDE = "beside"
    SHARED = "shared"
    APART = "apart"
    FOREIGN = "foreign"
    NOTHING = "nothing"


class Kind(StrEnum):
    MEMBER = "member"
    TOKEN = "token"
    WITHOUT_WORKSPACE = "without a workspace"
    SUPPORT = "support"
    NOBODY = "nobody"
    VISITOR = "visitor"  # opened a link, proved nothing
    RECIPIENT = "recipient"  # proved the address by a code


@dataclass(frozen=True)
class Who:
    """One of those who ask. `situation` is what core.standing decides by; None for whoever works nowhere."""

    name: str
    kind: Kind
    situation: Situation | None = None

    @property
    def is_signed_in(self) -> bool:
        return self.kind in (Kind.MEMBER, Kind.WITHOUT_WORKSPACE, Kind.SUPPORT)


def _member(
    name: str, role: Role, *, is_verified: bool = False, standing: Standing = Standing.GOOD,
    kind: Kind = Kind.MEMBER,
) -> Who:  # fmt: skip
    return Who(
        name, kind,
        Situation(
            role=role, kind=WorkspaceKind.CLINIC, is_archive=True, is_verified=is_verified,
            has_verified_dentist=True, standing=standing, workspace_standing=Standing.GOOD,
            tier=Tier.SUBSCRIBER, tier_ends_at=None,
        ),
    )  # fmt: skip


# DECISIONS 16: the nine roles of core.access, and the eight others.
CAST: Final = (
    _member("owner", Role.OWNER, is_verified=True),
    _member("administrator", Role.ADMINISTRATOR),
    _member("dentist", Role.DENTIST, is_verified=True),
    _member("assistant", Role.ASSISTANT),
    _member("technician", Role.TECHNICIAN),
    _member("designer", Role.DESIGNER),
    _member("billing", Role.BILLING),
    _member("auditor", Role.AUDITOR),
    _member("viewer", Role.VIEWER),
    _member("pending", Role.DENTIST),  # the licence is not verified yet
    _member("suspended", Role.DENTIST, is_verified=True, standing=Standing.SUSPENDED),
    _member("token", Role.DENTIST, is_verified=True, kind=Kind.TOKEN),
    Who("put_out", Kind.WITHOUT_WORKSPACE),  # suspended by the workspace itself
    Who("support", Kind.SUPPORT),  # the operator's staff, without a grant
    Who("anonymous", Kind.NOBODY),
    Who("visitor", Kind.VISITOR),
    Who("recipient", Kind.RECIPIENT),
)
CANARY: Final = "Zyxwvut"  # a beginning that nothing else has


@dataclass
class Things:
    """Ids and secrets by the names that the rows use; `canaries` are what their workspace keeps to itself."""

    ids: dict[str, Any]
    canaries: list[str] = field(default_factory=list)


class World:
    """Built once, in a transaction that is undone at the end."""

    def __init__(self, given: Mapping[str, Given]) -> None:
        self.given = given["upper_jaw"]
        self.people: dict[str, Person] = {}
        clinic = self._found("ada@lima.example", "Lima Dental", WorkspaceKind.CLINIC, Level.LICENCE_VERIFIED)
        second = self._found("ada@lima.example", "Lima Two", WorkspaceKind.CLINIC, Level.LICENCE_VERIFIED)
        lab = self._found("carl@arco.example", "Arco Lab", WorkspaceKind.LAB, Level.EMAIL)
        mallory = self._found(
            "mallory@else.example", f"{CANARY}space", WorkspaceKind.CLINIC, Level.LICENCE_VERIFIED
        )
        self.mallory, self.lab = mallory, lab
        for who in CAST:
            if who.situation is not None and who.name != "owner":
                self.people[who.name] = self._member(who, clinic, second)
        self.people["owner"] = clinic
        self._others(clinic)
        self.moderator = self.people["support"].user
        plan = _plan()
        self.things = {
            Relation.OWN: self.lay_in(clinic, "own", partner=lab),
            Relation.BESIDE: self.lay_in(second, "beside", partner=lab),
            Relation.SHARED: self.lay_in(lab, "shared", partner=clinic),
            Relation.APART: self.lay_in(lab, "apart", partner=mallory),
            Relation.FOREIGN: self.lay_in(mallory, CANARY, partner=lab),
        }
        own = self.things[Relation.OWN].ids
        self.things[Relation.NOTHING] = Things({key: uuid.uuid4() for key in own})
        # What everybody names by the same number: a plan on offer, a workspace that may be invited, one's own.
        same = {"plan": plan, "workspace": clinic.workspace.pk, "other_workspace": mallory.workspace.pk}
        for things in self.things.values():
            things.ids |= same
        self.sibling = self.lay_in(clinic, "sibling", partner=lab).ids | same
        self.mine: dict[str, dict[str, Any]] = {
            name: self._personal(person) for name, person in self.people.items()
        }
        self.theirs = self._personal(mallory)
        self.browsers = self._browsers(clinic)
        from arcada.apps.audit.models import AuditEvent

        self.built_at = timezone.now()
        self.last_event = AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0

    # -------------------------------------------------------------------------------- people
    def _found(self, email: str, name: str, kind: WorkspaceKind, level: Level) -> Person:
        from arcada.apps.accounts.actions import create_workspace

        user = _user(email, level=level)
        workspace = create_workspace(Actor.system(), user, kind=kind, name=name, now=timezone.now())
        return Person(user, workspace, _actor(user, workspace))

    def _member(self, who: Who, *places: Person) -> Person:
        from arcada.apps.accounts.actions import add_member, set_standing

        assert who.situation is not None
        level = Level.LICENCE_VERIFIED if who.situation.is_verified else Level.EMAIL
        user = _user(f"{who.name}@lima.example", level=level)
        for place in places:
            add_member(
                Actor.system(), place.workspace, user=user, role=who.situation.role, now=timezone.now()
            )
        set_standing(user, who.situation.standing)
        return Person(user, places[0].workspace, _actor(user, places[0].workspace))

    def _others(self, clinic: Person) -> None:
        from arcada.apps.accounts.actions import add_member
        from arcada.apps.accounts.models import Membership

        put_out, support = _user("out@lima.example"), _user("support@operator.example")
        add_member(Actor.system(), clinic.workspace, user=put_out, role=Role.DENTIST, now=timezone.now())
        Membership.objects.filter(user=put_out).update(suspended_at=timezone.now())
        support.is_staff = True
        support.save(update_fields=["is_staff"])
        self.people["put_out"] = Person(put_out, clinic.workspace, _actor(put_out, clinic.workspace))
        self.people["support"] = Person(support, clinic.workspace, _actor(support, None))

    def _browsers(self, clinic: Person) -> dict[str, Client]:
        from arcada.apps.accounts.actions import create_token
        from arcada.apps.sign_in.models import Session

        token = create_token(
            self.people["token"].actor, self.people["token"].user, workspace_id=clinic.workspace.pk, name="t",
            now=timezone.now(),
        )  # fmt: skip
        browsers = {
            "anonymous": Client(),
            "token": Client(headers={"Authorization": f"Bearer {token.secret}"}),
        }
        for name, person in self.people.items():
            if name != "token":
                browsers[name] = Client()
                browsers[name].force_login(person.user)
                browsers[name].get("/settings")  # what every first page keeps in the session
        # Thousands of questions on a busy machine take longer than the ten minutes that a proof of the person counts.
        Session.objects.update(proven_at=timezone.now() + timedelta(hours=6))
        ids = self.things[Relation.OWN].ids
        for name in ("visitor", "recipient"):
            browser = browsers[name] = Client()
            browser.get(f"/s/{ids['secret']}")
            browser.get(f"/u/{ids['request_secret']}")
        proven = browsers["recipient"]
        for door, email in (("r", ids["recipient_email"]), ("u", ids["request_email"])):
            base = f"/{door}/{ids['share' if door == 'r' else 'request']}"
            proven.post(f"{base}/code")
            answer = proven.post(f"{base}/open", {"code": code_mailed_to(email), "name": "Rosa"})
            assert answer.status_code == 302, (door, answer.status_code)
        proven.post(f"/u/{ids['request']}/consent", {"consent": "on"})
        return browsers

    # -------------------------------------------------------------------------------- things
    def lay_in(self, who: Person, word: str, *, partner: Person) -> Things:
        """A patient with a ready scan, a case in which `partner` takes part, a share, a request, and more."""
        from arcada.apps.accounts.actions import add_member, invite_member, save_contact
        from arcada.apps.accounts.models import Membership
        from arcada.apps.cases.actions import invite_participant, open_case
        from arcada.apps.patients.actions import add_patient
        from arcada.apps.records.actions import describe_record
        from arcada.apps.records.collections import edit_collection, open_collection
        from arcada.apps.reviews.actions import open_thread
        from arcada.apps.reviews.deciding import decide_case
        from arcada.apps.sharing.models import Recipient
        from arcada.apps.sharing.upload_requests import ask_for_files
        from arcada.core.decisions import Verdict

        now, owner, place = timezone.now(), who.actor, who.workspace.pk
        patient = add_patient(
            owner, workspace_id=place, code=f"{word}-1"[:32], name=f"{word}name Patient", born=date(1987, 5, 4),
            now=now,
        )  # fmt: skip
        collection = open_collection(
            owner, patient, taken_on=date(2026, 3, 17), standard_name="crown-and-bridge", now=now,
            title=f"{word}title",
        )  # fmt: skip
        edit_collection(
            owner, collection, taken_on=date(2026, 3, 17), title=f"{word}title", description=f"{word}words",
            tags=[f"{word}tag"], now=now,
        )  # fmt: skip
        file = Given(
            self.given.slot, f"{word}file upper.stl", self.given.data + word.encode(), self.given.answer
        )
        record = lay_in_judged(owner, collection, file, now=now)
        describe_record(
            owner, record, title=f"{word}scan", description=f"{word}note", tags=[f"{word}mark"], now=now
        )
        case = open_case(owner, collection, code=f"{word}-C"[:32], title=f"{word}case", now=now)
        invite_participant(
            owner, case, workspace=partner.workspace, permissions=GRANTABLE_TO_PARTICIPANT, now=now
        )
        thread = open_thread(owner, case, text=f"{word}question?", record=record, now=now)
        decision = decide_case(owner, case, verdict=Verdict.APPROVED, note=f"{word}fine", now=now)
        email = f"{word}rosa@north-lab.example".lower()
        new = make_share(who, case, recipients=(email,))
        asked_email = f"{word}nina@south.example".lower()
        asked = ask_for_files(
            owner, collection, email=asked_email, expires_at=now + timedelta(days=1), now=now
        )
        contact = save_contact(
            owner,
            workspace_id=place,
            email=f"{word}n@x.example".lower(),
            name=f"{word}contact",
            company="",
            now=now,
        )
        helper = _user(f"{word}helper@x.example".lower(), name=f"{word}helper")
        add_member(Actor.system(), who.workspace, user=helper, role=Role.VIEWER, now=now)
        invited = invite_member(
            owner, who.workspace, email=f"{word}new@x.example".lower(), role=Role.VIEWER, invited_by=who.user,
            now=now,
        )  # fmt: skip
        given_hash = record.original.sha256 if record.original else ""
        ids = {
            "patient": patient.pk, "collection": collection.pk, "record": record.pk, "case": case.pk,
            "comparison": lay_in_comparison(record, record, kind="deviation").pk,
            "thread": thread.pk, "decision": decision.pk, "decided": decision.pk,
            "share": new.share.pk, "request": asked.request.pk, "contact": contact.pk,
            "recipient": Recipient.objects.get(share=new.share).pk, "recipient_email": email,
            "request_email": asked_email, "secret": new.recipient_urls[email].rsplit("/", 1)[-1],
            "request_secret": asked.url.rsplit("/", 1)[-1], "invitation": invited.secret,
            "membership": Membership.objects.get(user=helper, workspace=who.workspace).pk,
            "participant": _participant(case), "grant": let_support_in(who, for_hours=1), "seen": given_hash,
            **self._moderated(who, helper, record),
        }  # fmt: skip
        canaries = [str(value) for key, value in ids.items() if isinstance(value, uuid.UUID)]
        canaries += [str(value) for value in (collection.workspace_id,)]
        canaries.append(given_hash)
        return Things(ids, canaries)

    def _moderated(self, who: Person, helper: Any, record: Any) -> dict[str, Any]:
        """A licence with its evidence, a report, and a step taken back by nobody yet."""
        from arcada.apps.conduct.actions import appeal, report_misuse, sanction
        from arcada.apps.files.sealed import store_bytes
        from arcada.apps.licences.actions import apply_licence
        from arcada.apps.licences.models import Evidence
        from arcada.core.conduct import Misuse, SanctionVerb
        from arcada.core.licence import read_number
        from arcada.core.licence_authorities import Profession

        now = timezone.now()
        author = _actor(helper, who.workspace)
        number = read_number("CRO", "CRO-SP 98.765", place="SP", profession=Profession.DENTIST)
        licence = apply_licence(author, number=number, typed="CRO-SP 98.765", expires_on=None, now=now)
        file = store_bytes(
            who.workspace.pk, b"%PDF-1.4 of " + helper.email.encode(), purpose="evidence",
            media_type="application/pdf", now=now,
        )  # fmt: skip
        file.save(force_insert=True)
        evidence = Evidence.objects.create(
            licence=licence, file=file, sha256=file.sha256, bytes=file.bytes, suffix=".pdf", added_at=now
        )
        report = report_misuse(
            author, workspace_id=who.workspace.pk, about_kind="record", about_id=record.pk, category=Misuse.OTHER,
            text="Something is wrong with this one, please look.", now=now,
        )  # fmt: skip
        other = _user(f"moderator-{uuid.uuid4().hex[:8]}@operator.example")
        judge = _actor(other, None)
        step = sanction(
            judge, moderator=other, against=helper, verb=SanctionVerb.WARN,
            reason="Written rudely to a colleague.", now=now,
        )  # fmt: skip
        answered = appeal(author, step, by=helper, text="It was not me who wrote that, look again.", now=now)
        return {
            "licence": licence.pk, "evidence": evidence.pk, "report": report.pk, "appeal": answered.pk,
        }  # fmt: skip

    def _personal(self, person: Person) -> dict[str, Any]:
        """What belongs to one person: a token, another session, a known browser, a passkey, a step against them."""
        from arcada.apps.accounts.actions import create_token
        from arcada.apps.conduct.models import Sanction
        from arcada.apps.sign_in.models import KnownDevice, Passkey, Session

        now, user = timezone.now(), person.user
        moderator = _user(f"m-{uuid.uuid4().hex[:8]}@operator.example")
        return {
            "my_token": create_token(
                person.actor, user, workspace_id=person.workspace.pk, name="mine", now=now
            ).token.pk,
            "my_session": Session.objects.create(
                user=user, key_hash=uuid.uuid4().bytes, started_at=now, fully_authenticated_at=now, proven_at=now,
                second_factor_at=now, last_active_at=now, device_name="Other", level=user.level,
                standing=user.standing,
            ).pk,
            "my_device": KnownDevice.objects.create(
                user=user, token_hash=uuid.uuid4().bytes, name="Known", created_at=now, last_seen_at=now
            ).pk,
            "my_passkey": Passkey.objects.create(
                user=user, name="Key", credential_id=uuid.uuid4().bytes, credential=b"", created_at=now
            ).pk,
            "my_sanction": Sanction.objects.create(
                user=user, verb="warn", before="good", after="warned", reason="Rude.", decided_by=moderator,
                created_at=now,
            ).pk,
        }  # fmt: skip

    # -------------------------------------------------------------------------------- asking
    def ids(self, who: Who, relation: Relation) -> dict[str, Any]:
        """What the placeholders of a row mean for one who asks. Of a colleague's own is "beside" and "apart"."""
        personal = {
            Relation.OWN: self.mine.get(who.name, self.theirs),
            Relation.BESIDE: self.mine["assistant" if who.name != "assistant" else "owner"],
            Relation.SHARED: self.mine["viewer" if who.name != "viewer" else "owner"],
            Relation.APART: self.mine["designer" if who.name != "designer" else "owner"],
            Relation.FOREIGN: self.theirs,
            Relation.NOTHING: {key: uuid.uuid4() for key in self.theirs},
        }[relation]
        return self.things[relation].ids | personal


def _user(email: str, *, level: Level = Level.EMAIL, name: str = "") -> Any:
    from allauth.account.models import EmailAddress

    from arcada.apps.accounts.actions import set_level
    from arcada.apps.accounts.models import User

    known = User.objects.filter(email=email).first()
    if known is not None:
        return known
    user = User.objects.create_user(email, None, name=name or email.partition("@")[0])
    user.password = _hash()
    user.save(update_fields=["password"])
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    accept_everything(user, now=timezone.now())
    if level is not Level.EMAIL:
        set_level(user, level=level, until=None)
    return user


_HASHES: list[str] = []


def _hash() -> str:
    """One password for all, hashed once: hashing is slow on purpose."""
    from django.contrib.auth.hashers import make_password

    if not _HASHES:
        _HASHES.append(make_password(PASSWORD))
    return _HASHES[0]


def _actor(user: Any, workspace: Any) -> Actor:
    from arcada.apps.accounts.queries import actor_for_user

    actor, _ = actor_for_user(
        user, workspace_id=workspace.pk if workspace else None, origin=Origin(), now=timezone.now()
    )
    return actor


def _participant(case: Any) -> uuid.UUID:
    from arcada.apps.cases.models import Participant

    found: uuid.UUID = Participant.objects.get(case=case).pk
    return found


def let_support_in(who: Person, *, for_hours: int) -> uuid.UUID:
    """A grant to the operator's support."""
    from arcada.apps.support.actions import give_grant

    found: uuid.UUID = give_grant(
        who.actor, who.workspace, by=who.user, target=None, hours=for_hours,
        reason="The upper jaw stands on its head.", now=timezone.now(),
    ).pk  # fmt: skip
    return found


def _plan() -> uuid.UUID:
    from arcada.apps.accounts.plans import offer_plan

    plan = offer_plan(
        Actor.system(), code="full", name="Full", tier=Tier.SUBSCRIBER, quota_bytes=None, seats=None, days=None,
        price_minor=100, currency="BRL", now=timezone.now(),
    )  # fmt: skip
    found: uuid.UUID = plan.pk
    return found


def filled(said: Any, known: Mapping[str, Any]) -> Any:
    """A row's path or body with its placeholders replaced."""
    if isinstance(said, str):
        return re.sub(r"\{(\w+)\}", lambda found: str(known[found[1]]), said)
    if isinstance(said, list):
        return [filled(one, known) for one in said]
    if isinstance(said, dict):
        return {key: filled(value, known) for key, value in said.items()}
    return said
