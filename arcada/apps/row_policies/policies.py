"""Which rows of each table a request reaches, and which tables need no such rule, with the reason.

Every model's table stands in POLICIES or in WITHOUT; a test and `arcada doctor` hold it.
"""

from typing import Final

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from arcada.apps.row_policies.reach import IS_STAFF, IS_SYSTEM, functions, mine, own, reaches

NAME: Final = "arcada_rows"

# table → whose rows a request sees, changes and adds; the system reaches all of them.
POLICIES: Final[dict[str, str]] = {
    "accounts_workspace": f"{own('id')} OR {IS_STAFF} OR {reaches('workspace', 'id')}",
    "accounts_membership": f"{own()} OR {mine('user_id')} OR {IS_STAFF}",
    "accounts_invitation": own(),
    "accounts_apitoken": own(),
    "accounts_contact": own(),
    "accounts_subscription": f"{own()} OR {IS_STAFF}",
    "accounts_bill": f"{own()} OR {IS_STAFF}",
    "audit_auditevent": f"{own()} OR {mine('actor_id')} OR {IS_STAFF}",
    "audit_chainhead": f"{own('chain')} OR {IS_STAFF}",
    "cases_case": f"{own()} OR {reaches('case', 'id')}",
    "cases_caserecord": reaches("part_of_case", "case_id"),
    "cases_participant": f"{own()} OR {reaches('part_of_case', 'case_id')}",
    "conduct_misusereport": f"{mine('reporter_id')} OR {IS_STAFF}",
    "conduct_sanction": f"{own()} OR {mine('user_id')} OR {IS_STAFF}",
    "conduct_appeal": f"{reaches('sanction', 'sanction_id')} OR {IS_STAFF}",
    "files_storedfile": (
        f"{own()} OR (purpose = 'evidence' AND {IS_STAFF})"
        f" OR (purpose = 'logo' AND {reaches('logo', 'workspace_id')}) OR {reaches('file', 'id')}"
    ),
    "files_upload": f"{own()} OR {mine('actor_id')}",
    "files_usage": own(),
    "files_workspacekey": "false",  # the keys' own module reads them, as the system
    "idempotency_answered": mine("actor_id"),
    "licences_licence": f"{mine('user_id')} OR {IS_STAFF}",
    "licences_evidence": f"{reaches('licence', 'licence_id')} OR {IS_STAFF}",
    "licences_review": f"{reaches('licence', 'licence_id')} OR {IS_STAFF}",
    "notifications_notification": f"{own()} OR {mine('user_id')}",
    "notifications_liveevent": f"{own()} OR {reaches('topic', 'topic')}",
    "patients_patient": f"{own()} OR {reaches('patient', 'id')}",
    "patients_patientidentity": reaches("identity", "patient_id"),
    "patients_nametoken": own(),
    "records_standard": own(),
    "records_tag": own(),
    "records_collection": f"{own()} OR {reaches('collection', 'id')}",
    "records_collection_tags": reaches("part_of_collection", "collection_id"),
    "records_record": (
        f"{own()} OR {reaches('chain', 'chain')}"
        f" OR (({own('added_by_workspace')} OR {mine('added_by')}) AND {reaches('collection', 'collection_id')})"
    ),
    "records_record_tags": reaches("part_of_record", "record_id"),
    "records_companion": reaches("part_of_record", "record_id"),
    "records_rendition": reaches("part_of_record", "record_id"),
    "records_comparison": (
        f"{reaches('part_of_record', 'record_id')} AND {reaches('part_of_record', 'against_id')}"
    ),
    "records_foundinrecord": reaches("part_of_record", "record_id"),
    "records_foundincollection": reaches("part_of_collection", "collection_id"),
    "reviews_thread": reaches("part_of_case", "case_id"),
    "reviews_comment": reaches("part_of_thread", "thread_id"),
    "reviews_presence": reaches("part_of_case", "case_id"),
    "reviews_keptmeasurements": mine("user_id"),
    "reviews_foundpin": reaches("part_of_thread", "thread_id"),
    "reviews_decision": reaches("part_of_case", "case_id"),
    "sharing_share": f"{own()} OR {reaches('share', 'id')}",
    "sharing_sharedrecord": reaches("part_of_share", "share_id"),
    "sharing_recipient": reaches("part_of_share", "share_id"),
    "sharing_code": reaches("part_of_recipient", "recipient_id"),
    "sharing_pass": reaches("part_of_share", "share_id"),
    "sharing_visit": reaches("part_of_share", "share_id"),
    "sharing_download": reaches("part_of_share", "share_id"),
    "sharing_uploadrequest": f"{own()} OR {reaches('part_of_request', 'id')}",
    "sharing_requestcode": reaches("part_of_request", "request_id"),
    "sharing_requestpass": reaches("part_of_request", "request_id"),
    "sharing_mailsent": own(),
    "support_grant": f"{own()} OR {IS_STAFF}",
    "support_breakglass": f"{own()} OR {IS_STAFF}",
}

