"""What happened in the demo practice: visits, the crown on 14 through three designs, a share, other cases."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F

from arcada.apps.cases.actions import add_design, invite_participant, open_case
from arcada.apps.cases.models import Case
from arcada.apps.cases.scene import label_teeth
from arcada.apps.mail.models import OutgoingMail
from arcada.apps.records.actions import confirm_picture
from arcada.apps.records.collections import edit_collection, open_collection
from arcada.apps.records.models import Collection, Record
from arcada.apps.reviews.actions import add_comment, open_thread, resolve_thread
from arcada.apps.reviews.deciding import decide_case
from arcada.apps.sharing.access import invited_for, recipient_for
from arcada.apps.sharing.actions import NamedRecipient, create_share
from arcada.apps.sharing.entering import open_share, prove_by_code, send_code
from arcada.apps.sharing.models import Recipient, Share
from arcada.core.access import Actor, Origin, Permission
from arcada.core.anatomy import Jaw
from arcada.core.case_flow import RecordState
from arcada.core.decisions import Verdict
from arcada.core.geometry.mesh import Mesh
from arcada.core.images.drawn import draw_radiograph
from arcada.core.share_terms import AccessLevel, ShareTerms
from arcada.demo import made_files
from arcada.demo.calendar import Calendar
from arcada.demo.delivery import deliver, deliver_offer, deliver_with_companions, wait_until_judged
from arcada.demo.people import ROSA, Cast
from arcada.demo.surface_points import middle_of, pin_on

Say = Callable[[str], None]

LAB_MAY = frozenset(
    {Permission.VIEW, Permission.DOWNLOAD, Permission.COMMENT, Permission.ADD_DESIGN, Permission.DECIDE}
)
CROWN_TEETH = made_files.SEED, made_files.TOOTH


def tell_story(cast: Cast, calendar: Calendar, say: Say) -> None:
    """Everything that happens, in an order that lets the workers judge while the next files are made."""
    say("P-0218: the visit for crown 14 …")
    files, upper, lower = made_files.crown_visit()
    visit = _open(cast, "P-0218", calendar, 8, "crown-and-bridge", "Crown 14, preparation")
    records = deliver(cast.ben, visit, files, now=calendar.at(8, 8, 51))
    case = open_case(
        cast.ada, visit, code="A-1042", title="Crown 14, zirconia", decide_by=calendar.next_evening(),
        records=[records[slot] for slot in ("upper_jaw", "lower_jaw", "preparation", "pre_op")],
        now=calendar.at(8, 9, 30),
    )  # fmt: skip
    invite_participant(cast.ada, case, workspace=cast.lab, permissions=LAB_MAY, now=calendar.at(8, 9, 32))
    _label_teeth(cast, case, records, {"upper_jaw": upper, "lower_jaw": lower}, calendar.at(8, 9, 36))
    splint = open_case(
        cast.ada, visit, code="A-1045", title="Splint", records=[records["upper_jaw"], records["lower_jaw"]],
        now=calendar.at(1, 15, 0),
    )  # fmt: skip
    invite_participant(cast.ada, splint, workspace=cast.lab, permissions=LAB_MAY, now=calendar.at(1, 15, 2))

    open_thread(cast.ben, splint, text="The bite scan of the right side follows.", now=calendar.at(1, 15, 3))

    say("A-1042: version 1 of the crown …")
    first, _ = _design(cast, case, 1, None, calendar.at(6, 11, 20))
    wait_until_judged([*records.values(), first])
    panoramic = records["panoramic"]
    panoramic.refresh_from_db()
    confirm_picture(cast.ben, panoramic, now=calendar.at(6, 15, 50))
    decide_case(
        cast.ada, case, verdict=Verdict.CHANGES_REQUESTED, note="The margin is short at the palatal side.",
        now=calendar.at(6, 16, 5),
    )  # fmt: skip

    say("A-1042: version 2, comments on the surface …")
    second, crown = _design(cast, case, 2, first, calendar.at(4, 9, 40))
    say("P-0218: an archive of the teeth before …")
    recall = _open(cast, "P-0218", calendar, 201, "archive-3-2", "Recall")
    archive = deliver(
        cast.ben, recall, made_files.archive_visit(made_files.SEED), now=calendar.at(201, 10, 5)
    )
    wait_until_judged([second])
    contact = open_thread(
        cast.ada, case, text="Contact to 15 is open. Please close it.", record=second,
        pin=pin_on(crown, Jaw.MAXILLA, *CROWN_TEETH, distal=1.0).as_pin(), now=calendar.at(4, 13, 10),
    )  # fmt: skip
    canine = open_thread(
        cast.ada, case, text="Early contact in protrusion.", record=records["lower_jaw"],
        pin=pin_on(lower, Jaw.MANDIBLE, made_files.SEED, 43, buccal=1.0).as_pin(), now=calendar.at(4, 13, 14),
    )  # fmt: skip
    decide_case(
        cast.ada,
        case,
        verdict=Verdict.CHANGES_REQUESTED,
        note="Close the contact to 15.",
        now=calendar.at(4, 13, 20),
    )
    add_comment(cast.carl, canine, text="Took off 0.15 mm.", now=calendar.at(3, 10, 2))
    resolve_thread(cast.ada, canine, now=calendar.at(3, 10, 30))

    say("A-1042: version 3, for Dr Ada to decide …")
    third, crown = _design(cast, case, 3, second, calendar.at(0, 9, 12))
    others = _other_patients(cast, calendar, say)
    wait_until_judged([third])
    add_comment(
        cast.carl, contact, now=calendar.at(0, 9, 14),
        text="Closed in version 3: 0.02 mm overlap. Is the emergence still wide enough for floss?",
    )  # fmt: skip
    open_thread(
        cast.ben, case, text="Shade was taken here, before the preparation: A3, not A3.5.",
        record=records["upper_jaw"], now=calendar.at(0, 9, 40),
        pin=pin_on(upper, Jaw.MAXILLA, made_files.SEED, 16, buccal=1.0).as_pin(),
    )  # fmt: skip
    _first_visit(cast, calendar)
    say("S-0312: Rosa is asked …")
    _shares(cast, calendar, case, [records["upper_jaw"], records["lower_jaw"], third], third, crown)
    say("The last files are being checked …")
    wait_until_judged([*archive.values(), *others])
    # The workers' clock is the real one; on the pages each file was ready when the story says it came.
    ready = Record.objects.filter(state=RecordState.READY)
    ready.update(ready_at=F("created_at") + timedelta(seconds=12))


def _label_teeth(
    cast: Cast, case: Case, records: dict[str, Record], meshes: dict[str, Mesh], now: datetime
) -> None:
    """The assistant says which tooth is which, second molar to second molar."""
    jaws = {"upper_jaw": (Jaw.MAXILLA, (1, 2)), "lower_jaw": (Jaw.MANDIBLE, (3, 4))}
    labels = [
        {
            "tooth_fdi": 10 * quadrant + place,
            "record": str(records[slot].pk),
            "point": middle_of(meshes[slot], jaw, made_files.SEED, 10 * quadrant + place),
        }
        for slot, (jaw, quadrants) in jaws.items()
        for quadrant in quadrants
        for place in range(1, 8)
    ]
    label_teeth(cast.ben, case, labels=labels, now=now)


def _open(cast: Cast, code: str, calendar: Calendar, days: int, standard: str, title: str) -> Collection:
    return open_collection(
        cast.ben, cast.patients[code], taken_on=calendar.day(days), standard_name=standard, title=title,
        now=calendar.at(days, 8, 40),
    )  # fmt: skip


def _design(
    cast: Cast, case: Case, version: int, before: Record | None, now: datetime
) -> tuple[Record, Mesh]:
    data, crown = made_files.crown_design(version)
    if before is not None:
        before.refresh_from_db()
    offer = add_design(
        cast.carl,
        case,
        name=f"crown_14_v{version}.stl",
        size=len(data),
        title="Crown 14",
        supersedes=before,
        now=now,
    )
    return deliver_offer(cast.carl, offer, data, now=now), crown


def _first_visit(cast: Cast, calendar: Calendar) -> None:
    """Older than everything else: a radiograph and a note in a collection without rules."""
    visit = _open(cast, "P-0218", calendar, 435, "free-collection", "First visit")
    note = b"First visit. Bruxism, wears a splint at night. Recall every six months.\n"
    radiograph = draw_radiograph("periapical", made_files.SEED, with_identity=True)
    files: made_files.Files = {"periapical": ("pa_14.jpg", radiograph), "document": ("note.txt", note)}
    wait_until_judged(deliver(cast.ben, visit, files, now=calendar.at(435, 9, 0)).values())
    edit_collection(
        cast.ben, visit, taken_on=visit.taken_on, title=visit.title, description="", now=calendar.at(435, 9, 30),
        tags=["prosthetics", "bruxism", "recall 6 months"],
    )  # fmt: skip


def _other_patients(cast: Cast, calendar: Calendar, say: Say) -> list[Record]:
    say("P-0217, P-0214, P-0211, P-0209: other patients …")
    sent: list[Record] = []

    visit = _open(cast, "P-0217", calendar, 1, "archive-3-2", "New records")
    files = made_files.jaws(217)
    files["lower_jaw"] = ("lower_final.stl", made_files.cut_short(217))
    sent += deliver(cast.ben, visit, files, now=calendar.at(1, 16, 20)).values()

    visit = _open(cast, "P-0214", calendar, 3, "crown-and-bridge", "Veneers 11–21")
    records = deliver(cast.ben, visit, made_files.jaws(214), now=calendar.at(3, 11, 0))
    sent += records.values()
    veneers = _case_with_lab(cast, visit, "A-1037", "Veneers 11–21", calendar, 3)
    open_thread(cast.carl, veneers, text="Shade for 21, A2 or A3?", now=calendar.at(0, 10, 40))

    visit = _open(cast, "P-0211", calendar, 5, "crown-and-bridge", "Bridge 34–36")
    sent += deliver(cast.ben, visit, made_files.jaws(211), now=calendar.at(5, 14, 0)).values()
    bridge = _case_with_lab(cast, visit, "A-1040", "Design of bridge 34–36", calendar, 5)
    open_thread(
        cast.ada, bridge, text="Please leave room to clean under the pontic at 35.", now=calendar.at(2, 12, 0)
    )

    visit = _open(cast, "P-0209", calendar, 2, "free-collection", "Full arch, lower")
    textured = made_files.textured_jaw(209)
    sent.append(deliver_with_companions(cast.ben, visit, "upper_jaw", textured, now=calendar.at(2, 9, 0)))
    full_arch = _case_with_lab(cast, visit, "A-1044", "Full arch, lower", calendar, 2)
    open_thread(
        cast.ben, full_arch, text="Could you quote for zirconia and for titanium?", now=calendar.at(1, 17, 40)
    )
    return sent


def _case_with_lab(
    cast: Cast, visit: Collection, code: str, title: str, calendar: Calendar, days: int
) -> Case:
    case = open_case(cast.ada, visit, code=code, title=title, now=calendar.at(days, 17, 30))
    invite_participant(cast.ada, case, workspace=cast.lab, permissions=LAB_MAY, now=calendar.at(days, 17, 31))
    return case


def _shares(
    cast: Cast, calendar: Calendar, case: Case, records: list[Record], design: Record, crown: Mesh
) -> None:
    """Two earlier shares and the one Rosa opened three times and answered."""
    look = frozenset({Permission.VIEW, Permission.COMMENT})
    rosa = NamedRecipient(ROSA, "Rosa", "North Lab")
    for note, days in (("A second opinion on the wear, please.", 2), ("For your files.", 1)):
        terms = ShareTerms(
            AccessLevel.EMAIL_VERIFIED, look, calendar.at(days, 12, 0) + timedelta(days=7), note=note
        )
        create_share(
            cast.ada, case, terms=terms, recipients=[rosa], records=records[:2], now=calendar.at(days, 12, 0)
        )
    terms = ShareTerms(
        AccessLevel.EMAIL_VERIFIED, look | {Permission.DECIDE}, calendar.at(0, 9, 58) + timedelta(days=14),
        note="Rosa, please look at the contact to 15 and the cusp length.",
    )  # fmt: skip
    new = create_share(
        cast.ada, case, terms=terms, recipients=[rosa], records=records, now=calendar.at(0, 9, 58)
    )
    thread = open_thread(
        cast.ada, case, record=design, now=calendar.at(0, 9, 59),
        text="Rosa, would you make the cusp a little longer here? The smile line is high.",
        pin=pin_on(crown, Jaw.MAXILLA, *CROWN_TEETH, buccal=1.0).as_pin(),
    )  # fmt: skip
    visitors = [
        _rosa_opens(new.share, calendar, minute, browser) for browser, minute in enumerate((20, 31, 44))
    ]
    add_comment(
        visitors[-1], thread, text="By 0.3 mm, no more: the canine guides.", now=calendar.at(0, 10, 46)
    )


def _rosa_opens(share: Share, calendar: Calendar, minute: int, browser: int) -> Actor:
    """Rosa in one more browser: asks for the code, reads it in her mail, opens the review."""
    recipient = Recipient.objects.get(share=share, email=ROSA)

    def invited():  # type: ignore[no-untyped-def]
        return invited_for(
            share.pk,
            recipient_id=recipient.pk,
            browser_secret=f"demo {share.pk} {browser}",
            now=calendar.at(0, 10, minute),
        )

    send_code(invited(), language="en", now=calendar.at(0, 10, minute))
    mail = OutgoingMail.objects.filter(kind="share_code", to=ROSA).latest("created_at")
    found = re.search(r"\b[A-Z2-9]{8}\b", mail.text)
    assert found is not None
    prove_by_code(invited(), plain=found[0], now=calendar.at(0, 10, minute))
    actor = recipient_for(invited(), origin=Origin(request_id="demo"))
    open_share(actor, invited(), now=calendar.at(0, 10, minute))
    return actor
