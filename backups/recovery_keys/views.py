from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from accounts.requests import PersonRequest
from backups.owners import full_name
from backups.recovery_keys.background import CHECK, REWRAP, ROTATE
from backups.recovery_keys.health import health, recipients_now, versions
from jobs.starting import start
from tenants.models import Tenant

PAGE = 50


@requires("platform.key:view")
@require_safe
def key_list(request: HttpRequest) -> HttpResponse:
    found = versions()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    numbers = page.paginator.get_elided_page_range(page.number)
    shown = {"page": page, "numbers": numbers, "health": health(found), "recipients": recipients_now()}
    return render(request, "recovery_keys/key_list.html", shown)


@requires("platform.key:verify")
@require_POST
def check_all(request: PersonRequest) -> HttpResponse:
    return redirect("jobs:job-detail", start(CHECK.name, request.user).pk)


@requires("platform.key:rotate", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def rewrap_all(request: PersonRequest) -> HttpResponse:
    if request.method == "POST":
        return redirect("jobs:job-detail", start(REWRAP.name, request.user).pk)
    return render(request, "recovery_keys/rewrap.html", {"recipients": recipients_now(), "above": _above()})


@requires("platform.key:rotate", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def rotate(request: PersonRequest, pk: UUID) -> HttpResponse:
    tenant = get_object_or_404(Tenant.objects.with_database(), pk=pk)
    return _rotate(request, str(tenant.pk), tenant.name)


@requires("platform.key:rotate", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def rotate_catalogs(request: PersonRequest) -> HttpResponse:
    return _rotate(request, "", full_name(None))


def _rotate(request: PersonRequest, tenant: str, name: str) -> HttpResponse:
    if request.method == "POST":
        job = start(ROTATE.name, request.user, tenant=tenant, name=name)
        return redirect("jobs:job-detail", job.pk)
    return render(request, "recovery_keys/rotate.html", {"name": name, "above": _above()})


def _above() -> list[tuple[str, str]]:
    return [(_("Recovery keys"), reverse("recovery-keys:key-list"))]
