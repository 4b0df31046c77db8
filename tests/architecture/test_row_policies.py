"""TA-09: every table of a workspace has its policy or a reason; pages and API never reach rows by themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

import arcada
from arcada.apps.row_policies.policies import POLICIES, WITHOUT, drop_policies, missing_policies
from arcada.apps.row_policies.reach import functions

ROOT = Path(arcada.__file__).parent
needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="row policies are PostgreSQL's; SQLite has none"
)


def tables() -> dict[str, set[str]]:
    """The tables of our models, each with its columns."""
    return {
        model._meta.db_table: {field.column for field in model._meta.concrete_fields}
        for config in apps.get_app_configs()
        if config.name.startswith("arcada.apps.")
        for model in config.get_models(include_auto_created=True)
    }


def test_every_table_has_a_policy_or_a_reason_to_have_none() -> None:
    """TA-09: a new table is red until somebody has decided whose its rows are."""
    known = tables()
    assert set(known) - set(POLICIES) - set(WITHOUT) == set(), "tables nobody has decided about"
    assert (set(POLICIES) | set(WITHOUT)) - set(known) == set(), "no such table"
    assert set(POLICIES) & set(WITHOUT) == set()
    for table, columns in known.items():
        if "workspace_id" in columns:
            assert table in POLICIES, f"{table} belongs to a workspace"
    assert all(len(reason) > 15 for reason in WITHOUT.values())
    print(f"{len(POLICIES)} tables with a policy, {len(WITHOUT)} without")


@needs_postgresql
@pytest.mark.django_db
def test_the_database_holds_every_policy_also_against_its_owner() -> None:
    """TA-09: in the database itself, forced; and one that was taken away or joined by a wider one is missed."""
    assert missing_policies(connection) == set()
    with connection.cursor() as cursor:
        cursor.execute("CREATE POLICY wide ON patients_patient USING (true)")
        cursor.execute("ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY")
        cursor.execute("ALTER TABLE records_record DISABLE ROW LEVEL SECURITY")
        cursor.execute("ALTER POLICY arcada_rows ON sharing_share USING (true)")
    drop_policies(connection, "reviews_comment")
    missing = {"patients_patient", "cases_case", "records_record", "sharing_share", "reviews_comment"}
    assert missing_policies(connection) == missing
    print(f"{len(POLICIES)} policies stand, {len(functions())} functions behind them")


def unscoped(tree: ast.AST) -> Iterator[str]:
    """Where a page would reach rows without a gate: a model's manager, or a model by its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            yield f"line {node.lineno}: .{node.attr}"
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("get_model", "get_models"):
            yield f"line {node.lineno}: {ast.unparse(node.func)}()"
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db"):
            taken = {name.name for name in node.names} & {"connection", "connections"}
            yield from (f"line {node.lineno}: {name}" for name in sorted(taken))


def test_pages_and_api_never_ask_a_model_by_themselves() -> None:
    """TA-09: no manager, no model by name, no raw connection; the import contract keeps models out as well."""
    found = {}
    paths = [path for room in ("web", "api") for path in (ROOT / room).rglob("*.py")]
    for path in paths:
        if said := list(unscoped(ast.parse(path.read_text("utf-8")))):
            found[str(path.relative_to(ROOT))] = said
    assert found == {}
    contracts = (ROOT.parent / "pyproject.toml").read_text("utf-8")
    assert (
        'source_modules = ["arcada.web", "arcada.api"]\nforbidden_modules = ["arcada.apps.*.models"]'
        in contracts
    )
    print(f"{len(paths)} modules checked")


@pytest.mark.parametrize(
    "line",
    [
        "rows = Patient.objects.all()",
        "rows = list(type(case.patient).objects.filter(code='P-1'))",
        "rows = Case._default_manager.get(pk=case_id)",
        "rows = apps.get_model('patients', 'Patient')",
        "from django.db import connection",
    ],
)
def test_an_unscoped_question_in_a_view_is_caught(line: str) -> None:
    """TA-09: `Model.objects.all()` in a view, and what comes to the same."""
    view = f"def view(request, case, case_id):\n    {line}\n    return rows\n"
    assert list(unscoped(ast.parse(view)))


def test_system_scope_is_opened_in_few_places_that_stand_here() -> None:
    """TA-09: whoever opens it in one more place says so here; pages and API never do."""
    opened = {
        str(path.relative_to(ROOT)): path.read_text("utf-8").count("system_scope()")
        for path in ROOT.rglob("*.py")
        if "system_scope()" in path.read_text("utf-8") and path.name != "row_scope.py"
    }
    assert opened == OPENED
    assert not [path for path in opened if path.startswith(("web/", "api/"))]
    print(f"{sum(opened.values())} places in {len(opened)} modules")


# Why: who asks (accounts, sign_in, sharing's links), telling others (notifications), the installation's own books
# (audit, keys, counts, presses of a form by somebody who is nobody yet), whether a hidden jaw still is the one that
# contacts were measured with.
OPENED = {
    "apps/accounts/access.py": 1,
    "apps/accounts/actions.py": 2,
    "apps/accounts/queries.py": 10,
    "apps/audit/appending.py": 1,
    "apps/files/keys.py": 1,
    "apps/files/usage.py": 2,
    "apps/idempotency/presses.py": 3,
    "apps/notifications/actions.py": 1,
    "apps/records/actions.py": 1,
    "apps/records/comparisons.py": 1,
    "apps/reviews/people.py": 1,
    "apps/reviews/queries.py": 1,
    "apps/sharing/access.py": 4,
    "apps/sharing/mail_limits.py": 1,
    "apps/sharing/queries.py": 1,
    "apps/sharing/request_access.py": 4,
    "apps/sign_in/queries.py": 3,
    "apps/support/access.py": 1,
    "apps/support/queries.py": 1,
    "console/health.py": 1,
}
