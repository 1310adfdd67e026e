"""Settings, read from the environment and from nowhere else.

DEBUG                 development: error pages, plain http, a throw-away key
SECRET_KEY            needed unless DEBUG; signs sessions and form tokens
ALLOWED_HOSTS         needed unless DEBUG; host names of the site, comma-separated
DATABASE_URL          default: the file db.sqlite3 in the checkout
CSRF_TRUSTED_ORIGINS  origins with scheme, where a proxy changes the host name
SITE_ADDRESS          where readers reach the site, as https://example.org: the links in letters
                      begin with it; default: the first of ALLOWED_HOSTS
SECURE                https only: redirect, HSTS, secure cookies; default: not DEBUG
SECURE_PROXY          a proxy in front always sets X-Forwarded-Proto and can be trusted; readers'
                      forms are then counted by the last address of its X-Forwarded-For
EMAIL_URL             the mail server, as smtp+tls://user:password@host:587; without it letters wait
                      in the outbox, in development they are written to the terminal
MAIL_FROM             the sender of letters; default: udredningsvejviser@ the host of SITE_ADDRESS
OIDC_PROVIDERS        the regions' own logins, as JSON; pathways/oidc.py says what is in it
STATIC_MANIFEST       hashed, compressed static files from `collectstatic`; default: not DEBUG
LOG_LEVEL             default INFO
"""

from __future__ import annotations

import logging
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from pathways import oidc

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()


def _required(name: str, how: str) -> str:
    """Return the variable's value, or stop with a sentence that says what to set."""
    value: str = env.str(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(
            f"The environment variable {name} is not set. {how} "
            "For development set DEBUG=1 instead, or use `make run`."
        )
    return value


DEBUG: bool = env.bool("DEBUG", default=False)
SECURE: bool = env.bool("SECURE", default=not DEBUG)

if DEBUG:
    # A new key per process: nothing signed with it can be mistaken for something that lasts.
    SECRET_KEY = env.str("SECRET_KEY", default="") or secrets.token_urlsafe(50)
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
else:
    SECRET_KEY = _required(
        "SECRET_KEY",
        "Set it to a long random text that stays the same between restarts; make one with: "
        'python -c "import secrets; print(secrets.token_urlsafe(50))".',
    )
    ALLOWED_HOSTS = [
        host.strip()
        for host in _required(
            "ALLOWED_HOSTS", "Set it to the host names of the site, separated by commas."
        ).split(",")
    ]

CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

SITE_ADDRESS: str = env.str("SITE_ADDRESS", default="").rstrip("/") or (
    "http://127.0.0.1:8000" if DEBUG else f"https://{ALLOWED_HOSTS[0].lstrip('.*')}"
)

INSTALLED_APPS = [
    "regions",
    "units",
    "mail",
    "pathways",
    "notifications",
    "editing",
    # The admin asks for a second factor too.
    "accounts.admin_apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Before staticfiles: in development too, whitenoise serves the files, as in production.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    # After those whose admin pages it takes away.
    "accounts",
]

MIDDLEWARE = [
    "pathways.middleware.without_body",
    # Outermost, so that what the others refuse or redirect carries the policies too.
    "csp.middleware.CSPMiddleware",
    "pathways.middleware.permissions_policy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # Not Django's own: that would make every page vary on Accept-Language.
    "pathways.middleware.language_of_address",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.views.sessions.EditorAreaMessages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.views.sessions.ends",
    "allauth.account.middleware.AccountMiddleware",
    # Innermost: what is refused before it is read need not be cleaned.
    "pathways.middleware.cleaned",
]

ROOT_URLCONF = "pathways.urls"
WSGI_APPLICATION = "pathways.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            # Tags stand with the pages that use them, not in the application's own folder.
            "libraries": {
                name: f"pathways.public.templatetags.{name}"
                for name in (
                    "answers",
                    "comparison",
                    "feedback",
                    "glossary_links",
                    "languages",
                    "maps",
                    "print_sheets",
                )
            },
        },
    },
]


POSTGRESQL = "django.db.backends.postgresql"
SQLITE = "django.db.backends.sqlite3"
DEFAULT_DATABASE = BASE_DIR / "db.sqlite3"


def _database() -> dict[str, Any]:
    """Return the database that DATABASE_URL names, tuned for its engine.

    Never ATOMIC_REQUESTS: on SQLite every reader would then take the write lock.
    """
    url: str = env.str("DATABASE_URL", default="")
    database: dict[str, Any]
    try:
        database = env.db_url_config(url) if url else {"ENGINE": SQLITE, "NAME": DEFAULT_DATABASE}
    except Exception:
        database = {}
    if database.get("ENGINE") not in (SQLITE, POSTGRESQL) or not database.get("NAME"):
        # The value may hold a password, so it is not repeated.
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. Set it to sqlite:////path/to/file or "
            "postgres://user:password@host:5432/name."
        )
    if database["ENGINE"] == SQLITE:
        database["OPTIONS"] = {
            # Take the write lock when a transaction starts: upgrading a read lock later fails
            # at once when somebody else wrote in between, whatever the timeout.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA foreign_keys=ON; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"
            ),
            **database.get("OPTIONS", {}),
        }
    else:
        # A folder as host names a socket, which a URL can only hold in its quoted form.
        database["HOST"] = unquote(database["HOST"])
        database["CONN_HEALTH_CHECKS"] = True
    # Opening a connection costs more than a page that is made already, on both engines.
    database["CONN_MAX_AGE"] = 60
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "regions.User"
_VALIDATORS = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": _VALIDATORS + "UserAttributeSimilarityValidator"},
    {"NAME": _VALIDATORS + "MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": _VALIDATORS + "CommonPasswordValidator"},
    {"NAME": _VALIDATORS + "NumericPasswordValidator"},
]

