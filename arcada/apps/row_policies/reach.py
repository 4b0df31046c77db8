"""What a scope leads to, as conditions and functions of the database.

A function looks into its tables as the system does, so that no policy asks another in a circle, and says yes or no.
"""
# ruff: noqa: S608 - fixed words, nothing that anybody typed

from typing import Final


def _setting(name: str, kind: str) -> str:
    # In brackets of its own it is read once a statement, not once a row.
    return f"(SELECT nullif(current_setting('arcada.{name}', true), '')::{kind})"


IS_SYSTEM: Final = "(SELECT current_setting('arcada.scope', true) = 'system')"
IS_STAFF: Final = "(SELECT current_setting('arcada.scope', true) = 'staff')"


def own(column: str = "workspace_id") -> str:
    """The row is of the workspace that the request works in."""
    return f"{column} = {_setting('workspace', 'uuid')}"


def mine(column: str) -> str:
    """The row is of whom the request acts as: a person, a recipient, a sender of files."""
    return f"{column} = ANY ({_setting('actors', 'uuid[]')}::uuid[])"


def reaches(thing: str, column: str) -> str:
    return f"arcada_reaches_{thing}({column})"


# Inside a function each is read once a call.
_OWN: Final = "nullif(current_setting('arcada.workspace', true), '')::uuid"
_ACTORS: Final = "nullif(current_setting('arcada.actors', true), '')::uuid[]"
_SHARES: Final = "nullif(current_setting('arcada.shares', true), '')::uuid[]"
_CASES: Final = "nullif(current_setting('arcada.cases', true), '')::uuid[]"
_COLLECTIONS: Final = "nullif(current_setting('arcada.collections', true), '')::uuid[]"

