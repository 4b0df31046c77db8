"""Everybody accepts each version once, in the words they read; a new version asks anew."""

import hashlib

import pytest

from arcada.apps.audit.models import AuditEvent
from arcada.apps.conduct.documents import (
    accept_documents,
    current_versions,
    not_accepted,
    publish_document,
    shown_document,
)
from arcada.apps.conduct.models import Acceptance
from arcada.core.access import Actor
from arcada.core.conduct import DocumentKind
from arcada.core.errors import Conflict, Refused
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def publish(version: int = 2, text: str = "Be kind.", language: str = "en") -> None:
    publish_document(
        Actor.system(), kind=DocumentKind.TERMS, version=version, language=language, text=text, now=NOW
    )


def test_what_was_accepted_is_kept_with_the_hash_of_its_words(dr_ada):
    """N16: an acceptance log per version."""
    assert not_accepted(dr_ada.user) == []
    rows = {row.kind: row for row in Acceptance.objects.filter(user=dr_ada.user)}
    assert rows.keys() == {"terms", "standard", "consent"}
    said = shown_document(DocumentKind.TERMS, language="en").text
    assert rows["terms"].sha256 == hashlib.sha256(said.encode()).hexdigest()
    assert AuditEvent.objects.filter(action="terms.accepted", actor_id=dr_ada.user.pk).count() == 3


def test_a_new_version_asks_everybody_anew(dr_ada):
    publish()
    assert current_versions()[DocumentKind.TERMS] == 2
    assert not_accepted(dr_ada.user) == [DocumentKind.TERMS]


def test_a_text_that_changed_while_it_was_read_is_not_accepted(dr_ada):
    publish(text="Be kind.")
    old = {DocumentKind.TERMS: shown_document(DocumentKind.TERMS, language="en").sha256}
    publish(version=3, text="Be kind, always.")
    with pytest.raises(Conflict):
        accept_documents(dr_ada.actor, dr_ada.user, shown=old, now=NOW)
    assert not_accepted(dr_ada.user) == [DocumentKind.TERMS]


def test_a_published_text_never_changes_and_never_hides_behind_an_old_number():
    publish()
    with pytest.raises(Conflict):
        publish(text="Be rich.")
    with pytest.raises(Refused):
        publish(version=1)


def test_a_reader_gets_their_language_or_english():
    publish(text="Be kind.")
    publish(text="Seja gentil.", language="pt-br")
    assert shown_document(DocumentKind.TERMS, language="pt-br").text == "Seja gentil."
    assert shown_document(DocumentKind.TERMS, language="es").text == "Be kind."
