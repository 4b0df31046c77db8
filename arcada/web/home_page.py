"""Home (what needs you, what waits, the four areas), search, language, and the mails of a development machine."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from arcada.api.auth import session_actor
from arcada.apps.accounts.access import workspace_for
from arcada.apps.accounts.actions import edit_profile
from arcada.apps.accounts.queries import contacts_of
from arcada.apps.cases.queries import open_cases_of, partners_of
from arcada.apps.patients.queries import find_patients, patients_of
from arcada.apps.records.queries import collections_in_trouble
from arcada.apps.reviews.queries import find_cases, standings_of, states_of
from arcada.apps.sharing.queries import sent_counts, shares_of
from arcada.apps.sign_in.queries import codes_of_demo
from arcada.core.access import Actor, Permission
from arcada.web.here import signed_in
from arcada.web.turn_words import say_turn

FEW = 3
# Beyond this the page says "or more": counting all of a large practice would be what makes it slow.
COUNTED = 1000


@require_safe
@signed_in
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A constant number of queries, whatever the workspace holds."""
    workspace_id = actor.workspace_id
    assert workspace_id is not None  # signed_in saw to it
    if Permission.VIEW not in actor.permissions:
        return redirect("settings")
    cases = list(open_cases_of(actor)[:40])
    standings = standings_of(cases)
    states = {case_id: standing.state for case_id, standing in standings.items()}
    mine, theirs = [], []
    for case in cases:
        turn = say_turn(actor, standings[case.pk].turn)
        row = {"case": case, "state": states[case.pk], "turn": turn}
        (mine if turn.is_ours else theirs).append(row)
    facts = {
        "mine": mine[:8],
        "theirs": theirs[:8],
        "trouble": collections_in_trouble(workspace_id)[:5],
        "patients": patients_of(workspace_id)[:FEW],
        "patient_count": patients_of(workspace_id)[:COUNTED].count(),
        "counted": COUNTED,
        "cases": cases[:FEW],
        "case_count": len(cases),
        "shares": shares_of(workspace_id)[:FEW],
        "shares_sent": sent_counts(workspace_id)["sent"],
        "contacts": contacts_of(workspace_id)[:FEW],
        "contact_count": contacts_of(workspace_id).count(),
        "partners": partners_of(actor)[:FEW],
        "states": states,
        "may_add": Permission.ADD_PATIENT in actor.permissions,
    }
    return render(request, "home/home.html", facts)


@require_safe
@signed_in
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Patients by code or name (where one may see identities), cases by code or title."""
    query = " ".join(request.GET.get("q", "").split())[:80]
    assert actor.workspace_id is not None
    workspace_for(actor, Permission.VIEW)
    may_search_names = Permission.SEE_IDENTITY in actor.permissions
    patients = (
        find_patients(actor.workspace_id, query, may_search_names=may_search_names)[:20] if query else []
    )
    cases = list(find_cases(actor, query)[:20]) if query else []
    facts = {"query": query, "patients": patients, "cases": cases, "states": states_of(cases)}
    return render(request, "home/search.html", facts)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie, and with the person when signed in."""
    chosen = request.POST.get("language", "")
    following = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()}):
        following = "/"
    answer = HttpResponseRedirect(following)
    if chosen in dict(settings.LANGUAGES):
        actor = session_actor(request)
        if actor is not None:
            user: Any = request.user
            edit_profile(actor, user, name=user.name, language=chosen, now=timezone.now())
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 24 * 3600, samesite="Lax", httponly=True,
            secure=settings.ENV.is_production,
        )  # fmt: skip
    return answer


@require_safe
def dev_mail(request: HttpRequest, name: str = "") -> HttpResponse:
    """The mails that a development machine keeps as files; not there in production."""
    url = urlsplit(settings.ENV.mail_url)
    if settings.ENV.is_production or url.scheme != "file":
        raise Http404
    folder = Path(unquote(url.path))
    files = sorted(folder.glob("*.eml"), reverse=True) if folder.is_dir() else []
    if name:
        chosen = next((file for file in files if file.name == name), None)
        if chosen is None:
            raise Http404
        return render(request, "dev/mail.html", {"mail": _mail(chosen)})
    facts = {"mails": [_mail(file) for file in files[:200]], "codes": codes_of_demo(now=timezone.now())}
    return render(request, "dev/mails.html", facts)


def _mail(file: Path) -> dict[str, object]:
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    return {
        "name": file.name, "to": message["To"], "subject": message["Subject"], "date": message["Date"],
        "text": body.get_content() if body else "",
    }  # fmt: skip


urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("search", search, name="search"),
    path("language", language, name="language"),
    path("dev/mail", dev_mail, name="dev-mail"),
    path("dev/mail/<str:name>", dev_mail, name="dev-mail-show"),
]
