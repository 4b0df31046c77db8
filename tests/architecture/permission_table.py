"""Address × method: what it needs, what it answers whoever may, and what the audit then says. One row each.

What everybody else is answered follows from core.access and core.standing (matrix_rule.py); where an answer differs
from that rule, the row says so in `differs`. An address without a row is red.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from arcada.core.access import Permission as P  # noqa: N817 - it stands in every row


class Reach(StrEnum):
    """Who comes as far as the view."""

    PAGE = "page"  # a member; nobody else, who is sent to sign in or to where a workspace is made
    API = "api"  # a member or a token; 401 for everybody else
    PERSON = "person"  # whoever is signed in, also without a workspace
    OPEN = "open"  # everybody
    STAFF = "staff"  # of the operator; to everybody else the address is not there
    DOOR = "door"  # the browser that holds the link's cookie


Answer = tuple[int, tuple[str, ...]]  # status, and the audit's lines


@dataclass(frozen=True)
class Row:
    """One request. `status` and `events` are what whoever may is answered."""

    name: str
    method: str
    path: str
    reach: Reach
    status: int
    events: tuple[str, ...] = ()
    needs: tuple[P, ...] = ()  # of the thing, in the order in which they are asked
    first: tuple[P, ...] = ()  # of the own workspace, before the thing is looked for
    is_shared: bool = False  # whoever takes part in the case may too
    body: Any = None
    query: str = ""
    visitor: int = 404  # of a door, before the proof
    visitor_events: tuple[str, ...] = ()
    known: int | None = None  # of an open page, for those who are signed in
    known_events: tuple[str, ...] = ()
    is_many: bool = False  # a line for each thing that it touches
    head: int | None = None  # what HEAD answers where it is not what GET answers
    head_events: tuple[str, ...] | None = None
    others: int = 405  # what methods answer that no row speaks of; 405 too where this is 404
    quiet: bool = False  # a refusal here is an answer of its own, not a gate's: no line in the audit
    differs: Mapping[str, Answer] = field(
        default_factory=lambda: MappingProxyType({})
    )  # "who", "who relation"
    cross: Mapping[str, Answer] = field(
        default_factory=lambda: MappingProxyType({})
    )  # placeholder of another thing

    @property
    def is_api(self) -> bool:
        return self.path.startswith("api/")

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The ids that a row asks for, each once; what everybody names alike is none."""
        import json
        import re

        said = re.findall(r"\{(\w+)\}", self.path + self.query + json.dumps(self.body or ""))
        return tuple(dict.fromkeys(one for one in said if one not in SAME_FOR_ALL))

    @property
    def anonymous(self) -> int:
        """What nobody is answered."""
        return {Reach.PAGE: 302, Reach.PERSON: 302, Reach.API: 401, Reach.STAFF: 404, Reach.DOOR: 404}.get(
            self.reach, self.status
        )


# Named alike by everybody, and a hash of what one saw: no ids to be exchanged.
SAME_FOR_ALL = ("plan", "workspace", "other_workspace", "seen", "decided")
# What the operator's support may open where it was let in (TA-10): without a grant there is nothing.
LOOKS = {
    "patients",
    "patients-show",
    "patients-collection",
    "patients-collection-live",
    "patients-record",
    "cases",
    "cases-show",
    "cases-files-page",
    "show_manifest",
    "show_rendition",
    "show_comparison",
}
PIN = {"point": [1, 2, 3], "normal": [0, 0, 1]}
UPLOAD = {"name": "new.stl", "size": 9000}
REASON = "The register of the council says otherwise."


def _api(name: str, method: str, path: str, status: int, *events: str, **more: Any) -> Row:
    return Row(
        name, method, "api/v1/" + path, Reach.API, status, events, **_said({"head": 405, **more}, method)
    )


def _page(name: str, method: str, path: str, status: int, *events: str, **more: Any) -> Row:
    return Row(name, method, path, Reach.PAGE, status, events, **_said(more, method))


def _person(name: str, method: str, path: str, status: int, *events: str, **more: Any) -> Row:
    return Row(name, method, path, Reach.PERSON, status, events, **_said(more, method))


def _open(name: str, method: str, path: str, status: int, *events: str, **more: Any) -> Row:
    return Row(name, method, path, Reach.OPEN, status, events, **_said(more, method))


def _staff(name: str, method: str, path: str, status: int, *events: str, **more: Any) -> Row:
    return Row(name, method, path, Reach.STAFF, status, events, **_said(more, method))


def _door(name: str, method: str, path: str, status: int, *events: str, **more: Any) -> Row:
    return Row(name, method, path, Reach.DOOR, status, events, **_said({"quiet": True, **more}, method))


def _said(more: dict[str, Any], method: str) -> dict[str, Any]:
    """`may` is one permission or several; what is shared stays short in a row."""
    may = more.pop("may", ())
    more["needs"] = (may,) if isinstance(may, P) else tuple(may)
    first = more.pop("first", ())
    more["first"] = (first,) if isinstance(first, P) else tuple(first)
    more["is_shared"] = more.pop("shared", False)
    return more


