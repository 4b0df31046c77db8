"""Makes what a version keeps for all later ones: a backup and a SQLite database of a small made-up practice.

Run it from a checkout of the version to keep, once, before that version is followed by another:

    PYTHONPATH=. python <newest>/tests/kept/make.py <newest>/tests/kept/<version>
"""

import gzip
import hashlib
import os
import shutil
import sqlite3
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
# Not a secret: it opens only what is made up here, and is needed to open it for ever.
MASTER_KEY = hashlib.sha256(b"the master key of Arcada's kept installations").hexdigest()


def main(target: Path) -> None:
    data = Path(tempfile.mkdtemp(prefix="arcada-kept-"))
    (data / "keys").mkdir()
    (data / "keys" / "master.key").write_text(MASTER_KEY + "\n")
    (data / "keys" / "master.key").chmod(0o600)
    os.environ["ARCADA_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "arcada.config.settings"
    import django

    django.setup()
    from arcada.commands.migrate import migrate_database

    migrate_database(quiet=True)
    fill()
    from arcada.backup.making import make_backup

    backups = data / "backups"
    made = make_backup(backups, print, now=NOW)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copytree(made.folder, target / made.folder.name)
    shutil.copytree(backups / "objects", target / "objects")
    from django.db import connections

    connections.close_all()
    line = sqlite3.connect(data / "arcada.sqlite3", isolation_level=None)
    line.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    line.execute("PRAGMA journal_mode=DELETE")
    line.execute("VACUUM")
    line.close()
    with gzip.GzipFile(target / "arcada.sqlite3.gz", "wb", 9, mtime=0) as out:
        out.write((data / "arcada.sqlite3").read_bytes())
    shutil.rmtree(data)


def fill() -> None:
    """Somebody or something in nearly every table."""
    from arcada.apps.accounts.actions import create_token, invite_member, save_contact
    from arcada.apps.cases.actions import invite_participant, open_case
    from arcada.apps.patients.actions import add_patient
    from arcada.apps.records.collections import open_collection
    from arcada.apps.reviews.actions import add_comment, open_thread
    from arcada.apps.reviews.deciding import decide_case
    from arcada.core.access import GRANTABLE_TO_PARTICIPANT, Permission, Role, WorkspaceKind
    from arcada.core.anatomy import Jaw
    from arcada.core.decisions import Verdict
    from arcada.core.geometry.specimen import make_arch
    from arcada.core.geometry.write import write_stl
    from tests import cast
    from tests.core.made_images import jpeg

    clinic, lab = WorkspaceKind.CLINIC, WorkspaceKind.LAB
    ada = cast._person("ada@lima.example", "Dr Ada Lima", workspace=None, kind=clinic, role=Role.OWNER)
    carl = cast._person("carl@arco.example", "Carl", workspace=None, kind=lab, role=Role.OWNER)
    cast._person("ben@lima.example", "Ben", workspace=ada.workspace, kind=clinic, role=Role.ASSISTANT)
    here = ada.workspace.pk
    invite_member(
        ada.actor, ada.workspace, email="new@lima.example", role=Role.VIEWER, invited_by=ada.user, now=NOW
    )
    create_token(
        ada.actor, ada.user, workspace_id=here, name="push", scopes=frozenset({Permission.VIEW}), now=NOW
    )
    save_contact(
        ada.actor,
        workspace_id=here,
        email="rosa@north-lab.example",
        name="Rosa",
        company="North Lab",
        now=NOW,
    )
    patient = add_patient(
        ada.actor, workspace_id=here, code="P-0218", name="Zélia Canário Quaresma",
        born=date(1987, 5, 4), now=NOW,
    )  # fmt: skip
    collection = open_collection(
        ada.actor, patient, taken_on=date(2026, 3, 17), standard_name="crown-and-bridge", now=NOW,
        title="Crown 14, preparation",
    )  # fmt: skip
    jaw = write_stl(make_arch(Jaw.MAXILLA, seed=3, triangles=500), header="Zelia Canario Quaresma")
    files = (("upper_jaw", "upper.stl", jaw), ("EV19", "smile.jpg", jpeg(160, 120, comment="Zelia Canario")))
    for slot, name, content in files:
        cast.lay_in_judged(ada.actor, collection, cast.judged_file(slot, name, content), now=NOW)
    case = open_case(ada.actor, collection, code="A-1042", title="Crown 14, zirconia", now=NOW)
    invite_participant(
        ada.actor, case, workspace=carl.workspace, permissions=GRANTABLE_TO_PARTICIPANT, now=NOW
    )
    thread = open_thread(carl.actor, case, text="Is the margin subgingival?", now=NOW)
    add_comment(ada.actor, thread, text="Yes, at the mesial.", now=NOW)
    decide_case(ada.actor, case, verdict=Verdict.APPROVED, now=NOW)
    cast.make_share(ada, case)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
