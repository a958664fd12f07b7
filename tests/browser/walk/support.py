"""Visits and recoveries in every state, at one tenant and at the operators; an open one, so that the band is seen."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import OwnerRecovery, SupportGrant, User
from console import models as console
from tenants.binding import CATALOG, bound_to
from tenants.identifiers import new_id
from tenants.models import Tenant
from tests.browser.walk.samples import Sample, Samples, in_each_state

REASON = "Bestellung SO-1042 hängt / الطلب عالق / 订单卡住了"
ASKED = {"operator_id": new_id(), "operator_name": "Oscar", "reason": REASON, "minutes": 30}
NOWHERE = "0196e1b0-0000-7000-8000-000000000000"


def support_at(tenant: Tenant, person: User) -> Samples:
    now = timezone.now()
    with bound_to(tenant):
        if not SupportGrant.objects.exists():
            SupportGrant.objects.create(**ASKED)
            SupportGrant.objects.create(**ASKED, state="approved", decided_at=now, decided_by=person)
            SupportGrant.objects.create(**ASKED, state="open", until=now + timedelta(hours=2))
            SupportGrant.objects.create(**ASKED, state="ended", ended_at=now, ended_by="system:time")
            told = {"proof": "Notarised letter 17", "asked_by": "Oscar", "approved_by": "Olga"}
            OwnerRecovery.objects.create(owner=person, due_at=now + timedelta(days=1), **told)
        grant = SupportGrant.objects.filter(state="requested").values_list("pk", flat=True).get()
    return {
        "grant": [Sample({"pk": str(grant)})],
        "recovery-cancel": [Sample({"pk": NOWHERE}, status=405)],
        "enter": [Sample({"ticket": "used-up"}, "used up", 403)],
    }


def support_at_operators(tenant: Tenant, operator: User) -> Samples:
    return {
        "visit-create": [Sample({"pk": str(tenant.pk)})],
        "visit": in_each_state(_visits(tenant, operator))[:1],
        "visit-detail": in_each_state(_visits(tenant, operator)),
        "recovery-create": [Sample({"pk": str(tenant.pk)})],
        "recovery": in_each_state(_recoveries(tenant, operator))[:1],
        "recovery-detail": in_each_state(_recoveries(tenant, operator)),
    }


def _visits(tenant: Tenant, operator: User) -> dict[str, UUID]:
    rows = console.BreakGlass.objects
    with bound_to(CATALOG):
        if not rows.filter(tenant=tenant).exists():
            for state in ("requested", "approved", "open", "ended"):
                rows.create(
                    tenant=tenant, operator=operator, reason=REASON, state=state, second_may_approve=True
                )
        return dict(rows.filter(tenant=tenant).values_list("state", "pk"))


def _recoveries(tenant: Tenant, operator: User) -> dict[str, UUID]:
    rows = console.OwnerRecovery.objects
    with bound_to(CATALOG):
        if not rows.filter(tenant=tenant).exists():
            for state in ("asked", "waiting", "refused", "done"):
                rows.create(
                    tenant=tenant,
                    email="nadia@example.com",
                    proof=REASON,
                    requested_by=operator,
                    state=state,
                    settled=True,
                )
        return dict(rows.filter(tenant=tenant).values_list("state", "pk"))
