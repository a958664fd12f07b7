"""The pages of the archive: rows whose file lies nowhere."""

from datetime import timedelta

from django.utils import timezone

from backups.archiving import retrieving
from backups.archiving.staging import OUT, staged
from backups.models import ArchivedCopy, Retrieval
from backups.models.archives import delay
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.models import Tenant
from tests.access.cases_people import SOON, WHY, Make, just
from tests.access.pages import Case


def archived_copy(tenant: Tenant) -> ArchivedCopy:
    """One that is kept, as its row says."""
    copy: ArchivedCopy = ArchivedCopy.objects.create(
        tenant=tenant,
        reason="A law",
        keep_until=timezone.now().date() + timedelta(days=3650),
        requested_by="operator:priya@amana.example",
        state="done",
        is_sealed=True,
        taken_at=timezone.now(),
    )
    return copy


def _copy(*, data: dict[str, object] | None = None) -> Make:
    def make(_place: Bindable) -> Case:
        with bound_to(CATALOG):
            return Case({"pk": str(archived_copy(Tenant.objects.get(slug="acme")).pk)}, data)

    return make


def _retrieval(*, data: dict[str, object] | None = None, ready: bool = False) -> Make:
    def make(_place: Bindable) -> Case:
        with bound_to(CATALOG):
            copy = archived_copy(Tenant.objects.get(slug="acme"))
            found = retrieving.ask(copy, "operator:priya", "dispute", "For the test")
            if ready:
                _make_ready(found)
        return Case({"pk": str(found.pk)}, data)

    return make


def _make_ready(found: Retrieval) -> None:
    now = timezone.now()
    Retrieval.objects.filter(pk=found.pk).update(
        state="ready",
        decided_by="operator:yusuf",
        decided_at=now - delay() * 2,
        opens_at=now - delay(),
        told_at=now,
        ready_until=now + timedelta(hours=1),
    )
    staged(found.pk, OUT).write_bytes(b"age")


def _wish(_place: Bindable) -> Case:
    return Case({}, {"slug": "acme", "keep_until": SOON, **WHY})


AT_OPERATORS: dict[str, Make] = {
    "archive:archive-list": just(),
    "archive:archive-create": _wish,
    "archive:archive-detail": _copy(),
    "archive:retrieval-create": _copy(data={"purpose": "dispute", **WHY}),
    "archive:retrieval-approve": _retrieval(data={}),
    "archive:retrieval-stop": _retrieval(data=dict(WHY)),
    "archive:retrieval-fetch": _retrieval(data={}, ready=True),
}
