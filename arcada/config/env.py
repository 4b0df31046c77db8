"""The only reader of the environment: every ARCADA_* variable, once, into one frozen `Env`."""

import ipaddress
import os
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote_plus, urlsplit

MODES = ("development", "production")

_CONSOLE_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,40}/")
# First words of addresses that pages have; the console may hide none of them (held by a test against the resolver).
TAKEN = frozenset(
    {
        "accounts", "api", "cases", "collections", "dev", "invitations", "language", "network", "participants",
        "patients", "r", "records", "requests", "review", "s", "search", "settings", "shared", "shares", "signing-key",
        "standards", "static", "terms", "threads", "u", "welcome", "workspace",
    }
)  # fmt: skip

# name → what it is for; printed by `arcada doctor` and held against docs/settings.md by a test.
VARIABLES: dict[str, str] = {
    "ARCADA_MODE": "development or production; production refuses unsafe settings",
    "ARCADA_DATA": "folder for the database, files, keys and mails of an embedded installation",
    "ARCADA_DATABASE_URL": "sqlite:////path/to/file or postgresql://user:password@host/name",
    "ARCADA_STORAGE_URL": "file:///folder or s3://bucket?endpoint=https://host&region=…",
    "ARCADA_MAIL_URL": "file:///folder or smtp://user:password@host:587 (smtps:// for TLS from the start)",
    "ARCADA_MAIL_FROM": "the sender of all mails",
    "ARCADA_PUBLIC_URL": "the address people use, with https in production",
    "ARCADA_KEY_FILE": "the master key that wraps all others; keep a copy apart from every backup",
    "ARCADA_SECRET_KEY_FILE": "the key that signs sessions and forms",
    "ARCADA_AUDIT_KEY_FILE": "the key that signs checkpoints of the audit; made beside the master key when missing",
    "ARCADA_AUDIT_ANCHOR": "where checkpoints go, outside the data folder: file:///path, mailto:address, s3://bucket",
    "ARCADA_WORKERS": "how many worker processes `arcada serve` starts",
    "ARCADA_KERNEL_CACHE": "folder for compiled kernels; must be writable once, at set-up",
    "ARCADA_SCANNER_URL": "malware scanner: clamd://host:3310 or clamd:///path/of/socket; none when empty",
    "ARCADA_TRUSTED_PROXY": "address of the proxy whose X-Forwarded-For and X-Forwarded-Proto are believed",
    "ARCADA_CONSOLE_PATH": "address of the operator's console on this host; without one, production has none",
    "ARCADA_CONSOLE_ALLOW": "networks that the console and support may be reached from, separated by spaces",
    "ARCADA_S3_ACCESS_KEY": "access key of the S3 store",
    "ARCADA_S3_SECRET_KEY": "secret key of the S3 store",
    "ARCADA_SERVER": "for `arcada push`: the address of the server that files go to",
    "ARCADA_TOKEN": "for `arcada push`: the API token",
}


