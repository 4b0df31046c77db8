"""Publish your own terms, technical and ethical standard, or consent text; everybody is asked to accept it anew.

  arcada terms list
  arcada terms publish terms 2 terms-en.txt
  arcada terms publish terms 2 termos-pt.txt --language pt-br

A published version never changes; version 1 is the text that comes with Arcada.
"""

import argparse
import sys
from pathlib import Path

from arcada.commands.setup_django import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="list|publish", required=True)
    actions.add_parser("list", help="which versions are asked for now")
    publish = actions.add_parser("publish", help="a new version, from a text file")
    publish.add_argument("kind", choices=("terms", "standard", "consent"))
    publish.add_argument("version", type=int, help="2 or higher")
    publish.add_argument("file", type=Path, help="plain text, UTF-8; an empty line between paragraphs")
    publish.add_argument("--language", default="en", help="en, pt-br or es (default: en)")


def run(options: argparse.Namespace) -> int:
    setup_django()
    from django.conf import settings
    from django.utils import timezone

    from arcada.apps.conduct.documents import current_versions, publish_document
    from arcada.core.access import Actor
    from arcada.core.conduct import DocumentKind
    from arcada.core.errors import ArcadaError

    if options.action == "list":
        for kind, version in current_versions().items():
            print(f"{kind.value}\tversion {version}")
        return 0
    if options.language not in dict(settings.LANGUAGES):
        print(f"Known languages: {', '.join(dict(settings.LANGUAGES))}.", file=sys.stderr)
        return 2
    try:
        text = options.file.read_text(encoding="utf-8")
        publish_document(
            Actor.system(), kind=DocumentKind(options.kind), version=options.version,
            language=options.language, text=text, now=timezone.now(),
        )  # fmt: skip
    except (ArcadaError, OSError, UnicodeDecodeError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(f"{options.kind}, version {options.version}, {options.language}: published.")
    return 0
