"""Forms that make no sense: never a failure inside, and what is refused writes nothing (RL-03, RL-04)."""

import random
from collections import Counter
from collections.abc import Iterable

import pytest
from django.conf import settings

from tests.rough.bad import Bad, drawn, odd_forms, odd_values
from tests.rough.surface import FORMS, Address, House, addresses
from tests.rough.watching import Watch

pytestmark = pytest.mark.django_db
PAGES = [one for one in addresses() if not one.is_api]
# A code that was wrong is counted with the code: that is what this refusal is for.
COUNTS_TRIES = {"share-open": {"sharing_code", "sharing_share"}, "request-open": {"sharing_requestcode"}}


class Sender:
    """Sends bad requests and keeps what came back, and what it left behind."""

    def __init__(self, house: House) -> None:
        self.house, self.watch = house, Watch()
        self.answers: Counter[int] = Counter()
        self.failed: list[object] = []
        self.failures_before = failures_logged()

    def send(self, address: Address, who: str, many: Iterable[Bad]) -> None:
        form = FORMS.get(address.name)
        query = f"?{self.house.filled(form.query, address)}" if form and form.query else ""
        path = self.house.path(address) + query
        for bad in many:
            with self.house.undone(who) as browser, self.watch.on():
                answer = browser.generic(bad.method, path, bad.body, content_type=bad.kind)
                status = answer.status_code
                left = [] if status < 400 else self.watch.changed()
            left = [table for table in left if table not in COUNTS_TRIES.get(address.name, ())]
            self.answers[status] += 1
            if status >= 500 or left:
                self.failed.append((address.name, who, bad.what, status, left))

    def judge(self, at_least: int) -> None:
        total = sum(self.answers.values())
        print(f"{total} requests: {dict(sorted(self.answers.items()))}; failures inside: {len(self.failed)}")
        tracebacks = failures_logged() - self.failures_before
        assert self.failed == []
        assert total >= at_least
        assert tracebacks == 0


def failures_logged() -> int:
    """How many times the log tells of an exception that nobody expected."""
    lines = (
        line
        for log in (settings.ENV.data / "logs").glob("*.jsonl")
        for line in log.read_text("utf-8").splitlines()
    )
    return sum('"status": 500' in line and '"failed"' in line for line in lines)


def fields_of(house: House, address: Address) -> dict[str, str]:
    form = FORMS.get(address.name)
    return house.filled(form.body, address) if form else {"text": "a"}


def who_sends(address: Address) -> str:
    form = FORMS.get(address.name)
    return form.who if form else "ada"


def test_rl_03_forms_by_hand_and_drawn_never_fail_inside(house: House) -> None:
    """RL-03, RL-04: 500 by hand and 2,000 drawn, of every address; whoever may send it, nobody, and a visitor."""
    sender, chance = Sender(house), random.Random(26)
    by_hand = 0
    for address in PAGES:
        fields = fields_of(house, address)
        hand = chance.sample(odd_forms(fields), 4)
        by_hand += len(hand)
        sender.send(address, who_sends(address), hand)
        values = odd_values(fields) if address.name in FORMS else []
        sender.send(address, who_sends(address), chance.sample(values, min(8, len(values))))
        sender.send(address, who_sends(address), drawn(fields, chance, 6))
        for stranger in ("anon", "rosa", "nina"):
            sender.send(address, stranger, drawn(fields, chance, 1))
    print(f"{by_hand} of them by hand")
    assert by_hand >= 500
    sender.judge(at_least=2_500)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("terms", {}),
        ("account_still_you", {"password": "correct horse battery staple"}),
    ],
)
def test_a_way_on_that_is_no_address_leads_home(house: House, name: str, fields: dict[str, str]) -> None:
    """Found by RL-03: `next=on` was taken for the name of a page, and there was none."""
    address = next(one for one in PAGES if one.name == name)
    answer = house.browsers["ada"].post(house.path(address), fields | {"next": "on"})
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.full
def test_rl_03_every_odd_form_and_every_odd_value_in_every_field(house: House) -> None:
    """RL-03: all of them, and thirty mixtures of each form by each of four senders."""
    sender, chance = Sender(house), random.Random(27)
    for address in PAGES:
        fields = fields_of(house, address)
        sender.send(address, who_sends(address), odd_forms(fields))
        sender.send(address, who_sends(address), odd_values(fields) if address.name in FORMS else [])
        for who in {who_sends(address), "anon", "rosa", "nina"}:
            sender.send(address, who, drawn(fields, chance, 30))
    sender.judge(at_least=20_000)
