"""Endpoint × cast × status: who may do what, as the outside sees it. An address without a row is red.

Columns: dr_ada owns the case, ben assists her, carl's lab takes part, mallory works elsewhere. A person who is
not signed in is sent to sign in (pages: 302) or told to (API: 401), and a link's cookie changes nothing of that.
"""

from dataclasses import dataclass
from typing import Any

ROSE = "rose"  # rows of the share door: only the browser with the share's cookie gets in


@dataclass(frozen=True)
class Row:
    """One request and what each of the cast is answered."""

    name: str
    method: str
    path: str
    ada: int
    ben: int
    carl: int
    mallory: int
    anon: int
    rosa: int
    body: Any = None
    query: str = ""

    @property
    def is_api(self) -> bool:
        return self.path.startswith("api/")


def _page(
    name: str, method: str, path: str, ada: int, ben: int, carl: int, mallory: int, body: Any = None, query: str = ""
) -> Row:  # fmt: skip
    return Row(name, method, path, ada, ben, carl, mallory, 302, 302, body, query)


def _api(
    name: str, method: str, path: str, ada: int, ben: int, carl: int, mallory: int, body: Any = None, query: str = ""
) -> Row:  # fmt: skip
    return Row(name, method, "api/v1/" + path, ada, ben, carl, mallory, 401, 401, body, query)


def _door(name: str, method: str, path: str, rosa: int, body: Any = None) -> Row:
    return Row(name, method, path, 404, 404, 404, 404, 404, rosa, body)


def _open(name: str, path: str, status: int, signed_in: int | None = None) -> Row:
    """The same for everybody, but for those who are signed in already."""
    known = status if signed_in is None else signed_in
    return Row(name, "GET", path, known, known, known, known, status, status)


def _post(name: str, path: str, status: int) -> Row:
    return Row(name, "POST", path, status, status, status, status, status, status)


PIN = {"point": [1, 2, 3], "normal": [0, 0, 1]}
UPLOAD = {"name": "new.stl", "size": 9000}

