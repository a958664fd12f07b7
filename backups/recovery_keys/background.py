"""What operators start on the page of recovery keys, as jobs of the platform: done where the keys are held."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.asking import holders
from backups.exceptions import BackupRefused
from backups.living import alive
from backups.models import Pulse
from backups.recovery_keys.checking import check_keys
from backups.recovery_keys.rotating import rewrap_all, rotate_tenant_key
from jobs.exceptions import JobFailed
from jobs.kinds import Kind, does
from jobs.progress import Progress
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

ROTATE = Kind(
    name="backups.rotate_recovery_key",
    title=_("Rotate the recovery key of %(name)s"),
    outcome=_("Version %(version)s encrypts from now on."),
    queue="control",
    resumable=False,
    cancellable=False,
    of_platform=True,
    permission="platform.key:rotate",
    may=holders("platform.key:view"),
)
REWRAP = Kind(
    name="backups.rewrap_recovery_keys",
    title=_("Wrap all recovery keys anew"),
    outcome=_("Wrapped anew: %(done)s. Left as they were, because they can't be opened: %(left)s."),
    queue="lending",
    time_limit=timedelta(hours=1),
    of_platform=True,
    permission="platform.key:rotate",
    may=holders("platform.key:view"),
)
CHECK = Kind(
    name="backups.check_recovery_keys",
    title=_("Check all recovery keys"),
    outcome=_("Keys that can't be opened: %(troubled)s."),
    queue="lending",
    of_platform=True,
    permission="platform.key:verify",
    may=holders("platform.key:view"),
)


@does(ROTATE)
def rotate(progress: Progress, tenant: str, **_shown: str) -> dict[str, int]:
    """Of a tenant, or of the catalog where none is named."""
    progress.step("Make a new key")
    try:
        with bound_to(CATALOG):
            whose = Tenant.objects.get(pk=UUID(tenant)) if tenant else None
            return {"version": rotate_tenant_key(whose).version}
    except BackupRefused:
        raise JobFailed("It is being closed, or recovery keys aren't set up: no new key was made.") from None


@does(REWRAP)
def rewrap(progress: Progress) -> dict[str, int]:
    """Cancelled or cut off, it goes on where it stopped."""
    progress.step("Wrap each key anew")
    try:
        with alive(Pulse.LENDING):
            done, left = rewrap_all(progress.at)
    except BackupRefused:
        raise JobFailed("The drill worker isn't told all recipients: nothing was done.") from None
    return {"done": done, "left": left}


@does(CHECK)
def check(progress: Progress) -> dict[str, int]:
    progress.step("Open each key")
    with alive(Pulse.LENDING):
        return {"troubled": check_keys(progress.at)}
