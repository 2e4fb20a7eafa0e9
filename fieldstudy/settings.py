"""All settings, from the environment; embedded mode fills in what the environment leaves out (see `services`)."""

import os
from pathlib import Path
from typing import Any

# Before numpy is loaded: small matrices multiply faster in one thread than while threads wait for each other, and every
# worker would start as many as there are cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from fieldstudy import services

BASE_DIR = Path(__file__).resolve().parent.parent
SERVICES = services.configured(os.environ)
SECRET_KEY = SERVICES.secret_key
SEALING_KEY = SERVICES.sealing_key
DATA_DIR = SERVICES.data_dir
DEBUG = os.environ.get("DEBUG", "") == "1"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("TRUSTED_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "knox",
    "rest_framework",
    "fieldstudy",
    "observations",
    "coding",
    "exports",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "fieldstudy.middleware.nothing_kept",
    "fieldstudy.middleware.sign_in_required",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "fieldstudy.middleware.errors_as_pages",
]
ROOT_URLCONF = "fieldstudy.urls"
WSGI_APPLICATION = "fieldstudy.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "fieldstudy" / "templates"],  # ahead of the account pages that allauth brings
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fieldstudy.web.page_context",
            ],
            "builtins": ["fieldstudy.templatetags.fieldstudy"],
        },
    }
]


def _database(url: str, *, pool: bool = False, prepare: bool = False) -> dict[str, Any]:
    """Django's settings for a libpq connection URI (unix sockets, TLS options and all)."""
    parts = conninfo_to_dict(url)
    known = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT", "dbname": "NAME"}
    options: dict[str, Any] = {name: value for name, value in parts.items() if name not in known}
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 20}
        if SERVICES.embedded:
            # Before the web server gives up on the process that asks; elsewhere a pooler may refuse such an option.
            options["options"] = "-c statement_timeout=60s"
    if prepare:
        options["prepare_threshold"] = 5
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{django: str(parts.get(libpq, "")) for libpq, django in known.items()},
        "OPTIONS": options,
    }


# The application's role reads and writes; the owner's role migrates. Only the web server pools connections. Before a
# server that is not the platform's own there may be a pooler that cannot keep prepared statements.
POOL = os.environ.get("FIELDSTUDY_POOL") == "1"
PREPARE = SERVICES.embedded or os.environ.get("FIELDSTUDY_PREPARE") == "1"
DATABASES = {
    "default": _database(SERVICES.database_url, pool=POOL, prepare=PREPARE),
    "owner": _database(SERVICES.owner_database_url or SERVICES.database_url),
}
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": services.redis_py_url(SERVICES.redis_url),
    }
}
SESSION_ENGINE = "fieldstudy.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_COOKIE_HTTPONLY = False  # the workspace reads it to sign its saves
HTTPS = os.environ.get("HTTPS", "") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

AUTH_USER_MODEL = "fieldstudy.User"
AUTHENTICATION_BACKENDS = ["fieldstudy.accounts.SessionAccounts"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "fieldstudy.accounts.InvitationOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "reset_password": "5/m/ip,3/m/key"}
ACCOUNT_PREVENT_ENUMERATION = True
# The proxies that stand before the web server and add to X-Forwarded-For; anybody can write what comes before theirs.
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = os.environ.get("EMAIL_USE_SSL", "") == "1"
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "0" if EMAIL_USE_SSL else "1") == "1"
EMAIL_TIMEOUT = float(os.environ.get("EMAIL_TIMEOUT", "10"))
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "fieldstudy@localhost")
if not EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "fieldstudy" / "locale"]
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
FORMAT_MODULE_PATH = ["fieldstudy.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 200
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "fieldstudy.api.authentication.SessionAuthentication",
        "fieldstudy.api.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "fieldstudy.api.pagination.Cursor",
    "PAGE_SIZE": 100,
    "DEFAULT_SCHEMA_CLASS": "fieldstudy.api.schema.Schema",
    "EXCEPTION_HANDLER": "fieldstudy.api.errors.errors_as_json",
    "DEFAULT_THROTTLE_CLASSES": ["fieldstudy.api.throttling.PerMinute"],
    "NUM_PROXIES": TRUSTED_PROXIES,
}
REST_KNOX = {"TOKEN_TTL": None, "TOKEN_LIMIT_PER_USER": 20, "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Fieldstudy",
    "DESCRIPTION": "Collect, code, compare and publish qualitative field studies.",
    "VERSION": "1",
    "DEFAULT_GENERATOR_CLASS": "fieldstudy.api.schema.KeptSchema",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "AgreementUnit": ["turn", "sentence", "character", "segment"],
        "CodeStance": ["strength", "limit", "neither"],
        "CodedUnit": ["hit", "sentence", "turn"],
        "ConsentState": ["given", "withdrawn"],
        "DecisionOutcome": ["take", "adjust", "reject"],
        "DisputeKind": ["missed", "border", "sibling", "far"],
        "DisputeOutcome": ["side", "merged", "edited", "new", "nobody"],
        "ImportFileState": ["waiting", "imported", "refused"],
        "JobState": ["queued", "running", "done", "failed", "cancelled"],
        "PromiseStance": ["supports", "qualifies", "contradicts"],
        "RoundOpened": ["calibration", "again"],
        "RoundOutcome": ["met", "missed", "few", "undefined"],
        "RoundPurpose": ["main", "calibration", "again"],
        "SourceKind": ["interview", "field_note", "document"],
        "ToolKind": ["anomaly_detection", "prognosis", "treatment_choice", "second_opinion", "other"],
        "TurnKind": ["speech", "question", "observed", "verbatim", "interpretation", "heading"],
        "VariableKind": ["text", "integer", "decimal", "boolean", "date", "choice"],
    },
}

CELERY_BROKER_URL = SERVICES.redis_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 3, "socket_timeout": 10, "retry_on_timeout": True}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "fieldstudy.errors.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# HTTPS, and what else a domain promises of itself, are for whoever serves the platform to decide.
SILENCED_SYSTEM_CHECKS = [f"security.W{number}" for number in ("004", "005", "008", "012", "016", "021")]
