"""The pages of restores: real rows of copies and restores, none of which was ever carried out."""

from typing import Any

from django.utils import timezone

from backups.models import Backup, Restore
from backups.restoring import asking
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.models import Tenant
from tests.access.cases_people import WHY, Make, just
from tests.access.pages import Case

WISH = {"purpose": "mistake", **WHY}


def copy_of(tenant: Tenant) -> Backup:
    """A copy that was taken; only what pages show of it is true."""
    return Backup.objects.create(tenant=tenant, tier="daily", state="done", snapshot_at=timezone.now())


def _copy(*, data: dict[str, str] | None = None) -> Make:
    def make(_place: Bindable) -> Case:
        with bound_to(CATALOG):
            backup = copy_of(Tenant.objects.get(slug="acme"))
        return Case({"pk": str(backup.pk)}, data)

    return make


def _restore(state: str = "requested", *, data: dict[str, str] | None = None) -> Make:
    def make(_place: Bindable) -> Case:
        with bound_to(CATALOG):
            tenant = Tenant.objects.get(slug="acme")
            restore = asking.ask(
                tenant, copy_of(tenant), "operator:priya", asking.Wish(WISH["purpose"], WISH["reason"])
            )
            if state == "running":
                asking.approve(restore, "operator:yusuf")
                asking.begin(restore, "operator:yusuf")
            else:
                Restore.objects.filter(pk=restore.pk).update(state=state)
        return Case({"pk": str(restore.pk)}, data)

    return make


def _request(place: Any) -> Case:
    with bound_to(CATALOG):
        backup = copy_of(Tenant.objects.get(pk=place.pk))
    return Case(
        {}, {"backup": str(backup.pk), **WISH}, changes=False
    )  # what it changes stands in the catalog


AT_TENANT: dict[str, Make] = {"restores:request": _request}
AT_OPERATORS: dict[str, Make] = {
    "restores:restore-list": just(),
    "restores:restore-create": _copy(data=WISH),
    "restores:restore-detail": _restore(),
    "restores:restore-progress": _restore("running"),
    "restores:restore-approve": _restore(data={}),
    "restores:restore-refuse": _restore(data=WHY),
    "restores:restore-begin": _restore("approved", data={}),
    "restores:restore-swap": _restore("ready", data={"typed": "acme"}),
    "restores:restore-give-up": _restore(data={}),
}
