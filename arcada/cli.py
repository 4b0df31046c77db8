"""The command `arcada`: one sub-command a file, each with a help that a person can use."""

import argparse
import importlib
import sys

from arcada import __version__

# name → (module, one line). The module has `arguments(parser)` and `run(options) -> int`.
COMMANDS = {
    "serve": ("arcada.commands.serve", "Start the web server and its workers."),
    "worker": ("arcada.commands.worker", "Start one worker process, for a machine of its own."),
    "demo": ("arcada.commands.demo", "Fill an empty installation with the demo practice, or reset it."),
    "push": (
        "arcada.commands.push",
        "Send a patient folder from this computer; resumes, skips what is there.",
    ),
    "inspect": ("arcada.commands.inspect", "Check one file offline, exactly as an upload would be checked."),
    "token": ("arcada.commands.token", "Create, list and revoke API tokens."),
    "user": ("arcada.commands.user", "Create a person, set a password, list who may sign in."),
    "plan": ("arcada.commands.plan", "Offer plans, see who subscribed, mark bills paid."),
    "licence": ("arcada.commands.licence", "List licences, verify, reject or suspend one, as the operator."),
    "terms": ("arcada.commands.terms", "Publish your own terms, standard or consent text."),
    "backup": ("arcada.commands.backup", "Write database and files, at one point in time, into a folder."),
    "restore": ("arcada.commands.restore", "Bring a backup back into an empty installation, verified."),
    "audit": ("arcada.commands.audit", "Check the audit, export it, sign and anchor where it ends."),
    "verify": ("arcada.commands.verify", "Check a signed decision, offline."),
    "doctor": ("arcada.commands.doctor", "Say what is wrong or risky with this installation."),
    "migrate": ("arcada.commands.migrate", "Bring the database to this version."),
    "warm": ("arcada.commands.warm", "Compile the kernels once, so that the first scan does not wait."),
}


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(
        prog="arcada",
        description="Keep, check, see, discuss and share patients' dental files.",
        epilog="`arcada COMMAND --help` explains a command.",
    )
    parser.add_argument("--version", action="version", version=f"arcada {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (_, line) in COMMANDS.items():
        commands.add_parser(name, help=line, add_help=False)
    if not given or given[0] not in COMMANDS:
        parser.parse_args(given)
        return 2
    name, rest = given[0], given[1:]
    module = importlib.import_module(COMMANDS[name][0])
    own = argparse.ArgumentParser(
        prog=f"arcada {name}",
        description=(module.__doc__ or "").strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.arguments(own)
    options = own.parse_args(rest)
    try:
        result: int = module.run(options)
    except Exception as trouble:
        # Django is not loaded here: most commands that only print a help need none of it.
        if type(trouble).__module__ != "django.db.utils" or not _lacks_table(trouble):
            raise
        print("The database is empty or of an earlier version. Run: arcada migrate", file=sys.stderr)
        return 1
    return result


def _lacks_table(trouble: BaseException) -> bool:
    """SQLite and PostgreSQL on a table or a column that a migration would make."""
    said = str(trouble)
    return "no such table" in said or "no such column" in said or "does not exist" in said


if __name__ == "__main__":
    sys.exit(main())
