"""Which tenants have background work to look after, so that nobody has to look at all of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Least, Now

from tenants.binding import bound_tenant, in_catalog

if TYPE_CHECKING:
    from tenants.models import Tenant

UNCOMMITTED = timedelta(minutes=10)  # the longest that a transaction may take which asked for a watch


class Watch(models.Model):
    """A tenant to be looked at, and when. Kept by what looks: any tenant may be watched at any time."""

    tenant = models.OneToOneField("tenants.Tenant", on_delete=models.CASCADE, primary_key=True)
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.due_at}"

    def look_again(self, at: datetime | None) -> None:
        """Next look at `at`, or none: unless somebody asked meanwhile, or did so too recently to have committed."""
        settled = Watch.objects.filter(
            pk=self.pk, due_at=self.due_at, asked_at=self.asked_at, asked_at__lt=Now() - UNCOMMITTED
        )
        if at is None:
            settled.delete()
        else:
            settled.update(due_at=at)


def watch_bound_tenant(within: timedelta) -> None:
    """Have the bound tenant looked at in that time at the latest; noted in the catalog at once, for good.

    Called before what it is about is committed, so that nothing is ever committed unwatched.
    """
    tenant = bound_tenant()
    if tenant is not None:
        in_catalog(lambda: _watch(tenant.pk, within))


def _watch(tenant_id: object, within: timedelta) -> None:
    due = Now() + within
    row, made = Watch.objects.get_or_create(tenant_id=tenant_id, defaults={"due_at": due, "asked_at": Now()})
    if not made:
        Watch.objects.filter(pk=row.pk).update(due_at=Least("due_at", due), asked_at=Now())


def due_watches() -> Iterator[tuple[Watch, "Tenant"]]:
    """Whom to look at now, bound to the catalog: those being served, longest due first."""
    due = Watch.objects.select_related("tenant__server").filter(due_at__lte=Now(), tenant__state="active")
    for watch in due.order_by("due_at"):
        yield watch, watch.tenant