# Login: an address and a password, then a second factor; nobody signs up uninvited. Or a region's
# own login (OIDC).
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/redaktion/"
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_ADAPTER = "accounts.views.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation's link has proved the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True  # "your password was changed", to the person
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "20/m/ip,5/5m/key"}
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reauthenticate": "accounts.forms.ConfirmPasswordForm",
}
MFA_ADAPTER = "accounts.views.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "authenticate_webauthn": "accounts.forms.ProveKeyForm",
    "reauthenticate": "accounts.forms.ConfirmCodeForm",
    "reauthenticate_webauthn": "accounts.forms.ConfirmKeyForm",
    "activate_totp": "accounts.forms.AppForm",
    "add_webauthn": "accounts.forms.KeyForm",
    "edit_webauthn": "accounts.forms.KeyNameForm",
}
SOCIALACCOUNT_ADAPTER = "accounts.views.adapters.SocialAccountAdapter"
OIDC_APPS = oidc.providers(env.str("OIDC_PROVIDERS", default=""))
OIDC_ORIGINS = oidc.origins(OIDC_APPS)
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OIDC_APPS}}

# Half a working day is long enough to be interrupted in; accounts.views.sessions ends idle ones.
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True


# Mail -------------------------------------------------------------------------------------


def _mail() -> dict[str, Any]:
    """Return Django's settings of the mail server that EMAIL_URL names."""
    url: str = env.str("EMAIL_URL", default="").strip() or (
        # Nowhere rather than into the log: letters hold addresses.
        "consolemail://" if DEBUG else "dummymail://"
    )
    try:
        config: dict[str, Any] = env.email_url_config(url)
    except Exception:
        # The value may hold a password, so it is not repeated.
        raise ImproperlyConfigured(
            "EMAIL_URL cannot be read. Set it to smtp+tls://user:password@host:587 or smtp://host:25."
        ) from None
    return {name: value for name, value in config.items() if name.startswith("EMAIL_")}


globals().update(_mail())
EMAIL_TIMEOUT = 20  # seconds for each step; Django's default is to wait for ever
# Without a mail server nothing may be marked as sent.
SENDS_MAIL: bool = DEBUG or bool(env.str("EMAIL_URL", default="").strip())
DEFAULT_FROM_EMAIL: str = env.str("MAIL_FROM", default="").strip() or (
    f"Udredningsvejviseren <udredningsvejviser@{urlsplit(SITE_ADDRESS).hostname}>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("dansk")), ("en", _("engelsk"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "pathways.formats"
TIME_ZONE = "Europe/Copenhagen"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []
# The manifest knows only collected files; development and tests read the sources themselves.
STATIC_MANIFEST: bool = env.bool("STATIC_MANIFEST", default=not DEBUG)
STATIC_ROOT = BASE_DIR / "staticfiles" if STATIC_MANIFEST else None
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if STATIC_MANIFEST
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

# Only login counts here how often it was tried, in a table that all processes share: nothing that
# a reader types is ever cached. Above MAX_ENTRIES rows are dropped, and with them their counts.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_attempt",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Security and privacy ---------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "pathways.public.views.errors.csrf_failure"
# A draft travels whole at every button: some twenty fields for each of up to a hundred lines.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
# Until the browser closes, not a year: nobody who has once logged in carries a cookie around.
CSRF_COOKIE_AGE = None

SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
# The container asks itself over plain http whether it is well.
SECURE_REDIRECT_EXEMPT = [r"^sundhed/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
# Preloading binds a whole domain in every browser: its owner decides that, not this program.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if env.bool("SECURE_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Error reports go to the log only, without anything a reader typed.
ADMINS: list[tuple[str, str]] = []
DEFAULT_EXCEPTION_REPORTER_FILTER = "pathways.log_privacy.ErrorReportFilter"

LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "without_words": {"()": "pathways.log_privacy.WithoutWords"},
        "without_tokens": {"()": "pathways.log_privacy.WithoutTokens"},
    },
    "formatters": {
        "line": {
            "()": "pathways.log_privacy.Line",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["without_words", "without_tokens"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would write every line a second time, or mail it.
        "django": {"handlers": [], "level": LOG_LEVEL},
        "django.server": {"handlers": [], "level": LOG_LEVEL},
        # At DEBUG this logger writes SQL with its parameters: the street that was typed.
        # It stays above that whatever LOG_LEVEL says.
        "django.db.backends": {"level": "WARNING"},
        # At DEBUG this one writes a page's whole context, the search field's text in it, each
        # time a template asks for a name that is not there.
        "django.template": {"level": "WARNING"},
    },
}
# A warning goes through the log too: its own words may hold the value that it warns of.
logging.captureWarnings(True)
# A line that cannot be written is lost; the report of it would hold what it was about.
logging.raiseExceptions = DEBUG
