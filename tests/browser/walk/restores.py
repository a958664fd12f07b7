"""Restores in every state, one with its steps and its tables, and a copy of which one is asked for."""

from uuid import UUID

from django.utils import timezone

from backups.models import Backup, Restore
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import request
from tenants.models import Operation, Tenant
from tests.browser.walk.samples import Sample, Samples, in_each_state
from tests.browser.walk.support import REASON

TABLES = {
    "public.accounts_user": {"copy": 12, "restored": 12, "now": 12},
    "public.contacts_contact": {"copy": 1234567, "restored": 1234567, "now": 1199999},
    "public.sales_order": {"copy": 1, "restored": 2, "now": None},
}
WRONG = ["public.sales_order has 2 rows and not 1"]


def restores_at_operators(tenant: Tenant) -> Samples:
    with bound_to(CATALOG):
        restores = _restores(tenant)
        copy = Backup.objects.get(tenant=tenant, folder="walk")
    return {
        "restore-create": [Sample({"pk": str(copy.pk)})],
        "restore-progress": [Sample({"pk": str(restores["running"])})],
        "restore-swap": [Sample({"pk": str(restores["ready"])})],
        "restore": in_each_state(restores)[:1],
        "restore-detail": in_each_state(restores),
    }


def _restores(tenant: Tenant) -> dict[str, UUID]:
    rows = Restore.objects.filter(tenant=tenant, backup__folder="walk")
    if not rows.exists():
        copy = Backup.objects.create(
            tenant=tenant, tier="daily", state="done", snapshot_at=timezone.now(), folder="walk"
        )
        told = {"tenant": tenant, "backup": copy, "purpose": "mistake", "reason": REASON}
        for state in Restore.State.values:
            rows.create(**told, state=state, requested_by="operator:priya@amana.example")
        rows.filter(state="running").update(
            operation=request(Operation.Kind.RESTORE, tenant, "operator:priya@amana.example")
        )
        rows.filter(state="ready").update(
            comparison={"tables": TABLES, "differences": []}, swap=_failed_swap(tenant)
        )
        rows.filter(state="failed").update(
            comparison={"tables": TABLES, "differences": WRONG},
            error="What was restored isn't what was copied.",
        )
    return dict(rows.values_list("state", "pk"))


def _failed_swap(tenant: Tenant) -> Operation:
    """Its second step says what helps."""
    operation = request(Operation.Kind.SWAP, tenant, "operator:priya@amana.example")
    operation.start()
    done, failed, *_coming = operation.steps.all()
    done.begin()
    done.end()
    failed.begin()
    operation.fail("Somebody's work in the present database doesn't end: try again.")
    return operation
