"""The pages of copies and restores: real rows, none of which was ever carried out."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from backups.models import Backup, Policy, Restore
from backups.restoring import asking
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.models import Tenant
from tests.access.cases_people import SOON, WHY, Make, just
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


def _older(*, data: dict[str, object] | None = None, changes: bool = True, held: bool = False) -> Make:
    """A copy that may go, since there is a newer one."""

    def make(_place: Bindable) -> Case:
        with bound_to(CATALOG):
            acme = Tenant.objects.get(slug="acme")
            older = copy_of(acme)
            copy_of(acme)
            if held:
                Backup.objects.filter(pk=older.pk).update(hold_until=timezone.now() + timedelta(days=9))
        typed = data and {**data, "typed": older.name}
        return Case({"pk": str(older.pk)}, typed if data else data, changes)

    return make


def _of_acme(*, data: dict[str, object] | None = None) -> Make:
    def make(_place: Bindable) -> Case:
        with bound_to(CATALOG):
            return Case({"pk": str(Tenant.objects.get(slug="acme").pk)}, data)

    return make


def _policy(_place: Bindable) -> Case:
    with bound_to(CATALOG):
        values = {"keep_days": 30, "window_opens": "01:00", "window_minutes": 240}
        Policy.objects.update_or_create(tier="daily", defaults=values)
    return Case({"tier": "daily"}, {**values, "keep_days": 31, "seen": "30 01:00 240", "agreed": "1"})


def _shortening(_place: Bindable) -> Case:
    with bound_to(CATALOG):
        values = {"keep_days": 60, "shorter_days": 30, "shorter_from": timezone.now() + timedelta(days=7)}
        Policy.objects.update_or_create(tier="daily", defaults=values)
    return Case({"tier": "daily"}, {})


def _history(place: Bindable) -> Case:
    return Case({"table": "backups_backup", **_older()(place).arguments})


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


AT_TENANT: dict[str, Make] = {"restores:request": _request, "own-backups:overview": just()}
AT_OPERATORS: dict[str, Make] = {
    "backups:fleet": just(),
    "backups:catalog-detail": just(),
    "backups:catalog-take": just({}),
    "backups:tenant-detail": _of_acme(),
    "backups:tenant-take": _of_acme(data={}),
    "backups:copy-detail": _older(),
    "backups:copy-manifest": _older(),
    "backups:copy-verify": _older(data={}),
    "backups:copy-hold": _older(data={"until": SOON, **WHY}),
    "backups:copy-release": _older(data=dict(WHY), held=True),
    "backups:copy-remove": _older(data=dict(WHY)),
    "backups:unclaimed": just(),
    "backups:policy-list": just(),
    "backups:policy-update": _policy,
    "backups:policy-take-back": _shortening,
    "activity:record platform.backup:history": _history,
    "restores:restore-list": just(),
    "restores:restore-create": _copy(data=WISH),
    "restores:restore-detail": _restore(),
    "restores:restore-progress": _restore("running"),
    "restores:restore-approve": _restore(data={}),
    "restores:restore-refuse": _restore(data=WHY),
    "restores:restore-begin": _restore("approved", data={}),
    "restores:restore-swap": _restore("ready", data={"typed": "acme"}),
    "restores:restore-give-up": _restore(data=WHY),
}
