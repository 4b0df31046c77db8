"""`arcada audit verify`: the first bad record of every tampering, against what Arcada itself can't rewrite."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from arcada.cli import main
from arcada.core.ledger_chain import Bad
from tests.apps.audit.tampering import SEEN_BY_ANCHORS_ONLY, TAMPERINGS, tamper
from tests.cast import NOW

SEEDS = range(200) if os.environ.get("ARCADA_FULL") else range(5)


@pytest.fixture
def anchor(tmp_path: Path, settings) -> Path:  # type: ignore[no-untyped-def]
    """A file outside the data folder, set as the anchor."""
    path = tmp_path / "elsewhere" / "anchor.jsonl"
    settings.ENV = replace(settings.ENV, audit_anchor=f"file://{path}")
    return path


@pytest.mark.parametrize("way", TAMPERINGS)
def test_au_05_the_first_bad_record_of_each_tampering_is_found(
    write_chain: Callable[..., UUID], way: str
) -> None:
    """AU-05: a random place, many seeds; the last two only thanks to AU-06."""
    from arcada.apps.audit.models import AuditEvent
    from arcada.apps.audit.verifying import verify_chains

    chain = write_chain(24)
    places = [6, 12, 18, 24]
    anchors = {
        position: bytes(digest)
        for position, digest in AuditEvent.objects.filter(chain=chain, position__in=places).values_list(
            "position", "hash"
        )
    }
    for seed in SEEDS:
        with undone():
            expected = tamper(way, chain, seed)
            (alone,) = verify_chains(chain=chain)
            (checked,) = verify_chains(chain=chain, known={chain: anchors})
        bad = checked.verdict.bad
        assert bad is not None, (way, seed)
        if way == "rewrite":
            assert bad.since < expected <= bad.position, (seed, expected, bad)
            assert bad.position - bad.since == 6
        else:
            assert bad.position == given_away(bad, expected, by=places), (way, seed, bad)
        if (seen := alone.verdict.bad) is not None:
            assert seen.position == given_away(seen, expected, by=[24]), (way, seed, seen)
        assert (alone.verdict.bad is None) == (way in SEEN_BY_ANCHORS_ONLY), (way, seed, alone.verdict.bad)
    (whole,) = verify_chains(chain=chain, known={chain: anchors})
    assert whole.verdict.bad is None and whole.anchored == 24
    print(f"{way}: {len(SEEDS)} seeds checked")


def given_away(bad: Bad, expected: int, *, by: list[int]) -> int:
    """Where a tampering is seen: an anchor, or the chain's head, of the very record knows before the next one does."""
    return expected - 1 if bad.code == "rewritten" and expected - 1 in by else expected


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_au_06_a_chain_that_was_written_anew_fails_against_the_anchor(
    write_chain: Callable[..., UUID], anchor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """AU-06: checkpoints go to a file while Arcada works; afterwards its database is rewritten as a whole."""
    chain = write_chain(5)
    assert main(["audit", "checkpoint"]) == 0
    write_chain(7, chain=chain)
    assert main(["audit", "checkpoint"]) == 0
    write_chain(2, chain=chain)
    assert main(["audit", "verify"]) == 0
    said = capsys.readouterr().out
    assert "2 checkpoints" in said and "14 records are as they were written" in said
    with undone():
        place = tamper("rewrite", chain, 4)
        assert place <= 12
        assert main(["audit", "verify"]) == 1
        assert "written anew" in capsys.readouterr().err
        # A tampered database that is only asked about itself knows nothing.
        assert main(["audit", "verify", "--anchor", os.devnull]) == 0
    with undone():
        tamper("truncate", chain, 1)
        assert main(["audit", "verify", "--workspace", str(chain)]) == 1
        assert "the end was cut off" in capsys.readouterr().err
    with undone():
        place = tamper("edit", chain, 3)
        assert main(["audit", "verify"]) == 1
        said = capsys.readouterr().err
        assert f"workspace {chain}: record {place} is the first bad one, it was changed" in said
    assert main(["audit", "verify", "--anchor", str(anchor.parent / "none")]) == 2


def test_au_06_an_anchor_that_was_tampered_with_is_named(
    write_chain: Callable[..., UUID], anchor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """AU-06: a changed line, a line signed by somebody else, a line taken out."""
    from arcada.core.ledger_checkpoint import write_checkpoint

    for _ in range(3):
        write_chain(2)
        assert main(["audit", "checkpoint"]) == 0
    lines = anchor.read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3]
    assert oct(anchor.stat().st_mode)[-3:] == "600"
    changed = lines[1].replace('"count":2', '"count":1')
    forged = write_checkpoint([], number=2, at=NOW, previous_line=lines[0], seed=bytes(32))
    for kept, reason in (
        ([lines[0], changed, lines[2]], "its signature does not fit"),
        ([lines[0], forged, lines[2]], "signed with another key"),
        ([lines[0], lines[2]], "a checkpoint before it is missing"),
        ([lines[0], "{}", lines[2]], "can't be read"),
    ):
        anchor.write_text("\n".join(kept) + "\n")
        capsys.readouterr()
        assert main(["audit", "verify"]) == 1, reason
        assert reason in capsys.readouterr().err
    print("4 tampered anchors checked")


def test_checkpoints_are_made_hourly_and_every_thousand_events(write_chain: Callable[..., UUID]) -> None:
    """AU-06: nothing new, nothing made; an hour later, or after so many events, one."""
    from arcada.anchor import making

    now = timezone.now()
    assert not making.is_due(now=now)
    write_chain(3)
    assert making.is_due(now=now)
    making.make_checkpoint(now=now)
    assert not making.is_due(now=now + timedelta(hours=5))
    write_chain(1)
    assert not making.is_due(now=now + timedelta(minutes=59))
    assert making.is_due(now=now + timedelta(minutes=60))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "EVENTS", 6)
        assert not making.is_due(now=now)
        write_chain(5)
        assert making.is_due(now=now)


