"""The interface's own files: hashed names for what Vite built, WhiteNoise for all."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from whitenoise.storage import CompressedStaticFilesStorage


class HashedStatic(CompressedStaticFilesStorage):
    """Vite already puts a hash into the names of scripts; the rest is small and revalidated."""


def built(entry: str) -> str:
    """The address of a Vite entry, such as src/viewer/main.ts."""
    return static("build/" + _manifest()[entry]["file"])


def built_with_imports(entry: str) -> list[str]:
    """The entry and the chunks it needs at once, for preloading."""
    manifest = _manifest()
    found: list[str] = []

    def walk(name: str) -> None:
        chunk = manifest[name]
        address = static("build/" + chunk["file"])
        if address not in found:
            found.append(address)
            for inner in chunk.get("imports", []):
                walk(inner)

    walk(entry)
    return found


def built_styles(entry: str) -> list[str]:
    return [static("build/" + name) for name in _manifest()[entry].get("css", [])]


def _manifest() -> dict[str, Any]:
    return _read_manifest() if settings.ENV.is_production else _read_manifest.__wrapped__()


@cache
def _read_manifest() -> dict[str, Any]:
    path = Path(__file__).parent / "static" / "build" / "manifest.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
