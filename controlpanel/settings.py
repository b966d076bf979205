"""Every setting, read once from the environment; `.env.example` lists them all.

Durations are seconds. A value that cannot be read stops the start with the name of
its variable and what was expected. Nothing else of the project reads the environment,
save boto3, which reads AWS's own variables.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

import controlpanel
from controlpanel import environment, logs, secret_key
from failover import redaction

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = controlpanel.VERSION

# --- Where and what we are ---------------------------------------------------------

DATA_DIR = environment.folder("DATA_DIR", default="var", root=BASE_DIR)
DEBUG = environment.boolean("DEBUG", default=False)
LOGGING = logs.configure(level="DEBUG" if DEBUG else "INFO")
LOGGING_CONFIG = "logging.config.dictConfig"
logs.mask_tracebacks()

# --- The address people type -------------------------------------------------------

PORT = environment.count("PORT", default=8000, most=65535)
INSECURE_HTTP = environment.boolean("INSECURE_HTTP", default=False)
_PUBLIC = environment.public_url("PUBLIC_URL", port=PORT)
PUBLIC_URL = f"{_PUBLIC.scheme}://{_PUBLIC.netloc}"
IS_HTTPS = _PUBLIC.scheme == "https"
_IS_LOOPBACK = environment.is_loopback(_PUBLIC.hostname or "")
if not (IS_HTTPS or _IS_LOOPBACK or INSECURE_HTTP):
    raise environment.refusal(
        "PUBLIC_URL",
        "an https:// URL, because passwords would cross the network in clear"
        " (INSECURE_HTTP=1 allows that)",
    )
if DEBUG and not _IS_LOOPBACK:
    raise environment.refusal("DEBUG", "false unless PUBLIC_URL is on this machine")
ALLOWED_HOSTS = list(
    environment.words(
        "ALLOWED_HOSTS",
        default=tuple(
            dict.fromkeys([_PUBLIC.hostname or "", "127.0.0.1", "localhost"])
        ),
    )
)
CSRF_TRUSTED_ORIGINS = environment.origins("CSRF_TRUSTED_ORIGINS")
# How many proxies of our own stand in front; 0 makes X-Forwarded-* a stranger's word.
TRUSTED_PROXIES = environment.count("TRUSTED_PROXIES", default=0, most=10)

# --- The database ------------------------------------------------------------------

_DATABASE_URL = f"sqlite:///{DATA_DIR / 'swapboard.sqlite3'}"
_DATABASE = environment.database("DATABASE_URL", default=_DATABASE_URL, root=BASE_DIR)
_OWNER = environment.database(
    "MIGRATION_DATABASE_URL", default="sqlite://:memory:", root=BASE_DIR
)
_HAS_OWNER = bool(environment.text("MIGRATION_DATABASE_URL"))
IS_SQLITE = environment.is_sqlite(_DATABASE)
# FULL, because NORMAL may drop the last commits at power loss, and an intent must not
# vanish. IMMEDIATE, because a reader that turns writer fails at once otherwise.
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
}
_POSTGRESQL_OPTIONS = {
    "connect_timeout": 3,
    "application_name": "swapboard",
    "options": "-c lock_timeout=5s -c statement_timeout=20s"
    " -c idle_in_transaction_session_timeout=30s",
}


def _complete(config: Any) -> dict[str, Any]:
    options = _SQLITE_OPTIONS if environment.is_sqlite(config) else _POSTGRESQL_OPTIONS
    return {
        **config,
        "OPTIONS": {**options, **config.get("OPTIONS", {})},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _complete(_DATABASE)}
# The role that owns the tables, where the application's own may only read and insert
# the audit: `migrate` uses this alias.
MIGRATION_DATABASE = "default"
if _HAS_OWNER and _OWNER != _DATABASE:
    DATABASES["owner"] = {**_complete(_OWNER), "TEST": {"MIRROR": "default"}}
    MIGRATION_DATABASE = "owner"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- The broker: a hint, never the truth -------------------------------------------

# Empty: `manage.py up` brings its own Valkey under DATA_DIR. Celery's own numbers are
# in celery.py.
REDIS_URL = environment.url(
    "REDIS_URL", default="", schemes=("redis", "rediss", "redis+socket", "unix")
)
# --- The engine (protocol.md) ------------------------------------------------------

# The longest gap between looks while a resource serves nowhere, and otherwise.
POLL_DARK_S = environment.seconds("POLL_DARK_S", default=0.2)
POLL_IDLE_S = environment.seconds("POLL_IDLE_S", default=1)
# A driver's lease; no call leaves with less than a third of it left.
LEASE_TTL_S = environment.seconds("LEASE_TTL_S", default=15, least=1)
# For how long a call without a reply may still take effect.
SETTLE_S = environment.seconds("SETTLE_S", default=360, least=0)
# How long after its intent a call of ours may land at AWS (protocol P2): it leaves
# while a third of the lease is left, its signature is good for five minutes, and its
# reply is waited for. What lands later than we think could undo a finished job.
_SIGNATURE_S = 300
_READ_TIMEOUT_S = 10
SETTLE_LEAST_S = LEASE_TTL_S - LEASE_TTL_S / 3 + _SIGNATURE_S + _READ_TIMEOUT_S
if SETTLE_S < SETTLE_LEAST_S and not environment.has_ec2_on_this_machine():
    raise environment.refusal(
        "SETTLE_S",
        f"at least {SETTLE_LEAST_S:g} seconds with this LEASE_TTL_S, because a call of"
        " ours may land that long after its intent",
    )
# Between the two looks that must agree before a job is over.
VERIFY_AFTER_S = environment.seconds("VERIFY_AFTER_S", default=5, least=0)
# When an accepted detach counts as hung.
FORCE_AFTER_S = environment.seconds("FORCE_AFTER_S", default=60, least=0)
# After an automatic swap no other automatic detach for this long.
HOLD_DOWN_S = environment.seconds("HOLD_DOWN_S", default=600, least=0)
# Between two full inventory reads of a region.
SYNC_EVERY_S = environment.seconds("SYNC_EVERY_S", default=30, least=1)

# --- Probes ------------------------------------------------------------------------

# More than security.md's rule allows; the metadata addresses stay forbidden.
PROBE_ALLOW_NETS = environment.networks("PROBE_ALLOW_NETS")
PROBE_PORTS = environment.port_ranges("PROBE_PORTS", default="1-65535")

# --- Secrets and logins ------------------------------------------------------------

SECRET_KEY = environment.text("SECRET_KEY")
if not SECRET_KEY and not IS_SQLITE:
    raise environment.refusal(
        "SECRET_KEY", "a long random text, the same for every process on PostgreSQL"
    )
if not SECRET_KEY:
    try:
        SECRET_KEY = secret_key.keep(DATA_DIR / "secret_key")
    except OSError as error:
        raise environment.refusal("DATA_DIR", "a folder we may write") from error

# Former keys, with commas: sessions and second factors made with them stay good.
SECRET_KEY_FALLBACKS = list(environment.words("SECRET_KEY_FALLBACKS"))

AUTH_USER_MODEL = "failover.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    # What signs in passkeys and identity providers.
    "failover.web.identity.KeysAndProviders",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
    {"NAME": "failover.services.people.passwords.NoHouseWords"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL

_ROLES = ("viewer", "operator", "approver", "admin")
# From this role on a second factor is demanded of local users; empty: of nobody.
MFA_REQUIRED_FROM = environment.text("MFA_REQUIRED_FROM")
if MFA_REQUIRED_FROM not in ("", *_ROLES):
    raise environment.refusal("MFA_REQUIRED_FROM", f"one of {', '.join(_ROLES)}")
ACCOUNT_ADAPTER = "failover.web.identity.AccountAdapter"
ACCOUNT_FORMS = {"login": "failover.web.identity.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# The browser forgets its cookie when it closes; the server counts idle time itself.
ACCOUNT_SESSION_REMEMBER = False
# Signing in is counted by axes, for a name at an address. Here counts who has shown
# the password already and guesses at the second factor, or at the password again.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/5m/key",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "failover.web.identity.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Browsers allow passkeys without TLS on localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS

# OpenID Connect, where an issuer is given. Whoever comes has the role of their groups.
OIDC_ISSUER = environment.url("OIDC_ISSUER", default="", schemes=("https", "http"))
OIDC_CLIENT_ID = environment.text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = environment.text("OIDC_CLIENT_SECRET")
OIDC_NAME = environment.text("OIDC_NAME", default="single sign-on")
OIDC_SCOPES = environment.words("OIDC_SCOPES", default=("openid", "profile", "email"))
OIDC_GROUPS_CLAIM = environment.text("OIDC_GROUPS_CLAIM", default="groups")
OIDC_ROLE_MAP = environment.roles_of_groups("OIDC_ROLE_MAP", roles=_ROLES)
# Further origins that the issuer's sign-in page redirects to.
OIDC_ORIGINS = environment.origins("OIDC_ORIGINS")
if OIDC_ISSUER and not OIDC_CLIENT_ID:
    raise environment.refusal("OIDC_CLIENT_ID", "the client's id at OIDC_ISSUER")
if OIDC_ISSUER:
    _ISSUER = urlsplit(OIDC_ISSUER)
    OIDC_ORIGINS = [f"{_ISSUER.scheme}://{_ISSUER.netloc}", *OIDC_ORIGINS]
SOCIALACCOUNT_ADAPTER = "failover.web.identity.IdentityProviders"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "SCOPE": list(OIDC_SCOPES),
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_ISSUER, "uid_field": "sub"},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}

# Whatever of our own secrets gets into a text, no log and no audit repeats it.
redaction.hide(
    *(SECRET_KEY, *SECRET_KEY_FALLBACKS, OIDC_CLIENT_SECRET),
    *(str(d.get("PASSWORD") or "") for d in DATABASES.values()),
    urlsplit(REDIS_URL).password or "",
)

# A guesser is locked out for his address and that name only, so nobody can lock the
# last administrator out from elsewhere. Counted in the database: no broker needed.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "controlpanel.proxies.find_guesser"
AXES_LOCKOUT_CALLABLE = "failover.web.errors.locked_out"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Left alone for half an hour or older than half a day, a session is over.
SESSION_IDLE_S = 30 * 60
SESSION_LONGEST_S = 12 * 3600
SESSION_COOKIE_AGE = SESSION_LONGEST_S
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else "sessionid"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else "csrftoken"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "failover.web.errors.csrf_failure"

SECURE_SSL_REDIRECT = IS_HTTPS
# Load balancers and monitors ask these without TLS, from inside; a program is refused
# and not led on, so that it notices (NoTokensInClear).
SECURE_REDIRECT_EXEMPT = [r"^healthz/?$", r"^readyz/?$", r"^metrics/?$", r"^api/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
# Browsers' preload lists bind a whole domain, which is not ours to promise.
# `{% load heroicons %}` gets our own tags of that name, which draw each icon once.
SILENCED_SYSTEM_CHECKS = ["security.W021", "templates.W003"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
)
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# No form that is sent here is ever written to disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Signing in with an identity provider leads from a form of ours to theirs.
        "form-action": [SELF, *OIDC_ORIGINS],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Django ------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Before allauth, whose pages have our look.
    "failover",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "template_partials",
    "heroicons",
    "axes",
    "csp",
    # Last, so that its checks see every setting.
    "controlpanel",
]
MIDDLEWARE = [
    "controlpanel.proxies.TrustedProxies",
    "failover.web.middleware.RequestId",
    # Outside of the record, which keeps the status that was meant.
    "failover.web.middleware.FormsAnew",
    # Around all that can refuse.
    "failover.web.recording.Recording",
    "failover.web.middleware.NoTokensInAddresses",
    "django.middleware.security.SecurityMiddleware",
    "failover.web.middleware.NoTokensInClear",
    # Around what serves files, so that these have it too.
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "failover.web.middleware.Sittings",
    "failover.web.middleware.Eyes",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "failover.web.middleware.Unreadable",
    "failover.web.middleware.NoLargeBodies",
    # Deny is the default: a page that names no role is shut.
    "failover.web.middleware.Pages",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "controlpanel.urls"
WSGI_APPLICATION = "controlpanel.wsgi.application"
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
                "failover.web.context.frame",
            ],
            "libraries": {
                "cells": "failover.web.cell_tags",
                "heroicons": "failover.web.icon_tags",
            },
            "builtins": [
                "failover.web.icon_tags",
                "template_partials.templatetags.partials",
            ],
        },
    }
]
# In the session, which is in the database: a message that no page has shown yet is
# neither lost with a cookie nor cut short by its size.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
# Used codes and counted attempts hold for every process, with or without a broker.
CACHES = {
    "default": {
        "BACKEND": "failover.services.remembering.Memory",
    }
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# An image makes this folder, runs `collectstatic` into it and serves hashed names; a
# clone has no such folder and serves its files as they are.
_COLLECTED = BASE_DIR / "staticfiles"
_IS_COLLECTED = _COLLECTED.is_dir() and not DEBUG
STATIC_ROOT = _COLLECTED if _IS_COLLECTED else DATA_DIR / "static"
STATIC_ROOT.mkdir(mode=0o700, exist_ok=True)
WHITENOISE_USE_FINDERS = not _IS_COLLECTED
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _IS_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# What one token, or one signed-in user, may ask in a minute: start calls of all web
# processes together, calls of any kind for each web process.
API_STARTS_PER_MINUTE = environment.count(
    "API_STARTS_PER_MINUTE", default=1000, most=1_000_000
)
API_CALLS_PER_MINUTE = environment.count(
    "API_CALLS_PER_MINUTE", default=12_000, most=10_000_000
)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "failover.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["failover.api.permissions.RoleRequired"],
    "EXCEPTION_HANDLER": "failover.api.problems.handle",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "failover.api.schemas.Schema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Swapboard",
    "DESCRIPTION": "Swap the floating resources of EC2 failover pairs.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["failover.api.permissions.RoleRequired"],
    "PREPROCESSING_HOOKS": ["failover.api.schemas.without_doubles"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "failover.api.schemas.with_health",
    ],
    "ENUM_NAME_OVERRIDES": {
        "ApprovalState": [
            "pending",
            "approved",
            "denied",
            "void",
            "used",
            "expired",
        ],
        "TokenState": ["active", "revoked", "expired", "owner_disabled"],
        "JobKind": ["swap", "attach", "detach"],
        "JobState": [
            "queued",
            "running",
            "succeeded",
            "reversed",
            "cancelled",
            "parked",
        ],
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
