"""What templates say often: icons, marks of findings, sizes, built scripts."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from arcada.core.slots import title_of
from arcada.web.aspect_words import say_aspect
from arcada.web.assets import built_styles, built_with_imports
from arcada.web.event_words import say_actor_kind, say_event
from arcada.web.standard_names import say_standard
from arcada.web.turn_words import short_since
from arcada.web.viewer_words import viewer_words_json

register = template.Library()
register.filter("say_aspect", say_aspect)
register.filter("say_standard", say_standard)
register.filter("say_event", say_event)
register.filter("say_actor_kind", say_actor_kind)
register.filter("short_since", short_since)

GRADES = {
    "blocker": gettext_noop("Blocker"),
    "warning": gettext_noop("Warning"),
    "note": gettext_noop("Note"),
    "ok": gettext_noop("Passed"),
}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A symbol of icons.svg; decoration only, so it has no name of its own."""
    return format_html(
        '<svg class="i {}" aria-hidden="true"><use href="{}#i-{}"/></svg>', extra, static("icons.svg"), name
    )


@register.simple_tag
def mark(grade: str) -> SafeString:
    """The mark of a finding: octagon, triangle, circle or tick, with its name."""
    return format_html(
        '<svg class="mk {}" viewBox="0 0 18 18" role="img" aria-label="{}"><use href="{}#mk-{}"/></svg>',
        grade, _(GRADES[grade]), static("icons.svg"), grade,
    )  # fmt: skip


@register.simple_tag
def script(entry: str, nonce: str = "") -> SafeString:
    """The module script of a Vite entry, with its chunks preloaded and its styles."""
    addresses = built_with_imports(entry)
    links = format_html_join("", '<link rel="modulepreload" href="{}">', ((a,) for a in addresses[1:]))
    styles = format_html_join("", '<link rel="stylesheet" href="{}">', ((a,) for a in built_styles(entry)))
    return format_html('{}{}<script type="module" src="{}"></script>', styles, links, addresses[0])


@register.filter
def megabytes(size: int | None) -> str:
    """12,345,678 → "12.3 MB"; decimal, as disks and scanners count."""
    if size is None:
        return ""
    for unit, factor in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if size >= factor:
            return f"{number_format(f'{size / factor:.1f}', 1, use_l10n=True, force_grouping=True)} {unit}"
    return f"{size} B"


@register.filter
def price(thing: Any) -> str:
    """What a plan or bill costs: "120.00 EUR"; an amount of nothing is free."""
    if not thing.price_minor:
        return _("free")
    return f"{thing.price_minor / 100:,.2f} {thing.currency}"


@register.filter
def price_a_month(thing: Any) -> str:
    return _("%(price)s a month") % {"price": price(thing)} if thing.price_minor else price(thing)


@register.filter
def item(mapping: Any, key: Any) -> Any:
    return mapping.get(key) if mapping else None


@register.filter
def initials(name: str) -> str:
    words = [word for word in name.replace("Dr ", "").replace("Dr. ", "").split() if word[:1].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@register.filter
def workspace_kind(kind: str) -> str:
    return {
        "clinic": _("Dental clinic"),
        "lab": _("Dental lab"),
        "manufacturing_lab": _("Manufacturing lab"),
    }.get(kind, kind)


@register.filter
def role_name(role: str) -> str:
    return {
        "owner": _("Owner"),
        "administrator": _("Administrator"),
        "dentist": _("Dentist"),
        "assistant": _("Assistant"),
        "technician": _("Technician"),
        "designer": _("Designer"),
        "billing": _("Billing"),
        "auditor": _("Auditor"),
        "viewer": _("Viewer"),
    }.get(str(role), str(role))


@register.filter
def slot_name(code: str) -> str:
    return _(title_of(code))


@register.filter
def state_name(state: str) -> str:
    return {
        "awaiting_file": _("Waiting for the file"),
        "queued": _("Waiting for the check"),
        "processing": _("Being checked"),
        "ready": _("Ready"),
        "rejected": _("Not accepted"),
        "failed": _("Check failed"),
    }.get(state, state)


@register.filter
def in_order(names: list[str]) -> list[str]:
    """Permissions as one would say them: to look comes first."""
    order = ["view", "comment", "add_design", "decide", "download"]
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


@register.filter
def permission_name(name: str) -> str:
    return {
        "view": _("view"),
        "download": _("download"),
        "comment": _("comment"),
        "add_design": _("add a design"),
        "decide": _("decide"),
    }.get(name, name)


@register.filter
def level_name(level: str) -> str:
    return {
        "open_link": _("Open link"),
        "passcode": _("Link and passcode"),
        "email_verified": _("Code by mail"),
        "account": _("Account"),
    }.get(level, level)


@register.filter
def share_event(action: str) -> str:
    """What happened by a share, for its history."""
    return {
        "case.viewed": _("looked at"),
        "record.rendition_viewed": _("looked at"),
        "record.downloaded": _("downloaded"),
        "record.exported": _("downloaded"),
        "case.exported": _("downloaded all as ZIP"),
        "case.capsule_exported": _("downloaded the capsule"),
        "share.opened": _("opened"),
        "share.created": _("shared"),
        "share.extended": _("given more time"),
        "share.revoked": _("ended"),
        "share.reminded": _("link sent again"),
        "share.opened_again": _("opened again after wrong passcodes"),
        "share.code_sent": _("code sent"),
        "share.passcode_wrong": _("wrong passcode"),
        "comment": _("wrote"),
        "approved": _("approved"),
        "changes_requested": _("asked for changes"),
    }.get(action, action)


@register.filter
def from_whom(record: Any) -> str:
    """Who added a record: somebody who was asked for files has no workspace here."""
    if record.added_by_workspace is None and record.added_by_name:
        return _("received from %(name)s") % {"name": record.added_by_name}
    return str(record.added_by_name)


@register.simple_tag
def viewer_words() -> SafeString:
    """The viewer's sentences in the reader's language; English stands in the script already."""
    if get_language() in (None, "en"):
        return SafeString("")
    # Our own catalogue as JSON with every "<" escaped.
    return SafeString(f'<script type="application/json" id="words">{viewer_words_json()}</script>')  # nosec


@register.filter
def bar_length(size: int) -> int:
    """How long the bar over a removed value is drawn, in characters: never the value's own length past 24."""
    return max(3, min(int(size), 24))
