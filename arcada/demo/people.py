"""Who is in the demo practice: sign-ins, workspaces, address book, and made-up patients."""

from dataclasses import dataclass
from datetime import date

from allauth.account.models import EmailAddress
from django.utils import timezone

from arcada.apps.accounts.actions import add_member, create_workspace, save_contact
from arcada.apps.accounts.models import User, Workspace
from arcada.apps.accounts.queries import actor_for_user
from arcada.apps.conduct.documents import accept_documents, shown_document
from arcada.apps.patients.actions import add_patient
from arcada.apps.patients.models import Patient
from arcada.apps.sign_in.factors import make_totp, new_secret
from arcada.core.access import Actor, ActorKind, Origin, Role, WorkspaceKind
from arcada.core.conduct import DocumentKind
from arcada.demo.calendar import ZONE, Calendar
from arcada.demo.licence import verify_dentist

PASSWORD = "crown-14-zirconia"  # noqa: S105 - of people who do not exist, in a demo that says it aloud
CLINIC, LAB = "Lima Dental", "Arco Lab"
SIGN_INS = (
    ("ada@lima-dental.example", "Dr Ada Lima", "dentist, owner of Lima Dental"),
    ("ben@lima-dental.example", "Ben", "assistant at Lima Dental"),
    ("carl@arco-lab.example", "Carl", "technician, Arco Lab"),
)
ROSA = "rosa@north-lab.example"

# Code, name, born. Names and dates are made up.
PATIENTS = (
    ("P-0207", "Otávio Marques Bandeira", date(1961, 2, 9)),
    ("P-0208", "Iracema Duarte Lobo", date(1974, 11, 23)),
    ("P-0209", "Cícero Antunes Vidal", date(1949, 6, 30)),
    ("P-0210", "Lívia Saldanha Prado", date(2009, 8, 14)),
    ("P-0211", "Heitor Camargo Rocha", date(1983, 1, 5)),
    ("P-0212", "Noêmia Tavares Brito", date(1991, 9, 17)),
    ("P-0213", "Davi Queiroz Sampaio", date(2012, 3, 2)),
    ("P-0214", "Marina Coelho Braga", date(1996, 12, 11)),
    ("P-0215", "Tomás Figueira Leal", date(1978, 4, 26)),
    ("P-0216", "Olga Peixoto Nunes", date(1955, 10, 8)),
    ("P-0217", "Raul Esteves Moura", date(2001, 7, 19)),
    ("P-0218", "Zélia Canário Quaresma", date(1987, 5, 4)),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who acts, and the patients by code."""

    clinic: Workspace
    lab: Workspace
    ada: Actor
    ben: Actor
    carl: Actor
    patients: dict[str, Patient]


def make_people(calendar: Calendar) -> Cast:
    """Two workspaces, three sign-ins, an address book and twelve patients."""
    began = calendar.at(400, 9, 0)
    users = {email: _sign_in(email, name) for email, name, _ in SIGN_INS}
    ada, ben, carl = users.values()
    clinic = create_workspace(
        Actor.system(), ada, kind=WorkspaceKind.CLINIC, name=CLINIC, country="BR", now=began
    )
    lab = create_workspace(Actor.system(), carl, kind=WorkspaceKind.LAB, name=LAB, country="BR", now=began)
    # The numbers go on where the story's own codes end.
    Workspace.objects.filter(pk=clinic.pk).update(
        time_zone=ZONE.key, next_patient=219, next_case=1046, next_share=310
    )
    Workspace.objects.filter(pk=lab.pk).update(time_zone=ZONE.key)
    verify_dentist(ada, clinic, calendar)
    add_member(Actor.system(), clinic, user=ben, role=Role.ASSISTANT, now=began)
    actors = [_acting(user, workspace) for user, workspace in ((ada, clinic), (ben, clinic), (carl, lab))]
    for email, name, company in (
        (SIGN_INS[2][0], "Carl", LAB),
        (ROSA, "Rosa", "North Lab"),
        ("hello@norte-milling.example", "Inês", "Norte Milling"),
    ):
        save_contact(actors[0], workspace_id=clinic.pk, email=email, name=name, company=company, now=began)
    patients = {
        code: add_patient(
            actors[1], workspace_id=clinic.pk, code=code, name=name, born=born,
            now=calendar.at(330 - 25 * place, 10, 15),
        )
        for place, (code, name, born) in enumerate(PATIENTS)
    }  # fmt: skip
    return Cast(clinic, lab, *actors, patients)


def _sign_in(email: str, name: str) -> User:
    user = User.objects.create_user(email, PASSWORD, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    shown = {kind: shown_document(kind, language="en").sha256 for kind in DocumentKind}
    accept_documents(Actor(kind=ActorKind.PERSON, id=user.pk), user, shown=shown, now=timezone.now())
    # Told at the start and on /dev/mail: nobody who only looks should have to set up an app first.
    make_totp(user, new_secret(), last_step=0, now=timezone.now())
    return user


def _acting(user: User, workspace: Workspace) -> Actor:
    actor, _ = actor_for_user(
        user, workspace_id=workspace.pk, origin=Origin(request_id="demo"), now=timezone.now()
    )
    return actor