def test_a_place_that_was_away_gets_every_checkpoint_in_order_later(
    write_chain: Callable[..., UUID], anchor: Path, settings  # type: ignore[no-untyped-def]
) -> None:  # fmt: skip
    """AU-06: no gap in an anchor, and a mail for each."""
    from arcada.apps.mail.models import OutgoingMail

    settings.ENV = replace(settings.ENV, audit_anchor=f"file://{anchor} mailto:auditor@office.example")
    anchor.parent.mkdir()
    anchor.mkdir()  # a folder where the file should be: it can't be opened for writing
    write_chain(2)
    assert main(["audit", "checkpoint"]) == 1
    anchor.rmdir()
    anchor.write_text('{"torn')
    assert main(["audit", "checkpoint"]) == 0
    torn, *lines = anchor.read_text().splitlines()
    assert torn == '{"torn' and [json.loads(line)["number"] for line in lines] == [1, 2]
    mails = OutgoingMail.objects.filter(kind="audit_checkpoint", to="auditor@office.example")
    assert [mail.text.strip() for mail in mails.order_by("created_at")] == lines


def test_a_bucket_keeps_checkpoints_under_object_lock(
    write_chain: Callable[..., UUID], bucket: str, settings, capsys: pytest.CaptureFixture[str]  # type: ignore[no-untyped-def]
) -> None:  # fmt: skip
    """AU-06: the object is locked in compliance mode, and can be verified against."""
    settings.ENV = replace(settings.ENV, audit_anchor=bucket)
    chain = write_chain(3)
    assert main(["audit", "checkpoint"]) == 0
    assert main(["audit", "verify"]) == 0
    assert "1 checkpoints" in capsys.readouterr().out
    with undone():
        tamper("rewrite", chain, 1)
        assert main(["audit", "verify"]) == 1


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket with object lock."""
    import boto3
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="anchors", ObjectLockEnabledForBucket=True)
        yield "s3://anchors/arcada"
        for one in client.list_objects_v2(Bucket="anchors")["Contents"]:
            kept = client.head_object(Bucket="anchors", Key=one["Key"])
            assert kept["ObjectLockMode"] == "COMPLIANCE"


def test_the_export_is_one_line_an_event_and_runs_nothing_in_a_spreadsheet(
    write_chain: Callable[..., UUID], capsys: pytest.CaptureFixture[str]
) -> None:
    """AU-10 in kind: what somebody typed is never a formula."""
    import csv
    import io

    from arcada.apps.audit.actions import record
    from arcada.core.access import Actor

    chain = write_chain(4)
    with transaction.atomic():
        record(Actor.system(), "case.viewed", now=NOW, workspace_id=chain, reason='=HYPERLINK("http://x")')
    assert main(["audit", "export", "--csv", "--workspace", str(chain)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["position"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[-1]["reason"].startswith("'=HYPERLINK")
