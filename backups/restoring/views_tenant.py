"""A tenant's own page: ask us for a restore, and see what became of what was asked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.declaring import requires
from accounts.requests import PersonRequest
from audit.recording import record
from backups.exceptions import RestoreRefused
from backups.models import Backup, Restore
from backups.persons import named_at_tenant
from backups.restoring import asking
from backups.restoring.forms import RequestForm
from tenants.binding import bound_tenant, in_catalog
from tenants.models import Tenant

SHOWN = 100
ASKED = 20


@requires("backups.backup:request_restore", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def request_restore(request: PersonRequest) -> HttpResponse:
    tenant: Tenant = bound_tenant()
    copies, asked = in_catalog(lambda: _of(tenant))
    posted = request.POST if request.method == "POST" else None
    form = RequestForm(copies, posted, initial={"backup": request.GET.get("copy", "")})
    if form.is_valid():
        try:
            _ask(request, tenant, form)
            messages.success(request, _("You asked for it. Our recovery operators get in touch with you."))
            return redirect("restores:request")
        except RestoreRefused as refusal:
            form.add_error(None, str(refusal))
    under_way = next((each for each in asked if each.state in Restore.OPEN), None)
    shown = {"form": form, "asked": asked, "copies": copies, "under_way": under_way}
    return render(request, "restores/request.html", shown, status=422 if form.is_bound else 200)


def _of(tenant: Tenant) -> tuple[list[Backup], list[Restore]]:
    """This tenant's copies and restores, and nobody else's."""
    stored = Backup.objects.stored().filter(tenant=tenant, damage="").newest_first()[:SHOWN]
    asked = Restore.objects.filter(tenant=tenant).select_related("backup")[:ASKED]
    return [*stored], [*asked]


def _ask(request: PersonRequest, tenant: Tenant, form: RequestForm) -> None:
    """In the catalog first: what is refused there is in nobody's log."""
    by = named_at_tenant(request.user)
    backup = form.chosen()
    in_catalog(lambda: asking.ask(tenant, backup, by, form.wish()))
    record("backups.restore_requested", at=f"{backup.snapshot_at:%Y-%m-%d %H:%M} UTC")
