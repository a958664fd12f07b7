"""New keys in the place of old ones: of one tenant, or the keys that all identities are wrapped for."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from audit.recording import record
from backups.exceptions import BackupError, BackupRefused
from backups.keeping.clock import agreed_time
from backups.models import Backup, RecoveryKey
from backups.owners import short_name
from backups.recovery_keys.destroying import destroy
from backups.recovery_keys.making import add_version
from backups.recovery_keys.opening import opened
from backups.recovery_keys.wrapping import wrap_identity, wrapping_recipients
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

LONGEST_DUMP = timedelta(days=1)
Tell = Callable[[int, int], None]


@transaction.atomic
def rotate_tenant_key(tenant: Tenant | None) -> RecoveryKey:
    """A new key that the tenant's (or the catalog's) copies are encrypted to from now on, bound to the catalog.

    The older ones open what was encrypted to them, until the last such copy is removed. Raises BackupRefused.
    """
    if tenant and Tenant.objects.select_for_update().get(pk=tenant.pk).is_ending:
        raise BackupRefused(f"{tenant} is being closed: it gets no new recovery key.")
    key = add_version(tenant)
    record("backups.recovery_key_rotated", tenant=short_name(tenant), version=key.version)
    return key


def destroy_unneeded(by: str) -> list[RecoveryKey]:
    """Older versions that no copy needs any more, bound to the catalog; a dump that began with one has ended.

    Raises EndingRefused, and destroys nothing, where clocks disagree.
    """
    since = agreed_time() - LONGEST_DUMP
    gone = [key for key in RecoveryKey.objects.usable().select_related("tenant") if _is_unneeded(key, since)]
    for key in gone:
        destroy([key], by, "no copy needs it any more")
    return gone


def _is_unneeded(key: RecoveryKey, since: datetime) -> bool:
    newer = RecoveryKey.objects.usable().filter(tenant=key.tenant, version__gt=key.version)
    if not newer.filter(made_at__lt=since).exists():
        return False
    copies = Backup.objects.filter(tenant=key.tenant, key_version=key.version)
    return not (copies.stored().exists() or copies.filter(state=Backup.State.RUNNING).exists())


def to_rewrap() -> int:
    """How many identities aren't wrapped for the recipients that this process is told; bound to the catalog."""
    return RecoveryKey.objects.usable().exclude(wrapped_for=",".join(wrapping_recipients())).count()


def rewrap_all(tell: Tell = lambda _done, _of: None) -> tuple[int, int]:
    """Wrap each identity for the recipients of today, as the drill worker, unbound: (wrapped anew, left as they were).

    Cut off, it goes on where it stopped. One that can't be opened is left, with the reason beside it.
    """
    now = ",".join(wrapping_recipients())
    with bound_to(CATALOG):
        waiting = [*RecoveryKey.objects.usable().exclude(wrapped_for=now).values_list("pk", flat=True)]
    done = 0
    for number, pk in enumerate(waiting, start=1):
        with bound_to(CATALOG):
            done += _rewrap(pk, now)
        tell(number, len(waiting))
    if waiting:
        with bound_to(CATALOG):
            record("backups.recovery_keys_rewrapped", keys=done)
    return done, len(waiting) - done


@transaction.atomic
def _rewrap(pk: int, now: str) -> bool:
    key = RecoveryKey.objects.usable().select_for_update(of=("self",)).filter(pk=pk).first()
    if key is None:
        return False  # destroyed since
    try:
        key.wrapped = wrap_identity(opened(key))
    except BackupError as error:
        RecoveryKey.objects.filter(pk=pk).update(trouble=str(error)[:500])
        return False
    key.wrapped_for, key.trouble, key.checked_at = now, "", timezone.now()
    key.save(update_fields=["wrapped", "wrapped_for", "trouble", "checked_at"])
    return True
