"""Which recovery keys can't be relied on: a copy is worth no more than the key that opens it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from backups.exceptions import BackupRefused
from backups.models import Backup, Pulse, RecoveryKey
from backups.recovery_keys.health import CHECKED_WITHIN, ESCROWED_WITHIN, is_new
from backups.recovery_keys.wrapping import wrapping_recipients
from backups.sentences import sentence
from tenants.models import Tenant, TenantQuerySet

Found = tuple[Tenant | None, str]
CLOSED = gettext_noop("The recovery key of %(name)s, version %(version)s, can't be opened: %(why)s")
UNCHECKED = gettext_noop(
    "The recovery key of %(name)s, version %(version)s, wasn't opened for two days: is the worker lending running?"
)
FOR_OTHERS = gettext_noop(
    "The recovery key of %(name)s, version %(version)s, is wrapped for other recipients than today's: wrap all anew."
)
WITHOUT = gettext_noop("%(name)s has no recovery key, so no copy of it can be taken: run prepare.")
CATALOG_WITHOUT = gettext_noop("The catalog has no recovery key, so no copy of it can be taken: run prepare.")
NEVER_ESCROWED = gettext_noop("The recovery keys were never escrowed: look at the worker control.")
ESCROWED = gettext_noop(
    "The newest escrow of the recovery keys is of %(at)s UTC: look at the worker control."
)


def keys_in_trouble() -> Iterator[Found]:
    """Whose, and the worst of it in words, once each; bound to the catalog."""
    seen = set()
    for tenant, says in _found():
        if tenant not in seen:
            seen.add(tenant)
            yield tenant, says


def _found() -> Iterator[Found]:
    yield from _without_key()
    for copy in without_its_key():
        says = f"The recovery key of {copy.whose}, version {copy.key_version}, is missing, and copies need it"
        yield copy.tenant, f"{says}: restore an escrow."
    for key in troubled():
        yield key.tenant, sentence(CLOSED, **_named(key), why=sentence(key.trouble))
    for key in unchecked():
        yield key.tenant, sentence(UNCHECKED, **_named(key))
    for key in for_others():
        yield key.tenant, sentence(FOR_OTHERS, **_named(key))


def escrow_trouble() -> str:
    """In words, where the newest escrow is too old or there is none; a platform of today has some hours for it."""
    made_at = Pulse.objects.moment_of(Pulse.ESCROW)
    since = timezone.now() - ESCROWED_WITHIN
    if made_at is None:
        return "" if is_new() else sentence(NEVER_ESCROWED)
    if made_at > since:
        return ""
    return sentence(ESCROWED, at=f"{made_at:%Y-%m-%d %H:%M}")


def troubled() -> QuerySet[RecoveryKey]:
    return _in_use().exclude(trouble="")


def unchecked() -> QuerySet[RecoveryKey]:
    since = timezone.now() - CHECKED_WITHIN
    return _in_use().filter(Q(checked_at=None, made_at__lt=since) | Q(checked_at__lt=since))


def for_others() -> QuerySet[RecoveryKey]:
    """Wrapped for others than today's, as far as this process is told whom they are to be wrapped for."""
    try:
        today = ",".join(wrapping_recipients())
    except BackupRefused:
        return RecoveryKey.objects.none()
    return _in_use().exclude(wrapped_for=today)


def _without_key() -> Iterator[Found]:
    have = RecoveryKey.objects.usable().exclude(tenant=None).values("tenant")
    for tenant in Tenant.objects.with_database().exclude(pk__in=have):
        yield tenant, sentence(WITHOUT, name=tenant.slug)
    if not RecoveryKey.objects.usable().filter(tenant=None).exists():
        yield None, sentence(CATALOG_WITHOUT)


def without_its_key() -> QuerySet[Backup]:
    """Of each owner and version that the table of keys has lost, one stored copy. A key that was destroyed is there."""
    keys = RecoveryKey.objects.filter(version=OuterRef("key_version"))
    of_catalog = Q(~Exists(keys.filter(tenant=None)), tenant=None)
    of_tenants = Q(
        ~Exists(keys.filter(tenant=OuterRef("tenant"))),
        tenant__state__in=TenantQuerySet.STATES_WITH_DATABASE,
    )
    lost = of_catalog | of_tenants
    copies = Backup.objects.stored().exclude(key_version=None).filter(lost).select_related("tenant")
    found: QuerySet[Backup] = copies.order_by("tenant_id", "key_version").distinct("tenant_id", "key_version")
    return found.defer("manifest")


def _in_use() -> QuerySet[RecoveryKey]:
    """Of whoever has a database, and of the catalog; those of who is being closed are about to be destroyed."""
    states = TenantQuerySet.STATES_WITH_DATABASE
    keys = RecoveryKey.objects.usable().select_related("tenant").defer("wrapped", "certificate")
    return keys.filter(Q(tenant=None) | Q(tenant__state__in=states))


def _named(key: RecoveryKey) -> dict[str, Any]:
    return {"name": key.owner, "version": key.version}
