"""Every setting, in one file; what differs between machines is read by `config.env`."""

from pathlib import Path

import structlog
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = env.folder("KYODAKU_LOCAL_DIR", BASE_DIR / ".dev")

# Core

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
PUBLIC_URL = env.text("PUBLIC_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "licensing",
    "ledger",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "licensing.api.request_id.RequestIdMiddleware",
    "licensing.api.unstorable.UnstorableMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "licensing.access.ActorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "licensing.access.navigation",
            ],
        },
    },
]

# Stores

DATABASES = {
    "default": env.database("DATABASE_URL") | {"ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 0},
}
if env.flag("DATABASE_POOL"):
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL},
}

EVIDENCE_DIR = env.folder("EVIDENCE_DIR", LOCAL_DIR / "evidence")
if bucket := env.text("EVIDENCE_BUCKET", ""):
    EVIDENCE = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.text("EVIDENCE_ENDPOINT_URL", "") or None,
            "file_overwrite": False,
            "signature_version": "s3v4",
            "default_acl": None,
        },
    }
else:
    EVIDENCE = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": EVIDENCE_DIR},
    }

STORAGES = {
    "default": EVIDENCE,
    "evidence": EVIDENCE,
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        ),
    },
}
STATIC_URL = "static/"
STATIC_ROOT = LOCAL_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]

# What prices a report's receipt; usage knows nothing of what is built on it.
RECEIPT_PRICER = "licensing.royalties.pricing.of_report"

# Largest body one POST may carry; anything larger is uploaded in parts and streamed to the store.
SMALL_REPORT_BYTES = 5_000_000
SMALL_REPORT_LINES = 10_000
# An upload that is not completed within these days is given up.
UPLOAD_DAYS = env.number("UPLOAD_DAYS", 7)
# How long an address for one part straight into the store may be used.
UPLOAD_ADDRESS_SECONDS = env.number("UPLOAD_ADDRESS_SECONDS", 3600)
DATA_UPLOAD_MAX_MEMORY_SIZE = SMALL_REPORT_BYTES + 65_536

# People

AUTH_USER_MODEL = "licensing.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "licensing.parties.accounts.InvitationOnlyAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Kyodaku: "
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Kyodaku"
INVITATION_DAYS = 7

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_FILE_PATH = LOCAL_DIR / "mail"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Kyodaku <no-reply@localhost>")

# Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "licensing" / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "Asia/Tokyo")

# Safety

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = False
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "licensing.api.auth.ApiKeyAuthentication",
        "licensing.api.auth.MemberAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["licensing.api.auth.DeclaredScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["licensing.api.parsers.StrictJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["licensing.api.throttling.OrganisationThrottle"],
    "DEFAULT_THROTTLE_RATES": {"organisation": env.text("API_RATE", "1200/min")},
    "DEFAULT_SCHEMA_CLASS": "licensing.api.operations.EndpointSchema",
    "DEFAULT_PAGINATION_CLASS": "licensing.api.paging.CursorList",
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "licensing.api.problems.handle",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Kyodaku",
    "VERSION": "1",
    "DESCRIPTION": "Ask what may be trained on, negotiate it, report its use, follow the money.",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "licensing.api.operations.add_refusals",
    ],
    "ENUM_NAME_OVERRIDES": {
        "DealState": "licensing.deals.models.DealState",
        "DocumentState": "ledger.documents.models.State",
        "ImportState": "licensing.catalogue.models.ImportState",
        "NoticeStage": "licensing.usage.notices.models.Stage",
        "NoticeState": "licensing.usage.notices.models.NoticeState",
        "MatchKind": "licensing.usage.matching.models.Kind",
        "MatchDecisionChoice": "licensing.usage.matching.forms.CHOICES",
        "UnmatchedStatus": "licensing.usage.matching.models.Status",
        "InvoiceState": "ledger.invoices.models.State",
        "PayoutState": "ledger.payouts.lifecycle.State",
        "PeriodState": "licensing.royalties.models.PeriodState",
        "ReportState": "licensing.usage.models.ReportState",
        "RunState": "licensing.royalties.models.RunState",
        "StatementState": "licensing.royalties.models.StatementState",
        "Use": "licensing.catalogue.uses.USE_NAMES",
    },
}

# Jobs

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 3600
CELERY_TASK_SOFT_TIME_LIMIT = 3540
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than any task may run, so that no message is given out twice while it is worked on.
    "visibility_timeout": 4000,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "max_retries": 1,
}
CELERY_TIMEZONE = TIME_ZONE

# Which jobs follow what the ledger announces; the ledger names events and knows no listener.
SUBSCRIBERS: dict[str, tuple[str, ...]] = {
    "report.accepted": (
        "licensing.royalties.tasks.note_report",
        "licensing.usage.tasks.count_unmatched",
        "licensing.usage.tasks.compare_report",
        "licensing.usage.tasks.answer_notices",
    ),
    "report.judged_again": (
        "licensing.royalties.tasks.note_report",
        "licensing.usage.tasks.count_unmatched",
    ),
    "run.issued": ("licensing.settlement.tasks.invoice_run",),
    "payment.recorded": ("licensing.settlement.tasks.release_advance",),
    "payout.moved": ("licensing.settlement.tasks.follow_payout",),
    # Nobody follows these yet: earnings are released with the statement, and whoever sent a report
    # reads its rejection on its page.
    "invoice.paid": (),
    "report.rejected": (),
}

# Money

STRIPE_API_KEY = env.text("STRIPE_API_KEY", "")
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "") or None
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET", "")
# Balances below this wait for the next payout; minor units by currency.
PAYOUT_THRESHOLD_MINOR = {"JPY": 1_000, "USD": 1_000, "EUR": 1_000, "GBP": 1_000}
# A report is reminded of so many days before it is due; a formal notice gives so many more.
REPORT_REMINDER_DAYS = env.number("REPORT_REMINDER_DAYS", 5)
NOTICE_ANSWER_DAYS = env.number("NOTICE_ANSWER_DAYS", 14)
# Estimates what unmatched lines would cost, for the list of what to decide first.
STAKE_PRICER = "licensing.royalties.stakes.of_month"
# A statement that changed by more per cent than this against the month before is flagged.
VARIANCE_FLAG_PERCENT = env.number("VARIANCE_FLAG_PERCENT", 30)
# Dotted names of what `verify` proves beside the ledger itself.
VERIFIERS = (
    "licensing.royalties.verify.verify_royalties",
    "licensing.settlement.verify.verify_settlement",
)

# What DuckDB may take in one process.
DUCKDB_MEMORY_LIMIT = env.text("DUCKDB_MEMORY_LIMIT", "1500MB")
DUCKDB_THREADS = env.number("DUCKDB_THREADS", 2)
# What a process may take that expands one file; the engine's own limit lies below it.
EXPANSION_MEMORY_BYTES = env.number("EXPANSION_MEMORY_MIB", 3072) << 20

# Logs

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": (
                structlog.dev.ConsoleRenderer(colors=False)
                if DEBUG
                else structlog.processors.JSONRenderer()
            ),
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
            ],
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # These tell every step they take at INFO.
    "loggers": {name: {"level": "WARNING"} for name in ("stripe", "weasyprint", "fontTools")},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
