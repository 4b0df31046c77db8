"""Which build of the viewer somebody decided with: what they saw is what this build draws of the files."""

import hashlib
from pathlib import Path

from django.conf import settings


def viewer_build() -> str | None:
    """SHA-256 of the manifest of the built scripts, which names each by the hash of its content; None without one."""
    manifest = Path(settings.STATICFILES_DIRS[0]) / "build" / "manifest.json"
    return hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.is_file() else None
