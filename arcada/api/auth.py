"""Who is asking: a person by session, a machine by token. One actor for pages and API."""

import hashlib
import ipaddress
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone

from arcada.api.looks import is_look
from arcada.api.operators import is_operator
from arcada.apps.accounts.queries import actor_for_token, actor_for_user
from arcada.apps.row_scope import act_as
from arcada.apps.sign_in.queries import Look, is_live, look_at
from arcada.apps.sign_in.sessions import see_better_standing, touch
from arcada.apps.support.access import goes_on, support_actor
from arcada.core.access import Actor, ActorKind, Origin
from arcada.core.errors import Barred, NotFound
from arcada.core.sign_in_rules import SessionState, is_fresh

if TYPE_CHECKING:
    from arcada.apps.accounts.models import Workspace

WORKSPACE_KEY = "workspace"
SESSION_KEY = "sign_in_session"  # in Django's session: the id of ours
SUPPORT_KEY = "support_access"  # in Django's session: by what a staff member looks into a workspace
# What pages ask by themselves is no sign of a person (SE-04).
BACKGROUND = "X-Arcada-Background"
POLLED = "/api/v1/events"


def origin_of(request: HttpRequest) -> Origin:
    """What the audit may know of a request: no full address, no session key."""
    session = getattr(request, "session", None)
    key = getattr(session, "session_key", None) or ""
    return Origin(
        request_id=getattr(request, "id", ""),
        session_hash=hashlib.sha256(key.encode()).hexdigest()[:16] if key else "",
        ip_truncated=truncated(request.META.get("REMOTE_ADDR", "")),
        session_id=_said_id(request),
    )


def truncated(address: str) -> str:
    """The network of an address: /24 of IPv4, /48 of IPv6 (LG-04)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    width = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network(f"{found}/{width}", strict=False))


def _said_id(request: HttpRequest) -> UUID | None:
    session = getattr(request, "session", None)
    said = session.get(SESSION_KEY) if session is not None else None
    return UUID(said) if said else None


def look_at_session(request: HttpRequest) -> Look | None:
    """The session of a request as it is now, asked once; None for nobody. Looking is activity, unless a page polls."""
    if not hasattr(request, "arcada_look"):
        found = None
        user = getattr(request, "user", AnonymousUser())
        session_id = _said_id(request) if user.is_authenticated else None
        if session_id is not None:
            found = look_at(session_id, user, now=timezone.now())
            if found is not None and found.state is SessionState.OPEN:
                see_better_standing(found.session, user)
                if not (BACKGROUND in request.headers or request.path == POLLED):
                    touch(found.session, now=timezone.now())
        request.arcada_look = found  # type: ignore[attr-defined]
    look: Look | None = request.arcada_look  # type: ignore[attr-defined]
    return look


def state_of_session(request: HttpRequest) -> SessionState:
    """Nobody's session has ended."""
    look = look_at_session(request)
    return look.state if look is not None else SessionState.ENDED


def session_actor(request: HttpRequest) -> Actor | None:
    """The signed-in person in the workspace they chose; kept on the request, with the workspace.

    None while the session is idle or lacks the second factor that the person's work demands.
    """
    if not hasattr(request, "arcada_actor"):
        actor, workspace = None, None
        if state_of_session(request) is SessionState.OPEN:
            actor, workspace = (is_look(request) and looking_actor(request)) or actor_for_user(
                request.user,  # type: ignore[arg-type]
                workspace_id=_chosen(request),
                origin=origin_of(request),
                now=timezone.now(),
            )
            act_as(actor, is_staff=request.user.is_staff)  # type: ignore[union-attr]
        request.arcada_actor = actor  # type: ignore[attr-defined]
        request.arcada_workspace = workspace  # type: ignore[attr-defined]
    found: Actor | None = request.arcada_actor  # type: ignore[attr-defined]
    return found


def looking_actor(request: HttpRequest) -> "tuple[Actor, Workspace] | None":
    """Staff in the workspace that they look into now; None without a live access, or from a foreign address."""
    chosen = request.session.get(SUPPORT_KEY)
    if not chosen or not is_operator(request, look_at_session(request)):
        return None
    return support_actor(request.user, UUID(chosen), origin=origin_of(request), now=timezone.now())  # type: ignore[arg-type]


def person_of_session(request: HttpRequest) -> Actor | None:
    """Whoever signed in, also before the second factor: for one's own sign-in and the first workspace only."""
    if state_of_session(request) not in (SessionState.OPEN, SessionState.NEEDS_FACTOR):
        return None
    actor, _ = actor_for_user(
        request.user,  # type: ignore[arg-type]
        workspace_id=_chosen(request),
        origin=origin_of(request),
        now=timezone.now(),
    )
    act_as(actor)
    return actor


def _chosen(request: HttpRequest) -> UUID | None:
    chosen = request.session.get(WORKSPACE_KEY)
    return UUID(chosen) if chosen else None


def has_fresh_proof(request: HttpRequest) -> bool:
    """The person proved who they are within ten minutes (SE-09)."""
    look = look_at_session(request)
    return look is not None and is_fresh(look.session.proven_at, now=timezone.now())


def demand_person(actor: Actor) -> None:
    """What asks for a fresh proof is never done by a token: it has nobody to ask (SE-09)."""
    if actor.kind is ActorKind.TOKEN:
        raise Barred("This asks for a person who proves who they are; a token can't.", code="person_needed")


def is_going_on(actor: Actor) -> bool:
    """True while the session, and support's access, that the actor came by have not ended: streams ask (SE-06)."""
    if actor.support is not None and not goes_on(actor.support, now=timezone.now()):
        return False
    return actor.origin.session_id is None or is_live(actor.origin.session_id, now=timezone.now())


def token_actor(request: HttpRequest) -> Actor | None:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        return None
    actor = actor_for_token(secret.strip(), now=timezone.now(), origin=origin_of(request))
    if actor is not None:
        act_as(actor)
    return actor


def actor_of(request: HttpRequest) -> Actor:
    """Whoever asks; NotFound when nobody is signed in (pages redirect before it comes to that)."""
    actor = session_actor(request)
    if actor is None:
        raise NotFound
    return actor
