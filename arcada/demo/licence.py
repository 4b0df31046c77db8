"""The dentist's licence in the demo: stated with a made-up number, reviewed, its evidence gone, looked at again."""

import io

from PIL import Image, ImageDraw

from arcada.apps.accounts.models import User, Workspace
from arcada.apps.accounts.queries import actor_for_user
from arcada.apps.licences.actions import add_evidence, apply_licence, forget_evidence
from arcada.apps.licences.deciding import Opinion, review_licence
from arcada.core.access import Actor, ActorKind, Origin
from arcada.core.licence import Lookup, Verdict, read_number
from arcada.core.licence_authorities import Profession
from arcada.demo.calendar import Calendar

NUMBER = "CRO-SP 98.765"  # made up
REVIEWER = "rita@operator.example"


def verify_dentist(dentist: User, clinic: Workspace, calendar: Calendar) -> None:
    """A year and more ago a reviewer of the operator verified it; two months ago she looked again."""
    applied, decided, again = calendar.at(399, 9, 30), calendar.at(398, 14, 5), calendar.at(60, 11, 20)
    actor, _ = actor_for_user(dentist, workspace_id=clinic.pk, origin=Origin(request_id="demo"), now=applied)
    number = read_number("CRO", NUMBER, place="SP", profession=Profession.DENTIST)
    licence = apply_licence(actor, number=number, typed=NUMBER, expires_on=None, now=applied)
    add_evidence(actor, licence, name="cro.png", data=_card(), now=applied)
    rita = User.objects.create_user(REVIEWER, None, name="Rita, of the operator", is_staff=True)
    reviewer = Actor(kind=ActorKind.PERSON, id=rita.pk, name=rita.name, origin=Origin(request_id="demo"))
    for now, reason in (
        (decided, "Found in the register of the council, same name and number."),
        (again, "Looked at again: still registered."),
    ):
        licence.refresh_from_db()
        opinion = Opinion(Verdict.APPROVE, reason, Lookup.FOUND, now.date())
        review_licence(reviewer, licence, opinion=opinion, version=licence.version, now=now)
        forget_evidence(now=again)


def _card() -> bytes:
    """A card that nobody takes for a real one."""
    card = Image.new("RGB", (640, 400), "white")
    pen = ImageDraw.Draw(card)
    pen.rectangle((16, 16, 624, 384), outline="black", width=3)
    for line, text in enumerate(("MADE UP FOR THE DEMO", "Dr Ada Lima", NUMBER)):
        pen.text((48, 60 + 60 * line), text, fill="black")
    file = io.BytesIO()
    card.save(file, "PNG")
    return file.getvalue()