ROWS: list[Row] = [
    # -------------------------------------------------------------------------------- machines
    Row("openapi-json", "GET", "api/v1/openapi.json", 200, 200, 200, 200, 200, 200),
    Row("api-root", "GET", "api/v1/", 404, 404, 404, 404, 404, 404),
    _api("list_patients", "GET", "patients", 200, 200, 200, 200),
    _api("create_patient", "POST", "patients", 201, 201, 201, 201, {"code": "NEW-1"}),
    _api("show_patient", "GET", "patients/{patient}", 200, 200, 404, 404),
    _api("list_collections", "GET", "patients/{patient}/collections", 200, 200, 404, 404),
    _api("create_collection", "POST", "patients/{patient}/collections", 201, 201, 404, 404, {"taken_on": "2026-03-18"}),
    _api("show_collection", "GET", "collections/{collection}", 200, 200, 404, 404),
    _api("list_records", "GET", "collections/{collection}/records", 200, 200, 404, 404),
    _api("create_record", "POST", "collections/{collection}/records", 201, 201, 404, 404, UPLOAD | {"slot": "pre_op"}),
    _api("show_collection_zip", "GET", "collections/{collection}/files.zip", 200, 200, 404, 404),
    _api("show_record", "GET", "records/{record}", 200, 200, 200, 404),
    _api("change_record", "PATCH", "records/{record}", 200, 200, 404, 404, {"title": "Upper"}),
    _api("create_companion", "POST", "records/{record}/companions", 409, 409, 404, 404, {"name": "a.mtl", "size": 9}),
    _api("retry_record", "POST", "records/{record}/retries", 201, 201, 404, 404, {}),
    _api("remove_record", "POST", "records/{record}/removals", 201, 201, 404, 404),
    _api("restore_record", "POST", "records/{record}/restorations", 201, 201, 404, 404),
    _api("show_rendition", "GET", "records/{record}/renditions/full.glb", 200, 200, 200, 404),
    _api("show_original", "GET", "records/{record}/original", 200, 200, 404, 404),
    _api("show_cleaned", "GET", "records/{record}/cleaned", 200, 200, 200, 404),
    _api("list_licences", "GET", "licences", 200, 200, 200, 200),
    _api("list_standards", "GET", "standards", 200, 200, 200, 200),
    _api("create_standard", "POST", "standards", 422, 404, 422, 422, {}),
    _api("show_standard", "GET", "standards/crown-and-bridge", 200, 200, 200, 200),
    _api("list_cases", "GET", "cases", 200, 200, 200, 200),
    _api("create_case", "POST", "cases", 201, 201, 404, 404, {"collection": "{collection}"}),
    _api("show_case", "GET", "cases/{case}", 200, 200, 200, 404),
    _api("list_case_records", "GET", "cases/{case}/records", 200, 200, 200, 404),
    _api("add_case_records", "POST", "cases/{case}/records", 201, 201, 404, 404, {"records": ["{record}"]}),
    _api("create_design", "POST", "cases/{case}/designs", 201, 201, 201, 404, UPLOAD),
    _api("list_participants", "GET", "cases/{case}/participants", 200, 200, 200, 404),
    _api(
        "create_participant", "POST", "cases/{case}/participants", 201, 201, 404, 404,
        {"workspace": "{other_workspace}", "permissions": ["view"]},
    ),
    _api("end_participation", "DELETE", "participants/{participant}", 200, 200, 404, 404),
    _api("show_manifest", "GET", "cases/{case}/manifest", 200, 200, 200, 404),
    _api("show_case_zip", "GET", "cases/{case}/files.zip", 200, 200, 200, 404),
    _api("list_threads", "GET", "cases/{case}/threads", 200, 200, 200, 404),
    _api("open_thread", "POST", "cases/{case}/threads", 201, 201, 201, 404, {"text": "a", "record": "{record}", "pin": PIN}),
    _api("add_comment", "POST", "threads/{thread}/comments", 201, 201, 201, 404, {"text": "b"}),
    _api("resolve_thread", "POST", "threads/{thread}/resolutions", 201, 201, 201, 404),
    _api("reopen_thread", "DELETE", "threads/{thread}/resolutions", 200, 200, 200, 404),
    _api("list_decisions", "GET", "cases/{case}/decisions", 200, 200, 200, 404),
    _api("decide_case", "POST", "cases/{case}/decisions", 201, 404, 201, 404, {"verdict": "approved"}),
    _api("list_shares", "GET", "shares", 200, 200, 200, 200),
    _api("list_case_shares", "GET", "cases/{case}/shares", 200, 200, 404, 404),
    _api("create_share", "POST", "cases/{case}/shares", 201, 201, 404, 404, {"recipients": [{"email": "x@y.example"}]}),
    _api("show_share", "GET", "shares/{share}", 200, 200, 404, 404),
    _api("change_share", "PATCH", "shares/{share}", 200, 200, 404, 404, {"revoked": True}),
    _api("list_upload_requests", "GET", "upload-requests", 200, 200, 200, 200),
    _api("create_upload_request", "POST", "upload-requests", 201, 201, 404, 404, {"collection": "{collection}", "email": "x@y.example"}),
    _api("show_upload_request", "GET", "upload-requests/{request}", 200, 200, 404, 404),
    _api("change_upload_request", "PATCH", "upload-requests/{request}", 200, 200, 404, 404, {"revoked": True}),
    _api("show_events", "GET", "events", 200, 200, 200, 404, query="topic=case:{case}"),
    # -------------------------------------------------------------------------------- people
    _page("home", "GET", "", 200, 200, 200, 200),
    _page("search", "GET", "search", 200, 200, 200, 200, query="q=P-0218"),
    Row("language", "POST", "language", 302, 302, 302, 302, 302, 302, {"language": "es"}),
    _open("dev-mail", "dev/mail", 200),
    _open("dev-mail-show", "dev/mail/none.eml", 404),
    _open("account_login", "accounts/login/", 200, 302),
    _open("account_logout", "accounts/logout/", 302, 200),
    _open("account_inactive", "accounts/inactive/", 200),
    _open("account_signup", "accounts/signup/", 200, 302),
    _open("account-none", "accounts/reauthenticate/", 404),
    _open("account_second_step", "accounts/second-step", 302),
    Row("account_passkey_begin", "POST", "accounts/passkey/begin", 404, 404, 404, 404, 404, 404, {"purpose": "other"}),
    Row("account_passkey", "POST", "accounts/passkey", 302, 302, 302, 302, 302, 302, {"credential": "{}"}),
    _open("account_still_you", "accounts/still-you", 302, 200),
    _open("account_new_address", "accounts/new-address/none", 404),
    _open("account_old_address", "accounts/old-address/none", 404),
    _open("account-none", "accounts/email/", 404),
    _open("account-none", "accounts/password/set/", 404),
    _open("account-none", "accounts/login/code/confirm/", 404),
    _open("account_email_verification_sent", "accounts/confirm-email/", 200),
    _open("account_change_password", "accounts/password/change/", 302, 200),
    _open("account_reset_password", "accounts/password/reset/", 200),
    _open("account_confirm_email", "accounts/confirm-email/none/", 200),
    _open("account_reset_password_from_key_done", "accounts/password/reset/key/done/", 200),
    _open("account_reset_password_from_key", "accounts/password/reset/key/1-none/", 200),
    _open("account_reset_password_done", "accounts/password/reset/done/", 200),
    _page("workspace-new", "GET", "welcome", 200, 200, 200, 200),
    _page("workspace-switch", "POST", "workspace/switch", 302, 302, 302, 302, {"workspace": "{workspace}"}),
    _page("workspace-logo", "GET", "workspace/logo", 404, 404, 404, 404),
    _open("invitation", "invitations/{invitation}", 200),
    _page("settings", "GET", "settings", 200, 200, 200, 200),
    _page("settings-profile", "POST", "settings/profile", 302, 302, 302, 302, {"name": "A", "language": "en"}),
    _page("settings-brand", "POST", "settings/brand", 302, 404, 302, 302, {"name": "A"}),
    _page("settings-invite", "POST", "settings/members", 302, 404, 302, 302, {"email": "n@x.example", "role": "viewer"}),
    _page("settings-member", "POST", "settings/members/{membership}", 302, 404, 404, 404, {"role": "viewer"}),
    _page("settings-tokens", "POST", "settings/tokens", 200, 200, 200, 200, {"name": "T"}),
    _page("settings-token-end", "POST", "settings/tokens/{token}/end", 302, 404, 404, 404),
    _page("settings-sign-in", "GET", "settings/sign-in", 200, 200, 200, 200),
    _page("sign-in-factor", "GET", "settings/sign-in/second-factor", 200, 200, 200, 200),
    _page("sign-in-app-remove", "POST", "settings/sign-in/app/remove", 422, 422, 422, 422),
    _page("sign-in-codes", "POST", "settings/sign-in/codes", 302, 302, 302, 302),
    _page("sign-in-passkey", "POST", "settings/sign-in/passkeys/{case}", 404, 404, 404, 404),
    _page("sign-in-session-end", "POST", "settings/sign-in/sessions/{case}/end", 404, 404, 404, 404),
    _page("sign-in-sessions-end", "POST", "settings/sign-in/sessions/end", 302, 302, 302, 302),
    _page("sign-in-device-forget", "POST", "settings/sign-in/devices/{case}/forget", 404, 404, 404, 404),
    _page("sign-in-email", "POST", "settings/sign-in/email", 302, 302, 302, 302, {"email": "other@x.example"}),
    _page("settings-sign-in-policy", "POST", "settings/sign-in/policy", 302, 404, 302, 302, {"session_policy": "standard", "second_factor": "by_rule"}),
    _page("settings-member-sessions", "POST", "settings/members/{membership}/sessions/end", 302, 404, 404, 404),
    _page("settings-sessions", "POST", "settings/members/sessions/end", 302, 404, 302, 302),
    _page("settings-licence", "GET", "settings/licence", 200, 200, 200, 200),
    _page("settings-licence-evidence", "POST", "settings/licence/evidence", 404, 404, 404, 404),
    _page("settings-clock", "POST", "settings/time-zone", 302, 404, 302, 302, {"time_zone": "Europe/Lisbon"}),
    _page("settings-plan", "GET", "settings/plan", 200, 404, 200, 200),
    _page("settings-plan-subscribe", "POST", "settings/plan/{case}/subscribe", 404, 404, 404, 404),
    _page("settings-plan-end", "POST", "settings/plan/end", 409, 404, 409, 409),
    _page("settings-standing", "GET", "settings/standing", 200, 200, 200, 200),
    _page("settings-standing-appeal", "POST", "settings/standing/{case}/appeal", 404, 404, 404, 404, {"text": "a"}),
    _open("terms", "terms", 200),
    _open("terms-document", "terms/terms", 200),
    _page("records-report", "GET", "records/{record}/report", 200, 200, 200, 404),
    _open("review-reports", "review/reports", 404),
    _open("review-report", "review/reports/{record}", 404),
    _post("review-report-decide", "review/reports/{record}/decide", 404),
    _post("review-report-sanction", "review/reports/{record}/sanction", 404),
    _post("review-appeal", "review/appeals/{record}", 404),
    # For the operator's reviewers only: to everybody else, signed in or not, the pages are not there.
    _open("review-licences", "review/licences", 404),
    _open("review-licence", "review/licences/{record}", 404),
    _post("review-licence-suspend", "review/licences/{record}/suspend", 404),
    _open("review-licence-evidence", "review/licences/{record}/evidence/{record}", 404),
    _page("network", "GET", "network", 200, 200, 200, 200),
    _page("network-remove", "POST", "network/contacts/{contact}/remove", 302, 302, 404, 404),
    _page("patients", "GET", "patients", 200, 200, 200, 200),
    _page("patients-new", "GET", "patients/new", 200, 200, 200, 200),
    _page("patients-show", "GET", "patients/{patient}", 200, 200, 404, 404),
    _page("patients-edit", "GET", "patients/{patient}/edit", 200, 200, 404, 404),
    _page("patients-identity", "POST", "patients/{patient}/identity", 200, 200, 404, 404),
    _page("patients-zip", "GET", "patients/{patient}/files.zip", 200, 200, 404, 404),
    _page("patients-collection-new", "GET", "patients/{patient}/collections/new", 200, 200, 404, 404),
    _page("patients-collection", "GET", "collections/{collection}", 200, 200, 404, 404),
    _page("patients-collection-live", "GET", "collections/{collection}/live", 200, 200, 404, 404),
    _page("patients-collection-edit", "GET", "collections/{collection}/edit", 200, 200, 404, 404),
    _page("patients-collection-sorted", "POST", "collections/{collection}/sorted", 422, 422, 404, 404),
    _page("patients-collection-reorder", "POST", "collections/{collection}/reorder", 302, 302, 404, 404, {"record": "{record}"}),
    _page("patients-collection-bulk", "POST", "collections/{collection}/bulk", 302, 302, 404, 404, {"record": "{record}", "act": "tag", "tags": "a"}),
    _page("patients-collection-zip", "GET", "collections/{collection}/files.zip", 200, 200, 404, 404),
    _page("patients-record", "GET", "records/{record}", 200, 200, 404, 404),
    _page("patients-record-describe", "POST", "records/{record}/describe", 302, 302, 404, 404, {"title": "A"}),
    _page("patients-record-move", "POST", "records/{record}/move", 302, 302, 404, 404, {"slot": "pre_op"}),
    _page("patients-record-remove", "POST", "records/{record}/remove", 302, 302, 404, 404),
    _page("patients-record-restore", "POST", "records/{record}/restore", 302, 302, 404, 404),
    _page("patients-record-retry", "POST", "records/{record}/retry", 302, 302, 404, 404),
    _page("patients-record-keep", "POST", "records/{record}/keep", 302, 302, 404, 404, {"reason": "needed"}),
    _page("patients-record-unit", "POST", "records/{record}/unit", 302, 302, 404, 404, {"unit": "mm"}),
    _page("patients-record-reduce", "POST", "records/{record}/reduce", 409, 409, 404, 404),
    _page("patients-record-original", "GET", "records/{record}/original", 200, 200, 404, 404),
    _page("patients-record-cleaned", "GET", "records/{record}/cleaned", 200, 200, 200, 404),
    _page("settings-standards", "GET", "standards", 200, 200, 200, 200),
    _page("settings-standards-import", "POST", "standards/import", 422, 404, 422, 422),
    _page("settings-standards-schema", "GET", "standards/schema.json", 200, 200, 200, 200),
    _page("settings-standard", "GET", "standards/crown-and-bridge", 200, 200, 200, 200),
    _page("settings-standard-export", "GET", "standards/crown-and-bridge/export", 200, 200, 200, 200),
    _page("cases", "GET", "cases", 200, 200, 200, 200),
    _page("cases-new", "GET", "cases/new", 200, 200, 404, 404, query="collection={collection}"),
    _page("cases-show", "GET", "cases/{case}", 200, 200, 200, 404),
    _page("cases-files-page", "GET", "cases/{case}/files", 200, 200, 200, 404),
    _page("cases-audit", "GET", "cases/{case}/audit", 200, 404, 404, 404),
    _page("patients-audit", "GET", "patients/{patient}/audit", 200, 404, 404, 404),
    _page("shares-audit", "GET", "shares/{share}/audit", 200, 404, 404, 404),
    _page("settings-support", "GET", "settings/support", 200, 404, 200, 200),
    _page("settings-support-end", "POST", "settings/support/{grant}/end", 302, 404, 404, 404),
    _page("settings-audit", "GET", "settings/audit", 200, 404, 200, 200),
    _page("cases-history", "GET", "cases/{case}/history", 200, 200, 404, 404),
    _page("cases-edit", "POST", "cases/{case}/edit", 302, 302, 404, 404, {"title": "A"}),
    _page("cases-add", "POST", "cases/{case}/records", 302, 302, 404, 404, {"record": "{record}"}),
    _page("cases-take-out", "POST", "cases/{case}/records/{record}/out", 302, 302, 404, 404),
    _page("cases-state", "POST", "cases/{case}/state", 302, 302, 404, 404),
    _page("cases-participants", "POST", "cases/{case}/participants", 302, 302, 404, 404, {"workspace": "{other_workspace}"}),
    _page("cases-participant-end", "POST", "participants/{participant}/end", 302, 302, 404, 404),
    _page("cases-files", "GET", "cases/{case}/files.zip", 200, 200, 200, 404),
    _page("cases-threads", "POST", "cases/{case}/threads", 302, 302, 302, 404, {"text": "a"}),
    _page("cases-comment", "POST", "threads/{thread}/comments", 302, 302, 302, 404, {"text": "a"}),
    _page("cases-resolve", "POST", "threads/{thread}/resolve", 302, 302, 302, 404),
    _page("cases-reopen", "POST", "threads/{thread}/reopen", 302, 302, 302, 404),
    _page("cases-decisions", "POST", "cases/{case}/decisions", 302, 404, 302, 404, {"verdict": "approved"}),
    _page("shares-new", "GET", "cases/{case}/shares/new", 200, 200, 404, 404),
    _page("shares", "GET", "shares", 200, 200, 200, 200),
    _page("shares-show", "GET", "shares/{share}", 200, 200, 404, 404),
    _page("shares-revoke", "POST", "shares/{share}/revoke", 302, 302, 404, 404),
    _page("shares-extend", "POST", "shares/{share}/extend", 302, 302, 404, 404),
    _page("shares-policy", "POST", "shares/policy", 302, 404, 302, 302, {"is_clinical": "on"}),
    _page("shares-open-again", "POST", "shares/{share}/open-again", 302, 302, 404, 404),
    _page("requests-new", "GET", "collections/{collection}/requests/new", 200, 200, 404, 404),
    _page("requests-show", "GET", "requests/{request}", 200, 200, 404, 404),
    _page("requests-revoke", "POST", "requests/{request}/revoke", 302, 302, 404, 404),
    _page("shared", "GET", "shared", 200, 200, 200, 200),
    Row("shared-open", "POST", "shared/{recipient}/open", 404, 404, 404, 404, 404, 404),
    _page("shares-remind", "POST", "shares/{share}/recipients/{recipient}/remind", 302, 302, 404, 404),
    # -------------------------------------------------------------------------------- the share door
    _open("share-link", "s/{secret}", 302),
    _door("share-door", "GET", "r/{share}/", 200),
    _door("share-arrive", "GET", "r/{share}/in/none", 422),
    _door("share-code", "POST", "r/{share}/code", 200),
    _door("share-open", "POST", "r/{share}/open", 422, {"code": "AAAAAAAA"}),
    _door("share-threads", "POST", "r/{share}/threads", 302, {"text": "a"}),
    _door("share-comment", "POST", "r/{share}/threads/{thread}/comments", 302, {"text": "a"}),
    _door("share-decisions", "POST", "r/{share}/decisions", 302, {"verdict": "approved"}),
    _door("share-report", "GET", "r/{share}/report", 200),
    _door("share-files", "GET", "r/{share}/files.zip", 200),
    _door("share-logo", "GET", "r/{share}/logo", 404),
    _door("share-rendition", "GET", "r/{share}/records/{record}/renditions/full.glb", 200),
    _door("share-cleaned", "GET", "r/{share}/records/{record}/cleaned", 200),
    # -------------------------------------------------------------------------------- the door of an upload request
    _open("request-link", "u/{request_secret}", 302),
    _door("request-door", "GET", "u/{request}/", 404),
    _door("request-arrive", "GET", "u/{request}/in/none", 404),
    _door("request-code", "POST", "u/{request}/code", 404),
    _door("request-open", "POST", "u/{request}/open", 404, {"code": "AAAAAAAA"}),
    _door("request-consent", "POST", "u/{request}/consent", 404, {"consent": "on"}),
    _door("request-sorted", "POST", "u/{request}/sorted", 404),
    _door("request-files", "GET", "u/{request}/files", 404),
    _door("request-file-new", "POST", "u/{request}/files/new", 404),
]  # fmt: skip
