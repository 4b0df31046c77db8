"""Two people decide on one version at once, again and again, on the SQLite file of a fresh installation.

Two processes, each with its own browser; prints what both were told, a line a round.
"""

import multiprocessing
import os
import re
import sys
from multiprocessing.synchronize import Barrier
from pathlib import Path

ROUNDS = 25
NOTES = {"ada": "ADA'S NOTE on the margin", "carl": "CARL'S NOTE on the shade"}
VERDICTS = [("approved", "changes_requested"), ("approved", "approved"), ("changes_requested", "approved")]


def set_up(data: str) -> None:
    os.environ["ARCADA_DATA"] = data
    os.environ["DJANGO_SETTINGS_MODULE"] = "arcada.config.settings"
    os.environ["ARCADA_PUBLIC_URL"] = "http://testserver"
    os.environ.pop("ARCADA_DATABASE_URL", None)
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    import django

    django.setup()
    from django.db import connection

    assert connection.vendor == "sqlite"


def press(data: str, who: str, start: Barrier, told: "multiprocessing.SimpleQueue[str]") -> None:
    """One person's browser, in a process of its own: the same press in every round."""
    set_up(data)
    from django.test import Client

    from arcada.apps.accounts.models import User
    from arcada.apps.cases.models import Case
    from tests.signing_in import use_whole_sign_in

    use_whole_sign_in()
    browser = Client()
    browser.force_login(User.objects.get(name=who))
    case = Case.objects.get()
    for number in range(ROUNDS):
        verdict = VERDICTS[number % len(VERDICTS)][who == "carl"]
        page = browser.get(f"/cases/{case.pk}").content.decode()
        shown = dict(re.findall(r'name="(seen|known)" value="([^"]*)"', page))
        assert shown["seen"] and shown["known"] == "", shown
        form = {"verdict": verdict, "note": NOTES[who], **shown}
        start.wait(60)
        answer = browser.post(f"/cases/{case.pk}/decisions", form)
        keeps = NOTES[who] in answer.content.decode().replace("&#x27;", "'")
        told.put(f"{answer.status_code}{'+note' if keeps else ''}")
        start.wait(60)  # both have been answered
        start.wait(60)  # and the round has been looked at


def main(data: str) -> None:
    set_up(data)
    from datetime import date

    from django.core.management import call_command
    from django.db import connections

    from arcada.apps.cases.actions import invite_participant, open_case
    from arcada.apps.cases.models import Case
    from arcada.apps.patients.actions import add_patient
    from arcada.apps.records.collections import open_collection
    from arcada.apps.reviews.models import Decision
    from arcada.core.access import GRANTABLE_TO_PARTICIPANT, Role, WorkspaceKind
    from tests.cast import NOW, _person, judged_file, lay_in_judged
    from tests.core.made_images import jpeg

    call_command("migrate", verbosity=0)
    ada = _person("ada@lima.example", "ada", workspace=None, kind=WorkspaceKind.CLINIC, role=Role.OWNER)
    carl = _person("carl@arco.example", "carl", workspace=None, kind=WorkspaceKind.LAB, role=Role.OWNER)
    patient = add_patient(ada.actor, workspace_id=ada.workspace.pk, code="P-1", name="", born=None, now=NOW)
    collection = open_collection(
        ada.actor, patient, taken_on=date(2026, 3, 17), standard_name="crown-and-bridge", now=NOW
    )
    lay_in_judged(ada.actor, collection, judged_file("EV19", "smile.jpg", jpeg(64, 48)))
    case = open_case(ada.actor, collection, now=NOW)
    invite_participant(
        ada.actor, case, workspace=carl.workspace, permissions=GRANTABLE_TO_PARTICIPANT, now=NOW
    )
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(3), context.SimpleQueue()
    people = [context.Process(target=press, args=(data, who, start, told)) for who in NOTES]
    for person in people:
        person.start()
    for _ in range(ROUNDS):
        start.wait(60)
        start.wait(60)
        print(*sorted([told.get(), told.get()]), Decision.objects.count())
        Decision.objects.all().delete()
        Case.objects.update(state="open")
        start.wait(60)
    for person in people:
        person.join(60)
        assert person.exitcode == 0


if __name__ == "__main__":
    main(sys.argv[1])
