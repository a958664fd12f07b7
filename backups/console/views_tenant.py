from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from access.declaring import requires
from accounts.requests import PersonRequest
from backups.console.figures_of_one import figures_of_one
from backups.console.history import Past
from backups.console.naming import operator_of
from backups.console.pace import pace_chart
from backups.console.sizes import oddity, size_chart
from backups.console.speed import speed_chart
from backups.exceptions import BackupRefused
from backups.scheduling.asking import ask_for_copy
from tenants.models import Tenant

PAGE = 15


@requires("platform.backup:view")
@never_cache
@require_safe
def tenant_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(Tenant, pk=pk))


@requires("platform.backup:view")
@never_cache
@require_safe
def catalog_detail(request: PersonRequest) -> HttpResponse:
    return _page(request, None)


@requires("platform.backup:create", confirmed=True)
@require_POST
def tenant_take(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _take(request, get_object_or_404(Tenant, pk=pk))


@requires("platform.backup:create", confirmed=True)
@require_POST
def catalog_take(request: PersonRequest) -> HttpResponse:
    return _take(request, None)


def _take(request: PersonRequest, tenant: Tenant | None) -> HttpResponse:
    try:
        backup = ask_for_copy(tenant, operator_of(request))
    except BackupRefused as refusal:
        return _page(request, tenant, refusal=str(refusal))
    return redirect("backups:copy-detail", backup.pk)


def _page(request: PersonRequest, tenant: Tenant | None, refusal: str = "") -> HttpResponse:
    """For htmx only the list of copies, while one of them is being taken."""
    past = Past(tenant)
    page = Paginator(past.copies.defer("manifest"), PAGE).get_page(request.GET.get("page"))
    shown: dict[str, object] = {
        "tenant": tenant,
        "page": page,
        "numbers": [*page.paginator.get_elided_page_range(page.number)],
        "is_being_copied": past.is_being_copied(),
    }
    if "HX-Request" in request.headers:
        return render(request, "backups/_copies.html", shown)
    drills, charted = past.drills(), past.charted()
    shown |= {
        "refusal": refusal,
        "above": [(_("Backups"), reverse("backups:fleet"))],
        "grid": past.grid(),
        "oddity": oddity(past.newest()),
        "figures": figures_of_one(past),
        "newest_good": past.newest_good(),
        "has_database": past.has_database,
        "is_ending": past.is_ending,
        "drills": drills,
        "restores": past.restores(),
        "size_chart": size_chart(charted),
        "pace_chart": pace_chart(charted),
        "speed_chart": speed_chart(drills),
        "take_url": _take_url(tenant),
    }
    return render(request, "backups/tenant_detail.html", shown, status=409 if refusal else 200)


def _take_url(tenant: Tenant | None) -> str:
    return reverse("backups:tenant-take", args=[tenant.pk]) if tenant else reverse("backups:catalog-take")
