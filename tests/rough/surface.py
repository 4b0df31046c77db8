"""Every address a browser can ask, from the resolver; a valid form for each that takes one; people in mid-work."""

import copy
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from tests.cast import NOW, Person, Visitor, lay_in_comparison
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

WHY = "Seen twice and written down here."
JPEG = b"\xff\xd8\xff\xe0 none"


@dataclass(frozen=True)
class Form:
    """A form as a page would send it: who sends it, its fields, what comes back when all is well."""

    who: str
    body: dict[str, Any] = field(default_factory=dict)
    is_json: bool = False
    query: str = ""
    answer: int = 302


# By the name of the address. What takes a POST and has no row here is red (test_every_form_has_a_row).
FORMS: dict[str, Form] = {
    "home": Form("ada", answer=405),
    "language": Form("ada", {"language": "es", "next": "/patients"}),
    # Sign-in
    "account_login": Form("anon", {"login": "ada@lima.example", "password": "correct horse battery staple"}),
    "account_logout": Form("ada"),
    "account_signup": Form(
        "anon", {"email": "new@newcomer.example", "password1": "quite a long pass phrase 7", "name": "New"}
    ),
    "account_second_step": Form("anon", {"code": "123456"}),
    "account_passkey_begin": Form("anon", {"purpose": "sign_in"}, answer=200),
    "account_passkey": Form("anon", {"credential": "{}"}),
    "account_still_you": Form("ada", {"password": "correct horse battery staple"}),
    "account_new_address": Form("anon"),
    "account_old_address": Form("anon", answer=404),
    "account_change_password": Form(
        "ada",
        {"oldpassword": "correct horse battery staple", "password1": "another long pass phrase 7",
         "password2": "another long pass phrase 7"},
    ),
    "account_reset_password": Form("anon", {"email": "ada@lima.example"}),
    "account_reset_password_from_key": Form("anon", {"password1": "x", "password2": "x"}, answer=200),
    "account_email_verification_sent": Form("anon", answer=405),
    "account_confirm_email": Form("anon", answer=404),
    "invitation": Form("mallory"),
    # Workspace and settings
    "workspace-new": Form("ada", {"kind": "clinic", "name": "Second clinic"}),
    "workspace-switch": Form("ada", {"workspace": "{workspace}"}),
    "settings-profile": Form("ada", {"name": "Ada", "language": "en"}),
    "settings-brand": Form("ada", {"name": "Lima", "brand_name": "Lima D"}),
    "settings-decisions": Form("ada", {"aspects": "Margin\nShade", "quorum": "2"}),
    "settings-clock": Form("ada", {"time_zone": "Europe/Lisbon"}),
    "settings-invite": Form("ada", {"email": "n@x.example", "role": "viewer"}),
    "settings-member": Form("ada", {"role": "viewer"}),
    "settings-member-sessions": Form("ada"),
    "settings-sessions": Form("ada"),
    "settings-tokens": Form("ada", {"name": "T"}, answer=200),
    "settings-token-end": Form("ada"),
    "settings-sign-in-policy": Form("ada", {"session_policy": "clinical", "second_factor": "everyone"}),
    "sign-in-factor": Form("ada", {"code": "000000"}, answer=422),
    "sign-in-app-remove": Form("ada", answer=422),
    "sign-in-codes": Form("ada"),
    "sign-in-passkey": Form("ada", {"name": "Key"}, answer=404),
    "sign-in-session-end": Form("ada"),
    "sign-in-sessions-end": Form("ada"),
    "sign-in-device-forget": Form("ada"),
    "sign-in-email": Form("ada", {"email": "other@x.example"}),
    "settings-licence": Form(
        "mallory", {"council": "CRO:SP", "profession": "dentist", "number": "CRO-SP 12.345"}
    ),
    "settings-licence-evidence": Form("nova", {"file": "{file}"}, answer=422),
    "settings-plan-subscribe": Form("ada"),
    "settings-plan-end": Form("carl"),
    "settings-standing-appeal": Form("mallory", {"text": WHY}),
    "settings-support": Form("ada", {"scope": "workspace", "code": "", "hours": "4", "reason": WHY}),
    "settings-support-end": Form("ada"),
    "terms": Form("ada"),
    "network": Form("ada", {"name": "Rui", "company": "", "email": "rui@x.example"}),
    "network-remove": Form("ada"),
    # Patients, collections, records
    "patients": Form("ada", {"q": "P-02"}, answer=200),
    "patients-new": Form("ada", {"code": "P-9000", "name": "Ana Souza", "born": "1990-02-03"}),
    "patients-edit": Form("ada", {"code": "P-0218", "name": "Ana Souza", "born": "1990-02-03"}),
    "patients-identity": Form("ada", answer=200),
    "patients-collection-new": Form(
        "ada", {"taken_on": "2026-03-18", "standard": "archive-3-2", "title": "T", "description": "D"}
    ),
    "patients-collection-edit": Form(
        "ada", {"taken_on": "2026-03-18", "title": "T2", "description": "D2", "tags": "a, b"}
    ),
    "patients-collection-sorted": Form("ada", {"files": [{"name": "a.stl", "size": 9}]}, True, answer=200),
    "patients-collection-reorder": Form("ada", {"record": "{record}"}),
    "patients-collection-bulk": Form("ada", {"record": "{record}", "act": "tag", "tags": "z"}),
    "patients-collection-zip": Form("ada", {"record": "{record}"}, answer=200),
    "patients-record-describe": Form("ada", {"title": "A", "description": "B", "tags": "c"}),
    "patients-record-move": Form("ada", {"to": "slot:pre_op"}),
    "patients-record-remove": Form("ada"),
    "patients-record-restore": Form("ada"),
    "patients-record-picture-check": Form("ada", {"no_name": "on"}, answer=409),
    "patients-record-retry": Form("ada"),
    "patients-record-keep": Form("ada", {"reason": "needed"}),
    "patients-record-unit": Form("ada", {"unit": "mm"}),
    "patients-record-reduce": Form("ada", answer=409),
    "settings-standards-import": Form("ada", {"json": "{}"}, answer=422),
    # Cases, shares, requests
    "cases-new": Form("ada", {"title": "T", "record": "{record}"}, query="collection={collection}"),
    "cases-edit": Form("ada", {"title": "Another"}),
    "cases-add": Form("ada", {"record": "{record}"}),
    "cases-take-out": Form("ada"),
    "cases-state": Form("ada"),
    "cases-participants": Form("ada", {"workspace": "{other_workspace}", "grant": "comment"}),
    "cases-participant-end": Form("ada"),
    "cases-threads": Form(
        "ada",
        {"text": "Is it dry?", "record": "{record}", "pin": '{"point": [1, 2, 3], "normal": [0, 0, 1]}'},
    ),
    "cases-comment": Form("ada", {"text": "Yes."}),
    "cases-resolve": Form("ada"),
    "cases-reopen": Form("ada"),
    "cases-decisions": Form(
        "ada", {"verdict": "approved", "note": "Fine", "seen": "{seen}", "aspect": "margin", "known": "{decision_id}"}
    ),
    "shares-new": Form(
        "ada",
        {"recipients": "x@y.example, X", "level": "email_verified", "comment": "on", "days": "7",
         "record": "{record}"},
        answer=200,
    ),
    "shares-policy": Form("ada", {"is_clinical": "on"}),
    "shares-revoke": Form("ada"),
    "shares-extend": Form("ada"),
    "shares-open-again": Form("ada"),
    "shares-remind": Form("ada"),
    "shared-open": Form("ada", answer=404),
    "requests-new": Form("ada", {"email": "x@y.example", "name": "X", "max_files": "5", "days": "7"}),
    "requests-revoke": Form("ada"),
    "records-report": Form("carl", {"category": "other", "text": WHY}),
    # The doors
    "share-code": Form("rosa_outside", answer=200),
    "share-open": Form("rosa_outside", {"code": "AAAAAAAA", "name": "R"}, answer=422),
    "share-threads": Form("rosa", {"text": "Is it dry?"}),
    "share-presence": Form("rosa", {"view": ""}, answer=200),
    "share-comment": Form("rosa", {"text": "Yes."}),
    "share-decisions": Form(
        "rosa", {"verdict": "approved", "note": "Fine", "seen": "{seen}", "known": "{decision_id}"}
    ),
    "share-report": Form("rosa", {"category": "other", "text": WHY}),
    "request-code": Form("nina_outside", answer=200),
    "request-open": Form("nina_outside", {"code": "AAAAAAAA"}, answer=422),
    "request-consent": Form("nina", {"consent": "on"}),
    "request-sorted": Form("nina", {"files": [{"name": "a.stl", "size": 9}]}, True, answer=200),
    "request-file-new": Form("nina", {"slot": "pre_op", "name": "a.stl", "size": 9000}, True, answer=201),
    # The operator's people
    "review-licence": Form(
        "rita",
        {"verdict": "approve", "lookup": "found", "looked_up_on": "2026-03-17", "reason": WHY, "version": "1"},
    ),
    "review-licence-suspend": Form("rita", {"reason": WHY}, answer=409),
    "review-report-decide": Form("rita", {"verdict": "uphold", "reason": WHY}),
    "review-report-sanction": Form("rita", {"against": "workspace:x", "verb": "warn", "reason": WHY}),
    "review-appeal": Form("raul", {"verdict": "grant", "reason": WHY}),
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver: its name, its path with {named} places."""

    name: str
    path: str

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")


def addresses() -> list[Address]:
    return [Address(str(entry.name), "/" + _plain(path)) for path, entry in _patterns(get_resolver())]


def _patterns(resolver: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from _patterns(entry, path)
        else:
            yield path, entry


def _plain(path: str) -> str:
    """`<uuid:case_id>` and regular expressions alike become {case_id}."""
    path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", path)
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
    return path.replace("^", "").replace("$", "").replace("\\", "").replace("/-{", "-{")


class House:
    """dr_ada's work and everybody's browser, with the ids that addresses need."""

    def __init__(self, people: dict[str, Person], rosa: Visitor, case: "Case", record: "Record") -> None:
        from arcada.apps.accounts import plans
        from arcada.apps.accounts.actions import create_token, invite_member, save_contact
        from arcada.apps.accounts.models import Membership
        from arcada.apps.cases.models import Participant
        from arcada.apps.conduct import actions as conduct
        from arcada.apps.reviews.actions import open_thread
        from arcada.apps.reviews.deciding import decide_case
        from arcada.apps.sharing.models import Recipient
        from arcada.apps.sign_in.models import KnownDevice, Session
        from arcada.apps.support.access import target_for
        from arcada.apps.support.actions import give_grant
        from arcada.core.access import Actor, Role
        from arcada.core.conduct import Misuse, SanctionVerb
        from arcada.core.decisions import Verdict
        from arcada.core.plans import Tier
        from arcada.core.support import Scope
        from tests.apps.licences.panel import apply, lay_evidence, reviewer, unverified
        from tests.apps.sharing.test_upload_requests import Sender

        now = timezone.now()
        ada, ben, mallory = people["ada"], people["ben"], people["mallory"]
        rita, raul, nova = reviewer("rita"), reviewer("raul"), unverified()
        people = people | {"rita": rita, "raul": raul, "nova": nova}
        self.people = people
        licence = apply(nova)
        evidence = lay_evidence(licence)
        report = conduct.report_misuse(
            people["carl"].actor, workspace_id=mallory.workspace.pk, about_kind="record",
            about_id=mallory.workspace.pk, category=Misuse.NO_CONSENT, text=WHY, now=NOW,
        )  # fmt: skip
        sanctioned = [
            conduct.sanction(
                rita.actor, moderator=rita.user, against=who.user, verb=SanctionVerb.WARN, reason=WHY, now=NOW
            )
            for who in (mallory, nova)
        ]
        appeal = conduct.appeal(nova.actor, sanctioned[1], by=nova.user, text=WHY, now=NOW)
        plan, other_plan = (
            plans.offer_plan(
                Actor.system(), code=code, name=code, tier=Tier.SUBSCRIBER, quota_bytes=None, seats=None,
                days=None, price_minor=12_000, currency="EUR", now=NOW,
            )
            for code in ("lab-2", "lab-3")
        )  # fmt: skip
        plans.subscribe(people["carl"].actor, people["carl"].workspace, other_plan, now=NOW)
        nina, nina_outside = (Sender(ada, case.collection) for _ in range(2))
        nina.come_in().consent()
        nina_outside.knock()
        outside = Visitor(rosa.share, rosa.url, rosa.email, rosa.name, Client())
        outside.knock()
        change = _change_of_address(ada, now=now)
        for person in people.values():
            person.user.refresh_from_db()  # sanctions changed some
        self.browsers: dict[str, Client] = {name: signed_in(person) for name, person in people.items()}
        other_session = signed_in(ada)
        ada_sessions = Session.objects.filter(user=ada.user).order_by("started_at")
        device = KnownDevice.objects.create(
            user=ada.user, token_hash=b"d" * 32, name="Phone", created_at=now, last_seen_at=now
        )
        self.browsers |= {
            "anon": Client(), "rosa": rosa.browser, "rosa_outside": outside.browser, "nina": nina.browser,
            "nina_outside": nina_outside.browser,
        }  # fmt: skip
        for browser in (*self.browsers.values(), other_session):
            browser.raise_request_exception = False
        last_session = ada_sessions.last()
        assert last_session is not None
        decision = decide_case(ada.actor, case, verdict=Verdict.APPROVED, now=NOW)
        self.ids: dict[str, Any] = {
            "workspace": ada.workspace.pk,
            "other_workspace": mallory.workspace.pk,
            "file": "none",
            "patient_id": case.patient_id,
            "collection": case.collection_id,
            "collection_id": case.collection_id,
            "record": record.pk,
            "record_id": record.pk,
            "comparison_id": lay_in_comparison(record, record, kind="deviation").pk,
            "case_id": case.pk,
            "thread_id": open_thread(ada.actor, case, text="Is the margin fine?", now=NOW).pk,
            "decision_id": decision.pk,
            "seen": ",".join(item["sha256"] for item in decision.made_on),
            "participant_id": Participant.objects.get(case=case).pk,
            "share_id": rosa.share.pk,
            "recipient_id": Recipient.objects.get(share=rosa.share).pk,
            "membership_id": Membership.objects.get(user=ben.user).pk,
            "token_id": create_token(
                ada.actor, ada.user, workspace_id=ada.workspace.pk, name="t", now=NOW
            ).token.pk,
            "contact_id": save_contact(
                ada.actor, workspace_id=ada.workspace.pk, email="n@x.example", name="N", company="", now=NOW
            ).pk,
            "request_id": nina.new.request.pk,
            "licence_id": licence.pk,
            "evidence_id": evidence.pk,
            "report_id": report.pk,
            "appeal_id": appeal.pk,
            "sanction_id": sanctioned[0].pk,
            "plan_id": plan.pk,
            "session_id": last_session.pk,
            "device_id": device.pk,
            "passkey_id": uuid.uuid4(),
            "grant_id": give_grant(
                ada.actor,
                ada.workspace,
                by=ada.user,
                target=target_for(ada.actor, Scope.WORKSPACE, ""),
                hours=4,
                reason=WHY,
                now=now,
            ).pk,
            "token": rosa.url.rsplit("/", 1)[-1],
            "secret": change,
            "key": "none",
            "uidb36": "1",
            "name": "full.glb",
            "kind": "terms",
        }
        self.by_address: dict[str, dict[str, Any]] = {
            "invitation": {
                "token": invite_member(
                    ada.actor, ada.workspace, email=mallory.user.email, role=Role.VIEWER, invited_by=ada.user,
                    now=now - timedelta(hours=1),
                ).secret
            },
            "request-link": {"token": nina.new.url.rsplit("/", 1)[-1]},
            "share-arrive": {"token": "none"},
            "request-arrive": {"token": "none"},
            "request-code": {"request_id": nina_outside.new.request.pk},
            "request-open": {"request_id": nina_outside.new.request.pk},
            "settings-standard": {"name": "crown-and-bridge"},
            "settings-standard-export": {"name": "crown-and-bridge"},
            "show_standard": {"name": "crown-and-bridge"},
            "dev-mail-show": {"name": "none.eml"},
        }  # fmt: skip

    def path(self, address: Address, **other: Any) -> str:
        known = self.ids | self.by_address.get(address.name, {}) | other
        return re.sub(r"\{(\w+)\}", lambda found: str(known[found[1]]), address.path)

    def filled(self, said: Any, address: Address) -> Any:
        known = self.ids | self.by_address.get(address.name, {})
        if isinstance(said, str):
            return re.sub(r"\{(\w+)\}", lambda found: str(known.get(found[1], found[0])), said)
        if isinstance(said, dict):
            return {key: self.filled(value, address) for key, value in said.items()}
        return said

    def send(self, address: Address, form: Form, *, who: str = "", **given: Any) -> Any:
        """The valid form, as its page would send it; effects stay."""
        query = f"?{self.filled(form.query, address)}" if form.query else ""
        body = self.filled(form.body, address)
        more = (
            {"data": json.dumps(body), "content_type": "application/json"} if form.is_json else {"data": body}
        )
        return self.browsers[who or form.who].post(f"{self.path(address)}{query}", **(more | given))

    @contextmanager
    def undone(self, who: str) -> Iterator[Client]:
        """The browser of `who`; database and cookies are as before afterwards."""
        browser = self.browsers[who]
        cookies = copy.copy(browser.cookies)
        with transaction.atomic():
            yield browser
            transaction.set_rollback(True)
        browser.cookies = cookies


def _change_of_address(ada: Person, *, now: Any) -> str:
    from arcada.apps.mail.models import OutgoingMail
    from arcada.apps.sign_in.email_change import ask_for_email

    ask_for_email(ada.actor, ada.user, email="ada.new@lima.example", now=now)
    mail = OutgoingMail.objects.filter(kind="email_confirm").latest("created_at")
    found = re.search(r"https?://\S+", mail.text)
    assert found is not None
    return urlsplit(found[0]).path.rsplit("/", 1)[-1]


@pytest.fixture
def house(
    dr_ada: Person, ben: Person, carl: Person, mallory: Person, rosa: Visitor, shared_case: "Case",
    ready_records: "dict[str, Record]",
) -> House:  # fmt: skip
    people = {"ada": dr_ada, "ben": ben, "carl": carl, "mallory": mallory}
    return House(people, rosa, shared_case, ready_records["upper_jaw"])