# table → why it has none
WITHOUT: Final[dict[str, str]] = {
    "accounts_user": "a person, who may work in several workspaces; found by address before anybody signed in",
    "accounts_plan": "what the operator offers to everybody",
    "audit_checkpoint": "of the installation: hashes and counts",
    "audit_auditperson": "an address typed at sign-in, before there is a workspace; read by nobody but the operator",
    "conduct_document": "published to everybody",
    "conduct_acceptance": "of a person, not of a workspace",
    "jobs_job": "ids only; claimed by workers before they know whose they are",
    "mail_outgoingmail": "the outbox: its texts are sealed, no page reads it",
    "sign_in_knowndevice": "of a person, read while signing in",
    "sign_in_session": "of a person, read before it is known who asks",
    "sign_in_totp": "of a person, read while signing in",
    "sign_in_recoverycode": "of a person, read while signing in",
    "sign_in_passkey": "of a person, read while signing in",
    "sign_in_challenge": "of a browser that signs in",
    "sign_in_emailchange": "of a person, opened by a link from a mail",
    "sign_in_keptform": "of a person's session",
    "sign_in_failures": "guesses counted by hashed keys, before anybody is known",
}


def raise_policies(connection: BaseDatabaseWrapper) -> None:
    """Put every rule on its table, as far as it stands; safe to run again. Only PostgreSQL has them."""
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in functions():
            cursor.execute(statement)
        standing = set(connection.introspection.table_names(cursor))
        for table, condition in POLICIES.items():
            if table not in standing:
                continue
            rule = f"{IS_SYSTEM} OR {condition}"
            cursor.execute(f'DROP POLICY IF EXISTS {NAME} ON "{table}"')
            cursor.execute(f'CREATE POLICY {NAME} ON "{table}" USING ({rule}) WITH CHECK ({rule})')
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            # FORCE: Arcada connects as the tables' owner, whom nothing else would hold.
            cursor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')


def drop_policies(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Take the rules away: for a migration that changes what they stand on and raises them again."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in tables or POLICIES:
            cursor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
            cursor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
            cursor.execute(f'DROP POLICY IF EXISTS {NAME} ON "{table}"')


def missing_policies(connection: BaseDatabaseWrapper) -> set[str]:
    """Tables whose rule should stand and does not, was changed, or does not hold Arcada itself."""
    if connection.vendor != "postgresql":
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
               WHERE p.polname = %s AND c.relrowsecurity AND c.relforcerowsecurity
               AND pg_get_expr(p.polqual, p.polrelid) LIKE %s
               AND pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
               AND c.relnamespace = current_schema()::regnamespace
               AND NOT EXISTS (SELECT 1 FROM pg_policy o WHERE o.polrelid = c.oid AND o.polname <> p.polname)""",
            [NAME, "%arcada.scope%"],
        )
        return set(POLICIES) - {name for (name,) in cursor.fetchall()}


def bypasses(connection: BaseDatabaseWrapper) -> bool:
    """True when the role that Arcada connects as is above every rule."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])
