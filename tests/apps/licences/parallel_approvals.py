"""Twenty approvals of one number at once, on the SQLite file of a fresh installation; prints what each was told."""

import os
import sys
import threading
from pathlib import Path

os.environ["ARCADA_DATA"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "arcada.config.settings"
os.environ.pop("ARCADA_DATABASE_URL", None)
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402

from arcada.core.errors import ArcadaError  # noqa: E402
from tests.apps.licences.panel import apply, lay_evidence, reviewer, says, unverified  # noqa: E402

assert connection.vendor == "sqlite"
call_command("migrate", verbosity=0)
licences = [apply(unverified(f"p{number}@p.example")) for number in range(20)]
for licence in licences:
    lay_evidence(licence)
judges = [reviewer(f"judge{number}") for number in range(20)]
barrier, said = threading.Barrier(20), []


def approve(number: int) -> None:
    try:
        barrier.wait(60)
        said.append(says(judges[number], licences[number], version=licences[number].version).state)
    except ArcadaError as refusal:
        said.append(refusal.code)
    finally:
        connections.close_all()


threads = [threading.Thread(target=approve, args=(number,)) for number in range(20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(120)
print(" ".join(sorted(said)))
