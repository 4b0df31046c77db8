"""ARCADA_DATABASE_URL → Django's DATABASES, for SQLite and PostgreSQL."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from arcada.config.env import Env, UnsafeSettings


def databases(env: Env) -> dict[str, dict[str, Any]]:
    url = urlsplit(env.database_url)
    if url.scheme == "sqlite":
        return {"default": _sqlite(url.path)}
    if url.scheme in ("postgres", "postgresql"):
        options = dict(parse_qsl(url.query))
        # As long as SQLite waits below: a table that stays locked is an answer 503, not a page that never comes.
        options.setdefault("options", "-c lock_timeout=20s")
        return {
            "default": {
                "ENGINE": "arcada.config.postgresql",
                "NAME": unquote(url.path.lstrip("/")),
                "USER": unquote(url.username or ""),
                "PASSWORD": unquote(url.password or ""),
                "HOST": options.pop("host", None) or (url.hostname or ""),
                "PORT": str(url.port or ""),
                "CONN_MAX_AGE": 60,
                "CONN_HEALTH_CHECKS": True,
                "OPTIONS": options,
            }
        }
    raise UnsafeSettings(
        [f"ARCADA_DATABASE_URL begins with {url.scheme!r}; it must be sqlite or postgresql."]
    )


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            # IMMEDIATE: a transaction that will write queues at its start instead of failing at its first write.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: an acknowledged byte and its audit line survive a power cut.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
            ),
        },
        "TEST": {"NAME": None},
    }
