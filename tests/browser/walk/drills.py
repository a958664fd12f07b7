"""Drills in every state, at the operators."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from backups.drilling.steps import STEPS
from backups.models import Backup, Drill, DrillStep
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.browser.walk.samples import Sample, Samples, in_each_state


def drills_at_operators(tenant: Tenant) -> Samples:
    with bound_to(CATALOG):
        made = _made(tenant)
    return {
        "drill": in_each_state({"waiting": made["waiting"]}),
        "drill-detail": in_each_state(made),
        "drill-progress": [
            Sample({"pk": str(made["waiting"])}),
            Sample({"pk": str(made["passed"])}, "over", 286),
        ],
    }


def _made(tenant: Tenant) -> dict[str, UUID]:
    now = timezone.now()
    copy = Backup.objects.create(
        tenant=tenant, tier="manual", due=now, state="done", snapshot_at=now, stored_bytes=40_000
    )
    over: dict[str, Any] = {
        "started_at": now,
        "finished_at": now,
        "signed_text": "{}",
        "signature": bytes(64),
    }
    states: dict[str, dict[str, Any]] = {
        "waiting": {"next_try_at": now + timedelta(hours=1)},
        "passed": {"state": "done", "rto_seconds": 8.4, "rpo_seconds": 60.0, **over},
        "failed": {"state": "failed", "failed_step": "content", "error": "public.a is missing.", **over},
    }
    made = {name: Drill.objects.create(tenant=tenant, backup=copy, **said) for name, said in states.items()}
    for name, step_state in (("passed", "passed"), ("failed", "failed")):
        for place, kind in enumerate(STEPS, start=1):
            DrillStep.objects.create(
                drill=made[name],
                position=place,
                code=kind.code,
                state=step_state if name == "passed" or kind.code == "content" else "passed",
                found="As it should be.",
                started_at=now,
                finished_at=now,
            )
    return {name: drill.pk for name, drill in made.items()}