def _none(path: str) -> list[Row]:
    """A page of allauth that Arcada does not have."""
    return [_open("account-none", "GET", path, 404, others=404, known=404)]


# One's own things, of two collections: the refusal may say so.
_OF_ONE: Mapping[str, Answer] = {f"sibling {key}": (422, ()) for key in ("collection", "case", "record")}

ROWS: list[Row] = [
    # -------------------------------------------------------------------------------- machines
    _open("openapi-json", "GET", "api/v1/openapi.json", 200),
    _open("api-root", "GET", "api/v1/", 404, quiet=True, others=404),
    _api("list_patients", "GET", "patients", 200, may=P.VIEW),
    _api("create_patient", "POST", "patients", 201, "patient.added", may=P.ADD_PATIENT, body={"code": "NEW-1"}),
    _api("show_patient", "GET", "patients/{patient}", 200, may=P.VIEW),
    _api("list_collections", "GET", "patients/{patient}/collections", 200, may=P.VIEW),
    _api("create_collection", "POST", "patients/{patient}/collections", 201, "collection.opened", may=P.ADD_RECORD,
         body={"taken_on": "2026-03-18"}),
    _api("show_collection", "GET", "collections/{collection}", 200, may=P.VIEW),
    _api("list_records", "GET", "collections/{collection}/records", 200, may=P.VIEW),
    _api("create_record", "POST", "collections/{collection}/records", 201, "record.added", may=P.ADD_RECORD,
         body=UPLOAD | {"slot": "pre_op"}),
    _api("create_record", "POST", "collections/{collection}/records", 201, "record.added", may=P.ADD_RECORD,
         body=UPLOAD | {"slot": "upper_jaw", "supersedes": "{record}"},
         cross={"sibling collection": (409, ()), "sibling record": (409, ())}),
    _api("show_collection_zip", "GET", "collections/{collection}/files.zip", 200, "collection.exported", may=P.DOWNLOAD),
    _api("show_collection_zip", "GET", "collections/{collection}/files.zip", 200, "collection.exported",
         may=P.ORIGINAL, query="originals=true"),
    _api("show_record", "GET", "records/{record}", 200, may=P.VIEW, shared=True),
    _api("change_record", "PATCH", "records/{record}", 200, "record.described", may=P.EDIT_RECORD, body={"title": "Upper"}),
    _api("create_companion", "POST", "records/{record}/companions", 409, may=P.ADD_RECORD, body={"name": "a.mtl", "size": 9}),
    _api("retry_record", "POST", "records/{record}/retries", 201, "record.retried", may=P.EDIT_RECORD, body={}),
    _api("check_picture", "POST", "records/{record}/picture-checks", 409, may=P.EDIT_RECORD),
    _api("remove_record", "POST", "records/{record}/removals", 201, "record.removed", may=P.EDIT_RECORD),
    _api("restore_record", "POST", "records/{record}/restorations", 201, "record.restored", may=P.EDIT_RECORD),
    _api("show_rendition", "GET", "records/{record}/renditions/full.glb", 200, "record.rendition_viewed", may=P.VIEW,
         shared=True),
    _api("show_comparison", "GET", "comparisons/{comparison}/values", 200, "record.comparison_viewed", may=P.VIEW,
         shared=True),
    _api("show_original", "GET", "records/{record}/original", 200, "record.original_downloaded", may=P.ORIGINAL),
    _api("export_record", "GET", "records/{record}/exports/glb", 200, "record.exported", may=P.DOWNLOAD, shared=True),
    _api("show_cleaned", "GET", "records/{record}/cleaned", 200, "record.downloaded", may=P.DOWNLOAD, shared=True),
    _api("list_licences", "GET", "licences", 200),
    _api("list_standards", "GET", "standards", 200, may=P.VIEW),
    _api("create_standard", "POST", "standards", 422, may=P.EDIT_STANDARDS, body={}),
    _api("show_standard", "GET", "standards/crown-and-bridge", 200, may=P.VIEW),
    _api("list_cases", "GET", "cases", 200, may=P.VIEW),
    _api("create_case", "POST", "cases", 201, "case.opened", may=P.OPEN_CASE, body={"collection": "{collection}"}),
    _api("create_case", "POST", "cases", 201, "case.opened", may=P.OPEN_CASE,
         body={"collection": "{collection}", "records": ["{record}"]}, cross=_OF_ONE),
    _api("show_case", "GET", "cases/{case}", 200, may=P.VIEW, shared=True),
    _api("list_case_records", "GET", "cases/{case}/records", 200, may=P.VIEW, shared=True),
    _api("add_case_records", "POST", "cases/{case}/records", 201, "case.records_added", may=P.EDIT_CASE,
         body={"records": ["{record}"]}, cross=_OF_ONE),
    _api("create_design", "POST", "cases/{case}/designs", 201, "record.added", "case.design_added", may=P.ADD_DESIGN, shared=True, body=UPLOAD,
         # In one's own case a design is stored like any record of the patient (LV-02).
         differs={"pending own": (403, ("access.denied",))}),
    _api("create_attachment", "POST", "cases/{case}/attachments", 201, "record.added", "case.attachment_added", may=P.COMMENT, shared=True,
         body={"name": "shade.jpg", "size": 900}, differs={"pending own": (403, ("access.denied",))}),
    _api("list_participants", "GET", "cases/{case}/participants", 200, may=P.VIEW, shared=True),
    _api("create_participant", "POST", "cases/{case}/participants", 201, "case.participant_invited", may=P.INVITE_PARTICIPANT,
         body={"workspace": "{other_workspace}", "permissions": ["view"]}),
    _api("end_participation", "DELETE", "participants/{participant}", 200, "case.participant_ended", may=P.INVITE_PARTICIPANT),
    _api("show_manifest", "GET", "cases/{case}/manifest", 200, "case.viewed", may=P.VIEW, shared=True),
    _api("show_case_zip", "GET", "cases/{case}/files.zip", 200, "case.exported", may=P.DOWNLOAD, shared=True),
    _api("orient_case", "PUT", "cases/{case}/orientation", 200, "case.oriented", may=P.COMMENT, shared=True,
         body={"rows": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}),
    _api("label_teeth", "PUT", "cases/{case}/teeth", 200, "case.teeth_labelled", may=P.COMMENT, shared=True,
         body={"teeth": [{"tooth_fdi": 14, "record": "{record}", "point": [1, 2, 3]}]}),
    _api("lead_view", "PUT", "cases/{case}/presence", 200, may=P.COMMENT, shared=True, body={"view": None}),
    _api("keep_measurements", "PUT", "cases/{case}/measurements", 200, "case.measurements_kept", may=P.VIEW, shared=True,
         body={"items": []}),
    _api("export_capsule", "GET", "cases/{case}/capsule", 200, "case.capsule_exported", may=P.DOWNLOAD, shared=True),
    _api("list_threads", "GET", "cases/{case}/threads", 200, may=P.VIEW, shared=True),
    _api("open_thread", "POST", "cases/{case}/threads", 201, "thread.opened", "comment.added", may=P.COMMENT, shared=True,
         body={"text": "a", "record": "{record}", "pin": PIN}),
    _api("add_comment", "POST", "threads/{thread}/comments", 201, "comment.added", may=P.COMMENT, shared=True,
         body={"text": "b"}),
    _api("resolve_thread", "POST", "threads/{thread}/resolutions", 201, "thread.resolved", may=P.COMMENT, shared=True),
    _api("reopen_thread", "DELETE", "threads/{thread}/resolutions", 200, "thread.reopened", may=P.COMMENT, shared=True),
    _api("list_decisions", "GET", "cases/{case}/decisions", 200, may=P.VIEW, shared=True),
    _api("decide_case", "POST", "cases/{case}/decisions", 201, "case.decided", may=P.DECIDE, shared=True,
         body={"verdict": "approved", "aspects": ["margin"], "known": ["{decided}"]}),
    _api("list_shares", "GET", "shares", 200, may=P.SHARE),
    _api("list_case_shares", "GET", "cases/{case}/shares", 200, may=P.SHARE),
    _api("create_share", "POST", "cases/{case}/shares", 201, "share.created", may=P.SHARE,
         body={"recipients": [{"email": "x@y.example"}]}),
    _api("create_share", "POST", "cases/{case}/shares", 201, "share.created", may=P.SHARE,
         body={"recipients": [{"email": "x@y.example"}], "records": ["{record}"]}),
    _api("show_share", "GET", "shares/{share}", 200, may=P.SHARE),
    _api("change_share", "PATCH", "shares/{share}", 200, "share.revoked", may=P.SHARE, body={"revoked": True}),
    _api("list_upload_requests", "GET", "upload-requests", 200, may=P.SHARE),
    _api("create_upload_request", "POST", "upload-requests", 201, "request.created", first=P.SHARE, may=P.ADD_RECORD,
         body={"collection": "{collection}", "email": "x@y.example"}),
    _api("create_upload_request", "POST", "upload-requests", 201, "collection.opened", "request.created", first=P.SHARE,
         may=P.ADD_RECORD, body={"patient": "{patient}", "email": "x@y.example"}),
    _api("show_upload_request", "GET", "upload-requests/{request}", 200, may=P.SHARE),
    _api("change_upload_request", "PATCH", "upload-requests/{request}", 200, "request.revoked", may=P.SHARE,
         body={"revoked": True}),
    _api("show_events", "GET", "events", 200, may=P.VIEW, shared=True, query="topic=case:{case}"),
    _api("show_events", "GET", "events", 200, may=P.VIEW, query="topic=collection:{collection}"),
    _api("show_events", "GET", "events", 200, may=P.VIEW, shared=True, query="topic=record:{record}"),
    # -------------------------------------------------------------------------------- coming in
    _open("language", "POST", "language", 302, known_events=("profile.edited",), body={"language": "es"}),
    _open("dev-mail", "GET", "dev/mail", 200),
    _open("dev-mail-show", "GET", "dev/mail/none.eml", 404, quiet=True),
    _open("account_login", "GET", "accounts/login/", 200, known=302),
    _open("account_login", "POST", "accounts/login/", 200, known=302),
    _open("account_logout", "GET", "accounts/logout/", 302, known=200),
    _open("account_logout", "POST", "accounts/logout/", 302, known_events=("session.ended",)),
    _open("account_inactive", "GET", "accounts/inactive/", 200),
    _open("account_signup", "GET", "accounts/signup/", 200, known=302),
    _open("account_signup", "POST", "accounts/signup/", 200, known=302),
    *_none("accounts/reauthenticate/"),
    *_none("accounts/email/"),
    *_none("accounts/password/set/"),
    *_none("accounts/login/code/confirm/"),
    _open("account_second_step", "GET", "accounts/second-step", 302),
    _open("account_second_step", "POST", "accounts/second-step", 302),
    _open("account_passkey_begin", "POST", "accounts/passkey/begin", 404, quiet=True, body={"purpose": "other"}),
    _open("account_passkey", "POST", "accounts/passkey", 302, body={"credential": "{}"}),
    _open("account_still_you", "GET", "accounts/still-you", 302, known=200),
    _open("account_still_you", "POST", "accounts/still-you", 302, known=422,
          known_events=("factor.failed", "session.failed")),
    _open("account_new_address", "GET", "accounts/new-address/none", 404),
    _open("account_new_address", "POST", "accounts/new-address/none", 404),
    _open("account_old_address", "GET", "accounts/old-address/none", 404),
    _open("account_old_address", "POST", "accounts/old-address/none", 404),
    _open("account_email_verification_sent", "GET", "accounts/confirm-email/", 200),
    _open("account_change_password", "GET", "accounts/password/change/", 302, known=200),
    _open("account_change_password", "POST", "accounts/password/change/", 302, known=200),
    _open("account_reset_password", "GET", "accounts/password/reset/", 200),
    _open("account_reset_password", "POST", "accounts/password/reset/", 200),
    _open("account_confirm_email", "GET", "accounts/confirm-email/none/", 200),
    _open("account_confirm_email", "POST", "accounts/confirm-email/none/", 404, quiet=True),
    _open("account_reset_password_from_key_done", "GET", "accounts/password/reset/key/done/", 200),
    _open("account_reset_password_from_key", "GET", "accounts/password/reset/key/1-none/", 200),
    _open("account_reset_password_from_key", "POST", "accounts/password/reset/key/1-none/", 200),
    _open("account_reset_password_done", "GET", "accounts/password/reset/done/", 200),
    _open("invitation", "GET", "invitations/{invitation}", 200),
    _open("invitation", "POST", "invitations/{invitation}", 302, known=422),
    _open("terms", "GET", "terms", 200),
    _open("terms", "POST", "terms", 200, known=302),
    _open("terms-document", "GET", "terms/terms", 200),
    # -------------------------------------------------------------------------------- the person
    _person("workspace-new", "GET", "welcome", 200),
    _person("workspace-new", "POST", "welcome", 302, "workspace.created", body={"kind": "lab", "name": "New"}),
    _person("settings-sign-in", "GET", "settings/sign-in", 200),
    _person("sign-in-factor", "GET", "settings/sign-in/second-factor", 200),
    _person("sign-in-factor", "POST", "settings/sign-in/second-factor", 422, "factor.failed", body={"code": "000000"}),
    _person("sign-in-app-remove", "POST", "settings/sign-in/app/remove", 422),
    _person("sign-in-codes", "POST", "settings/sign-in/codes", 200, "factor.added"),
    _person("sign-in-passkey", "POST", "settings/sign-in/passkeys/{my_passkey}", 302, "factor.renamed", body={"name": "A"}),
    _person("sign-in-session-end", "POST", "settings/sign-in/sessions/{my_session}/end", 302, "session.ended"),
    _person("sign-in-sessions-end", "POST", "settings/sign-in/sessions/end", 302, "session.ended"),
    _person("sign-in-device-forget", "POST", "settings/sign-in/devices/{my_device}/forget", 302, "device.forgotten"),
    _person("sign-in-email", "POST", "settings/sign-in/email", 302, "email.change_asked", body={"email": "other@x.example"}),
    _person("shared", "GET", "shared", 200),
    _open("shared-open", "POST", "shared/{recipient}/open", 404),
    # -------------------------------------------------------------------------------- the workspace
    # Whoever only pays has nothing to see there.
    _page("home", "GET", "", 200, differs={"billing": (302, ())}),
    _page("search", "GET", "search", 200, may=P.VIEW, query="q=own"),
    _page("workspace-switch", "POST", "workspace/switch", 302, body={"workspace": "{workspace}"}),
    _page("workspace-logo", "GET", "workspace/logo", 404, quiet=True),
    _page("settings", "GET", "settings", 200),
    _page("settings-profile", "POST", "settings/profile", 302, "profile.edited", body={"name": "A", "language": "en"}),
    _page("settings-brand", "POST", "settings/brand", 302, "workspace.edited", may=P.MANAGE_WORKSPACE, body={"name": "A"}),
    _page("settings-clock", "POST", "settings/time-zone", 302, "workspace.edited", may=P.MANAGE_WORKSPACE,
          body={"time_zone": "Europe/Lisbon"}),
    _page("settings-invite", "POST", "settings/members", 302, "member.invited", may=P.MANAGE_WORKSPACE,
          body={"email": "n@x.example", "role": "viewer"}),
    _page("settings-member", "POST", "settings/members/{membership}", 302, "member.changed", may=P.MANAGE_WORKSPACE,
          body={"role": "viewer"}),
    _page("settings-member-sessions", "POST", "settings/members/{membership}/sessions/end", 302, may=P.MANAGE_WORKSPACE),
    _page("settings-sessions", "POST", "settings/members/sessions/end", 302, "session.ended", may=P.MANAGE_WORKSPACE, is_many=True),
    _page("settings-sign-in-policy", "POST", "settings/sign-in/policy", 302, "workspace.policy_changed",
          may=P.MANAGE_WORKSPACE, body={"session_policy": "standard", "second_factor": "by_rule"}),
    _page("settings-tokens", "POST", "settings/tokens", 200, "token.created", body={"name": "T"}),
    _page("settings-token-end", "POST", "settings/tokens/{my_token}/end", 302, "token.revoked"),
    _page("settings-licence", "GET", "settings/licence", 200),
    _page("settings-licence", "POST", "settings/licence", 422, body={}),
    _page("settings-licence-evidence", "POST", "settings/licence/evidence", 404),
    _page("settings-plan", "GET", "settings/plan", 200, may=P.MANAGE_PLAN),
    _page("settings-plan-subscribe", "POST", "settings/plan/{plan}/subscribe", 302, "plan.subscribed", "bill.made", may=P.MANAGE_PLAN),
    _page("settings-plan-end", "POST", "settings/plan/end", 409, may=P.MANAGE_PLAN),
    _page("settings-decisions", "GET", "settings/decisions", 200, may=P.MANAGE_WORKSPACE),
    _page("settings-decisions", "POST", "settings/decisions", 302, "workspace.decision_rules_set", may=P.MANAGE_WORKSPACE,
          body={"aspects": "Margin", "quorum": "1"}),
    _open("signing-key", "GET", "signing-key", 200),
    _page("settings-support", "GET", "settings/support", 200, may=P.MANAGE_WORKSPACE),
    _page("settings-support", "POST", "settings/support", 302, "support.granted", may=P.MANAGE_WORKSPACE,
          body={"scope": "workspace", "hours": "1", "reason": "The upper jaw stands on its head."}),
    _page("settings-support-end", "POST", "settings/support/{grant}/end", 302, "support.grant_ended", may=P.MANAGE_WORKSPACE),
    _page("settings-standing", "GET", "settings/standing", 200),
    _page("settings-standing-appeal", "POST", "settings/standing/{my_sanction}/appeal", 302, "standing.appealed",
          body={"text": "It was not me who wrote that, look again."}),
    _page("settings-standards", "GET", "standards", 200, may=P.VIEW, head=405),
    _page("settings-standards-import", "GET", "standards/import", 200, may=P.EDIT_STANDARDS),
    _page("settings-standards-import", "POST", "standards/import", 422, may=P.EDIT_STANDARDS),
    _page("settings-standards-schema", "GET", "standards/schema.json", 200, head=405),
    _page("settings-standard", "GET", "standards/crown-and-bridge", 200, may=P.VIEW, head=405),
    _page("settings-standard-export", "GET", "standards/crown-and-bridge/export", 200, may=P.VIEW, head=405),
    _page("network", "GET", "network", 200, may=P.VIEW),
    _page("network", "POST", "network", 302, "contact.saved", may=P.SHARE, body={"name": "N", "email": "z@x.example"}),
    _page("network-remove", "POST", "network/contacts/{contact}/remove", 302, "contact.removed", may=P.SHARE),
    # -------------------------------------------------------------------------------- patients and records
    _page("patients", "GET", "patients", 200, may=P.VIEW),
    _page("patients", "POST", "patients", 200, may=P.VIEW, body={"q": "own"}),
    _page("patients-new", "GET", "patients/new", 200, may=P.ADD_PATIENT),
    _page("patients-new", "POST", "patients/new", 302, "patient.added", may=P.ADD_PATIENT, body={"code": "NEW-1"}),
    _page("patients-show", "GET", "patients/{patient}", 200, "collection.viewed", may=P.VIEW),
    _page("patients-edit", "GET", "patients/{patient}/edit", 200, "patient.identity_seen",
          may=(P.EDIT_PATIENT, P.SEE_IDENTITY)),
    _page("patients-edit", "POST", "patients/{patient}/edit", 302, "patient.edited", may=P.EDIT_PATIENT,
          body={"code": "NEW-2"}),
    _page("patients-identity", "POST", "patients/{patient}/identity", 200, "patient.identity_seen", "collection.viewed",
          may=P.SEE_IDENTITY),
    _page("patients-zip", "GET", "patients/{patient}/files.zip", 200, "patient.exported", may=P.DOWNLOAD, head=405),
    _page("patients-collection-new", "GET", "patients/{patient}/collections/new", 200, may=P.ADD_RECORD),
    _page("patients-collection-new", "POST", "patients/{patient}/collections/new", 302, "collection.opened",
          may=P.ADD_RECORD, body={"taken_on": "2026-03-18", "standard": "crown-and-bridge"}),
    _page("patients-collection", "GET", "collections/{collection}", 200, "collection.viewed", may=P.VIEW),
    _page("patients-collection-live", "GET", "collections/{collection}/live", 200, "collection.viewed", may=P.VIEW, head=405),
    _page("patients-collection-edit", "GET", "collections/{collection}/edit", 200, may=P.EDIT_RECORD),
    _page("patients-collection-edit", "POST", "collections/{collection}/edit", 302, "collection.edited", may=P.EDIT_RECORD,
          body={"taken_on": "2026-03-18"}),
    _page("patients-collection-sorted", "POST", "collections/{collection}/sorted", 422, may=P.ADD_RECORD),
    _page("patients-collection-reorder", "POST", "collections/{collection}/reorder", 302, "collection.reordered",
          may=P.EDIT_RECORD, body={"record": "{record}"}),
    _page("patients-collection-bulk", "POST", "collections/{collection}/bulk", 302, "record.tagged", may=P.EDIT_RECORD,
          body={"record": "{record}", "act": "tag", "tags": "a"}),
    _page("patients-collection-zip", "GET", "collections/{collection}/files.zip", 200, "collection.exported",
          may=P.DOWNLOAD, head=405),
    _page("patients-collection-zip", "POST", "collections/{collection}/files.zip", 200, "collection.exported",
          may=P.DOWNLOAD, body={"record": "{record}"}),
    _page("patients-record", "GET", "records/{record}", 200, "record.viewed", may=P.VIEW),
    _page("patients-record-describe", "POST", "records/{record}/describe", 302, "record.described", may=P.EDIT_RECORD,
          body={"title": "A"}),
    _page("patients-record-move", "POST", "records/{record}/move", 302, "record.moved", "record.retried", may=P.EDIT_RECORD,
          body={"to": "slot:pre_op"}),
    _page("patients-record-remove", "POST", "records/{record}/remove", 302, "record.removed", may=P.EDIT_RECORD),
    _page("patients-record-restore", "POST", "records/{record}/restore", 302, "record.restored", may=P.EDIT_RECORD),
    _page("patients-record-retry", "POST", "records/{record}/retry", 302, "record.retried", may=P.EDIT_RECORD),
    _page("patients-record-keep", "POST", "records/{record}/keep", 302, "record.retried", may=P.EDIT_RECORD,
          body={"reason": "needed"}),
    _page("patients-record-unit", "POST", "records/{record}/unit", 302, "record.retried", may=P.EDIT_RECORD,
          body={"unit": "mm"}),
    _page("patients-record-picture-check", "POST", "records/{record}/picture-check", 409, may=P.EDIT_RECORD,
          body={"no_name": "on"}),
    _page("patients-record-reduce", "POST", "records/{record}/reduce", 409, may=P.ADD_RECORD),
    _page("patients-record-original", "GET", "records/{record}/original", 200, "record.original_downloaded",
          may=P.ORIGINAL, head=405),
    _page("patients-record-export", "GET", "records/{record}/exports/dcm", 200, "record.exported", may=P.DOWNLOAD,
          shared=True, head=405),
    _page("patients-record-cleaned", "GET", "records/{record}/cleaned", 200, "record.downloaded", may=P.DOWNLOAD,
          shared=True, head=405),
    _page("records-report", "GET", "records/{record}/report", 200, may=P.VIEW, shared=True),
    _page("records-report", "POST", "records/{record}/report", 302, "misuse.reported", may=P.VIEW, shared=True,
          body={"category": "other", "text": "Something is wrong here, please look."}),
    _page("patients-audit", "GET", "patients/{patient}/audit", 200, may=P.SEE_AUDIT),
    _page("cases-audit", "GET", "cases/{case}/audit", 200, may=P.SEE_AUDIT),
    _page("shares-audit", "GET", "shares/{share}/audit", 200, may=P.SEE_AUDIT),
    _page("settings-audit", "GET", "settings/audit", 200, may=P.SEE_AUDIT),
    _page("settings-audit", "GET", "settings/audit", 200, "audit.exported", may=P.SEE_AUDIT, query="csv=1"),
    # -------------------------------------------------------------------------------- cases
    _page("cases", "GET", "cases", 200, may=P.VIEW),
    _page("cases-new", "GET", "cases/new", 200, may=P.OPEN_CASE, query="collection={collection}"),
    _page("cases-new", "POST", "cases/new", 302, "case.opened", may=P.OPEN_CASE, query="collection={collection}",
          body={"record": "{record}"}),
    _page("cases-show", "GET", "cases/{case}", 200, "case.viewed", may=P.VIEW, shared=True),
    _page("cases-files-page", "GET", "cases/{case}/files", 200, may=P.VIEW, shared=True),
    _page("cases-history", "GET", "cases/{case}/history", 200, may=P.VIEW),
    _page("cases-edit", "POST", "cases/{case}/edit", 302, "case.edited", may=P.EDIT_CASE, body={"title": "A"}),
    _page("cases-add", "POST", "cases/{case}/records", 302, "case.records_added", may=P.EDIT_CASE,
          body={"record": "{record}"}, cross=_OF_ONE),
    _page("cases-take-out", "POST", "cases/{case}/records/{record}/out", 302, "case.record_removed", may=P.EDIT_CASE),
    _page("cases-state", "POST", "cases/{case}/state", 302, "case.closed", may=P.EDIT_CASE),
    _page("cases-participants", "POST", "cases/{case}/participants", 302, "case.participant_invited", may=P.INVITE_PARTICIPANT,
          body={"workspace": "{other_workspace}"}),
    _page("cases-participant-end", "POST", "participants/{participant}/end", 302, "case.participant_ended",
          may=P.INVITE_PARTICIPANT),
    _page("cases-files", "GET", "cases/{case}/files.zip", 200, "case.exported", may=P.DOWNLOAD, shared=True),
    _page("cases-capsule", "GET", "cases/{case}/capsule", 200, "case.capsule_exported", may=P.DOWNLOAD, shared=True),
    _page("cases-threads", "POST", "cases/{case}/threads", 302, "thread.opened", "comment.added", may=P.COMMENT, shared=True,
          body={"text": "a", "record": "{record}"}),
    _page("cases-comment", "POST", "threads/{thread}/comments", 302, "comment.added", may=P.COMMENT, shared=True,
          body={"text": "a"}),
    _page("cases-resolve", "POST", "threads/{thread}/resolve", 302, "thread.resolved", may=P.COMMENT, shared=True),
    _page("cases-reopen", "POST", "threads/{thread}/reopen", 302, "thread.reopened", may=P.COMMENT, shared=True),
    _page("cases-decisions", "POST", "cases/{case}/decisions", 302, "case.decided", may=P.DECIDE, shared=True,
          body={"verdict": "approved", "seen": "{seen}", "known": "{decided}", "aspect": "margin"}),
    _page("cases-decision-json", "GET", "cases/{case}/decisions/{decision}/paper.json", 200, "case.decision_exported",
          may=P.VIEW, shared=True),
    _page("cases-decision-pdf", "GET", "cases/{case}/decisions/{decision}/paper.pdf", 200, "case.decision_exported",
          may=P.VIEW, shared=True),
    # -------------------------------------------------------------------------------- shares and requests
    _page("shares", "GET", "shares", 200, may=P.VIEW),
    _page("shares-new", "GET", "cases/{case}/shares/new", 200, may=P.SHARE),
    _page("shares-new", "POST", "cases/{case}/shares/new", 200, "share.created", may=P.SHARE,
          body={"record": "{record}", "recipients": "x@y.example", "level": "email_verified", "days": "7"},
          # The form asks again for files of this case; whatever else was named is nothing to it.
          cross={f"{other} {key}": (422, ()) for other in ("foreign", "sibling") for key in ("case", "record")
                 if (other, key) != ("foreign", "case")}),
    _page("shares-show", "GET", "shares/{share}", 200, may=P.SHARE),
    _page("shares-revoke", "POST", "shares/{share}/revoke", 302, "share.revoked", may=P.SHARE),
    _page("shares-extend", "POST", "shares/{share}/extend", 302, "share.extended", may=P.SHARE),
    _page("shares-open-again", "POST", "shares/{share}/open-again", 302, "share.opened_again", may=P.SHARE),
    _page("shares-policy", "POST", "shares/policy", 302, "workspace.link_policy_set", may=P.MANAGE_WORKSPACE,
          body={"is_clinical": "on"}),
    _page("shares-remind", "POST", "shares/{share}/recipients/{recipient}/remind", 302, "share.reminded", may=P.SHARE),
    _page("requests-new", "GET", "collections/{collection}/requests/new", 200, may=(P.ADD_RECORD, P.SHARE)),
    _page("requests-new", "POST", "collections/{collection}/requests/new", 302, "request.created",
          may=(P.ADD_RECORD, P.SHARE), body={"email": "x@y.example", "max_files": "3", "days": "7"}),
    _page("requests-show", "GET", "requests/{request}", 200, may=P.SHARE),
    _page("requests-revoke", "POST", "requests/{request}/revoke", 302, "request.revoked", may=P.SHARE),
    # -------------------------------------------------------------------------------- the operator's people
    _staff("review-licences", "GET", "review/licences", 200),
    _staff("review-licence", "GET", "review/licences/{licence}", 200),
    _staff("review-licence", "POST", "review/licences/{licence}", 422, body={}),
    _staff("review-licence-suspend", "POST", "review/licences/{licence}/suspend", 409, body={"reason": REASON}),
    _staff("review-licence-evidence", "GET", "review/licences/{licence}/evidence/{evidence}", 200,
           "licence.evidence_viewed"),
    _staff("review-reports", "GET", "review/reports", 200),
    _staff("review-report", "GET", "review/reports/{report}", 200),
    _staff("review-report-decide", "POST", "review/reports/{report}/decide", 302, "misuse.decided",
           body={"verdict": "dismiss", "reason": REASON}),
    _staff("review-report-sanction", "POST", "review/reports/{report}/sanction", 422, body={"reason": REASON}),
    _staff("review-appeal", "POST", "review/appeals/{appeal}", 302, "appeal.decided",
           body={"verdict": "deny", "reason": REASON}),
    # -------------------------------------------------------------------------------- the share door
    _open("share-link", "GET", "s/{secret}", 302, quiet=True),
    _door("share-door", "GET", "r/{share}/", 200, "case.viewed", visitor=200),
    _door("share-arrive", "GET", "r/{share}/in/none", 422, visitor=422),
    _door("share-code", "POST", "r/{share}/code", 200, "share.code_sent", visitor=200, visitor_events=("share.code_sent",)),
    _door("share-open", "POST", "r/{share}/open", 422, visitor=422, body={"code": "AAAAAAAA"}),
    _door("share-threads", "POST", "r/{share}/threads", 302, "thread.opened", "comment.added", body={"text": "a", "record": "{record}"}),
    _door("share-comment", "POST", "r/{share}/threads/{thread}/comments", 302, "comment.added", body={"text": "a"}),
    _door("share-decisions", "POST", "r/{share}/decisions", 302, "case.decided", body={"verdict": "approved", "seen": "{seen}", "known": "{decided}"}),
    _door("share-decision-json", "GET", "r/{share}/decisions/{decision}/paper.json", 200, "case.decision_exported"),
    _door("share-decision-pdf", "GET", "r/{share}/decisions/{decision}/paper.pdf", 200, "case.decision_exported"),
    _door("share-events", "GET", "r/{share}/events", 200, head=405),
    _door("share-presence", "POST", "r/{share}/presence", 200, body={"view": ""}),
    _door("share-report", "GET", "r/{share}/report", 200, quiet=False),
    _door("share-report", "POST", "r/{share}/report", 302, "misuse.reported", quiet=False,
          body={"category": "other", "text": "Something is wrong here, please look."}),
    _door("share-files", "GET", "r/{share}/files.zip", 200, "share.downloaded", "case.exported",
          head_events=("case.exported",)),
    _door("share-capsule", "GET", "r/{share}/capsule", 200, "share.downloaded", "case.capsule_exported",
          head_events=("case.capsule_exported",)),
    _door("share-logo", "GET", "r/{share}/logo", 404, head=405),
    _door("share-rendition", "GET", "r/{share}/records/{record}/renditions/full.glb", 200, "record.rendition_viewed"),
    _door("share-comparison", "GET", "r/{share}/comparisons/{comparison}/values", 200, "record.comparison_viewed"),
    _door("share-export", "GET", "r/{share}/records/{record}/exports/glb", 200, "share.downloaded", "record.exported",
          head=405),
    _door("share-cleaned", "GET", "r/{share}/records/{record}/cleaned", 200, "share.downloaded", "record.downloaded",
          head_events=("record.downloaded",)),
    # -------------------------------------------------------------------------------- the door of an upload request
    _open("request-link", "GET", "u/{request_secret}", 302, quiet=True),
    _door("request-door", "GET", "u/{request}/", 200, visitor=200),
    _door("request-arrive", "GET", "u/{request}/in/none", 422, visitor=422),
    _door("request-code", "POST", "u/{request}/code", 200, "request.code_sent", visitor=200, visitor_events=("request.code_sent",)),
    _door("request-open", "POST", "u/{request}/open", 422, visitor=422, body={"code": "AAAAAAAA"}),
    _door("request-consent", "POST", "u/{request}/consent", 302, body={"consent": "on"}),
    _door("request-sorted", "POST", "u/{request}/sorted", 422),
    _door("request-files", "GET", "u/{request}/files", 200),
    _door("request-file-new", "POST", "u/{request}/files/new", 422),
]  # fmt: skip
