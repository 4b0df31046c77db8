"""Every address belongs to a class of limits; what writes, mails or guesses is counted over all processes (RL-01).

The measures are far above a busy practice: who meets one is a script that runs wild. What is guessed or mailed has
tighter measures of its own beside these (arcada.apps.sign_in.limits, arcada.apps.sharing.mail_limits).
"""

import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from arcada.api.problems import problem
from arcada.apps.sign_in.limits import Key, wait_for


@dataclass(frozen=True, slots=True)
class Measure:
    """So many requests of one person (or network, where nobody is signed in) within a time."""

    most: int
    within: timedelta


MEASURES: Final[dict[str, Measure]] = {
    "read": Measure(6_000, timedelta(minutes=1)),
    "write": Measure(1_200, timedelta(minutes=10)),
    "upload": Measure(6_000, timedelta(minutes=10)),
    # Who leads a view tells it twice a second while it moves.
    "lead": Measure(6_000, timedelta(minutes=10)),
    "mail": Measure(120, timedelta(hours=1)),
    "guess": Measure(300, timedelta(minutes=10)),
}
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})

# The class of what an address does when it is sent something; asking an address is "read" everywhere.
_WRITE: Final = """
    home search language workspace-new workspace-switch settings settings-profile settings-brand settings-clock
    settings-member settings-member-sessions settings-sessions settings-tokens settings-token-end
    settings-sign-in settings-sign-in-policy sign-in-factor sign-in-app-remove sign-in-codes sign-in-passkey
    sign-in-session-end sign-in-sessions-end sign-in-device-forget settings-licence settings-licence-evidence
    settings-plan settings-plan-subscribe settings-plan-end settings-standing settings-standing-appeal terms
    settings-support settings-support-end
    terms-document network network-remove invitation settings-audit patients-audit cases-audit shares-audit
    patients patients-new patients-show patients-edit patients-identity patients-zip patients-collection-new
    patients-collection patients-collection-edit patients-collection-sorted patients-collection-reorder
    patients-collection-bulk patients-collection-zip patients-record patients-record-describe patients-record-move
    patients-record-remove patients-record-restore patients-record-retry patients-record-keep patients-record-unit
    patients-record-picture-check patients-record-reduce patients-record-original patients-record-cleaned
    patients-record-export settings-standards
    settings-standards-import settings-standards-schema settings-standard settings-standard-export
    cases cases-new cases-show cases-files-page cases-history cases-files cases-capsule cases-edit cases-add
    cases-take-out cases-state cases-participants cases-participant-end cases-threads cases-comment cases-resolve
    cases-reopen cases-decisions cases-decision-json cases-decision-pdf settings-decisions signing-key
    share-decision-json share-decision-pdf shares shares-show shares-policy shares-revoke shares-extend
    shares-open-again shared
    requests-show requests-revoke records-report workspace-logo
    share-link share-door share-arrive share-files share-capsule share-logo share-rendition share-comparison
    share-cleaned share-export
    share-threads share-comment share-decisions share-report request-link request-door request-arrive request-files
    request-consent request-sorted
    review-licences review-licence review-licence-suspend review-licence-evidence review-reports review-report
    review-report-decide review-report-sanction review-appeal
    dev-mail dev-mail-show account-none account_inactive account_email account_set_password
    account_confirm_login_code account_reset_password_done account_reset_password_from_key_done
    account_email_verification_sent account_logout
    openapi-json api-root list_patients create_patient show_patient list_collections create_collection
    show_collection list_records show_record change_record retry_record remove_record restore_record show_rendition
    check_picture show_original show_cleaned export_record show_collection_zip list_standards create_standard
    show_standard list_cases
    create_case show_case list_case_records add_case_records list_participants create_participant end_participation
    show_manifest show_case_zip export_capsule
    list_threads open_thread add_comment resolve_thread reopen_thread list_decisions
    orient_case label_teeth keep_measurements
    decide_case list_shares list_case_shares show_share change_share list_upload_requests show_upload_request
    change_upload_request list_licences show_comparison
"""
_MAIL: Final = """
    account_signup account_reset_password account_confirm_email settings-invite sign-in-email shares-new
    shares-remind requests-new share-code request-code create_share create_upload_request
"""
_GUESS: Final = """
    account_login account_second_step account_passkey_begin account_passkey account_still_you account_reauthenticate
    account_change_password account_reset_password_from_key account_new_address account_old_address
    share-open request-open shared-open
"""
_UPLOAD: Final = "create_record create_companion create_design create_attachment request-file-new"
# Pages ask these by themselves, as long as they are open.
_LIVE: Final = "show_events patients-collection-live share-events"
_LEAD: Final = "lead_view share-presence"
CLASSES: Final[dict[str, str]] = {
    name: klass
    for klass, names in (
        ("write", _WRITE),
        ("mail", _MAIL),
        ("guess", _GUESS),
        ("upload", _UPLOAD),
        ("live", _LIVE),
        ("lead", _LEAD),
    )
    for name in names.split()
}


class limit_gate:  # noqa: N801 - named like its neighbours in MIDDLEWARE
    """429 with the seconds to wait, once a measure is full."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        match = request.resolver_match
        klass = CLASSES.get((match.url_name if match else None) or "", "write")
        if klass == "live":
            return None
        who = _who(request)
        if request.method in READING:
            wait = _reads.take(who)
        else:
            measure = MEASURES[klass]
            key = Key(f"limit {klass} {who}", window=measure.within, allowed=measure.most)
            try:
                wait = wait_for([key], now=timezone.now())
            except DatabaseError:
                return None  # a database that is away is the view's to tell
        return _slow_down(request, wait) if wait else None


class _Reads:
    """Reads of each person in this process: a read must not cost a write, and links are opened without writing."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._began = time.monotonic()

    def take(self, who: str) -> timedelta:
        measure, now = MEASURES["read"], time.monotonic()
        if now - self._began >= measure.within.total_seconds():
            self._counts, self._began = {}, now
        count = self._counts.get(who, 0) + 1
        self._counts[who] = count
        left = measure.within - timedelta(seconds=now - self._began)
        return left if count > measure.most else timedelta(0)


_reads = _Reads()


def _who(request: HttpRequest) -> str:
    """Who is signed in; a program, or nobody, by the network: a token that is not proven yet could be made up."""
    if request.user.is_authenticated and "Authorization" not in request.headers:
        return f"user {request.user.pk}"
    address = request.META.get("REMOTE_ADDR", "")
    try:
        found = ipaddress.ip_address(address)
        width = 32 if found.version == 4 else 64
        network = str(ipaddress.ip_network(f"{found}/{width}", strict=False))
    except ValueError:
        network = address
    return f"network {network}"


def _slow_down(request: HttpRequest, wait: timedelta) -> HttpResponse:
    seconds = max(1, math.ceil(wait.total_seconds()))
    if request.path.startswith("/api/"):
        answer = problem(request, 429, "too_many_requests", f"Too many requests. Go on in {seconds} seconds.")
    else:
        facts = {
            "title": _("Too many requests"),
            "text": _(
                "This came more often than anybody works. What was saved is safe. Wait a little, then go on."
            ),
            "number": getattr(request, "id", ""),
        }
        answer = render(request, "error.html", facts, status=429)
    answer["Retry-After"] = str(seconds)
    return answer
