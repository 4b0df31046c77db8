"""Django's settings, built from `Env`; nothing here reads the environment itself."""

import sys
import warnings
from pathlib import Path

import django
from csp.constants import NONCE, NONE, SELF

from arcada.config.database import databases
from arcada.config.env import read_env, use_kernel_cache

ENV = read_env()
use_kernel_cache(ENV)

PACKAGE = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules

DEBUG = False
SECRET_KEY = ENV.secret_key()
PUBLIC_HOST = ENV.public_url.split("://", 1)[-1].split("/", 1)[0]
ALLOWED_HOSTS = [PUBLIC_HOST.split(":")[0]]
if not ENV.is_production:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "testserver"]
CSRF_TRUSTED_ORIGINS = [ENV.public_url]

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "allauth",
    "allauth.account",
    "csp",
    "arcada.apps.audit",
    "arcada.apps.jobs",
    "arcada.apps.idempotency",
    "arcada.apps.mail",
    "arcada.apps.accounts",
    "arcada.apps.sign_in",
    "arcada.apps.files",
    "arcada.apps.notifications",
    "arcada.apps.patients",
    "arcada.apps.records",
    "arcada.apps.licences",
    "arcada.apps.cases",
    "arcada.apps.reviews",
    "arcada.apps.sharing",
    "arcada.apps.conduct",
    "arcada.apps.support",
    "arcada.apps.row_policies",
    "arcada.web",
]

MIDDLEWARE = [
    "arcada.config.row_fence.as_nobody",
    "arcada.config.request_log.log_requests",
    "arcada.web.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "arcada.web.middleware.answer_headers",
    "arcada.api.problems.only_problems",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "arcada.web.middleware.language",
    "arcada.web.middleware.time_zone",
    "django.middleware.common.CommonMiddleware",
    "arcada.web.middleware.storable_only",
    "arcada.web.middleware.own_origin",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "arcada.console.door.console_door",
    "arcada.web.limit_classes.limit_gate",
    "arcada.web.middleware.known_methods",
    "arcada.web.session_gate.session_gate",
    "arcada.web.denials.denials",
    "arcada.web.sent_once.sent_once",
    "arcada.web.middleware.errors_as_pages",
]

ROOT_URLCONF = "arcada.config.urls"
ASGI_APPLICATION = "arcada.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The console's lists are Django's; of all other apps no page is shown that is not ours.
        "DIRS": [PACKAGE / "web" / "templates", Path(django.__file__).parent / "contrib/admin/templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "arcada.web.context.shell",
            ],
            "builtins": ["arcada.web.templatetags.arcada"],
        },
    }
]

DATABASES = databases(ENV)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Limits must be shared by all processes and survive a restart, so they live in the database.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "arcada_cache"}
}

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["arcada.apps.sign_in.passwords.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "arcada.apps.sign_in.passwords.LengthValidator"},
    {"NAME": "arcada.apps.sign_in.passwords.GuessableValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "arcada.web.sign_up.SignUpDetails"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENV.is_production else "http"
ACCOUNT_ADAPTER = "arcada.web.allauth_hooks.Adapter"
ACCOUNT_FORMS = {"signup": "arcada.web.sign_up_form.SignUpForm"}
# Guesses are counted in rows of arcada.apps.sign_in.limits; what sends mails, there and here.
ACCOUNT_RATE_LIMITS = {
    "login": "",
    "login_failed": "",
    "reauthenticate": "",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/h/key",
}

SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENV.is_production
SESSION_COOKIE_NAME = "__Host-session" if ENV.is_production else "session"
CSRF_COOKIE_SECURE = ENV.is_production
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrf" if ENV.is_production else "csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "arcada.web.errors.csrf_failure"

# Answers
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if ENV.is_production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxy else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE, "'wasm-unsafe-eval'"],
        "worker-src": [SELF],
        "style-src": [SELF, NONCE],
        # The design's tokens let a page set numbers such as --of and --at on one element.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
# A file never passes through Django's form parser, so forms stay small.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# Evidence of a licence comes by a form (10 MB): what is larger would lie on the disk unsealed.
FILE_UPLOAD_MAX_MEMORY_SIZE = 11_000_000

# Words
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("pt-br", "Português (Brasil)"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
FORMAT_MODULE_PATH = ["arcada.web.formats"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Work that survives: rows with leases, run by `arcada worker`.
TASKS = {"default": {"BACKEND": "arcada.apps.jobs.backend.LeaseBackend", "QUEUES": ["default"]}}

# Files of the interface
STATIC_URL = "/static/"
STATIC_ROOT = ENV.data / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # unused: files have their own store
    "staticfiles": {"BACKEND": "arcada.web.assets.HashedStatic"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# The interface's own files are small: that they are read whole, and found without collecting them, is meant.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume", category=Warning)
warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)

# Mails leave through the outbox (arcada.apps.mail); allauth's too.
EMAIL_BACKEND = "arcada.apps.mail.backend.OutboxBackend"
DEFAULT_FROM_EMAIL = ENV.mail_from

# Everything goes to the diagnostic log (arcada.config.request_log), warnings and worse also to the terminal. Nothing
# keeps Django's own lines: they print addresses, and an address may hold a link's secret.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "arcada.config.request_log.JsonLine"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json"},
        "nobody": {"class": "logging.NullHandler"},
        "failures": {"class": "logging.StreamHandler", "formatter": "json", "level": "ERROR"},
        "file": {
            "()": "arcada.config.request_log.DailyFile", "folder": ENV.data / "logs", "formatter": "json",
        },
    },
    "root": {"handlers": ["console", "file"], "level": "WARNING"},
    "loggers": {
        "arcada": {"handlers": ["console", "file"], "level": "INFO", "propagate": False},
        # It complains of files that it was never asked to judge; it sets its level itself, when it is first used.
        "pydicom": {"handlers": ["nobody"], "propagate": False},
        "arcada.requests": {"handlers": ["file"], "level": "INFO", "propagate": False},
        "django.request": {"handlers": ["failures", "file"], "propagate": False},
        "django.server": {"handlers": ["failures", "file"], "propagate": False},
        "django.security.csrf": {"handlers": ["failures", "file"], "propagate": False},
    },
}  # fmt: skip
