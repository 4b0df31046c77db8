"""A hundred writers at once. Run as a program it makes an installation of its own on SQLite, in the folder given."""

import sys
import threading
from uuid import UUID

from tests.cast import NOW

CHAINS = [UUID(int=7), UUID(int=8)]


def write_at_once(writers: int = 100, *, rounds: int = 2, connections_at_once: int = 100) -> list[str]:
    """Each writer records in both chains in one transaction, odd ones in the other order; the troubles they had."""
    from django.db import connections, transaction

    from arcada.apps.audit.actions import record
    from arcada.core.access import Actor

    ready = threading.Barrier(writers)
    room = threading.BoundedSemaphore(connections_at_once)
    troubles: list[str] = []

    def write(number: int) -> None:
        try:
            ready.wait(60)
            with room:
                for _ in range(rounds):
                    with transaction.atomic():
                        for chain in CHAINS if number % 2 else reversed(CHAINS):
                            record(Actor.system(), "case.viewed", now=NOW, workspace_id=chain)
                connections.close_all()
        except BaseException as trouble:
            troubles.append(f"{type(trouble).__name__}: {trouble}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return troubles


def faults() -> list[str]:
    """What is wrong with the two chains after it: nothing."""
    from arcada.apps.audit.verifying import verify_chains

    return [
        f"{checked.chain}: {checked.verdict.good} good, {checked.verdict.bad}"
        for checked in verify_chains()
        if checked.chain in CHAINS and (checked.verdict.good, checked.verdict.bad) != (200, None)
    ]


if __name__ == "__main__":
    from arcada.commands.migrate import migrate_database
    from arcada.commands.setup_django import setup_django

    setup_django()
    migrate_database(quiet=True)
    found = write_at_once() + faults()
    print("\n".join(found))
    sys.exit(1 if found else 0)
