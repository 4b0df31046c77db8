"""`arcada doctor` on the audit: no anchor, one that is inside, late or refused, and a fence that was taken away."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from tests.cast import NOW


def said(**changed: str) -> list[tuple[str, str]]:
    from arcada.doctor.house import look_at_audit

    env = replace(settings.ENV, **changed)
    found = list(look_at_audit(env, now=timezone.now() + timedelta(hours=2)))
    return [(one.level.value, one.what) for one in found]


@pytest.fixture
def events(transactional_db: None) -> Iterator[None]:
    from arcada.apps.audit.actions import record
    from arcada.core.access import Actor

    with transaction.atomic():
        record(Actor.system(), "case.viewed", now=NOW)
    yield


def test_au_06_an_audit_without_an_anchor_is_warned_of(events: None) -> None:
    assert any(level == "warning" and "no anchor" in what for level, what in said(audit_anchor=""))
    assert any(level == "problem" for level, _ in said(audit_anchor="ftp://somewhere"))


def test_au_06_an_anchor_that_is_late_inside_or_refused_is_named(
    events: None,
    tmp_path: Path,
    settings,  # type: ignore[no-untyped-def]
) -> None:
    from arcada.cli import main

    anchor = f"file://{tmp_path}/anchor.jsonl"
    assert any(level == "warning" and "late" in what for level, what in said(audit_anchor=anchor))
    inside = f"file://{settings.ENV.data}/anchor.jsonl"
    assert any(
        level == "warning" and "in the data folder" in what for level, what in said(audit_anchor=inside)
    )
    settings.ENV = replace(settings.ENV, audit_anchor=anchor)
    assert main(["audit", "checkpoint"]) == 0
    assert all(level == "ok" for level, _ in said(audit_anchor=anchor))
    assert any(level == "problem" for level, _ in said(audit_anchor=f"{anchor} file:///proc/none/anchor"))


def test_au_04_a_fence_that_was_taken_away_is_a_problem(events: None) -> None:
    from arcada.apps.audit.fence import lifted

    with lifted(connection):
        assert any(level == "problem" and "can be changed" in what for level, what in said(audit_anchor=""))
    assert not any("can be changed" in what for _, what in said(audit_anchor=""))