# name → (type of what is asked about, plpgsql's condition)
_QUESTIONS: Final[dict[str, tuple[str, str]]] = {
    # Granted by a link, or taken part in; one's own is asked for by column.
    "case": (
        "uuid",
        f"""COALESCE(asked = ANY ({_CASES}), false) OR EXISTS (
              SELECT 1 FROM cases_participant WHERE case_id = asked AND workspace_id = {_OWN} AND ended_at IS NULL)""",
    ),
    "part_of_case": (
        "uuid",
        f"""EXISTS (SELECT 1 FROM cases_case WHERE id = asked AND workspace_id = {_OWN})
              OR arcada_reaches_case(asked)""",
    ),
    "part_of_thread": (
        "uuid",
        """EXISTS (
             SELECT 1 FROM reviews_thread WHERE id = asked AND arcada_reaches_part_of_case(case_id))""",
    ),
    "patient": (
        "uuid",
        f"""EXISTS (SELECT 1 FROM cases_case WHERE patient_id = asked AND arcada_reaches_case(id))
              OR EXISTS (SELECT 1 FROM records_collection
                         WHERE patient_id = asked AND id = ANY ({_COLLECTIONS}))""",
    ),
    "identity": (
        "uuid",
        f"""EXISTS (SELECT 1 FROM patients_patient WHERE id = asked AND workspace_id = {_OWN})""",
    ),
    "collection": (
        "uuid",
        f"""COALESCE(asked = ANY ({_COLLECTIONS}), false) OR EXISTS (
              SELECT 1 FROM cases_case WHERE collection_id = asked AND arcada_reaches_case(id))""",
    ),
    "part_of_collection": (
        "uuid",
        f"""EXISTS (SELECT 1 FROM records_collection WHERE id = asked AND workspace_id = {_OWN})
              OR arcada_reaches_collection(asked)""",
    ),
    "chain": (
        "uuid",
        """EXISTS (
             SELECT 1 FROM records_record r JOIN cases_caserecord c ON c.record_id = r.id
             WHERE r.chain = asked AND arcada_reaches_case(c.case_id))""",
    ),
    "part_of_record": (
        "uuid",
        f"""EXISTS (
              SELECT 1 FROM records_record r WHERE r.id = asked AND (
                r.workspace_id = {_OWN} OR arcada_reaches_chain(r.chain)
                OR ((r.added_by_workspace = {_OWN} OR r.added_by = ANY ({_ACTORS}))
                    AND arcada_reaches_collection(r.collection_id))))""",
    ),
    # A file has the id of the upload that brings it.
    "file": (
        "uuid",
        f"""EXISTS (SELECT 1 FROM records_rendition WHERE file_id = asked
                           AND arcada_reaches_part_of_record(record_id))
              OR EXISTS (SELECT 1 FROM records_record WHERE (original_id = asked OR cleaned_id = asked)
                         AND arcada_reaches_part_of_record(id))
              OR EXISTS (SELECT 1 FROM records_companion WHERE (original_id = asked OR cleaned_id = asked)
                         AND arcada_reaches_part_of_record(record_id))
              OR EXISTS (SELECT 1 FROM records_comparison WHERE file_id = asked
                         AND arcada_reaches_part_of_record(record_id)
                         AND arcada_reaches_part_of_record(against_id))
              OR EXISTS (SELECT 1 FROM files_upload
                         WHERE id = asked AND state = 'open' AND actor_id = ANY ({_ACTORS}))""",
    ),
    "logo": (
        "uuid",
        """EXISTS (SELECT 1 FROM sharing_share
                          WHERE workspace_id = asked AND arcada_reaches_share(id))
             OR EXISTS (SELECT 1 FROM sharing_uploadrequest
                        WHERE workspace_id = asked AND arcada_reaches_share(id))""",
    ),
    "topic": (
        "text",
        """CASE split_part(asked, ':', 1)
             WHEN 'case' THEN arcada_reaches_part_of_case(split_part(asked, ':', 2)::uuid)
             WHEN 'record' THEN arcada_reaches_part_of_record(split_part(asked, ':', 2)::uuid)
             WHEN 'collection' THEN arcada_reaches_part_of_collection(split_part(asked, ':', 2)::uuid)
             ELSE false END""",
    ),
    # The link in this browser, or a share addressed to the person who is signed in.
    "share": (
        "uuid",
        f"""COALESCE(asked = ANY ({_SHARES}), false) OR EXISTS (
              SELECT 1 FROM sharing_recipient r JOIN account_emailaddress a ON lower(a.email) = lower(r.email)
              WHERE r.share_id = asked AND a.verified AND a.user_id = ANY ({_ACTORS}))""",
    ),
    "part_of_share": (
        "uuid",
        f"""EXISTS (SELECT 1 FROM sharing_share WHERE id = asked AND workspace_id = {_OWN})
              OR arcada_reaches_share(asked)""",
    ),
    "part_of_recipient": (
        "uuid",
        """EXISTS (
             SELECT 1 FROM sharing_recipient WHERE id = asked AND arcada_reaches_part_of_share(share_id))""",
    ),
    "part_of_request": (
        "uuid",
        f"""EXISTS (SELECT 1 FROM sharing_uploadrequest WHERE id = asked AND (
              workspace_id = {_OWN} OR id = ANY ({_SHARES})))""",
    ),
    "licence": (
        "uuid",
        f"""EXISTS (SELECT 1 FROM licences_licence WHERE id = asked AND user_id = ANY ({_ACTORS}))""",
    ),
    "sanction": (
        "uuid",
        f"""EXISTS (SELECT 1 FROM conduct_sanction WHERE id = asked AND (
              workspace_id = {_OWN} OR user_id = ANY ({_ACTORS})))""",
    ),
    # One works there, works with it in a case, or holds a link of it.
    "workspace": (
        "uuid",
        f"""EXISTS (SELECT 1 FROM accounts_membership
                           WHERE workspace_id = asked AND user_id = ANY ({_ACTORS}))
              OR EXISTS (SELECT 1 FROM cases_participant p JOIN cases_case c ON c.id = p.case_id
                         WHERE (p.workspace_id = {_OWN} AND c.workspace_id = asked)
                            OR (p.workspace_id = asked AND c.workspace_id = {_OWN}))
              OR EXISTS (SELECT 1 FROM cases_participant p JOIN cases_participant o ON o.case_id = p.case_id
                         WHERE p.workspace_id = {_OWN} AND o.workspace_id = asked)
              OR arcada_reaches_logo(asked)
              OR EXISTS (SELECT 1 FROM sharing_share s JOIN sharing_recipient r ON r.share_id = s.id
                         JOIN account_emailaddress a ON lower(a.email) = lower(r.email)
                         WHERE s.workspace_id = asked AND a.verified AND a.user_id = ANY ({_ACTORS}))""",
    ),
}


# Set for the look alone: the rules of the tables it looks into let the system through. (A SET clause of the function
# would do the same, but PostgreSQL keeps it to superusers for settings of one's own.)
_FUNCTION: Final = """CREATE OR REPLACE FUNCTION arcada_reaches_{name}(asked {kind}) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE said text := current_setting('arcada.scope', true); is_reached boolean;
BEGIN
  IF said IS DISTINCT FROM 'system' THEN PERFORM set_config('arcada.scope', 'system', true); END IF;
  is_reached := {condition};
  IF said IS DISTINCT FROM 'system' THEN PERFORM set_config('arcada.scope', COALESCE(said, ''), true); END IF;
  RETURN is_reached;
END $$"""


def functions() -> list[str]:
    """The statements that make them; safe to run again."""
    return [
        _FUNCTION.format(name=name, kind=kind, condition=condition)
        for name, (kind, condition) in _QUESTIONS.items()
    ]
