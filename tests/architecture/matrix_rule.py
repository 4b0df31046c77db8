"""The rule of the authorisation matrix: who, in which relation, is answered what; from core, never from a gate."""

from collections.abc import Iterator

from django.utils import timezone

from arcada.core.access import GRANTABLE_TO_PARTICIPANT, ROLE_PERMISSIONS, Permission
from arcada.core.standing import bars
from tests.architecture.matrix_world import CAST, Kind, Relation, Who
from tests.architecture.permission_table import LOOKS, Answer, Reach, Row

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
DENIED = ("access.denied",)
_BY_NAME = {who.name: who for who in CAST}


def expected(row: Row, who: Who, relation: Relation) -> Answer:
    """Status and audit lines; what a row says itself comes before the rule."""
    for key in (f"{who.name} {relation}", f"* {relation}", who.name):
        if key in row.differs:
            return row.differs[key]
    status, events = _ruled(row, who, relation)
    return status, _told(row, who, status, events)


def _told(row: Row, who: Who, status: int, events: tuple[str, ...]) -> tuple[str, ...]:
    """Whoever is known here and is refused stands in the audit, but where the refusal is no gate's."""
    is_known = who.is_signed_in or (who.kind is Kind.TOKEN and row.is_api)
    return DENIED if status in (403, 404) and is_known and not row.quiet else events


def refused(row: Row, who: Who) -> Answer:
    return 404, _told(row, who, 404, ())


def _ruled(row: Row, who: Who, relation: Relation) -> Answer:
    if row.reach is Reach.OPEN:
        if relation is Relation.NOTHING and row.placeholders:
            return 404, ()
        if not who.is_signed_in:
            return row.status, row.events
        return (row.status if row.known is None else row.known), row.known_events or row.events
    if row.reach is Reach.DOOR:
        if relation is Relation.OWN and who.kind is Kind.RECIPIENT:
            return row.status, row.events
        if relation is Relation.OWN and who.kind is Kind.VISITOR:
            return row.visitor, row.visitor_events
        return 404, ()
    if row.reach is Reach.STAFF:
        is_there = who.kind is Kind.SUPPORT and relation is not Relation.NOTHING
        return (row.status, row.events) if is_there else (404, ())
    if row.reach is Reach.PERSON:
        if not who.is_signed_in:
            return 302, ()
        return (row.status, row.events) if relation is Relation.OWN else (404, ())
    may_come = who.kind is Kind.MEMBER or (who.kind is Kind.TOKEN and row.reach is Reach.API)
    if who.kind is Kind.SUPPORT and row.name in LOOKS:
        return 404, ()
    if not may_come:
        return (401 if row.reach is Reach.API else 302), ()
    return _of_member(row, who, relation)


def _of_member(row: Row, who: Who, relation: Relation) -> Answer:
    if (status := _allows(who, row.first)) != 200:
        return status, ()
    if relation is Relation.OWN:
        status = _allows(who, row.needs)
    elif relation is Relation.SHARED and row.is_shared:
        assert set(row.needs) <= GRANTABLE_TO_PARTICIPANT
        status = _allows(who, row.needs)
    else:
        status = 404
    return (row.status, row.events) if status == 200 else (status, ())


def _allows(who: Who, needs: tuple[Permission, ...]) -> int:
    """200, 404 for what the role does not have, 403 for what it has and something unmet bars: the first that stops."""
    situation = who.situation
    assert situation is not None
    barred = bars(situation, now=timezone.now())
    for permission in needs:
        if permission not in ROLE_PERMISSIONS[situation.role]:
            return 404
        if permission in barred:
            return 403
    return 200


# -------------------------------------------------------------------------------- which cells are asked
def cells(row: Row) -> Iterator[tuple[Who, Relation]]:
    """Everybody asks for what is their own. Whoever comes as far as the view also asks for what is shared, of others,
    and nowhere; the two with the most rights ask for the other workspace's and the partner's other patient.
    """
    for who in CAST:
        yield who, Relation.OWN
    if not row.placeholders:
        return
    coming = comers(row)
    for who in coming:
        for relation in (Relation.SHARED, Relation.FOREIGN, Relation.NOTHING):
            yield who, relation
    for who in coming[:2]:
        for relation in (Relation.BESIDE, Relation.APART):
            yield who, relation


def comers(row: Row) -> list[Who]:
    """Those whom nothing stops before the view itself."""
    kinds = {
        Reach.PAGE: {Kind.MEMBER},
        Reach.API: {Kind.MEMBER, Kind.TOKEN},
        Reach.PERSON: {Kind.MEMBER, Kind.SUPPORT, Kind.WITHOUT_WORKSPACE},
        Reach.STAFF: {Kind.SUPPORT},
        Reach.DOOR: {Kind.VISITOR, Kind.RECIPIENT},
        Reach.OPEN: {Kind.NOBODY},
    }[row.reach]
    found = [who for who in CAST if who.kind in kinds]
    if row.reach in (Reach.STAFF, Reach.OPEN):
        found.append(_BY_NAME["owner"])
    if row.reach is Reach.PERSON:
        found = [who for who in found if who.name in ("owner", "viewer", "suspended", "put_out", "support")]
    return found


def head_askers(row: Row) -> list[Who]:
    """HEAD is asked by one who may, one who may less, and nobody."""
    names = {Reach.STAFF: ("support", "owner"), Reach.DOOR: ("recipient", "visitor")}.get(
        row.reach, ("owner", "billing", "token" if row.is_api else "support")
    )
    return [_BY_NAME[name] for name in (*names, "anonymous")]


def strangers_to_methods(row: Row) -> list[Who]:
    """Who tries the methods that no row speaks of: the one who may most here, and nobody."""
    most = {Reach.STAFF: "support", Reach.DOOR: "recipient"}.get(
        row.reach, "token" if row.is_api else "owner"
    )
    return [_BY_NAME[most], _BY_NAME["anonymous"]]
