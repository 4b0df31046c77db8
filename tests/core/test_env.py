"""Production refuses every unsafe setting and names it (EN-12); what is read is documented."""

import dataclasses
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from arcada.config.env import VARIABLES, Env, UnsafeSettings, read_env, unknown_variables

ROOT = Path(__file__).resolve().parents[2]
Settings = dict[str, str]


@pytest.fixture
def safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A production that may start; tests may run as root, production may not."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    for name in ("master.key", "secret.key"):
        write_key(tmp_path / name, secrets.token_hex(32))
    return {
        "ARCADA_MODE": "production",
        "ARCADA_DATA": str(data),
        "ARCADA_DATABASE_URL": "postgresql://arcada:x@db.example/arcada",
        "ARCADA_MAIL_URL": "smtp://arcada:x@mail.example:587",
        "ARCADA_MAIL_FROM": "Lima Dental <no-reply@lima-dental.example>",
        "ARCADA_PUBLIC_URL": "https://arcada.lima-dental.example",
        "ARCADA_TRUSTED_PROXY": "127.0.0.1",
        "ARCADA_KEY_FILE": str(tmp_path / "master.key"),
        "ARCADA_SECRET_KEY_FILE": str(tmp_path / "secret.key"),
        "ARCADA_KERNEL_CACHE": str(tmp_path / "kernels"),
    }


def write_key(path: Path, said: str, mode: int = 0o600) -> None:
    path.write_text(said)
    path.chmod(mode)


def set_to(name: str, value: str) -> Callable[[Settings], None]:
    return lambda given: given.__setitem__(name, value)


def without(name: str) -> Callable[[Settings], None]:
    return lambda given: given.pop(name) and None


def key_holds(said: str, mode: int = 0o600) -> Callable[[Settings], None]:
    return lambda given: write_key(Path(given["ARCADA_SECRET_KEY_FILE"]), said, mode)


def folder_is(name: str, mode: int) -> Callable[[Settings], None]:
    def change(given: Settings) -> None:
        Path(given[name]).mkdir(exist_ok=True)
        Path(given[name]).chmod(mode)

    return change


UNSAFE = {
    "debug": (set_to("ARCADA_DEBUG", "1"), "ARCADA_DEBUG"),
    "Django's debug": (set_to("DJANGO_DEBUG", "1"), "ARCADA_DEBUG"),
    "no secret key": (without("ARCADA_SECRET_KEY_FILE"), "ARCADA_SECRET_KEY_FILE"),
    "no master key": (without("ARCADA_KEY_FILE"), "ARCADA_KEY_FILE"),
    "a key that is not there": (set_to("ARCADA_KEY_FILE", "/nowhere/master.key"), "ARCADA_KEY_FILE"),
    "a default key": (key_holds("0" * 64), "ARCADA_SECRET_KEY_FILE"),
    "a word as key": (key_holds("changeme"), "ARCADA_SECRET_KEY_FILE"),
    "a key others can read": (key_holds("0123456789abcdef" * 4, 0o644), "ARCADA_SECRET_KEY_FILE"),
    "any host": (set_to("ARCADA_PUBLIC_URL", "https://*"), "ARCADA_PUBLIC_URL"),
    "any subdomain": (set_to("ARCADA_PUBLIC_URL", "https://*.lima-dental.example"), "ARCADA_PUBLIC_URL"),
    "http": (set_to("ARCADA_PUBLIC_URL", "http://arcada.lima-dental.example"), "ARCADA_PUBLIC_URL"),
    "no address": (without("ARCADA_PUBLIC_URL"), "ARCADA_PUBLIC_URL"),
    "no data folder": (without("ARCADA_DATA"), "ARCADA_DATA"),
    "a data folder open to all": (folder_is("ARCADA_DATA", 0o755), "ARCADA_DATA"),
    "kernels others can write": (folder_is("ARCADA_KERNEL_CACHE", 0o777), "ARCADA_KERNEL_CACHE"),
    "no database": (without("ARCADA_DATABASE_URL"), "ARCADA_DATABASE_URL"),
    "a superuser": (
        set_to("ARCADA_DATABASE_URL", "postgresql://postgres:x@db/arcada"),
        "ARCADA_DATABASE_URL",
    ),
    "fsync off": (
        set_to("ARCADA_DATABASE_URL", "postgresql://arcada:x@db/arcada?options=-c%20fsync%3Doff"),
        "ARCADA_DATABASE_URL",
    ),
    "commits that may be lost": (
        set_to("ARCADA_DATABASE_URL", "postgresql://arcada:x@db/arcada?options=-c+synchronous_commit=off"),
        "ARCADA_DATABASE_URL",
    ),
    "no proxy": (without("ARCADA_TRUSTED_PROXY"), "ARCADA_TRUSTED_PROXY"),
    "an empty proxy": (set_to("ARCADA_TRUSTED_PROXY", ""), "ARCADA_TRUSTED_PROXY"),
    "a proxy by name": (set_to("ARCADA_TRUSTED_PROXY", "nginx"), "ARCADA_TRUSTED_PROXY"),
    "any proxy": (set_to("ARCADA_TRUSTED_PROXY", "*"), "ARCADA_TRUSTED_PROXY"),
    "no mail": (without("ARCADA_MAIL_URL"), "ARCADA_MAIL_URL"),
    "mails into a folder": (set_to("ARCADA_MAIL_URL", "file:///tmp/mail"), "ARCADA_MAIL_URL"),
    "no sender": (without("ARCADA_MAIL_FROM"), "ARCADA_MAIL_FROM"),
    "a store over http": (
        set_to("ARCADA_STORAGE_URL", "s3://bucket?endpoint=http://store.example"),
        "ARCADA_STORAGE_URL",
    ),
    "a store over http that names this machine elsewhere": (
        set_to("ARCADA_STORAGE_URL", "s3://127.0.0.1?endpoint=http://store.example"),
        "ARCADA_STORAGE_URL",
    ),
    "no such mode": (set_to("ARCADA_MODE", "staging"), "ARCADA_MODE"),
    "no number of workers": (set_to("ARCADA_WORKERS", "many"), "ARCADA_WORKERS"),
}


