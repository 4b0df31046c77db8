"""Views are counted once for each person who consented to open, exactly, also under load (SL-08)."""

import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections
from django.test import Client

from tests.cast import Person, Visitor, body_of, make_share, visitor_of

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case


def views(visitor: Visitor) -> int:
    from arcada.apps.sharing.models import Share

    return Share.objects.get(pk=visitor.share.pk).view_count


def test_sl_08_owners_bots_heads_and_ranges_do_not_count(
    rosa_invited: Visitor, dr_ada: Person, shared_case: "Case"
) -> None:
    """SL-08"""
    new = make_share(dr_ada, shared_case, level="open_link", recipients=())
    bot = visitor_of(new)
    bot.browser = Client(headers={"user-agent": "Slackbot-LinkExpanding 1.0"})
    assert bot.come_in().status_code == 200
    owner = visitor_of(new)
    owner.browser.force_login(dr_ada.user)
    assert owner.come_in().status_code == 200
    assert views(bot) == 0

    guest = visitor_of(new)
    guest.come_in()
    assert views(guest) == 1
    page = guest.browser.get(f"{guest.base}/")
    import json

    url = json.loads(page.context["manifest"])["records"][0]["full"]["url"]
    for part in range(40):
        piece = guest.browser.get(url, headers={"Range": f"bytes={part * 100}-{part * 100 + 99}"})
        assert piece.status_code == 206 and len(body_of(piece)) == 100
        guest.browser.head(f"{guest.base}/")
    guest.browser.post(f"{guest.base}/open", {"name": "Again"})
    assert views(guest) == 1
    print("84 requests checked")


def test_sl_08_scanners_and_previews_that_press_the_button_do_not_count(
    dr_ada: Person, shared_case: "Case"
) -> None:
    """SL-08: also those that call themselves a browser; and a look without a press never counts."""
    from tests.core.test_visitors import CHROME, GIVEN_AWAY, NAVIGATION, PEOPLE, PROGRAMS

    new = make_share(dr_ada, shared_case, level="open_link", recipients=())
    machines = [{**NAVIGATION, "User-Agent": agent} for agent in PROGRAMS[::5]]
    machines += [{**NAVIGATION, "User-Agent": CHROME, **given} for given in GIVEN_AWAY]
    machine = visitor_of(new)
    for headers in machines:
        machine = visitor_of(new)
        machine.browser = Client(headers=headers)
        machine.come_in()
        machine.browser.head(f"{machine.base}/")
        assert views(machine) == 0, headers
    for number, agent in enumerate(PEOPLE[:3], start=1):
        person = visitor_of(new)
        person.browser = Client(headers={**NAVIGATION, "User-Agent": agent})
        person.come_in()
        assert views(person) == number, agent
    print(f"{len(machines)} programs and 3 people checked")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "postgresql" not in str(connection.vendor), reason="threads need PostgreSQL; SQLite is one in memory"
)
def test_sl_08_fifty_at_once_are_fifty(dr_ada: Person, shared_case: "Case") -> None:
    """SL-08: 50 parallel viewers, each pressing the button twice at once, are exactly 50 views."""
    from arcada.apps.sharing.models import Visit

    new = make_share(dr_ada, shared_case, level="open_link", recipients=())
    guests = [visitor_of(new, name=f"Guest {number}") for number in range(50)]
    for guest in guests:
        guest.knock()
    barrier = threading.Barrier(10)
    wrong: list[object] = []

    def visit(mine: list[Visitor]) -> None:
        try:
            for guest in mine:
                barrier.wait(60)
                answer = guest.browser.post(f"{guest.base}/open", {"name": guest.name})
                if answer.status_code != 302:
                    wrong.append(answer.status_code)
        finally:
            connections.close_all()

    halves = [guests[start::5] for start in range(5)] * 2
    threads = [threading.Thread(target=visit, args=(mine,)) for mine in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert wrong == []
    assert (views(guests[0]), Visit.objects.count()) == (50, 50)
    print("100 parallel opens of 50 people checked")
