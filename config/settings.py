"""One settings file for every environment; `config/environment.py` says what differs."""

import os
from datetime import timedelta
from pathlib import Path

import django_stubs_ext

from config.environment import BASE_DIR as BASE_DIR
from config.environment import read_environment
from config.logs.configuration import form_of, logging_in
from config.mail import mail_server
from config.policy import policy_reporting_to
from config.steps import AMANA_STEPS as AMANA_STEPS
from config.templates import TEMPLATES as TEMPLATES
from tenants.databases import Databases
from tenants.signing import TenantKey

django_stubs_ext.monkeypatch()

ENVIRONMENT = read_environment(os.environ)

AMANA_ORIGIN = ENVIRONMENT.origin
AMANA_PUBLIC_HOST = ENVIRONMENT.host
AMANA_OPERATOR_HOST = f"operator.{ENVIRONMENT.host}"
AMANA_VAR = ENVIRONMENT.var
AMANA_DATABASE_URL = ENVIRONMENT.database_url
AMANA_PROVISIONER_URL = ENVIRONMENT.provisioner_url
AMANA_OPERATOR = os.environ.get("AMANA_OPERATOR", "")  # who gives commands here, for the activity log
AMANA_ROLE_SECRET = ENVIRONMENT.role_secret
AMANA_IDENTITY_KEY = ENVIRONMENT.identity_key
AMANA_IDENTITY_PUBLIC_KEY = ENVIRONMENT.identity_public_key
AMANA_KEYSTORE_URL = ENVIRONMENT.keystore_url
AMANA_MASTER_KEY = ENVIRONMENT.master_key
# Unwrapped keys in a process's memory: how long, and how many.
AMANA_KEYS_SECONDS = 60.0
AMANA_KEYS_NUMBER = 2000
# Copies of the key store. What is shredded is gone for good when the youngest of them ends: three days at most.
AMANA_ESCROW_DIR = Path(ENVIRONMENT.escrow_dir or ENVIRONMENT.var / "escrow")
AMANA_ESCROW_IS_REMOTE = ENVIRONMENT.escrow_is_remote == "1"
AMANA_ESCROW_DAYS = 3
# Jobs: how long a silent worker keeps one, how often it writes down how far it is, and how long results are kept.
AMANA_JOB_LEASE_SECONDS = 30.0
AMANA_JOB_REPORT_SECONDS = 0.5
AMANA_JOB_PATIENCE_SECONDS = 60.0
AMANA_JOB_FILE_HOURS = 24
AMANA_JOB_DAYS = 90
AMANA_MIGRATION_LOCK_TIMEOUT = "5s"
AMANA_SEALER_URL = ENVIRONMENT.sealer_url
# Backups: where they go, who takes them, who opens them, and what proves that they are ours (docs/operations.md).
AMANA_BACKUP_URL = ENVIRONMENT.backup_url
AMANA_DRILL_URL = ENVIRONMENT.drill_url
AMANA_BACKUP_STORE = ENVIRONMENT.backup_store
AMANA_BACKUP_STORE_IS_REMOTE = ENVIRONMENT.backup_store_is_remote == "1"
AMANA_STORE_WRITER = ENVIRONMENT.store_writer
AMANA_STORE_READER = ENVIRONMENT.store_reader
AMANA_STORE_KEEPER = ENVIRONMENT.store_keeper
AMANA_MANIFEST_KEY = ENVIRONMENT.manifest_key
AMANA_MANIFEST_PUBLIC_KEY = ENVIRONMENT.manifest_public_key
AMANA_REPORT_KEY = ENVIRONMENT.report_key
AMANA_REPORT_PUBLIC_KEY = ENVIRONMENT.report_public_key
AMANA_RECOVERY_RECIPIENTS = ENVIRONMENT.recovery_recipients
AMANA_DRILL_KEY = ENVIRONMENT.drill_key
AMANA_DRILL_RECIPIENT = ENVIRONMENT.drill_recipient
AMANA_PG_BIN = os.environ.get("AMANA_PG_BIN", "")  # PostgreSQL's programs, where they aren't the wheel's
AMANA_BACKUP_LEASE_SECONDS = 120.0
AMANA_BACKUP_LOCK_SECONDS = 60.0  # how long a copy waits for a migration
# How many copies are taken at a time from one server and into the storage, for how long a worker looks for more at one
# message, and how often one is tried: after a minute, then two, four, …
AMANA_BACKUPS_PER_SERVER = 2
AMANA_BACKUPS_AT_ONCE = 4
AMANA_BACKUP_LOOK_SECONDS = 600.0
AMANA_BACKUP_ATTEMPTS = 6
AMANA_BACKUP_RETRY_SECONDS = 60.0
# Drills: within how many days each tenant's turn comes, how long a restore may take, how old the newest copy may be,
# and where what was fetched lies, still encrypted, while a drill works on it.
AMANA_DRILL_DAYS = 30
AMANA_RTO_SECONDS = 4 * 3600.0
AMANA_RPO_SECONDS = 26 * 3600.0
AMANA_DRILL_DIR = ENVIRONMENT.var / "drill"
AMANA_BACKUP_STALE_HOURS = 26  # how old the newest good copy may be
AMANA_ALARM_WEBHOOK = ENVIRONMENT.alarm_webhook
AMANA_ALARM_SECRET = ENVIRONMENT.alarm_secret
AMANA_HEALTH_TOKEN = ENVIRONMENT.health_token
AMANA_BACKUP_SILENCE_SECONDS = 90.0  # after which backup_now gives up on workers
# The activity log: where its seals are anchored outside of PostgreSQL, how long an event may be unsealed, and for how
# many months it is kept (24 at least).
AMANA_ANCHOR_DIR = ENVIRONMENT.anchor_dir
AMANA_SEAL_LAG_SECONDS = 60
AMANA_ACTIVITY_MONTHS = 24
# How many proxies of ours stand before web, each adding to X-Forwarded-For whom it saw; 0 believes nobody's.
AMANA_TRUSTED_PROXIES = int(os.environ.get("AMANA_TRUSTED_PROXIES", "0"))
# What each transaction tells PostgreSQL first, what is added to each database after its migrations, and who is named
# as acting in tasks and commands.
AMANA_TRANSACTION_PREAMBLES = ["audit.context.preamble"]
AMANA_SCHEMA_STEPS = ["audit.installing", "accounts.installing"]
AMANA_ATTRIBUTION = "audit.attribution"
AMANA_RECORD = "audit.recording.record_in_catalog"
# Where the operator site hears of visits to a tenant, and keeps tickets.
AMANA_OWNER_RECOVERY_HOURS = 24  # in which the tenant's people can say no
AMANA_SUPPORT_DESK = "console.desk.Desk"
AMANA_DATABASES_BESIDE = ["backups.restoring.beside.names"]
AMANA_RESTORE_DIR = ENVIRONMENT.var / "restore"  # where a copy lies, still encrypted, while it is restored
AMANA_ARCHIVE_DELAY_HOURS = 72  # from the yes to take an archived copy out to the first moment to fetch it
AMANA_RESTORE_ASKED_DAYS = 7  # before one that nobody begins is given up
AMANA_RESTORE_LEFT_DAYS = 14  # before one that failed, or that nobody puts in force, is given up
AMANA_RESTORE_KEEPS_DAYS = 7  # the database that a restored one has replaced
AMANA_SAFETY_COPY_SECONDS = 3600.0  # that a restore in place waits for the copy it makes first
AMANA_SAFETY_COPY_FRESH_SECONDS = 600.0  # since it was made: when another try of the same is content with it
AMANA_WALLS = ["audit.walls.EVERY_TABLE_IS_LOGGED"]
# Raised with a migration that the code can't work without: a tenant below the minimum is answered 503 until the fleet
# is migrated.
AMANA_SCHEMA_LEVEL = 4
AMANA_MINIMUM_SCHEMA_LEVEL = 4

