"""How often one may guess, over all processes and restarts: rows in the database, each counted in one statement."""

import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from arcada.apps.sign_in.models import Failures
from arcada.core.sign_in_rules import MOST_FAILURES, delay_after

CLOSED = timedelta(hours=1)  # what a caller is told who has used up all guesses
REMEMBERED = timedelta(days=400)  # failures in a row, after the last of them
MAIL_WINDOW = timedelta(hours=1)
MAILS = 5


@dataclass(frozen=True, slots=True)
class Key:
    """Whose guesses are counted: `free` before the first delay; a window that forgets, or none."""

    name: str
    window: timedelta | None = None  # None: in a row, until one is right
    allowed: int = 0  # within the window


def of_account(what: str, account: str, device: str = "") -> Key:
    """An account, from anywhere; or from one browser that it knows, which strangers can't lock out."""
    return Key(f"{what}:{account.strip().lower()}:{device}")


def of_address(what: str, address: str) -> Key:
    """An IPv4 address, or the /64 that an IPv6 address can hop around in."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        network = str(ipaddress.ip_network(f"{found}/{32 if found.version == 4 else 64}", strict=False))
    return Key(f"{what}@{network}", window=timedelta(minutes=10), allowed=50)


def of_everybody(what: str) -> Key:
    return Key(f"{what}@*", window=timedelta(minutes=10), allowed=3000)


def mail_to(address: str) -> Key:
    """RL-02"""
    return Key(f"mail to {address.strip().lower()}", window=MAIL_WINDOW, allowed=MAILS)


def mail_by(sender: str) -> Key:
    """RL-02"""
    return Key(f"mail by {sender}", window=MAIL_WINDOW, allowed=MAILS)


def wait_for(keys: Iterable[Key], *, now: datetime) -> timedelta:
    """Count one guess under every key, before it is looked at; how long it must wait instead, or nothing.

    Counting first means that a thousand guesses at once are no more than a thousand in a row.
    """
    keys = tuple(keys)
    with transaction.atomic():
        waits = [_take(key, now=now) for key in keys]
        longest = max(waits, default=timedelta(0))
        if longest:
            transaction.set_rollback(True)  # a guess that is not looked at costs nobody anything
    return longest


def was_right(keys: Iterable[Key], *, now: datetime) -> None:
    """The guess was right: the account's row begins anew, the others give it back."""
    for key in keys:
        if key.window is None:
            Failures.objects.filter(key_hash=_hash(key)).delete()
        else:
            Failures.objects.filter(key_hash=_hash(key), count__gt=0).update(count=F("count") - 1)


def _take(key: Key, *, now: datetime) -> timedelta:
    row = _row(key, now=now)
    if key.window is not None:
        if now - row.first_at >= key.window:
            row.count, row.first_at = 0, now
        if row.count >= key.allowed:
            return row.first_at + key.window - now
        row.count += 1
    else:
        if row.count >= MOST_FAILURES:
            return CLOSED
        if row.next_at > now:
            return row.next_at - now
        row.count += 1
        row.next_at = now + delay_after(row.count)
    row.forgotten_at = now + (key.window or REMEMBERED)
    row.save(update_fields=["count", "first_at", "next_at", "forgotten_at"])
    return timedelta(0)


def _row(key: Key, *, now: datetime) -> Failures:
    rows = Failures.objects.select_for_update()
    found = rows.filter(key_hash=_hash(key)).first()
    if found is None:
        try:
            with transaction.atomic():
                Failures.objects.create(key_hash=_hash(key), first_at=now, next_at=now, forgotten_at=now)
        except IntegrityError:
            pass
        found = rows.get(key_hash=_hash(key))
    return found


def _hash(key: Key) -> bytes:
    return hashlib.sha256(key.name.encode()).digest()
