"""What each process is told: everybody the same few things, and each secret only its holder."""

from __future__ import annotations

from collections.abc import Mapping

from embedded.place import Place

INHERITED = (
    "HOME",
    "LANG",
    "LOGNAME",
    "PATH",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TERM",
    "TMPDIR",
    "TZ",
    "USER",
)
INHERITED_PREFIXES = ("LC_", "COVERAGE_")

EVERYBODY = frozenset(
    {
        "AMANA_ANCHOR_DIR",
        "AMANA_BACKUP_STORE",
        "AMANA_BACKUP_STORE_IS_REMOTE",
        "AMANA_BROKER_URL",
        "AMANA_CACHE_URL",
        "AMANA_DATABASE_URL",
        "AMANA_DB_BUDGET",
        "AMANA_DB_CAP_PER_TENANT",
        "AMANA_DB_PATIENCE",
        "AMANA_DB_PROCESSES",
        "AMANA_DEBUG",
        "AMANA_DRILL_RECIPIENT",
        "AMANA_ENV",
        "AMANA_ESCROW_DIR",
        "AMANA_ESCROW_IS_REMOTE",
        "AMANA_IDENTITY_PUBLIC_KEY",
        "AMANA_LOG_FORMAT",
        "AMANA_MAIL_FROM",
        "AMANA_MANIFEST_PUBLIC_KEY",
        "AMANA_OPERATOR",
        "AMANA_ORIGIN",
        "AMANA_PG_BIN",
        "AMANA_RECOVERY_RECIPIENTS",
        "AMANA_REPORT_PUBLIC_KEY",
        "AMANA_ROLE_SECRET",
        "AMANA_SECRET_KEY",
        "AMANA_TRUSTED_PROXIES",
        "AMANA_VAR",
        "DJANGO_SETTINGS_MODULE",
    }
)
HOLDERS: Mapping[str, frozenset[str]] = {
    "AMANA_PROVISIONER_URL": frozenset({"control", "restore", "prepare"}),
    "AMANA_IDENTITY_KEY": frozenset({"control", "restore", "prepare"}),
    "AMANA_BACKUP_URL": frozenset({"backup"}),
    "AMANA_MANIFEST_KEY": frozenset({"backup"}),
    "AMANA_STORE_WRITER": frozenset({"backup"}),
    "AMANA_DRILL_URL": frozenset({"drill"}),
    "AMANA_DRILL_KEY": frozenset({"drill", "lending"}),
    "AMANA_REPORT_KEY": frozenset({"drill"}),
    "AMANA_STORE_READER": frozenset({"drill", "restore"}),
    "AMANA_STORE_KEEPER": frozenset({"control"}),
    "AMANA_KEYSTORE_URL": frozenset({"web", "default", "files", "control", "prepare"}),
    "AMANA_MASTER_KEY": frozenset({"web", "default", "files", "control", "prepare"}),
    "AMANA_SEALER_URL": frozenset({"seal", "control", "restore", "prepare"}),
    "AMANA_SMTP_URL": frozenset({"default"}),
    "AMANA_ALARM_WEBHOOK": frozenset({"default"}),
    "AMANA_ALARM_SECRET": frozenset({"default"}),
    "AMANA_HEALTH_TOKEN": frozenset({"web"}),
    "AMANA_SUPERUSER_URL": frozenset(),
}
BUDGET = "80"


def inherited(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if name in INHERITED or name.startswith(INHERITED_PREFIXES)
    }


def everything(
    place: Place, given: Mapping[str, str], made: Mapping[str, str], origin: str
) -> dict[str, str]:
    """All there is to tell: what was made here, and what the user's environment says instead."""
    known = EVERYBODY | HOLDERS.keys()
    defaults = {"AMANA_ENV": "embedded", "AMANA_ORIGIN": origin, "AMANA_DB_BUDGET": BUDGET}
    told = {name: value for name, value in given.items() if name in known and value}
    fixed = {"AMANA_VAR": str(place.var), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return inherited(given) | defaults | dict(made) | told | fixed


def share_of(holder: str, told: Mapping[str, str]) -> dict[str, str]:
    """Closed by default: a secret nobody is named for goes to nobody."""
    return {
        name: value
        for name, value in told.items()
        if name in EVERYBODY or holder in HOLDERS.get(name, ()) or name in inherited(told)
    }
