"""The environment, read once and said in types. Production refuses what would be unsafe."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.backup_store import faults_of_store
from config.mail import faults_of_mail
from config.recovery import faults_of_public_keys, faults_of_recipients, faults_of_worker
from keys.exceptions import BadMasterKey
from keys.masters import parse_master_keys

BASE_DIR = Path(__file__).resolve().parent.parent
STRONG = 50


@dataclass(frozen=True)
class Environment:
    """What AMANA_* variables say. Empty strings stand for what this process doesn't hold."""

    kind: str
    debug: bool
    var: Path
    origin: str
    database_url: str
    provisioner_url: str
    broker_url: str
    cache_url: str
    secret_key: str
    role_secret: str
    identity_key: str
    identity_public_key: str
    keystore_url: str
    master_key: str
    sealer_url: str
    backup_url: str
    drill_url: str
    backup_store: str
    backup_store_is_remote: str
    store_writer: str
    store_reader: str
    store_keeper: str
    manifest_key: str
    manifest_public_key: str
    report_key: str
    report_public_key: str
    escrow_dir: str
    escrow_is_remote: str
    recovery_recipients: str
    drill_key: str
    drill_recipient: str
    smtp_url: str
    alarm_webhook: str
    alarm_secret: str
    health_token: str
    mail_from: str
    anchor_dir: Path

    @property
    def is_production(self) -> bool:
        """Whatever isn't said to be embedded: a misspelt kind is refused like production, never let be."""
        return self.kind != "embedded"

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or ""

    def faults(self) -> Iterator[str]:
        """Why production must not start, a sentence each."""
        yield from (f"AMANA_{name.upper()} is missing" for name in NEEDED if not getattr(self, name))
        for name in ("secret_key", "role_secret"):
            if getattr(self, name) and not is_strong(getattr(self, name)):
                yield f"AMANA_{name.upper()} is weak: give {STRONG} random characters or more"
        yield from self._faults_of_keys()
        yield from faults_of_mail(self.smtp_url)
        yield from faults_of_store(
            self.backup_store,
            is_remote=self.backup_store_is_remote == "1",
            databases=(getattr(self, name) for name in DATABASES),
        )
        yield from faults_of_recipients(self.recovery_recipients, self.drill_recipient)
        yield from faults_of_public_keys(manifest=self.manifest_public_key, report=self.report_public_key)
        yield from self._faults_of_alarms()
        if self.debug:
            yield "AMANA_DEBUG is on"
        if urlsplit(self.origin).scheme != "https":
            yield f"AMANA_ORIGIN must begin with https:// (it is {self.origin or 'missing'})"
        for name in ("database_url", "keystore_url", "broker_url", "cache_url"):
            if self._is_embedded(getattr(self, name)):
                yield f"AMANA_{name.upper()} names an embedded server"

    def _faults_of_keys(self) -> Iterator[str]:
        """Who works without secrets holds neither of the two; half of them is a mistake."""
        if self.keystore_url and not self.master_key:
            yield "AMANA_MASTER_KEY is missing, and AMANA_KEYSTORE_URL is of no use without it"
        if self.master_key and not self.keystore_url:
            yield "AMANA_KEYSTORE_URL is missing, and AMANA_MASTER_KEY is of no use without it"
        try:
            if self.master_key:
                parse_master_keys(self.master_key)
        except BadMasterKey as fault:
            yield str(fault).removesuffix(".")

    def _faults_of_alarms(self) -> Iterator[str]:
        if self.alarm_webhook and urlsplit(self.alarm_webhook).scheme != "https":
            yield "AMANA_ALARM_WEBHOOK must begin with https://"
        if self.alarm_webhook and not is_strong(self.alarm_secret):
            yield f"AMANA_ALARM_SECRET is missing or weak: give {STRONG} random characters or more"
        if self.health_token and not is_strong(self.health_token):
            yield f"AMANA_HEALTH_TOKEN is weak: give {STRONG} random characters or more"

    def require_keys(self) -> None:
        """What web asks for besides. Raises ImproperlyConfigured in production where it holds no master key."""
        if self.is_production and not self.master_key:
            raise ImproperlyConfigured(
                "Amana refuses to start: AMANA_MASTER_KEY is missing, and web encrypts."
            )

    def require_mail(self) -> None:
        """What the worker that sends letters asks for besides. Raises ImproperlyConfigured in production without."""
        if self.is_production and not self.smtp_url:
            raise ImproperlyConfigured(
                "Amana refuses to start: AMANA_SMTP_URL is missing, and this worker sends letters."
            )

    def require_worker(self, queues: Iterable[str]) -> None:
        """What the worker for these queues asks for besides. Raises ImproperlyConfigured in production without."""
        faults = [fault for queue in queues for fault in faults_of_worker(queue, self)]
        if self.is_production and faults:
            raise ImproperlyConfigured("Amana refuses to start: " + "; ".join(faults) + ".")

    def _is_embedded(self, url: str) -> bool:
        return str(self.var) in url or "/amana-" in url or "%2Famana-" in url


def is_strong(secret: str) -> bool:
    """Long, and of many different characters."""
    return len(secret) >= STRONG and len(set(secret)) >= 10


def read_environment(given: "os._Environ[str] | dict[str, str]") -> Environment:
    """Raises ImproperlyConfigured, naming each fault, where production would be unsafe."""
    var = Path(given.get("AMANA_VAR", str(BASE_DIR / "var")))
    environment = Environment(
        kind=given.get("AMANA_ENV", "production"),
        debug=given.get("AMANA_DEBUG", "") == "1",
        var=var,
        anchor_dir=Path(given.get("AMANA_ANCHOR_DIR") or var / "anchors"),
        origin=given.get("AMANA_ORIGIN", "").rstrip("/"),
        **{name: given.get(f"AMANA_{name.upper()}", "") for name in TEXTS},
    )
    faults = list(environment.faults()) if environment.is_production else []
    if faults:
        raise ImproperlyConfigured("Amana refuses to start: " + "; ".join(faults) + ".")
    return environment


NEEDED = (
    "secret_key",
    "role_secret",
    "identity_public_key",
    "database_url",
    "broker_url",
    "cache_url",
    "mail_from",
    "backup_store",
)
DATABASES = ("database_url", "provisioner_url", "backup_url", "keystore_url", "sealer_url")
TEXTS = (
    "database_url",
    "provisioner_url",
    "broker_url",
    "cache_url",
    "secret_key",
    "role_secret",
    "identity_key",
    "identity_public_key",
    "keystore_url",
    "master_key",
    "sealer_url",
    "backup_url",
    "drill_url",
    "backup_store",
    "backup_store_is_remote",
    "store_writer",
    "store_reader",
    "store_keeper",
    "manifest_key",
    "manifest_public_key",
    "report_key",
    "report_public_key",
    "escrow_dir",
    "escrow_is_remote",
    "recovery_recipients",
    "drill_key",
    "drill_recipient",
    "smtp_url",
    "alarm_webhook",
    "alarm_secret",
    "health_token",
    "mail_from",
)