class UnsafeSettings(SystemExit):
    """Settings that can't be used, or would put patients at risk in production; each is named."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"Arcada does not start with these settings:\n{lines}")


@dataclass(frozen=True, slots=True)
class Env:
    mode: str
    data: Path
    database_url: str
    storage_url: str
    mail_url: str
    mail_from: str
    public_url: str
    key_file: Path
    secret_key_file: Path
    audit_key_file: Path
    audit_anchor: str
    workers: int
    kernel_cache: Path
    scanner_url: str
    trusted_proxy: str
    console_path: str  # such as console/; empty: there is no console
    console_allow: tuple[str, ...]
    s3_access_key: str
    s3_secret_key: str
    server: str
    token: str

    @property
    def is_production(self) -> bool:
        return self.mode == "production"

    def secret_key(self) -> str:
        return _key(self.secret_key_file, self.is_production).hex()

    def audit_key(self) -> bytes:
        """32 bytes. Losing them loses nothing that was signed, so a missing one is made also in production."""
        return _key(self.audit_key_file, is_production=False)

    def master_key(self) -> bytes:
        """32 bytes. Losing them loses every file, so production never makes one up."""
        return _key(self.key_file, self.is_production)


def read_env(source: Mapping[str, str] | None = None) -> Env:
    """Read the ARCADA_* variables; raises UnsafeSettings in production when one is missing or unsafe."""
    given = os.environ if source is None else source  # noqa: TID251 - this is the one reader
    data = Path(given.get("ARCADA_DATA", "var")).resolve()
    mode = given.get("ARCADA_MODE", "development")
    is_development = mode == "development"
    console = given.get("ARCADA_CONSOLE_PATH", "console" if is_development else "").strip("/")
    allow = given.get("ARCADA_CONSOLE_ALLOW", "127.0.0.0/8 ::1" if is_development else "")
    key_file = Path(given.get("ARCADA_KEY_FILE", data / "keys" / "master.key"))
    env = Env(
        mode=mode,
        data=data,
        database_url=given.get("ARCADA_DATABASE_URL", f"sqlite:///{data / 'arcada.sqlite3'}"),
        storage_url=given.get("ARCADA_STORAGE_URL", f"file://{data / 'files'}"),
        mail_url=given.get("ARCADA_MAIL_URL", f"file://{data / 'mail'}"),
        mail_from=given.get("ARCADA_MAIL_FROM", "Arcada <arcada@localhost>"),
        public_url=given.get("ARCADA_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
        key_file=key_file,
        secret_key_file=Path(given.get("ARCADA_SECRET_KEY_FILE", data / "keys" / "secret.key")),
        audit_key_file=Path(given.get("ARCADA_AUDIT_KEY_FILE", key_file.parent / "audit.key")),
        audit_anchor=given.get("ARCADA_AUDIT_ANCHOR", ""),
        workers=_count("ARCADA_WORKERS", given.get("ARCADA_WORKERS", "2")),
        kernel_cache=Path(given.get("ARCADA_KERNEL_CACHE", Path(sys.prefix) / "var" / "arcada-kernels")),
        scanner_url=given.get("ARCADA_SCANNER_URL", ""),
        trusted_proxy=given.get("ARCADA_TRUSTED_PROXY", ""),
        console_path=f"{console}/" if console else "",
        console_allow=tuple(allow.split()),
        s3_access_key=given.get("ARCADA_S3_ACCESS_KEY", ""),
        s3_secret_key=given.get("ARCADA_S3_SECRET_KEY", ""),
        server=given.get("ARCADA_SERVER", ""),
        token=given.get("ARCADA_TOKEN", ""),
    )
    if mode not in MODES:
        raise UnsafeSettings([f"ARCADA_MODE is {mode!r}; it must be development or production."])
    if env.scanner_url and not re.match(r"clamd://([^/]|/.)", env.scanner_url):
        raise UnsafeSettings(["ARCADA_SCANNER_URL must be clamd://host:port or clamd:///path/of/socket."])
    if console_wrong := console_problems(env):
        raise UnsafeSettings(console_wrong)
    if env.is_production:
        problems = production_problems(env, given)
        if problems:
            raise UnsafeSettings(problems)
    return env


def production_problems(env: Env, given: Mapping[str, str]) -> list[str]:
    """Everything that makes `env` unsafe for patients' data, one sentence each, naming the variable."""
    problems = []
    for name in ("ARCADA_KEY_FILE", "ARCADA_SECRET_KEY_FILE"):
        path = env.key_file if name == "ARCADA_KEY_FILE" else env.secret_key_file
        if name not in given:
            problems.append(f"{name} is not set; production never makes up a key.")
        elif not path.is_file():
            problems.append(f"{name} names a file that is not there.")
        else:
            if path.stat().st_mode & 0o077:
                problems.append(f"{name} can be read by others; run chmod 600 on it.")
            if len(_decode(path.read_bytes())) < 32:
                problems.append(f"{name} holds fewer than 32 bytes.")
            elif len(set(_decode(path.read_bytes()))) < 8:
                problems.append(f"{name} holds a default, not a random key.")
    public = urlsplit(env.public_url)
    if public.scheme != "https":
        problems.append("ARCADA_PUBLIC_URL must begin with https://; put TLS in front (deploy/nginx.conf).")
    if not public.hostname or "*" in public.hostname:
        problems.append("ARCADA_PUBLIC_URL must name one host, without a *.")
    for name in ("ARCADA_DATA", "ARCADA_DATABASE_URL", "ARCADA_MAIL_URL", "ARCADA_MAIL_FROM"):
        if name not in given:
            problems.append(f"{name} is not set.")
    if "ARCADA_MAIL_URL" in given and urlsplit(env.mail_url).scheme not in ("smtp", "smtps"):
        problems.append("ARCADA_MAIL_URL must be smtp:// or smtps://; a folder of mails reaches nobody.")
    if not env.trusted_proxy:
        problems.append(
            "ARCADA_TRUSTED_PROXY is not set; it is the address that nginx speaks from, 127.0.0.1 on this machine. "
            "Without it nothing counts as https, and all people as one address."
        )
    elif not _is_address(env.trusted_proxy):
        problems.append("ARCADA_TRUSTED_PROXY must be one IP address, such as 127.0.0.1.")
    if urlsplit(env.database_url).username in ("postgres", "root"):
        problems.append("ARCADA_DATABASE_URL signs in as a database superuser.")
    if re.search(
        r"(fsync|synchronous(_commit)?)\s*=\s*(off|0|false)", unquote_plus(env.database_url).lower()
    ):
        problems.append("ARCADA_DATABASE_URL turns durable writes (fsync) off.")
    if "DJANGO_DEBUG" in given or given.get("ARCADA_DEBUG"):
        problems.append("ARCADA_DEBUG is set; debug pages show patients' data.")
    if _is_plain_store(env.storage_url):
        problems.append("ARCADA_STORAGE_URL reaches the store over http.")
    if "ARCADA_DATA" in given and env.data.is_dir() and env.data.stat().st_mode & 0o007:
        problems.append("ARCADA_DATA is open to everybody on this machine; run chmod 700 on it.")
    if env.kernel_cache.is_dir() and env.kernel_cache.stat().st_mode & 0o022:
        # What lies there is run as it is.
        problems.append("ARCADA_KERNEL_CACHE can be written by others; run chmod 700 on it.")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        problems.append("Arcada runs as root; start it as a user of its own.")
    return problems


