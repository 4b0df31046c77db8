"""Check, export and anchor the audit.

  arcada audit verify                        every record of every workspace, against the anchors that are set
  arcada audit verify --anchor lines.jsonl   the same against checkpoints that you kept elsewhere
  arcada audit export --csv > audit.csv      the records, one a line
  arcada audit checkpoint                    sign the ends of all chains now and bring them to the anchors
  arcada audit key                           the public key that checkpoints are signed with

exit code of verify: 0 every record is as it was written, 1 one is not, 2 it could not be checked
"""

import argparse
import sys
from uuid import UUID

from arcada.commands.setup_django import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="verify|export|checkpoint|key", required=True)
    verify = actions.add_parser("verify", help="find the first record that is not as it was written")
    verify.add_argument(
        "--anchor", action="append", default=None, metavar="FILE",
        help="checkpoints: a file, or s3://bucket/…; repeat; default: those of ARCADA_AUDIT_ANCHOR",
    )  # fmt: skip
    verify.add_argument(
        "--key", action="append", default=[], metavar="PUBLIC_KEY", help="an earlier key of checkpoints, too"
    )
    verify.add_argument("--workspace", type=UUID, default=None, metavar="ID", help="only this one's chain")
    export = actions.add_parser("export", help="the records as CSV")
    export.add_argument("--csv", action="store_true", required=True, help="the only format there is")
    export.add_argument("--workspace", type=UUID, default=None, metavar="ID")
    actions.add_parser("checkpoint", help="make one now")
    actions.add_parser("key", help="print the public key")


def run(options: argparse.Namespace) -> int:
    setup_django()
    from django.conf import settings

    if options.action == "key":
        from arcada.anchor.key import public_key_of

        print(public_key_of(settings.ENV))
        return 0
    if options.action == "export":
        return _export(options.workspace)
    if options.action == "checkpoint":
        return _checkpoint()
    return _verify(options)


def _verify(options: argparse.Namespace) -> int:
    from django.conf import settings
    from django.db import DatabaseError

    from arcada.anchor.key import public_key_of
    from arcada.anchor.places import lines_of
    from arcada.apps.audit.verifying import verify_chains
    from arcada.core.ledger_chain import REASONS
    from arcada.core.ledger_checkpoint import read_anchor

    given = options.anchor
    if given is None:
        given = [said for said in settings.ENV.audit_anchor.split() if not said.startswith("mailto:")]
    known: dict[UUID, dict[int, bytes]] = {}
    problems: list[str] = []
    for said in given:
        try:
            lines = lines_of(said, settings.ENV)
        except (OSError, ValueError) as trouble:
            print(f"arcada audit: the anchor {said} can't be read: {trouble}", file=sys.stderr)
            return 2
        anchored = read_anchor(lines, keys=[public_key_of(settings.ENV), *options.key])
        problems += anchored.problems
        print(f"{said}: {anchored.count} checkpoints" + _last(anchored.last_at))
        for chain, places in anchored.known.items():
            kept = known.setdefault(chain, {})
            for position, digest in places.items():
                if kept.setdefault(position, digest) != digest:
                    problems.append(f"the anchors disagree about record {position} of chain {chain}")
    if not given:
        print("No anchor is given: a cut end or a chain that was written anew as a whole can't be seen.")
    records = 0
    try:
        for checked in verify_chains(chain=options.workspace, known=known):
            verdict = checked.verdict
            records += verdict.good
            name = "events without a workspace" if not checked.chain.int else f"workspace {checked.chain}"
            if verdict.bad is not None:
                bad = verdict.bad
                problems.append(f"{name}: record {bad.position} is the first bad one, {REASONS[bad.code]}")
                if bad.code == "rewritten":
                    problems[-1] += f" (it was right up to record {bad.since})"
            for position in verdict.clock_regress:
                print(
                    f"{name}: the clock stepped back at record {position}; the order is by place, not by time"
                )
    except DatabaseError as trouble:
        print(f"arcada audit: the database does not answer ({type(trouble).__name__}).", file=sys.stderr)
        return 2
    if problems:
        for problem in problems:
            print(f"BAD  {problem}", file=sys.stderr)
        print("This audit is not as it was written.", file=sys.stderr)
        return 1
    print(f"{records:,} records are as they were written.")
    return 0


def _last(at: object) -> str:
    return f", the last of {at:%Y-%m-%d %H:%M} UTC" if at else ""


def _export(workspace: UUID | None) -> int:
    from arcada.apps.audit.queries import EXPORTED, exported_rows
    from arcada.core.csv_lines import csv_lines

    for line in csv_lines([EXPORTED]):
        sys.stdout.write(line)
    for line in csv_lines(exported_rows(workspace)):
        sys.stdout.write(line)
    return 0


def _checkpoint() -> int:
    from django.utils import timezone

    from arcada.anchor.jobs import deliver_checkpoints
    from arcada.anchor.making import make_checkpoint

    now = timezone.now()
    made = make_checkpoint(now=now)
    troubles = deliver_checkpoints(now=now)
    if made is not None:
        print(f"Checkpoint {made.number}: {made.events:,} records")
        print(made.line)
    for trouble in troubles:
        print(f"arcada audit: {trouble}", file=sys.stderr)
    return 1 if troubles else 0
