"""How the recovery keys are: what the page of operators and the command `recovery_keys` show."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.reading import Page, TooMuchToRead, read_page
from backups.exceptions import BackupRefused
from backups.models import Backup, Pulse, RecoveryKey
from backups.owners import full_name
from backups.recovery_keys.opening import FORGED
from backups.recovery_keys.rotating import to_rewrap
from backups.recovery_keys.wrapping import OFFLINE, offline_recipients
from keys.certificates import escrow_lifetime
from tenants.models import Tenant

CHECKED_WITHIN = timedelta(days=2)
ESCROWED_WITHIN = timedelta(hours=26)
SECONDS = 3


@dataclass(frozen=True)
class Version:
    """One key of a tenant (or of the catalog: no tenant) that still opens something; `is_newest` encrypts."""

    tenant: UUID | None
    owner: str
    name: str
    version: int
    recipient: str
    copies: int
    made_at: datetime
    checked_at: datetime | None
    trouble: str
    is_newest: bool

    @property
    def rotate_url(self) -> str:
        if self.tenant is None:
            return reverse("recovery-keys:rotate-catalogs")
        return reverse("recovery-keys:rotate", args=[self.tenant])

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_checked(self) -> bool:
        """Within two days; or it was made within them."""
        return (self.checked_at or self.made_at) > timezone.now() - CHECKED_WITHIN


@dataclass(frozen=True)
class Health:
    """`offline`: how many offline keys are named, of the two there must be; `to_rewrap` is None where they aren't."""

    offline: int
    has_drill_recipient: bool
    keys: int
    troubled: int
    unchecked: int
    without_key: list[str]
    to_rewrap: int | None
    escrow_at: datetime | None
    escrow_file: str
    is_new: bool

    @property
    def is_set_up(self) -> bool:
        return self.offline >= OFFLINE and self.has_drill_recipient

    @property
    def is_escrow_late(self) -> bool:
        """None is late but on a platform of today, which has some hours for its first one."""
        if self.escrow_at is None:
            return not self.is_new
        return self.escrow_at < timezone.now() - ESCROWED_WITHIN

    @property
    def is_well(self) -> bool:
        wrong = self.troubled or self.unchecked or self.without_key or self.to_rewrap or self.is_escrow_late
        return self.is_set_up and self.escrow_at is not None and not wrong


class Recipient(NamedTuple):
    """Whom every identity is wrapped for, with the public half."""

    label: str
    public: str


def recipients_now() -> list[Recipient]:
    """As this process is told them."""
    offline = [Recipient(_("Offline"), each) for each in offline_recipients()]
    drill = settings.AMANA_DRILL_RECIPIENT
    return [*offline, *([Recipient(_("Drill worker"), drill)] if drill else [])]


def versions() -> list[Version]:
    """Every key that isn't destroyed, by owner and newest first; bound to the catalog."""
    keys = RecoveryKey.objects.usable().select_related("tenant").order_by("tenant__slug", "-version")
    copies = _copies()
    seen: set[UUID | None] = set()
    found = []
    for key in keys:
        found.append(_version(key, copies.get((key.tenant_id, key.version), 0), key.tenant_id not in seen))
        seen.add(key.tenant_id)
    return sorted(found, key=lambda each: each.tenant is not None)


def _version(key: RecoveryKey, copies: int, is_newest: bool) -> Version:
    forged = "" if key.is_genuine else FORGED
    return Version(
        tenant=key.tenant_id,
        owner=key.owner,
        name=full_name(key.tenant),
        version=key.version,
        recipient=key.recipient,
        copies=copies,
        made_at=key.made_at,
        checked_at=key.checked_at,
        trouble=forged or key.trouble,
        is_newest=is_newest,
    )


def _copies() -> dict[tuple[UUID | None, int | None], int]:
    counted = Backup.objects.stored().order_by().values_list("tenant", "key_version").annotate(Count("pk"))
    return {(tenant, version): count for tenant, version, count in counted}


def health(found: list[Version]) -> Health:
    """Of the keys that `versions` gave; bound to the catalog."""
    return Health(
        offline=len({*offline_recipients()}),
        has_drill_recipient=bool(settings.AMANA_DRILL_RECIPIENT),
        keys=len(found),
        troubled=sum(bool(each.trouble) for each in found),
        unchecked=sum(not each.is_checked for each in found),
        without_key=[*_without_key(found)],
        to_rewrap=_to_rewrap(),
        escrow_at=Pulse.objects.moment_of(Pulse.ESCROW),
        escrow_file=_last_escrow(),
        is_new=is_new(),
    )


def _without_key(found: list[Version]) -> Iterator[str]:
    with_key = {each.tenant for each in found}
    for tenant in Tenant.objects.with_database():
        if tenant.pk not in with_key:
            yield tenant.name
    if None not in with_key:
        yield full_name(None)


def _to_rewrap() -> int | None:
    try:
        return to_rewrap()
    except BackupRefused:
        return None


def is_new() -> bool:
    planner = Pulse.objects.planner()
    return planner is None or planner.since > timezone.now() - ESCROWED_WITHIN


def _last_escrow() -> str:
    """From the activity log: the files lie where web doesn't see them."""
    lately = timezone.now() - 2 * escrow_lifetime()
    try:
        made = read_page(Page(most=1, seconds=SECONDS), action="backups.escrow_made", since=lately)
    except TooMuchToRead:
        return ""
    return str(made[0].details.get("file", "")) if made else ""