def console_problems(env: Env) -> list[str]:
    """What makes the console's settings unusable: a path that is a page's already, a network that is none."""
    problems = []
    first = env.console_path.split("/")[0]
    if env.console_path and (not _CONSOLE_PATH.fullmatch(env.console_path) or first in TAKEN):
        problems.append(
            "ARCADA_CONSOLE_PATH must be a word of letters, digits and dashes that no page has, such as desk-7f3a."
        )
    problems += [
        f"ARCADA_CONSOLE_ALLOW names {network!r}, which is no network such as 10.0.0.0/24."
        for network in env.console_allow
        if not _is_network(network)
    ]
    if env.console_path and not env.console_allow:
        problems.append(
            "ARCADA_CONSOLE_ALLOW is not set; say from which networks the console may be reached."
        )
    return problems


def _is_network(said: str) -> bool:
    try:
        ipaddress.ip_network(said)
    except ValueError:
        return False
    return True


def _is_address(said: str) -> bool:
    try:
        ipaddress.ip_address(said)
    except ValueError:
        return False
    return True


def _is_plain_store(storage_url: str) -> bool:
    """An S3 store that is spoken to over http on another machine."""
    url = urlsplit(storage_url)
    endpoint = urlsplit(dict(parse_qsl(url.query)).get("endpoint", ""))
    is_here = endpoint.hostname in ("127.0.0.1", "localhost", "::1")
    return url.scheme == "s3" and endpoint.scheme == "http" and not is_here


def _count(name: str, said: str) -> int:
    if not said.isascii() or not said.isdigit() or not 1 <= int(said) <= 64:
        raise UnsafeSettings([f"{name} is {said!r}; it must be a number from 1 to 64."])
    return int(said)


def unknown_variables(source: Mapping[str, str] | None = None) -> list[str]:
    """ARCADA_* variables that nothing reads: mostly slips of the keyboard."""
    given = os.environ if source is None else source  # noqa: TID251 - this is the one reader
    return sorted(name for name in given if name.startswith("ARCADA_") and name not in VARIABLES)


def use_kernel_cache(env: Env) -> None:
    """Point numba at the kernel cache; must run before the first import of a kernel."""
    os.environ.setdefault("NUMBA_CACHE_DIR", str(env.kernel_cache))  # noqa: TID251 - numba reads only the environment


def _key(path: Path, is_production: bool) -> bytes:
    if not path.is_file():
        if is_production:
            raise UnsafeSettings([f"The key file {path} is not there."])
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two processes may start at once on a new folder: the first link wins, both read the same key.
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return _decode(path.read_bytes())[:32]


def _decode(raw: bytes) -> bytes:
    """A key file holds 64 hexadecimal digits, or 32 raw bytes."""
    try:
        return bytes.fromhex(raw.strip().decode("ascii"))
    except (UnicodeDecodeError, ValueError):
        return raw