def test_a_safe_production_starts(safe: Settings) -> None:
    assert read_env(safe).is_production
    assert len(read_env(safe).master_key()) == 32


@pytest.mark.parametrize("name", UNSAFE)
def test_each_unsafe_setting_is_refused_and_named(safe: Settings, name: str) -> None:
    change, variable = UNSAFE[name]
    change(safe)
    with pytest.raises(UnsafeSettings) as refusal:
        read_env(safe)
    assert len(refusal.value.problems) == 1, "this one, and no other"
    assert variable in refusal.value.problems[0]
    assert refusal.value.code != 0


def test_root_is_refused(safe: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(UnsafeSettings, match="root"):
        read_env(safe)


def test_all_problems_are_told_at_once(safe: Settings) -> None:
    set_to("ARCADA_PUBLIC_URL", "http://arcada.example")(safe)
    set_to("ARCADA_DEBUG", "1")(safe)
    without("ARCADA_MAIL_URL")(safe)
    with pytest.raises(UnsafeSettings) as refusal:
        read_env(safe)
    assert len(refusal.value.problems) == 3


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "doctor"])
@pytest.mark.parametrize("name", ["http", "fsync off"])
def test_the_command_itself_ends_and_names_it(safe: Settings, name: str, command: str) -> None:
    change, variable = UNSAFE[name]
    change(safe)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ARCADA_")}
    done = subprocess.run(
        [sys.executable, "-m", "arcada", command], cwd=ROOT, env={**kept, **safe}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert variable in done.stderr
    assert "Traceback" not in done.stderr


def test_development_makes_keys_for_its_owner_only(tmp_path: Path) -> None:
    env = read_env({"ARCADA_DATA": str(tmp_path)})
    assert env.master_key() == read_env({"ARCADA_DATA": str(tmp_path)}).master_key()
    assert env.secret_key() != env.master_key().hex()
    for path in (env.key_file, env.secret_key_file):
        assert path.stat().st_mode & 0o777 == 0o600


def test_production_never_makes_a_key(safe: Settings) -> None:
    env = read_env(safe)
    env.key_file.unlink()
    with pytest.raises(UnsafeSettings):
        env.master_key()
    assert not env.key_file.exists()


def test_slips_of_the_keyboard_are_found() -> None:
    assert unknown_variables({"ARCADA_MALI_URL": "", "ARCADA_MAIL_URL": "", "HOME": ""}) == [
        "ARCADA_MALI_URL"
    ]


def test_every_setting_is_read_and_documented() -> None:
    source = (ROOT / "arcada" / "config" / "env.py").read_text("utf-8")
    described = set(
        re.findall(r"^\| `(ARCADA_\w+)`", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE)
    )
    assert described == set(VARIABLES)
    for name in VARIABLES:
        assert source.count(f'"{name}"') >= 2, f"{name} is described and never read"
    assert len(dataclasses.fields(Env)) == len(VARIABLES)
