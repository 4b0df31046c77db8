"""What everybody accepts: the newest version of each document, in the reader's language, and who accepted it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from arcada.apps.accounts.models import User
from arcada.apps.audit.actions import record
from arcada.apps.conduct.models import Acceptance, Document
from arcada.core.access import Actor
from arcada.core.conduct import DocumentKind
from arcada.core.errors import Conflict, Refused

SHIPPED_VERSION = 1  # of the texts in templates/conduct; the operator's own begin at 2


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as one reader sees it."""

    kind: DocumentKind
    version: int
    language: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def current_versions() -> dict[DocumentKind, int]:
    """The version of each kind that is asked for now."""
    newest = dict.fromkeys(DocumentKind, SHIPPED_VERSION)
    for kind, version in Document.objects.order_by("version").values_list("kind", "version").distinct():
        newest[DocumentKind(kind)] = version
    return newest


def shown_document(kind: DocumentKind, *, language: str) -> Shown:
    """The newest version in the reader's language, or in English where it has none."""
    version = current_versions()[kind]
    if version == SHIPPED_VERSION:
        with translation.override(language):
            return Shown(kind, version, language, render_to_string(f"conduct/{kind.value}.txt").strip())
    texts = {row.language: row.text for row in Document.objects.filter(kind=kind.value, version=version)}
    said = language if language in texts else ("en" if "en" in texts else sorted(texts)[0])
    return Shown(kind, version, said, texts[said])


def not_accepted(user: User) -> list[DocumentKind]:
    """What this person has still to accept, in the order it is shown."""
    rows = Acceptance.objects.filter(user=user).values_list("kind", "version")
    accepted = {(DocumentKind(kind), version) for kind, version in rows}
    return [kind for kind, version in current_versions().items() if (kind, version) not in accepted]


@transaction.atomic
def accept_documents(actor: Actor, user: User, *, shown: dict[DocumentKind, str], now: datetime) -> int:
    """Accept the versions whose texts (by SHA-256) were on the page; Conflict when a newer one came meanwhile."""
    language = translation.get_language() or "en"
    waiting = not_accepted(user)
    for kind in waiting:
        document = shown_document(kind, language=language)
        if shown.get(kind) != document.sha256:
            raise Conflict("A newer version came meanwhile. Please read it first.", code="newer_version")
        Acceptance.objects.create(
            user=user, kind=kind.value, version=document.version, language=document.language,
            sha256=document.sha256, accepted_at=now,
        )  # fmt: skip
        record(
            actor, "terms.accepted", now=now, about=user,
            ids={"kind": kind.value, "version": document.version, "sha256": document.sha256},
        )  # fmt: skip
    return len(waiting)


@transaction.atomic
def publish_document(
    actor: Actor, *, kind: DocumentKind, version: int, language: str, text: str, now: datetime
) -> Document:
    """The operator's own text; everybody is asked anew. A published text never changes."""
    if version <= SHIPPED_VERSION:
        raise Refused("The version must be higher than the shipped one.", code="version_low")
    if not text.strip():
        raise Refused("The text is empty.", code="text_missing")
    if Document.objects.filter(kind=kind.value, version=version, language=language).exists():
        raise Conflict("This version is published already and never changes.", code="published")
    made = Document.objects.create(
        kind=kind.value, version=version, language=language, text=text.strip(),
        sha256=hashlib.sha256(text.strip().encode()).hexdigest(), published_at=now,
    )  # fmt: skip
    record(
        actor, "terms.published", now=now, about=made,
        ids={"kind": kind.value, "version": version, "sha256": made.sha256},
    )  # fmt: skip
    return made
