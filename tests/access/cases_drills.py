"""Arguments and forms for the pages of drills."""

from django.utils import timezone

from backups.drilling.reporting import sign
from backups.models import Backup, Drill
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.models import Tenant
from tests.access.cases_people import Make, just
from tests.access.pages import Case


def _drill(*, over: bool = False, data: dict[str, str] | None = None, changes: bool = True) -> Make:
    def make(_place: Bindable) -> Case:
        with bound_to(CATALOG):
            backup = _copy()
            drill = Drill.objects.create(tenant=backup.tenant, backup=backup)
            if over:
                text, signature = sign({})
                Drill.objects.filter(pk=drill.pk).update(
                    state="done", finished_at=timezone.now(), signed_text=text, signature=signature
                )
        return Case({"pk": str(drill.pk)}, data, changes)

    return make


def _copy() -> Backup:
    acme = Tenant.objects.get(slug="acme")
    backup: Backup = Backup.objects.create(
        tenant=acme, tier="manual", state="done", snapshot_at=timezone.now(), stored_bytes=1
    )
    return backup


def _chosen(_place: Bindable) -> Case:
    with bound_to(CATALOG):
        copy = _copy()
    return Case({}, {"tenant": str(copy.tenant_id), "which": "latest"})


AT_OPERATORS: dict[str, Make] = {
    "drills:drill-list": just(),
    "drills:drill-create": _chosen,
    "drills:drill-detail": _drill(over=True),
    "drills:drill-progress": _drill(),
    "drills:drill-stop": _drill(data={}),
    "drills:drill-sign-off": _drill(over=True, data={}),
    "drills:drill-export": _drill(over=True, data={}, changes=False),
}