# Connections: one budget for all processes, one share for each.
AMANA_DB_BUDGET = int(os.environ.get("AMANA_DB_BUDGET", "80"))
AMANA_DB_PROCESSES = int(os.environ.get("AMANA_DB_PROCESSES", "8"))
AMANA_DB_CAP_PER_TENANT = int(os.environ.get("AMANA_DB_CAP_PER_TENANT", "8"))
AMANA_DB_PATIENCE = float(os.environ.get("AMANA_DB_PATIENCE", "5"))
AMANA_ROLE_CONNECTION_LIMIT = 40
AMANA_ROLE_STATEMENT_TIMEOUT = "60s"

# Purges that a restore would undo: each runs again in what was restored (backups/restoring/purging.py).
AMANA_PURGES = ["keys.purging.empty_indexes_again"]

SECRET_KEY = TenantKey(ENVIRONMENT.secret_key)
DEBUG = ENVIRONMENT.debug
# Every host is looked up, exactly, by TenantMiddleware; an unknown one is not found.
ALLOWED_HOSTS = ["*"]

CATALOG_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "axes",
    "accounts",
    "audit",
    "interface",
    "jobs",
    "tenants",
    "backups",
    "console",
]
TENANT_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "axes",
    "accounts",
    "jobs",
    "business.contacts",
]
WITHOUT_TABLES = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_otp",
    "csp",
    "access",
    "activity",
    "keys",
    "config",
]
INSTALLED_APPS = [*dict.fromkeys([*CATALOG_APPS, *TENANT_APPS, *WITHOUT_TABLES])]
CATALOG_LABELS = {app.rpartition(".")[2] for app in CATALOG_APPS}
TENANT_LABELS = {app.rpartition(".")[2] for app in TENANT_APPS}

TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = Databases()
DATABASE_ROUTERS = ["tenants.routing.BoundRouter"]

CACHE_TIMEOUTS = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}  # seconds, then as if it were away
CACHES = {
    "default": {
        "BACKEND": "tenants.cache.TenantCache",
        "LOCATION": ENVIRONMENT.cache_url,
        "KEY_FUNCTION": "tenants.cache.tenant_key",
        "OPTIONS": CACHE_TIMEOUTS,
    },
    "platform": {
        "BACKEND": "tenants.cache.PlatformCache",
        "LOCATION": ENVIRONMENT.cache_url,
        "KEY_FUNCTION": "tenants.cache.platform_key",
        "OPTIONS": CACHE_TIMEOUTS,
    },
}
STORAGES = {
    "default": {"BACKEND": "tenants.files.TenantStorage"},
    "staticfiles": {"BACKEND": "interface.static_files.OneStylesheet"},
}
MEDIA_ROOT = ENVIRONMENT.var / "files"
STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.var / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False

MIDDLEWARE = [
    "audit.request_ids.RequestIds",
    "config.logs.requests.RequestLines",
    "csp.middleware.CSPMiddleware",
    "interface.headers.EveryAnswer",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "tenants.speaking.LanguageMiddleware",
    "interface.error_pages.PagesForEmptyAnswers",
    "interface.violations.PolicyReports",
    "tenants.middleware.TenantMiddleware",
    "audit.middleware.ActingMiddleware",
    "config.interrupted.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.support.middleware.GuestMiddleware",
    "accounts.middleware.ActorMiddleware",
    "accounts.middleware.PersonsLanguageMiddleware",
    "accounts.visits.middleware.Visits",
    "accounts.htmx.SignedOutInThePage",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.visits.middleware.ScreenLock",
    "accounts.second_factor.middleware.SecondFactorGate",
    "accounts.passwords.middleware.OwedPassword",
    "access.middleware.DeclaredAccess",
    "accounts.visits.middleware.StepUp",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "config.urls_tenant"
OPERATOR_URLCONF = "config.urls_operator"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
WSGI_APPLICATION = "config.wsgi.application"

FORM_RENDERER = "interface.forms.Renderer"

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.authentication.EmailBackend"]
# Failed sign-ins. By default axes locks a whole office by its address, for ever, and keeps what was typed.
AXES_HANDLER = "accounts.limits.handler.CountFirst"
AXES_USERNAME_FORM_FIELD = "email"
AXES_USERNAME_CALLABLE = "accounts.limits.keys.key_of"
AXES_CLIENT_IP_CALLABLE = "accounts.limits.keys.spot_of"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], ["username"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_FAILURE_LIMIT = 10  # with one address from one spot
AMANA_FAILURES_IN_ALL = 20  # with one address, from wherever
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # its middleware: our own view says when to come back
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "accounts.passwords.validating.PolicyValidator"}]
PASSWORD_RESET_TIMEOUT = (
    72 * 3600
)  # seconds; of any link, and of an invitation (accounts/passwords/tokens.py)
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "/"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_ENGINE = "accounts.sessions"

_https = AMANA_ORIGIN.startswith("https:")
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "config.views_errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _https
SESSION_COOKIE_NAME = "__Host-amana" if _https else "amana"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"  # our forms prove by it where they come from

# What a browser refuses it reports to the site it was on. Chromium drops reports to a group of a site without TLS.
AMANA_REPORTS_PATH = "/csp-reports/"
AMANA_REPORTS_GROUP = "policy" if _https else ""
CONTENT_SECURITY_POLICY = policy_reporting_to(AMANA_REPORTS_PATH, AMANA_REPORTS_GROUP)

# Letters go to the mail server that is named, or else into files, for whoever tries Amana out.
if ENVIRONMENT.smtp_url:
    globals().update(mail_server(ENVIRONMENT.smtp_url).settings())
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = ENVIRONMENT.var / "mail"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from or f"Amana <no-reply@{ENVIRONMENT.host}>"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ar", "العربية"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

CELERY_BROKER_URL = ENVIRONMENT.broker_url

LOGGING = logging_in(form_of(os.environ), candid=DEBUG)
